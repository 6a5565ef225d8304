package api

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/tnkit/tnkit/numbers"
)

const (
	defaultAttempts = 4
	defaultMinWait  = 500 * time.Millisecond
	defaultMaxWait  = 30 * time.Second
)

func badRetry(r numbers.Retry) string {
	switch {
	case r.Attempts < 0:
		return "Attempts is negative"
	case r.MinWait < 0 || r.MaxWait < 0:
		return "a wait is negative"
	case r.MaxWait > 0 && r.MinWait > r.MaxWait:
		return "MinWait is more than MaxWait"
	}
	return ""
}

func withDefaults(r numbers.Retry) numbers.Retry {
	if r.Attempts == 0 {
		r.Attempts = defaultAttempts
	}
	if r.MaxWait == 0 {
		r.MaxWait = max(defaultMaxWait, r.MinWait)
	}
	if r.MinWait == 0 {
		r.MinWait = min(defaultMinWait, r.MaxWait)
	}
	return r
}

// retry repeats an attempt, as often as the call's class and the options allow.
// It returns the last answer, or the last error.
func (x *exchange) retry(ctx context.Context, attempt func(*http.Request) (*Answer, error)) (*Answer, error) {
	req, err := x.request(ctx)
	if err != nil {
		return nil, err
	}
	loop := retryablehttp.Client{
		HTTPClient:   &http.Client{Transport: &attempts{x, attempt}, CheckRedirect: followed},
		RetryMax:     x.tries() - 1,
		CheckRetry:   x.checkRetry,
		Backoff:      x.backoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	_, err = loop.Do(req) //nolint:bodyclose // RoundTrip below gives it no body
	if x.gate != nil {
		x.gate.Close()
	}
	return x.last, err
}

// attempts is what go-retryablehttp sends by: each RoundTrip is one attempt. It
// has no CloseIdleConnections, so that a failure does not close the connections
// that others use.
type attempts struct {
	x       *exchange
	attempt func(*http.Request) (*Answer, error)
}

var _ http.RoundTripper = (*attempts)(nil)

// RoundTrip makes one attempt and keeps its answer.
func (a *attempts) RoundTrip(req *http.Request) (*http.Response, error) {
	a.x.last = nil
	answer, err := a.attempt(req)
	if err != nil {
		return nil, err
	}
	a.x.last = answer
	resp := &http.Response{StatusCode: answer.Status, Body: http.NoBody, Request: req} // the answer has the rest
	if location, ok := a.x.follow(req, answer); ok {
		resp.Header = http.Header{"Location": {location}}
	}
	return resp, nil
}

// tries is how often the call may be sent. What is sent once may be tried
// again, too: as long as nothing of it has left.
func (x *exchange) tries() int {
	if x.call.Once {
		return 1
	}
	return x.c.tries.Attempts
}

// checkRetry decides whether an attempt is followed by another.
func (x *exchange) checkRetry(ctx context.Context, _ *http.Response, err error) (bool, error) {
	switch {
	case ctx.Err() != nil || x.permanent:
		return false, nil //nolint:nilerr // what came of the attempt is told, not the context's end
	case x.single() && (err == nil || x.gate.Passed() || x.gate.Late()):
		return false, nil
	case err == nil && !repeatable(x.last.Status):
		return false, nil
	}
	x.wait = x.nextWait(err)
	if x.wait > x.c.tries.MaxWait {
		return false, nil // the vendor asks for more patience than we have
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < x.wait {
		return false, nil // the context would end first
	}
	if !x.sendBy.IsZero() && time.Until(x.sendBy) <= x.wait {
		return false, nil // the fence would refuse it
	}
	return true, nil
}

func repeatable(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// nextWait is the vendor's own word where it gives one, else full jitter over
// an exponential backoff.
func (x *exchange) nextWait(err error) time.Duration {
	if err == nil {
		if asked := retryAfter(x.last.Status, x.last.Header, time.Now()); asked > 0 {
			return asked
		}
	}
	return rand.N(ceiling(x.c.tries, x.attempt)) + 1
}

// ceiling is the longest wait after an attempt: MinWait, doubled for every
// attempt before it, up to MaxWait. It is more than 0.
func ceiling(r numbers.Retry, attempt int) time.Duration {
	d := r.MinWait
	for range attempt - 1 {
		if d > r.MaxWait/2 {
			return r.MaxWait
		}
		d *= 2
	}
	return d
}

// backoff is what checkRetry decided. It is asked only when another attempt
// follows.
func (x *exchange) backoff(_, _ time.Duration, _ int, _ *http.Response) time.Duration {
	x.attempt++
	x.hops = 0
	return x.wait
}
