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
		r.MaxWait = defaultMaxWait
	}
	if r.MinWait == 0 {
		r.MinWait = min(defaultMinWait, r.MaxWait)
	}
	return r
}

// tries is how often the call may be sent. A Buy, too, may be tried again: as
// long as nothing of it has left.
func (f *flight) tries() int {
	if f.call.Once || f.payload.stream != nil {
		return 1
	}
	return f.c.tries.Attempts
}

// checkRetry decides whether an attempt is followed by another.
func (f *flight) checkRetry(ctx context.Context, _ *http.Response, err error) (bool, error) {
	switch {
	case ctx.Err() != nil || f.fatal:
		return false, nil
	case f.call.Class == Buy:
		if err == nil || f.gate.touched.Load() {
			return false, nil
		}
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
		if asked := retryAfter(f.last.Header, time.Now()); asked > 0 {
			return asked
		}
	}
	ceiling := f.c.tries.MinWait
	for range f.attempt - 1 {
		if ceiling >= f.c.tries.MaxWait/2 {
			ceiling = f.c.tries.MaxWait
			break
		}
		ceiling *= 2
	}
	return rand.N(ceiling + 1)
}

// backoff is what checkRetry decided.
func (f *flight) backoff(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return f.wait }
