package numberstest

import (
	"errors"

	"github.com/tnkit/tnkit/numbers"
)

func cancelChecks() []check {
	return []check{
		{name: "canceling undoes what is pending", run: cancels},
		{name: "canceling leaves what is complete", run: cancelsNothing},
	}
}

func cancels(p *probe) {
	if !p.caps.Can.Has(numbers.CanCancel) {
		return
	}
	o := p.place(0)
	if o.Settled() {
		return // there is nothing to cancel
	}
	canceled, err := p.cancel(p.Context(), o)
	if err != nil || canceled == nil {
		p.Fatalf("Cancel of a pending order: order %v, error %v", canceled, err)
	}
	read, err := p.Orderer.Order(p.Context(), o.ID)
	switch {
	case errors.Is(err, numbers.ErrNotFound) && p.caps.ListingDelay > 0: // it is not shown yet
	case err != nil || read == nil:
		p.Fatalf("Order %s, which was canceled: %v, error %v", o.ID, read, err)
	case canceled.State != read.State:
		p.Errorf("Cancel returned the order as %s, and it is read as %s", canceled.State, read.State)
	}
	canceled = p.wait(canceled)
	if owned := p.owns(p.Number(0)); owned != 0 || canceled.State != numbers.StateCanceled && canceled.State != numbers.StateFailed {
		p.Errorf("an order that was pending was canceled and is %s, and by the books the number is owned %d times", canceled.State, owned)
	}
}

// cancelsNothing cancels an order that is complete. The vendor may refuse that.
func cancelsNothing(p *probe) {
	if !p.caps.Can.Has(numbers.CanCancel) {
		return
	}
	o := p.settled(0)
	canceled, err := p.cancel(p.Context(), o)
	if err == nil && (canceled == nil || canceled.State != o.State) {
		p.Errorf("Cancel of an order that was %s returned %+v", o.State, canceled)
	}
	read, err := p.Orderer.Order(p.Context(), o.ID)
	if err != nil || read == nil || read.State != o.State {
		p.Errorf("an order that was %s was canceled, and is read as %+v, error %v", o.State, read, err)
	}
	if owned := p.owns(p.Number(0)); owned != 1 {
		p.Errorf("an order that was %s was canceled, and by the books the number is owned %d times", o.State, owned)
	}
}
