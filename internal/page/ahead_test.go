package page_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const latency = 50 * time.Millisecond

// took walks everything in virtual time.
func took(t *testing.T, w aWalk) (d time.Duration) {
	t.Helper()
	began := time.Now()
	_, err := collect(w, t.Context())
	require.NoError(t, err)
	return time.Since(began)
}

func TestNumberedPagesAreFetchedInParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &listing{pages: 46, rest: true, latency: latency}
		assert.Equal(t, 6*latency, took(t, l.numbered(8)), "the first alone, then 45 by nines: the one that is needed and eight ahead")
		assert.EqualValues(t, 9, l.most.Load())
		assert.EqualValues(t, 46, l.fetched.Load(), "none past the last page, which the vendor told")
	})
}

func TestPagesPastAnUntoldEndAreDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &listing{pages: 10, latency: latency}
		took(t, l.numbered(4))
		assert.LessOrEqual(t, l.highest.Load(), int64(10+5))
		assert.LessOrEqual(t, l.most.Load(), int64(5))
		assert.Zero(t, l.running.Load())
	})
}

func TestCursorsAreFetchedOneByOneWhileTheCallerWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &listing{pages: 10, latency: latency}
		began := time.Now()
		n := 0
		for _, err := range l.cursor(2).All(t.Context()) {
			require.NoError(t, err)
			if n++; n%2 == 0 {
				time.Sleep(latency) // the caller's work on a page
			}
		}
		assert.Equal(t, 11*latency, time.Since(began), "the first page, then work and fetching side by side")
		assert.EqualValues(t, 1, l.most.Load(), "one at a time")
	})
}

func TestNoMorePagesAheadThanAsked(t *testing.T) {
	for _, ahead := range []int{0, 1, 2, 5} {
		for name, walk := range map[string]func(*listing) aWalk{
			"cursor":   func(l *listing) aWalk { return l.cursor(ahead) },
			"numbered": func(l *listing) aWalk { return l.numbered(ahead) },
		} {
			synctest.Test(t, func(t *testing.T) {
				l := &listing{pages: 30, latency: latency}
				n := 0
				for _, err := range walk(l).All(t.Context()) {
					require.NoError(t, err)
					n++
					time.Sleep(time.Hour) // all that may be fetched is
					pageInHand := (n + 1) / 2
					assert.LessOrEqual(t, l.fetched.Load(), int64(pageInHand+ahead), "%s, ahead %d, item %d", name, ahead, n)
					if pageInHand+ahead <= l.pages {
						assert.EqualValues(t, pageInHand+ahead, l.fetched.Load(), "%s, ahead %d, item %d", name, ahead, n)
					}
				}
			})
		}
	}
}

func TestReadAheadIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &listing{pages: 500, rest: true, latency: latency}
		took(t, l.numbered(1<<30))
		assert.LessOrEqual(t, l.most.Load(), int64(64+1))
	})
}
