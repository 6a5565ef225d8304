package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/numbers"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestRetryAfter(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"":      0,
		"0":     0,
		"1":     time.Second,
		" 120 ": 2 * time.Minute,
		"007":   7 * time.Second,
		"1.5":   1500 * time.Millisecond,
		".5":    500 * time.Millisecond,
		"86400": 24 * time.Hour,

		"86401": 0, "30000000": 0, "31536000": 0, // longer than a day
		"1772366430000":          0, // milliseconds
		"9223372036":             0, // seconds that are just a Duration
		"9223372037":             0, // and those that are none any more
		"10000000000":            0,
		"9223372036854775807":    0,
		"18446744073709551616":   0,
		strings.Repeat("9", 400): 0, // more than a float

		"Sun, 01 Mar 2026 12:00:30 GMT":  30 * time.Second, // RFC 1123
		"Sunday, 01-Mar-26 12:00:30 GMT": 30 * time.Second, // RFC 850
		"Sun Mar  1 12:00:30 2026":       30 * time.Second, // asctime
		"Sun, 01 Mar 2026 11:59:30 GMT":  0,
		"Thu, 01 Jan 1970 00:00:00 GMT":  0,
		"Mon, 02 Mar 2026 12:00:01 GMT":  0,
		"Fri, 31 Dec 9999 23:59:59 GMT":  0,
		"Mon, 01 Jan 0001 00:00:00 GMT":  0,

		"-1": 0, "-9223372036854775808": 0, "+1": 0, "1e9": 0, "0x10": 0, "1,5": 0, "1 s": 0, "1s": 0, "1.2.3": 0, ".": 0, "..": 0,
		"soon": 0, "NaN": 0, "Inf": 0, "-Inf": 0, "infinity": 0, "٣": 0, "\x00": 0, "2026-03-01T12:00:30Z": 0,
		"Sun, 01 Mar 2026 12:00:30 +0100": 0, "Sun, 41 Mar 2026 12:00:30 GMT": 0, "1; 2": 0,
	} {
		t.Run(text, func(t *testing.T) {
			for _, status := range []int{429, 503, 502, 404} {
				assert.Equal(t, want, retryAfter(status, http.Header{"Retry-After": {text}}, noon))
			}
		})
	}
}

func TestRateLimitReset(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"51":                    51 * time.Second,
		"0":                     0,
		"1.5":                   1500 * time.Millisecond,
		"1772366430":            30 * time.Second, // the Unix time of noon and 30 s
		"1772366370":            0,                // before noon
		"1772366430.5":          30*time.Second + 500*time.Millisecond,
		"1772452800":            24 * time.Hour,
		"1772452801":            0, // longer than a day
		"1772366430000":         0, // milliseconds
		"99999999999999999999":  0,
		"-5":                    0,
		"soon":                  0,
		"":                      0,
		strings.Repeat("9", 99): 0,
	} {
		t.Run(text, func(t *testing.T) {
			h := http.Header{"X-Ratelimit-Reset": {text}}
			assert.Equal(t, want, retryAfter(429, h, noon))
			assert.Zero(t, retryAfter(503, h, noon), "not the limit that was hit")

			h.Set("Retry-After", "7")
			assert.Equal(t, 7*time.Second, retryAfter(429, h, noon), "Retry-After comes first")
			for _, ignored := range []string{"junk", "-1", "31536000", "Fri, 31 Dec 9999 23:59:59 GMT"} {
				h.Set("Retry-After", ignored)
				assert.Equal(t, want, retryAfter(429, h, noon), "as if it were not there")
			}
		})
	}
}

func TestRateLimit(t *testing.T) {
	header := func(limit, remaining, reset string) http.Header {
		h := http.Header{}
		h.Set("X-RateLimit-Limit", limit)
		h.Set("X-RateLimit-Remaining", remaining)
		h.Set("X-RateLimit-Reset", reset)
		return h
	}
	for name, test := range map[string]struct {
		header http.Header
		want   *numbers.RateLimit
	}{
		"none":     {http.Header{}, nil},
		"junk":     {header("a lot", "some", "soon"), nil},
		"all":      {header("200", "0", "51"), &numbers.RateLimit{Limit: 200, Reset: 51 * time.Second}},
		"some":     {header("200", "7", ""), &numbers.RateLimit{Limit: 200, Remaining: 7}},
		"overflow": {header("99999999999999999999", "1", "99999999999999999999"), &numbers.RateLimit{Remaining: 1}},
		"negative": {header("-1", "-1", "-1"), nil},
		"a year":   {header("200", "-1", "31536000"), &numbers.RateLimit{Limit: 200}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, test.want, rateLimit(test.header, noon)) })
	}
}

// FuzzRetryAfter asserts that whatever a vendor sends is a wait between 0 and
// the longest.
func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"1", "1.5", "-1", "Sun, 01 Mar 2026 12:00:30 GMT", "9223372036854775807", "1e9", "1772366430"} {
		f.Add(s, s, 429)
	}
	f.Fuzz(func(t *testing.T, after, reset string, status int) {
		h := http.Header{"Retry-After": {after}, "X-Ratelimit-Reset": {reset}}
		d := retryAfter(status, h, noon)
		if d < 0 || d > longest {
			t.Fatalf("%q, %q: %v", after, reset, d)
		}
		h.Del("Retry-After")
		if d := retryAfter(http.StatusTooManyRequests, h, noon); d < 0 || d > longest {
			t.Fatalf("%q: %v", reset, d)
		}
		if r := rateLimit(h, noon); r != nil && (r.Reset < 0 || r.Reset > longest) {
			t.Fatalf("%q: %v", reset, r.Reset)
		}
	})
}
