package fake_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

const vendorBody = `{"order":"one"}`

// expect is what a fault shall look like from both sides.
type expect struct {
	fault  numberstest.Fault
	sold   int
	status int    // that the client sees; 0 = it gets an error instead
	body   string // that the client reads
	broken bool   // the body ends in an error
	hangs  bool   // the client has to give up
	header http.Header
}

var expectations = []expect{
	{fault: numberstest.Fault{Kind: numberstest.LostReply}, sold: 1},
	{fault: numberstest.Fault{Kind: numberstest.LateCommit, Delay: time.Hour}, sold: 0},
	{fault: numberstest.Fault{Kind: numberstest.LateCommit}, sold: 1},
	{fault: numberstest.Fault{Kind: numberstest.DroppedRequest}, sold: 0},
	{fault: numberstest.Fault{Kind: numberstest.DelayedReply, Delay: time.Millisecond}, sold: 1, status: 201, body: vendorBody},
	{fault: numberstest.Fault{Kind: numberstest.HangBefore}, sold: 0, hangs: true},
	{fault: numberstest.Fault{Kind: numberstest.HangAfter}, sold: 1, hangs: true},
	{fault: numberstest.Fault{Kind: numberstest.StatusBefore}, sold: 0, status: 503, body: `{"error":503}`,
		header: http.Header{"Content-Type": {"application/problem+json"}, "Retry-After": nil}},
	{fault: numberstest.Fault{Kind: numberstest.StatusAfter, Status: 400, RetryAfter: "soon"}, sold: 1, status: 400, body: `{"error":400}`,
		header: http.Header{"Retry-After": {"soon"}}},
	{fault: numberstest.Fault{Kind: numberstest.StatusAfter, NoBody: true}, sold: 1, status: 503,
		header: http.Header{"Content-Type": nil, "Content-Length": {"0"}}},
	{fault: numberstest.Fault{Kind: numberstest.StatusBefore, Body: "mine"}, sold: 0, status: 503, body: "mine"},
	{fault: numberstest.Fault{Kind: numberstest.StatusBefore, Status: 307}, sold: 0, status: 307, body: `{"error":307}`,
		header: http.Header{"Location": {"/orders"}}},
	{fault: numberstest.Fault{Kind: numberstest.RateLimited, RetryAfter: "7"}, sold: 0, status: 429, body: `{"error":429}`,
		header: http.Header{"Retry-After": {"7"}}},
	{fault: numberstest.Fault{Kind: numberstest.HalfBody}, sold: 1, status: 201, body: vendorBody[:7], broken: true,
		header: http.Header{"Content-Length": {"15"}}},
	{fault: numberstest.Fault{Kind: numberstest.SlowBody, Delay: time.Millisecond}, sold: 1, status: 201, body: vendorBody},
	{fault: numberstest.Fault{Kind: numberstest.StalledBody}, sold: 1, status: 201, body: vendorBody[:7], broken: true, hangs: true},
	{fault: numberstest.Fault{Kind: numberstest.GarbageBody}, sold: 1, status: 201, body: "\x00\x1f{\"<<\xff\xfe garbage",
		header: http.Header{"Content-Type": {"application/json"}}},
	{fault: numberstest.Fault{Kind: numberstest.GarbageBody, BeforeCommit: true, Body: "}"}, sold: 0, status: 200, body: "}"},
	{fault: numberstest.Fault{Kind: numberstest.HTMLBody, Status: 502, Body: "<p>"}, sold: 1, status: 502, body: "<p>",
		header: http.Header{"Content-Type": {"text/html; charset=utf-8"}, "Vendor": nil}},
	{fault: numberstest.Fault{Kind: numberstest.HTMLBody, BeforeCommit: true, Body: "<p>"}, sold: 0, status: 200, body: "<p>"},
	{fault: numberstest.Fault{Kind: numberstest.EmptyBody}, sold: 1, status: 201,
		header: http.Header{"Vendor": {"yes"}, "Content-Length": {"0"}}},
	{fault: numberstest.Fault{Kind: numberstest.EmptyBody, BeforeCommit: true}, sold: 0, status: 200},
	{fault: numberstest.Fault{Kind: numberstest.WrongType}, sold: 1, status: 201, body: `"ok"`},
	{fault: numberstest.Fault{Kind: numberstest.WrongType, BeforeCommit: true, Body: "[]"}, sold: 0, status: 200, body: "[]"},
	{fault: numberstest.Fault{Kind: numberstest.HTTP2Reset}, sold: 1},
	{fault: numberstest.Fault{Kind: numberstest.HTTP2Reset, BeforeCommit: true}, sold: 0},
	{fault: numberstest.Fault{Kind: numberstest.HTTP2GoAway}, sold: 1},
	{fault: numberstest.Fault{Kind: numberstest.HTTP2GoAway, BeforeCommit: true}, sold: 0},
}

