package account

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
)

// Notify reports that an order, or some numbers, may have changed at the vendor. A
// Wait or Buy of this Account that waits for them reads again at once. Call it, for
// example, in a handler of the vendor's webhooks. orderID may be "". A notification
// is only a hint: early, repeated or forged notifications do no harm, because only
// the reading counts. Notify has no effect in other processes.
func (a *Account) Notify(orderID string, list ...numbers.E164) { a.wake.notify(orderID, list) }

// wakeups are those who wait for an order.
type wakeups struct {
	mu      sync.Mutex
	waiting map[*waiting]struct{}
}

type waiting struct {
	orderID string
	numbers []numbers.E164
	wake    chan struct{}
}

// join waits for an order from now on; call leave when done.
func (w *wakeups) join(orderID string, list []numbers.E164) *waiting {
	w.mu.Lock()
	defer w.mu.Unlock()
	one := &waiting{orderID: orderID, numbers: list, wake: make(chan struct{}, 1)}
	if w.waiting == nil {
		w.waiting = make(map[*waiting]struct{})
	}
	w.waiting[one] = struct{}{}
	return one
}

func (w *wakeups) leave(one *waiting) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.waiting, one)
}

func (w *wakeups) notify(orderID string, list []numbers.E164) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for one := range w.waiting {
		if orderID != "" && strings.EqualFold(one.orderID, orderID) ||
			slices.ContainsFunc(list, func(n numbers.E164) bool { return slices.Contains(one.numbers, n) }) {
			select {
			case one.wake <- struct{}{}:
			default: // it will wake anyway
			}
		}
	}
}

// sleep waits until d is over or a notification comes, or returns why ctx ended.
func (one *waiting) sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(max(d, 0))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-one.wake:
		return nil
	case <-ctx.Done():
		return ctxerr.Of(ctx)
	}
}
