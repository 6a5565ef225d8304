package driver

import (
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"

	"github.com/tnkit/tnkit/numbers"
)

// Error returns a copy of a client's error with the portable operation op and, if list is
// not empty, its numbers. The chain of errors stays the same. Error returns nil, and an
// error that is not a *numbers.Error, unchanged.
func Error(err error, op string, list ...numbers.E164) error {
	if err == nil {
		return nil
	}
	inner, ok := errors.AsType[*numbers.Error](err)
	if !ok {
		return err
	}
	list = known(list)
	e := *inner
	e.Op = op
	if len(list) > 0 {
		e.Numbers = list
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

// PlaceError is [Error] for Place. The Attempt of an unknown outcome has the caller's
// reference, even if the vendor does not keep references. named are the numbers that the
// vendor named in its refusal. If there are any, the fields Numbers and Refused of the
// error have them.
func PlaceError(err error, r numbers.OrderRequest, named ...numbers.E164) error {
	err = Error(err, "Place", r.Numbers...)
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

// Refused returns the error of a request that the Orderer refuses before it is sent, or
// of an answer that can't be used.
func Refused(vendor, op string, kind error, field, message string, list ...numbers.E164) error {
	return &numbers.Error{Op: op, Vendor: vendor, Kind: kind, Field: field, Message: message, Numbers: known(list)}
}

// Unreachable returns the error of a request without an answer. Its kind is
// ErrUnreachable, and it wraps err. If err is a *url.Error, it wraps only the cause of
// err, because the text of a *url.Error contains the query.
func Unreachable(vendor, op string, err error) *numbers.Error {
	return &numbers.Error{Op: op, Vendor: vendor, Kind: numbers.ErrUnreachable, Err: withoutURL(err)}
}

func withoutURL(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return ue.Err
	}
	return err
}

// Failed returns a sequence that yields only an error.
func Failed[P any](err error) iter.Seq2[*P, error] {
	return func(yield func(*P, error) bool) { yield(nil, err) }
}

// problem returns an error about the number n. Its operation is set later, by [Error].
func problem(n *numbers.Number, kind error, message string) error {
	return Refused(n.Vendor, "", kind, "", message, numbersOf(n)...)
}

// numbersOf returns the Numbers of an error about n.
func numbersOf(n *numbers.Number) []numbers.E164 {
	if n == nil {
		return nil
	}
	return known([]numbers.E164{n.E164})
}

// known returns a copy of list without values that are not numbers, because the caller
// may use list again.
func known(list []numbers.E164) []numbers.E164 {
	return slices.DeleteFunc(slices.Clone(list), func(n numbers.E164) bool { return n == "" })
}

// quote quotes a text that this module did not write, for an error message.
func quote(s string) string { return fmt.Sprintf("%.64q", s) }

// sameID compares ids of orders without case, because most vendors' ids are hexadecimal.
func sameID(a, b string) bool { return strings.EqualFold(a, b) }
