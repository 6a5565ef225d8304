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
	// Concurrency is how many requests are under way at each account at the same time; 0 =
	// 32. The client's Limiter decides how many are sent in a second.
	Concurrency int
	// StopAfter ends the work after so many numbers have failed: nothing more is begun, and
	// what is under way is finished. 0 = 10; a negative value never stops.
	StopAfter int
	// OnItem is called once for each number of the list: with nil where it is done, and with
	// its error otherwise. One that was not tried has an error that wraps [ErrNotTried]. It is
	// called by one goroutine at a time, in the order in which the numbers are done.
	OnItem func(n *numbers.Number, err error)
}

// ErrNotTried is the error of a number for which nothing was sent, because the work was
// stopped before.
var ErrNotTried = errors.New("not tried")

// Bulk is what came of a list: each of its numbers is in one of the three.
type Bulk struct {
	Done     int `json:"done"`
	Failed   int `json:"failed"`
	NotTried int `json:"not_tried"`
}

// BulkError is what went wrong with a list of numbers.
type BulkError struct {
	Bulk
	// Err is why the work stopped before its end; nil where it did not.
	Err error
	// First is the first error of a number; nil where none failed.
	First error
}

// Error says how many numbers failed and were not tried, and the first reason.
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

// ReleaseAll gives numbers back, for good, as account.Account.Release does. count is how
// many numbers the caller expects in the list. The list is read to its end before anything
// is released. If it has more or fewer numbers, a number twice, one of no account of the
// fleet, or ends with an error, nothing is released: the error is ErrInvalid or the list's
// own, and the Bulk is empty.
//
// The accounts work side by side, each with Concurrency requests at the same time. Every
// number is accounted for in the Bulk and by OnItem, also if ctx ends. err is nil if all are
// done, and otherwise a *BulkError, which comes with the Bulk. Memory grows with count; the
// vendor's own objects (Number.Native) are not kept.
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
	for _, a := range f.accounts { // a slow account keeps no other waiting
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

// readExpected reads a list to its end, and refuses one that is not what the caller expects.
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
			return nil, f.invalid(op, "list", "nothing was released: the number is there twice", n.E164)
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

// AssignAll connects the numbers of a list, as account.Account.Assign does: to what the
// function returns for each. An Assignment that sets nothing leaves the number as it is,
// which counts as done. The function is called by one goroutine.
//
// The list is read while numbers are assigned, no further ahead than what is under way. The
// rules of [Fleet.ReleaseAll] hold for the rest: but for the list's own error, after which
// what was read is finished. Numbers that were not read any more are not in NotTried.
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

// checkItem refuses a number of a list that belongs to no account of the fleet.
func (f *Fleet) checkItem(op string, n *numbers.Number) error {
	switch {
	case n == nil:
		return f.invalid(op, "list", "it has a number that is nil")
	case f.index(n.Account) < 0:
		return f.invalid(op, "list", "a number belongs to account "+quote(n.Account)+", which is not in the fleet", n.E164)
	}
	return nil
}

// work is a list under way. Every account has workers, which take its numbers from a
// queue.
type work struct {
	op      string
	opts    BulkOptions
	do      func(context.Context, *account.Account, *numbers.Number) error
	queues  map[string]chan *numbers.Number
	running sync.WaitGroup
	cancel  context.CancelFunc // ends the waiting for a turn

	mu      sync.Mutex
	result  Bulk
	first   error
	stopped error // why nothing more is begun
}

// atOneAccount is how many requests are under way at an account, by default.
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

// hand gives a number to its account's workers. It returns false where nothing more is
// begun.
func (w *work) hand(ctx context.Context, n *numbers.Number) bool {
	if w.over(ctx) != nil {
		return false
	}
	w.queues[n.Account] <- n // a worker takes it soon, also when the work was stopped
	return true
}

// over is why nothing more is begun.
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

// one does what is to be done with a number. going ends when nothing more is begun.
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

// backOff is how long an account is left alone after a 429.
func backOff(try int, e *numbers.Error) time.Duration {
	if e != nil && e.RetryAfter > 0 {
		return min(e.RetryAfter, 24*time.Hour)
	}
	d := time.Second << min(try, 6)
	return d/2 + rand.N(d/2)
}

// did accounts for a number that was tried.
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

// notTried accounts for a number that was not tried.
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

// finish waits for what is under way, and adds everything up. broken is why the list ended
// early.
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
