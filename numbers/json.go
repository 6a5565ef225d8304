package numbers

import (
	"encoding/json"
	"errors"
	"time"
)

// errorJSON is the JSON form of an error: its fields, its kind and its text.
type errorJSON struct {
	Op        string `json:"op,omitempty"`
	Vendor    string `json:"vendor,omitempty"`
	Account   string `json:"account,omitempty"`
	Kind      string `json:"kind,omitempty"`
	Field     string `json:"field,omitempty"`
	Numbers   []E164 `json:"numbers,omitempty"`
	Refused   []E164 `json:"refused,omitempty"`
	Status    int    `json:"status,omitempty"`
	Code      string `json:"code,omitempty"`
	Message   string `json:"message,omitempty"`
	RequestID string `json:"request_id,omitempty"`
	// RetryAfter is in seconds.
	RetryAfter float64  `json:"retry_after,omitempty"`
	HeldBy     string   `json:"held_by,omitempty"`
	Attempt    *Attempt `json:"attempt,omitempty"`
	// Error is the whole text.
	Error string `json:"error"`
}

// MarshalJSON writes the error's fields, its kind as text, and its whole text as
// "error". Only the text of the cause is written.
func (e *Error) MarshalJSON() ([]byte, error) {
	if e == nil {
		return []byte("null"), nil
	}
	out := errorJSON{
		Op: e.Op, Vendor: e.Vendor, Account: e.Account, Field: e.Field, Numbers: e.Numbers, Refused: e.Refused, Status: e.Status, Code: e.Code,
		Message: e.Message, RequestID: e.RequestID, RetryAfter: e.RetryAfter.Seconds(), HeldBy: e.HeldBy, Attempt: e.Attempt, Error: e.Error(),
	}
	if e.Kind != nil {
		out.Kind = e.Kind.Error()
	}
	if e.Message == "" && e.Err != nil { // otherwise the text of the cause would be lost
		out.Message = e.Err.Error()
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote. The kind is again a kind of this
// package. The cause is not restored.
func (e *Error) UnmarshalJSON(data []byte) error {
	var in errorJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*e = Error{
		Op: in.Op, Vendor: in.Vendor, Account: in.Account, Field: in.Field, Numbers: in.Numbers, Refused: in.Refused, Status: in.Status, Code: in.Code,
		Message: in.Message, RequestID: in.RequestID, RetryAfter: time.Duration(in.RetryAfter * float64(time.Second)), HeldBy: in.HeldBy, Attempt: in.Attempt,
	}
	for _, kind := range append(kinds(), ErrOutcomeUnknown) {
		if in.Kind == kind.Error() {
			e.Kind = kind
		}
	}
	if e.Kind == nil && in.Kind != "" {
		e.Kind = errors.New(in.Kind)
	}
	return nil
}

// asError returns err as an *Error, for JSON.
func asError(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := any(err).(*Error); ok { // the outermost has the whole text
		return e
	}
	return &Error{Kind: KindOf(err), Message: err.Error()}
}

// MarshalJSON writes the item with Err as "error".
func (i Item) MarshalJSON() ([]byte, error) {
	type plain Item
	return json.Marshal(struct {
		plain
		Err *Error `json:"error,omitempty"`
	}{plain(i), asError(i.Err)})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (i *Item) UnmarshalJSON(data []byte) error {
	type plain Item
	in := struct {
		*plain
		Err *Error `json:"error"`
	}{plain: (*plain)(i)}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	if i.Err = nil; in.Err != nil {
		i.Err = in.Err
	}
	return nil
}

// MarshalJSON writes the item with Err as "error".
func (i ReservedItem) MarshalJSON() ([]byte, error) {
	type plain ReservedItem
	return json.Marshal(struct {
		plain
		Err *Error `json:"error,omitempty"`
	}{plain(i), asError(i.Err)})
}

// MarshalJSON writes the event with Err as "error".
func (e Event) MarshalJSON() ([]byte, error) {
	type plain Event
	return json.Marshal(struct {
		plain
		Err *Error `json:"error,omitempty"`
	}{plain(e), asError(e.Err)})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (e *Event) UnmarshalJSON(data []byte) error {
	type plain Event
	in := struct {
		*plain
		Err *Error `json:"error"`
	}{plain: (*plain)(e)}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	if e.Err = nil; in.Err != nil {
		e.Err = in.Err
	}
	return nil
}
