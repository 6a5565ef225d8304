package numberstest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func wrongHolds() []wrongJournal {
	const (
		all   = "every holder is returned, once"
		until = "held numbers are held until a time"
	)
	// holds replaces the rule over numbers.
	holds := func(rule func(e numbers.JournalEntry, n numbers.E164, a numbers.Attempt) bool) func(w *simpleJournal) {
		return func(w *simpleJournal) {
			w.inTheWay = func(e numbers.JournalEntry, a numbers.Attempt) bool {
				return sameReference(e, a) || e.ID != a.ID && e.Account == a.Account &&
					slices.ContainsFunc(a.Numbers, func(n numbers.E164) bool { return rule(e, n, a) })
			}
		}
	}
	return []wrongJournal{
		{check: "an entry without an end holds its numbers", name: "for a day", spoil: unless(func(e numbers.JournalEntry, a numbers.Attempt) bool {
			return e.End.Status == "" && a.Started.Sub(e.Started) > 24*time.Hour
		})},
		{check: all, name: "it returns the first", spoil: func(w *simpleJournal) {
			w.answer = func(_ numbers.Attempt, list []numbers.JournalEntry) []numbers.JournalEntry {
				return list[:min(len(list), 1)]
			}
		}},
		{check: all, name: "it returns a holder for each of its numbers", spoil: func(w *simpleJournal) {
			w.answer = func(a numbers.Attempt, list []numbers.JournalEntry) (more []numbers.JournalEntry) {
				for _, e := range list {
					more = append(more, e)
					for _, n := range e.Numbers[min(len(e.Numbers), 1):] {
						if len(list) > 1 && slices.Contains(a.Numbers, n) {
							more = append(more, e)
						}
					}
				}
				return more
			}
		}},
		{check: all, name: "whoever has the reference is returned alone", spoil: func(w *simpleJournal) {
			w.answer = func(a numbers.Attempt, list []numbers.JournalEntry) []numbers.JournalEntry {
				if i := slices.IndexFunc(list, func(e numbers.JournalEntry) bool { return sameReference(e, a) }); i >= 0 && a.Reference != "" {
					return list[i : i+1]
				}
				return list
			}
		}},
		{check: "a beginning that is not possible claims nothing", name: "it claims the rest", spoil: func(w *simpleJournal) {
			w.begin = func(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
				inTheWay, err := w.rightBegin(ctx, a)
				if len(inTheWay) == 1 && len(a.Numbers) == 3 {
					a.Numbers = slices.DeleteFunc(slices.Clone(a.Numbers), func(n numbers.E164) bool { return inTheWay[0].Holds(n, a.Started) })
					_, err = w.rightBegin(ctx, a)
				}
				return inTheWay, err
			}
		}},
		{check: "a number that an attempt has twice is one claim", name: "it is in its own way", spoil: func(w *simpleJournal) {
			w.begin = func(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
				for i, n := range a.Numbers {
					if slices.Contains(a.Numbers[:i], n) {
						return nil, errors.New("unique constraint")
					}
				}
				return w.rightBegin(ctx, a)
			}
		}},
		{check: "a number is held at its account", name: "at all of them", spoil: func(w *simpleJournal) {
			w.inTheWay = func(e numbers.JournalEntry, a numbers.Attempt) bool {
				if e.InTheWay(a) {
					return true
				}
				a.Account, a.Scope, a.Reference = e.Account, a.ReferenceScope(), ""
				return e.Reference != "job" && e.Purchase != "job" && e.Purchase != "one" && e.ID != a.ID && e.InTheWay(a)
			}
		}},
		{check: until, name: "one hour longer", spoil: holds(func(e numbers.JournalEntry, n numbers.E164, a numbers.Attempt) bool {
			started := a.Started
			if e.Reference == e.ID {
				started = started.Add(-time.Hour)
			}
			return e.Holds(n, started)
		})},
		{check: until, name: "for good", spoil: holds(func(e numbers.JournalEntry, n numbers.E164, a numbers.Attempt) bool {
			return e.Holds(n, a.Started) || e.Reference == e.ID && placedOrUnknown(e) && slices.Contains(e.End.Held, n)
		})},
		{check: until, name: "and at it", spoil: holds(func(e numbers.JournalEntry, n numbers.E164, a numbers.Attempt) bool {
			if e.Reference == e.ID {
				return e.Holds(n, a.Started.Add(-1))
			}
			return e.Holds(n, a.Started)
		})},
		{check: until, name: "to the microsecond", spoil: holds(func(e numbers.JournalEntry, n numbers.E164, a numbers.Attempt) bool {
			e.End.HeldUntil = e.End.HeldUntil.Truncate(time.Microsecond)
			return e.Holds(n, a.Started)
		})},
		{check: until, name: "by the journal's own clock", spoil: holds(func(e numbers.JournalEntry, n numbers.E164, a numbers.Attempt) bool {
			if e.Reference == e.ID {
				return e.Holds(n, time.Now())
			}
			return e.Holds(n, a.Started)
		})},
		{check: "held numbers without a time are held until the next end", name: "for a year", spoil: holds(func(e numbers.JournalEntry, n numbers.E164, a numbers.Attempt) bool {
			if e.End.HeldUntil.IsZero() && e.Reference != "job" {
				e.End.HeldUntil = e.Started.AddDate(1, 0, 0)
			}
			return e.Holds(n, a.Started)
		})},
		{check: "what is not in Held is free", name: "an unknown one holds all its numbers", spoil: holds(func(e numbers.JournalEntry, n numbers.E164, a numbers.Attempt) bool {
			return e.Holds(n, a.Started) || e.End.Status == numbers.EntryUnknown && len(e.End.Held) == 0 && slices.Contains(e.Numbers, n)
		})},
		{check: "what is not in Held is free", name: "a hold is of all numbers", spoil: holds(func(e numbers.JournalEntry, n numbers.E164, a numbers.Attempt) bool {
			if placedOrUnknown(e) && len(e.Numbers) == 2 && len(e.End.Held) == 1 {
				return slices.Contains(e.Numbers, n)
			}
			return e.Holds(n, a.Started)
		})},
		{check: "a later end holds less", name: "a released number stays held", spoil: func(w *simpleJournal) {
			first := make(map[string][]numbers.E164)
			w.store = func(_, e, _ numbers.JournalEntry) numbers.JournalEntry {
				if len(e.Numbers) == 3 {
					first[e.ID] = append(first[e.ID], e.End.Held...)
				}
				return e
			}
			holds(func(e numbers.JournalEntry, n numbers.E164, a numbers.Attempt) bool {
				return e.Holds(n, a.Started) || e.End.Status == numbers.EntryPlaced && slices.Contains(first[e.ID], n)
			})(w)
		}},
		{check: "an unknown entry does not hold again what it let go", name: "it does", spoil: func(w *simpleJournal) {
			w.accepts = func(e numbers.JournalEntry, end numbers.JournalEnd) bool {
				return e.Accepts(end) || e.End.Status == numbers.EntryUnknown && end.Status == numbers.EntryUnknown
			}
		}},
		{check: "a possible orphan holds all its numbers", name: "it holds Held", spoil: holds(func(e numbers.JournalEntry, n numbers.E164, a numbers.Attempt) bool {
			return e.Holds(n, a.Started) && (e.End.Status != numbers.EntryOrphaned || len(e.End.Held) == 0 || slices.Contains(e.End.Held, n))
		})},
		{check: "a possible orphan holds all its numbers", name: "until a time", spoil: holds(func(e numbers.JournalEntry, n numbers.E164, a numbers.Attempt) bool {
			return e.Holds(n, a.Started) && (e.End.Status != numbers.EntryOrphaned || e.End.HeldUntil.IsZero() || a.Started.Before(e.End.HeldUntil))
		})},
		{check: "a refusal holds nothing", name: "it holds Held", spoil: holds(func(e numbers.JournalEntry, n numbers.E164, a numbers.Attempt) bool {
			return e.Holds(n, a.Started) || e.Free() && slices.Contains(e.End.Held, n)
		})},
	}
}
