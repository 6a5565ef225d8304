package numbers

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// WaitOptions are the options of [Wait]. The zero value means the defaults.
type WaitOptions struct {
	// MinInterval is the first wait between two readings; 0 = 1 s. It grows by
	// half each time, with jitter.
	MinInterval time.Duration
	// MaxInterval caps it; 0 = 30 s.
	MaxInterval time.Duration
	// OnPoll is called after every reading with the order as it stands.
	OnPoll func(*Order)
}

// Settled reports whether [Wait] would stop at o: it is terminal, Final, or
// stands still until somebody acts.
func (o *Order) Settled() bool {
	return o != nil && (o.State.Terminal() || o.Final || o.State == StateActionRequired)
}

// Wait reads an order until it settles: until it is terminal, Final, or
// ActionRequired. err == nil means that it settled; read its State. Wait needs
// only the id, so that another process can take it up. It is bounded by ctx
// alone.
//
// A reading that fails is not an order that failed: Wait goes on after
// anything that may pass, and honours Retry-After. Within the vendor's settle
// time a 404 is "not yet". Where it gives up, the order as last read (nil if
// it never was) comes beside the error.
func Wait(ctx context.Context, o Orderer, id string, opts *WaitOptions) (*Order, error) {
	if opts == nil {
		opts = &WaitOptions{}
	}
	switch {
	case o == nil:
		return nil, &Error{Op: "Wait", Kind: ErrInvalid, Field: "Orderer", Message: "the Orderer is nil"}
	case id == "":
		return nil, &Error{Op: "Wait", Vendor: o.Capabilities().Vendor, Kind: ErrInvalid, Field: "id", Message: "it is empty"}
	}
	return (&waiter{o: o, id: id, opts: *opts, caps: o.Capabilities(), began: time.Now()}).run(ctx)
}

type waiter struct {
	o     Orderer
	id    string
	opts  WaitOptions
	caps  Capabilities
	began time.Time
	last  *Order
}

func (w *waiter) run(ctx context.Context) (*Order, error) {
	interval, most := w.opts.MinInterval, w.opts.MaxInterval
	if interval <= 0 {
		interval = time.Second
	}
	if most <= 0 {
		most = 30 * time.Second
	}
	for {
		order, err := w.o.Order(ctx, w.id)
		switch {
		case err == nil && order != nil:
			w.last = order
			if w.opts.OnPoll != nil {
				w.opts.OnPoll(order)
			}
			if order.Settled() {
				return order, nil
			}
		case err != nil && !w.passes(err):
			return w.last, err
		}
		pause := interval/2 + rand.N(interval/2+1)
		if e, ok := errors.AsType[*Error](err); ok && e.RetryAfter > pause {
			pause = e.RetryAfter
		}
		if cause := sleep(ctx, pause); cause != nil {
			return w.last, &Error{
				Op: "Wait", Vendor: w.caps.Vendor, Kind: ErrUnreachable, Numbers: w.last.Numbers(),
				Message: "stopped before the order settled", Err: cause,
			}
		}
		interval = min(interval+interval/2, most)
	}
}

// passes reports whether a later reading may go better.
func (w *waiter) passes(err error) bool {
	if errors.Is(err, ErrNotFound) {
		return w.last == nil && time.Since(w.began) < max(w.caps.Settle, time.Second)
	}
	return errors.Is(err, ErrUnreachable) || errors.Is(err, ErrVendor) || errors.Is(err, ErrRateLimited)
}
