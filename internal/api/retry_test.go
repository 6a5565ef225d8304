package api

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/gate"
	"github.com/tnkit/tnkit/numbers"
)

func read1() *Call { return &Call{Op: "Get", Class: Read, Method: http.MethodGet, Path: "/"} }

// TestObeysRetryAfter measures in virtual time how long a read waits.
func TestObeysRetryAfter(t *testing.T) {
	const unlimited = 1000 * time.Hour
	for _, test := range []struct {
		name     string
		status   int
		header   string
		value    func() string
		deadline time.Duration
		waits    time.Duration // exactly; -1 = by jitter, up to MinWait; -2 = it does not
		kind     error
		asked    time.Duration // RetryAfter of the error
	}{
		{"seconds", 429, "Retry-After", text("20"), unlimited, 20 * time.Second, nil, 0},
		{"as long as MaxWait", 429, "Retry-After", text("60"), unlimited, time.Minute, nil, 0},
		{"a date", 503, "Retry-After", date(http.TimeFormat), unlimited, 20 * time.Second, nil, 0},
		{"a date of RFC 850", 429, "Retry-After", date(time.RFC850), unlimited, 20 * time.Second, nil, 0},
		{"a date of asctime", 502, "Retry-After", date(time.ANSIC), unlimited, 20 * time.Second, nil, 0},
		{"a fraction", 504, "Retry-After", text("1.25"), unlimited, 1250 * time.Millisecond, nil, 0},
		{"the window", 429, "X-RateLimit-Reset", text("51"), unlimited, 51 * time.Second, nil, 0},
		{"zero", 429, "Retry-After", text("0"), unlimited, -1, nil, 0},
		{"negative", 429, "Retry-After", text("-20"), unlimited, -1, nil, 0},
		{"junk", 503, "Retry-After", text("soon"), unlimited, -1, nil, 0},
		{"nothing", 503, "", nil, unlimited, -1, nil, 0},
		{"longer than MaxWait", 429, "Retry-After", text("61"), unlimited, -2, numbers.ErrRateLimited, 61 * time.Second},
		{"longer than MaxWait, 503", 503, "Retry-After", text("61"), unlimited, -2, numbers.ErrVendor, 61 * time.Second},
		{"the window, longer than MaxWait", 429, "X-RateLimit-Reset", text("3600"), unlimited, -2, numbers.ErrRateLimited, time.Hour},
		{"a day", 429, "Retry-After", text("86400"), unlimited, -2, numbers.ErrRateLimited, longest},
		{"a year", 429, "Retry-After", text("31536000"), unlimited, -1, nil, 0},
		{"absurd", 429, "Retry-After", text("9223372036854775807"), unlimited, -1, nil, 0},
		{"the window, in milliseconds", 429, "X-RateLimit-Reset", func() string { return strconv.FormatInt(time.Now().Add(time.Second).UnixMilli(), 10) }, unlimited, -1, nil, 0},
		{"longer than the deadline", 429, "Retry-After", text("20"), 19 * time.Second, -2, numbers.ErrRateLimited, 20 * time.Second},
		{"shorter than the deadline", 429, "Retry-After", text("20"), 21 * time.Second, 20 * time.Second, nil, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			sent := 0
			opts := quick()
			opts.Retry = numbers.Retry{Attempts: tries, MinWait: time.Second, MaxWait: time.Minute}
			virtual(t, Config{}, opts, func(w http.ResponseWriter, _ *http.Request) {
				if sent++; sent == 1 {
					if test.value != nil {
						w.Header().Set(test.header, test.value())
					}
					w.WriteHeader(test.status)
				}
			}, func(t *testing.T, c *Client) {
				ctx, cancel := context.WithTimeout(t.Context(), test.deadline)
				defer cancel()
				began := time.Now()
				err := c.Do(ctx, read1())
				waited := time.Since(began)
				switch test.waits {
				case -2:
					assertDefinite(t, err, test.kind)
					assert.NoError(t, ctx.Err())
					assert.Equal(t, test.asked, asError(t, err).RetryAfter)
					assert.Zero(t, waited)
					assert.Equal(t, 1, sent)
				case -1:
					require.NoError(t, err)
					assert.LessOrEqual(t, waited, time.Second)
					assert.Positive(t, waited)
					assert.Equal(t, 2, sent)
				default:
					require.NoError(t, err)
					assert.Equal(t, test.waits, waited)
					assert.Equal(t, 2, sent)
				}
			})
		})
	}
}

func text(s string) func() string { return func() string { return s } }

// date is 20 seconds from now.
func date(layout string) func() string {
	return func() string { return time.Now().Add(20 * time.Second).UTC().Format(layout) }
}

// TestBuyTellsRetryAfter asserts that a Buy never waits for the vendor, but
// says how long to.
func TestBuyTellsRetryAfter(t *testing.T) {
	virtual(t, Config{}, quick(), func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "20")
		w.WriteHeader(429)
	}, func(t *testing.T, c *Client) {
		began := time.Now()
		err := c.Do(t.Context(), buy(map[string]string{})())
		assertDefinite(t, err, numbers.ErrRateLimited)
		assert.Equal(t, 20*time.Second, asError(t, err).RetryAfter)
		assert.Zero(t, time.Since(began))
	})
}

