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
func (x *exchange) decode(a *Answer) error {
	if x.call.Into == nil {
		return nil
	}
	result := bytes.TrimSpace(a.result)
	switch {
	case len(result) == 0:
		return x.unreadable(a, errors.New("it is empty"))
	case string(result) == "null":
		return x.unreadable(a, errors.New("it is null")) // and would decode into a zero value
	}
	if err := json.Unmarshal(result, x.call.Into); err != nil {
		return x.unreadable(a, jsonError(err))
	}
	if x.call.Check != nil {
		if reason := x.call.Check(); reason != "" {
			return x.unreadable(a, errors.New(reason))
		}
	}
	return nil
}

// unreadable is the error of a success that tells nothing: to a Buy, an
// unknown outcome.
func (x *exchange) unreadable(a *Answer, err error) error {
	e := x.error(numbers.ErrVendor)
	e.Status = a.Status
	e.RequestID = x.c.requestID(a.Header)
	e.Err = x.c.seal(fmt.Errorf("the answer can't be understood: %w", err))
	x.unknown(e)
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
