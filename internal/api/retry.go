package api

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"

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

// tries is how often the call may be sent. What is sent once may be tried
// again, too: as long as nothing of it has left.
func (f *flight) tries() int {
	if f.call.Once {
		return 1
	}
	return f.c.tries.Attempts
}

// checkRetry decides whether an attempt is followed by another.
func (f *flight) checkRetry(ctx context.Context, _ *http.Response, err error) (bool, error) {
	switch {
	case ctx.Err() != nil || f.fatal:
		return false, nil //nolint:nilerr // what came of the attempt is told, not the context's end
	case f.gate != nil && f.gate.once && (err == nil || f.gate.passed()):
		return false, nil
	case err == nil && !repeatable(f.last.Status):
		return false, nil
	}
	f.wait = f.nextWait(err)
	if f.wait > f.c.tries.MaxWait {
		return false, nil // the vendor asks for more patience than we have
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < f.wait {
		return false, nil // the context would end first
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
func (f *flight) nextWait(err error) time.Duration {
	if err == nil {
		if asked := retryAfter(f.last.Status, f.last.Header, time.Now()); asked > 0 {
			return asked
		}
	}
	return rand.N(ceiling(f.c.tries, f.attempt)) + 1
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
func (f *flight) backoff(_, _ time.Duration, _ int, _ *http.Response) time.Duration {
	f.attempt++
	f.hops = 0
	return f.wait
}
