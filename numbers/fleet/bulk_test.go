package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/fleet"
)

// till is a vendor that takes a time for each request, one number in each, and refuses what
// is more than its limit.
type till struct {
	lister
	limit   *rate.Limiter // of the vendor; nil = none
	client  numbers.Limiter
	report  func(context.Context, numbers.AttemptInfo)
	headers bool

	mu      sync.Mutex
	refused int
	done    map[numbers.E164]int
	fail    map[numbers.E164]error
	busy    int
	most    int // were under way at the same time
}

func newTill(takes time.Duration) *till {
	t := &till{done: make(map[numbers.E164]int), fail: make(map[numbers.E164]error)}
	t.takes = takes
	t.caps = numbers.Capabilities{
		MaxNumbers: 1, FoundBy: numbers.ByReference, Can: numbers.CanRelease | numbers.CanAssign, AssignsOwned: numbers.AssignConnection,
	}
	return t
}

// request is one request for a number.
func (v *till) request(ctx context.Context, op string, n numbers.E164, begin func(context.Context) (time.Time, error)) error {
	failed := func(kind error) *numbers.Error {
		return &numbers.Error{Op: op, Vendor: "list", Kind: kind, Numbers: []numbers.E164{n}}
	}
	if v.client != nil {
		if err := v.client.Wait(ctx); err != nil {
			return failed(numbers.ErrUnreachable)
		}
	}
	if begin != nil {
		if _, err := begin(ctx); err != nil {
			e := failed(numbers.ErrNotPlaced)
			e.Err = err
			return e
		}
	}
	if ctx.Err() != nil {
		return failed(numbers.ErrUnreachable)
	}
	v.mu.Lock()
	v.busy++
	v.most = max(v.most, v.busy)
	v.mu.Unlock()
	info := numbers.AttemptInfo{Status: 200, Duration: v.takes}
	var err error
	if v.limit != nil && !v.limit.Allow() {
		err, info.Status, info.Kind = failed(numbers.ErrRateLimited), 429, numbers.ErrRateLimited
	}
	if v.headers { // a window of ten seconds
		left := v.limit.Tokens() + 10*float64(v.limit.Limit())
		info.RateLimit = &numbers.RateLimit{Limit: 10 * int(v.limit.Limit()), Remaining: int(left), Reset: 10 * time.Second}
	}
	time.Sleep(v.takes)
	if v.report != nil {
		v.report(ctx, info)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.busy--
	switch {
	case err != nil:
		v.refused++
		return err
	case v.fail[n] != nil:
		return failed(v.fail[n])
	}
	v.done[n]++
	return nil
}

func (v *till) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	n := r.Numbers[0]
	if err := v.request(ctx, "Place", n, r.Begin); err != nil {
		return nil, err
	}
	return &numbers.Order{
		Vendor: "list", ID: "order-" + n.Digits(), Reference: r.Reference, State: numbers.StateComplete, Count: 1,
		Items: []numbers.Item{{E164: n, State: numbers.StateComplete}},
	}, nil
}

func (v *till) Owned(context.Context, numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	return func(func(*numbers.Number, error) bool) {}
}

func (v *till) Orders(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	return func(func(*numbers.Order, error) bool) {}
}

func (v *till) Release(ctx context.Context, n *numbers.Number) error {
	return v.request(ctx, "Release", n.E164, nil)
}

func (v *till) Assign(ctx context.Context, n *numbers.Number, a numbers.Assignment) (*numbers.Number, error) {
	out := *n
	out.Assignment = a
	return &out, v.request(ctx, "Assign", n.E164, nil)
}

// 10,000 numbers under a limit of R requests a second take 1.05 of N/R, where the client has
// a limiter with R. Otherwise R is found: 1.25, and few refusals.
func TestBuyingManyAtTheLimit(t *testing.T) {
	n, r := 2000, 10
	if os.Getenv("CI_LONG") != "" {
		n, r = 10000, 50
	}
	for name, tc := range map[string]struct {
		prepare func(*till)
		most    float64
		refused int
	}{
		"a limiter":      {func(v *till) { v.client = rate.NewLimiter(rate.Limit(r), 1) }, 1.05, 0},
		"none":           {func(*till) {}, 1.25, 20},
		"a pace":         {paced, 1.75, 20}, // the purchase and the client both adapt
		"a pace, header": {func(v *till) { paced(v); v.headers = true }, 1.05, 2},
	} {
		for _, takes := range []time.Duration{0, 200 * time.Millisecond} {
			t.Run(fmt.Sprint(name, ", ", takes), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					v := newTill(takes)
					v.limit = rate.NewLimiter(rate.Limit(r), r/10)
					tc.prepare(v)
					began := time.Now()
					p, err := open(t, new(account.MemoryJournal), v).Buy(t.Context(), job(several(n)...), nil)
					require.NoError(t, err)
					require.Len(t, p.Orders, n)
					ratio := time.Since(began).Seconds() / (float64(n) / float64(r))
					t.Logf("%.3f of N/R, %d refused, %d at once", ratio, v.refused, v.most)
					assert.LessOrEqual(t, ratio, tc.most)
					assert.LessOrEqual(t, v.refused, tc.refused)
				})
			})
		}
	}
}

