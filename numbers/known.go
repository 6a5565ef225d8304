package numbers

import (
	"context"
	"fmt"
	"strings"
)

// known looks for what exists by a reference already: in the journal, and at a
// vendor that keeps references. Neither order nor attempt is set where nothing
// does; seen is, where the journal knows that nothing came of it.
func known(ctx context.Context, op string, o Orderer, reference string) (order *Order, attempt *Attempt, seen bool, err error) {
	if d, ok := As[*journaled](o); ok {
		entry, found, err := d.journal.Find(ctx, d.account, reference)
		switch {
		case err != nil:
			return nil, nil, false, o.Capabilities().err(op, ErrNotPlaced, "", "the journal can't be read, and so nothing was sent").because(err)
		case !found:
		case entry.free():
			seen = true
		case entry.End.Status == EntryPlaced:
			order, _ = readPlaced(ctx, o, entry) // where it can't be read yet, waiting will
			return order, nil, true, nil
		default:
			return nil, entry.lost(), true, nil
		}
	}
	if o.Capabilities().FoundBy != ByReference {
		return nil, nil, seen, nil
	}
	order, err = byReference(ctx, op, o, reference)
	return order, nil, seen || order != nil, err
}

// byReference finds the order of a reference at a vendor that keeps them.
func byReference(ctx context.Context, op string, o Orderer, reference string) (*Order, error) {
	var found *Order
	for order, err := range o.Orders(ctx, OrderQuery{Reference: reference}) {
		switch {
		case err != nil:
			return nil, err
		case order == nil, order.Reference != reference, found != nil && found.ID == order.ID:
			continue
		case found != nil:
			return nil, o.Capabilities().err(op, ErrConflict, "Reference",
				fmt.Sprintf("the vendor knows the reference twice: %s, %s", quote(found.ID), quote(order.ID)), order.Numbers()...)
		}
		found = order
	}
	if found == nil || found.tellsNumbers() {
		return found, nil
	}
	order, err := o.Order(ctx, found.ID)
	return o.Capabilities().theOne(order, err, op, found.ID, found.Numbers()...)
}

// theOne refuses none, and another order, in the place of the one that was
// asked for by its id: what was placed must not be lost for it. Ids are
// hexadecimal at most vendors, and so are told apart without regard to case.
func (c Capabilities) theOne(order *Order, err error, op, id string, list ...E164) (*Order, error) {
	switch {
	case err != nil:
		return nil, err
	case order == nil:
		return nil, c.err(op, ErrVendor, "", "the Orderer returned neither an order nor an error", list...)
	case !strings.EqualFold(order.ID, id):
		return nil, c.err(op, ErrVendor, "", "order "+quote(order.ID)+" came where "+quote(id)+" was asked for", list...)
	}
	return order, nil
}

// readPlaced reads the order of an entry that was placed. Where that fails, it
// is told as the journal knows it, beside the error: it was paid for.
func readPlaced(ctx context.Context, o Orderer, entry JournalEntry) (*Order, error) {
	caps := o.Capabilities()
	order, err := o.Order(ctx, entry.End.OrderID)
	if order, err = caps.theOne(order, err, "Order", entry.End.OrderID, entry.Attempt.Numbers...); err == nil {
		return order, nil
	}
	stub := &Order{
		Vendor: caps.Vendor, Account: caps.Account, ID: entry.End.OrderID, Reference: entry.Attempt.Reference,
		State: StatePending, Count: len(entry.Attempt.Numbers),
	}
	for _, n := range entry.Attempt.Numbers {
		stub.Items = append(stub.Items, Item{E164: n, State: StatePending})
	}
	return stub, unread{err}
}

// unread is why an order that was placed could not be read yet.
type unread struct{ error }

func (u unread) Unwrap() error { return u.error }

// free reports whether the entry's reference may be used again: nothing was
// done by it.
func (e JournalEntry) free() bool {
	return e.End.Status == EntryRefused || e.End.Status == EntryNotPlaced
}

// lost is the attempt of an entry of which nobody knows what became. One that
// has no end may be under way elsewhere.
func (e JournalEntry) lost() *Attempt {
	a := e.Attempt
	if a.Ended.IsZero() {
		a.Ended = a.latestEnd()
	}
	return &a
}
