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

// retryAfter reads Retry-After, in seconds or as a date, and where it is
// missing from an answer that refuses for the rate, the time until the rate
// limit's window ends. 0 = the vendor does not say.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if text := strings.TrimSpace(h.Get("Retry-After")); text != "" {
		if d, ok := seconds(text); ok {
			return d
		}
		if date, err := http.ParseTime(text); err == nil {
			return min(max(date.Sub(now), 0), longest)
		}
		return 0
	}
	if remaining := h.Get("X-Ratelimit-Remaining"); remaining != "" && remaining != "0" {
		return 0
	}
	d, _ := seconds(strings.TrimSpace(h.Get("X-Ratelimit-Reset")))
	return d
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
	if n > longest.Seconds() {
		return longest, true
	}
	return time.Duration(n * float64(time.Second)), true
}

// rateLimit reads the x-ratelimit headers; nil where there are none.
func rateLimit(h http.Header) *numbers.RateLimit {
	limit, err1 := strconv.Atoi(h.Get("X-Ratelimit-Limit"))
	left, err2 := strconv.Atoi(h.Get("X-Ratelimit-Remaining"))
	reset, ok := seconds(strings.TrimSpace(h.Get("X-Ratelimit-Reset")))
	if err1 != nil && err2 != nil && !ok {
		return nil
	}
	return &numbers.RateLimit{Limit: limit, Remaining: left, Reset: reset}
}
