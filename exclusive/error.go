package exclusive

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/decode"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// The codes in PortSIP's documentation. It says that more may be added, and
// that an unknown code means CodeUnknown.
const (
	CodeUnknown = "UNKNOWN"
	// CodeValidateFailed means that a field of the request is wrong:
	// ErrInvalid.
	CodeValidateFailed = "VALIDATE_FAILED"
	// CodeUnauthorized means a wrong password (with HTTP 400) or a wrong token:
	// ErrUnauthorized.
	CodeUnauthorized = "UNAUTHORIZED"
	// CodeDenied means that the PBX has blocked the client's address after too
	// many failed logins: ErrForbidden. It stays blocked for an hour, unless
	// the PBX is configured otherwise.
	CodeDenied = "DENIED"
)

// FullAccess is the permission that a user needs for exclusive numbers since
// version 22.3 (PortSIP's summary of changes). Without it, calls return
// ErrForbidden.
const FullAccess = "PhoneSystem.FullAccess"

// Error is the PBX's error body, inside a *numbers.Error:
//
//	if e, ok := errors.AsType[*exclusive.Error](err); ok { … }
//
// The kind of the *numbers.Error follows from the code, or from the HTTP status
// if the code has no kind.
type Error struct {
	// Status is the HTTP status.
	Status int `json:"-"`
	// Errors is empty if the body was not the PBX's (an HTML page of a gateway)
	// or had no error.
	Errors []ErrorItem `json:"errors,omitzero"`
}

// ErrorItem is one of the errors of a body.
type ErrorItem struct {
	// Code is one of the constants, or another.
	Code    string `json:"code"`
	Message string `json:"message"`
	// Detail may have any form. For a wrong field it is the field's name.
	Detail wire.Raw `json:"detail,omitzero"`
}

// Error describes the first error of the body.
func (e *Error) Error() string {
	if len(e.Errors) == 0 {
		return fmt.Sprintf("exclusive: HTTP %d", e.Status)
	}
	first := e.Errors[0]
	text := fmt.Sprintf("exclusive: HTTP %d: %s: %s", e.Status, first.Code, first.Message)
	if more := len(e.Errors) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

const webPage = "the answer is a web page, and not the PBX's"

// refusal reads an answer that is not a success.
func refusal(a *api.Answer) api.Refusal {
	e := readError(a)
	r := api.Refusal{Err: e}
	if len(e.Errors) > 0 {
		decisive := e.decisive()
		r.Code, r.Message, r.Kind = decisive.Code, decisive.Message, kind(decisive.Code)
		r.Own = decisive.Code != "" // a gateway's body may have a message as well
	}
	switch {
	case isPage(a.Body):
		r.Message = webPage
	case a.Status == http.StatusForbidden && r.Code != CodeDenied && strings.HasPrefix(a.Call.Path, numbersPath):
		r.Message = strings.TrimPrefix(r.Message+"; since version 22.3 the user needs the permission "+FullAccess, "; ")
	}
	return r
}

// decisive returns the first error whose code has a kind, or the first of all.
// e must have an error.
func (e *Error) decisive() ErrorItem {
	for _, item := range e.Errors {
		if kind(item.Code) != nil {
			return item
		}
	}
	return e.Errors[0]
}

// unauthorized reports whether an answer refuses the token. The code decides
// before the status: UNAUTHORIZED may have a 400, and after DENIED the client
// must not log in again, whatever the status is.
func unauthorized(a *api.Answer) bool {
	if a.OK() {
		return false
	}
	if e := readError(a); len(e.Errors) > 0 {
		if k := kind(e.decisive().Code); k != nil {
			return errors.Is(k, numbers.ErrUnauthorized)
		}
	}
	return a.Status == http.StatusUnauthorized
}

// readError reads a body in its documented form, {"errors":[…]}, or as one flat
// error.
func readError(a *api.Answer) *Error {
	e := &Error{Status: a.Status}
	var body struct {
		Errors []ErrorItem `json:"errors"`
		ErrorItem
	}
	decode.Loose(a.Body, &body, nil)
	switch flat := body.ErrorItem; {
	case len(body.Errors) > 0:
		e.Errors = body.Errors
	case flat.Code+flat.Message != "":
		e.Errors = []ErrorItem{flat}
	}
	return e
}

// kind returns the kind of a code, or nil if the status decides.
func kind(code string) error {
	switch code {
	case CodeUnauthorized:
		return numbers.ErrUnauthorized
	case CodeDenied:
		return numbers.ErrForbidden
	case CodeValidateFailed:
		return numbers.ErrInvalid
	}
	return nil
}

// open refuses a success that is a web page. Most answers of this API are
// empty, so that the page of a proxy or a captive portal would otherwise count
// as one of them.
func open(a *api.Answer) (result []byte, refused bool) {
	return a.Body, isPage(a.Body)
}

func isPage(body []byte) bool {
	body = bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 512)]))
	return bytes.HasPrefix(body, []byte("<!doctype")) || bytes.HasPrefix(body, []byte("<html"))
}
