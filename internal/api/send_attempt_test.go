package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

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

// TestReports asserts every field of every line and of every AttemptInfo: one for
// each request, answered or not, and nothing that is not listed here.
func TestReports(t *testing.T) {
	var log bytes.Buffer
	var infos []numbers.AttemptInfo
	opts := quick()
	opts.Retry = numbers.Retry{Attempts: tries, MinWait: time.Second, MaxWait: time.Minute}
	opts.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	opts.OnAttempt = func(_ context.Context, a numbers.AttemptInfo) { infos = append(infos, a) }
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
		case 5:
			w.WriteHeader(http.StatusInternalServerError)
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
		_, err = c.Raw(t.Context(), &numbers.RawRequest{Method: http.MethodPost, Path: "/private-path"})
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
	})

	line := func(op, class, method, path string, attempt, status float64, kind error) map[string]any {
		m := map[string]any{
			"level": "DEBUG", "msg": "request", "vendor": "acme", "op": op, "class": class, "method": method, "host": "localhost",
			"path": path, "attempt": attempt, "duration": float64(3 * time.Second),
		}
		if status != 0 {
			m["status"] = status
		}
		if kind != nil {
			m["kind"] = kind.Error()
		}
		return m
	}
	assert.Equal(t, []map[string]any{
		line("Orders.Get", "read", "GET", "/orders/{id}", 1, 429, numbers.ErrRateLimited),
		line("Orders.Get", "read", "GET", "/orders/{id}", 2, 0, numbers.ErrVendor),
		line("Orders.Get", "read", "GET", "/orders/{id}", 3, 200, nil),
		line("Do", "buy", "POST", "(not modeled)", 1, 200, nil),
		line("Do", "buy", "POST", "(not modeled)", 1, 500, numbers.ErrOutcomeUnknown),
	}, logged(t, &log))

	get := numbers.Operation{Vendor: "acme", Op: "Orders.Get", Class: numbers.ClassRead, Method: "GET", Path: "/orders/{id}"}
	do := numbers.Operation{Vendor: "acme", Op: "Do", Class: numbers.ClassBuy, Method: "POST", Path: "(not modeled)"}
	info := func(o numbers.Operation, status, attempt int, id string, kind error) numbers.AttemptInfo {
		return numbers.AttemptInfo{
			Operation: o, Host: "localhost", Status: status, Attempt: attempt, Kind: kind, Duration: 3 * time.Second, RequestID: id,
		}
	}
	limited := info(get, 429, 1, "r-0", numbers.ErrRateLimited)
	limited.RetryAfter, limited.RateLimit = 7*time.Second, &numbers.RateLimit{Limit: 200, Reset: 51 * time.Second}
	assert.Equal(t, []numbers.AttemptInfo{
		limited,
		info(get, 0, 2, "", numbers.ErrVendor),
		info(get, 200, 3, "r-2", nil),
		info(do, 200, 1, "r-3", nil),
		info(do, 500, 1, "r-4", numbers.ErrOutcomeUnknown),
	}, infos)
	assert.Equal(t, 9, reflect.TypeFor[numbers.AttemptInfo]().NumField(), "a new field is a decision to be made here, too")
	assert.Equal(t, 5, reflect.TypeFor[numbers.Operation]().NumField())
}

// TestReportsUnanswered asserts the kind of an attempt without an answer, and that
// what never got to the transport is no attempt.
func TestReportsUnanswered(t *testing.T) {
	refused := roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") })
	swallowed := roundTrip(func(req *http.Request) (*http.Response, error) {
		_, _ = io.Copy(io.Discard, req.Body)
		return nil, errors.New("lost")
	})
	for name, test := range map[string]struct {
		transport http.RoundTripper
		call      *Call
		limiter   numbers.Limiter
		want      []error
	}{
		"read that is not answered":  {refused, read1(), nil, []error{numbers.ErrUnreachable, numbers.ErrUnreachable, numbers.ErrUnreachable}},
		"buy that is not sent":       {refused, buy(thing{})(), nil, []error{numbers.ErrUnreachable, numbers.ErrUnreachable, numbers.ErrUnreachable}},
		"buy that may be sent":       {swallowed, buy(thing{})(), nil, []error{numbers.ErrOutcomeUnknown}},
		"buy after its fence":        {swallowed, fenced(-time.Second), nil, []error{numbers.ErrNotPlaced}},
		"limiter that refuses":       {refused, read1(), rate.NewLimiter(0, 0), nil},
		"purchase that can't begin":  {refused, unbegun(), nil, nil},
		"login that the vendor cuts": {refused, &Call{Op: "Login", Class: Write, Method: http.MethodPost, Path: "/", Once: true}, nil, []error{numbers.ErrUnreachable}},
	} {
		t.Run(name, func(t *testing.T) {
			var kinds []error
			opts := quick()
			opts.Limiter = test.limiter
			opts.OnAttempt = func(_ context.Context, a numbers.AttemptInfo) {
				kinds = append(kinds, a.Kind)
				assert.Zero(t, a.Status)
				assert.Equal(t, len(kinds), a.Attempt)
			}
			c := newTestClient(t, Config{}, "https://acme.example", opts, test.transport)
			require.Error(t, c.Do(t.Context(), test.call))
			assert.Equal(t, test.want, kinds)
		})
	}
}

