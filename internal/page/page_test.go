package page_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"sync"
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

type aPage = page.Page[string]

// listing is a vendor that has a list of rows, and pages of size. It answers after
// latency, or when the request is canceled.
type listing struct {
	size    int
	latency time.Duration
	// before is called before a page is made, with the number of the request (from 1).
	before func(l *listing, request int)
	// after changes a page, and is given its place.
	after func(pg *aPage, at int)
	fail  map[int]error // by the number of the page, from 1

	mu       sync.Mutex
	rows     []string
	requests []int // the places, in the order of their arrival
	answered int
	running  int
	most     int // that ran at once
}

func newListing(rows, size int) *listing {
	return &listing{rows: old(0, rows), size: size}
}

// old names the rows that are there at the beginning.
func old(from, to int) []string {
	var list []string
	for i := from; i < to; i++ {
		list = append(list, "old-"+strconv.Itoa(i))
	}
	return list
}

// insert puts n new rows at a place.
func (l *listing) insert(at, n int) {
	var fresh []string
	for range n {
		fresh = append(fresh, fmt.Sprintf("new-%d", len(l.rows)+len(fresh)))
	}
	l.rows = slices.Insert(l.rows, min(at, len(l.rows)), fresh...)
}

// fetch answers with the rows from a position on.
func (l *listing) fetch(ctx context.Context, place, skip, size int) (aPage, error) {
	l.mu.Lock()
	l.requests = append(l.requests, place)
	if l.running++; l.running > l.most {
		l.most = l.running
	}
	if l.before != nil {
		l.before(l, len(l.requests))
	}
	from := min(max(skip, 0), len(l.rows))
	pg := aPage{
		Rows:  slices.Clone(l.rows[from:min(from+size, len(l.rows))]),
		At:    page.Of(place),
		Size:  page.Of(size),
		Total: page.Of(len(l.rows)),
		More:  skip+size < len(l.rows),
	}
	if l.after != nil {
		l.after(&pg, place)
	}
	l.mu.Unlock()
	if l.latency > 0 {
		select {
		case <-time.After(l.latency):
		case <-ctx.Done():
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running--
	if ctx.Err() != nil {
		return aPage{}, fmt.Errorf("canceled on the way: %w", ctx.Err())
	}
	l.answered++
	return pg, l.fail[skip/l.size+1]
}

func (l *listing) list(opts []numbers.PageOption) page.List[string] {
	return page.List[string]{Vendor: "acme", Op: "Things.All", Key: func(s *string) string { return *s }, Options: opts}
}

func (l *listing) numbered(opts ...numbers.PageOption) page.Numbered[string] {
	return page.Numbered[string]{List: l.list(opts), Size: l.size, Fetch: func(ctx context.Context, number int) (aPage, error) {
		return l.fetch(ctx, number, (number-1)*l.size, l.size)
	}}
}

func (l *listing) offset(opts ...numbers.PageOption) page.Offset[string] {
	return page.Offset[string]{List: l.list(opts), Size: l.size, Fetch: func(ctx context.Context, skip, size int) (aPage, error) {
		return l.fetch(ctx, skip, skip, size)
	}}
}

// cursor is a list of which each page has the key of its last row. The vendor does
// not count its rows.
func (l *listing) cursor(opts ...numbers.PageOption) page.Cursor[string, string] {
	return page.Cursor[string, string]{
		List: l.list(opts), Size: l.size,
		Fetch: func(ctx context.Context, after string) (aPage, error) {
			l.mu.Lock()
			skip := slices.Index(l.rows, after) + 1
			l.mu.Unlock()
			pg, err := l.fetch(ctx, skip, skip, l.size)
			pg.Total, pg.At = page.Count{}, page.Count{}
			return pg, err
		},
		Next: func(_ string, pg *aPage, _ int) (string, bool, string) {
			if !pg.More || len(pg.Rows) == 0 {
				return "", false, ""
			}
			return pg.Rows[len(pg.Rows)-1], true, ""
		},
	}
}

type walker interface {
	All(ctx context.Context) iter.Seq2[*string, error]
}

// walks are the three walks of a listing.
func walks(l *listing) map[string]func(...numbers.PageOption) walker {
	return map[string]func(...numbers.PageOption) walker{
		"numbered": func(opts ...numbers.PageOption) walker { return l.numbered(opts...) },
		"offset":   func(opts ...numbers.PageOption) walker { return l.offset(opts...) },
		"cursor":   func(opts ...numbers.PageOption) walker { return l.cursor(opts...) },
	}
}

// aheads are the ways to read ahead.
func aheads() map[string][]numbers.PageOption {
	return map[string][]numbers.PageOption{
		"default": nil,
		"0":       {numbers.ReadAhead(0)},
		"1":       {numbers.ReadAhead(1)},
		"3":       {numbers.ReadAhead(3)},
		"most":    {numbers.ReadAhead(1 << 30)},
	}
}

// each runs a test for every walk and every way to read ahead, with virtual latency.
func each(t *testing.T, make func() *listing, f func(t *testing.T, l *listing, w walker)) {
	t.Helper()
	for walk := range walks(nil) {
		for ahead, opts := range aheads() {
			t.Run(walk+", ahead "+ahead, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					l := make()
					f(t, l, walks(l)[walk](opts...))
				})
			})
		}
	}
}

