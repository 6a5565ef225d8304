package numberstest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func wrongOpeners() []wrongJournal {
	const again = "what is recorded is there after it was opened again"
	reopen := func(change func(j *simpleJournal)) func(h *JournalHarness) {
		return func(h *JournalHarness) {
			right := h.Reopen
			h.Reopen = func(tb testing.TB, old numbers.Journal) numbers.Journal {
				j := right(tb, old)
				change(j.(*simpleJournal))
				return j
			}
		}
	}
	second := func(make func(j *simpleJournal) numbers.Journal) func(h *JournalHarness) {
		return func(h *JournalHarness) {
			h.Second = func(_ testing.TB, j numbers.Journal) (numbers.Journal, error) { return make(j.(*simpleJournal)), nil }
		}
	}
	return []wrongJournal{
		{check: again, name: "ends are lost", open: reopen(func(j *simpleJournal) {
			for i := range j.entries {
				j.entries[i].End = numbers.JournalEnd{}
			}
		})},
		{check: again, name: "what has no end is lost", open: reopen(func(j *simpleJournal) {
			j.entries = slices.DeleteFunc(j.entries, func(e numbers.JournalEntry) bool { return e.End.Status == "" })
		})},
		{check: again, name: "credits are lost", open: reopen(func(j *simpleJournal) {
			j.credited = func(_, _ numbers.JournalEntry, _ numbers.JournalEnd) bool { return false }
		})},
		{check: again, name: "ids are lost", open: reopen(func(j *simpleJournal) {
			j.begin = func(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
				if a.Scope == "fleet" {
					a.ID += "'"
				}
				return j.rightBegin(ctx, a)
			}
		})},
		{check: "a second opener shares the claims or is refused", name: "it has its own", open: second(func(j *simpleJournal) numbers.Journal {
			other := newSimpleJournal()
			other.entries = slices.Clone(j.entries)
			return other
		})},
		{check: "a second opener shares the claims or is refused", name: "it reads and then writes", open: second(func(j *simpleJournal) numbers.Journal {
			slow := func(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
				before := j.snapshot(numbers.JournalQuery{})
				time.Sleep(time.Millisecond)
				for _, e := range before {
					if e.InTheWay(a) {
						return []numbers.JournalEntry{e}, nil
					}
				}
				j.mu.Lock()
				defer j.mu.Unlock()
				if j.find(a.ID) < 0 {
					j.entries = append(j.entries, numbers.JournalEntry{Attempt: a})
				}
				return nil, nil
			}
			j.begin = slow
			return j
		})},
	}
}
