package book

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
)

// Selection has the entries that a query may match, as they were when they were selected.
type Selection struct {
	query   numbers.JournalQuery
	entries []*numbers.JournalEntry
}

// Select selects entries by the index that leaves the fewest.
func (b *Book) Select(q numbers.JournalQuery) Selection {
	best := []list{b.all}
	fewer := func(asked bool, lists ...list) {
		if asked && size(lists) < size(best) {
			best = lists
		}
	}
	fewer(q.Open, b.open)
	fewer(q.Scope != "", b.scopes[q.Scope])
	fewer(q.Account != "", b.accounts[q.Account])
	fewer(q.Purchase != "", b.purchases[q.Purchase])
	fewer(len(q.IDs) > 0, each(q.IDs, func(id string) list {
		if n := b.ids[id]; n != nil {
			return list{n}
		}
		return nil
	})...)
	fewer(len(q.Numbers) > 0, each(q.Numbers, func(n numbers.E164) list { return b.numbers[n] })...)
	fewer(len(q.OrderIDs) > 0, each(q.OrderIDs, func(id string) list { return b.orders[Fold(id)] })...)

	var nodes list
	for _, l := range best {
		nodes = append(nodes, between(l, q.StartedFrom, q.StartedBefore)...)
	}
	if len(best) > 1 {
		slices.SortFunc(nodes, compare)
		nodes = slices.Compact(nodes)
	}
	s := Selection{query: q, entries: make([]*numbers.JournalEntry, len(nodes))}
	for i, n := range nodes {
		s.entries[i] = n.entry
	}
	return s
}

func size(lists []list) (n int) {
	for _, l := range lists {
		n += len(l)
	}
	return n
}

// each returns the lists of the keys.
func each[K any](keys []K, find func(K) list) []list {
	lists := make([]list, 0, len(keys))
	for _, key := range keys {
		if l := find(key); len(l) > 0 {
			lists = append(lists, l)
		}
	}
	return lists
}

// between returns the part of l that started at or after from, and before before.
func between(l list, from, before time.Time) list {
	first, last := 0, len(l)
	if !before.IsZero() {
		last = startedAt(l, before)
	}
	if !from.IsZero() {
		first = startedAt(l, from)
	}
	return l[min(first, last):last]
}

// startedAt returns where the entries begin that started at t or later.
func startedAt(l list, t time.Time) int {
	i, _ := slices.BinarySearchFunc(l, t, func(n *node, t time.Time) int { return n.entry.Started.Compare(t) })
	return i
}

// Entries yields the entries that match the query, oldest first. It ends when ctx ends.
func (s Selection) Entries(ctx context.Context) iter.Seq2[numbers.JournalEntry, error] {
	return func(yield func(numbers.JournalEntry, error) bool) {
		for _, e := range s.entries {
			if ctx.Err() != nil {
				yield(numbers.JournalEntry{}, ctxerr.Of(ctx))
				return
			}
			if s.query.Match(*e) && !yield(clone(*e), nil) {
				return
			}
		}
	}
}
