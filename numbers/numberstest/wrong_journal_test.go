package numberstest

import (
	"context"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/numbers"
)

func TestRunJournalOnMemory(t *testing.T) {
	RunJournal(t, func(testing.TB) numbers.Journal { return &MemoryJournal{} })
}

// wrongJournal is a MemoryJournal that breaks promises.
type wrongJournal struct {
	*MemoryJournal
	begin   func(context.Context, numbers.Attempt) (numbers.JournalEntry, bool, error)
	end     func(context.Context, string, numbers.JournalEnd) error
	find    func(context.Context, string, string) (numbers.JournalEntry, bool, error)
	entries func(context.Context) iter.Seq2[numbers.JournalEntry, error]
}

func (w *wrongJournal) Begin(ctx context.Context, a numbers.Attempt) (numbers.JournalEntry, bool, error) {
	if w.begin != nil {
		return w.begin(ctx, a)
	}
	return w.MemoryJournal.Begin(ctx, a)
}

func (w *wrongJournal) End(ctx context.Context, id string, end numbers.JournalEnd) error {
	if w.end != nil {
		return w.end(ctx, id, end)
	}
	return w.MemoryJournal.End(ctx, id, end)
}

func (w *wrongJournal) Find(ctx context.Context, account, reference string) (numbers.JournalEntry, bool, error) {
	if w.find != nil {
		return w.find(ctx, account, reference)
	}
	return w.MemoryJournal.Find(ctx, account, reference)
}

func (w *wrongJournal) Entries(ctx context.Context) iter.Seq2[numbers.JournalEntry, error] {
	if w.entries != nil {
		return w.entries(ctx)
	}
	return w.MemoryJournal.Entries(ctx)
}

// TestWrongJournalsAreCaught: each by the check that is named.
func TestWrongJournalsAreCaught(t *testing.T) {
	wrongs := map[string]func(w *wrongJournal){
		"an intent is kept to the letter": func(w *wrongJournal) {
			w.begin = func(ctx context.Context, a numbers.Attempt) (numbers.JournalEntry, bool, error) {
				a.Before = nil
				return w.MemoryJournal.Begin(ctx, a)
			}
		},
		"a reference begins once": func(w *wrongJournal) {
			w.begin = func(ctx context.Context, a numbers.Attempt) (numbers.JournalEntry, bool, error) {
				e, begun, err := w.MemoryJournal.Begin(ctx, a)
				return e, begun || e.End.Status == numbers.EntryOrphaned, err
			}
		},
		"a reference begins once for many at a time": func(w *wrongJournal) {
			w.begin = func(ctx context.Context, a numbers.Attempt) (numbers.JournalEntry, bool, error) {
				_, known, _ := w.MemoryJournal.Find(ctx, a.Account, a.Reference)
				time.Sleep(time.Millisecond) // others look meanwhile
				e, begun, err := w.MemoryJournal.Begin(ctx, a)
				return e, begun || !known && ctx.Err() == nil, err
			}
		},
		"a reference belongs to an account": func(w *wrongJournal) {
			w.find = func(ctx context.Context, account, reference string) (numbers.JournalEntry, bool, error) {
				for _, name := range []string{account, "main", "two", "one"} {
					if e, found, err := w.MemoryJournal.Find(ctx, name, reference); found || err != nil {
						return e, found, err
					}
				}
				return numbers.JournalEntry{}, false, nil
			}
		},
		"a reference is free after a refusal": func(w *wrongJournal) {
			w.begin = func(ctx context.Context, a numbers.Attempt) (numbers.JournalEntry, bool, error) {
				if e, found, _ := w.MemoryJournal.Find(ctx, a.Account, a.Reference); found && e.End.Status == numbers.EntryNotPlaced {
					return e, false, nil
				}
				return w.MemoryJournal.Begin(ctx, a)
			}
		},
		"an attempt without a reference always begins": func(w *wrongJournal) {
			w.begin = func(ctx context.Context, a numbers.Attempt) (numbers.JournalEntry, bool, error) {
				if a.Reference == "" {
					a.Reference = "none"
				}
				return w.MemoryJournal.Begin(ctx, a)
			}
		},
		"an end is kept, and replaced by a later one": func(w *wrongJournal) {
			w.end = func(ctx context.Context, id string, end numbers.JournalEnd) error {
				end.Reason = ""
				return w.MemoryJournal.End(ctx, id, end)
			}
		},
		"an end can say more of its attempt": func(w *wrongJournal) {
			w.end = func(ctx context.Context, id string, end numbers.JournalEnd) error {
				end.Attempt = nil
				return w.MemoryJournal.End(ctx, id, end)
			}
		},
		"an entry that never began can't end": func(w *wrongJournal) {
			w.end = func(ctx context.Context, id string, end numbers.JournalEnd) error {
				_ = w.MemoryJournal.End(ctx, id, end)
				return nil
			}
		},
		"the latest entry of a reference is found": func(w *wrongJournal) {
			w.find = func(ctx context.Context, account, reference string) (numbers.JournalEntry, bool, error) {
				for e, err := range w.MemoryJournal.Entries(ctx) {
					if err == nil && reference != "" && e.Attempt.Account == account && e.Attempt.Reference == reference {
						return e, true, nil
					}
				}
				return numbers.JournalEntry{}, false, nil
			}
		},
		"entries come once, the oldest first": func(w *wrongJournal) {
			w.entries = func(ctx context.Context) iter.Seq2[numbers.JournalEntry, error] {
				list, _, _ := drain(w.MemoryJournal.Entries(ctx))
				slices.Reverse(list)
				return func(yield func(numbers.JournalEntry, error) bool) {
					for _, e := range list {
						if !yield(e, nil) {
							return
						}
					}
				}
			}
		},
		"a cancelled context begins nothing": func(w *wrongJournal) {
			w.begin = func(ctx context.Context, a numbers.Attempt) (numbers.JournalEntry, bool, error) {
				return w.MemoryJournal.Begin(context.WithoutCancel(ctx), a)
			}
		},
	}
	for _, c := range journalChecks() {
		spoil := wrongs[c.name]
		if !assert.NotNil(t, spoil, "the check %q has no wrong journal", c.name) {
			continue
		}
		var caught []string
		for _, c := range journalChecks() {
			if len(journalFailures(t, spoil, c)) > 0 {
				caught = append(caught, c.name)
			}
		}
		assert.Equal(t, []string{c.name}, caught)
	}
	assert.Len(t, wrongs, len(journalChecks()))
}

// journalFailures is what a check has to say about a wrong journal.
func journalFailures(t *testing.T, spoil func(*wrongJournal), c journalCheck) []string {
	return recorded(t, func(r *recorder) {
		runJournal(r, func(testing.TB) numbers.Journal {
			w := &wrongJournal{MemoryJournal: &MemoryJournal{}}
			spoil(w)
			return w
		}, c)
	})
}
