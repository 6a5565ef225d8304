package driver_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// sdk is a vendor's client that does all that one must not do with a purchase: it sends
// a request again after every error and every failure, and follows redirects.
type sdk struct {
	client *http.Client
	base   string
	tries  int
}

var errSDK = errors.New("giving up")

func newSDK(base string, transport http.RoundTripper) *sdk {
	return &sdk{client: &http.Client{Transport: transport}, base: base, tries: 4}
}

// order orders a number.
func (s *sdk) order(ctx context.Context) (err error) {
	for range s.tries {
		if err = s.try(ctx); err == nil {
			return nil
		}
	}
	return err
}

func (s *sdk) try(ctx context.Context) error {
	body := strings.NewReader(`{"number":"` + string(aNumber) + `","reference":"ours"}`) // net/http can rewind it
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+"/orders?key=hidden", body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+acmeToken)
	req.Header.Set("Idempotency-Key", "1") // net/http then takes it for one that may be sent again
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if data, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode/100 != 2 || !strings.Contains(string(data), `"id"`) {
		return errors.Join(errSDK, err)
	}
	return nil
}

// place is Place of an Orderer over the SDK.
func (s *sdk) place(ctx context.Context, r numbers.OrderRequest) error {
	ctx, sending := driver.NewSending(ctx, "acme", r)
	return sending.Error(s.order(ctx))
}

func anOrderRequest() numbers.OrderRequest {
	return numbers.OrderRequest{Numbers: []numbers.E164{aNumber}, Reference: theReference}
}

func buys(srv *acmeServer) (n int) {
	for _, r := range srv.Requests() {
		if r.Buys {
			n++
		}
	}
	return n
}

// assertUnknown asserts that err says "outcome unknown", and nothing that a caller could
// take for leave to order again.
func assertUnknown(t *testing.T, err error) {
	t.Helper()
	e := asError(t, err)
	require.ErrorIs(t, e, numbers.ErrOutcomeUnknown)
	require.NotNil(t, e.Attempt)
	assert.Equal(t, theReference, e.Attempt.Reference)
	assert.Equal(t, []numbers.E164{aNumber}, e.Attempt.Numbers)
	assert.Equal(t, e.Status, e.Attempt.Status)
	assert.False(t, e.Attempt.Started.IsZero())
	assert.False(t, e.Attempt.Ended.Before(e.Attempt.Started))
	assert.NotErrorIs(t, err, numbers.ErrUnreachable)
	assert.NotContains(t, err.Error(), "hidden", "the query")
}

// assertUnsent asserts that err says that nothing was sent.
func assertUnsent(t *testing.T, err, kind error) {
	t.Helper()
	e := asError(t, err)
	require.ErrorIs(t, e, kind)
	require.NotErrorIs(t, e, numbers.ErrOutcomeUnknown)
	assert.Nil(t, e.Attempt)
	assert.Equal(t, "Place", e.Op)
	assert.Equal(t, []numbers.E164{aNumber}, e.Numbers)
	assert.Contains(t, e.Error(), "nothing was sent")
	assert.NotContains(t, e.Error(), "hidden", "the query")
}

