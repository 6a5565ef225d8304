package page_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/internal/page"
	"github.com/tnkit/tnkit/numbers"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type (
	aPage = page.Page[string, int]
	aWalk = page.Walk[string, int]
)

// listing is a vendor with pages of two items, numbered from 1. It answers
// after latency, or when the request is cancelled.
type listing struct {
	pages   int
	rest    bool // says how many pages follow
	latency time.Duration
	fail    map[int]error
	gap     map[int]string

	fetched atomic.Int64
	running atomic.Int64
	most    atomic.Int64
	highest atomic.Int64
}

func (l *listing) fetch(ctx context.Context, at int) (aPage, error) {
	l.fetched.Add(1)
	raise(&l.most, l.running.Add(1))
	defer l.running.Add(-1)
	raise(&l.highest, int64(at))
	if l.latency > 0 {
		select {
		case <-time.After(l.latency):
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil {
		return aPage{}, fmt.Errorf("cancelled on the way: %w", ctx.Err())
	}
	if err := l.fail[at]; err != nil {
		return aPage{}, err
	}
	pg := aPage{Next: at + 1, More: at < l.pages, Count: -1, Gap: l.gap[at]}
	if at <= l.pages {
		pg.Items = []string{item(at, 0), item(at, 1)}
	}
	if l.rest {
		pg.Rest = max(l.pages-at, 0)
	}
	return pg, nil
}

func raise(to *atomic.Int64, v int64) {
	for old := to.Load(); v > old && !to.CompareAndSwap(old, v); old = to.Load() {
	}
}

func item(page, i int) string { return strconv.Itoa(page) + "." + strconv.Itoa(i) }

func (l *listing) items() []string {
	var all []string
	for p := 1; p <= l.pages; p++ {
		all = append(all, item(p, 0), item(p, 1))
	}
	return all
}

// cursor is a walk that must see a page to know the next; numbered is one that
// need not.
func (l *listing) cursor(ahead int) aWalk {
	return aWalk{
		Vendor: "acme", Op: "Things.All", First: 1, Fetch: l.fetch, ReadAhead: ahead,
		Key: func(s string) string { return s },
	}
}

func (l *listing) numbered(ahead int) aWalk {
	w := l.cursor(ahead)
	w.Jump = func(at, n int) int { return at + n }
	return w
}

// kinds are the three ways to fetch.
func kinds() map[string]func(*listing) aWalk {
	return map[string]func(*listing) aWalk{
		"one by one":         func(l *listing) aWalk { return l.cursor(0) },
		"numbered, no hurry": func(l *listing) aWalk { return l.numbered(0) },
		"prefetched":         func(l *listing) aWalk { return l.cursor(3) },
		"prefetched by 1":    func(l *listing) aWalk { return l.cursor(1) },
		"in parallel":        func(l *listing) aWalk { return l.numbered(3) },
		"in parallel by 1":   func(l *listing) aWalk { return l.numbered(1) },
		"without a limit":    func(l *listing) aWalk { return l.numbered(math.MaxInt) },
		"prefetch forever":   func(l *listing) aWalk { return l.cursor(math.MaxInt) },
	}
}

// each runs a test for every way to fetch, with virtual latency.
func each(t *testing.T, f func(t *testing.T, walk func(*listing) aWalk)) {
	for name, walk := range kinds() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { f(t, walk) })
		})
	}
}

func collect[T any](w page.Walk[T, int], ctx context.Context) (items []T, err error) {
	for item, e := range w.All(ctx) {
		if e != nil {
			if err != nil {
				return items, errors.New("a second error")
			}
			err = e
			continue
		}
		if err != nil {
			return items, errors.New("an item after the error")
		}
		items = append(items, item)
	}
	return items, err
}

func TestItemsComeInOrderAndAgain(t *testing.T) {
	each(t, func(t *testing.T, walk func(*listing) aWalk) {
		l := &listing{pages: 9, latency: 50 * time.Millisecond}
		w := walk(l)
		seq := w.All(t.Context())
		assert.Zero(t, l.fetched.Load(), "nothing before the first step")
		for range 2 {
			var got []string
			for item, err := range seq {
				require.NoError(t, err)
				got = append(got, item)
			}
			assert.Equal(t, l.items(), got)
			assert.Zero(t, l.running.Load())
		}
	})
}

func TestOnePage(t *testing.T) {
	each(t, func(t *testing.T, walk func(*listing) aWalk) {
		l := &listing{pages: 1, latency: time.Millisecond}
		got, err := collect(walk(l), t.Context())
		require.NoError(t, err)
		assert.Equal(t, l.items(), got)
		assert.EqualValues(t, 1, l.fetched.Load(), "the first page goes alone")
	})
}

func TestNoItems(t *testing.T) {
	each(t, func(t *testing.T, walk func(*listing) aWalk) {
		got, err := collect(walk(&listing{}), t.Context())
		require.NoError(t, err)
		assert.Empty(t, got)
	})
}

func TestBreakLeavesNothingRunning(t *testing.T) {
	each(t, func(t *testing.T, walk func(*listing) aWalk) {
		for stop := range 7 {
			l := &listing{pages: 100, latency: time.Hour}
			n := 0
			for _, err := range walk(l).All(t.Context()) {
				require.NoError(t, err)
				if n == stop {
					break
				}
				n++
			}
			assert.Zero(t, l.running.Load(), "goroutines after a break at item %d", stop)
		}
	})
}

func TestPanicInTheLoopLeavesNothingRunning(t *testing.T) {
	each(t, func(t *testing.T, walk func(*listing) aWalk) {
		l := &listing{pages: 100, latency: time.Hour}
		assert.PanicsWithValue(t, "mine", func() {
			for _, err := range walk(l).All(t.Context()) {
				require.NoError(t, err)
				panic("mine")
			}
		})
		assert.Zero(t, l.running.Load())
	})
}

