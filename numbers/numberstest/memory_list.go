package numberstest

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// memoryPage is how many rows one request lists.
const memoryPage = 10

// Order implements numbers.Orderer.
func (m *Memory) Order(ctx context.Context, id string) (*numbers.Order, error) {
	const op = "Order"
	if id == "" || id == "." || id == ".." {
		return nil, m.fail(op, numbers.ErrInvalid, "it is empty, or a relative path", "id")
	}
	var found *numbers.Order
	err := m.call(ctx, op, func() error {
		o := m.byID[id]
		if o == nil || !m.lists(o) {
			return m.fail(op, numbers.ErrNotFound, "", "")
		}
		found = m.show(o)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// Orders implements numbers.Orderer. It reads ten orders with each request, by their
// position in a list that only grows.
func (m *Memory) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	return pages(ctx, m, "Orders", &m.orders, func(o *memoryOrder) *numbers.Order {
		if !m.lists(o) {
			return nil
		}
		return m.show(o)
	}, func(o *numbers.Order) string { return o.ID }, q.Match)
}

// Owned implements numbers.Inventory.
func (m *Memory) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	if err := m.unsupported("Owned", numbers.CanListOwned); err != nil {
		return func(yield func(*numbers.Number, error) bool) { yield(nil, err) }
	}
	match, released := q.Match, slices.Contains(q.States, numbers.NumberReleased)
	return pages(ctx, m, "Owned", &m.owned, func(row *memoryNumber) *numbers.Number {
		if !m.lists(row.order) {
			return nil
		}
		return m.showNumber(row)
	}, func(n *numbers.Number) string { return n.ID }, func(n *numbers.Number) bool {
		return match(n) && (released || n.State != numbers.NumberReleased)
	})
}

// pages walks rows, of which more may come meanwhile: ten at a time, and each
// once although the vendor may list it twice.
func pages[R, T any](ctx context.Context, m *Memory, op string, rows *[]R, show func(R) *T, id func(*T) string, match func(*T) bool) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		seen := make(map[string]bool)
		more := true
		for at := 0; more; at += memoryPage {
			var page []*T
			err := m.call(ctx, op, func() error {
				page = onePage(m, (*rows)[min(at, len(*rows)):min(at+memoryPage, len(*rows))], show)
				more = at+memoryPage < len(*rows)
				return nil
			})
			if err != nil {
				yield(nil, err)
				return
			}
			for _, item := range page {
				again := seen[id(item)]
				seen[id(item)] = true
				if !again && match(item) && !yield(item, nil) {
					return
				}
			}
		}
	}
}

// onePage shows the rows of a page; a DuplicateListing has the first of them twice.
func onePage[R, T any](m *Memory, rows []R, show func(R) *T) (page []*T) {
	for _, row := range rows {
		if item := show(row); item != nil {
			page = append(page, item)
		}
	}
	if _, twice := m.takeKind(DuplicateListing); twice && len(page) > 0 {
		page = append(page, page[0])
	}
	return page
}

// lists reports whether the vendor shows an order by now: where orders are owned
// numbers, one that was given back is gone.
func (m *Memory) lists(o *memoryOrder) bool {
	if m.caps.OrdersAreOwned && o.row != nil && o.row.number.State == numbers.NumberReleased {
		return false
	}
	return !time.Now().Before(o.listed)
}

// ResolveAll implements numbers.Resolver. An order that was answered with 500 may
// have been bought although it is not listed. With MemoryOptions.Repeatable, this is
// also true for an order without an answer.
func (m *Memory) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	if err := m.unsupported("Resolve", numbers.CanResolve); err != nil {
		return make([]numbers.Resolution, len(attempts)), slices.Repeat([]error{err}, len(attempts))
	}
	return driver.ResolveByListing(ctx, m, attempts, m.absent)
}

// absent is what it means that the order of an attempt is missing.
func (m *Memory) absent(a numbers.Attempt) numbers.Resolution {
	switch {
	case a.Status == http.StatusInternalServerError:
		return numbers.Resolution{Outcome: numbers.PossiblyOrphaned, MaybeSold: true}
	case a.Status == 0 && m.opts.Repeatable:
		return numbers.Resolution{Outcome: numbers.Repeatable}
	}
	return numbers.Resolution{Outcome: numbers.NotPlaced}
}
