package book

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// model applies the rules to every entry.
type model struct{ entries []numbers.JournalEntry }

func (m *model) begin(a numbers.Attempt) (inTheWay []numbers.JournalEntry) {
	own := slices.IndexFunc(m.entries, func(e numbers.JournalEntry) bool { return e.ID == a.ID })
	for i, e := range m.entries {
		if (own < 0 || own == i) && e.InTheWay(a) {
			inTheWay = append(inTheWay, e)
		}
	}
	if own < 0 && len(inTheWay) == 0 {
		m.entries = append(m.entries, numbers.JournalEntry{Attempt: a})
	}
	return sorted(inTheWay)
}

func (m *model) end(e numbers.JournalEntry, end numbers.JournalEnd) error {
	i := slices.IndexFunc(m.entries, func(known numbers.JournalEntry) bool { return known.ID == e.ID })
	if i < 0 {
		return numbers.ErrNotFound
	}
	credited := slices.ContainsFunc(m.entries, func(other numbers.JournalEntry) bool {
		return end.OrderID != "" && other.ID != e.ID && other.Account == m.entries[i].Account && strings.EqualFold(other.End.OrderID, end.OrderID)
	})
	if credited || !m.entries[i].Accepts(end) {
		return numbers.ErrConflict
	}
	m.entries[i].Ended, m.entries[i].Status, m.entries[i].End = e.Ended, e.Status, end
	return nil
}

func (m *model) match(q numbers.JournalQuery) (list []numbers.JournalEntry) {
	for _, e := range m.entries {
		if q.Match(e) {
			list = append(list, e)
		}
	}
	return sorted(list)
}

func sorted(list []numbers.JournalEntry) []numbers.JournalEntry {
	slices.SortStableFunc(list, func(a, b numbers.JournalEntry) int { return a.Started.Compare(b.Started) })
	return list
}

// dice draws what happens to a journal, from few values, so that they meet.
type dice struct{ *rand.Rand }

func (d dice) pick(list ...string) string { return list[d.IntN(len(list))] }
func (d dice) time() time.Time            { return start.Add(time.Duration(d.IntN(60)) * time.Second) }

func (d dice) numbers(n int) (list []numbers.E164) {
	for range d.IntN(n + 1) {
		list = append(list, numbers.E164(fmt.Sprintf("+1202555010%d", d.IntN(6))))
	}
	return list
}

func (d dice) attempt(ids int) numbers.Attempt {
	purchase := d.pick("", "k1", "k2", "k3")
	return numbers.Attempt{
		ID: fmt.Sprint("id", d.IntN(ids)), Account: d.pick("main", "second"), Scope: d.pick("", "", "fleet"), Purchase: purchase,
		Reference: purchase + d.pick("", "~1"), Numbers: d.numbers(3), Started: d.time(),
	}
}

func (d dice) end() numbers.JournalEnd {
	end := numbers.JournalEnd{
		Status:  numbers.EntryStatus(d.pick("", "placed", "placed", "refused", "unknown", "not-placed", "possibly-orphaned")),
		OrderID: d.pick("", "o1", "O1", "o2", "k1", "\u212a1"), Held: d.numbers(3), Reason: d.pick("", "why"),
	}
	if d.IntN(2) == 0 {
		end.HeldUntil = d.time()
	}
	return end
}

func (d dice) query(ids int) (q numbers.JournalQuery) {
	some := func(f func()) {
		if d.IntN(4) == 0 {
			f()
		}
	}
	some(func() { q.IDs = []string{fmt.Sprint("id", d.IntN(ids)), fmt.Sprint("id", d.IntN(ids))} })
	some(func() { q.Scope = d.pick("main", "fleet") })
	some(func() { q.Account = d.pick("main", "second") })
	some(func() { q.Purchase = d.pick("k1", "k2") })
	some(func() { q.Numbers = d.numbers(4) })
	some(func() { q.OrderIDs = []string{d.pick("o1", "O2", ""), d.pick("K1", "o3")} })
	some(func() { q.Open = true })
	some(func() { q.StartedFrom = d.time() })
	some(func() { q.StartedBefore = d.time() })
	return q
}

func collect(t *testing.T, s Selection) (list []numbers.JournalEntry) {
	t.Helper()
	for e, err := range s.Entries(t.Context()) {
		require.NoError(t, err)
		list = append(list, e)
	}
	return list
}

