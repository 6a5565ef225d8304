package numbers

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// pick finds the optional interface T behind o, if the outermost Capabilities
// declare it: a wrapper may take an ability away, and none can add one.
func pick[T any](o Orderer, op string, ability Ability) (T, Capabilities, error) {
	var none T
	if err := usable(op, o); err != nil {
		return none, Capabilities{}, err
	}
	caps := o.Capabilities()
	if caps.Can.Has(ability) {
		if able, ok := As[T](o); ok {
			return able, caps, nil
		}
	}
	return none, caps, caps.err(op, errors.ErrUnsupported, "", caps.why(ability))
}

// why says why a vendor can't do what is for buyers, where nothing is bought.
func (c Capabilities) why(ability Ability) string {
	if c.Billing == Registers && (CanSearch | CanQuote | CanReserve).Has(ability) {
		return "its numbers are registered, not sold"
	}
	return ""
}

// err begins an error of an account.
func (c Capabilities) err(op string, kind error, field, message string, list ...E164) *Error {
	return &Error{Op: op, Vendor: c.Vendor, Account: c.Account, Kind: kind, Field: field, Message: message, Numbers: list}
}

// because gives an error its cause, and tells it.
func (e *Error) because(cause error) *Error {
	if cause != nil {
		e.Err, e.Message = cause, e.Message+": "+cause.Error()
	}
	return e
}

// failed is a sequence that has only an error.
func failed[T any](err error) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) { yield(nil, err) }
}

// Search yields numbers for sale, no more than q.Limit. A field of q that the
// vendor does not honour is ErrUnsupported, naming the field, with no request
// sent.
func Search(ctx context.Context, o Orderer, q SearchQuery) iter.Seq2[*Offer, error] {
	const op = "Search"
	s, caps, err := pick[Searcher](o, op, CanSearch)
	if err != nil {
		return failed[Offer](err)
	}
	if err := caps.checkSearch(op, q); err != nil {
		return failed[Offer](err)
	}
	return limited(s.Search(ctx, q), q.Limit)
}

// checkSearch refuses a query that the vendor can't answer.
func (c Capabilities) checkSearch(op string, q SearchQuery) error {
	if q.Limit < 0 {
		return c.err(op, ErrInvalid, "Limit", "it is negative")
	}
	if not := q.Fields() &^ (c.SearchFields | SearchLimit); not != 0 {
		return c.err(op, errors.ErrUnsupported, not.String(), "the vendor can't search by it")
	}
	return nil
}

// limited ends a sequence after its n-th item; n = 0 is no limit.
func limited[T any](seq iter.Seq2[*T, error], n int) iter.Seq2[*T, error] {
	if n <= 0 {
		return seq
	}
	return func(yield func(*T, error) bool) {
		left := n
		for item, err := range seq {
			if left--; !yield(item, err) || left == 0 {
				return
			}
		}
	}
}

// Quote says what an order would cost, where the vendor can tell before. It
// buys nothing.
func Quote(ctx context.Context, o Orderer, r OrderRequest) (*Quotation, error) {
	const op = "Quote"
	q, caps, err := pick[Quoter](o, op, CanQuote)
	if err != nil {
		return nil, err
	}
	whole := caps
	whole.MaxNumbers = 0 // how many it can price at once is the Quoter's to say
	if err := r.Validate(op, whole); err != nil {
		return nil, err
	}
	return q.Quote(ctx, r)
}

// Reserve holds numbers for Capabilities.HoldFor. Read Held of each item: one
// number that can't be held is no error of the others.
func Reserve(ctx context.Context, o Orderer, r ReserveRequest) (*Reservation, error) {
	const op = "Reserve"
	v, caps, err := pick[Reserver](o, op, CanReserve)
	if err != nil {
		return nil, err
	}
	whole := caps
	whole.MaxNumbers = 0
	if err := (OrderRequest{Numbers: r.Numbers}).Validate(op, whole); err != nil {
		return nil, err
	}
	return v.Reserve(ctx, r)
}

