package numberstest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func wrongJournals() []wrongJournal {
	return slices.Concat(wrongBeginnings(), wrongHolds(), wrongEnds(), wrongQueries(), wrongOpeners())
}

func placedOrUnknown(e numbers.JournalEntry) bool {
	return e.End.Status == numbers.EntryPlaced || e.End.Status == numbers.EntryUnknown
}

// sameReference is the rule over references alone; sameNumber that over numbers.
func sameReference(e numbers.JournalEntry, a numbers.Attempt) bool {
	a.Numbers = nil
	return e.InTheWay(a)
}

func sameNumber(e numbers.JournalEntry, a numbers.Attempt) bool {
	if e.ID == a.ID {
		return e.InTheWay(a)
	}
	a.Reference = ""
	return e.InTheWay(a)
}

// unless is the rule with an exception.
func unless(exception func(e numbers.JournalEntry, a numbers.Attempt) bool) func(w *simpleJournal) {
	return func(w *simpleJournal) {
		w.inTheWay = func(e numbers.JournalEntry, a numbers.Attempt) bool { return e.InTheWay(a) && !exception(e, a) }
	}
}

// also is the rule and more.
func also(more func(e numbers.JournalEntry, a numbers.Attempt) bool) func(w *simpleJournal) {
	return func(w *simpleJournal) {
		w.inTheWay = func(e numbers.JournalEntry, a numbers.Attempt) bool {
			return e.InTheWay(a) || e.ID != a.ID && more(e, a)
		}
	}
}

// stores changes what Begin stores.
func stores(change func(a *numbers.Attempt)) func(w *simpleJournal) {
	return func(w *simpleJournal) {
		w.begin = func(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
			inTheWay, err := w.rightBegin(ctx, a)
			w.mu.Lock()
			defer w.mu.Unlock()
			if i := w.find(a.ID); i >= 0 {
				change(&w.entries[i].Attempt)
			}
			return inTheWay, err
		}
	}
}

// hasty decides by what it saw before it has the lock.
func hasty(concerns func(e numbers.JournalEntry, a numbers.Attempt) bool) func(w *simpleJournal) {
	return func(w *simpleJournal) {
		w.begin = func(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
			seen := make(map[string]bool)
			for _, e := range w.snapshot(numbers.JournalQuery{}) {
				seen[e.ID] = true
			}
			time.Sleep(time.Millisecond) // others look meanwhile
			w.mu.Lock()
			w.inTheWay = func(e numbers.JournalEntry, a numbers.Attempt) bool {
				return e.InTheWay(a) && (seen[e.ID] || !concerns(e, a))
			}
			w.mu.Unlock()
			return w.rightBegin(ctx, a)
		}
	}
}

