package api

import (
	"context"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
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
	if x.gate != nil {
		defer x.gate.Close()
	}
	_, err = loop.Do(req) //nolint:bodyclose // RoundTrip below gives it no body
	return x.last, err
}

// attempts is the transport of go-retryablehttp. Each RoundTrip is one attempt. It has no
// CloseIdleConnections, so that a failure does not close connections of other requests.
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
	resp := &http.Response{StatusCode: answer.Status, Body: http.NoBody, Request: req} // the Answer has the header and the body
	if location, ok := a.x.follow(req, answer); ok {
		a.x.hops++
		resp.Header = http.Header{"Location": {location}}
	}
	return resp, nil
}

// tries returns how often the call may be tried. A call that is sent once may also be
// tried again, as long as no byte of it was sent.
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
		return false, nil //nolint:nilerr // the result of the attempt is returned, not the error of the context
	case x.sentOnce() && (err == nil || x.gate.Passed() || x.gate.Late()):
		return false, nil
	case err == nil && !repeatable(x.last.Status):
		return false, nil
	}
	x.wait = x.nextWait(err)
	if x.wait > x.c.tries.MaxWait {
		return false, nil // the vendor asks for a longer wait than MaxWait
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < x.wait {
		return false, nil // the context would end first
	}
	if !x.sendBy.IsZero() && time.Until(x.sendBy) <= x.wait {
		return false, nil // the fence would refuse the attempt
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

// nextWait returns the wait that the vendor states, or otherwise an exponential backoff
// with full jitter.
func (x *exchange) nextWait(err error) time.Duration {
	if err == nil {
		if asked := retryAfter(x.last.Status, x.last.Header, time.Now()); asked > 0 {
			return asked
		}
	}
	return rand.N(ceiling(x.c.tries, x.attempt)) + 1
}

// ceiling returns the longest wait after an attempt: MinWait, doubled for each earlier
// attempt, up to MaxWait. It is more than 0.
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

// backoff returns the wait that checkRetry chose. It is called only if another attempt
// follows.
func (x *exchange) backoff(_, _ time.Duration, _ int, _ *http.Response) time.Duration {
	x.attempt++
	x.hops = 0
	return x.wait
}

const mostRedirects = 5

// follow decides whether a redirect is followed. It is followed only for a read by GET or
// HEAD, and only to the same scheme and host. Every other redirect is returned as a 3xx
// answer, because following it could send the credential to another host, or send a write
// twice. The Location of other redirects is hidden from net/http, because net/http would
// read the body again before it calls CheckRedirect.
func (x *exchange) follow(req *http.Request, a *Answer) (location string, ok bool) {
	location = a.Header.Get("Location")
	method := x.call.Method
	switch {
	case location == "" || !redirects(a.Status):
		return "", false
	case x.call.Class != Read || x.gate != nil || (method != http.MethodGet && method != http.MethodHead):
		return "", false
	case x.hops == mostRedirects:
		return "", false
	}
	to, err := req.URL.Parse(location)
	if err != nil || to.User != nil || !sameOrigin(to, x.url) {
		return "", false
	}
	return location, true
}

// redirects reports whether net/http follows a status.
func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// sameOrigin compares scheme, host and port.
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	switch p := u.Port(); {
	case p != "":
		return p
	case u.Scheme == "https":
		return "443"
	default:
		return "80"
	}
}

// followed allows net/http to follow the redirects that follow has accepted.
func followed(*http.Request, []*http.Request) error { return nil }

// longest is the longest wait that is accepted. A longer one (milliseconds instead of
// seconds, the year 9999) is ignored.
const longest = 24 * time.Hour

// retryAfter returns how long the vendor asks to wait; 0 = not stated, or not usable. It
// reads Retry-After, in seconds or as a date. Without Retry-After, if the rate limit was
// exceeded, it returns the time until the window of the limit ends.
func retryAfter(status int, h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if d, ok := seconds(text); ok && d <= longest {
		return d
	}
	if date, err := http.ParseTime(text); err == nil {
		if d := date.Sub(now); d > 0 && d <= longest {
			return d
		}
	}
	if status != http.StatusTooManyRequests {
		return 0
	}
	d, _ := windowEnd(h, now)
	return d
}

// windowEnd reads X-Ratelimit-Reset: the seconds until the window ends, or, at some
// vendors, the Unix time at which it ends.
func windowEnd(h http.Header, now time.Time) (time.Duration, bool) {
	d, ok := seconds(strings.TrimSpace(h.Get("X-Ratelimit-Reset")))
	if ok && d > longest {
		d -= time.Duration(now.UnixNano()) // since 1970
	}
	if !ok || d < 0 || d > longest {
		return 0, false
	}
	return d, true
}

// seconds reads a count of seconds, with a fraction or without, that a Duration can
// hold.
func seconds(text string) (time.Duration, bool) {
	if text == "" || strings.Trim(text, "0123456789.") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n >= math.MaxInt64/float64(time.Second) {
		return 0, false
	}
	return time.Duration(n * float64(time.Second)), true
}

// RateLimit returns the content of the answer's rate limit headers, or nil if there are
// none.
func (a *Answer) RateLimit() *numbers.RateLimit { return rateLimit(a.Header, time.Now()) }

// rateLimit reads the x-ratelimit headers. A count that is negative or too large, and an
// end of the window that is not usable, are ignored. If nothing is left, it returns nil.
func rateLimit(h http.Header, now time.Time) *numbers.RateLimit {
	limit, ok1 := count(h.Get("X-Ratelimit-Limit"))
	left, ok2 := count(h.Get("X-Ratelimit-Remaining"))
	reset, ok3 := windowEnd(h, now)
	if !ok1 && !ok2 && !ok3 {
		return nil
	}
	return &numbers.RateLimit{Limit: limit, Remaining: left, Reset: reset}
}

func count(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, false
	}
	return n, true
}
