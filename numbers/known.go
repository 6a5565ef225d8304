package numbers

import (
	"context"
	"fmt"
)

// known looks for what exists by a reference already: in the journal, and at a
// vendor that keeps references. Neither order nor attempt is set where nothing
// does; seen is, where the journal knows that nothing came of it.
func known(ctx context.Context, o Orderer, reference string) (order *Order, attempt *Attempt, seen bool, err error) {
	if d, ok := As[*journaled](o); ok {
		entry, found, err := d.journal.Find(ctx, d.account, reference)
		switch {
		case err != nil:
			return nil, nil, false, o.Capabilities().err("Buy", ErrNotPlaced, "", "the journal can't be read, and so nothing was sent").because(err)
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
	if o.Capabilities().Recognises != ByReference {
		return nil, nil, seen, nil
	}
	order, err = byReference(ctx, o, reference)
	return order, nil, seen || order != nil, err
}

// byReference finds the order of a reference at a vendor that keeps them.
func byReference(ctx context.Context, o Orderer, reference string) (*Order, error) {
	var found *Order
	for order, err := range o.Orders(ctx, OrderQuery{Reference: reference}) {
		switch {
		case err != nil:
			return nil, err
		case order == nil, order.Reference != reference, found != nil && found.ID == order.ID:
			continue
		case found != nil:
			return nil, o.Capabilities().err("Buy", ErrConflict, "Reference",
				fmt.Sprintf("the vendor knows the reference twice: %s, %s", quote(found.ID), quote(order.ID)), order.Numbers()...)
		}
		found = order
	}
	if found == nil || found.tellsNumbers() {
		return found, nil
	}
	return o.Order(ctx, found.ID)
}

// readPlaced reads the order of an entry that was placed. Where that fails, it
// is told as the journal knows it, beside the error: it was paid for.
func readPlaced(ctx context.Context, o Orderer, entry JournalEntry) (*Order, error) {
	order, err := o.Order(ctx, entry.End.OrderID)
	if order != nil && err == nil {
		return order, nil
	}
	caps := o.Capabilities()
	stub := &Order{
		Vendor: caps.Vendor, Account: caps.Account, ID: entry.End.OrderID, Reference: entry.Attempt.Reference,
		State: StatePending, Count: len(entry.Attempt.Numbers),
	}
	for _, n := range entry.Attempt.Numbers {
		stub.Items = append(stub.Items, Item{E164: n, State: StatePending})
	}
	if err == nil {
		err = caps.err("Order", ErrVendor, "", "the Orderer returned neither an order nor an error", stub.Numbers()...)
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
