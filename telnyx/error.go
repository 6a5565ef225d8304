package telnyx

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Error is Telnyx's error body, inside a *numbers.Error:
//
//	if e, ok := errors.AsType[*telnyx.Error](err); ok { … }
//
// Codes mean different things in different products; numbers' kinds are told
// by status, code and pointer together.
type Error struct {
	// Status is the HTTP status.
	Status int `json:"-"`
	// Errors are empty where the body was none of Telnyx's (an HTML page of a
	// gateway).
	Errors []ErrorItem `json:"errors"`
}

// ErrorItem is one of the errors of a body. All fields are optional.
type ErrorItem struct {
	// Code is "10015"; some products write it as a number.
	Code   wire.TN      `json:"code,omitzero"`
	Title  string       `json:"title,omitempty"`
	Detail string       `json:"detail,omitempty"`
	Source *ErrorSource `json:"source,omitempty"`
	// Meta may hold anything; usually the URL of the code's documentation.
	Meta wire.Raw `json:"meta,omitzero"`
}

// ErrorSource says which part of the request is wrong.
type ErrorSource struct {
	// Pointer is a JSON pointer into the body ("/phone_numbers"), or a path
	// without the leading slash.
	Pointer string `json:"pointer,omitempty"`
	// Parameter is a query parameter: "filter[x]".
	Parameter string `json:"parameter,omitempty"`
}

// Error describes the first error of the body.
func (e *Error) Error() string {
	if len(e.Errors) == 0 {
		return fmt.Sprintf("telnyx: HTTP %d", e.Status)
	}
	first := e.Errors[0]
	text := fmt.Sprintf("telnyx: HTTP %d: %s %s: %s", e.Status, first.Code, first.Title, first.Detail)
	if more := len(e.Errors) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// refusal reads an answer that is no success.
func refusal(a *api.Answer) api.Refusal {
	e := &Error{Status: a.Status}
	if json.Unmarshal(a.Body, e) != nil {
		e = &Error{Status: a.Status}
	}
	r := api.Refusal{Err: e}
	if len(e.Errors) == 0 {
		return r
	}
	first := e.Errors[0]
	r.Code, r.Message = first.Code.String(), strings.TrimSuffix(first.Title+": "+first.Detail, ": ")
	if first.Source != nil {
		r.Field = first.Source.Pointer + first.Source.Parameter
	}
	r.Kind = kind(a.Status, first)
	return r
}

// kind refines the kind of a status; nil = by the status alone.
func kind(status int, e ErrorItem) error {
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		// 10027 at POST /number_orders: "We don't recognize the number": it was
		// masked, never offered, or is gone.
		if e.Code.String() == "10027" {
			return numbers.ErrNumberUnavailable
		}
	}
	return nil
}