// Cancel cancels what is still pending of an order, and returns the order as it
// stands afterwards.
func Cancel(ctx context.Context, o Orderer, order *Order) (*Order, error) {
	const op = "Cancel"
	c, caps, err := pick[Canceler](o, op, CanCancel)
	if err != nil {
		return nil, err
	}
	switch {
	case order == nil:
		return nil, caps.err(op, ErrInvalid, "Order", "the order is nil")
	case order.ID == "":
		return nil, caps.err(op, ErrInvalid, "Order", "it has no id", order.Numbers()...)
	}
	if err := caps.same(op, "Order", order.Vendor, order.Account, order.Numbers()); err != nil {
		return nil, err
	}
	return c.Cancel(ctx, order)
}

// Owned walks the account's numbers. Released ones are left out unless q.States
// names them.
func Owned(ctx context.Context, o Orderer, q OwnedQuery) iter.Seq2[*Number, error] {
	inv, _, err := pick[Inventory](o, "Owned", CanListOwned)
	if err != nil {
		return failed[Number](err)
	}
	return inv.Owned(ctx, q)
}

// Find returns the account's number n. ErrNotFound where it has none, by a
// complete listing; ErrConflict where the vendor lists it twice: which of the
// two is meant is never guessed.
func Find(ctx context.Context, o Orderer, n E164) (*Number, error) {
	const op = "Find"
	inv, caps, err := pick[Inventory](o, op, CanListOwned)
	if err != nil {
		return nil, err
	}
	if reason := notE164(string(n)); reason != "" {
		return nil, caps.err(op, ErrInvalid, "Number", reason, n)
	}
	var found *Number
	for own, err := range inv.Owned(ctx, OwnedQuery{Numbers: []E164{n}}) {
		switch {
		case err != nil:
			return nil, err
		case own == nil, own.E164 != n, own.State == NumberReleased:
		case found != nil && found.ID != own.ID:
			return nil, caps.err(op, ErrConflict, "", fmt.Sprintf("the account lists the number twice, as %s and %s", quote(found.ID), quote(own.ID)), n)
		default:
			found = own
		}
	}
	if found == nil {
		return nil, caps.err(op, ErrNotFound, "", "", n)
	}
	return found, nil
}

// Release gives a number back, for good. n is a number that was looked up
// ([Find], [Owned]); it is read again before, and nil means that a reading
// shows it gone. Where n.Locked is set, it is ErrLocked with no request sent:
// unlock it at the vendor, and look it up again.
func Release(ctx context.Context, o Orderer, n *Number) error {
	const op = "Release"
	r, caps, err := pick[Releaser](o, op, CanRelease)
	if err != nil {
		return err
	}
	if err := caps.mine(op, n); err != nil {
		return err
	}
	if n.Locked {
		return caps.err(op, ErrLocked, "", "", n.E164)
	}
	return r.Release(ctx, n)
}

// Assign connects a number that the account has, and returns it as it stands
// afterwards. Fields of a that are "" stay as they are.
func Assign(ctx context.Context, o Orderer, n *Number, a Assignment) (*Number, error) {
	const op = "Assign"
	s, caps, err := pick[Assigner](o, op, CanAssign)
	if err != nil {
		return nil, err
	}
	if err := caps.mine(op, n); err != nil {
		return nil, err
	}
	if a.IsZero() {
		return nil, caps.err(op, ErrInvalid, "Assignment", "it sets nothing", n.E164)
	}
	if not := a.Fields() &^ caps.AssignsOwned; not != 0 {
		return nil, caps.err(op, errors.ErrUnsupported, not.String(), "the vendor can't set it", n.E164)
	}
	return s.Assign(ctx, n, a)
}

// mine refuses a number that can't be this account's.
func (c Capabilities) mine(op string, n *Number) error {
	switch {
	case n == nil:
		return c.err(op, ErrInvalid, "Number", "the number is nil")
	case n.ID == "":
		return c.err(op, ErrInvalid, "Number", "it has no id; look it up with Find or Owned", n.E164)
	}
	return c.same(op, "Number", n.Vendor, n.Account, []E164{n.E164})
}

// same refuses what belongs to another vendor or account: ids of two accounts
// may look alike.
func (c Capabilities) same(op, field, vendor, account string, list []E164) error {
	switch {
	case vendor != c.Vendor:
		return c.err(op, ErrInvalid, field, "it belongs to another vendor: "+quote(vendor), list...)
	case account != c.Account:
		return c.err(op, ErrInvalid, field, "it belongs to another account: "+quote(account), list...)
	}
	return nil
}
