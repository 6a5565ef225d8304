package fleet

import (
	"context"
	"errors"
	"time"

	"github.com/tnkit/tnkit/internal/pace"
	"github.com/tnkit/tnkit/numbers"
)

// Pace limits a client to the rate that its vendor allows. It finds this rate from the
// vendor's refusals (429) and rate limit headers. Use it for a vendor whose limit is not
// known. If the limit is known, a rate.Limiter of golang.org/x/time/rate is better,
// because then nothing is refused. Create one Pace for each vendor account, and set two
// options of the client to it:
//
//	p := fleet.NewPace()
//	client, err := telnyx.New(auth, &numbers.ClientOptions{Limiter: p, OnAttempt: p.OnAttempt})
//
// A Pace begins with 5 requests a second and increases the rate by a quarter every half
// second until the vendor refuses a request. If the vendor states its limit in headers,
// nothing is refused.
//
// The orders of one purchase, and the numbers of one ReleaseAll or AssignAll, adapt to
// refusals without a Pace. If the vendor states no limit, do not use a Pace for them: two
// adaptations at the same time can make ordering take two thirds longer. A Pace is useful
// for vendors that state their limit, and for readings.
//
// A Pace is safe for concurrent use.
type Pace struct{ p pace.Pace }

// startRate is the rate with which a Pace begins, in requests a second.
const startRate = 5

// NewPace returns a new Pace. Set it as Limiter, and its OnAttempt as OnAttempt, in the
// client's options.
func NewPace() *Pace { return &Pace{pace.Pace{Start: startRate}} }

var _ numbers.Limiter = (*Pace)(nil)

// Wait implements numbers.Limiter. It blocks until the next request may be sent.
func (p *Pace) Wait(ctx context.Context) error {
	_, err := p.p.Enter(ctx)
	return err
}

// OnAttempt adapts the rate to the result of a request. Set
// numbers.ClientOptions.OnAttempt to it.
func (p *Pace) OnAttempt(_ context.Context, a numbers.AttemptInfo) {
	sent := time.Now().Add(-a.Duration)
	if errors.Is(a.Kind, numbers.ErrRateLimited) {
		wait := a.RetryAfter
		if wait <= 0 {
			wait = time.Second
		}
		p.p.Refused(sent, wait)
		return
	}
	p.p.Leave(sent, a.Status != 0)
	if l := a.RateLimit; l != nil {
		p.p.Limit(l.Remaining, l.Reset)
	}
}
