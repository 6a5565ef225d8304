package opentact_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/opentact"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

// gatekeeper hands out tokens and answers everything else as it is told.
type gatekeeper struct {
	*httptest.Server
	mu     sync.Mutex
	logins int
	calls  []string // the tokens that came
	answer func(call int, token string) (status int, body string)
	login  func(n int) (status int, body string)
}

const (
	email    = "ann@example.org"
	password = "planted-password-of-ann"
)

func newGatekeeper(t *testing.T, answer func(int, string) (int, string)) *gatekeeper {
	t.Helper()
	g := &gatekeeper{answer: answer, login: func(n int) (int, string) {
		return 200, fmt.Sprintf(`{"success":true,"payload":{"uuid":"u","password":"p","token":"jwt-planted-%d"}}`, n)
	}}
	g.Server = httptest.NewServer(g)
	t.Cleanup(g.Close)
	return g
}

func (g *gatekeeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	status, body := 0, ""
	if r.URL.Path == "/rest/auth" {
		user, pass, ok := r.BasicAuth()
		if !ok || user != email || pass != password || r.Method != http.MethodGet || r.Header.Get("X-Auth-Token") != "" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		g.logins++
		status, body = g.login(g.logins)
	} else {
		if r.Header.Get("Authorization") != "" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		g.calls = append(g.calls, r.Header.Get("X-Auth-Token"))
		status, body = g.answer(len(g.calls), r.Header.Get("X-Auth-Token"))
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

func (g *gatekeeper) client(t *testing.T) *opentact.Client {
	t.Helper()
	c, err := opentact.New(opentact.LoginAuth(email, password), &numbers.ClientOptions{
		BaseURL: g.URL + "/rest", Retry: numbers.Retry{MinWait: time.Nanosecond, MaxWait: time.Millisecond},
	})
	require.NoError(t, err)
	return c
}

const anOrder = `{"success":true,"payload":{"uuid":"u","state":"created"}}`

func good(int, string) (int, string) { return 200, anOrder }

func TestALoginIsMadeOnceAndShared(t *testing.T) {
	g := newGatekeeper(t, good)
	c := g.client(t)
	assert.Zero(t, g.logins, "not before it is needed")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { _, err := c.Orders.Get(ctx, "u"); assert.NoError(t, err) })
	}
	wg.Wait()
	assert.Equal(t, 1, g.logins)
	for _, token := range g.calls {
		assert.Equal(t, "jwt-planted-1", token)
	}
}

func TestARefusedReadIsSentOnceMoreWithAFreshToken(t *testing.T) {
	for name, refusal := range map[string]struct {
		status int
		body   string
	}{
		"401":         {401, `{"success":false,"message":"Wrong credentials","status":401}`},
		"401 empty":   {401, ""},
		"401 in body": {200, `{"success":false,"message":"Unauthorized","status":401}`},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGatekeeper(t, func(_ int, token string) (int, string) {
				if token == "jwt-planted-1" {
					return refusal.status, refusal.body
				}
				return good(0, "")
			})
			_, err := g.client(t).Orders.Get(ctx, "u")
			require.NoError(t, err)
			assert.Equal(t, []string{"jwt-planted-1", "jwt-planted-2"}, g.calls)

			g = newGatekeeper(t, func(int, string) (int, string) { return refusal.status, refusal.body })
			_, err = g.client(t).Orders.Get(ctx, "u")
			require.ErrorIs(t, err, numbers.ErrUnauthorized)
			assert.Equal(t, 2, g.logins, "it never loops")
			assert.Len(t, g.calls, 2)
		})
	}
}

func TestARefusedWriteIsNotSentAgain(t *testing.T) {
	g := newGatekeeper(t, func(n int, _ string) (int, string) {
		if n == 1 {
			return 401, `{"success":false,"message":"Wrong credentials"}`
		}
		return good(0, "")
	})
	c := g.client(t)
	_, err := c.Orders.Create(ctx, seedRequest())
	require.ErrorIs(t, err, numbers.ErrUnauthorized)
	assert.Len(t, g.calls, 1)
	_, err = c.Orders.Create(ctx, seedRequest())
	require.NoError(t, err, "the next one has a fresh token")
	assert.Equal(t, []string{"jwt-planted-1", "jwt-planted-2"}, g.calls)
}

func TestForbiddenRenewsNothing(t *testing.T) {
	for _, status := range []int{401, 200} {
		g := newGatekeeper(t, func(int, string) (int, string) { return status, `{"success":false,"message":"Forbidden","status":401}` })
		c := g.client(t)
		for range 3 {
			_, err := c.Orders.Get(ctx, "theirs")
			require.ErrorIs(t, err, numbers.ErrForbidden)
		}
		assert.Equal(t, 1, g.logins)
		assert.Len(t, g.calls, 3)
	}
}

