package account

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// shown handles what a reading shows about an attempt.
func (r *resolving) shown(ctx context.Context, o *open, res numbers.Resolution, at time.Time) {
	switch {
	case res.Outcome == numbers.Placed && res.Order != nil && res.Order.ID != "":
		res.Order = r.a.order(res.Order)
		switch mine, err := r.credits(ctx, o, res.Order); {
		case err != nil:
			r.failed(o, err, at)
			return
		case !mine:
			o.others = append(o.others, res.Order.ID)
			return // the next reading leaves the order out
		}
		r.found(ctx, o, res, numbers.JournalEnd{})
	case !r.due(o, at):
	case res.Outcome == numbers.NotPlaced:
		r.found(ctx, o, res, numbers.JournalEnd{Status: numbers.EntryNotPlaced, Reason: "a complete reading does not show the order"})
	case res.Outcome == numbers.PossiblyOrphaned:
		r.found(ctx, o, res, numbers.JournalEnd{Status: numbers.EntryOrphaned, Reason: "the vendor does not list the order, but may have sold the numbers"})
	case res.Outcome == numbers.Repeatable && o.entry.End.Status == numbers.EntryOrphaned:
		// A later order of the number was refused since, so only a person can decide.
		r.found(ctx, o, numbers.Resolution{Outcome: numbers.PossiblyOrphaned}, numbers.JournalEnd{})
	case res.Outcome == numbers.Repeatable:
		r.found(ctx, o, res, numbers.JournalEnd{Status: numbers.EntryUnknown, Reason: repeatableReason})
	default:
		r.failed(o, r.unresolved(o, numbers.ErrVendor, "the Orderer returned "+quote(string(res.Outcome))+" without an order"), at)
	}
}

// contested reports whether a later attempt may have made an order that a reading shows.
// While an attempt holds its numbers, no other attempt for them can begin. However, an
// attempt that is Repeatable, or that ended during the reading, holds nothing. An order
// that appears after that belongs to the attempt that holds the numbers now. At a vendor
// that keeps references, the reference shows which attempt made the order.
func (r *resolving) contested(ctx context.Context, o *open) (bool, error) {
	if !o.recorded || r.a.caps.FoundBy == numbers.ByReference {
		return false, nil
	}
	list, err := r.a.entries(ctx, numbers.JournalQuery{Numbers: o.entry.Numbers, Open: true})
	return slices.ContainsFunc(list, func(e numbers.JournalEntry) bool {
		return e.ID != o.entry.ID && e.End.Status != numbers.EntryOrphaned &&
			slices.ContainsFunc(o.entry.Numbers, func(n numbers.E164) bool { return e.Holds(n, r.a.now()) })
	}), err
}

// repeatableReason is the Reason of an unknown End whose numbers are free, because
// ordering them again is safe.
const repeatableReason = "the vendor does not list the order; ordering the same numbers again is safe and shows the outcome"

// found records an outcome. If there is no End to record, end is the zero value.
func (r *resolving) found(ctx context.Context, o *open, res numbers.Resolution, end numbers.JournalEnd) {
	o.resolution = res
	if !o.recorded {
		return
	}
	var earlier []numbers.JournalEntry
	if r.a.caps.Orphans { // the attempt still holds its numbers at this point
		earlier = r.a.earlier(ctx, o.entry)
	}
	if end.Status != "" {
		if o.entry.Ended.IsZero() {
			o.entry.Ended = r.a.now()
		}
		refused, err := r.a.end(ctx, o.entry, end)
		o.journalErr = err
		if refused { // a later End is recorded already
			o.resolution = numbers.Resolution{}
			return
		}
		o.entry.End = end
	}
	for _, e := range r.a.settleEarlier(ctx, earlier, res) {
		r.ended = append(r.ended, e)
		r.settled(o, e)
	}
}

// settled updates the pending attempts whose outcome a later attempt showed.
func (r *resolving) settled(by *open, e numbers.JournalEntry) {
	for _, o := range r.list {
		if o == by || o.entry.ID != e.ID || !o.recorded {
			continue
		}
		o.entry, o.earlier = e, true
		o.resolution = numbers.Resolution{Outcome: numbers.NotPlaced}
		if e.End.Status == numbers.EntryOrphaned {
			o.resolution.Outcome = numbers.PossiblyOrphaned
		}
	}
}

