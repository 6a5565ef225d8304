package numberstest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func wrongQueries() []wrongJournal {
	const (
		query = "entries match the query"
		once  = "an entry comes once"
		ctxs  = "entries end with the context"
	)
	list := []wrongJournal{
		{check: query, name: "it compares order ids by case", spoil: func(w *simpleJournal) {
			w.match = func(q numbers.JournalQuery, e numbers.JournalEntry) bool {
				return q.Match(e) && (len(q.OrderIDs) != 1 || q.OrderIDs[0] == e.End.OrderID)
			}
		}},
		{check: query, name: "an order without an id has the id that is empty", spoil: func(w *simpleJournal) {
			w.match = func(q numbers.JournalQuery, e numbers.JournalEntry) bool {
				return q.Match(e) || slices.Contains(q.OrderIDs, "") && e.End.OrderID == ""
			}
		}},
		{check: query, name: "a possible orphan is not open", spoil: func(w *simpleJournal) {
			w.match = func(q numbers.JournalQuery, e numbers.JournalEntry) bool {
				return q.Match(e) && (!q.Open || e.End.Status != numbers.EntryOrphaned)
			}
		}},
		{check: query, name: "an entry has all the numbers", spoil: func(w *simpleJournal) {
			w.match = func(q numbers.JournalQuery, e numbers.JournalEntry) bool {
				return q.Match(e) && (len(q.Numbers) != 3 || !slices.Contains(q.Numbers, journalNumber(99)))
			}
		}},
		{check: query, name: "purchases begin alike", spoil: func(w *simpleJournal) {
			w.match = func(q numbers.JournalQuery, e numbers.JournalEntry) bool {
				if strings.HasPrefix(e.Purchase, q.Purchase) {
					q.Purchase = ""
				}
				return q.Match(e)
			}
		}},
		{check: query, name: "the first moment is too early", spoil: func(w *simpleJournal) {
			w.match = func(q numbers.JournalQuery, e numbers.JournalEntry) bool {
				return q.Match(e) && (q.StartedFrom.IsZero() || q.StartedFrom.Equal(journalStart) || !e.Started.Equal(q.StartedFrom))
			}
		}},
		{check: query, name: "the last moment is early enough", spoil: func(w *simpleJournal) {
			w.match = func(q numbers.JournalQuery, e numbers.JournalEntry) bool {
				if e.Started.Equal(q.StartedBefore) {
					q.StartedBefore = time.Time{}
				}
				return q.Match(e)
			}
		}},
		{check: "entries come in the order in which they started", name: "in which they began", spoil: func(w *simpleJournal) {
			yieldsAll(w, func(q numbers.JournalQuery, _ []numbers.JournalEntry) (list []numbers.JournalEntry) {
				for _, e := range w.entries {
					if q.Match(e) {
						list = append(list, e)
					}
				}
				return list
			})
		}},
		{check: "entries come in the order in which they started", name: "the latest first", spoil: func(w *simpleJournal) {
			yieldsAll(w, func(_ numbers.JournalQuery, list []numbers.JournalEntry) []numbers.JournalEntry {
				slices.Reverse(list)
				return list
			})
		}},
		{check: "entries come in the order in which they started", name: "in that of the numbers asked for", spoil: func(w *simpleJournal) {
			yieldsAll(w, func(q numbers.JournalQuery, list []numbers.JournalEntry) []numbers.JournalEntry {
				if len(q.Numbers) > 0 {
					slices.SortFunc(list, func(a, b numbers.JournalEntry) int {
						return slices.Index(q.Numbers, a.Numbers[0]) - slices.Index(q.Numbers, b.Numbers[0])
					})
				}
				return list
			})
		}},
		{check: once, name: "once for each of its numbers", spoil: func(w *simpleJournal) {
			yieldsAll(w, func(q numbers.JournalQuery, list []numbers.JournalEntry) []numbers.JournalEntry {
				if len(list) == 1 && len(q.Numbers) == 4 {
					list = append(list, list[0])
				}
				return list
			})
		}},
		{check: once, name: "once for each id asked for", spoil: func(w *simpleJournal) {
			yieldsAll(w, func(q numbers.JournalQuery, list []numbers.JournalEntry) []numbers.JournalEntry {
				if len(list) == 1 && len(q.IDs) == 2 && q.IDs[0] == q.IDs[1] {
					list = append(list, list[0])
				}
				return list
			})
		}},
		{check: once, name: "once for each end", spoil: func(w *simpleJournal) {
			yieldsAll(w, func(_ numbers.JournalQuery, list []numbers.JournalEntry) []numbers.JournalEntry {
				if len(list) == 1 && list[0].End.OrderID == "Order-1" && len(list[0].Numbers) == 3 {
					list = append(list, list[0])
				}
				return list
			})
		}},
		{check: "entries hold nothing", name: "it can't begin meanwhile", spoil: busyWhileRead(func(w *simpleJournal) {
			w.begin = func(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
				if w.reading.Load() {
					return nil, errors.New("the database is locked")
				}
				return w.rightBegin(ctx, a)
			}
		})},
		{check: "entries hold nothing", name: "an end waits for the reader", spoil: busyWhileRead(func(w *simpleJournal) {
			w.end = func(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
				for w.reading.Load() {
					select {
					case <-ctx.Done():
						return ctx.Err()
					case <-time.After(time.Second):
					}
				}
				return w.rightEnd(ctx, e, end)
			}
		})},
		{check: "entries hold nothing", name: "what has changed meanwhile moves the rest", spoil: func(w *simpleJournal) {
			w.list = func(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
				if !q.Open {
					return w.rightList(ctx, q)
				}
				return func(yield func(numbers.JournalEntry, error) bool) {
					for i := 0; ; i++ { // a page of one at an offset
						if list := w.snapshot(q); i >= len(list) || !yield(w.clone(list[i]), nil) {
							return
						}
					}
				}
			}
		}},
		{check: "a reader can stop", name: "it goes on", spoil: func(w *simpleJournal) {
			w.list = func(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
				return func(yield func(numbers.JournalEntry, error) bool) {
					for e, err := range w.rightList(ctx, q) {
						yield(e, err)
					}
				}
			}
		}},
		{check: ctxs, name: "they end without an error", spoil: func(w *simpleJournal) {
			w.list = func(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
				return func(yield func(numbers.JournalEntry, error) bool) {
					for e, err := range w.rightList(ctx, q) {
						if err != nil || !yield(e, nil) {
							return
						}
					}
				}
			}
		}},
		{check: ctxs, name: "they do not look at it", spoil: func(w *simpleJournal) {
			w.list = func(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
				return w.rightList(context.WithoutCancel(ctx), q)
			}
		}},
		{check: ctxs, name: "they go on after the error", spoil: func(w *simpleJournal) {
			w.list = func(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
				return func(yield func(numbers.JournalEntry, error) bool) {
					for _, e := range w.snapshot(q) {
						if !yield(w.clone(e), ctx.Err()) {
							return
						}
					}
				}
			}
		}},
	}
	for name, forget := range map[string]func(q *numbers.JournalQuery){
		"IDs":           func(q *numbers.JournalQuery) { q.IDs = nil },
		"Scope":         func(q *numbers.JournalQuery) { q.Scope = "" },
		"Account":       func(q *numbers.JournalQuery) { q.Account = "" },
		"Purchase":      func(q *numbers.JournalQuery) { q.Purchase = "" },
		"Numbers":       func(q *numbers.JournalQuery) { q.Numbers = nil },
		"OrderIDs":      func(q *numbers.JournalQuery) { q.OrderIDs = nil },
		"Open":          func(q *numbers.JournalQuery) { q.Open = false },
		"StartedFrom":   func(q *numbers.JournalQuery) { q.StartedFrom = time.Time{} },
		"StartedBefore": func(q *numbers.JournalQuery) { q.StartedBefore = time.Time{} },
	} {
		list = append(list, wrongJournal{check: query, name: "it ignores " + name, spoil: func(w *simpleJournal) {
			w.match = func(q numbers.JournalQuery, e numbers.JournalEntry) bool {
				forget(&q)
				return q.Match(e)
			}
		}})
	}
	return list
}

// busyWhileRead spoils a journal that notes that it is being read.
func busyWhileRead(spoil func(w *simpleJournal)) func(w *simpleJournal) {
	return func(w *simpleJournal) {
		spoil(w)
		w.list = func(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
			return func(yield func(numbers.JournalEntry, error) bool) {
				if q.Open {
					w.reading.Store(true)
					defer func() { w.reading.Store(false) }()
				}
				w.rightList(ctx, q)(yield)
			}
		}
	}
}

// yieldsAll yields what there is, changed.
func yieldsAll(w *simpleJournal, change func(q numbers.JournalQuery, list []numbers.JournalEntry) []numbers.JournalEntry) {
	w.list = func(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
		return func(yield func(numbers.JournalEntry, error) bool) {
			for _, e := range change(q, w.snapshot(q)) {
				if ctx.Err() != nil {
					yield(numbers.JournalEntry{}, ctx.Err())
					return
				}
				if !yield(cloneEntry(e), nil) {
					return
				}
			}
		}
	}
}
