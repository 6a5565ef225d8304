package numbers

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
)

// WaitOptions are the options of [Wait]. The zero value means the defaults.
type WaitOptions struct {
	// MinInterval is the first wait between two readings; 0 = 1 s. It grows by
	// half each time, with jitter.
	MinInterval time.Duration
	// MaxInterval caps it; 0 = 30 s. The vendor's Retry-After may be longer.
	MaxInterval time.Duration
	// OnPoll is called after every reading with the order as it stands; by
	// [Buy], which waits for several orders, by one goroutine at a time.
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
// alone; where ctx ends first, the error is ErrPending.
//
// A reading that fails is not an order that failed: Wait goes on after
// anything that may pass, and honours Retry-After. Within the vendor's settle
// time a 404 is "not yet". Where it gives up, the order as last read (nil if
// it never was) comes beside the error.
func Wait(ctx context.Context, o Orderer, id string, opts *WaitOptions) (*Order, error) {
	const op = "Wait"
	if err := usable(op, o); err != nil {
		return nil, err
	}
	caps := o.Capabilities()
	if id == "" {
		return nil, caps.err(op, ErrInvalid, "id", "it is empty")
	}
	w := waiter{caps: caps, id: id, read: func(ctx context.Context) (*Order, error) { return o.Order(ctx, id) }}
	if opts != nil {
		w.opts = *opts
	}
	return w.run(ctx)
}

type waiter struct {
	caps Capabilities
	id   string
	read func(context.Context) (*Order, error)
	opts WaitOptions
	last *Order
}

func (w *waiter) run(ctx context.Context) (*Order, error) {
	interval, most := w.opts.MinInterval, w.opts.MaxInterval
	if interval <= 0 {
		interval = time.Second
	}
	if most <= 0 {
		most = max(30*time.Second, interval)
	}
	began := time.Now()
	for {
		if cause := ctxerr.Of(ctx); cause != nil {
			return w.last, w.stopped(cause)
		}
		order, err := w.read(ctx)
		order, err = w.caps.theOne(order, err, "Wait", w.id, w.last.Numbers()...)
		switch {
		case err == nil:
			w.last = order
			if w.opts.OnPoll != nil {
				w.opts.OnPoll(order)
			}
			if order.Settled() {
				return order, nil
			}
		case !w.passes(err, began): // another order in its place may be the right one next time
			return w.last, err
		}
		interval = min(interval, most)
		pause := interval/2 + rand.N(interval/2+1)
		if e := errorIn(err); e != nil && e.RetryAfter > pause {
			pause = e.RetryAfter
		}
		if cause := sleep(ctx, pause); cause != nil {
			return w.last, w.stopped(cause)
		}
		interval += interval/2 + 1
	}
}

func (w *waiter) stopped(cause error) error {
	return w.caps.err("Wait", ErrPending, "", "stopped before order "+quote(w.id)+" settled", w.last.Numbers()...).because(cause)
}

// passes reports whether a later reading may go better.
func (w *waiter) passes(err error, began time.Time) bool {
	if errors.Is(err, ErrNotFound) {
		return time.Since(began) < max(w.caps.ListingDelay, time.Second)
	}
	return mayPass(err)
}

// sleepUntil waits, or returns why ctx ended.
func sleepUntil(ctx context.Context, t time.Time) error { return sleep(ctx, time.Until(t)) }

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctxerr.Of(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctxerr.Of(ctx)
	}
}