func TestTransportFaults(t *testing.T) {
	for name, cfg := range map[string]fake.Config{
		"HTTP1 socket": {},
		"HTTP1 TLS":    {ServerOptions: numberstest.ServerOptions{TLS: true}},
		"HTTP1 memory": {ServerOptions: numberstest.ServerOptions{InMemory: true}},
		"HTTP2 TLS":    {ServerOptions: numberstest.ServerOptions{HTTP2: true, TLS: true}},
		"HTTP2 memory": {ServerOptions: numberstest.ServerOptions{HTTP2: true, InMemory: true}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, want := range expectations {
				test := func(t *testing.T) { strike(t, cfg, want) }
				t.Run(string(want.fault.Kind), func(t *testing.T) {
					if cfg.InMemory {
						synctest.Test(t, test)
					} else {
						test(t)
					}
				})
			}
		})
	}
}

func TestEveryTransportFaultIsExpected(t *testing.T) {
	seen := map[numberstest.FaultKind]bool{}
	for _, e := range expectations {
		seen[e.fault.Kind] = true
	}
	for _, kind := range numberstest.TransportFaults() {
		assert.Contains(t, seen, kind)
	}
}

// strike sends one order under a fault, without a GetBody, so that net/http sends it once.
func strike(t *testing.T, cfg fake.Config, want expect) {
	shop := newShop(t, cfg)
	shop.srv.Inject(want.fault)
	ctx, giveUp := context.WithCancel(t.Context())
	defer giveUp()
	if want.hangs && want.status == 0 {
		go func() {
			shop.awaitFault(want.fault)
			giveUp()
		}()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, shop.srv.URL()+"/orders", io.NopCloser(strings.NewReader("{}")))
	require.NoError(t, err)
	resp, err := shop.srv.HTTPClient().Do(req)
	if want.status == 0 {
		require.Error(t, err)
		assert.Equal(t, want.hangs, ctx.Err() != nil)
	} else {
		require.NoError(t, err)
		assert.Equal(t, want.status, resp.StatusCode)
		body := make([]byte, len(want.body))
		_, err := io.ReadFull(resp.Body, body)
		require.NoError(t, err)
		assert.Equal(t, want.body, string(body))
		if want.hangs {
			giveUp()
		}
		rest, err := io.ReadAll(resp.Body)
		assert.Empty(t, rest)
		assert.Equal(t, want.broken, err != nil, "%v", err)
		resp.Body.Close()
		for key, value := range want.header {
			assert.Equal(t, value, resp.Header[key], key)
		}
	}
	assert.Equal(t, want.sold, shop.Sold())
	rows := shop.srv.Requests()
	require.Len(t, rows, 1)
	assert.Equal(t, []numberstest.FaultKind{want.fault.Kind}, rows[0].Faults)
	assert.Equal(t, want.status, rows[0].Status)
	assert.Equal(t, want.sold == 1, rows[0].Committed)
	assert.Empty(t, shop.srv.Unused())

	// The fault struck once: the next order goes through.
	resp = shop.order(t)
	assert.Equal(t, 201, resp.StatusCode)
	assert.Equal(t, want.sold+1, shop.Sold())
}

