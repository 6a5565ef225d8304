package telnyx

import (
	"encoding/json"

	"github.com/tnkit/tnkit/numbers/wire"
)

// ErrorItem is one of the errors of a body. All fields are optional.
type ErrorItem struct {
	// Code is "10015"; some products write it as a number, and some have words.
	Code   wire.TN
	Title  string
	Detail string
	Source *ErrorSource
	// Meta may hold anything; usually the URL of the code's documentation.
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
func (i *ErrorItem) UnmarshalJSON(data []byte) error {
	var read errorItem
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	*i = ErrorItem{
		Code: read.Code, Title: text(read.Title), Detail: text(read.Detail), Source: read.Source, Meta: read.Meta,
		blank: [2]bool{blank(read.Title), blank(read.Detail)},
	}
	return nil
}

// ErrorSource says which part of the request is wrong.
type ErrorSource struct {
	// Pointer is a JSON pointer into the body ("/phone_numbers"), or a path
	// without the leading slash.
	Pointer string
	// Parameter is a query parameter: "filter[x]".
	Parameter string

	text  bool    // it came as a text, the pointer
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

// UnmarshalJSON reads an object, or a text that is the pointer.
func (s *ErrorSource) UnmarshalJSON(data []byte) error {
	*s = ErrorSource{}
	if json.Unmarshal(data, &s.Pointer) == nil {
		s.text = true
		return nil
	}
	var read errorSource
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	*s = ErrorSource{
		Pointer: text(read.Pointer), Parameter: text(read.Parameter),
		blank: [2]bool{blank(read.Pointer), blank(read.Parameter)},
	}
	return nil
}

// blank reports whether a text was sent, and is empty.
func blank(s *string) bool { return s != nil && *s == "" }

// sent is a text to write; nil where it is empty and was not sent.
func sent(s string, blank bool) *string {
	if s == "" && !blank {
		return nil
	}
	return &s
}
