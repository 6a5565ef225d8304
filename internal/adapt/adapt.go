// Package adapt holds what the four adapters to numbers.Orderer share.
package adapt

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/tnkit/tnkit/numbers"
)

// Error makes a client's error one of the portable layer: it names the
// portable operation, the account, and the numbers. The chain below it stays.
func Error(err error, op, account string, list []numbers.E164) error {
	if err == nil {
		return nil
	}
	inner, ok := errors.AsType[*numbers.Error](err)
	if !ok {
		return err
	}
	e := *inner
	e.Op, e.Account = op, account
	if len(list) > 0 {
		e.Numbers = slices.Clone(list) // the caller may go on to use it
	}
	if inner.Attempt != nil {
		attempt := *inner.Attempt
		attempt.Account = account
		if len(list) > 0 {
			attempt.Numbers = slices.Clone(list)
		}
		e.Attempt = &attempt
	}
	return &e
}

// NotPlaced is [Error] for an order. An unknown outcome carries the caller's
// reference, also of a vendor that keeps none.
func NotPlaced(err error, op, account string, r numbers.OrderRequest) error {
	err = Error(err, op, account, r.Numbers)
	if e, ok := errors.AsType[*numbers.Error](err); ok && e.Attempt != nil && r.Reference != "" {
		e.Attempt.Reference = r.Reference
	}
	return err
}

// Placed returns an order that the vendor says it made of r. ErrConflict comes
// beside it where it is for other numbers: also where their spelling is none
// that a number in E.164 has.
func Placed(order *numbers.Order, r numbers.OrderRequest) (*numbers.Order, error) {
	if err := order.Answers(r); err != nil {
		return order, err
	}
	for _, item := range order.Items {
		if item.E164 == "" {
			return order, &numbers.Error{
				Op: "Place", Vendor: order.Vendor, Account: order.Account, Kind: numbers.ErrConflict, Numbers: slices.Clone(r.Numbers),
				Message: fmt.Sprintf("the vendor made order %.64q, and it is for %.64q, which is none of the numbers asked for; look at it, and don't order again before", order.ID, item.VendorNumber),
			}
		}
	}
	return order, nil
}

// Asked returns an order that was read by its id, and refuses another in its
// place.
func Asked(order *numbers.Order, id string) (*numbers.Order, error) {
	if strings.EqualFold(order.ID, id) {
		return order, nil
	}
	return nil, &numbers.Error{
		Op: "Order", Vendor: order.Vendor, Account: order.Account, Kind: numbers.ErrVendor,
		Message: fmt.Sprintf("order %.64q came where %.64q was asked for", order.ID, id),
	}
}

// Mine refuses a number that is not of this account, before anything is sent:
// ids of two accounts may look alike.
func Mine(op, vendor, account string, n *numbers.Number) error {
	refuse := func(message string) error {
		e := &numbers.Error{Op: op, Vendor: vendor, Account: account, Kind: numbers.ErrInvalid, Field: "Number", Message: message}
		if n != nil {
			e.Numbers = []numbers.E164{n.E164}
		}
		return e
	}
	switch {
	case n == nil:
		return refuse("it is nil")
	case n.Vendor != vendor:
		return refuse("it belongs to another vendor")
	case n.Account != account:
		return refuse("it belongs to another account")
	case n.ID == "":
		return refuse("it has no id; look it up with Find or Owned")
	}
	return nil
}

// E164 returns the vendor's spelling as an E.164 number, or "" where it is
// none: nothing is guessed.
func E164(spelling string) numbers.E164 {
	n, err := numbers.ParseE164(spelling)
	if err != nil {
		return ""
	}
	return n
}

// Template returns a copy of the vendor's own create request given as
// OrderRequest.Native, or a zero one where none was. Another type is
// ErrInvalid.
func Template[T any](vendor, op string, native any) (*T, error) {
	switch v := native.(type) {
	case nil:
		return new(T), nil
	case *T:
		if v != nil {
			clone := *v
			return &clone, nil
		}
	}
	return nil, &numbers.Error{
		Op: op, Vendor: vendor, Kind: numbers.ErrInvalid, Field: "Native",
		Message: fmt.Sprintf("it is a %T, and must be a %T", native, new(T)),
	}
}

// Orders converts a raw sequence into orders: what repeats is dropped, what
// does not match is left out.
func Orders[T any](raw iter.Seq2[T, error], account string, q numbers.OrderQuery, convert func(T) (*numbers.Order, error)) iter.Seq2[*numbers.Order, error] {
	return walk(raw, "Orders", account, convert, func(o *numbers.Order) string { return o.ID }, q.Matcher())
}

// Owned is [Orders] for an inventory. Released numbers are left out unless the
// query names their state.
func Owned[T any](raw iter.Seq2[T, error], account string, q numbers.OwnedQuery, convert func(T) (*numbers.Number, error)) iter.Seq2[*numbers.Number, error] {
	wanted := q.Matcher()
	match := func(n *numbers.Number) bool {
		return wanted(n) && (n.State != numbers.NumberReleased || len(q.States) > 0)
	}
	return walk(raw, "Owned", account, convert, func(n *numbers.Number) string { return n.ID }, match)
}

func walk[T, P any](raw iter.Seq2[T, error], op, account string, convert func(T) (*P, error), id func(*P) string, match func(*P) bool) iter.Seq2[*P, error] {
	return func(yield func(*P, error) bool) {
		seen := make(map[string]struct{})
		for item, err := range raw {
			var p *P
			if err == nil {
				p, err = convert(item)
			}
			if err != nil {
				yield(nil, Error(err, op, account, nil))
				return
			}
			if _, again := seen[id(p)]; again {
				continue
			}
			seen[id(p)] = struct{}{}
			if match(p) && !yield(p, nil) {
				return
			}
		}
	}
}

// Failed is a sequence that has only an error.
func Failed[P any](err error) iter.Seq2[*P, error] {
	return func(yield func(*P, error) bool) { yield(nil, err) }
}