// TestIndicesAgreeWithTheRules: the book answers as if it applied the rules to
// every entry.
func TestIndicesAgreeWithTheRules(t *testing.T) {
	var begun, refused, ended, conflicts, selected int
	for seed := range uint64(300) {
		d := dice{rand.New(rand.NewPCG(seed, 1))}
		var b Book
		var m model
		const ids = 40
		for step := range 150 {
			name := fmt.Sprintf("seed %d, step %d", seed, step)
			switch d.IntN(3) {
			case 0:
				a := d.attempt(ids)
				want := m.begin(a)
				got, known, err := b.InTheWay(a)
				require.NoError(t, err)
				require.Equal(t, want, got, name)
				if len(got) == 0 && !known {
					b.Put(numbers.JournalEntry{Attempt: a})
					begun++
				}
				refused += min(len(got), 1)
			case 1:
				e, end := numbers.JournalEntry{Attempt: d.attempt(ids)}, d.end()
				e.Ended, e.Status = d.time(), d.IntN(600)
				want := m.end(e, end)
				next, err := b.Ending(e, end)
				require.ErrorIs(t, err, want, name)
				if err == nil {
					b.Put(next)
					ended++
				} else {
					conflicts++
				}
			default:
				q := d.query(ids)
				want := m.match(q)
				require.Equal(t, want, collect(t, b.Select(q)), "%s: %+v", name, q)
				selected += min(len(want), 1)
			}
		}
		require.Equal(t, m.match(numbers.JournalQuery{}), collect(t, b.Select(numbers.JournalQuery{})))
	}
	for _, n := range []int{begun, refused, ended, conflicts, selected} {
		assert.Greater(t, n, 500, "all of it happens")
	}
}

func put(b *Book, id string, started time.Time, end numbers.JournalEnd, list ...numbers.E164) {
	b.Put(numbers.JournalEntry{Attempt: numbers.Attempt{ID: id, Account: "main", Purchase: id, Reference: id, Numbers: list, Started: started}, End: end})
}

func TestPrune(t *testing.T) {
	var b Book
	const one, two = numbers.E164("+12025550101"), numbers.E164("+12025550102")
	for id, end := range map[string]numbers.JournalEnd{
		"open":            {},
		"unknown":         {Status: numbers.EntryUnknown},
		"orphaned":        {Status: numbers.EntryOrphaned},
		"pending":         {Status: numbers.EntryPlaced, OrderID: "o1", Held: []numbers.E164{one}},
		"held still":      {Status: numbers.EntryPlaced, OrderID: "o2", Held: []numbers.E164{one}, HeldUntil: start.Add(2 * time.Hour)},
		"held no longer":  {Status: numbers.EntryPlaced, OrderID: "o3", Held: []numbers.E164{two}, HeldUntil: start.Add(time.Hour)},
		"placed":          {Status: numbers.EntryPlaced, OrderID: "O4"},
		"refused":         {Status: numbers.EntryRefused, Held: []numbers.E164{two}},
		"not placed":      {Status: numbers.EntryNotPlaced},
		"placed recently": {Status: numbers.EntryPlaced, OrderID: "o5"},
	} {
		started := start
		if id == "placed recently" {
			started = start.Add(time.Hour)
		}
		put(&b, id, started, end, one, two)
	}
	assert.Zero(t, b.Prune(start))
	assert.Equal(t, 4, b.Prune(start.Add(time.Hour)))
	assert.Zero(t, b.Prune(start.Add(time.Hour)))

	var kept []string
	for _, e := range collect(t, b.Select(numbers.JournalQuery{})) {
		kept = append(kept, e.ID)
	}
	assert.ElementsMatch(t, []string{"open", "unknown", "orphaned", "pending", "held still", "placed recently"}, kept)
	for _, q := range []numbers.JournalQuery{
		{Purchase: "placed"}, {OrderIDs: []string{"o4"}}, {IDs: []string{"refused"}},
		{Scope: "main", Purchase: "refused"}, {Account: "main", Purchase: "not placed"},
	} {
		assert.Empty(t, collect(t, b.Select(q)), "%+v", q)
	}
	assert.Len(t, collect(t, b.Select(numbers.JournalQuery{Numbers: []numbers.E164{one}})), 6)
	assert.Len(t, collect(t, b.Select(numbers.JournalQuery{Account: "main"})), 6)

	inTheWay, _, err := b.InTheWay(numbers.Attempt{ID: "new", Account: "main", Reference: "placed"})
	require.NoError(t, err)
	assert.Empty(t, inTheWay, "a reference that was forgotten is free")
	put(&b, "new", start.Add(time.Hour), numbers.JournalEnd{})
	placed := func(order string) error {
		_, err := b.Ending(numbers.JournalEntry{Attempt: numbers.Attempt{ID: "new"}}, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: order})
		return err
	}
	require.ErrorIs(t, placed("o4"), numbers.ErrConflict, "a credit is not forgotten")
	require.ErrorIs(t, placed("O1"), numbers.ErrConflict)
	require.NoError(t, placed("o6"))
	_, err = b.Ending(numbers.JournalEntry{Attempt: numbers.Attempt{ID: "placed"}}, numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "O4"})
	require.ErrorIs(t, err, numbers.ErrNotFound)
}