func paced(v *till) {
	p := fleet.NewPace()
	v.client, v.report = p, p.OnAttempt
}

// ownedBy are numbers that accounts have, by turns.
func ownedBy(n int, accounts ...string) (list []*numbers.Number) {
	for i, e164 := range several(n) {
		list = append(list, &numbers.Number{Vendor: "list", Account: accounts[i%len(accounts)], ID: "row-" + e164.Digits(), E164: e164, State: numbers.NumberActive, Native: 1})
	}
	return list
}

func seqOf(list []*numbers.Number, err error) iter.Seq2[*numbers.Number, error] {
	return func(yield func(*numbers.Number, error) bool) {
		for _, n := range list {
			if !yield(n, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// items collects what OnItem is told.
type items map[numbers.E164]error

func (m items) opts() *fleet.BulkOptions {
	return &fleet.BulkOptions{OnItem: func(n *numbers.Number, err error) {
		if _, twice := m[n.E164]; twice {
			panic("twice: " + n.E164)
		}
		m[n.E164] = err
	}}
}

func (m items) count(kind error) (n int) {
	for _, err := range m {
		if err != nil && errors.Is(err, kind) || err == nil && kind == nil {
			n++
		}
	}
	return n
}

// Accounts release side by side, with a bound, in the time of the slowest, and at the
// vendor's limit.
func TestReleaseAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow, fast := newTill(time.Second), newTill(time.Millisecond)
		slow.client = rate.NewLimiter(20, 1)
		f := open(t, new(account.MemoryJournal), slow, fast)
		seen := make(items)
		began := time.Now()
		got, err := f.ReleaseAll(t.Context(), seqOf(ownedBy(2000, "a", "b"), nil), 2000, seen.opts())
		require.NoError(t, err)
		assert.Equal(t, fleet.Bulk{Done: 2000}, got)
		assert.Equal(t, 2000, seen.count(nil))
		assert.Len(t, slow.done, 1000)
		assert.InDelta(t, 55, time.Since(began).Seconds(), 5, "1000 numbers at 20 a second, after a start with few at once")
		assert.LessOrEqual(t, slow.most, 32)
	})
}

// Without exactly as many numbers as were stated, and without a good list, nothing is
// released.
func TestNothingIsReleasedThatWasNotStated(t *testing.T) {
	v := newTill(0)
	f := open(t, new(account.MemoryJournal), v)
	torn := &numbers.Error{Op: "Owned", Kind: numbers.ErrIncomplete}
	twice, foreign := ownedBy(3, "a"), ownedBy(3, "a", "x")
	twice[2] = twice[0]
	for name, tc := range map[string]struct {
		list  iter.Seq2[*numbers.Number, error]
		count int
		kind  error
		field string
	}{
		"more":     {seqOf(ownedBy(3, "a"), nil), 2, numbers.ErrInvalid, "count"},
		"fewer":    {seqOf(ownedBy(3, "a"), nil), 4, numbers.ErrInvalid, "count"},
		"negative": {seqOf(nil, nil), -1, numbers.ErrInvalid, "count"},
		"torn":     {seqOf(ownedBy(3, "a"), torn), 3, numbers.ErrIncomplete, "list"},
		"twice":    {seqOf(twice, nil), 3, numbers.ErrInvalid, "list"},
		"foreign":  {seqOf(foreign, nil), 3, numbers.ErrInvalid, "list"},
		"nil":      {seqOf([]*numbers.Number{nil}, nil), 1, numbers.ErrInvalid, "list"},
		"no list":  {nil, 1, numbers.ErrInvalid, "list"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := f.ReleaseAll(t.Context(), tc.list, tc.count, make(items).opts())
			require.ErrorIs(t, err, tc.kind)
			e, _ := errors.AsType[*numbers.Error](err)
			assert.Equal(t, tc.field, e.Field)
			assert.Zero(t, got)
			assert.Empty(t, v.done)
		})
	}
	got, err := f.ReleaseAll(t.Context(), seqOf(nil, nil), 0, nil)
	require.NoError(t, err)
	assert.Zero(t, got)
	_, err = f.ReleaseAll(noContext, seqOf(nil, nil), 0, nil)
	require.ErrorIs(t, err, numbers.ErrInvalid)
}

