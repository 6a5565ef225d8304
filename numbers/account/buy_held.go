package account

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// dropHeld leaves out the numbers that other purchases hold.
func (b *buyer) dropHeld(ctx context.Context) error {
	left := b.left()
	if len(left) == 0 {
		return nil
	}
	holders, err := b.holders(ctx, left)
	if err != nil || len(holders) == 0 {
		return err
	}
	return b.refuseHeld(ctx, holders, left)
}

// holders returns the entries of other purchases that hold one of the numbers.
func (b *buyer) holders(ctx context.Context, list []numbers.E164) ([]numbers.JournalEntry, error) {
	entries, err := b.entries(ctx, numbers.JournalQuery{Numbers: list})
	if err != nil {
		return nil, because(b.refuse(numbers.ErrNotPlaced, "", "nothing was sent"), err)
	}
	now := b.a.now()
	return slices.DeleteFunc(entries, func(e numbers.JournalEntry) bool {
		return b.isOwn(e) || !slices.ContainsFunc(list, func(n numbers.E164) bool { return e.Holds(n, now) })
	}), nil
}

// isOwn reports whether an entry belongs to this purchase.
func (b *buyer) isOwn(e numbers.JournalEntry) bool {
	return e.Purchase == b.purchase && e.ReferenceScope() == b.scope
}

// refuseHeld ends the holds that are no longer needed, and records the numbers of list
// that are still held as failed.
func (b *buyer) refuseHeld(ctx context.Context, holders []numbers.JournalEntry, list []numbers.E164) error {
	if b.op != "Plan" {
		b.a.clear(ctx, b.op, holders)
	}
	holders, err := b.holders(ctx, list)
	if err != nil {
		return err
	}
	now := b.a.now()
	held := make(set.Set[numbers.E164])
	for _, e := range holders {
		for _, n := range list {
			if !held.Has(n) && e.Holds(n, now) {
				held.Add(n)
				err := b.a.heldError(b.op, e, n)
				b.fail(err, n)
				b.emit(numbers.Event{Kind: numbers.EventHeld, Reference: b.base, Numbers: []numbers.E164{n}, Err: err})
			}
		}
	}
	return nil
}

// clear ends the holds that are no longer needed. It resolves an attempt that is over,
// and reads an order that was placed by its id. It changes neither a possibly orphaned
// entry, which a person must decide, nor an entry of another account.
func (a *Account) clear(ctx context.Context, op string, holders []numbers.JournalEntry) {
	var over []*open
	for _, e := range holders {
		switch {
		case e.Account != a.name || e.End.Status == numbers.EntryOrphaned:
		case e.End.Status == numbers.EntryPlaced:
			if e.End.HeldUntil.IsZero() {
				if order, err := a.readPlaced(ctx, op, e); err == nil {
					_ = a.hold(ctx, &e, order)
				}
			}
		case a.watch.isMine(e.ID):
		default:
			if _, ok := a.watch.see(e, a.now()); ok {
				over = append(over, &open{entry: e, recorded: true})
			}
		}
	}
	if len(over) > 0 {
		a.resolve(ctx, op, over)
	}
}

// heldError returns the error of numbers that another purchase holds.
func (a *Account) heldError(op string, e numbers.JournalEntry, list ...numbers.E164) error {
	status := string(e.End.Status)
	if status == "" {
		status = "running"
	}
	out := a.err(op, numbers.ErrConflict, "", fmt.Sprintf("not ordered: an order for the same number%s is %s (entry %s)", a.elsewhere(e), status, quote(e.ID)), list...)
	out.HeldBy, out.Err = e.Purchase, errHeld
	if e.End.Status == numbers.EntryOrphaned {
		out.Message += "; ask the vendor, and call Dismiss with the entry if the number was not bought"
	}
	if until := e.End.HeldUntil; !until.IsZero() {
		out.RetryAfter = max(until.Sub(a.now()), 0)
	}
	return out
}

// errHeld is the cause of an ErrConflict of a number that another purchase holds. Another
// number may succeed.
var errHeld = errors.New("held by another purchase")