func TestCancelMidWalk(t *testing.T) {
	each(t, func(t *testing.T, walk func(*listing) aWalk) {
		why := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		l := &listing{pages: 100, latency: time.Minute}
		var got []string
		var failure error
		for item, err := range walk(l).All(ctx) {
			if err != nil {
				failure = err
				continue
			}
			if got = append(got, item); len(got) == 4 {
				cancel(why)
			}
		}
		assert.Equal(t, l.items()[:4], got)
		e, ok := errors.AsType[*numbers.Error](failure)
		require.True(t, ok)
		require.ErrorIs(t, e, numbers.ErrUnreachable)
		require.ErrorIs(t, e, why)
		assert.Equal(t, "acme", e.Vendor)
		assert.Equal(t, "Things.All", e.Op)
		assert.Zero(t, l.running.Load())
	})
}

func TestCancelWhileAPageIsAwaited(t *testing.T) {
	each(t, func(t *testing.T, walk func(*listing) aWalk) {
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		l := &listing{pages: 100, latency: time.Minute}
		got, err := collect(walk(l), ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Less(t, len(got), len(l.items()))
		assert.Equal(t, l.items()[:len(got)], got)
		assert.Zero(t, l.running.Load())
	})
}

func TestCancelledBefore(t *testing.T) {
	each(t, func(t *testing.T, walk func(*listing) aWalk) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		l := &listing{pages: 3}
		got, err := collect(walk(l), ctx)
		require.ErrorIs(t, err, numbers.ErrUnreachable)
		assert.Empty(t, got)
		assert.Zero(t, l.fetched.Load(), "no request")
	})
}

func TestNilContext(t *testing.T) {
	each(t, func(t *testing.T, walk func(*listing) aWalk) {
		l := &listing{pages: 3}
		_, err := collect(walk(l), nil)
		require.ErrorIs(t, err, numbers.ErrInvalid)
		assert.Zero(t, l.fetched.Load())
	})
}

func TestErrorComesLastAndEndsTheWalk(t *testing.T) {
	each(t, func(t *testing.T, walk func(*listing) aWalk) {
		broken := errors.New("page 4 is broken")
		l := &listing{pages: 50, latency: time.Second, fail: map[int]error{4: broken, 5: errors.New("so is 5")}}
		got, err := collect(walk(l), t.Context())
		require.ErrorIs(t, err, broken)
		assert.Equal(t, l.items()[:6], got, "what came before the error")
		assert.Zero(t, l.running.Load())
	})
}

func TestGapEndsInIncompleteAfterAllItems(t *testing.T) {
	each(t, func(t *testing.T, walk func(*listing) aWalk) {
		l := &listing{pages: 4, gap: map[int]string{2: "a row got lost", 3: "and another"}}
		got, err := collect(walk(l), t.Context())
		require.ErrorIs(t, err, numbers.ErrIncomplete)
		assert.Contains(t, err.Error(), "a row got lost")
		assert.Equal(t, l.items(), got)
	})
}

// serve is a vendor whose pages are made by a function.
func serve(ahead int, f func(at int) aPage) aWalk {
	return aWalk{
		Vendor: "acme", Op: "Things.All", First: 1, ReadAhead: ahead,
		Fetch: func(_ context.Context, at int) (aPage, error) { return f(at), nil },
		Key:   func(s string) string { return s },
	}
}

func TestEmptyPageWithMoreIsIncomplete(t *testing.T) {
	for _, ahead := range []int{0, 2} {
		got, err := collect(serve(ahead, func(at int) aPage {
			if at == 3 {
				return aPage{More: true, Next: 4}
			}
			return aPage{Items: []string{item(at, 0)}, More: true, Next: at + 1}
		}), t.Context())
		require.ErrorIs(t, err, numbers.ErrIncomplete)
		assert.Equal(t, []string{"1.0", "2.0"}, got)
	}
}

func TestFewerThanCountedIsIncomplete(t *testing.T) {
	walk := func(count int) aWalk {
		return serve(0, func(at int) aPage {
			return aPage{Items: []string{item(at, 0), item(at, 1)}, More: at < 2, Next: at + 1, Count: count}
		})
	}
	for count, complete := range map[int]bool{-1: true, 0: true, 3: true, 4: true, 5: false} {
		got, err := collect(walk(count), t.Context())
		assert.Len(t, got, 4)
		if complete {
			assert.NoError(t, err, "count %d", count)
		} else {
			assert.ErrorIs(t, err, numbers.ErrIncomplete, "count %d", count)
		}
	}
}

// A walk that goes round in a circle ends, whatever the circle's length and
// wherever it begins.
func TestCirclesEnd(t *testing.T) {
	for _, lead := range []int{0, 1, 5} {
		for _, length := range []int{1, 2, 3, 7, 10} {
			got, err := collect(serve(0, func(at int) aPage {
				return aPage{Items: []string{item(at, 0)}, More: true, Next: at%(lead+length) + 1 + lead*btoi(at == lead+length)}
			}), t.Context())
			require.ErrorIs(t, err, numbers.ErrIncomplete, "lead %d, length %d", lead, length)
			assert.GreaterOrEqual(t, len(got), lead+length, "every page was seen first")
			assert.LessOrEqual(t, len(got), 6*(lead+length)+6)
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestPagesWithACommonItemAreNoCircle(t *testing.T) {
	got, err := collect(serve(0, func(at int) aPage {
		return aPage{Items: []string{"same", item(at, 0)}, More: at < 40, Next: at + 1}
	}), t.Context())
	require.NoError(t, err)
	assert.Len(t, got, 80)
}