func collect(w walker, ctx context.Context) (items []string, err error) {
	for item, e := range w.All(ctx) {
		switch {
		case err != nil:
			return items, errors.New("something after the error")
		case e != nil:
			err = e
		default:
			items = append(items, *item)
		}
	}
	return items, err
}

func TestItemsComeInOrderAndAgain(t *testing.T) {
	for _, rows := range []int{0, 1, 9, 10, 11, 20, 95} {
		each(t, func() *listing { return newListing(rows, 10) }, func(t *testing.T, l *listing, w walker) {
			l.latency = 50 * time.Millisecond
			seq := w.All(t.Context())
			assert.Empty(t, l.requests, "nothing before the first step")
			for range 2 {
				var got []string
				for item, err := range seq {
					require.NoError(t, err)
					got = append(got, *item)
				}
				assert.Equal(t, l.rows, got)
				assert.Zero(t, l.running)
			}
		})
	}
}

func TestBreakLeavesNothingRunning(t *testing.T) {
	each(t, func() *listing { return newListing(200, 2) }, func(t *testing.T, l *listing, w walker) {
		l.latency = time.Hour
		for stop := range 7 {
			n := 0
			for _, err := range w.All(t.Context()) {
				require.NoError(t, err)
				if n == stop {
					break
				}
				n++
			}
			assert.Zero(t, l.running, "goroutines after a break at item %d", stop)
		}
	})
}

func TestPanicInTheLoopLeavesNothingRunning(t *testing.T) {
	each(t, func() *listing { return newListing(200, 2) }, func(t *testing.T, l *listing, w walker) {
		l.latency = time.Hour
		assert.PanicsWithValue(t, "mine", func() {
			for _, err := range w.All(t.Context()) {
				require.NoError(t, err)
				panic("mine")
			}
		})
		assert.Zero(t, l.running)
	})
}

func TestCancelMidWalk(t *testing.T) {
	each(t, func() *listing { return newListing(200, 2) }, func(t *testing.T, l *listing, w walker) {
		l.latency = time.Minute
		why := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		var got []string
		var failure error
		for item, err := range w.All(ctx) {
			if err != nil {
				failure = err
				continue
			}
			if got = append(got, *item); len(got) == 4 {
				cancel(why)
			}
		}
		assert.Equal(t, l.rows[:4], got)
		e, ok := errors.AsType[*numbers.Error](failure)
		require.True(t, ok)
		require.ErrorIs(t, e, numbers.ErrUnreachable)
		require.ErrorIs(t, e, why)
		assert.Equal(t, "acme", e.Vendor)
		assert.Equal(t, "Things.All", e.Op)
		assert.Zero(t, l.running)
	})
}

func TestCancelWhileAPageIsAwaited(t *testing.T) {
	each(t, func() *listing { return newListing(200, 2) }, func(t *testing.T, l *listing, w walker) {
		l.latency = time.Minute
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		got, err := collect(w, ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Less(t, len(got), len(l.rows))
		assert.Equal(t, l.rows[:len(got)], got)
		assert.Zero(t, l.running)
	})
}

func TestCanceledBefore(t *testing.T) {
	each(t, func() *listing { return newListing(6, 2) }, func(t *testing.T, l *listing, w walker) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		got, err := collect(w, ctx)
		require.ErrorIs(t, err, numbers.ErrUnreachable)
		assert.Empty(t, got)
		assert.Empty(t, l.requests, "no request")
	})
}

func TestNilContext(t *testing.T) {
	each(t, func() *listing { return newListing(6, 2) }, func(t *testing.T, l *listing, w walker) {
		_, err := collect(w, nil)
		require.ErrorIs(t, err, numbers.ErrInvalid)
		assert.Empty(t, l.requests)
	})
}

func TestErrorComesLastAndEndsTheWalk(t *testing.T) {
	each(t, func() *listing { return newListing(100, 2) }, func(t *testing.T, l *listing, w walker) {
		broken := errors.New("page 4 is broken")
		l.latency, l.fail = time.Second, map[int]error{4: broken, 5: errors.New("so is 5")}
		got, err := collect(w, t.Context())
		require.ErrorIs(t, err, broken)
		assert.Equal(t, l.rows[:6], got, "what came before the error")
		assert.Zero(t, l.running)
	})
}

func TestGapEndsInIncompleteAfterAllItems(t *testing.T) {
	each(t, func() *listing { return newListing(8, 2) }, func(t *testing.T, l *listing, w walker) {
		l.after = func(pg *aPage, _ int) {
			switch {
			case slices.Contains(pg.Rows, "old-2"):
				pg.Gap = "a row got lost"
			case slices.Contains(pg.Rows, "old-4"):
				pg.Gap = "and another"
			}
		}
		got, err := collect(w, t.Context())
		require.ErrorIs(t, err, numbers.ErrIncomplete)
		assert.Contains(t, err.Error(), "a row got lost")
		assert.Equal(t, l.rows, got)
	})
}
