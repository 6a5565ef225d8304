package numberstest

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tnkit/tnkit/numbers"
)

// Search implements numbers.Searcher: it finds what MemoryOptions.Offers have
// and nobody has bought.
func (m *Memory) Search(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
	return func(yield func(*numbers.Offer, error) bool) {
		if err := m.unsupported("Search", numbers.CanSearch); err != nil {
			yield(nil, err)
			return
		}
		m.mu.Lock()
		err := m.enter(ctx, "Search")
		var found []*numbers.Offer
		for i := range m.opts.Offers {
			o := m.opts.Offers[i]
			if (q.Country == "" || q.Country == o.Country) && strings.HasPrefix(string(o.E164), "+"+countryCode(o)+q.StartsWith) &&
				!m.sold(o.E164) && (q.Limit == 0 || len(found) < q.Limit) {
				o.Vendor, o.Account = m.caps.Vendor, m.opts.Account
				found = append(found, &o)
			}
		}
		m.mu.Unlock()
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

func countryCode(o numbers.Offer) string {
	if o.Country == "US" || o.Country == "CA" {
		return "1"
	}
	return ""
}

// Quote implements numbers.Quoter.
func (m *Memory) Quote(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
	if err := m.unsupported("Quote", numbers.CanQuote); err != nil {
		return nil, err
	}
	whole := m.caps
	whole.MaxNumbers = 0
	if err := r.Validate("Quote", whole); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.enter(ctx, "Quote"); err != nil {
		return nil, err
	}
	q := &numbers.Quotation{Vendor: m.caps.Vendor, Account: m.opts.Account, Price: times(m.opts.Price, len(r.Numbers))}
	for _, n := range r.Numbers {
		q.Items = append(q.Items, numbers.QuotedItem{E164: n, Price: m.opts.Price})
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
	if err := m.unsupported("Reserve", numbers.CanReserve); err != nil {
		return nil, err
	}
	if err := (numbers.OrderRequest{Numbers: r.Numbers}).Validate("Reserve", m.caps); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.enter(ctx, "Reserve"); err != nil {
		return nil, err
	}
	m.nextID++
	out := &numbers.Reservation{Vendor: m.caps.Vendor, Account: m.opts.Account, ID: "reservation", Reference: r.Reference}
	for _, n := range r.Numbers {
		item := numbers.ReservedItem{E164: n, VendorNumber: string(n)}
		if m.sold(n) || m.holds[n].After(time.Now()) {
			item.Err = m.fail("Reserve", numbers.ErrNumberUnavailable, []numbers.E164{n}, "", "")
		} else {
			item.Held, item.Expires = true, time.Now().Add(m.caps.HoldFor)
			m.holds[n] = item.Expires
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}

// Cancel implements numbers.Canceler.
func (m *Memory) Cancel(ctx context.Context, order *numbers.Order) (*numbers.Order, error) {
	if err := m.unsupported("Cancel", numbers.CanCancel); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.enter(ctx, "Cancel"); err != nil {
		return nil, err
	}
	for _, o := range m.orders {
		if o.order.ID != order.ID {
			continue
		}
		if m.show(o).State != numbers.StatePending {
			return m.show(o), nil
		}
		for i := range o.order.Items {
			item := &o.order.Items[i]
			item.State = numbers.StateCancelled
			m.release(item.E164)
		}
		return m.show(o), nil
	}
	return nil, m.fail("Cancel", numbers.ErrNotFound, order.Numbers(), "", "")
}

// Owned implements numbers.Inventory.
func (m *Memory) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	if err := m.unsupported("Owned", numbers.CanListOwned); err != nil {
		return func(yield func(*numbers.Number, error) bool) { yield(nil, err) }
	}
	return pages(ctx, m, "Owned", func() []*numbers.Number {
		var all []*numbers.Number
		for _, own := range m.owned {
			if !time.Now().Before(own.listed) {
				n := own.number
				all = append(all, &n)
			}
		}
		return all
	}, func(n *numbers.Number) bool {
		return q.Match(n) && (n.State != numbers.NumberReleased || slices.Contains(q.States, numbers.NumberReleased))
	})
}

// Release implements numbers.Releaser.
func (m *Memory) Release(ctx context.Context, n *numbers.Number) error {
	if err := m.unsupported("Release", numbers.CanRelease); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.enter(ctx, "Release"); err != nil {
		return err
	}
	for _, own := range m.owned {
		if own.number.ID != n.ID {
			continue
		}
		if own.number.E164 != n.E164 {
			return m.fail("Release", numbers.ErrConflict, []numbers.E164{n.E164}, "the id is another number's", "")
		}
		m.release(n.E164)
	}
	return nil
}

func (m *Memory) release(n numbers.E164) {
	for _, own := range m.owned {
		if own.number.E164 == n {
			own.number.State, own.number.VendorState = numbers.NumberReleased, "released"
		}
	}
	for i := range m.books.Purchases {
		if p := &m.books.Purchases[i]; p.Number == string(n) && p.Owns() {
			p.Released = time.Now()
		}
	}
}

// Assign implements numbers.Assigner.
func (m *Memory) Assign(ctx context.Context, n *numbers.Number, a numbers.Assignment) (*numbers.Number, error) {
	if err := m.unsupported("Assign", numbers.CanAssign); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.enter(ctx, "Assign"); err != nil {
		return nil, err
	}
	for _, own := range m.owned {
		if own.number.ID == n.ID && own.number.State != numbers.NumberReleased {
			if a.Connection != "" {
				own.number.Assignment.Connection = a.Connection
			}
			if a.MessagingProfile != "" {
				own.number.Assignment.MessagingProfile = a.MessagingProfile
			}
			out := own.number
			return &out, nil
		}
	}
	return nil, m.fail("Assign", numbers.ErrNotFound, []numbers.E164{n.E164}, "", "")
}
