package page_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/page"
	"github.com/tnkit/tnkit/numbers"
)

const latency = 50 * time.Millisecond

// took walks everything in virtual time.
func took(t *testing.T, w walker) time.Duration {
	t.Helper()
	began := time.Now()
	_, err := collect(w, t.Context())
	require.NoError(t, err)
	return time.Since(began)
}

// TestTheTimeOfAWalk counts in latencies: a loop takes 40 of them for 40 pages.
func TestTheTimeOfAWalk(t *testing.T) {
	for _, c := range []struct {
		walk    string
		opts    []numbers.PageOption
		waves   int
		most    int
		explain string
	}{
		{"numbered", nil, 22, 2, "two alone, then 38 and the empty one by twos"},
		{"offset", nil, 22, 2, "the same"},
		{"cursor", nil, 40, 1, "each shows where the next one is"},
		{"numbered", []numbers.PageOption{numbers.ReadAhead(8)}, 5, 9, "40 and the empty one by nines: the one that is needed and eight ahead"},
		{"offset", []numbers.PageOption{numbers.ReadAhead(8)}, 5, 9, "the same"},
		{"numbered", []numbers.PageOption{numbers.ReadAhead(0)}, 41, 1, "one by one"},
		{"offset", []numbers.PageOption{numbers.ReadAhead(0)}, 41, 1, "one by one"},
	} {
		t.Run(fmt.Sprintf("%s %v", c.walk, c.opts), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newListing(400, 10)
				l.latency = latency
				assert.Equal(t, time.Duration(c.waves)*latency, took(t, walks(l)[c.walk](c.opts...)), c.explain)
				assert.Equal(t, c.most, l.most, "at once")
				if c.walk != "cursor" {
					assert.Len(t, l.requests, 41, "none behind the empty page")
				}
			})
		})
	}
}

func TestCursorsAreFetchedOneByOneWhileTheCallerWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newListing(20, 2)
		l.latency = latency
		began := time.Now()
		n := 0
		for _, err := range l.cursor(numbers.ReadAhead(2)).All(t.Context()) {
			require.NoError(t, err)
			if n++; n%2 == 0 {
				time.Sleep(latency) // the caller's work on a page
			}
		}
		assert.Equal(t, 11*latency, time.Since(began), "the first page, then work and fetching side by side")
		assert.Equal(t, 1, l.most, "one at a time")
	})
}

func TestNoMorePagesAheadThanAsked(t *testing.T) {
	for walk := range walks(nil) {
		for _, ahead := range []int{0, 1, 2, 5} {
			t.Run(fmt.Sprintf("%s, ahead %d", walk, ahead), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					l := newListing(60, 2)
					l.latency = latency
					n := 0
					for _, err := range walks(l)[walk](numbers.ReadAhead(ahead)).All(t.Context()) {
						require.NoError(t, err)
						n++
						time.Sleep(time.Hour) // all that may be fetched is
						inHand := (n + 1) / 2
						l.mu.Lock()
						assert.LessOrEqual(t, len(l.requests), inHand+ahead, "item %d", n)
						if inHand+ahead <= 30 {
							assert.Len(t, l.requests, inHand+ahead, "item %d", n)
						}
						l.mu.Unlock()
					}
				})
			})
		}
	}
}

func TestOnePageIsReadAheadFromTheThirdOn(t *testing.T) {
	for walk := range walks(nil) {
		synctest.Test(t, func(t *testing.T) {
			l := newListing(60, 2)
			n := 0
			for _, err := range walks(l)[walk]().All(t.Context()) {
				require.NoError(t, err)
				n++
				time.Sleep(time.Hour)
				inHand := (n + 1) / 2
				want := inHand
				if inHand >= 3 {
					want++
				}
				if want <= 30 {
					l.mu.Lock()
					assert.Len(t, l.requests, want, "%s, item %d", walk, n)
					l.mu.Unlock()
				}
			}
		})
	}
}

func TestReadAheadIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newListing(1000, 2)
		l.latency = latency
		took(t, l.numbered(numbers.ReadAhead(1<<30)))
		assert.LessOrEqual(t, l.most, 64+1)
	})
}

// A list that does not count its rows can't show that a page was read too early.
func TestAListWithoutATotalIsNotReadInParallel(t *testing.T) {
	for _, walk := range []string{"numbered", "offset"} {
		synctest.Test(t, func(t *testing.T) {
			l := newListing(59, 10)
			l.latency = latency
			l.after = func(pg *aPage, _ int) { pg.Total, pg.More = page.Count{}, false }
			w := walks(l)[walk](numbers.ReadAhead(3))
			took(t, w)
			assert.Zero(t, l.running)
			l.mu.Lock()
			defer l.mu.Unlock()
			assert.LessOrEqual(t, len(l.requests), 4+8, "four at once, and each again when it is needed")
		})
	}
}

// Page 3 is read before page 2, and rows are inserted in between.
func TestAPageThatWasReadTooEarlyIsReadAgain(t *testing.T) {
	for _, walk := range []string{"numbered", "offset"} {
		synctest.Test(t, func(t *testing.T) {
			l := newListing(35, 10)
			l.before = func(l *listing, request int) {
				if request == 3 {
					l.insert(0, 4)
				}
			}
			items, err := collect(walks(l)[walk](numbers.ReadAhead(2)), t.Context())
			require.NoError(t, err)
			assertSwept(t, 35, items)
		})
	}
}

// The vendor caps its pages: what was asked for ahead is at other places.
func TestPagesAtOtherPlacesThanExpectedAreDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newListing(95, 10)
		l.latency = latency
		w := l.offset(numbers.ReadAhead(3))
		w.Size = 100
		w.Fetch = func(ctx context.Context, skip, _ int) (aPage, error) {
			pg, err := l.fetch(ctx, skip, skip, 10)
			pg.Size = page.Count{}
			return pg, err
		}
		items, err := collect(w, t.Context())
		require.NoError(t, err)
		assert.Equal(t, l.rows, items)
		assert.Zero(t, l.running)
		assert.Len(t, l.requests, 4+9)
	})
}
