package fleet

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/internal/pace"
	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

// BulkOptions are the options of ReleaseAll and AssignAll. The zero value means the
// defaults.
type BulkOptions struct {
	// Concurrency is the largest count of requests that run at each account at the same
	// time; 0 = 32. The client's Limiter sets how many requests are sent in a second.
	Concurrency int
	// StopAfter is the count of failed numbers after which the work stops: requests that
	// are running are finished, and no others are begun. 0 = 10; a negative value never
	// stops.
	StopAfter int
	// OnItem is called once for each number of the list, with nil if the number is done,
	// and with its error otherwise. The error of a number that was not tried wraps
	// [ErrNotTried]. Only one goroutine calls OnItem at a time, in the order in which the
	// numbers are done.
	OnItem func(n *numbers.Number, err error)
}

// ErrNotTried is the error of a number for which nothing was sent, because the work
// stopped before it.
var ErrNotTried = errors.New("not tried")

// Bulk is the result of a list. It counts each number of the list once.
type Bulk struct {
	Done     int `json:"done"`
	Failed   int `json:"failed"`
	NotTried int `json:"not_tried"`
}

// BulkError is the error of a list of numbers that were not all done.
type BulkError struct {
	Bulk
	// Err is the reason why the work stopped early, or nil if it did not.
	Err error
	// First is the first error of a number, or nil if no number failed.
	First error
}

// Error returns how many numbers were done, failed and were not tried, and the first
// error.
func (e *BulkError) Error() string {
	text := fmt.Sprintf("%d done, %d failed, %d not tried", e.Done, e.Failed, e.NotTried)
	for _, err := range []error{e.Err, e.First} {
		if err != nil {
			text += ": " + err.Error()
		}
	}
	return text
}

