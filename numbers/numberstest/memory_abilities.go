package numberstest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Search implements numbers.Searcher. It yields the MemoryOptions.Offers that are not
// sold.
func (m *Memory) Search(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
	return func(yield func(*numbers.Offer, error) bool) {
		if err := m.unsupported("Search", numbers.CanSearch); err != nil {
			yield(nil, err)
			return
		}
		if not := q.Fields() &^ m.caps.SearchFields; not != 0 {
			yield(nil, m.fail("Search", errors.ErrUnsupported, "the vendor can't search by it", not.String()))
			return
		}
		var found []*numbers.Offer
		err := m.call(ctx, "Search", func() error {
			found = m.unsold(q)
			return nil
		})
		if err != nil {
			yield(nil, err)
			return
		}
		for _, o := range found {
			if !yield(o, nil) {
				return
			}
		}
	}
}

// unsold returns the offers that q finds.
func (m *Memory) unsold(q numbers.SearchQuery) (found []*numbers.Offer) {
	for _, o := range m.opts.Offers {
		if m.sold[o.E164] > 0 || !fits(o, q) || q.Limit > 0 && len(found) == q.Limit {
			continue
		}
		o.Vendor = m.caps.Vendor
		o.VendorNumber = orElse(o.VendorNumber, string(o.E164))
		if o.Price == nil {
			o.Price = m.opts.Price
		}
		found = append(found, &o)
	}
	return found
}

// fits reports whether an offer matches q.
func fits(o numbers.Offer, q numbers.SearchQuery) bool {
	for _, f := range [][2]string{
		{q.Country, o.Country}, {string(q.Type), string(o.Type)}, {q.Locality, o.Locality}, {q.Region, o.Region}, {q.RateCenter, o.RateCenter},
	} {
		if f[0] != "" && f[0] != f[1] {
			return false
		}
	}
	for _, feature := range q.Features {
		if !slices.Contains(o.Features, feature) {
			return false
		}
	}
	national := o.E164.Digits()
	if o.Country == "US" || o.Country == "CA" {
		national = strings.TrimPrefix(national, "1")
	}
	return strings.HasPrefix(national, q.AreaCode) && strings.HasPrefix(national, q.StartsWith) &&
		strings.Contains(national, q.Contains) && strings.HasSuffix(national, q.EndsWith)
}

// Quote implements numbers.Quoter.
func (m *Memory) Quote(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
	const op = "Quote"
	if err := m.unsupported(op, numbers.CanQuote); err != nil {
		return nil, err
	}
	if _, err := m.request(op, r); err != nil {
		return nil, err
	}
	q := &numbers.Quotation{Vendor: m.caps.Vendor, Price: times(m.opts.Price, len(r.Numbers))}
	for _, n := range r.Numbers {
		q.Items = append(q.Items, numbers.QuotedItem{E164: n, Price: m.opts.Price})
	}
	if err := m.call(ctx, op, func() error { return nil }); err != nil {
		return nil, err
	}
	return q, nil
}

// times multiplies a price.
func times(p *numbers.Price, n int) *numbers.Price {
	if p == nil {
		return nil
	}
	product := func(m *numbers.Money) *numbers.Money {
		if m == nil {
			return nil
		}
		return &numbers.Money{Amount: m.Amount.Mul(decimal.NewFromInt(int64(n))), Currency: m.Currency}
	}
	return &numbers.Price{Upfront: product(p.Upfront), Monthly: product(p.Monthly)}
}