func TestALoginThatFailsIsSentOnceAndNamed(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		kind   error
	}{
		"wrong":         {401, `{"success":false,"message":"Wrong credentials","status":401}`, numbers.ErrUnauthorized},
		"wrong in body": {200, `{"success":false,"message":"Wrong credentials","status":401}`, numbers.ErrUnauthorized},
		"down":          {503, "", numbers.ErrVendor},
		"no token":      {200, `{"success":true,"payload":{"uuid":"u"}}`, numbers.ErrVendor},
		"bad token":     {200, `{"success":true,"payload":{"token":" x\n"}}`, numbers.ErrVendor},
		"null":          {200, `{"success":true,"payload":null}`, numbers.ErrVendor},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGatekeeper(t, good)
			g.login = func(int) (int, string) { return c.status, c.body }
			_, err := g.client(t).Orders.Create(ctx, seedRequest())
			require.ErrorIs(t, err, c.kind)
			require.NotErrorIs(t, err, numbers.ErrOutcomeUnknown, "nothing was sent")
			assert.Equal(t, 1, g.logins)
			assert.Empty(t, g.calls)
			assert.NotContains(t, vendortest.Prints(err), password)
		})
	}
}

func TestATokenIsRenewedBeforeItsDayEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		c, err := opentact.New(opentact.LoginAuth(opentacttest.Email, opentacttest.Password),
			&numbers.ClientOptions{BaseURL: srv.URL(), HTTPClient: srv.HTTPClient()})
		require.NoError(t, err)
		logins := func() (n int) {
			for _, r := range srv.Requests() {
				if strings.HasSuffix(r.Path, "/auth") {
					n++
				}
			}
			return n
		}
		for _, step := range []struct {
			after  time.Duration
			before func()
			want   int
		}{
			{0, nil, 1},
			{21 * time.Hour, nil, 1},
			{2 * time.Hour, nil, 2},          // an hour before the first one ends
			{time.Hour, srv.ExpireTokens, 3}, // the vendor ends it early
		} {
			time.Sleep(step.after)
			if step.before != nil {
				step.before()
			}
			_, err = c.Orders.List(ctx)
			require.NoError(t, err)
			assert.Equal(t, step.want, logins())
		}
		refused := 0
		for _, r := range srv.Requests() {
			if r.Status == http.StatusUnauthorized {
				refused++
			}
		}
		assert.Equal(t, 1, refused)
	})
}

func TestNoPrintShowsALogin(t *testing.T) {
	g := newGatekeeper(t, func(_ int, token string) (int, string) {
		return 400, `{"success":false,"message":"you are ` + token + ` with ` + password + `"}`
	})
	auth := opentact.LoginAuth(email, password)
	c := g.client(t)
	_, err := c.Orders.Get(ctx, "u")
	require.ErrorIs(t, err, numbers.ErrInvalid)
	for _, v := range []any{auth, c, *c, err} {
		assert.NotContains(t, vendortest.Prints(v), "planted")
	}
	for _, bad := range [][2]string{{"", "p"}, {"e", ""}, {"a:b", "p"}} {
		_, err := opentact.New(opentact.LoginAuth(bad[0], bad[1]), nil)
		assertInvalid(t, err, "auth")
	}
	_, err = opentact.New(auth, &numbers.ClientOptions{BaseURL: "ftp://x"})
	assertInvalid(t, err, "BaseURL")
}

// The path of the request has the token, and a vendor may echo it.
func TestNoErrorShowsADeletedToken(t *testing.T) {
	const secret = "planted-opaque-token"
	for _, a := range []answer{
		vendortest.Failing(404, `{"success":false,"message":"no token `+secret+`","fields":{"params.token":{"message":"`+secret+`","value":"`+secret+`"}}}`),
		vendortest.Text(secret), {Cut: true},
	} {
		srv := serve(t, a)
		err := srv.client(t, vendortest.Once).Tokens.Delete(ctx, wire.NewSecret(secret))
		require.Error(t, err)
		assert.NotContains(t, vendortest.Prints(err), secret)
	}
	srv := serve(t, vendortest.Text("{}"))
	assertInvalid(t, srv.client(t).Tokens.Delete(ctx, wire.NewSecret("all")), "token")
	assertInvalid(t, srv.client(t).Tokens.Delete(ctx, wire.Secret{}), "token")
	assert.Empty(t, srv.Received())
}

func TestALoginKeepsThePromisesOfAllLogins(t *testing.T) {
	vendortest.Login{
		Client: func(tb testing.TB, url string) (read, buy func(context.Context) error) {
			tb.Helper()
			c, err := opentact.New(opentact.LoginAuth(email, password), vendortest.Options(url+"/rest"))
			require.NoError(tb, err)
			read = func(ctx context.Context) error { _, err := c.Orders.Get(ctx, "u"); return err }
			buy = func(ctx context.Context) error {
				_, err := c.Orders.Create(ctx, &opentact.CreateTNOrderRequest{TNs: []int64{12025550143}})
				return err
			}
			return read, buy
		},
		Path:         "/rest/auth",
		Token:        vendortest.Text(`{"success":true,"payload":{"uuid":"u","token":"jwt-1"}}`),
		Refused:      vendortest.Failing(401, `{"success":false,"message":"Wrong credentials","status":401}`),
		Good:         vendortest.Text(anOrder),
		Unauthorized: vendortest.Failing(401, `{"success":false,"message":"Unauthorized","status":401}`),
	}.Check(t)
}