// free returns an error if an entry of the journal has the order.
func (a *Account) free(ctx context.Context, orderID string) error {
	list, err := a.entries(ctx, numbers.JournalQuery{OrderIDs: []string{orderID}})
	if err == nil && len(list) > 0 {
		err = errCredited
	}
	return err
}

// settleEarlier records what a later attempt for the same numbers shows about earlier
// attempts without an answer. It is used at a vendor that refuses to sell a number twice.
// If the later attempt was placed, the earlier ones were not placed. If it was refused
// with the answer that a sold number gets, an earlier one may have been placed.
// settleEarlier returns the entries that it ended.
func (a *Account) settleEarlier(ctx context.Context, earlier []numbers.JournalEntry, res numbers.Resolution) (ended []numbers.JournalEntry) {
	end := numbers.JournalEnd{Status: numbers.EntryNotPlaced, Reason: "a later order of the number was accepted"}
	switch {
	case res.Outcome == numbers.Placed:
	case res.MaybeSold, res.Outcome == numbers.PossiblyOrphaned:
		end = numbers.JournalEnd{Status: numbers.EntryOrphaned, Reason: "a later order of the number got the answer that a sold number gets"}
	default:
		return nil
	}
	for _, e := range earlier {
		if refused, err := a.end(ctx, e, end); err == nil && !refused {
			e.End = end
			ended = append(ended, e)
		}
	}
	return ended
}

// earlier returns the attempts without an answer that came before later, for numbers that
// later holds now. While later holds a number, no other attempt for it can begin. So the
// attempts that hold nothing came before it, whatever the clocks say.
func (a *Account) earlier(ctx context.Context, later numbers.JournalEntry) []numbers.JournalEntry {
	list, err := a.entries(context.WithoutCancel(ctx), numbers.JournalQuery{Numbers: later.Numbers})
	if err != nil {
		return nil // Recover reads them again
	}
	held := make(set.Set[numbers.E164])
	for _, e := range list {
		for _, n := range later.Numbers {
			if e.ID == later.ID && e.Holds(n, a.now()) {
				held.Add(n)
			}
		}
	}
	return slices.DeleteFunc(list, func(e numbers.JournalEntry) bool {
		return e.ID == later.ID || !isRepeatable(e) || !slices.ContainsFunc(e.Numbers, held.Has)
	})
}

// isRepeatable reports whether an entry is unknown and holds nothing, so that ordering
// its numbers again is safe.
func isRepeatable(e numbers.JournalEntry) bool {
	return e.End.Status == numbers.EntryUnknown && len(e.End.Held) == 0
}

// readPlaced reads the order of a placed entry. If the reading fails, it returns the
// order as the journal has it, together with the error, because the order was paid for.
// If the vendor no longer has the order, it returns only ErrNotFound.
func (a *Account) readPlaced(ctx context.Context, op string, e numbers.JournalEntry) (*numbers.Order, error) {
	order, err := a.readOrder(ctx, op, e.End.OrderID)
	if err == nil {
		return order, nil
	}
	if errors.Is(err, numbers.ErrNotFound) && (len(e.End.Held) == 0 || !a.mayAppear(e)) {
		a.holdGone(ctx, e)
		return nil, a.err(op, numbers.ErrNotFound, "", "order "+quote(e.End.OrderID)+" was placed, and the vendor no longer has it", e.Numbers...)
	}
	stub := &numbers.Order{
		Vendor: a.caps.Vendor, Account: a.name, ID: e.End.OrderID, State: numbers.StatePending, Count: len(e.Numbers),
	}
	if a.caps.FoundBy == numbers.ByReference {
		stub.Reference = e.Reference
	}
	for _, n := range e.Numbers {
		stub.Items = append(stub.Items, numbers.Item{E164: n, State: numbers.StatePending})
	}
	return stub, err
}

// mayAppear reports whether a placed order may still be missing from a reading, because
// it is not certain that the listing delay has passed.
func (a *Account) mayAppear(e numbers.JournalEntry) bool {
	placed, _ := a.watch.see(e, a.now())
	return a.now().Before(placed.Add(max(a.caps.ListingDelay, time.Second)))
}
