package account

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// pick returns the Orderer as the optional interface T, if its Capabilities declare the
// ability. Otherwise the error is errors.ErrUnsupported, and nothing was sent.
func pick[T any](ctx context.Context, a *Account, op string, ability numbers.Ability) (able T, err error) {
	if err := a.check(ctx, op); err != nil {
		return able, err
	}
	if a.caps.Can.Has(ability) {
		if able, ok := driver.As[T](a.o); ok {
			return able, nil
		}
	}
	message := ""
	if a.caps.Billing == numbers.Registers && (numbers.CanSearch | numbers.CanQuote | numbers.CanReserve).Has(ability) {
		message = "the vendor registers numbers and does not sell them"
	}
	return able, a.err(op, errors.ErrUnsupported, "", message)
}

// check refuses a nil context before anything is sent.
func (a *Account) check(ctx context.Context, op string) error {
	if ctx == nil {
		return a.err(op, numbers.ErrInvalid, "ctx", "it is nil")
	}
	return nil
}

// Order reads one order. If the vendor has no such id, the error is ErrNotFound.
func (a *Account) Order(ctx context.Context, id string) (*numbers.Order, error) {
	if err := a.check(ctx, "Order"); err != nil {
		return nil, err
	}
	o, err := a.readOrder(ctx, "Order", id)
	if err != nil {
		return nil, err
	}
	return o, nil
}

// readOrder reads an order by its id, and refuses an answer with another order.
func (a *Account) readOrder(ctx context.Context, op, id string) (*numbers.Order, error) {
	o, err := a.o.Order(ctx, id)
	if err == nil {
		o, err = driver.CheckID(a.caps.Vendor, op, id, o)
	}
	if err != nil {
		return nil, a.named(op, err)
	}
	return a.order(o), nil
}

// Orders yields all orders that match q, by the rules of numbers.Orderer.
func (a *Account) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	if err := a.check(ctx, "Orders"); err != nil {
		return driver.Failed[numbers.Order](err)
	}
	return mapped(a, "Orders", a.o.Orders(ctx, q), a.order)
}

// mapped yields the items of a sequence with the account's name.
func mapped[T any](a *Account, op string, seq iter.Seq2[*T, error], name func(*T) *T) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for item, err := range seq {
			if item != nil {
				item = name(item)
			}
			if !yield(item, a.named(op, err)) {
				return
			}
		}
	}
}

// Search yields numbers for sale, at most q.Limit. If the vendor can't apply a field
// of q, the error is errors.ErrUnsupported with the field's name, and no request is
// sent.
func (a *Account) Search(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
	const op = "Search"
	s, err := pick[numbers.Searcher](ctx, a, op, numbers.CanSearch)
	if err == nil {
		err = a.checkSearch(op, q)
	}
	if err != nil {
		return driver.Failed[numbers.Offer](err)
	}
	return limited(mapped(a, op, s.Search(ctx, q), func(o *numbers.Offer) *numbers.Offer {
		out := *o
		out.Account = a.name
		return &out
	}), q.Limit)
}

// checkSearch refuses a query that the vendor can't answer.
func (a *Account) checkSearch(op string, q numbers.SearchQuery) error {
	if q.Limit < 0 {
		return a.err(op, numbers.ErrInvalid, "Limit", "it is negative")
	}
	if not := q.Fields() &^ (a.caps.SearchFields | numbers.SearchLimit); not != 0 {
		return a.err(op, errors.ErrUnsupported, not.String(), "the vendor can't search by this field")
	}
	return nil
}

// limited ends a sequence after its n-th item; 0 = no limit.
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

// Quote returns what an order would cost. It buys nothing.
func (a *Account) Quote(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
	const op = "Quote"
	q, err := pick[numbers.Quoter](ctx, a, op, numbers.CanQuote)
	if err != nil {
		return nil, err
	}
	if err := a.validate(op, r, a.caps.Assigns); err != nil {
		return nil, err
	}
	r.Begin = nil
	quotation, err := q.Quote(ctx, r)
	if quotation != nil {
		out := *quotation
		out.Account = a.name
		quotation = &out
	}
	return quotation, a.named(op, err)
}

// validate checks a request with any count of numbers. Its assignment may have the fields
// of assigns.
func (a *Account) validate(op string, r numbers.OrderRequest, assigns numbers.AssignField) error {
	whole := a.caps
	whole.MaxNumbers, whole.Assigns = 0, assigns // the caller splits the numbers into orders
	return a.named(op, driver.CheckRequest(whole, op, r))
}

// Reserve reserves numbers for Capabilities.HoldFor. A number that can't be reserved is
// no error of the call, so check Held of each item. Reserve does not claim the numbers in
// the journal.
func (a *Account) Reserve(ctx context.Context, r numbers.ReserveRequest) (*numbers.Reservation, error) {
	const op = "Reserve"
	v, err := pick[numbers.Reserver](ctx, a, op, numbers.CanReserve)
	if err != nil {
		return nil, err
	}
	if err := a.validate(op, numbers.OrderRequest{Numbers: r.Numbers}, 0); err != nil {
		return nil, err
	}
	reservation, err := v.Reserve(ctx, r)
	if reservation != nil {
		out := *reservation
		out.Account = a.name
		reservation = &out
	}
	return reservation, a.named(op, err)
}

