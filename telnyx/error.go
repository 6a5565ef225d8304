package telnyx

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/decode"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Error is Telnyx's error body, inside a *numbers.Error:
//
//	if e, ok := errors.AsType[*telnyx.Error](err); ok { … }
//
// The same code means different things in different products. The kind of the
// *numbers.Error therefore follows from status, code and pointer together.
type Error struct {
	// Status is the HTTP status.
	Status int `json:"-"`
	// Errors is empty if the body was not Telnyx's (an HTML page of a gateway).
	Errors []ErrorItem `json:"errors"`
	// RateLimit has the values of the answer's x-ratelimit headers. It is nil
	// without these headers.
	RateLimit *numbers.RateLimit `json:"-"`
}

// Error describes the first error of the body.
func (e *Error) Error() string {
	if len(e.Errors) == 0 {
		return fmt.Sprintf("telnyx: HTTP %d", e.Status)
	}
	first := e.Errors[0]
	text := fmt.Sprintf("telnyx: HTTP %d: %s %s", e.Status, first.Code, first.text())
	if more := len(e.Errors) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

func (i ErrorItem) text() string {
	if i.Title == "" || i.Detail == "" {
		return i.Title + i.Detail
	}
	return i.Title + ": " + i.Detail
}

// field returns the wrong part of the request: the pointer or the parameter.
func (i ErrorItem) field() string {
	if i.Source == nil {
		return ""
	}
	if i.Source.Pointer != "" {
		return i.Source.Pointer
	}
	return i.Source.Parameter
}

// readError reads an error body. It leaves out what is not as documented, and
// keeps the rest.
func readError(status int, data []byte) *Error {
	var body struct {
		Errors []ErrorItem `json:"errors"`
	}
	decode.Loose(data, &body, forms)
	isEmpty := func(i ErrorItem) bool { return reflect.ValueOf(i).IsZero() } // it is not an object
	return &Error{Status: status, Errors: slices.DeleteFunc(body.Errors, isEmpty)}
}

// refusal reads an answer that is not a success.
func refusal(a *api.Answer) api.Refusal {
	e := readError(a.Status, a.Body)
	e.RateLimit = a.RateLimit()
	r := api.Refusal{Err: e, Own: e.isOwn()}
	if len(e.Errors) == 0 {
		return r
	}
	told := e.Errors[0]
	for _, item := range e.Errors {
		if k := kind(a.Call.Op, a.Status, item); k != nil {
			told, r.Kind = item, k
			break
		}
	}
	r.Code, r.Message, r.Field = told.Code.String(), told.text(), told.field()
	return r
}

// isOwn reports whether the body is one of Telnyx's: it has an error with a code, a
// title or a detail. All three are optional in Telnyx's description.
func (e *Error) isOwn() bool {
	return slices.ContainsFunc(e.Errors, func(i ErrorItem) bool { return i.Code.String() != "" || i.text() != "" })
}

// kind returns the kind of an error, or nil if the status decides. The codes
// are from Telnyx's error overview.
func kind(op string, status int, e ErrorItem) error {
	code, field := e.Code.String(), strings.TrimPrefix(e.field(), "/")
	switch status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusUnprocessableEntity:
	case http.StatusPaymentRequired:
		return numbers.ErrInsufficientFunds
	default:
		return nil
	}
	switch {
	case code == "insufficient_balance" || code == "insufficient_funds":
		return numbers.ErrInsufficientFunds
	case code == "10038" || code == "10039": // the account's level does not allow it
		return numbers.ErrForbidden
	case status == http.StatusForbidden:
		return nil
	case strings.Contains(field, "requirement_group") || strings.Contains(field, "regulatory_requirements"):
		if orders(op) {
			return numbers.ErrRequirements
		}
	case code == "10027" && orders(op) && (field == "" || strings.HasPrefix(field, "phone_numbers") || field == "starting_number"):
		// "We don't recognize the number": it was masked, was never offered, or is no
		// longer for sale.
		return numbers.ErrNumberUnavailable
	case code == "10012" || code == "10021": // duplicate; in use
		return numbers.ErrConflict
	}
	return nil
}

// orders reports whether an operation takes numbers out of stock.
func orders(op string) bool {
	return slices.Contains([]string{opCreateNumberOrder, "NumberBlockOrders.Create", "NumberReservations.Create"}, op)
}

// refusedNumbers returns the numbers of a number order that its refusal names.
// It returns nil if the refusal names none, or if one of the errors behind the
// refusal's kind is not about single numbers. A number counts as named only if
// its digits are in the error's text, or if a pointer has its index.
func refusedNumbers(err error, requested []numbers.E164) []numbers.E164 {
	outer, isOurs := errors.AsType[*numbers.Error](err)
	e, ok := errors.AsType[*Error](err)
	if !isOurs || !ok {
		return nil
	}
	if !slices.Contains([]error{numbers.ErrNumberUnavailable, numbers.ErrRequirements, numbers.ErrInvalid}, outer.Kind) {
		return nil
	}
	refused := make([]bool, len(requested))
	for _, item := range e.Errors {
		k := kind(opCreateNumberOrder, e.Status, item)
		if !errors.Is(outer.Kind, cmp.Or(k, numbers.ErrInvalid)) {
			continue // the next order shows whether this error matters
		}
		named := item.named(requested)
		if len(named) == 0 {
			return nil
		}
		for _, i := range named {
			refused[i] = true
		}
	}
	var list []numbers.E164
	for i, n := range requested {
		if refused[i] {
			list = append(list, n)
		}
	}
	return list
}

