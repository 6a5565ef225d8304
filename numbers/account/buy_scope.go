package account

import (
	"cmp"
	"context"
	"slices"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// A purchase whose Scope is not the account's name may have orders at other accounts: those
// of its fleet. The journal compares references over the whole scope, and numbers at one
// account only. What is left is compared here, twice: when the purchase is planned, and
// again after each claim. A claim is seen by all that claim later, so that of two accounts
// that claim one number at the same time at least one sees the other's claim and gives way.

// scoped reports whether other accounts may have orders of this purchase.
func (b *buyer) scoped() bool { return b.scope != b.a.name }

// attemptScope is Attempt.Scope.
func (b *buyer) attemptScope() string {
	if b.scoped() {
		return b.scope
	}
	return ""
}

// entries reads what the journal has of a query: at all accounts where the purchase may
// have orders at several.
func (b *buyer) entries(ctx context.Context, q numbers.JournalQuery) ([]numbers.JournalEntry, error) {
	if b.scoped() {
		return b.a.allEntries(ctx, q)
	}
	return b.a.entries(ctx, q)
}

// keepAbroad keeps the entries of other accounts that are not free, and returns those of
// this one.
func (b *buyer) keepAbroad(entries []numbers.JournalEntry) (own []numbers.JournalEntry) {
	b.abroad = nil
	for _, e := range entries {
		switch {
		case e.Account == b.a.name:
			own = append(own, e)
		case !e.Free():
			b.abroad = append(b.abroad, e)
		}
	}
	return own
}

// has reports whether an entry of the purchase brought a number, or may have. A placed
// entry of another account does not have what its order failed to bring: that is in Held no
// more. What is unknown there stays so, also where ordering it again would be safe there.
func (b *buyer) has(e numbers.JournalEntry, n numbers.E164) bool {
	if e.Account != b.a.name && e.End.Status == numbers.EntryPlaced {
		return slices.Contains(e.End.Held, n)
	}
	return !e.Free() && slices.Contains(e.Numbers, n)
}

// abroadHas are the numbers that other accounts have, or may have, for the purchase.
func (b *buyer) abroadHas() set.Set[numbers.E164] {
	list := make(set.Set[numbers.E164])
	for _, e := range b.abroad {
		for _, n := range e.Numbers {
			if b.has(e, n) {
				list.Add(n)
			}
		}
	}
	return list
}

// dropAbroad leaves out the numbers that the purchase has at other accounts.
func (b *buyer) dropAbroad() {
	if len(b.abroad) == 0 {
		return
	}
	for _, n := range b.left() {
		for _, e := range b.abroad {
			if b.has(e, n) {
				b.fail(b.a.heldError(b.op, e, n), n)
				break
			}
		}
	}
}

// checkAbroad refuses an order that was claimed although another account has one of its
// numbers: for this purchase, or for another one.
func (b *buyer) checkAbroad(ctx context.Context, mine numbers.JournalEntry) error {
	if !b.scoped() {
		return nil
	}
	entries, err := b.entries(ctx, numbers.JournalQuery{Numbers: mine.Numbers})
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Account == b.a.name {
			continue // the journal compared it
		}
		for _, n := range mine.Numbers {
			if b.isOwn(e) && b.has(e, n) || e.Holds(n, b.a.now()) {
				return errTaken
			}
		}
	}
	return nil
}

// elsewhere names the account of an entry where it is another one.
func (a *Account) elsewhere(e numbers.JournalEntry) string {
	if e.Account == a.name {
		return ""
	}
	return " at account " + quote(cmp.Or(e.Account, "?"))
}
