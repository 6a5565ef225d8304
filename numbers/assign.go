package numbers

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// assignAll assigns what the orders could not.
func (b *buyer) assignAll(ctx context.Context) {
	if b.later.IsZero() {
		return
	}
	open := make(map[E164]*part)
	for _, p := range b.parts {
		if p.order == nil || p.strange() != nil {
			continue
		}
		order := p.told()
		for _, item := range order.Items {
			if item.E164 != "" && bought(order, item) {
				open[item.E164] = p
			}
		}
	}
	until := time.Now().Add(max(b.caps.ListingDelay, time.Second))
	for pause := time.Second; ; pause = min(2*pause, 30*time.Second) {
		err := b.assignListed(ctx, open)
		if len(open) == 0 {
			return
		}
		if err != nil && !mayPass(err) || !time.Now().Before(until) || sleep(ctx, pause) != nil {
			b.giveUpAssigning(open, err)
			return
		}
	}
}

// assignListed assigns the numbers of open that the inventory lists, and takes
// them out.
func (b *buyer) assignListed(ctx context.Context, open map[E164]*part) error {
	owned, err := ownedOf(ctx, b.o, slices.Sorted(maps.Keys(open)))
	if err != nil {
		return err
	}
	slots := make(chan struct{}, b.opts.Concurrency)
	var wg sync.WaitGroup
	for _, own := range owned {
		p, ok := open[own.E164]
		if !ok {
			continue // listed twice
		}
		delete(open, own.E164)
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			_, err := Assign(ctx, b.o, own, b.later)
			b.assigned(p, own.E164, err)
		})
	}
	wg.Wait()
	return nil
}

func (b *buyer) giveUpAssigning(open map[E164]*part, err error) {
	for _, n := range slices.Sorted(maps.Keys(open)) {
		cause := err
		if cause == nil {
			cause = b.caps.err("Assign", ErrNotFound, "", "the account does not list it", n)
		}
		b.assigned(open[n], n, cause)
	}
}

// assigned reports how assigning a number went.
func (b *buyer) assigned(p *part, n E164, err error) {
	if err != nil {
		err = b.caps.err("Assign", kindOf(err), "", "the number was bought, and could not be assigned", n).because(err)
		b.mu.Lock()
		p.also = append(p.also, err)
		b.mu.Unlock()
	}
	e := p.event(EventAssigned, err)
	e.Numbers = []E164{n}
	b.event(e)
}
