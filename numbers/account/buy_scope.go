package account

import (
	"cmp"
	"context"
	"slices"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// A purchase whose Scope is not the account's name may have orders at the other accounts
// of its fleet. The journal compares references over the whole scope, but it compares
// numbers only within one account. This file compares the numbers of the other accounts,
// twice: when the purchase is planned, and again after each claim. Every later claim sees
// an earlier one. So if two accounts claim one number at the same time, at least one of
// them sees the other's claim and withdraws its own.

// scoped reports whether other accounts may have orders of this purchase.
func (b *buyer) scoped() bool { return b.scope != b.a.name }

// attemptScope returns the Scope of the purchase's attempts.
func (b *buyer) attemptScope() string {
	if b.scoped() {
		return b.scope
	}
	return ""
}

// entries reads the journal's entries that match q. If the purchase may have orders at
// other accounts, it reads the entries of all accounts.
func (b *buyer) entries(ctx context.Context, q numbers.JournalQuery) ([]numbers.JournalEntry, error) {
	if b.scoped() {
		return b.a.allEntries(ctx, q)
	}
	return b.a.entries(ctx, q)
}

// keepAbroad stores the entries of other accounts that are not free, and returns the
// entries of this account.
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

// has reports whether an entry of the purchase bought a number or may have bought it. A
// placed entry of another account has only the numbers in Held, because a number that
// failed is not in Held. An unknown entry of another account has all its numbers, also if
// they are safe to order again there.
func (b *buyer) has(e numbers.JournalEntry, n numbers.E164) bool {
	if e.Account != b.a.name && e.End.Status == numbers.EntryPlaced {
		return slices.Contains(e.End.Held, n)
	}
	return !e.Free() && slices.Contains(e.Numbers, n)
}

// abroadHas returns the numbers that the purchase has, or may have, at other accounts.
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

// elsewhere returns text that names the account of an entry, or "" for this account.
func (a *Account) elsewhere(e numbers.JournalEntry) string {
	if e.Account == a.name {
		return ""
	}
	return " at account " + quote(cmp.Or(e.Account, "?"))
}
