package numbers

import (
	"context"
	"net/http"
	"slices"
)

// history is which numbers were ordered by an attempt in a journal that never
// got the vendor's answer, and were not listed afterwards. A vendor that may buy
// what it never lists may have bought them then: what a later refusal of the
// same number means depends on it.
type history map[accountNumber]bool

type accountNumber struct {
	account string
	number  E164
}

// add takes the next entry in, the oldest first.
func (h history) add(e JournalEntry) {
	for _, n := range e.Attempt.Numbers {
		key := accountNumber{e.Attempt.Account, n}
		switch {
		case e.End.Status == EntryPlaced:
			delete(h, key) // the vendor still had it to sell
		case e.unanswered():
			h[key] = true
		}
	}
}

// unanswered reports whether the vendor may have got the attempt and nobody
// has its own answer: there was none, or somebody else's on the way. A 4xx is
// the vendor's, but for those that prove nothing.
func (e JournalEntry) unanswered() bool {
	if !e.Open() && e.End.Status != EntryNotPlaced {
		return false
	}
	switch e.Attempt.Status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly:
		return true
	}
	return e.Attempt.Status/100 != 4
}

// note puts into a what the account went through before it.
func (h history) note(account string, a *Attempt) {
	for _, n := range a.Numbers {
		if h[accountNumber{account, n}] && !slices.Contains(a.Unanswered, n) {
			a.Unanswered = append(slices.Clip(a.Unanswered), n)
		}
	}
}

// noted returns attempts with what o's journal, if it has one, knows of their
// numbers. It reads nothing where that could change no resolution.
func noted(ctx context.Context, o Orderer, attempts []Attempt) ([]Attempt, error) {
	d, ok := As[*journaled](o)
	if !ok || !o.Capabilities().Orphans || !slices.ContainsFunc(attempts, func(a Attempt) bool { return a.Status != 0 }) {
		return attempts, nil
	}
	attempts = slices.Clone(attempts)
	h := make(history)
	open := make(map[string]*Attempt, len(attempts))
	for i := range attempts {
		open[attempts[i].Reference] = &attempts[i]
	}
	for entry, err := range d.journal.Entries(ctx) {
		if err != nil {
			return nil, err
		}
		if entry.Attempt.Account != d.account {
			continue
		}
		if a := open[entry.Attempt.Reference]; a != nil && !entry.free() {
			h.note(d.account, a)
		}
		h.add(entry)
	}
	return attempts, nil
}