// TestOnceUnderFaults sends a purchase over each protocol, on a fresh connection and on
// one that was used before, under each fault. It reaches the vendor once.
func TestOnceUnderFaults(t *testing.T) {
	faults := map[string]numberstest.Fault{
		"lost reply":                  {Kind: numberstest.LostReply},
		"half a body":                 {Kind: numberstest.HalfBody},
		"garbage":                     {Kind: numberstest.GarbageBody},
		"an empty body":               {Kind: numberstest.EmptyBody},
		"500":                         {Kind: numberstest.StatusAfter, Status: 500},
		"503":                         {Kind: numberstest.StatusAfter, Status: 503},
		"409":                         {Kind: numberstest.StatusAfter, Status: 409},
		"307":                         {Kind: numberstest.StatusAfter, Status: 307},
		"308":                         {Kind: numberstest.StatusAfter, Status: 308},
		"302":                         {Kind: numberstest.StatusAfter, Status: 302},
		"RST_STREAM":                  {Kind: numberstest.HTTP2Reset},
		"RST_STREAM PROTOCOL_ERROR":   {Kind: numberstest.HTTP2Reset, HTTP2Code: 1},
		"RST_STREAM REFUSED_STREAM":   {Kind: numberstest.HTTP2Reset, HTTP2Code: 7},
		"RST_STREAM ENHANCE_YOUR_...": {Kind: numberstest.HTTP2Reset, HTTP2Code: 11},
		"GOAWAY":                      {Kind: numberstest.HTTP2GoAway},
	}
	for protocol, opts := range map[string]numberstest.ServerOptions{
		"HTTP/1": {InMemory: true}, "HTTP/2": {InMemory: true, HTTP2: true}, "HTTP/2 over TLS": {InMemory: true, HTTP2: true, TLS: true},
	} {
		for name, fault := range faults {
			if strings.HasPrefix(string(fault.Kind), "http2") && !opts.HTTP2 {
				continue
			}
			for _, used := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/used=%t", protocol, name, used), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						srv := startAcme(t, opts)
						transport := srv.HTTPClient().Transport
						s := newSDK(srv.URL(), &driver.Once{Base: transport})
						if used {
							resp, err := srv.HTTPClient().Get(srv.URL() + "/numbers")
							require.NoError(t, err)
							_, _ = io.Copy(io.Discard, resp.Body)
							resp.Body.Close()
						}
						fault.Times, fault.On = 1, numberstest.Match{Method: http.MethodPost, PathPrefix: "/"}
						srv.Inject(fault)
						err := s.place(t.Context(), anOrderRequest())
						assertUnknown(t, err)
						if fault.Status != 0 {
							assert.Equal(t, fault.Status, asError(t, err).Status)
						}
						assert.Equal(t, 1, buys(srv))
						assert.Len(t, srv.Books().Purchases, 1)
						assert.Empty(t, srv.Unused())

						// The same client, without Once.
						bare := newSDK(srv.URL(), transport)
						srv.Inject(fault)
						_ = bare.order(t.Context())
						assert.True(t, buys(srv) > 2 || fault.Status == http.StatusFound, "this client sends again")
					})
				})
			}
		}
	}
}

// TestOnceByStatus: what an answer means is decided by its status, also if the client
// hides it.
func TestOnceByStatus(t *testing.T) {
	for status := 200; status < 600; status++ {
		sent := 0
		s := newSDK("https://acme.example", &driver.Once{Base: roundTrip(func(req *http.Request) (*http.Response, error) {
			_, err := io.ReadAll(req.Body)
			sent++
			return &http.Response{
				StatusCode: status, Body: io.NopCloser(strings.NewReader("{}")), Request: req,
				Header: http.Header{"Retry-After": {"7"}, "Location": {"/elsewhere"}},
			}, err
		})})
		err := s.place(t.Context(), anOrderRequest())
		require.Equal(t, 1, sent, status)
		e := asError(t, err)
		assert.Equal(t, status, e.Status)
		assert.Equal(t, 7*time.Second, e.RetryAfter)
		if driver.StatusUnclear(status) {
			assertUnknown(t, err)
			continue
		}
		require.ErrorIs(t, err, driver.StatusKind(status), status)
		assert.Nil(t, e.Attempt)
	}
}

