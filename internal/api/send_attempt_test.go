package api

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

func logged(t *testing.T, log *bytes.Buffer) (lines []map[string]any) {
	t.Helper()
	for dec := json.NewDecoder(log); dec.More(); {
		var line map[string]any
		require.NoError(t, dec.Decode(&line))
		delete(line, "time")
		lines = append(lines, line)
	}
	return lines
}

// TestReports asserts every field of every line and of every ResponseInfo: an
// attempt each, answered or not, and nothing that is not listed here.
func TestReports(t *testing.T) {
	var log bytes.Buffer
	var infos []numbers.ResponseInfo
	opts := quick()
	opts.Retry = numbers.Retry{Attempts: tries, MinWait: time.Second, MaxWait: time.Minute}
	opts.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	opts.OnResponse = func(i numbers.ResponseInfo) { infos = append(infos, i) }
	sent := 0
	virtual(t, Config{Auth: secretAuth(), RequestIDHeader: "X-Request-Id"}, opts, func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(3 * time.Second)
		w.Header().Set("X-Request-Id", "r-"+string(rune('0'+sent)))
		w.Header().Set("X-Private", "s3cret-token")
		switch sent++; sent {
		case 1:
			w.Header().Set("Retry-After", "7")
			w.Header().Set("X-RateLimit-Limit", "200")
			w.Header().Set("X-RateLimit-Reset", "51")
			w.WriteHeader(http.StatusTooManyRequests)
		case 2: // breaks off
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("{"))
		default:
			_, _ = w.Write([]byte(goodThing))
		}
	}, func(t *testing.T, c *Client) {
		require.NoError(t, c.Do(t.Context(), &Call{
			Op: "Orders.Get", Class: Read, Method: http.MethodGet, Path: "/orders/{id}", Args: []string{"private-id"},
			Query: params{Name: "private-query"},
		}))
		_, err := c.Raw(t.Context(), &numbers.RawRequest{Method: http.MethodPost, Path: "/private-path"})
		require.NoError(t, err)
	})

	line := func(op, method, path string, attempt, status float64) map[string]any {
		m := map[string]any{
			"level": "DEBUG", "msg": "request", "vendor": "acme", "op": op, "method": method, "host": "localhost", "path": path,
			"attempt": attempt, "duration": float64(3 * time.Second),
		}
		if status != 0 {
			m["status"] = status
		}
		return m
	}
	assert.Equal(t, []map[string]any{
		line("Orders.Get", "GET", "/orders/{id}", 1, 429),
		line("Orders.Get", "GET", "/orders/{id}", 2, 0),
		line("Orders.Get", "GET", "/orders/{id}", 3, 200),
		line("Do", "POST", "(not modeled)", 1, 200),
	}, logged(t, &log))

	info := func(op, method, path string, status, attempt int, id string) numbers.ResponseInfo {
		return numbers.ResponseInfo{
			Vendor: "acme", Op: op, Method: method, Host: "localhost", Path: path, Status: status, Attempt: attempt,
			Duration: 3 * time.Second, RequestID: id,
		}
	}
	limited := info("Orders.Get", "GET", "/orders/{id}", 429, 1, "r-0")
	limited.RetryAfter, limited.RateLimit = 7*time.Second, &numbers.RateLimit{Limit: 200, Reset: 51 * time.Second}
	assert.Equal(t, []numbers.ResponseInfo{
		limited,
		info("Orders.Get", "GET", "/orders/{id}", 200, 3, "r-2"),
		info("Do", "POST", "(not modeled)", 200, 1, "r-3"),
	}, infos)
	assert.Equal(t, 11, reflect.TypeFor[numbers.ResponseInfo]().NumField(), "a new field is a decision to be made here, too")
}

// TestReportsRedirects counts a followed redirect to the attempt it belongs to.
func TestReportsRedirects(t *testing.T) {
	var attempts, statuses []int
	opts := quick()
	opts.OnResponse = func(i numbers.ResponseInfo) {
		attempts, statuses = append(attempts, i.Attempt), append(statuses, i.Status)
	}
	answers := []*answering{
		{status: 302, header: http.Header{"Location": {"/b"}}}, {status: 503}, {status: 302, header: http.Header{"Location": {"/b"}}}, {status: 200},
	}
	n := 0
	c := newTestClient(t, Config{}, "https://acme.example", opts, roundTrip(func(req *http.Request) (*http.Response, error) {
		n++
		return answers[n-1].RoundTrip(req)
	}))
	require.NoError(t, c.Do(t.Context(), read1()))
	assert.Equal(t, []int{1, 1, 2, 2}, attempts)
	assert.Equal(t, []int{302, 503, 302, 200}, statuses)
}

// TestLogLevel asserts that nothing is logged above debug.
func TestLogLevel(t *testing.T) {
	var log bytes.Buffer
	opts := quick()
	opts.Logger = slog.New(slog.NewJSONHandler(&log, nil))
	c := newTestClient(t, Config{}, "https://acme.example", opts, &answering{status: 500})
	require.Error(t, c.Do(t.Context(), read1()))
	assert.Empty(t, log.String())
}

// TestLogContext asserts that handlers that read the context get the caller's.
func TestLogContext(t *testing.T) {
	type key struct{}
	var got any
	opts := quick()
	opts.Logger = slog.New(contextHandler{func(ctx context.Context) { got = ctx.Value(key{}) }})
	c := newTestClient(t, Config{}, "https://acme.example", opts, &answering{status: 200})
	require.NoError(t, c.Do(context.WithValue(t.Context(), key{}, "mine"), read1()))
	assert.Equal(t, "mine", got)
}

type contextHandler struct{ see func(context.Context) }

func (h contextHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h contextHandler) Handle(ctx context.Context, _ slog.Record) error {
	h.see(ctx)
	return nil
}
func (h contextHandler) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h contextHandler) WithGroup(string) slog.Handler      { return h }