// Unwrap returns Err and First.
func (e *BulkError) Unwrap() (errs []error) {
	for _, err := range []error{e.Err, e.First} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// ReleaseAll gives the numbers of a list back to the vendors permanently, as
// account.Account.Release does. count is the count of numbers that the caller expects in
// the list. ReleaseAll reads the list to its end before it releases anything. It releases
// nothing if the list has more or fewer numbers, has a number twice, has a number of an
// account that is not in the fleet, or ends with an error. The error is then ErrInvalid,
// or the kind of the list's own error, and the Bulk is empty.
//
// The accounts work in parallel, each with Concurrency requests at the same time. The
// Bulk counts every number, and OnItem is called for every number, also if ctx ends. The
// error is nil if all numbers are done. Otherwise it is a *BulkError, and the Bulk is
// returned with it. The memory grows with count. The vendor's own objects (Number.Native)
// are not kept.
func (f *Fleet) ReleaseAll(ctx context.Context, list iter.Seq2[*numbers.Number, error], count int, opts *BulkOptions) (Bulk, error) {
	const op = "ReleaseAll"
	if err := f.checkBulk(ctx, op, list); err != nil {
		return Bulk{}, err
	}
	all, err := f.readExpected(op, list, count)
	if err != nil {
		return Bulk{}, err
	}
	w := f.newWork(ctx, op, opts, func(ctx context.Context, a *account.Account, n *numbers.Number) error {
		return a.Release(ctx, n)
	})
	var feeding sync.WaitGroup
	for _, a := range f.accounts { // a slow account does not delay the others
		feeding.Go(func() {
			for _, n := range all {
				if n.Account == a.Name() && !w.hand(ctx, n) {
					w.notTried(n, w.over(ctx))
				}
			}
		})
	}
	feeding.Wait()
	return w.finish(nil)
}

// readExpected reads a list to its end, and refuses it if it is not as the caller
// expects.
func (f *Fleet) readExpected(op string, list iter.Seq2[*numbers.Number, error], count int) ([]*numbers.Number, error) {
	if count < 0 {
		return nil, f.invalid(op, "count", "it is negative")
	}
	var all []*numbers.Number
	seen := make(set.Set[[2]string])
	for n, err := range list {
		if err == nil {
			err = f.checkItem(op, n)
		}
		if err != nil {
			return nil, because(f.err(op, numbers.KindOf(err), "list", "nothing was released"), err)
		}
		id := [2]string{n.Account, n.ID}
		if seen.Has(id) {
			return nil, f.invalid(op, "list", "nothing was released: the list has the number twice", n.E164)
		}
		if len(all) == count {
			return nil, f.invalid(op, "count", fmt.Sprintf("nothing was released: the list has more than %d numbers", count))
		}
		seen.Add(id)
		kept := *n
		kept.Native = nil
		all = append(all, &kept)
	}
	if len(all) != count {
		return nil, f.invalid(op, "count", fmt.Sprintf("nothing was released: the list has %d numbers, and %d were expected", len(all), count))
	}
	return all, nil
}

// AssignAll connects the numbers of a list, as account.Account.Assign does. The function
// to returns the Assignment of each number. If the Assignment sets no field, the number
// is not changed and counts as done. Only one goroutine calls to.
//
// The list is read while numbers are assigned, not further ahead than the requests that
// are running. The Bulk, OnItem and the error are as in [Fleet.ReleaseAll]. If the list
// ends with an error, the numbers that were already read are assigned. Numbers that were
// not read are not counted in NotTried.
func (f *Fleet) AssignAll(ctx context.Context, list iter.Seq2[*numbers.Number, error], to func(*numbers.Number) numbers.Assignment, opts *BulkOptions) (Bulk, error) {
	const op = "AssignAll"
	if err := f.checkBulk(ctx, op, list); err != nil {
		return Bulk{}, err
	}
	if to == nil {
		return Bulk{}, f.invalid(op, "to", "it is nil")
	}
	var turn sync.Mutex
	w := f.newWork(ctx, op, opts, func(ctx context.Context, a *account.Account, n *numbers.Number) error {
		turn.Lock()
		assignment := to(n)
		turn.Unlock()
		if assignment.IsZero() {
			return nil
		}
		_, err := a.Assign(ctx, n, assignment)
		return err
	})
	var broken error
	for n, err := range list {
		if err == nil {
			err = f.checkItem(op, n)
		}
		if err != nil {
			broken = err
			break
		}
		if !w.hand(ctx, n) {
			w.notTried(n, w.over(ctx))
			break
		}
	}
	return w.finish(broken)
}

func (f *Fleet) checkBulk(ctx context.Context, op string, list iter.Seq2[*numbers.Number, error]) error {
	switch {
	case ctx == nil:
		return f.invalid(op, "ctx", "it is nil")
	case list == nil:
		return f.invalid(op, "list", "it is nil")
	}
	return nil
}

// checkItem refuses a number whose account is not in the fleet.
func (f *Fleet) checkItem(op string, n *numbers.Number) error {
	switch {
	case n == nil:
		return f.invalid(op, "list", "it has a number that is nil")
	case f.index(n.Account) < 0:
		return f.invalid(op, "list", "a number belongs to account "+quote(n.Account)+", which is not in the fleet", n.E164)
	}
	return nil
}

// work is one running ReleaseAll or AssignAll. Each account has workers, which take its
// numbers from a queue.
type work struct {
	op      string
	opts    BulkOptions
	do      func(context.Context, *account.Account, *numbers.Number) error
	queues  map[string]chan *numbers.Number
	running sync.WaitGroup
	cancel  context.CancelFunc // ends the waiting for the pace

	mu      sync.Mutex
	result  Bulk
	first   error
	stopped error // why no more numbers are begun
}

// atOneAccount is the default of BulkOptions.Concurrency.
const atOneAccount = 32

func (f *Fleet) newWork(ctx context.Context, op string, opts *BulkOptions, do func(context.Context, *account.Account, *numbers.Number) error) *work {
	w := &work{op: op, do: do, queues: make(map[string]chan *numbers.Number)}
	going, cancel := context.WithCancel(ctx)
	w.cancel = cancel
	if opts != nil {
		w.opts = *opts
	}
	if w.opts.Concurrency <= 0 {
		w.opts.Concurrency = atOneAccount
	}
	if w.opts.StopAfter == 0 {
		w.opts.StopAfter = 10
	}
	for _, a := range f.accounts {
		queue, speed := make(chan *numbers.Number), new(pace.Pace)
		w.queues[a.Name()] = queue
		for range w.opts.Concurrency {
			w.running.Go(func() {
				for n := range queue {
					w.one(ctx, going, a, n, speed)
				}
			})
		}
	}
	return w
}

// hand passes a number to its account's workers. It returns false if no more numbers are
// begun.
func (w *work) hand(ctx context.Context, n *numbers.Number) bool {
	if w.over(ctx) != nil {
		return false
	}
	w.queues[n.Account] <- n // a worker takes it soon, also if the work was stopped
	return true
}

// over returns the reason why no more numbers are begun, or nil.
func (w *work) over(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped == nil {
		w.stopped = ctxerr.Of(ctx)
	}
	return w.stopped
}

// mostRefused is how often one number is tried again after a 429.
const mostRefused = 10

// one releases or assigns one number. going ends when no more numbers are begun.
func (w *work) one(ctx, going context.Context, a *account.Account, n *numbers.Number, speed *pace.Pace) {
	for refused := 0; ; refused++ {
		entered, err := speed.Enter(going)
		if stopped := w.over(ctx); stopped != nil {
			if err == nil {
				speed.Leave(entered, false)
			}
			w.notTried(n, stopped)
			return
		}
		err = w.do(ctx, a, n)
		if refused < mostRefused && errors.Is(err, numbers.ErrRateLimited) {
			speed.Refused(entered, backOff(refused, errorIn(err)))
			continue
		}
		speed.Leave(entered, err == nil)
		w.did(n, failure(a, err))
		return
	}
}

// backOff returns how long nothing is sent to an account after a 429.
func backOff(try int, e *numbers.Error) time.Duration {
	if e != nil && e.RetryAfter > 0 {
		return min(e.RetryAfter, 24*time.Hour)
	}
	d := time.Second << min(try, 6)
	return d/2 + rand.N(d/2)
}

// did counts a number that was tried.
func (w *work) did(n *numbers.Number, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		w.result.Done++
	} else {
		w.result.Failed++
		if w.first == nil {
			w.first = err
		}
		if w.result.Failed == w.opts.StopAfter && w.stopped == nil {
			w.stopped = &numbers.Error{Op: w.op, Kind: numbers.ErrIncomplete, Message: fmt.Sprintf("the work was stopped after %d failures", w.result.Failed)}
			w.cancel()
		}
	}
	w.report(n, err)
}

// notTried counts a number that was not tried.
func (w *work) notTried(n *numbers.Number, reason error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.result.NotTried++
	w.report(n, fmt.Errorf("%w: %w", ErrNotTried, reason))
}

func (w *work) report(n *numbers.Number, err error) {
	if w.opts.OnItem != nil {
		w.opts.OnItem(n, err)
	}
}

// finish waits for the running requests and returns the result. broken is the reason why
// the list ended early.
func (w *work) finish(broken error) (Bulk, error) {
	for _, queue := range w.queues {
		close(queue)
	}
	w.running.Wait()
	w.cancel()
	err := w.stopped
	if broken != nil {
		err = broken
	}
	if err == nil && w.first == nil {
		return w.result, nil
	}
	return w.result, &BulkError{Bulk: w.result, Err: err, First: w.first}
}