// Cancel cancels the numbers of an order that are still pending, and returns the order as
// it is afterwards. If the order belongs to another account, the error is ErrInvalid.
func (a *Account) Cancel(ctx context.Context, o *numbers.Order) (*numbers.Order, error) {
	const op = "Cancel"
	c, err := pick[numbers.Canceler](ctx, a, op, numbers.CanCancel)
	if err != nil {
		return nil, err
	}
	switch {
	case o == nil:
		return nil, a.err(op, numbers.ErrInvalid, "Order", "it is nil")
	case o.ID == "":
		return nil, a.err(op, numbers.ErrInvalid, "Order", "it has no id", o.Numbers()...)
	}
	if err := a.owns(op, "Order", o.Vendor, o.Account, o.Numbers()); err != nil {
		return nil, err
	}
	after, err := c.Cancel(ctx, o)
	after = a.order(after)
	if after != nil {
		a.noteOrder(ctx, after)
	}
	return after, a.named(op, err)
}

// Owned yields the account's numbers. Released numbers are left out, unless q.States
// has NumberReleased.
func (a *Account) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	const op = "Owned"
	inventory, err := pick[numbers.Inventory](ctx, a, op, numbers.CanListOwned)
	if err != nil {
		return driver.Failed[numbers.Number](err)
	}
	return mapped(a, op, inventory.Owned(ctx, q), a.number)
}

// Find returns the account's number n. The error is ErrNotFound if a complete listing
// does not have n. The error is ErrConflict if the vendor lists n twice, because Find
// does not choose one of them.
func (a *Account) Find(ctx context.Context, n numbers.E164) (*numbers.Number, error) {
	const op = "Find"
	if _, err := pick[numbers.Inventory](ctx, a, op, numbers.CanListOwned); err != nil {
		return nil, err
	}
	if _, err := numbers.ParseE164(string(n)); err != nil {
		return nil, because(a.err(op, numbers.ErrInvalid, "Number", "it is not an E.164 number", n), err)
	}
	var found *numbers.Number
	for own, err := range a.Owned(ctx, numbers.OwnedQuery{Numbers: []numbers.E164{n}}) {
		switch {
		case err != nil:
			return nil, err
		case own == nil, own.E164 != n, own.State == numbers.NumberReleased:
		case found != nil && found.ID != own.ID:
			return nil, a.err(op, numbers.ErrConflict, "", fmt.Sprintf("the account lists the number twice, with ids %s and %s", quote(found.ID), quote(own.ID)), n)
		default:
			found = own
		}
	}
	if found == nil {
		return nil, a.err(op, numbers.ErrNotFound, "", "the account does not have the number", n)
	}
	return found, nil
}

// Release gives a number back to the vendor permanently, and ends the hold of the
// purchase that bought it. n must come from Find or Owned. Release reads n again first.
// It returns nil only after a reading shows that the account no longer has the number. If
// n is locked, the error is ErrLocked, and no request is sent. Unlock the number at the
// vendor and look it up again.
func (a *Account) Release(ctx context.Context, n *numbers.Number) error {
	const op = "Release"
	r, err := pick[numbers.Releaser](ctx, a, op, numbers.CanRelease)
	if err != nil {
		return err
	}
	if err := a.checkNumber(op, n); err != nil {
		return err
	}
	if n.Locked {
		return a.err(op, numbers.ErrLocked, "", "", n.E164)
	}
	holder := a.holderOf(ctx, n)
	if err := r.Release(ctx, n); err != nil {
		return a.named(op, err)
	}
	if holder != "" {
		a.endHold(ctx, holder, n.E164)
	}
	return nil
}

// Assign connects a number that the account owns, and returns the number as it is
// afterwards. A field of to that is "" is not changed.
func (a *Account) Assign(ctx context.Context, n *numbers.Number, to numbers.Assignment) (*numbers.Number, error) {
	const op = "Assign"
	s, err := pick[numbers.Assigner](ctx, a, op, numbers.CanAssign)
	if err != nil {
		return nil, err
	}
	if err := a.checkNumber(op, n); err != nil {
		return nil, err
	}
	if to.IsZero() {
		return nil, a.err(op, numbers.ErrInvalid, "Assignment", "it sets nothing", n.E164)
	}
	if not := to.Fields() &^ a.caps.AssignsOwned; not != 0 {
		return nil, a.err(op, errors.ErrUnsupported, not.String(), "the vendor can't set this field", n.E164)
	}
	after, err := s.Assign(ctx, n, to)
	return a.number(after), a.named(op, err)
}

// checkNumber refuses a number that does not belong to this account, before anything is
// sent.
func (a *Account) checkNumber(op string, n *numbers.Number) error {
	if err := driver.CheckNumber(a.caps.Vendor, op, n); err != nil {
		return a.named(op, err)
	}
	return a.owns(op, "Number", n.Vendor, n.Account, []numbers.E164{n.E164})
}

// owns refuses a value that belongs to another vendor or account, because ids of two
// accounts may be equal. A value that an Orderer returned has no account name and is
// accepted.
func (a *Account) owns(op, field, vendor, name string, list []numbers.E164) error {
	switch {
	case vendor != a.caps.Vendor:
		return a.err(op, numbers.ErrInvalid, field, "it belongs to another vendor: "+quote(vendor), list...)
	case name != "" && name != a.name:
		return a.err(op, numbers.ErrInvalid, field, "it belongs to another account: "+quote(name), list...)
	}
	return nil
}

// ownedOf returns the numbers of list that the account owns. If the vendor does not list
// owned numbers, it reads nothing.
func (a *Account) ownedOf(ctx context.Context, op string, list []numbers.E164) ([]*numbers.Number, error) {
	if _, err := pick[numbers.Inventory](ctx, a, op, numbers.CanListOwned); err != nil || len(list) == 0 {
		return nil, nil
	}
	wanted := set.Of(list)
	var owned []*numbers.Number
	for n, err := range a.Owned(ctx, numbers.OwnedQuery{Numbers: list}) {
		switch {
		case err != nil:
			return nil, err
		case n != nil && n.State != numbers.NumberReleased && wanted.Has(n.E164):
			owned = append(owned, n)
		}
	}
	return owned, nil
}