func wrongBeginnings() []wrongJournal {
	const (
		letter = "a beginning is kept to the letter"
		asIs   = "what is in the way is returned as it is"
		copies = "what goes in and out is a copy"
	)
	return []wrongJournal{
		{check: letter, name: "it forgets Before if there is one", spoil: stores(func(a *numbers.Attempt) {
			if a.Vendor != "a vendor" {
				a.Before = nil
			}
		})},
		{check: letter, name: "it keeps microseconds of SendBy", spoil: stores(func(a *numbers.Attempt) {
			if a.Vendor != "a vendor" {
				a.SendBy = a.SendBy.Truncate(time.Microsecond)
			}
		})},
		{check: letter, name: "it trims texts", spoil: stores(func(a *numbers.Attempt) {
			if a.Vendor != "a vendor" {
				a.Purchase = strings.ReplaceAll(a.Purchase, "\u2028", " ")
			}
		})},
		{check: asIs, name: "it returns ids alone", spoil: func(w *simpleJournal) {
			w.answer = func(a numbers.Attempt, list []numbers.JournalEntry) (ids []numbers.JournalEntry) {
				for _, e := range list {
					if e.Purchase == "a purchase" {
						e = numbers.JournalEntry{Attempt: numbers.Attempt{ID: e.ID}}
					}
					ids = append(ids, e)
				}
				return ids
			}
		}},
		{check: asIs, name: "it takes what was not possible for begun", spoil: func(w *simpleJournal) {
			tried := make(map[string]bool)
			w.begin = func(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
				w.mu.Lock()
				was := tried[a.ID] && a.Reference == "second"
				tried[a.ID] = true
				w.mu.Unlock()
				if was {
					return nil, nil
				}
				return w.rightBegin(ctx, a)
			}
		}},
		{check: "a reference begins once", name: "a possible orphan frees its reference", spoil: unless(func(e numbers.JournalEntry, a numbers.Attempt) bool {
			return e.End.Status == numbers.EntryOrphaned && !sameNumber(e, a)
		})},
		{check: "a reference begins once", name: "an unknown one without holds frees its reference", spoil: unless(func(e numbers.JournalEntry, a numbers.Attempt) bool {
			return e.End.Status == numbers.EntryUnknown && len(e.End.Held) == 0 && e.ID != a.ID
		})},
		{check: "a reference is free after a refusal", name: "a not placed one keeps its reference", spoil: also(func(e numbers.JournalEntry, a numbers.Attempt) bool {
			return e.End.Status == numbers.EntryNotPlaced && e.Reference == a.Reference
		})},
		{check: "a reference is free after a refusal", name: "the latest of a reference is not looked at", spoil: unless(func(e numbers.JournalEntry, a numbers.Attempt) bool {
			return e.Reference == a.Reference && e.Reference == string(numbers.EntryRefused) && e.ID != a.ID && !sameNumber(e, a)
		})},
		{check: "a reference belongs to its scope", name: "a reference belongs to its account", spoil: unless(func(e numbers.JournalEntry, a numbers.Attempt) bool {
			return e.Account != a.Account
		})},
		{check: "a reference belongs to its scope", name: "no scope is a scope", spoil: also(func(e numbers.JournalEntry, a numbers.Attempt) bool {
			return e.Reference != "" && e.Reference == a.Reference && e.Scope == a.Scope && !e.Free()
		})},
		{check: "a reference belongs to its scope", name: "a scope is not an account's name", spoil: unless(func(e numbers.JournalEntry, a numbers.Attempt) bool {
			return (e.Scope == "") != (a.Scope == "") && !sameNumber(e, a)
		})},
		{check: "an attempt without a reference claims its numbers", name: "none is a reference", spoil: also(func(e numbers.JournalEntry, a numbers.Attempt) bool {
			return len(a.Numbers) > 0 && e.Reference == a.Reference && !e.Free() && e.ReferenceScope() == a.ReferenceScope()
		})},
		{check: "an attempt without numbers claims its reference", name: "it claims nothing", spoil: unless(func(e numbers.JournalEntry, a numbers.Attempt) bool {
			return len(e.Numbers) == 0 && e.ID != a.ID
		})},
		{check: "an attempt without numbers claims its reference", name: "numbers are needed", spoil: func(w *simpleJournal) {
			w.begin = func(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
				if len(a.Numbers) == 0 && !strings.Contains(a.Reference, "placed") && !strings.Contains(a.Reference, "unknown") && !strings.Contains(a.Reference, "open") {
					return nil, numbers.ErrInvalid
				}
				return w.rightBegin(ctx, a)
			}
		}},
		{check: "an attempt has an id", name: "it makes one", spoil: func(w *simpleJournal) {
			w.begin = func(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
				if a.ID == "" {
					a.ID = "made"
				}
				return w.rightBegin(ctx, a)
			}
		}},
		{check: "the same id is the same beginning", name: "its own id is another's after a while", spoil: func(w *simpleJournal) {
			w.inTheWay = func(e numbers.JournalEntry, a numbers.Attempt) bool {
				return e.InTheWay(a) || e.ID == a.ID && e.Started.Before(a.Started)
			}
		}},
		{check: "the same id is the same beginning", name: "it begins anew", spoil: func(w *simpleJournal) {
			w.begin = func(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
				inTheWay, err := w.rightBegin(ctx, a)
				w.mu.Lock()
				defer w.mu.Unlock()
				if i := w.find(a.ID); i >= 0 && len(inTheWay) == 0 {
					w.entries[i] = w.clone(numbers.JournalEntry{Attempt: a})
				}
				return inTheWay, err
			}
		}},
		{check: "the same id is in the way once it has an end", name: "it begins again", spoil: unless(func(e numbers.JournalEntry, a numbers.Attempt) bool {
			return e.ID == a.ID && e.End.Status == numbers.EntryUnknown
		})},
		{check: "the same id is in the way once it has an end", name: "what is refused begins again", spoil: unless(func(e numbers.JournalEntry, a numbers.Attempt) bool {
			return e.ID == a.ID && e.Free()
		})},
		{check: "a reference begins once for many at a time", name: "it looks and then acts", spoil: hasty(func(e numbers.JournalEntry, a numbers.Attempt) bool {
			return !sameNumber(e, a)
		})},
		{check: "a number begins once for many at a time", name: "it looks and then acts", spoil: hasty(func(e numbers.JournalEntry, a numbers.Attempt) bool {
			return len(a.Numbers) == 2 && !sameReference(e, a)
		})},
		{check: "one id begins for many at a time", name: "it is in its own way while it begins", spoil: func(w *simpleJournal) {
			busy := make(map[string]bool)
			w.begin = func(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
				w.mu.Lock()
				was := busy[a.ID]
				busy[a.ID] = true
				w.mu.Unlock()
				if was {
					return []numbers.JournalEntry{{Attempt: a}}, nil
				}
				time.Sleep(time.Millisecond)
				inTheWay, err := w.rightBegin(ctx, a)
				w.mu.Lock()
				busy[a.ID] = false
				w.mu.Unlock()
				return inTheWay, err
			}
		}},
		{check: "a canceled context begins nothing", name: "it begins", spoil: func(w *simpleJournal) {
			w.begin = func(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
				return w.rightBegin(context.WithoutCancel(ctx), a)
			}
		}},
		{check: "a canceled context begins nothing", name: "it records and returns an error", spoil: func(w *simpleJournal) {
			w.begin = func(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
				inTheWay, err := w.rightBegin(context.WithoutCancel(ctx), a)
				return inTheWay, errors.Join(err, ctx.Err())
			}
		}},
		{check: copies, name: "it keeps the caller's numbers", spoil: func(w *simpleJournal) {
			w.clone = func(e numbers.JournalEntry) numbers.JournalEntry {
				list := e.Numbers
				e = cloneEntry(e)
				e.Numbers = list
				return e
			}
		}},
		{check: copies, name: "it keeps the caller's Before", spoil: func(w *simpleJournal) {
			w.clone = func(e numbers.JournalEntry) numbers.JournalEntry {
				list := e.Before
				e = cloneEntry(e)
				e.Before = list
				return e
			}
		}},
		{check: copies, name: "it keeps the caller's Held", spoil: func(w *simpleJournal) {
			w.clone = func(e numbers.JournalEntry) numbers.JournalEntry {
				list := e.End.Held
				e = cloneEntry(e)
				e.End.Held = list
				return e
			}
		}},
		{check: copies, name: "it gives its own away", spoil: func(w *simpleJournal) {
			w.answer = func(_ numbers.Attempt, list []numbers.JournalEntry) []numbers.JournalEntry {
				for i := range list {
					list[i] = w.entries[w.find(list[i].ID)]
				}
				return list
			}
		}},
	}
}
