package fleet

import (
	"context"
	"errors"
	"time"

	"github.com/tnkit/tnkit/internal/pace"
	"github.com/tnkit/tnkit/numbers"
)

// Pace keeps a client at the rate that its vendor allows, without knowing it: it learns from
// the vendor's refusals (429) and from its rate limit headers. It is for clients of vendors
// whose limit is not known; where it is, a rate.Limiter of golang.org/x/time/rate is better,
// because nothing is refused then. Make one for each vendor account, and give it to the
// client twice:
//
//	p := fleet.NewPace()
//	client, err := telnyx.New(auth, &numbers.ClientOptions{Limiter: p, OnAttempt: p.OnAttempt})
//
// It begins with 5 requests a second and sends a quarter more every half second until that
// is refused. Where the vendor states its limit in headers, nothing is refused.
//
// Without a Pace, the orders of one purchase, and the numbers of one ReleaseAll or
// AssignAll, adapt to refusals by themselves, and they do that best alone: where the client
// adapts, too, and the vendor states no limit, ordering may take two thirds longer than at
// the limit. A Pace is for vendors that state it, and for readings.
//
// It is safe for concurrent use.
type Pace struct{ p pace.Pace }

// startRate is how many requests a second a Pace begins with.
const startRate = 5

// NewPace returns a Pace.
func NewPace() *Pace { return &Pace{pace.Pace{Start: startRate}} }

var _ numbers.Limiter = (*Pace)(nil)

// Wait implements numbers.Limiter.
func (p *Pace) Wait(ctx context.Context) error {
	_, err := p.p.Enter(ctx)
	return err
}

// OnAttempt takes in what came of a request. It is for numbers.ClientOptions.OnAttempt.
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
