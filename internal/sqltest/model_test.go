package sqltest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

// TestLikeTheJournalInMemory: whatever happens, the journal in a database answers like the
// one in memory.
func TestLikeTheJournalInMemory(t *testing.T) {
	engines(t, func(t *testing.T, fresh func(tb testing.TB) engine) {
		var begun, blocked, ended, conflicts, selected, forgotten int
		j := fresh(t).journal(t)
		var m account.MemoryJournal
		for seed := range uint64(3) {
			d := dice{rand.New(rand.NewPCG(seed, 1)), fmt.Sprint("r", seed)}
			for step := range 250 {
				name := fmt.Sprintf("seed %d, step %d", seed, step)
				switch throw := d.IntN(100); {
				case throw < 35:
					a := d.attempt()
					want, err := m.Begin(t.Context(), a)
					require.NoError(t, err)
					got, err := j.Begin(t.Context(), a)
					require.NoError(t, err, name)
					same(t, name, want, got)
					if len(want) > 0 {
						blocked++
					} else {
						begun++
					}
				case throw < 75:
					e, end := numbers.JournalEntry{Attempt: d.attempt()}, d.end()
					e.Ended, e.Status = d.time(), d.IntN(600)
					want, got := m.End(t.Context(), e, end), j.End(t.Context(), e, end)
					if want == nil {
						require.NoError(t, got, name)
						ended++
						continue
					}
					conflicts++
					require.Error(t, got, name)
					assert.Equal(t, kind(want), kind(got), name)
				case throw < 98:
					q := d.query()
					want := all(t, &m, q)
					same(t, fmt.Sprintf("%s: %+v", name, q), want, all(t, j, q))
					selected += min(len(want), 1)
				default:
					before := d.time()
					want, err := m.Prune(t.Context(), before)
					require.NoError(t, err)
					got, err := j.Prune(t.Context(), before)
					require.NoError(t, err, name)
					assert.Equal(t, want, got, name)
					forgotten += got
				}
			}
			same(t, "in the end", all(t, &m, numbers.JournalQuery{}), all(t, j, numbers.JournalQuery{}))
		}
		for _, n := range []int{begun, blocked, ended, conflicts, selected, forgotten} {
			assert.GreaterOrEqual(t, n, 10, "all of it happens")
		}
	})
}

func kind(err error) error {
	for _, k := range []error{numbers.ErrConflict, numbers.ErrNotFound, numbers.ErrInvalid} {
		if errors.Is(err, k) {
			return k
		}
	}
	return err
}

// same compares entries. Those that started at one time come in any order.
func same(t *testing.T, name string, want, got []numbers.JournalEntry) {
	t.Helper()
	require.True(t, slices.IsSortedFunc(got, func(a, b numbers.JournalEntry) int { return a.Started.Compare(b.Started) }), name)
	require.Equal(t, byID(want), byID(got), name)
}

func byID(list []numbers.JournalEntry) map[string]string {
	m := make(map[string]string)
	for _, e := range list {
		m[e.ID] = fmt.Sprintf("%+v", e)
	}
	return m
}

func all(t *testing.T, j numbers.Journal, q numbers.JournalQuery) (list []numbers.JournalEntry) {
	t.Helper()
	for e, err := range j.Entries(t.Context(), q) {
		require.NoError(t, err)
		list = append(list, e)
	}
	return list
}

// dice draws what happens to a journal, from few values, so that they meet.
type dice struct {
	*rand.Rand
	round string
}

func (d dice) pick(list ...string) string { return list[d.IntN(len(list))] }
func (d dice) time() time.Time            { return start.Add(time.Duration(d.IntN(60)) * time.Second) }
func (d dice) id() string                 { return fmt.Sprint(d.round, "-", d.IntN(60)) }

func (d dice) numbers(n int) (list []numbers.E164) {
	for range d.IntN(n + 1) {
		list = append(list, numbers.E164(fmt.Sprintf("+120255501%02d", d.IntN(20))))
	}
	return list
}

func (d dice) attempt() numbers.Attempt {
	purchase := d.pick("", "k1", "k2", "k3", d.id(), d.id(), "k\x00", string(make([]byte, 9000)))
	return numbers.Attempt{
		ID: d.id(), Account: d.pick("main", "second"), Scope: d.pick("", "", "fleet"), Purchase: purchase,
		Reference: purchase + d.pick("", "~1"), Numbers: d.numbers(3), Started: d.time(),
	}
}

func (d dice) end() numbers.JournalEnd {
	end := numbers.JournalEnd{
		Status:  numbers.EntryStatus(d.pick("", "placed", "placed", "refused", "refused", "unknown", "not-placed", "possibly-orphaned")),
		OrderID: d.pick("", "o1", "O1", "o2", "k1", "\u212a1", d.round+"o3", d.round+"o4"), Held: d.numbers(3), Reason: d.pick("", "why"),
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
	some(func() { q.Scope = d.pick("main", "fleet") })
	some(func() { q.Account = d.pick("main", "second") })
	some(func() { q.Purchase = d.pick("k1", "k2", "k\x00") })
	some(func() { q.Numbers = d.numbers(4) })
	some(func() { q.OrderIDs = []string{d.pick("o1", "O2", ""), d.pick("K1", "o3", d.round+"o3")} })
	some(func() { q.Open = true })
	some(func() { q.StartedFrom = d.time() })
	some(func() { q.StartedBefore = d.time() })
	return q
}
