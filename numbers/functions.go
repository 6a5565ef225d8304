package numbers

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// pick finds the optional interface T behind o, if the outermost Capabilities
// declare it: a wrapper may take an ability away, and none can add one.
func pick[T any](o Orderer, op string, ability Ability) (T, error) {
	var none T
	if o == nil {
		return none, &Error{Op: op, Kind: ErrInvalid, Field: "Orderer", Message: "the Orderer is nil"}
	}
	caps := o.Capabilities()
	if caps.Can.Has(ability) {
		if able, ok := As[T](o); ok {
			return able, nil
		}
	}
	return none, &Error{Op: op, Vendor: caps.Vendor, Kind: errors.ErrUnsupported}
}

// failed is a sequence that has only an error.
func failed[T any](err error) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) { yield(nil, err) }
}

// Search yields numbers for sale. A field of q that the vendor does not
// honour is ErrUnsupported, naming the field, with no request sent.
func Search(ctx context.Context, o Orderer, q SearchQuery) iter.Seq2[*Offer, error] {
	s, err := pick[Searcher](o, "Search", CanSearch)
	if err != nil {
		return failed[Offer](err)
	}
	caps := o.Capabilities()
	if q.Limit < 0 {
		return failed[Offer](&Error{Op: "Search", Vendor: caps.Vendor, Kind: ErrInvalid, Field: "Limit", Message: "it is negative"})
	}
	if not := q.Fields() &^ (caps.Honours | SearchLimit); not != 0 {
		return failed[Offer](&Error{
			Op: "Search", Vendor: caps.Vendor, Kind: errors.ErrUnsupported, Field: not.String(),
			Message: "the vendor can't search by it",
		})
	}
	return s.Search(ctx, q)
}

// Quote says what an order would cost, where the vendor can tell before.
func Quote(ctx context.Context, o Orderer, r OrderRequest) (*Quotation, error) {
	q, err := pick[Quoter](o, "Quote", CanQuote)
	if err != nil {
		return nil, err
	}
	return q.Quote(ctx, r)
}

// Reserve holds numbers for Capabilities.HoldFor.
func Reserve(ctx context.Context, o Orderer, r ReserveRequest) (*Reservation, error) {
	v, err := pick[Reserver](o, "Reserve", CanReserve)
	if err != nil {
		return nil, err
	}
	return v.Reserve(ctx, r)
}

// Cancel cancels what is still pending of an order.
func Cancel(ctx context.Context, o Orderer, order *Order) (*Order, error) {
	c, err := pick[Canceler](o, "Cancel", CanCancel)
	if err != nil {
		return nil, err
	}
	if order == nil {
		return nil, &Error{Op: "Cancel", Vendor: o.Capabilities().Vendor, Kind: ErrInvalid, Field: "Order", Message: "the order is nil"}
	}
	if err := sameAccount("Cancel", o, "Order", order.Vendor, order.Account, order.Numbers()); err != nil {
		return nil, err
	}
	return c.Cancel(ctx, order)
}

// Owned walks the account's numbers.
func Owned(ctx context.Context, o Orderer, q OwnedQuery) iter.Seq2[*Number, error] {
	inv, err := pick[Inventory](o, "Owned", CanListOwned)
	if err != nil {
		return failed[Number](err)
	}
	return inv.Owned(ctx, q)
}

// Find returns the account's number n. ErrNotFound where it has none, by a
// complete listing; ErrConflict where the vendor lists it twice: which of the
// two is meant is never guessed.
func Find(ctx context.Context, o Orderer, n E164) (*Number, error) {
	inv, err := pick[Inventory](o, "Find", CanListOwned)
	if err != nil {
		return nil, err
	}
	vendor := o.Capabilities().Vendor
	if !n.Valid() {
		return nil, &Error{Op: "Find", Vendor: vendor, Kind: ErrInvalid, Field: "Number", Numbers: []E164{n}, Message: notE164(string(n))}
	}
	var found *Number
	for own, err := range inv.Owned(ctx, OwnedQuery{Numbers: []E164{n}}) {
		switch {
		case err != nil:
			return nil, err
		case own.State == NumberReleased:
		case found != nil && found.ID != own.ID:
			return nil, &Error{
				Op: "Find", Vendor: vendor, Kind: ErrConflict, Numbers: []E164{n},
				Message: fmt.Sprintf("the account lists the number twice, as %s and %s", quote(found.ID), quote(own.ID)),
			}
		default:
			found = own
		}
	}
	if found == nil {
		return nil, &Error{Op: "Find", Vendor: vendor, Kind: ErrNotFound, Numbers: []E164{n}}
	}
	return found, nil
}

// Release gives a number back, for good. n is a number that was looked up
// ([Find], [Owned]); it is read again before, and nil means that a reading
// shows it gone.
func Release(ctx context.Context, o Orderer, n *Number) error {
	r, err := pick[Releaser](o, "Release", CanRelease)
	if err != nil {
		return err
	}
	if err := checkNumber("Release", o, n); err != nil {
		return err
	}
	if n.Locked {
		return &Error{Op: "Release", Vendor: n.Vendor, Account: n.Account, Kind: ErrLocked, Numbers: []E164{n.E164}}
	}
	return r.Release(ctx, n)
}

// Assign connects a number that the account has.
func Assign(ctx context.Context, o Orderer, n *Number, a Assignment) (*Number, error) {
	s, err := pick[Assigner](o, "Assign", CanAssign)
	if err != nil {
		return nil, err
	}
	if err := checkNumber("Assign", o, n); err != nil {
		return nil, err
	}
	if a.IsZero() {
		return nil, &Error{Op: "Assign", Vendor: n.Vendor, Account: n.Account, Kind: ErrInvalid, Field: "Assignment", Numbers: []E164{n.E164}, Message: "it sets nothing"}
	}
	if not := a.Fields() &^ o.Capabilities().AssignsOwned; not != 0 {
		return nil, &Error{
			Op: "Assign", Vendor: n.Vendor, Account: n.Account, Kind: errors.ErrUnsupported, Field: not.String(),
			Numbers: []E164{n.E164}, Message: "the vendor can't set it",
		}
	}
	return s.Assign(ctx, n, a)
}

func checkNumber(op string, o Orderer, n *Number) error {
	vendor := o.Capabilities().Vendor
	switch {
	case n == nil:
		return &Error{Op: op, Vendor: vendor, Kind: ErrInvalid, Field: "Number", Message: "the number is nil"}
	case n.ID == "":
		return &Error{Op: op, Vendor: vendor, Kind: ErrInvalid, Field: "Number", Numbers: []E164{n.E164}, Message: "it has no id; look it up with Find or Owned"}
	}
	return sameAccount(op, o, "Number", n.Vendor, n.Account, []E164{n.E164})
}

// sameAccount refuses what belongs to another account: ids of two accounts
// may look alike.
func sameAccount(op string, o Orderer, field, vendor, account string, list []E164) error {
	if err := sameVendor(op, o, field, vendor, list); err != nil {
		return err
	}
	if caps := o.Capabilities(); account != caps.Account {
		return &Error{
			Op: op, Vendor: caps.Vendor, Account: caps.Account, Kind: ErrInvalid, Field: field, Numbers: list,
			Message: "it belongs to another account: " + quote(account),
		}
	}
	return nil
}

func sameVendor(op string, o Orderer, field, vendor string, list []E164) error {
	if mine := o.Capabilities().Vendor; vendor != mine {
		return &Error{
			Op: op, Vendor: mine, Kind: ErrInvalid, Field: field, Numbers: list,
			Message: "it belongs to another vendor: " + quote(vendor),
		}
	}
	return nil
}
