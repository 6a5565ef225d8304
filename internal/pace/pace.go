// Package pace finds out how many requests a second a server allows: from its refusals
// (429), and from its rate limit headers.
//
// A Pace has three phases. Until the first refusal, few requests are under way at the same
// time, and a quarter more after each that went well: so that a limit that somebody else
// keeps (a client's limiter) is reached at once, and the first refusal strikes few. Then
// requests are sent at a rate: a quarter more every second until that is refused, and then,
// by halving the way between the highest rate that went well and the lowest that was
// refused, close to the server's.
package pace

import (
	"cmp"
	"context"
	"math"
	"sync"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
)

// Pace delays requests. The zero value is ready. It is safe for concurrent use.
type Pace struct {
	// Start is the rate of requests a second before the first refusal. 0 = no rate: the
	// number of requests under way is limited instead, and Leave must be called after each.
	Start float64
	// Window is how many requests may be under way at first, without a rate; 0 = 4.
	Window int

	mu       sync.Mutex
	turn     chan struct{}
	begun    time.Time // of the first request
	passed   int       // requests that went well
	underWay int
	window   float64       // how many may be under way; 0 = any number
	free     chan struct{} // closed when one has ended

	until   time.Time // nothing is sent before
	rate    float64   // requests a second; 0 = as many as come
	next    time.Time // when the next one may be sent
	good    float64   // the highest rate that went well
	bad     float64   // the lowest one that was refused; 0 = none was
	since   time.Time // of this rate
	flow    float64   // requests that went well in about a second
	flowed  time.Time // the last of them
	retries int       // how often a rate that was refused was tried again
	cut     time.Time // the last refusal that counted
}

const (
	firstWindow = 4
	growth      = 1.25
	step        = time.Second     // how long a rate is tried before the next
	firstStep   = time.Second / 2 // as long as none was refused
	moment      = time.Second / 4 // over which requests are counted, at least
	near        = 0.97            // of what was refused: close enough
	patience    = 2 * time.Minute // before a rate that was refused is tried again; longer each time
	firstCut    = 0.7             // what is left of a rate that is refused, if none was before
	cut         = 0.9             // and afterwards
	slowest     = 1.0 / 60        // requests a second
)

// Enter waits until a request may be sent, and returns when that was, for Leave. The error
// is why ctx ended.
func (p *Pace) Enter(ctx context.Context) (entered time.Time, err error) {
	turn := p.queue()
	select {
	case turn <- struct{}{}: // one waits for the time, the others for their turn
		defer func() { <-turn }()
	case <-ctx.Done():
		return entered, ctxerr.Of(ctx)
	}
	for ctx.Err() == nil {
		now := time.Now()
		at, free := p.pass(now)
		switch {
		case free == nil && !at.After(now):
			return now, nil
		case free != nil:
			select {
			case <-free:
			case <-ctx.Done():
			}
		default:
			timer := time.NewTimer(at.Sub(now))
			select {
			case <-timer.C:
			case <-ctx.Done():
			}
			timer.Stop()
		}
	}
	return entered, ctxerr.Of(ctx)
}

func (p *Pace) queue() chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.turn == nil {
		p.turn = make(chan struct{}, 1)
	}
	return p.turn
}

// pass lets a request pass if that may be sent now. Otherwise it returns when to ask again:
// at a time, or when a request has ended.
func (p *Pace) pass(now time.Time) (at time.Time, free <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.begun.IsZero() {
		p.begun, p.since, p.rate = now, now, p.Start
		if p.Start == 0 {
			p.window = float64(cmp.Or(p.Window, firstWindow))
		}
	}
	if p.window > 0 && float64(p.underWay) >= p.window {
		if p.free == nil {
			p.free = make(chan struct{})
		}
		return now, p.free
	}
	at = p.until
	if p.rate > 0 && p.next.After(at) {
		at = p.next
	}
	if at.After(now) {
		return at, nil
	}
	p.underWay++
	if p.rate > 0 {
		p.next = now.Add(time.Duration(float64(time.Second) / p.rate))
	}
	return now, nil
}

// Leave ends a request that entered; ok is true where the server took it.
func (p *Pace) Leave(entered time.Time, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leave()
	if ok {
		p.passed++
		now := time.Now()
		p.flow, p.flowed = p.flow*math.Exp(-now.Sub(p.flowed).Seconds())+1, now
		p.grow(entered)
	}
}

func (p *Pace) leave() {
	p.underWay = max(p.underWay-1, 0)
	if p.free != nil {
		close(p.free)
		p.free = nil
	}
}

// grow tries a higher rate after a time without a refusal.
func (p *Pace) grow(entered time.Time) {
	now := time.Now()
	switch {
	case p.rate == 0:
		p.window += growth - 1 // a quarter more when as many as are under way have ended
		return
	case entered.Before(p.since):
		return
	}
	p.good = max(p.good, p.rate)
	switch age := now.Sub(p.since); {
	case age < firstStep || age < step && p.bad > 0:
		return
	case p.bad == 0:
		p.rate *= growth
	case p.rate < near*p.bad:
		p.rate = min(p.rate+(p.bad-p.rate)/2, near*p.bad)
	case age >= patience<<p.retries:
		p.bad *= 1.05
		p.retries = min(p.retries+1, 5)
		return
	default:
		return // it stays as it is
	}
	p.since = now
}

// Refused ends a request that the server refused because there were too many: nothing is
// sent for a while, and then at a lower rate. Refusals of requests that entered before an
// earlier one counts are not counted again.
func (p *Pace) Refused(entered time.Time, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leave()
	p.window = 0
	now := time.Now()
	if until := now.Add(wait); until.After(p.until) {
		p.until = until
	}
	if !entered.After(p.cut) {
		return
	}
	p.cut = now
	if p.rate > 0 { // what entered long ago, and waited elsewhere, may have gone faster
		p.rate = max(p.rate, p.flow*math.Exp(-now.Sub(p.flowed).Seconds())-1)
	}
	switch {
	case p.rate == 0: // as many as went well, if that was not in a moment
		p.rate = float64(max(p.passed, 1)) / max(now.Sub(p.begun), moment).Seconds()
	case p.bad == 0:
		p.bad = p.rate
		if p.rate *= firstCut; p.good > p.rate && p.good < near*p.bad {
			p.rate = p.good
		}
	default:
		p.bad = min(p.bad, p.rate)
		p.rate *= cut
	}
	p.rate = max(p.rate, slowest)
	p.good = min(p.good, p.rate)
	p.since, p.next = p.until, p.until
}

// Limit takes over what the server states: that so many requests remain until a time.
func (p *Pace) Limit(remaining int, reset time.Duration) {
	if remaining < 0 || reset <= 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if remaining == 0 {
		if until := now.Add(reset); until.After(p.until) {
			p.until, p.next = until, until
		}
		return
	}
	p.window, p.since = 0, now
	p.rate = max(float64(remaining)/reset.Seconds(), slowest)
	p.good = p.rate
}