// unbegun is a buy whose claim fails.
func unbegun() *Call {
	call := fenced(time.Hour)
	call.Begin = func(context.Context) (time.Time, error) { return time.Time{}, errors.New("the disk is full") }
	return call
}

// TestReportsRefusalUnderSuccess asserts that a 2xx that the vendor calls a failure
// is not reported as a success.
func TestReportsRefusalUnderSuccess(t *testing.T) {
	var kinds []error
	opts := quick()
	opts.OnAttempt = func(_ context.Context, a numbers.AttemptInfo) { kinds = append(kinds, a.Kind) }
	cfg := Config{
		Open:    func(*Answer) ([]byte, bool) { return nil, true },
		Refusal: func(*Answer) Refusal { return Refusal{Status: 422} },
	}
	c := newTestClient(t, cfg, "https://acme.example", opts, &answering{status: 200, body: goodThing})
	require.ErrorIs(t, c.Do(t.Context(), read1()), numbers.ErrInvalid)
	assert.Equal(t, []error{numbers.ErrInvalid}, kinds)
}

// TestOperationInContext asserts who gets the operation by the context: the
// transport, the limiter, a login, OnAttempt and the log.
func TestOperationInContext(t *testing.T) {
	type key struct{}
	seen := map[string][]string{}
	see := func(who string) func(context.Context) {
		return func(ctx context.Context) {
			o, ok := numbers.OperationFrom(ctx)
			assert.True(t, ok, who)
			assert.Equal(t, "mine", ctx.Value(key{}), who)
			seen[who] = append(seen[who], o.Op+" "+string(o.Class))
		}
	}
	opts := quick()
	opts.Limiter = limiterFunc(func(ctx context.Context) error { see("limiter")(ctx); return nil })
	opts.Logger = slog.New(contextHandler{see("log")})
	opts.OnAttempt = func(ctx context.Context, _ numbers.AttemptInfo) { see("hook")(ctx) }
	c := newTestClient(t, Config{}, "https://acme.example", opts, roundTrip(func(req *http.Request) (*http.Response, error) {
		see("transport")(req.Context())
		return (&answering{status: 200, body: goodThing}).RoundTrip(req)
	}))
	c.Auth = &Tokens{
		Login: func(ctx context.Context, _ Token) (Token, error) {
			see("login")(ctx)
			err := c.Do(ctx, &Call{Op: "Login", Class: Write, Method: http.MethodPost, Path: "/login", NoAuth: true})
			return Token{Value: "t0ken"}, err
		},
		Apply: func(http.Header, string) {},
	}
	call := fenced(time.Hour)
	begin := call.Begin
	call.Begin = func(ctx context.Context) (time.Time, error) { see("begin")(ctx); return begin(ctx) }
	require.NoError(t, c.Do(context.WithValue(t.Context(), key{}, "mine"), call))
	two := []string{"Login write", "Orders.Create buy"}
	assert.Equal(t, map[string][]string{
		"limiter": two, "log": two, "hook": two, "transport": two, "login": two[1:], "begin": two[1:],
	}, seen)

	_, ok := numbers.OperationFrom(t.Context())
	assert.False(t, ok)
}

type limiterFunc func(context.Context) error

func (f limiterFunc) Wait(ctx context.Context) error { return f(ctx) }

// TestHookPanics asserts that a panic of OnAttempt loses no answer, and that it is
// logged without what it was thrown with.
func TestHookPanics(t *testing.T) {
	for name, op := range map[string]*Call{"read": read1(), "buy": buy(thing{})()} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			opts := quick()
			opts.Logger = slog.New(slog.NewJSONHandler(&log, nil))
			opts.OnAttempt = func(context.Context, numbers.AttemptInfo) { panic("s3cret") }
			transport := &answering{status: 200, body: goodThing}
			c := newTestClient(t, Config{}, "https://acme.example", opts, transport)
			got, err := Get[thing](t.Context(), c, op)
			require.NoError(t, err)
			assert.Equal(t, "7", got.ID)
			lines := logged(t, &log)
			require.Len(t, lines, 1)
			assert.Equal(t, "ERROR", lines[0]["level"])
			assert.Equal(t, "OnAttempt", lines[0]["hook"])
			assert.Contains(t, lines[0]["stack"], "TestHookPanics")
			assert.NotContains(t, lines[0]["stack"], "s3cret")

			opts.Logger = nil
			c = newTestClient(t, Config{}, "https://acme.example", opts, transport)
			require.NoError(t, c.Do(t.Context(), op))
		})
	}
}

// TestReportsRedirects asserts that a followed redirect is a request of its own,
// and no error.
func TestReportsRedirects(t *testing.T) {
	var attempts, statuses []int
	opts := quick()
	var kinds []error
	opts.OnAttempt = func(_ context.Context, a numbers.AttemptInfo) {
		attempts, statuses, kinds = append(attempts, a.Attempt), append(statuses, a.Status), append(kinds, a.Kind)
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
	assert.Equal(t, []int{1, 2, 3, 4}, attempts)
	assert.Equal(t, []int{302, 503, 302, 200}, statuses)
	assert.Equal(t, []error{nil, numbers.ErrVendor, nil, nil}, kinds)
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
