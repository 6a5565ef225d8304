package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// longest is where waits are clamped before they are multiplied: a server may
// send any number.
const longest = 365 * 24 * time.Hour

// retryAfter is how long the vendor asks to wait; 0 = it does not say. It
// reads Retry-After, in seconds or as a date, and where there is none, and the
// rate limit is what was hit, the time until the limit's window ends.
func retryAfter(status int, h http.Header, now time.Time) time.Duration {
	if text := strings.TrimSpace(h.Get("Retry-After")); text != "" {
		if d, ok := seconds(text); ok {
			return d
		}
		if date, err := http.ParseTime(text); err == nil {
			return clamp(date.Sub(now))
		}
		return 0
	}
	if status != http.StatusTooManyRequests {
		return 0
	}
	d, _ := windowEnd(h, now)
	return d
}

// windowEnd reads X-Ratelimit-Reset: the seconds until the window ends, or, as
// some write it, the Unix time when it does.
func windowEnd(h http.Header, now time.Time) (time.Duration, bool) {
	text := strings.TrimSpace(h.Get("X-Ratelimit-Reset"))
	d, ok := seconds(text)
	if ok && d == longest { // no window is that long
		if at, err := strconv.ParseFloat(text, 64); err == nil && at < float64(now.Add(longest).Unix()) {
			d = clamp(time.Unix(int64(at), 0).Sub(now))
		}
	}
	return d, ok
}

// seconds reads a count of seconds, with a fraction or without, and clamps it.
func seconds(text string) (time.Duration, bool) {
	if text == "" || strings.Trim(text, "0123456789.") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil && n == 0 { // out of range is +Inf, which the clamp takes
		return 0, false
	}
	if n >= longest.Seconds() {
		return longest, true
	}
	return time.Duration(n * float64(time.Second)), true
}

func clamp(d time.Duration) time.Duration { return min(max(d, 0), longest) }

// RateLimit is what the answer's rate limit headers say; nil where there are
// none.
func (a *Answer) RateLimit() *numbers.RateLimit { return rateLimit(a.Header, time.Now()) }

// rateLimit reads the x-ratelimit headers; nil where there are none.
func rateLimit(h http.Header, now time.Time) *numbers.RateLimit {
	limit, err1 := strconv.Atoi(h.Get("X-Ratelimit-Limit"))
	left, err2 := strconv.Atoi(h.Get("X-Ratelimit-Remaining"))
	reset, ok := windowEnd(h, now)
	if err1 != nil && err2 != nil && !ok {
		return nil
	}
	return &numbers.RateLimit{Limit: limit, Remaining: left, Reset: reset}
}