// TestPruneEmptiesTheIndices: what is forgotten takes no memory.
func TestPruneEmptiesTheIndices(t *testing.T) {
	var b Book
	for i := range 100 {
		put(&b, fmt.Sprint("id", i), start, numbers.JournalEnd{Status: numbers.EntryRefused}, numbers.E164(fmt.Sprintf("+1202555%04d", i)))
	}
	assert.Equal(t, 100, b.Prune(start.Add(time.Second)))
	left := len(b.ids) + len(b.references) + len(b.holders) + len(b.all) + len(b.open) + len(b.scopes) + len(b.accounts) + len(b.purchases) + len(b.numbers) + len(b.orders)
	assert.Zero(t, left)
}

// TestIndicesLeaveFew: what a beginning and a query look at does not grow with the
// book.
func TestIndicesLeaveFew(t *testing.T) {
	var b Book
	for i := range 2000 {
		end := numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: fmt.Sprint("o", i)}
		put(&b, fmt.Sprint("id", i), start.Add(time.Duration(i)*time.Second), end, numbers.E164(fmt.Sprintf("+1202555%04d", i)))
	}
	put(&b, "open", start, numbers.JournalEnd{}, "+12025559999")
	for name, q := range map[string]numbers.JournalQuery{
		"ids":      {IDs: []string{"id7", "nothing"}},
		"purchase": {Scope: "main", Account: "main", Purchase: "id7"},
		"numbers":  {Account: "main", Numbers: []numbers.E164{"+12025550007", "+12025550008"}},
		"orders":   {OrderIDs: []string{"O7"}},
		"open":     {Account: "main", Open: true},
		"time":     {StartedFrom: start.Add(7 * time.Second), StartedBefore: start.Add(9 * time.Second)},
		"nobody's": {Account: "nobody"},
	} {
		s := b.Select(q)
		assert.LessOrEqual(t, len(s.entries), 2, name)
		assert.Len(t, collect(t, s), len(s.entries), name)
	}
	assert.Empty(t, b.holders[claim{"main", "+12025550007"}], "what holds no number is not compared")
}

func TestEntriesEndWithTheContext(t *testing.T) {
	var b Book
	put(&b, "one", start, numbers.JournalEnd{})
	put(&b, "two", start, numbers.JournalEnd{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []string
	var last error
	for e, err := range b.Select(numbers.JournalQuery{}).Entries(ctx) {
		if last = err; err == nil {
			got = append(got, e.ID)
		}
		cancel()
	}
	assert.Equal(t, []string{"one"}, got)
	assert.ErrorIs(t, last, context.Canceled)
}

func TestFold(t *testing.T) {
	for _, pair := range [][2]string{
		{"Order-1", "oRDER-1"}, {"\u212a", "k"}, {"\u017f", "S"}, {"Ä", "ä"}, {"Σ", "ς"}, {"σ", "ς"}, {"\u212b", "å"}, {"ß", "ẞ"}, {"\xff", "\ufffd"},
	} {
		require.True(t, strings.EqualFold(pair[0], pair[1]), "%q", pair)
		assert.Equal(t, Fold(pair[0]), Fold(pair[1]), "%q", pair)
	}
	assert.NotEqual(t, Fold("ß"), Fold("ss"))
	assert.NotEqual(t, Fold("o1"), Fold("o2"))
}

func FuzzFold(f *testing.F) {
	f.Add("\u212a", "k")
	f.Fuzz(func(t *testing.T, a, b string) {
		if strings.EqualFold(a, b) != (Fold(a) == Fold(b)) {
			t.Fatalf("%q and %q", a, b)
		}
	})
}
