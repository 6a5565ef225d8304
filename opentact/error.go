package opentact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/decode"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Error is OpenTact's error body, inside a *numbers.Error:
//
//	if e, ok := errors.AsType[*opentact.Error](err); ok { … }
//
// OpenTact has no error codes. The fields are empty if the body was not
// OpenTact's (an HTML page of a gateway).
type Error struct {
	// HTTPStatus is the status of the answer.
	HTTPStatus int `json:"-"`
	// Success is false, even if the HTTP status is 200.
	Success bool   `json:"success"`
	Message string `json:"message"`
	// Status is the status in the body, which is optional.
	Status *int `json:"status,omitempty"`
	// Meta is a string in the documentation since 2022.
	Meta Opaque `json:"meta,omitzero"`
	// Fields are the values that failed validation, by their path
	// ("params.to"), in the documentation since 2022.
	Fields map[string]FieldError `json:"fields,omitzero"`

	own bool // the body is OpenTact's, and not a proxy's
}

// FieldError is the error of one value of a request.
type FieldError struct {
	Message string `json:"message"`
	// Value is the value that was sent. It is absent if the path names a
	// secret.
	Value Opaque `json:"value,omitzero"`
}

// Error describes the error without the values that were sent.
func (e *Error) Error() string {
	text := fmt.Sprintf("opentact: HTTP %d", e.HTTPStatus)
	if e.Status != nil && *e.Status != e.HTTPStatus {
		text += fmt.Sprintf(", status %d", *e.Status)
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	for _, path := range slices.Sorted(maps.Keys(e.Fields)) {
		text += fmt.Sprintf("; %s: %s", path, e.Fields[path].Message)
	}
	return text
}

// refusal reads an answer that is not a success. The HTTP status counts or, if
// it is a success, the status in the body.
func refusal(a *api.Answer) api.Refusal {
	if a.Call.Op == opDeleteToken { // its path has a secret, which the answer may repeat
		a.Body = []byte(api.RedactValues(string(a.Body), a.Call.Args...))
	}
	e := readError(a)
	r := api.Refusal{Err: e, Own: e.own, Message: e.Message, Status: a.Status}
	if e.Status != nil && *e.Status != a.Status {
		if a.OK() {
			r.Status = *e.Status
		} else {
			r.Code = strconv.Itoa(*e.Status)
		}
	}
	if len(e.Fields) > 0 {
		r.Field = slices.Sorted(maps.Keys(e.Fields))[0]
		r.Message = strings.TrimPrefix(e.Message+": "+e.Fields[r.Field].Message, ": ")
	}
	r.Kind = kind(r.Status, e)
	return r
}

// readError reads an error body, as far as it is readable.
func readError(a *api.Answer) *Error {
	e := &Error{HTTPStatus: a.Status}
	var body envelope
	if !decode.Loose(a.Body, &body, nil) {
		return e
	}
	into(body.Message, &e.Message)
	var status int
	if into(body.Status, &status) && status >= 100 && status <= 599 {
		e.Status = &status
	}
	into(body.Meta, &e.Meta)
	into(body.Fields, &e.Fields)
	for path, field := range e.Fields {
		if namesSecret(path) {
			field.Value = Opaque{}
			e.Fields[path] = field
		}
	}
	e.own = body.verdict() == refused && e.Message != "" // OpenTact's description requires both
	return e
}

// into decodes one value of an envelope. It leaves v unchanged if it can't.
func into[T any](raw json.RawMessage, v *T) bool {
	var read T
	if len(raw) == 0 || !decode.Loose(raw, &read, forms) {
		return false
	}
	*v = read
	return true
}

// kind returns the kind of an error, or nil if the status decides.
func kind(status int, e *Error) error {
	switch {
	case status == http.StatusUnauthorized && strings.EqualFold(e.Message, forbidden):
		return numbers.ErrForbidden
	case len(e.Fields) > 0 && status == http.StatusInternalServerError:
		// OpenTact's documentation since 2022 shows a failed validation under
		// status 500. For a purchase it is an unclear answer, as every 500 is.
		return numbers.ErrInvalid
	}
	return nil
}

// forbidden is the message of a 401 that does not refuse the credential. In the
// server's description of 2021 it means an object of another account.
const forbidden = "Forbidden"

// envelope wraps every answer of OpenTact, success or not. It is read
// separately from the payload: today's order has a number under the key
// success, where the envelope has a boolean. Its values stay raw, so that one
// unexpected value does not affect the others.
type envelope struct {
	Success json.RawMessage `json:"success"`
	Message json.RawMessage `json:"message"`
	Status  json.RawMessage `json:"status"`
	Meta    json.RawMessage `json:"meta"`
	Fields  json.RawMessage `json:"fields"`
	Payload json.RawMessage `json:"payload"`
}

// verdict is what an envelope states about success.
type verdict int

const (
	noVerdict verdict = iota // it has another value
	succeeded                // or success is absent
	refused
)

func (e *envelope) verdict() verdict {
	switch string(e.Success) {
	case "", "true", `"true"`:
		return succeeded
	case "false", `"false"`:
		return refused
	}
	return noVerdict
}

// nullable is a result for which the payload may be null.
type nullable interface{ nullIs() string }

// done is the result of an operation whose payload is not documented. It reads
// success from the envelope.
type done struct {
	Success wire.Bool `json:"success"`
}

// check returns why an answer is not a success, or "".
func (d *done) check() string {
	if ok, _ := d.Success.Bool(); !ok {
		return "it does not state success"
	}
	return ""
}

// open returns the payload of a 2xx answer.
func open(a *api.Answer) (result []byte, isRefused bool) {
	body := bytes.TrimSpace(a.Body)
	var e envelope
	if json.Unmarshal(body, &e) != nil { // one pass: the payload has its own limits afterwards
		if json.Valid(body) {
			return nil, false // not an envelope, although it may look like a payload
		}
		return body, false // decoding it shows what is wrong
	}
	switch e.verdict() {
	case refused:
		return nil, true
	case noVerdict:
		// The value of success is not needed if the payload shows what was created.
		if payload := bytes.TrimSpace(e.Payload); len(payload) == 0 || payload[0] != '{' && payload[0] != '[' {
			return nil, false
		}
	default:
	}
	if _, whole := a.Call.Into.(*done); whole {
		return body, false
	}
	if n, ok := a.Call.Into.(nullable); ok && string(e.Payload) == "null" {
		return []byte(n.nullIs()), false
	}
	return e.Payload, false
}