func TestDelaysAreVirtual(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		for _, tc := range []struct {
			fault numberstest.Fault
			took  time.Duration
		}{
			{numberstest.Fault{Kind: numberstest.DelayedReply, Delay: 15 * time.Second}, 15 * time.Second},
			{numberstest.Fault{Kind: numberstest.SlowBody, Delay: time.Minute}, time.Duration(len(vendorBody)) * time.Minute},
			{numberstest.Fault{Kind: numberstest.HangBefore}, time.Hour},
			{numberstest.Fault{Kind: numberstest.HangAfter}, time.Hour},
			{numberstest.Fault{Kind: numberstest.StalledBody}, time.Hour},
		} {
			t.Run(string(tc.fault.Kind), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					shop := newShop(t, fake.Config{ServerOptions: numberstest.ServerOptions{InMemory: true, HTTP2: http2}})
					shop.srv.Inject(tc.fault)
					start := time.Now()
					ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
					defer cancel()
					req, err := http.NewRequestWithContext(ctx, http.MethodPost, shop.srv.URL()+"/orders", strings.NewReader("{}"))
					require.NoError(t, err)
					resp, err := shop.srv.HTTPClient().Do(req)
					if err == nil {
						_, err = io.ReadAll(resp.Body)
						resp.Body.Close()
					}
					assert.Equal(t, tc.took == time.Hour, err != nil)
					assert.Equal(t, tc.took, time.Since(start))
				})
			})
		}
	}
}

func TestCloseEndsHangs(t *testing.T) {
	for _, kind := range []numberstest.FaultKind{numberstest.HangBefore, numberstest.HangAfter, numberstest.StalledBody} {
		for _, http2 := range []bool{false, true} {
			t.Run(string(kind), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					shop := newShop(t, fake.Config{ServerOptions: numberstest.ServerOptions{InMemory: true, HTTP2: http2}})
					shop.srv.Inject(numberstest.Fault{Kind: kind})
					ended := make(chan error)
					go func() {
						resp, err := shop.srv.HTTPClient().Post(shop.srv.URL()+"/orders", "application/json", strings.NewReader("{}"))
						if err == nil {
							_, err = io.ReadAll(resp.Body)
							resp.Body.Close()
						}
						ended <- err
					}()
					synctest.Wait() // all hang
					assert.Len(t, shop.srv.Requests(), 1)
					shop.srv.Close()
					assert.Error(t, <-ended)
				})
			})
		}
	}
}

// The vendor does not stop because the client did, and Close waits for the vendor.
func TestClientGoneWhileTheVendorWorks(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			shop := newShop(t, fake.Config{ServerOptions: numberstest.ServerOptions{InMemory: true, HTTP2: http2}})
			ctx, cancel := context.WithCancel(t.Context())
			release := make(chan struct{})
			shop.during = func(r *http.Request) {
				cancel()
				<-release
				assert.NoError(t, r.Context().Err())
			}
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, shop.srv.URL()+"/orders", strings.NewReader("{}"))
			require.NoError(t, err)
			_, err = shop.srv.HTTPClient().Do(req)
			assert.ErrorIs(t, err, context.Canceled)

			closed := make(chan struct{})
			go func() { shop.srv.Close(); close(closed) }()
			synctest.Wait()
			select {
			case <-closed:
				assert.Fail(t, "closed while the vendor works")
			default:
			}
			close(release)
			<-closed
			assert.Equal(t, 1, shop.Sold())
		})
	}
}

// A delay ends when nobody waits for the answer any more.
func TestClientGoneDuringADelay(t *testing.T) {
	for _, kind := range []numberstest.FaultKind{numberstest.DelayedReply, numberstest.SlowBody} {
		synctest.Test(t, func(t *testing.T) {
			shop := newShop(t, fake.Config{ServerOptions: numberstest.ServerOptions{InMemory: true}})
			shop.srv.Inject(numberstest.Fault{Kind: kind, Delay: time.Hour})
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, shop.srv.URL()+"/orders", strings.NewReader("{}"))
			require.NoError(t, err)
			resp, err := shop.srv.HTTPClient().Do(req)
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				resp.Body.Close()
			}
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			status := shop.srv.Requests()[0].Status
			time.Sleep(2 * time.Hour) // of the bubble's time
			assert.Equal(t, status, shop.srv.Requests()[0].Status)
		})
	}
}
