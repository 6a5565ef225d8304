package api

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// log reports an attempt to the logger and OnResponse, by allow-list.
func (x *exchange) log(req *http.Request, h http.Header, next sender) (*Answer, error) {
	began := time.Now()
	answer, err := next(req, h)
	took := time.Since(began)
	x.logAttempt(req, answer, took)
	if x.c.onResponse != nil && err == nil {
		now := time.Now()
		x.c.onResponse(numbers.ResponseInfo{
			Vendor: x.c.Vendor, Op: x.call.Op, Method: x.call.Method, Host: x.c.base.Host, Path: x.call.Path,
			Status: answer.Status, Attempt: x.attempt, Duration: took,
			RequestID:  x.c.requestID(answer.Header),
			RetryAfter: retryAfter(answer.Status, answer.Header, now),
			RateLimit:  rateLimit(answer.Header, now),
		})
	}
	return answer, err
}

// logAttempt writes the one line; answer is nil where there was none.
func (x *exchange) logAttempt(req *http.Request, answer *Answer, took time.Duration) {
	if x.c.log == nil || !x.c.log.Enabled(req.Context(), slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("vendor", x.c.Vendor),
		slog.String("op", x.call.Op),
		slog.String("method", x.call.Method),
		slog.String("host", x.c.base.Host),
		slog.String("path", x.call.Path),
		slog.Int("attempt", x.attempt),
		slog.Duration("duration", took),
	}
	if answer != nil {
		attrs = append(attrs, slog.Int("status", answer.Status))
	}
	x.c.log.LogAttrs(req.Context(), slog.LevelDebug, "request", attrs...)
}

func (c *Client) requestID(h http.Header) string {
	if c.RequestIDHeader == "" {
		return ""
	}
	return c.text(h.Get(c.RequestIDHeader))
}