// Reserve implements numbers.Reserver.
func (m *Memory) Reserve(ctx context.Context, r numbers.ReserveRequest) (*numbers.Reservation, error) {
	const op = "Reserve"
	if err := m.unsupported(op, numbers.CanReserve); err != nil {
		return nil, err
	}
	if err := driver.CheckRequest(m.caps, op, numbers.OrderRequest{Numbers: r.Numbers}); err != nil {
		return nil, err
	}
	var out *numbers.Reservation
	err := m.call(ctx, op, func() error {
		m.nextID++
		out = &numbers.Reservation{
			Vendor: m.caps.Vendor, ID: fmt.Sprintf("reservation-%d", m.nextID), Reference: r.Reference,
		}
		for _, n := range r.Numbers {
			item := numbers.ReservedItem{E164: n, VendorNumber: string(n)}
			if m.sold[n] > 0 && !m.opts.SellsTwice || m.holds[n].After(time.Now()) {
				item.Err = m.fail(op, numbers.ErrNumberUnavailable, "", "", n)
			} else {
				item.Held, item.Expires = true, time.Now().Add(m.caps.HoldFor)
				m.holds[n] = item.Expires
			}
			out.Items = append(out.Items, item)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Cancel implements numbers.Canceler. An order that has settled is returned unchanged.
func (m *Memory) Cancel(ctx context.Context, order *numbers.Order) (*numbers.Order, error) {
	const op = "Cancel"
	if err := m.unsupported(op, numbers.CanCancel); err != nil {
		return nil, err
	}
	var out *numbers.Order
	err := m.call(ctx, op, func() error {
		o := m.byID[order.ID]
		if o == nil {
			return m.fail(op, numbers.ErrNotFound, "", "", order.Numbers()...)
		}
		if out = m.show(o); out.State != numbers.StatePending {
			return nil
		}
		for i := range o.order.Items {
			o.order.Items[i].State = numbers.StateCanceled
		}
		for _, row := range m.owned {
			if row.order == o {
				m.release(row)
			}
		}
		out = m.show(o)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Release implements numbers.Releaser.
func (m *Memory) Release(ctx context.Context, n *numbers.Number) error {
	const op = "Release"
	if err := m.unsupported(op, numbers.CanRelease); err != nil {
		return err
	}
	return m.call(ctx, op, func() error {
		row := m.row(n.ID)
		switch {
		case row == nil || row.number.State == numbers.NumberReleased:
			if m.listsOwned(n.E164) {
				return m.fail(op, numbers.ErrConflict, "the account owns the number under another id", "", n.E164)
			}
			return nil
		case row.number.E164 != n.E164:
			return m.fail(op, numbers.ErrConflict, "the id is another number's", "", n.E164)
		case row.number.Locked:
			return m.fail(op, numbers.ErrLocked, "", "", n.E164)
		}
		m.release(row)
		return nil
	})
}

// listsOwned reports whether the inventory shows a number that is owned now.
func (m *Memory) listsOwned(n numbers.E164) bool {
	return slices.ContainsFunc(m.owned, func(row *memoryNumber) bool {
		return row.number.E164 == n && row.number.State != numbers.NumberReleased && m.lists(row.order)
	})
}

// row finds a number of the inventory by its id.
func (m *Memory) row(id string) *memoryNumber {
	for _, row := range m.owned {
		if row.number.ID == id {
			return row
		}
	}
	return nil
}

// release gives a number back that is still owned.
func (m *Memory) release(row *memoryNumber) {
	if row.number.State == numbers.NumberReleased {
		return
	}
	row.number.State, row.number.VendorState = numbers.NumberReleased, "released"
	m.books.Purchases[row.purchase].Released = time.Now()
	m.sold[row.number.E164]--
}

// Assign implements numbers.Assigner.
func (m *Memory) Assign(ctx context.Context, n *numbers.Number, a numbers.Assignment) (*numbers.Number, error) {
	const op = "Assign"
	if err := m.unsupported(op, numbers.CanAssign); err != nil {
		return nil, err
	}
	if not := a.Fields() &^ m.caps.AssignsOwned; not != 0 {
		return nil, m.fail(op, errors.ErrUnsupported, "the vendor can't set it on a number", "Assign."+not.String(), n.E164)
	}
	var out numbers.Number
	err := m.call(ctx, op, func() error {
		row := m.row(n.ID)
		if row == nil || row.number.State == numbers.NumberReleased {
			return m.fail(op, numbers.ErrNotFound, "", "", n.E164)
		}
		row.number.Assignment = merged(row.number.Assignment, a)
		out = *m.showNumber(row)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &out, nil
}
