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
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Error is OpenTact's error body, inside a *numbers.Error:
//
//	if e, ok := errors.AsType[*opentact.Error](err); ok { … }
//
// OpenTact has no error codes. Its fields are empty where the body was none of
// OpenTact's (an HTML page of a gateway).
type Error struct {
	// HTTPStatus is the status of the answer.
	HTTPStatus int `json:"-"`
	// Success is false, also where the HTTP status is 200.
	Success bool   `json:"success"`
	Message string `json:"message"`
	// Status is the body's own, which is optional.
	Status *int `json:"status,omitempty"`
	// Meta is a string in the documentation since 2022.
	Meta Opaque `json:"meta,omitzero"`
	// Fields are the values that failed validation, by their path
	// ("params.to"), in the documentation since 2022.
	Fields map[string]FieldError `json:"fields,omitzero"`

	own bool // the body is OpenTact's, and not a proxy's
}

// FieldError says what is wrong with one value of a request.
type FieldError struct {
	Message string `json:"message"`
	// Value is the value that was sent; absent where the path names a secret.
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

// refusal reads an answer that is no success. The status that counts is that
// of HTTP, and the body's where HTTP calls it a success.
func refusal(a *api.Answer) api.Refusal {
	if a.Call.Op == opDeleteToken { // its path has a secret, which a vendor may echo
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

// readError takes from a body whatever of it is readable.
func readError(a *api.Answer) *Error {
	e := &Error{HTTPStatus: a.Status}
	var body envelope
	if json.Unmarshal(a.Body, &body) != nil {
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

// into decodes one value of an envelope, or leaves v alone.
func into[T any](raw json.RawMessage, v *T) bool {
	var read T
	if len(raw) == 0 || json.Unmarshal(raw, &read) != nil {
		return false
	}
	*v = read
	return true
}

// kind refines the kind of a status; nil = by the status alone.
func kind(status int, e *Error) error {
	switch {
	case status == http.StatusUnauthorized && strings.EqualFold(e.Message, forbidden):
		return numbers.ErrForbidden
	case len(e.Fields) > 0 && status == http.StatusInternalServerError:
		// OpenTact's documentation since 2022 shows a failed validation under
		// status 500. To a purchase it stays an unclear answer, as every 500.
		return numbers.ErrInvalid
	}
	return nil
}

// forbidden is the message of a 401 that is no fault of the credential: the
// server's description of 2021 has it where an object is somebody else's.
const forbidden = "Forbidden"

// envelope is what OpenTact wraps every answer in, success or not. It is read
// apart from the payload: an order of today has a number under the key
// success, where the envelope has a boolean. Its values stay raw, so that an
// unexpected one spoils none of the others.
type envelope struct {
	Success json.RawMessage `json:"success"`
	Message json.RawMessage `json:"message"`
	Status  json.RawMessage `json:"status"`
	Meta    json.RawMessage `json:"meta"`
	Fields  json.RawMessage `json:"fields"`
	Payload json.RawMessage `json:"payload"`
}

// verdict is what an envelope says of success.
type verdict int

const (
	noVerdict verdict = iota // it says something else altogether
	succeeded                // or it says nothing
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

// nullable is a result for which a payload of null is an answer.
type nullable interface{ nullIs() string }

// done is the result of an operation whose payload is not documented: that it
// succeeded. It reads the envelope itself.
type done struct {
	Success wire.Bool `json:"success"`
}

// check says why an answer is no success.
func (d *done) check() string {
	if ok, _ := d.Success.Bool(); !ok {
		return "it does not say success"
	}
	return ""
}

// open returns the payload of a 2xx answer.
func open(a *api.Answer) (result []byte, isRefused bool) {
	body := bytes.TrimSpace(a.Body)
	var e envelope
	if json.Unmarshal(body, &e) != nil {
		if json.Valid(body) {
			return nil, false // no object, but what a payload may look like
		}
		return body, false // decoding it tells what is wrong
	}
	switch e.verdict() {
	case refused:
		return nil, true
	case noVerdict:
		return nil, false
	}
	if _, whole := a.Call.Into.(*done); whole {
		return body, false
	}
	if n, ok := a.Call.Into.(nullable); ok && string(e.Payload) == "null" {
		return []byte(n.nullIs()), false
	}
	return e.Payload, false
}