// roundTrip is a transport of the caller's own.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestSendingKeepsWhatTheClientKnows(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		err    error
		kind   error
	}{
		"the vendor's kind":     {422, &numbers.Error{Kind: numbers.ErrNumberUnavailable, Code: "sold", Refused: []numbers.E164{aNumber}}, numbers.ErrNumberUnavailable},
		"a kind in another":     {400, fmt.Errorf("sdk: %w", numbers.ErrInsufficientFunds), numbers.ErrInsufficientFunds},
		"unknown by the vendor": {400, &numbers.Error{Kind: numbers.ErrOutcomeUnknown}, numbers.ErrOutcomeUnknown},
		"no kind":               {402, errSDK, numbers.ErrInsufficientFunds},
		"unclear, of a kind":    {500, &numbers.Error{Kind: numbers.ErrNumberUnavailable}, numbers.ErrOutcomeUnknown},
		"a success, unreadable": {201, errSDK, numbers.ErrOutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, sending := driver.NewSending(t.Context(), "acme", anOrderRequest())
			once := &driver.Once{Base: roundTrip(func(req *http.Request) (*http.Response, error) {
				_, _ = io.Copy(io.Discard, req.Body)
				return &http.Response{StatusCode: tt.status, Request: req}, nil
			})}
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://acme.example", strings.NewReader("{}"))
			require.NoError(t, err)
			resp, err := once.RoundTrip(req)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())

			err = sending.Error(tt.err)
			require.ErrorIs(t, err, tt.kind)
			e := asError(t, err)
			assert.Equal(t, "acme", e.Vendor)
			assert.Equal(t, "Place", e.Op)
			assert.Equal(t, []numbers.E164{aNumber}, e.Numbers)
			assert.Equal(t, errors.Is(tt.kind, numbers.ErrOutcomeUnknown), e.Attempt != nil)
			if errors.Is(tt.kind, numbers.ErrNumberUnavailable) {
				assert.Equal(t, []numbers.E164{aNumber}, e.Refused)
			}
		})
	}
	_, sending := driver.NewSending(t.Context(), "acme", anOrderRequest())
	require.NoError(t, sending.Error(nil))
}

// TestOnceTriesAgainWhatWasNotSent: nothing of the first request has left, so that the
// second may be sent. The order begins once.
func TestOnceTriesAgainWhatWasNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := startAcme(t, numberstest.ServerOptions{InMemory: true})
		transport := srv.HTTPClient().Transport.(*http.Transport)
		dial, dials := transport.DialContext, 0
		transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			if dials++; dials < 3 {
				return nil, errors.New("connection refused")
			}
			return dial(ctx, network, addr)
		}
		begun := 0
		r := anOrderRequest()
		r.Begin = func(context.Context) (time.Time, error) { begun++; return time.Now().Add(time.Minute), nil }
		require.NoError(t, newSDK(srv.URL(), &driver.Once{Base: transport}).place(t.Context(), r))
		assert.Equal(t, 3, dials)
		assert.Equal(t, 1, begun)
		assert.Len(t, srv.Books().Purchases, 1)

		transport.CloseIdleConnections()
		dials = -9
		assertUnsent(t, newSDK(srv.URL(), &driver.Once{Base: transport}).place(t.Context(), r), numbers.ErrUnreachable)
		assert.Equal(t, 1, buys(srv))
	})
}

func TestOnceWithABeginThatFails(t *testing.T) {
	held := &numbers.Error{Op: "Begin", Vendor: "acme", Kind: numbers.ErrConflict, HeldBy: "job 1", RetryAfter: time.Minute}
	for name, tt := range map[string]struct {
		err, kind error
		wraps     bool
	}{
		"without a kind":    {io.ErrUnexpectedEOF, numbers.ErrNotPlaced, true},
		"held by another":   {held, numbers.ErrConflict, true},
		"an unknown of its": {&numbers.Error{Kind: numbers.ErrOutcomeUnknown, Attempt: &numbers.Attempt{}}, numbers.ErrNotPlaced, false},
	} {
		t.Run(name, func(t *testing.T) {
			begun := 0
			r := anOrderRequest()
			r.Begin = func(context.Context) (time.Time, error) { begun++; return time.Time{}, tt.err }
			s := newSDK("https://acme.example", &driver.Once{Base: roundTrip(func(*http.Request) (*http.Response, error) {
				t.Error("it was sent")
				return nil, io.EOF
			})})
			err := s.place(t.Context(), r)
			assertUnsent(t, err, tt.kind)
			assert.Equal(t, 1, begun, "the client's tries do not begin it again")
			if tt.wraps {
				require.ErrorIs(t, err, tt.err)
			}
			if errors.Is(tt.err, held) {
				e := asError(t, err)
				assert.Equal(t, "job 1", e.HeldBy)
				assert.Equal(t, time.Minute, e.RetryAfter)
			}
		})
	}
}