// After n failures nothing more is begun, and every number is accounted for.
func TestStopAfterFailures(t *testing.T) {
	for after, failures := range map[int]int{0: 10, 3: 3, -1: 50} {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v, w := newTill(time.Second), newTill(time.Second)
				for _, n := range several(100)[50:] {
					v.fail[n], w.fail[n] = numbers.ErrForbidden, numbers.ErrForbidden
				}
				seen := make(items)
				opts := seen.opts()
				opts.Concurrency, opts.StopAfter = 1, after
				got, err := open(t, new(account.MemoryJournal), v, w).ReleaseAll(t.Context(), seqOf(ownedBy(100, "a", "b"), nil), 100, opts)
				e, ok := errors.AsType[*fleet.BulkError](err)
				require.True(t, ok)
				require.ErrorIs(t, err, numbers.ErrForbidden)
				assert.Equal(t, got, e.Bulk)
				assert.Equal(t, 50, got.Done)
				assert.InDelta(t, failures, got.Failed, 1, "what is under way is finished")
				assert.Equal(t, 100, got.Done+got.Failed+got.NotTried)
				assert.Len(t, seen, 100)
				assert.Equal(t, got.NotTried, seen.count(fleet.ErrNotTried))
				assert.Equal(t, got.Failed, seen.count(numbers.ErrForbidden))
				assert.Equal(t, after < 0, e.Err == nil)
				assert.Len(t, v.done, 25)
				account, _ := errors.AsType[*fleet.AccountError](e.First)
				assert.Contains(t, []string{"a", "b"}, account.Account)
			})
		})
	}
}

// The context ends while an account must not be asked.
func TestABulkEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newTill(time.Second)
		v.limit = rate.NewLimiter(0.1, 5)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		seen := make(items)
		got, err := open(t, new(account.MemoryJournal), v).ReleaseAll(ctx, seqOf(ownedBy(100, "a"), nil), 100, seen.opts())
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 100, got.Done+got.Failed+got.NotTried)
		assert.Positive(t, got.Done)
		assert.Len(t, seen, 100)
	})
}

func TestAssignAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, w := newTill(time.Second), newTill(time.Second)
		v.limit = rate.NewLimiter(10, 2)
		v.fail[number(2)] = numbers.ErrConflict
		f := open(t, new(account.MemoryJournal), v, w)
		to := func(n *numbers.Number) numbers.Assignment {
			if n.Account == "b" {
				return numbers.Assignment{}
			}
			return numbers.Assignment{Connection: "c1"}
		}
		seen := make(items)
		got, err := f.AssignAll(t.Context(), seqOf(ownedBy(400, "a", "b"), nil), to, seen.opts())
		require.ErrorIs(t, err, numbers.ErrConflict)
		assert.Equal(t, fleet.Bulk{Done: 399, Failed: 1}, got)
		assert.Len(t, seen, 400)
		assert.Len(t, v.done, 199, "what the vendor refused for a while is done in the end")
		assert.Positive(t, v.refused)
		assert.Empty(t, w.done)

		// A list that ends with an error: what was read is done.
		torn := &numbers.Error{Op: "Owned", Kind: numbers.ErrIncomplete}
		got, err = f.AssignAll(t.Context(), seqOf(ownedBy(2, "a"), torn), to, nil)
		require.ErrorIs(t, err, numbers.ErrIncomplete)
		assert.Equal(t, fleet.Bulk{Done: 2}, got)
		assert.Contains(t, err.Error(), "2 done, 0 failed, 0 not tried")

		// The list is not read further than what is under way.
		read := 0
		ctx, cancel := context.WithCancel(t.Context())
		endless := func(yield func(*numbers.Number, error) bool) {
			for i := 0; ; i++ {
				if read++; read == 200 {
					cancel()
				}
				if !yield(&numbers.Number{Vendor: "list", Account: "a", ID: fmt.Sprint(i), E164: number(i)}, nil) {
					return
				}
			}
		}
		got, err = f.AssignAll(ctx, endless, to, &fleet.BulkOptions{StopAfter: -1})
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, read, got.Done+got.Failed+got.NotTried)
		assert.LessOrEqual(t, read, 201)

		for _, err := range []error{
			second(f.AssignAll(t.Context(), nil, to, nil)), second(f.AssignAll(t.Context(), seqOf(nil, nil), nil, nil)),
			second(f.AssignAll(t.Context(), seqOf(ownedBy(1, "x"), nil), to, nil)),
		} {
			require.ErrorIs(t, err, numbers.ErrInvalid)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// A Pace reads what clients report.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := fleet.NewPace()
		turn := func() time.Duration {
			began := time.Now()
			require.NoError(t, p.Wait(t.Context()))
			return time.Since(began)
		}
		assert.Zero(t, turn())
		assert.Equal(t, time.Second/5, turn())
		p.OnAttempt(t.Context(), numbers.AttemptInfo{Status: 429, Kind: numbers.ErrRateLimited, RetryAfter: time.Minute})
		assert.Equal(t, time.Minute, turn())
		p.OnAttempt(t.Context(), numbers.AttemptInfo{Status: 429, Kind: numbers.ErrRateLimited})
		assert.Equal(t, time.Second, turn())
		p.OnAttempt(t.Context(), numbers.AttemptInfo{Status: 200, RateLimit: &numbers.RateLimit{Remaining: 10, Reset: 100 * time.Second}})
		turn()
		assert.Equal(t, 10*time.Second, turn())
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, p.Wait(ctx), context.Canceled)
	})
}
