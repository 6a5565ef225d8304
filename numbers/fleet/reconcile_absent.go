package fleet

import (
	"cmp"
	"errors"
	"slices"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// readAbsent yields the numbers that are in an order, possibly orphaned or missing.
func (r *reconciling) readAbsent() bool {
	orphans, err := r.orphans()
	if err != nil {
		return r.journalFailed(err)
	}
	if !r.unseen(orphans) {
		return false
	}
	var list []Difference // of numbers that the books do not have
	for p, order := range r.onOrder {
		list = append(list, Difference{Kind: OnOrder, Number: p.number, Account: r.f.accounts[p.account].Name(), Order: order})
	}
	for n, e := range orphans {
		list = append(list, Difference{Kind: PossiblyOrphaned, Number: n, Account: e.Account, Entry: e})
	}
	slices.SortFunc(list, func(x, y Difference) int {
		return cmp.Or(cmp.Compare(x.Number, y.Number), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Account, y.Account))
	})
	for _, d := range list {
		if !r.books.has(d.Number) && !r.isStranger(d.Number) && !r.yield(d, nil) {
			return false
		}
	}
	return true
}

func (r *reconciling) isStranger(n numbers.E164) bool {
	_, is := r.strangers[n]
	return is
}

// journalFailed ends the sequence, because without the journal no number can be reported
// as missing.
func (r *reconciling) journalFailed(err error) bool {
	r.yield(Difference{}, because(r.f.err("Reconcile", numbers.ErrIncomplete, "", "the journal can't be read, so missing numbers are not known"), errors.Join(append(r.errs, err)...)))
	return false
}

// orphans returns the possibly orphaned entries of the fleet's accounts, by their
// numbers.
func (r *reconciling) orphans() (map[numbers.E164]*numbers.JournalEntry, error) {
	list := make(map[numbers.E164]*numbers.JournalEntry)
	for _, a := range r.f.accounts {
		for e, err := range r.f.journal.Entries(r.ctx, numbers.JournalQuery{Account: a.Name(), Open: true}) {
			if err != nil {
				return nil, err
			}
			if e.End.Status == numbers.EntryOrphaned {
				for _, n := range e.Numbers {
					list[n] = &e
				}
			}
		}
	}
	return list, nil
}

// unseen yields the rows of the books that no account has.
func (r *reconciling) unseen(orphans map[numbers.E164]*numbers.JournalEntry) bool {
	const atATime = 500
	var rows []row
	flush := func() bool {
		ok := r.absent(rows, orphans)
		rows = rows[:0]
		return ok
	}
	for row := range r.books.unseen() {
		if rows = append(rows, row); len(rows) == atATime && !flush() {
			return false
		}
	}
	return flush()
}

// absent yields the differences of numbers that no account has.
func (r *reconciling) absent(rows []row, orphans map[numbers.E164]*numbers.JournalEntry) bool {
	if len(rows) == 0 {
		return true
	}
	list := make([]numbers.E164, len(rows))
	for i, row := range rows {
		list[i] = row.number()
	}
	held, err := r.held(set.Of(list), list)
	if err != nil {
		return r.journalFailed(err)
	}
	for i, row := range rows {
		d := Difference{Kind: Missing, Number: list[i], Want: r.record(row)}
		d.Account = d.Want.Account
		switch order, at := r.orderOf(list[i], row.account()); {
		case orphans[list[i]] != nil:
			d.Kind, d.Entry = PossiblyOrphaned, orphans[list[i]]
			d.Account = d.Entry.Account
		case order != nil:
			d.Kind, d.Order, d.Account = OnOrder, order, r.f.accounts[at].Name()
		case held[list[i]] != nil:
			d.Kind, d.Entry = OnOrder, held[list[i]]
			d.Account = d.Entry.Account
		case !r.complete(row.account()):
			continue
		}
		if d.Kind == OnOrder && d.Want.State == numbers.NumberPending && (d.Want.Account == "" || d.Want.Account == d.Account) {
			continue // the books expect this
		}
		if !r.yield(d, nil) {
			return false
		}
	}
	return true
}

// orderOf returns an order for a number that has not settled, at the account that should
// have the number, or otherwise at another account.
func (r *reconciling) orderOf(n numbers.E164, want int) (order *numbers.Order, at int) {
	if order := r.onOrder[place{want, n}]; order != nil {
		return order, want
	}
	for i := range r.f.accounts {
		if order := r.onOrder[place{i, n}]; order != nil {
			return order, i
		}
	}
	return nil, -1
}

// held returns the entries of the fleet's accounts that hold one of the numbers, because
// a listing may not show a recent order yet.
func (r *reconciling) held(wanted set.Set[numbers.E164], list []numbers.E164) (map[numbers.E164]*numbers.JournalEntry, error) {
	held := make(map[numbers.E164]*numbers.JournalEntry)
	for e, err := range r.f.journal.Entries(r.ctx, numbers.JournalQuery{Numbers: list}) {
		switch {
		case err != nil:
			return nil, err
		case r.f.index(e.Account) < 0:
			continue
		}
		for _, n := range e.Numbers {
			if wanted.Has(n) && e.Holds(n, r.now) {
				held[n] = &e
			}
		}
	}
	return held, nil
}

// complete reports whether the listings of the i-th account, or of all accounts if i is
// -1, are complete.
func (r *reconciling) complete(i int) bool {
	for k, failed := range r.failed {
		if failed && (i < 0 || i == k) {
			return false
		}
	}
	return true
}
