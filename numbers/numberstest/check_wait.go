package numberstest

import (
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func waitChecks() []check {
	return []check{{name: "an order that never settles stays pending", run: stuck}}
}

func stuck(p *probe) {
	if !p.takes(StuckPending) {
		return // orders don't hang at this vendor
	}
	p.Inject(Fault{Kind: StuckPending})
	ctx, cancel := p.enough()
	defer cancel()
	o, err := p.Orderer.Place(ctx, p.request(0))
	if err != nil || o == nil {
		p.Fatalf("Place of an order that the vendor never settles: order %v, error %v; it is placed, whatever its state", o, err)
	}
	if o.State.Terminal() {
		p.Errorf("the vendor never settles the order, and it is placed as %s", o.State)
	}
	for range 4 {
		time.Sleep(p.caps.ListingDelay/2 + p.SettleWithin)
		read, err := p.Orderer.Order(p.Context(), o.ID)
		if err != nil || read == nil {
			p.Fatalf("Order %s: %v, error %v", o.ID, read, err)
		}
		if read.State.Terminal() {
			p.Errorf("the vendor never settles the order, and it is read as %s", read.State)
			return
		}
		for _, item := range read.Items {
			if item.State.Terminal() {
				p.Errorf("the vendor never settles the order, and its number %s is read as %s", item.E164, item.State)
				return
			}
		}
	}
	for _, listed := range p.orders(numbers.OrderQuery{}) {
		if listed.State.Terminal() {
			p.Errorf("the vendor never settles the order, and it is listed as %s", listed.State)
		}
	}
}