// named returns the indexes of the numbers that an error names in its text or,
// if it names none there, with its pointer ("/phone_numbers/3/phone_number").
func (i ErrorItem) named(requested []numbers.E164) (indexes []int) {
	text := i.text()
	for at, n := range requested {
		if hasNumber(text, n.Digits()) {
			indexes = append(indexes, at)
		}
	}
	if len(indexes) > 0 {
		return indexes
	}
	rest, ok := strings.CutPrefix(strings.TrimPrefix(i.field(), "/"), "phone_numbers/")
	index, _, _ := strings.Cut(rest, "/")
	at, err := strconv.Atoi(index)
	if !ok || err != nil || strconv.Itoa(at) != index || at < 0 || at >= len(requested) {
		return nil
	}
	return []int{at}
}

// hasNumber reports whether a text has these digits, and not as a part of a
// longer run of digits.
func hasNumber(text, digits string) bool {
	isDigit := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' }
	for from := 0; ; {
		i := strings.Index(text[from:], digits)
		if i < 0 {
			return false
		}
		start := from + i
		if !isDigit(start-1) && !isDigit(start+len(digits)) {
			return true
		}
		from = start + 1
	}
}

// ErrorItem is one of the errors of a body. All fields are optional.
type ErrorItem struct {
	// Code is "10015". Some products write it as a number, and some have words.
	Code   wire.TN
	Title  string
	Detail string
	Source *ErrorSource
	// Meta may have any form. It is usually the URL of the code's
	// documentation.
	Meta wire.Raw

	blank [2]bool // Title, Detail: sent, and empty
}

// errorItem is an ErrorItem on the wire.
type errorItem struct {
	Code   wire.TN      `json:"code,omitzero"`
	Title  *string      `json:"title,omitempty"`
	Detail *string      `json:"detail,omitempty"`
	Source *ErrorSource `json:"source,omitempty"`
	Meta   wire.Raw     `json:"meta,omitzero"`
}

// MarshalJSON writes the error as it was read.
func (i ErrorItem) MarshalJSON() ([]byte, error) {
	return json.Marshal(errorItem{
		Code: i.Code, Title: sent(i.Title, i.blank[0]), Detail: sent(i.Detail, i.blank[1]), Source: i.Source, Meta: i.Meta,
	})
}

// UnmarshalJSON reads one error of a body.
func (i *ErrorItem) UnmarshalJSON(data []byte) error { return decode.Unmarshal(data, i.shape) }

func (i *ErrorItem) shape([]byte) (into any, done func()) {
	read := new(errorItem)
	return read, func() {
		*i = ErrorItem{
			Code: read.Code, Title: text(read.Title), Detail: text(read.Detail), Source: read.Source, Meta: read.Meta,
			blank: [2]bool{blank(read.Title), blank(read.Detail)},
		}
	}
}

// ErrorSource is the wrong part of the request.
type ErrorSource struct {
	// Pointer is a JSON pointer into the body ("/phone_numbers"), or a path
	// without the leading slash.
	Pointer string
	// Parameter is a query parameter: "filter[x]".
	Parameter string

	text  bool    // the source was a string, which is the pointer
	blank [2]bool // Pointer, Parameter: sent, and empty
}

// errorSource is an ErrorSource on the wire.
type errorSource struct {
	Pointer   *string `json:"pointer,omitempty"`
	Parameter *string `json:"parameter,omitempty"`
}

// MarshalJSON writes the source as it was read.
func (s ErrorSource) MarshalJSON() ([]byte, error) {
	if s.text {
		return json.Marshal(s.Pointer)
	}
	return json.Marshal(errorSource{sent(s.Pointer, s.blank[0]), sent(s.Parameter, s.blank[1])})
}

// UnmarshalJSON reads an object, or a string that is the pointer.
func (s *ErrorSource) UnmarshalJSON(data []byte) error { return decode.Unmarshal(data, s.shape) }

func (s *ErrorSource) shape(body []byte) (into any, done func()) {
	*s = ErrorSource{}
	if body[0] == '"' {
		s.text = true
		return &s.Pointer, nil
	}
	read := new(errorSource)
	return read, func() {
		*s = ErrorSource{
			Pointer: text(read.Pointer), Parameter: text(read.Parameter),
			blank: [2]bool{blank(read.Pointer), blank(read.Parameter)},
		}
	}
}

// blank reports whether a string was sent, and is empty.
func blank(s *string) bool { return s != nil && *s == "" }

// sent returns a string to write, or nil if it is empty and was not sent.
func sent(s string, blank bool) *string {
	if s == "" && !blank {
		return nil
	}
	return &s
}
