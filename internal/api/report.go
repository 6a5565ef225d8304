package api

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// report tells the logger and OnResponse about an attempt, by allow-list.
func (f *flight) report(req *http.Request) (*Answer, error) {
	began := time.Now()
	answer, err := f.send(req)
	took := time.Since(began)
	if f.c.log != nil {
		attrs := []slog.Attr{
			slog.String("vendor", f.c.Vendor),
			slog.String("op", f.call.Op),
			slog.String("method", f.call.Method),
			slog.String("host", f.c.base.Host),
			slog.String("path", f.call.Path),
			slog.Int("attempt", f.attempt),
			slog.Duration("duration", took),
		}
		if err == nil {
			attrs = append(attrs, slog.Int("status", answer.Status))
		}
		f.c.log.LogAttrs(req.Context(), slog.LevelDebug, "request", attrs...)
	}
	if f.c.onResponse != nil && err == nil {
		f.c.onResponse(numbers.ResponseInfo{
			Vendor: f.c.Vendor, Op: f.call.Op, Method: f.call.Method, Host: f.c.base.Host, Path: f.call.Path,
			Status: answer.Status, Attempt: f.attempt, Duration: took,
			RequestID:  f.c.requestID(answer.Header),
			RetryAfter: retryAfter(answer.Header, time.Now()),
			RateLimit:  rateLimit(answer.Header),
		})
	}
	return answer, err
}

func (c *Client) requestID(h http.Header) string {
	if c.RequestIDHeader == "" {
		return ""
	}
	return c.redact(h.Get(c.RequestIDHeader))
}
