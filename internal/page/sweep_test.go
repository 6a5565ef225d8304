package page_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/page"
	"github.com/tnkit/tnkit/numbers"
)

// assertSwept checks that all rows of the beginning came exactly once, and no row
// twice.
func assertSwept(t *testing.T, n int, items []string) {
	t.Helper()
	count := map[string]int{}
	for _, id := range items {
		count[id]++
	}
	for _, id := range old(0, n) {
		assert.Equal(t, 1, count[id], id)
	}
	for id, times := range count {
		assert.Equal(t, 1, times, id)
	}
}

func TestRowsThatAreInsertedMeanwhileHideNone(t *testing.T) {
	const rows = 60
	for _, size := range []int{1, 3, 10, 25} {
		for _, at := range []int{0, 17, rows} {
			for _, many := range []int{1, 3, 25} {
				t.Run(fmt.Sprintf("size %d at %d many %d", size, at, many), func(t *testing.T) {
					each(t, func() *listing { return newListing(rows, size) }, func(t *testing.T, l *listing, w walker) {
						l.before = func(l *listing, request int) {
							if request > 1 && request < 7 { // not before the walk has begun
								l.insert(at, many)
							}
						}
						items, err := collect(w, t.Context())
						require.NoError(t, err)
						assertSwept(t, rows, items)
					})
				})
			}
		}
	}
}

func TestRowsThatLeaveMeanwhileAreNoticed(t *testing.T) {
	each(t, func() *listing { return newListing(60, 10) }, func(t *testing.T, l *listing, w walker) {
		if _, ok := w.(page.Cursor[string, string]); ok {
			return // where a page begins does not depend on the rows before it
		}
		l.latency = time.Second
		leave := time.AfterFunc(time.Millisecond, func() { // while the first page is on its way
			l.mu.Lock()
			defer l.mu.Unlock()
			l.rows = l.rows[1:]
		})
		defer leave.Stop()
		items, err := collect(w, t.Context())
		if err == nil { // all pages were on their way
			assertSwept(t, 60, items)
			return
		}
		require.ErrorIs(t, err, numbers.ErrIncomplete)
		assert.GreaterOrEqual(t, len(items), 59, "the items come first")
	})
}

func TestPagesThatHaveNoEndAreGivenUp(t *testing.T) {
	for name, total := range map[string]page.Count{"no total": {}, "0": page.Of(0), "a page": page.Of(250), "absurd": page.Of(math.MaxInt)} {
		t.Run(name, func(t *testing.T) {
			each(t, func() *listing { return newListing(0, 250) }, func(t *testing.T, l *listing, w walker) {
				next := 0
				l.after = func(pg *aPage, _ int) {
					pg.Rows, pg.Total, pg.More = old(next, next+250), total, true
					next += 250
				}
				l.before = nil
				items, err := collect(w, t.Context())
				require.ErrorIs(t, err, numbers.ErrIncomplete)
				assert.Less(t, len(items), 101_000)
			})
		})
	}
}

func TestPagesOfUnusableRowsAreGivenUp(t *testing.T) {
	each(t, func() *listing { return newListing(0, 250) }, func(t *testing.T, l *listing, w walker) {
		pages := 0
		l.after = func(pg *aPage, _ int) {
			pg.Rows, pg.Total, pg.More = nil, page.Of(1<<20), true
			pg.Lost = page.Lost{Rows: 250, Reason: "a row has no id"}
			pages++
		}
		l.before = nil
		items, err := collect(w, t.Context())
		require.ErrorIs(t, err, numbers.ErrIncomplete)
		assert.Empty(t, items)
		assert.LessOrEqual(t, pages, page.MostUnread+64, "and the pages that are read ahead")
	})
}
