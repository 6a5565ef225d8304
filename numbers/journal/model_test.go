package journal

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/book"
	"github.com/tnkit/tnkit/numbers"
)

// TestLikeTheBookInMemory: whatever happens, and however often it is opened again, the file
// answers like the book that is kept in memory.
func TestLikeTheBookInMemory(t *testing.T) {
	var begun, ended, selected int
	for seed := range uint64(40) {
		d := dice{rand.New(rand.NewPCG(seed, 1))}
		disk := &disk{room: plenty}
		j := loaded(t, disk)
		var b book.Book
		for step := range 150 {
			name := fmt.Sprintf("seed %d, step %d", seed, step)
			switch throw := d.IntN(20); {
			case throw < 7:
				a := d.attempt()
				want, known, err := b.InTheWay(a)
				require.NoError(t, err)
				got, err := j.Begin(t.Context(), a)
				require.NoError(t, err, name)
				require.Equal(t, want, withoutEnded(got), name)
				if len(want) == 0 && !known {
					b.Put(numbers.JournalEntry{Attempt: a})
					begun++
				}
			case throw < 13:
				e, end := numbers.JournalEntry{Attempt: d.attempt()}, d.end()
				e.Ended, e.Status = d.time(), d.IntN(600)
				next, err := b.Ending(e, end)
				got := j.End(t.Context(), e, end)
				if err == nil {
					require.NoError(t, got, name)
					b.Put(next)
					ended++
					continue
				}
				require.EqualError(t, got, err.Error(), name)
			case throw < 19:
				q := d.query()
				var want, got []numbers.JournalEntry
				for e, err := range b.Select(q).Entries(t.Context()) {
					require.NoError(t, err)
					want = append(want, e)
				}
				for e, err := range j.Entries(t.Context(), q) {
					require.NoError(t, err)
					got = append(got, e)
				}
				require.Equal(t, want, withoutEnded(got), "%s: %+v", name, q)
				selected += min(len(want), 1)
			default:
				j = loaded(t, disk)
			}
		}
	}
	for _, n := range []int{begun, ended, selected} {
		assert.Greater(t, n, 100, "all of it happens")
	}
}

// withoutEnded takes away that whoever began an entry is gone.
func withoutEnded(list []numbers.JournalEntry) []numbers.JournalEntry {
	for i := range list {
		if list[i].End.Status == "" {
			list[i].Ended = time.Time{}
		}
	}
	return list
}

// dice draws what happens to a journal, from few values, so that they meet. Ties of Started
// come in the order in which entries began.
type dice struct{ *rand.Rand }

func (d dice) pick(list ...string) string { return list[d.IntN(len(list))] }
func (d dice) time() time.Time            { return start.Add(time.Duration(d.IntN(60)) * time.Second) }
func (d dice) id() string                 { return d.pick("", "\"") + fmt.Sprint("id", d.IntN(30)) }

func (d dice) numbers(n int) (list []numbers.E164) {
	for range d.IntN(n + 1) {
		list = append(list, numbers.E164(fmt.Sprintf("+1202555010%d", d.IntN(6))))
	}
	return list
}

func (d dice) attempt() numbers.Attempt {
	purchase := d.pick("", "k1", "k2", "k3\n")
	return numbers.Attempt{
		ID: d.id(), Account: d.pick("main", "second"), Scope: d.pick("", "", "fleet"), Purchase: purchase,
		Reference: purchase + d.pick("", "~1"), Numbers: d.numbers(3), Started: d.time(),
	}
}

func (d dice) end() numbers.JournalEnd {
	end := numbers.JournalEnd{
		Status:  numbers.EntryStatus(d.pick("", "placed", "placed", "refused", "unknown", "not-placed", "possibly-orphaned")),
		OrderID: d.pick("", "o1", "O1", "o2", "k1", "\u212a1"), Held: d.numbers(3), Reason: d.pick("", "why", "<why>"),
	}
	if d.IntN(2) == 0 {
		end.HeldUntil = d.time()
	}
	return end
}

func (d dice) query() (q numbers.JournalQuery) {
	some := func(f func()) {
		if d.IntN(4) == 0 {
			f()
		}
	}
	some(func() { q.IDs = []string{d.id(), d.id(), d.id()} })
	some(func() { q.Scope = d.pick("main", "fleet", "nobody") })
	some(func() { q.Account = d.pick("main", "second", "nobody") })
	some(func() { q.Purchase = d.pick("k1", "k3\n") })
	some(func() { q.Numbers = d.numbers(4) })
	some(func() { q.OrderIDs = []string{d.pick("o1", "O2", ""), d.pick("K1", "o3")} })
	some(func() { q.Open = true })
	some(func() { q.StartedFrom = d.time() })
	some(func() { q.StartedBefore = d.time() })
	return q
}
