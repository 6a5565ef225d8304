package numberstest

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func wrongEnds() []wrongJournal {
	const (
		back    = "a status never goes back"
		credit  = "an order is credited once"
		stored  = "an end stores when the attempt ended, and its status"
		nothing = "an entry that never began can't end"
	)
	// accepting replaces the rule, where the other one says the opposite.
	accepting := func(opposite func(e numbers.JournalEntry, end numbers.JournalEnd) bool) func(w *simpleJournal) {
		return func(w *simpleJournal) {
			w.accepts = func(e numbers.JournalEntry, end numbers.JournalEnd) bool { return e.Accepts(end) != opposite(e, end) }
		}
	}
	storing := func(change func(was, e, given numbers.JournalEntry) numbers.JournalEntry) func(w *simpleJournal) {
		return func(w *simpleJournal) { w.store = change }
	}
	ending := func(make func(w *simpleJournal) func(context.Context, numbers.JournalEntry, numbers.JournalEnd) error) func(w *simpleJournal) {
		return func(w *simpleJournal) { w.end = make(w) }
	}
	return []wrongJournal{
		{check: "an end is kept to the letter", name: "it keeps the time to the microsecond", spoil: storing(func(_, e, _ numbers.JournalEntry) numbers.JournalEntry {
			if e.Reference == "job" {
				e.End.Time = e.End.Time.Truncate(time.Microsecond)
			}
			return e
		})},
		{check: "an end is kept to the letter", name: "a later end leaves the reason", spoil: storing(func(was, e, _ numbers.JournalEntry) numbers.JournalEntry {
			if e.End.Reason == "" {
				e.End.Reason = was.End.Reason
			}
			return e
		})},
		{check: back, name: "it overwrites placed", spoil: accepting(func(e numbers.JournalEntry, end numbers.JournalEnd) bool {
			return e.End.Status == numbers.EntryPlaced && end.Status == numbers.EntryNotPlaced
		})},
		{check: back, name: "it forgets that it is placed", spoil: accepting(func(e numbers.JournalEntry, end numbers.JournalEnd) bool {
			return e.End.Status == numbers.EntryPlaced && end.Status == ""
		})},
		{check: back, name: "what is refused can be unknown again", spoil: accepting(func(e numbers.JournalEntry, end numbers.JournalEnd) bool {
			return e.End.Status == numbers.EntryRefused && end.Status == numbers.EntryUnknown
		})},
		{check: back, name: "what is refused stays refused", spoil: accepting(func(e numbers.JournalEntry, end numbers.JournalEnd) bool {
			return e.End.Status == numbers.EntryRefused && end.Status == numbers.EntryPlaced
		})},
		{check: back, name: "a possible orphan stays one", spoil: accepting(func(e numbers.JournalEntry, end numbers.JournalEnd) bool {
			return e.End.Status == numbers.EntryOrphaned && end.Status == numbers.EntryNotPlaced
		})},
		{check: back, name: "what it refuses leaves the status of its attempt", spoil: ending(func(w *simpleJournal) func(context.Context, numbers.JournalEntry, numbers.JournalEnd) error {
			return func(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
				err := w.rightEnd(ctx, e, end)
				w.mu.Lock()
				defer w.mu.Unlock()
				if i := w.find(e.ID); i >= 0 && err != nil && w.entries[i].End.OrderID == "" && end.Status != numbers.EntryPlaced {
					w.entries[i].Status = e.Status
				}
				return err
			}
		})},
		{check: back, name: "it says nothing of the kind", spoil: ending(func(w *simpleJournal) func(context.Context, numbers.JournalEntry, numbers.JournalEnd) error {
			return func(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
				err := w.rightEnd(ctx, e, end)
				if errors.Is(err, numbers.ErrConflict) && end.Status == "" {
					return errors.New("no")
				}
				return err
			}
		})},
		{check: "what is placed keeps its order", name: "it takes another", spoil: accepting(func(e numbers.JournalEntry, end numbers.JournalEnd) bool {
			return e.End.Status == numbers.EntryPlaced && end.OrderID == "order-2"
		})},
		{check: "what is placed keeps its order", name: "it compares its own by case", spoil: accepting(func(e numbers.JournalEntry, end numbers.JournalEnd) bool {
			return e.Accepts(end) && e.End.Status == numbers.EntryPlaced && e.End.OrderID != end.OrderID
		})},
		{check: "placed needs an order", name: "it takes none", spoil: accepting(func(e numbers.JournalEntry, end numbers.JournalEnd) bool {
			return e.End.Status != numbers.EntryPlaced && end.Status == numbers.EntryPlaced && end.OrderID == ""
		})},
		{check: "the same end twice is no error", name: "it is", spoil: accepting(func(e numbers.JournalEntry, end numbers.JournalEnd) bool {
			was, err1 := json.Marshal(e.End)
			is, err2 := json.Marshal(end)
			return e.Accepts(end) && err1 == nil && err2 == nil && string(was) == string(is)
		})},
		{check: credit, name: "it compares order ids by case", spoil: func(w *simpleJournal) {
			w.credited = func(other, e numbers.JournalEntry, end numbers.JournalEnd) bool {
				id := other.End.OrderID
				if strings.HasPrefix(other.Purchase, "one") {
					return other.ID != e.ID && other.Account == e.Account && id == end.OrderID
				}
				return other.ID != e.ID && other.Account == e.Account && id != "" && strings.EqualFold(id, end.OrderID)
			}
		}},
		{check: credit, name: "it compares the beginning", spoil: func(w *simpleJournal) {
			right := w.credited
			w.credited = func(other, e numbers.JournalEntry, end numbers.JournalEnd) bool {
				return right(other, e, end) || other.Purchase == "one" && other.ID != e.ID && other.Account == e.Account && strings.HasPrefix(other.End.OrderID, "O") && end.OrderID == "order-1"
			}
		}},
		{check: credit, name: "it takes it for a second one that is over", spoil: func(w *simpleJournal) {
			right := w.credited
			w.credited = func(other, e numbers.JournalEntry, end numbers.JournalEnd) bool {
				return right(other, e, end) && e.End.Status == ""
			}
		}},
		{check: credit, name: "it refuses and stores", spoil: ending(func(w *simpleJournal) func(context.Context, numbers.JournalEntry, numbers.JournalEnd) error {
			return func(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
				err := w.rightEnd(ctx, e, end)
				w.mu.Lock()
				defer w.mu.Unlock()
				if err != nil && end.OrderID != "" && e.Reference == "two" {
					w.entries[w.find(e.ID)].Ended = e.Ended
				}
				return err
			}
		})},
		{check: "an order is credited once for many at a time", name: "it looks and then acts", spoil: func(w *simpleJournal) {
			right := w.credited
			w.end = func(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
				seen := w.snapshot(numbers.JournalQuery{OrderIDs: []string{end.OrderID}})
				time.Sleep(time.Millisecond) // others look meanwhile
				w.mu.Lock()
				w.credited = func(other, e numbers.JournalEntry, end numbers.JournalEnd) bool {
					return len(seen) > 0 && right(other, e, end)
				}
				w.mu.Unlock()
				return w.rightEnd(ctx, e, end)
			}
		}},
		{check: "an order id belongs to its account", name: "it belongs to all", spoil: func(w *simpleJournal) {
			w.credited = func(other, e numbers.JournalEntry, end numbers.JournalEnd) bool {
				return other.ID != e.ID && end.OrderID != "" && strings.EqualFold(other.End.OrderID, end.OrderID) && (other.Account == e.Account || other.Purchase == "one")
			}
		}},
		{check: nothing, name: "it is no error", spoil: ending(func(w *simpleJournal) func(context.Context, numbers.JournalEntry, numbers.JournalEnd) error {
			return func(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
				if err := w.rightEnd(ctx, e, end); !errors.Is(err, numbers.ErrNotFound) {
					return err
				}
				return nil
			}
		})},
		{check: nothing, name: "it makes one", spoil: ending(func(w *simpleJournal) func(context.Context, numbers.JournalEntry, numbers.JournalEnd) error {
			return func(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
				err := w.rightEnd(ctx, e, end)
				w.mu.Lock()
				defer w.mu.Unlock()
				if errors.Is(err, numbers.ErrNotFound) {
					w.entries = append(w.entries, numbers.JournalEntry{Attempt: e.Attempt, End: end})
				}
				return err
			}
		})},
		{check: stored, name: "it forgets Ended", spoil: storing(func(was, e, _ numbers.JournalEntry) numbers.JournalEntry {
			if e.Ended.After(journalStart) && e.Reference == "job" {
				e.Ended = was.Ended
			}
			return e
		})},
		{check: stored, name: "it keeps the first Ended", spoil: storing(func(was, e, _ numbers.JournalEntry) numbers.JournalEntry {
			if !was.Ended.IsZero() {
				e.Ended = was.Ended
			}
			return e
		})},
		{check: stored, name: "it forgets Status", spoil: storing(func(was, e, _ numbers.JournalEntry) numbers.JournalEntry {
			if e.Reference == "job" {
				e.Attempt.Status = was.Attempt.Status
			}
			return e
		})},
		{check: "an end changes nothing else of the attempt", name: "it stores the whole attempt", spoil: storing(func(_, e, given numbers.JournalEntry) numbers.JournalEntry {
			e.Attempt = given.Attempt
			return e
		})},
		{check: "an end changes nothing else of the attempt", name: "it finds the entry by its account, too", spoil: ending(func(w *simpleJournal) func(context.Context, numbers.JournalEntry, numbers.JournalEnd) error {
			return func(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
				for _, known := range w.snapshot(numbers.JournalQuery{}) {
					if known.ID == e.ID && known.Account != e.Account {
						return numbers.ErrNotFound
					}
				}
				return w.rightEnd(ctx, e, end)
			}
		})},
	}
}
