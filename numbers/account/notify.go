package account

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

const (
	// firstQuiet is how long after a reading a notification must wait at first.
	firstQuiet = 100 * time.Millisecond
	// mostQuiet is the longest that this grows to.
	mostQuiet = 5 * time.Second
)

// Notify reports that an order, or some numbers, may have changed at the vendor. Every
// call of this Account that waits for one of them reads it again at once: Wait and Buy
// while an order is pending, and Buy, Resolve and Recover while the outcome of an
// attempt is unknown. Call Notify in a handler of the vendor's webhooks. It returns at
// once and sends nothing itself.
//
// orderID may be "". Pass the numbers too if the webhook has them: an order whose
// answer is late or lost is known here only by its numbers.
//
// A notification is only a hint, because only the reading counts. A notification for
// which nothing waits is ignored. Repeated or forged notifications make few readings:
// the first is obeyed at once, and each further one needs a pause after the last
// reading. The pause is 100 ms at first and doubles up to 5 s. The polls do not change:
// without notifications, and in other processes, orders are read as often as before.
func (a *Account) Notify(orderID string, list ...numbers.E164) { a.wake.notify(orderID, list) }

// subject is what a notification is about: an order id in small letters, or a number.
type subject string

func aboutOrder(id string) subject { return subject("order " + strings.ToLower(id)) }

func aboutNumber(n numbers.E164) subject { return subject(n) }

// wakeups are the readers that wait, by what they wait for.
type wakeups struct {
	mu      sync.Mutex
	readers map[subject]set.Set[*reader]
}

// reader reads the same again and again until it shows an outcome.
type reader struct {
	of    *wakeups
	about set.Set[subject] // guarded by of.mu
	wake  chan struct{}
	quiet time.Duration // how long after a reading a notification waits
}

// join waits for an order, some numbers, or both from now on. Call leave when done.
func (w *wakeups) join(orderID string, list []numbers.E164) *reader {
	r := &reader{of: w, about: make(set.Set[subject]), wake: make(chan struct{}, 1), quiet: firstQuiet}
	if orderID != "" {
		r.watch(aboutOrder(orderID))
	}
	r.alsoNumbers(list)
	return r
}

// alsoNumbers adds numbers that the reader waits for.
func (r *reader) alsoNumbers(list []numbers.E164) {
	about := make([]subject, len(list))
	for i, n := range list {
		about[i] = aboutNumber(n)
	}
	r.watch(about...)
}

func (r *reader) watch(about ...subject) {
	r.of.mu.Lock()
	defer r.of.mu.Unlock()
	for _, s := range about {
		r.about.Add(s)
		if r.of.readers[s] == nil {
			if r.of.readers == nil {
				r.of.readers = make(map[subject]set.Set[*reader])
			}
			r.of.readers[s] = make(set.Set[*reader])
		}
		r.of.readers[s].Add(r)
	}
}

func (r *reader) leave() {
	r.of.mu.Lock()
	defer r.of.mu.Unlock()
	for s := range r.about {
		if delete(r.of.readers[s], r); len(r.of.readers[s]) == 0 {
			delete(r.of.readers, s)
		}
	}
}

func (w *wakeups) notify(orderID string, list []numbers.E164) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if orderID != "" {
		w.wakeAbout(aboutOrder(orderID))
	}
	for _, n := range list {
		w.wakeAbout(aboutNumber(n))
	}
}

func (w *wakeups) wakeAbout(s subject) {
	for r := range w.readers[s] {
		select {
		case r.wake <- struct{}{}:
		default: // it will wake anyway
		}
	}
}

// sleepUntil waits for the next poll or for a notification, but at least as long as the
// vendor asked for (atLeast). It returns why ctx ended.
func (r *reader) sleepUntil(ctx context.Context, poll time.Time, atLeast time.Duration) error {
	quiet := max(min(r.quiet, time.Until(poll)), atLeast)
	if cause := sleep(ctx, quiet); cause != nil {
		return cause
	}
	timer := time.NewTimer(max(time.Until(poll), 0))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-r.wake:
		r.quiet = min(2*r.quiet, mostQuiet)
		return nil
	case <-ctx.Done():
		return ctxerr.Of(ctx)
	}
}

// retryAfter is how long the vendor asks to wait after an error. No notification shortens
// it.
func retryAfter(err error) time.Duration {
	if e := errorIn(err); e != nil {
		return e.RetryAfter
	}
	return 0
}