func TestOnceTellsThePurchaseFromOtherRequests(t *testing.T) {
	srv := startAcme(t, numberstest.ServerOptions{InMemory: true})
	send := func(ctx context.Context, once *driver.Once, method, path string, body io.Reader) error {
		req, err := http.NewRequestWithContext(ctx, method, srv.URL()+path, body)
		require.NoError(t, err)
		resp, err := (&http.Client{Transport: once}).Do(req)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	begun := 0
	r := anOrderRequest()
	r.Begin = func(context.Context) (time.Time, error) { begun++; return time.Time{}, nil }
	ctx, sending := driver.NewSending(t.Context(), "acme", r)
	byPath := &driver.Once{Base: srv.HTTPClient().Transport, Buys: func(r *http.Request) bool { return r.URL.Path == "/orders" }}
	plain := &driver.Once{Base: srv.HTTPClient().Transport}
	for range 2 {
		require.NoError(t, send(ctx, byPath, http.MethodPost, "/login", strings.NewReader("{}")), "a login is another request")
		require.NoError(t, send(ctx, plain, http.MethodGet, "/numbers", nil))
		require.NoError(t, send(t.Context(), plain, http.MethodPost, "/login", strings.NewReader("{}")), "there is no Sending")
	}
	assert.Zero(t, begun)
	assert.Len(t, srv.Requests(), 6)

	err := send(t.Context(), byPath, http.MethodPost, "/orders", strings.NewReader("{}"))
	require.ErrorIs(t, err, numbers.ErrInvalid, "it would be sent without a Sending")
	for _, body := range []io.Reader{nil, http.NoBody, strings.NewReader("")} {
		err = send(ctx, byPath, http.MethodPost, "/orders", body)
		require.ErrorIs(t, err, numbers.ErrInvalid, "it has no body")
	}
	assert.Zero(t, begun)
	assert.Len(t, srv.Requests(), 6)
	err = sending.Error(err)
	assertUnsent(t, err, numbers.ErrInvalid)
	assert.Equal(t, "Body", asError(t, err).Field)
}

type brokenBody struct{ closed bool }

func (b *brokenBody) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
func (b *brokenBody) Close() error             { b.closed = true; return nil }

func TestOnceObeysTheContractOfARoundTripper(t *testing.T) {
	ctx, _ := driver.NewSending(t.Context(), "acme", anOrderRequest())
	body := new(brokenBody)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://acme.example", body)
	require.NoError(t, err)
	_, err = (&driver.Once{}).RoundTrip(req)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.True(t, body.closed)

	req, err = http.NewRequestWithContext(ctx, http.MethodPost, "https://acme.example", strings.NewReader("{}"))
	require.NoError(t, err)
	req.Header.Set("X", "1")
	before := req.Body
	once := &driver.Once{Base: roundTrip(func(out *http.Request) (*http.Response, error) {
		out.Header.Set("X", "2")
		out.URL = &url.URL{}
		return nil, nil //nolint:nilnil // a transport that is wrong
	})}
	_, err = once.RoundTrip(req)
	require.ErrorContains(t, err, "neither an answer nor an error")
	assert.Equal(t, "1", req.Header.Get("X"))
	assert.Equal(t, "acme.example", req.URL.Host)
	assert.Equal(t, before, req.Body)
}