// TestBackoff asserts full jitter under a ceiling that doubles up to MaxWait.
func TestBackoff(t *testing.T) {
	r := numbers.Retry{MinWait: time.Second, MaxWait: 10 * time.Second}
	for attempt, want := range map[int]time.Duration{
		1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 4: 8 * time.Second, 5: 10 * time.Second, 100: 10 * time.Second,
	} {
		assert.Equal(t, want, ceiling(r, attempt))
	}
	for _, r := range []numbers.Retry{
		{MinWait: math.MaxInt64, MaxWait: math.MaxInt64}, {MinWait: 1, MaxWait: math.MaxInt64}, {MinWait: 1, MaxWait: 1},
		{MaxWait: 1}, {MinWait: time.Hour}, {}, {MinWait: 3, MaxWait: 4},
	} {
		require.Empty(t, badRetry(r))
		r = withDefaults(r)
		f := &exchange{c: &Client{tries: r}}
		for f.attempt = 1; f.attempt < 200; f.attempt++ {
			top := ceiling(r, f.attempt)
			assert.Positive(t, top)
			assert.LessOrEqual(t, top, r.MaxWait)
			wait := f.nextWait(errLost)
			assert.Positive(t, wait)
			assert.LessOrEqual(t, wait, top)
		}
	}

	// It is jitter: the waits differ, and use the room that they have.
	f, low, high := &exchange{c: &Client{tries: r}, attempt: 1}, time.Hour, time.Duration(0)
	for range 1000 {
		wait := f.nextWait(errLost)
		low, high = min(low, wait), max(high, wait)
	}
	assert.Less(t, low, time.Second/10)
	assert.Greater(t, high, time.Second*9/10)
}

func TestRetryOptions(t *testing.T) {
	assert.Equal(t, numbers.Retry{Attempts: 4, MinWait: 500 * time.Millisecond, MaxWait: 30 * time.Second}, withDefaults(numbers.Retry{}))
	assert.Equal(t, numbers.Retry{Attempts: 1, MinWait: time.Millisecond, MaxWait: time.Millisecond},
		withDefaults(numbers.Retry{Attempts: 1, MaxWait: time.Millisecond}))
	assert.Equal(t, time.Minute, withDefaults(numbers.Retry{MinWait: time.Minute}).MaxWait)
	for _, bad := range []numbers.Retry{{Attempts: -1}, {MinWait: -1}, {MaxWait: -1}, {MinWait: 2, MaxWait: 1}} {
		_, err := New(Config{BaseURL: "https://acme.example"}, &numbers.ClientOptions{Retry: bad})
		assertDefinite(t, err, numbers.ErrInvalid)
		assert.Equal(t, "Retry", asError(t, err).Field)
	}
}

// TestAttempts counts what the options allow, in all.
func TestAttempts(t *testing.T) {
	for attempts, want := range map[int]int{0: 4, 1: 1, 2: 2, 7: 7} {
		vendor := &answering{status: 503}
		opts := quick()
		opts.Retry.Attempts = attempts
		c := newTestClient(t, Config{}, "https://acme.example", opts, vendor)
		err := c.Do(t.Context(), read1())
		assertDefinite(t, err, numbers.ErrVendor)
		assert.Equal(t, 503, asError(t, err).Status)
		assert.Equal(t, want, vendor.sent)
	}
}

// TestLastAnswerCounts has a vendor that gets worse, and one that gets better.
func TestLastAnswerCounts(t *testing.T) {
	for name, test := range map[string]struct {
		statuses []int
		kind     error
		sent     int
	}{
		"better":            {[]int{503, 429, 200}, nil, 3},
		"refused at last":   {[]int{503, 422}, numbers.ErrInvalid, 2},
		"limited at last":   {[]int{503, 503, 429}, numbers.ErrRateLimited, 3},
		"not repeated: 500": {[]int{500, 200}, numbers.ErrVendor, 1},
	} {
		t.Run(name, func(t *testing.T) {
			vendor := &answering{}
			c := newTestClient(t, Config{}, "https://acme.example", quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
				vendor.status = test.statuses[vendor.sent]
				return vendor.RoundTrip(req)
			}))
			err := c.Do(t.Context(), read1())
			assert.Equal(t, test.sent, vendor.sent)
			if test.kind == nil {
				require.NoError(t, err)
				return
			}
			assertDefinite(t, err, test.kind)
			assert.Equal(t, test.statuses[test.sent-1], asError(t, err).Status)
		})
	}
}

// TestErrorAfterAnswer asserts that an attempt without an answer is not
// described by the answer before it.
func TestErrorAfterAnswer(t *testing.T) {
	sent := 0
	c := newTestClient(t, Config{}, "https://acme.example", quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
		if sent++; sent == 1 {
			return (&answering{status: 503}).RoundTrip(req)
		}
		return nil, errLost
	}))
	err := c.Do(t.Context(), read1())
	assertDefinite(t, err, numbers.ErrUnreachable)
	assert.ErrorIs(t, err, errLost)
	assert.Zero(t, asError(t, err).Status)
}

// TestNoRetryAfterFence has a gate that has refused by one clock, while the other
// has time left.
func TestNoRetryAfterFence(t *testing.T) {
	x := &exchange{c: &Client{tries: withDefaults(numbers.Retry{})}, call: fenced(time.Hour), gate: gate.New([]byte("{}"), true), attempt: 1}
	x.sendBy = time.Now().Add(time.Hour)
	again, err := x.checkRetry(t.Context(), nil, errLost)
	require.NoError(t, err)
	assert.True(t, again)
	x.gate.Expire()
	again, err = x.checkRetry(t.Context(), nil, errLost)
	require.NoError(t, err)
	assert.False(t, again)
}
