package pace_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/time/rate"

	"github.com/tnkit/tnkit/internal/pace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server allows so many requests a second.
type server struct {
	limit   *rate.Limiter
	takes   time.Duration
	mu      sync.Mutex
	refused int
}

func (s *server) do() bool {
	ok := s.limit.AllowN(time.Now(), 1)
	time.Sleep(s.takes)
	if !ok {
		s.mu.Lock()
		s.refused++
		s.mu.Unlock()
	}
	return ok
}

// send sends n requests by so many workers, each until it is taken.
func send(t *testing.T, p *pace.Pace, s *server, n, workers int) time.Duration {
	began := time.Now()
	jobs := make(chan int)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range jobs {
				for taken := false; !taken; {
					entered, err := p.Enter(t.Context())
					if !assert.NoError(t, err) {
						return
					}
					if taken = s.do(); taken {
						p.Leave(entered, true)
					} else {
						p.Refused(entered, time.Second)
					}
				}
			}
		})
	}
	for i := range n {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	return time.Since(began)
}

func TestTheRateIsFound(t *testing.T) {
	for _, r := range []int{2, 10, 50, 150} {
		for _, takes := range []time.Duration{0, 200 * time.Millisecond} {
			for _, start := range []float64{0, 5} {
				t.Run(fmt.Sprintf("%d a second, %v each, start %v", r, takes, start), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s := &server{limit: rate.NewLimiter(rate.Limit(r), max(r/10, 1)), takes: takes}
						const n = 10000
						took := send(t, &pace.Pace{Start: start}, s, n, 64)
						ratio := took.Seconds() / (n / float64(r))
						t.Logf("%.3f of N/R, %d refused", ratio, s.refused)
						assert.LessOrEqual(t, ratio, 1.25)
						assert.LessOrEqual(t, s.refused, 20+r/4)
					})
				})
			}
		}
	}
}

// Where somebody else keeps the limit, nothing is lost.
func TestAConfiguredLimitIsReachedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{limit: rate.NewLimiter(rate.Inf, 1), takes: 200 * time.Millisecond}
		limit := rate.NewLimiter(100, 1)
		var p pace.Pace
		var wg sync.WaitGroup
		began := time.Now()
		slots := make(chan struct{}, 64)
		for range 10000 {
			slots <- struct{}{}
			wg.Go(func() {
				defer func() { <-slots }()
				entered, _ := p.Enter(t.Context())
				_ = limit.Wait(t.Context())
				p.Leave(entered, s.do())
			})
		}
		wg.Wait()
		assert.Less(t, time.Since(began), 105*time.Second)
	})
}

func TestWhatTheServerStates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pace.Pace{Start: 5}
		turn := func() time.Duration {
			began := time.Now()
			entered, err := p.Enter(t.Context())
			require.NoError(t, err)
			p.Leave(entered, true)
			return time.Since(began)
		}
		assert.Zero(t, turn())
		assert.Equal(t, 200*time.Millisecond, turn())
		p.Limit(20, 10*time.Second)
		turn()
		assert.Equal(t, 500*time.Millisecond, turn())
		p.Limit(0, time.Minute)
		assert.Equal(t, time.Minute, turn())
		p.Limit(-1, time.Minute) // senseless
		p.Limit(1, -time.Minute)
		assert.LessOrEqual(t, turn(), time.Second)
	})
}

// Who waits ends with its context, and leaves its place to others.
func TestWaitingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pace.Pace
		for range 4 {
			_, err := p.Enter(t.Context())
			require.NoError(t, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := p.Enter(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		p.Refused(time.Now(), time.Hour)
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = p.Enter(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}
