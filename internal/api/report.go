package api

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// report tells the logger and OnResponse about an attempt, by allow-list.
func (f *flight) report(req *http.Request, h http.Header) (*Answer, error) {
	began := time.Now()
	answer, err := f.send(req, h)
	took := time.Since(began)
	f.logAttempt(req, answer, took)
	if f.c.onResponse != nil && err == nil {
		now := time.Now()
		f.c.onResponse(numbers.ResponseInfo{
			Vendor: f.c.Vendor, Op: f.call.Op, Method: f.call.Method, Host: f.c.base.Host, Path: f.call.Path,
			Status: answer.Status, Attempt: f.attempt, Duration: took,
			RequestID:  f.c.requestID(answer.Header),
			RetryAfter: retryAfter(answer.Status, answer.Header, now),
			RateLimit:  rateLimit(answer.Header, now),
		})
	}
	return answer, err
}

// logAttempt writes the one line; answer is nil where there was none.
func (f *flight) logAttempt(req *http.Request, answer *Answer, took time.Duration) {
	if f.c.log == nil || !f.c.log.Enabled(req.Context(), slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("vendor", f.c.Vendor),
		slog.String("op", f.call.Op),
		slog.String("method", f.call.Method),
		slog.String("host", f.c.base.Host),
		slog.String("path", f.call.Path),
		slog.Int("attempt", f.attempt),
		slog.Duration("duration", took),
	}
	if answer != nil {
		attrs = append(attrs, slog.Int("status", answer.Status))
	}
	f.c.log.LogAttrs(req.Context(), slog.LevelDebug, "request", attrs...)
}

func (c *Client) requestID(h http.Header) string {
	if c.RequestIDHeader == "" {
		return ""
	}
	return c.text(h.Get(c.RequestIDHeader))
}
