package driver

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/tnkit/tnkit/numbers"
)

// Error makes a client's error one of the portable layer: it names the portable
// operation and the numbers. The chain below it stays. An error that is not an
// *numbers.Error is returned as it is; nil stays nil.
func Error(err error, op string, list []numbers.E164) error {
	if err == nil {
		return nil
	}
	inner, ok := errors.AsType[*numbers.Error](err)
	if !ok {
		return err
	}
	e := *inner
	e.Op = op
	if len(list) > 0 {
		e.Numbers = slices.Clone(list) // the caller may go on to use it
	}
	if inner.Attempt != nil {
		attempt := *inner.Attempt
		if len(list) > 0 {
			attempt.Numbers = slices.Clone(list)
		}
		e.Attempt = &attempt
	}
	return &e
}

// PlaceError is [Error] for Place. An unknown outcome has the caller's reference,
// also at a vendor that keeps none. If the vendor names the numbers that it refuses,
// named are these: the error has them as Numbers and as Refused.
func PlaceError(err error, r numbers.OrderRequest, named ...numbers.E164) error {
	err = Error(err, "Place", r.Numbers)
	e, ok := errors.AsType[*numbers.Error](err)
	switch {
	case !ok:
	case e.Attempt != nil:
		if r.Reference != "" {
			e.Attempt.Reference = r.Reference
		}
	case len(named) > 0:
		e.Numbers, e.Refused = slices.Clone(named), slices.Clone(named)
	}
	return err
}

// Refused is an error of a request that is refused before anything is sent.
func Refused(vendor, op string, kind error, field, message string, list ...numbers.E164) error {
	return &numbers.Error{Op: op, Vendor: vendor, Kind: kind, Field: field, Message: message, Numbers: slices.Clone(list)}
}

// Failed is a sequence that has only an error.
func Failed[P any](err error) iter.Seq2[*P, error] {
	return func(yield func(*P, error) bool) { yield(nil, err) }
}

// quote quotes text of others for an error.
func quote(s string) string { return fmt.Sprintf("%.64q", s) }

// sameID compares ids of orders. At most vendors they are hexadecimal, so case
// makes no difference.
func sameID(a, b string) bool { return strings.EqualFold(a, b) }
