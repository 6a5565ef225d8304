package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// decode reads the result out of a 2xx answer.
func (f *flight) decode(a *Answer) error {
	result := a.Body
	if f.c.Open != nil {
		opened, refused := f.c.Open(a)
		if refused {
			return f.refused(a)
		}
		result = opened
	}
	if f.call.Into == nil {
		return nil
	}
	result = bytes.TrimSpace(result)
	switch {
	case len(result) == 0:
		return f.unreadable(a, errors.New("it is empty"))
	case string(result) == "null":
		return f.unreadable(a, errors.New("it is null")) // and would decode into a zero value
	}
	if err := json.Unmarshal(result, f.call.Into); err != nil {
		return f.unreadable(a, jsonError(err))
	}
	if f.call.Check != nil {
		if reason := f.call.Check(); reason != "" {
			return f.unreadable(a, errors.New(reason))
		}
	}
	return nil
}

// unreadable is the error of a success that tells nothing: to a Buy, an
// unknown outcome.
func (f *flight) unreadable(a *Answer, err error) error {
	e := f.error(numbers.ErrVendor)
	e.Status = a.Status
	e.RequestID = f.c.requestID(a.Header)
	e.Err = f.c.seal(fmt.Errorf("the answer can't be understood: %w", err))
	f.unknown(e)
	return e
}

// jsonError describes a decoding error without the bytes it stumbled over,
// which other decoders quote.
func jsonError(err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("it is no JSON (byte %d)", syntax.Offset)
	}
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if kind.Field == "" {
			return errors.New("it is of the wrong JSON type")
		}
		return fmt.Errorf("%s is of the wrong JSON type", kind.Field)
	}
	if value, ok := errors.AsType[*wire.ValueError](err); ok {
		return fmt.Errorf("a value is no wire.%s: want %s", value.Type, value.Want)
	}
	return errors.New("a value in it can't be read")
}
