package numberstest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// able returns the Orderer, or one that it wraps, as the optional interface T, if the
// ability is declared.
func able[T any](p *probe, op string, can numbers.Ability) (T, error) {
	t, ok := driver.As[T](p.Orderer)
	if !ok || !p.caps.Can.Has(can) {
		return t, &numbers.Error{Op: op, Vendor: p.caps.Vendor, Kind: errors.ErrUnsupported}
	}
	return t, nil
}

func (p *probe) search(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
	s, err := able[numbers.Searcher](p, "Search", numbers.CanSearch)
	if err != nil {
		return driver.Failed[numbers.Offer](err)
	}
	return s.Search(ctx, q)
}

func (p *probe) quote(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
	q, err := able[numbers.Quoter](p, "Quote", numbers.CanQuote)
	if err != nil {
		return nil, err
	}
	return q.Quote(ctx, r)
}

func (p *probe) reserve(ctx context.Context, r numbers.ReserveRequest) (*numbers.Reservation, error) {
	s, err := able[numbers.Reserver](p, "Reserve", numbers.CanReserve)
	if err != nil {
		return nil, err
	}
	return s.Reserve(ctx, r)
}

func (p *probe) cancel(ctx context.Context, o *numbers.Order) (*numbers.Order, error) {
	c, err := able[numbers.Canceler](p, "Cancel", numbers.CanCancel)
	if err != nil {
		return nil, err
	}
	return c.Cancel(ctx, o)
}

func (p *probe) owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	i, err := able[numbers.Inventory](p, "Owned", numbers.CanListOwned)
	if err != nil {
		return driver.Failed[numbers.Number](err)
	}
	return i.Owned(ctx, q)
}

func (p *probe) release(ctx context.Context, n *numbers.Number) error {
	r, err := able[numbers.Releaser](p, "Release", numbers.CanRelease)
	if err != nil {
		return err
	}
	return r.Release(ctx, n)
}

func (p *probe) assign(ctx context.Context, n *numbers.Number, a numbers.Assignment) (*numbers.Number, error) {
	s, err := able[numbers.Assigner](p, "Assign", numbers.CanAssign)
	if err != nil {
		return nil, err
	}
	return s.Assign(ctx, n, a)
}

// resolve makes one reading, with the Orderer's own Resolver or by its listings.
func (p *probe) resolve(ctx context.Context, attempts ...numbers.Attempt) ([]numbers.Resolution, []error) {
	r, err := able[numbers.Resolver](p, "Resolve", numbers.CanResolve)
	if err != nil {
		return driver.ResolveByListing(ctx, p.Orderer, attempts, nil)
	}
	resolutions, errs := r.ResolveAll(ctx, attempts)
	if len(resolutions) != len(attempts) || len(errs) != len(attempts) {
		p.Fatalf("ResolveAll of %d attempts returned %d resolutions and %d errors", len(attempts), len(resolutions), len(errs))
	}
	return resolutions, errs
}

// lookup finds an owned number. The error is ErrNotFound if the account does not have it.
func (p *probe) lookup(n numbers.E164) (*numbers.Number, error) {
	for own, err := range p.owned(p.Context(), numbers.OwnedQuery{Numbers: []numbers.E164{n}}) {
		if err != nil || own.E164 == n {
			return own, err
		}
	}
	return nil, &numbers.Error{Op: "Owned", Vendor: p.caps.Vendor, Kind: numbers.ErrNotFound, Numbers: []numbers.E164{n}}
}

// find is lookup for a number that was bought. It waits until the vendor lists the
// number.
func (p *probe) find(n numbers.E164) *numbers.Number {
	p.Helper()
	began := time.Now()
	own, err := p.lookup(n)
	for errors.Is(err, numbers.ErrNotFound) && time.Since(began) < p.caps.ListingDelay {
		time.Sleep(time.Second)
		own, err = p.lookup(n)
	}
	if err != nil {
		p.Fatalf("looking up %s, which was bought: %v", n, err)
	}
	return own
}

// wait reads an order that has no fault until it settles.
func (p *probe) wait(o *numbers.Order) *numbers.Order {
	p.Helper()
	ctx, cancel := p.enough()
	defer cancel()
	last := fmt.Errorf("it is %s", o.State)
	for ctx.Err() == nil {
		read, err := p.Orderer.Order(ctx, o.ID)
		switch {
		case err == nil && read == nil:
			p.Fatalf("Order %s returned neither an order nor an error", o.ID)
		case err != nil:
			last = err
		case read.Settled():
			return read
		default:
			last = fmt.Errorf("it is %s", read.State)
		}
		pass(ctx, time.Second)
	}
	p.Fatalf("order %s without a fault does not settle: %v", o.ID, last)
	return nil
}
