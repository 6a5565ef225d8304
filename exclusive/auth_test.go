package exclusive_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

const (
	username = "manager"
	password = "P@ss wörd/+&\"7"
	domain   = "tenant.example.com"
)

const (
	tokens     = `{"access_token":"ACCESS-1","expires_in":1800,"refresh_token":"REFRESH-1","token_type":"Bearer"}`
	moreTokens = `{"access_token":"ACCESS-2","expires_in":1800,"refresh_token":"REFRESH-2","token_type":"Bearer"}`
	noNumbers  = `{"count":0,"items":[]}`
	twoFactor  = `{"two_factor_enabled":true,"token":"FACTOR-1"}`
)

func form(t testing.TB, r vendortest.Request) url.Values {
	t.Helper()
	assert.Equal(t, "application/x-www-form-urlencoded", r.Header.Get("Content-Type"))
	v, err := url.ParseQuery(r.Body)
	require.NoError(t, err)
	return v
}

func list(c *exclusive.Client) error {
	_, err := c.Numbers.List(ctx, nil)
	return err
}

func TestThePasswordFormIsSentAsDocumented(t *testing.T) {
	for _, d := range []string{domain, ""} {
		srv := serve(t, vendortest.Text(tokens), vendortest.Text(noNumbers))
		c := srv.clientAs(t, exclusive.LoginAuth(d, username, password))
		assert.Empty(t, srv.Received(), "New sends nothing")
		require.NoError(t, list(c))
		require.NoError(t, list(c))
		assert.Equal(t, []string{"POST /api/login/oauth/token", "GET /api/exclusive_numbers", "GET /api/exclusive_numbers"}, srv.Targets())
		want := url.Values{
			"grant_type": {"password"}, "username": {username}, "password": {password}, "scope": {"all"},
			"client_id": {"9d806019-75b2-4b3d-bb8b-f5a3a412cc0a"},
		}
		if d != "" {
			want["domain"] = []string{d}
		}
		r := srv.Received()
		assert.Equal(t, want, form(t, r[0]))
		assert.NotContains(t, r[0].Header, "Authorization")
		assert.Equal(t, "Bearer ACCESS-1", r[1].Header.Get("Authorization"))
	}
}

func TestTheSignInIsSentAsDocumented(t *testing.T) {
	srv := serve(t, vendortest.Text(tokens), vendortest.Text(noNumbers), vendortest.Failing(401, ""), vendortest.Text(moreTokens), vendortest.Text(noNumbers), answer{})
	c := srv.clientAs(t, exclusive.SignInAuth(domain, username, password))
	require.NoError(t, list(c))
	require.NoError(t, list(c))
	require.NoError(t, c.Revoke(ctx))
	assert.Equal(t, []string{
		"POST /api/auth/sign_in", "GET /api/exclusive_numbers",
		"GET /api/exclusive_numbers", "POST /api/auth/refresh_token", "GET /api/exclusive_numbers",
		"POST /api/auth/sign_out",
	}, srv.Targets())
	r := srv.Received()
	assert.JSONEq(t, `{"domain":"tenant.example.com","username":"manager","password":"P@ss wörd/+&\"7"}`, r[0].Body)
	assert.JSONEq(t, `{"refresh_token":"REFRESH-1"}`, r[3].Body)
	for _, i := range []int{0, 3} {
		assert.Equal(t, "application/json", r[i].Header.Get("Content-Type"))
		assert.NotContains(t, r[i].Header, "Authorization")
	}
	assert.Equal(t, "Bearer ACCESS-2", r[5].Header.Get("Authorization"))
	assert.Empty(t, r[5].Body)

	srv = serve(t, vendortest.Text(tokens), vendortest.Text(noNumbers))
	require.NoError(t, list(srv.clientAs(t, exclusive.SignInAuth("", username, password))))
	assert.NotContains(t, srv.Received()[0].Body, "domain")
}

func TestARefusedTokenIsRenewedOnceForARead(t *testing.T) {
	srv := serve(t, vendortest.Text(tokens), vendortest.Failing(401, ""), vendortest.Text(moreTokens), vendortest.Failing(401, ""))
	c := srv.clientAs(t, exclusive.LoginAuth(domain, username, password))
	require.ErrorIs(t, list(c), numbers.ErrUnauthorized)
	assert.Equal(t, []string{
		"POST /api/login/oauth/token", "GET /api/exclusive_numbers", "POST /api/login/oauth/token", "GET /api/exclusive_numbers",
	}, srv.Targets())
	assert.Equal(t, url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {"REFRESH-1"}, "client_id": {"9d806019-75b2-4b3d-bb8b-f5a3a412cc0a"},
	}, form(t, srv.Received()[2]))
	assert.NotContains(t, srv.Received()[2].Header, "Authorization")
}

func TestARefusedTokenIsNotRenewedForABuy(t *testing.T) {
	srv := serve(t, vendortest.Text(tokens), vendortest.Failing(401, ""), vendortest.Text(moreTokens), vendortest.Text(`{"id":"1"}`))
	c := srv.clientAs(t, exclusive.LoginAuth(domain, username, password))
	_, err := c.Numbers.Create(ctx, &exclusive.CreateNumberRequest{Number: "1"})
	require.ErrorIs(t, err, numbers.ErrUnauthorized)
	assert.Len(t, srv.Received(), 2)
	_, err = c.Numbers.Create(ctx, &exclusive.CreateNumberRequest{Number: "1"})
	require.NoError(t, err, "the next one has a fresh token")
	assert.Len(t, srv.Received(), 4)
}

func TestARefreshThatIsRefusedIsFollowedByTheLogin(t *testing.T) {
	for name, refusal := range map[string]answer{
		"as documented": vendortest.Failing(400, coded("UNKNOWN")),
		"401":           vendortest.Failing(401, ""),
		"403":           vendortest.Failing(403, coded("UNKNOWN")),
		"404":           vendortest.Failing(404, ""),
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, vendortest.Text(tokens), vendortest.Failing(401, ""), refusal, vendortest.Text(moreTokens), vendortest.Text(noNumbers))
			c := srv.clientAs(t, exclusive.LoginAuth(domain, username, password))
			require.NoError(t, list(c))
			r := srv.Received()
			require.Len(t, r, 5)
			assert.Equal(t, "refresh_token", form(t, r[2]).Get("grant_type"))
			assert.Equal(t, "password", form(t, r[3]).Get("grant_type"))
			assert.Equal(t, "Bearer ACCESS-2", r[4].Header.Get("Authorization"))
		})
	}
}

func TestARefreshTokenStaysWhereNoOtherComes(t *testing.T) {
	srv := serve(t, vendortest.Text(tokens), vendortest.Failing(401, ""), vendortest.Text(`{"access_token":"ACCESS-2"}`), vendortest.Failing(401, ""), vendortest.Text(moreTokens), vendortest.Text(noNumbers))
	c := srv.clientAs(t, exclusive.LoginAuth(domain, username, password))
	require.ErrorIs(t, list(c), numbers.ErrUnauthorized)
	require.NoError(t, list(c))
	r := srv.Received()
	require.Len(t, r, 6)
	for _, i := range []int{2, 4} {
		assert.Equal(t, "REFRESH-1", form(t, r[i]).Get("refresh_token"))
	}
}

func TestRevokeDoesNotLogIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pbx := exclusivetest.NewServer(t, exclusivetest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		c, err := exclusive.New(pbx.URL(), exclusive.LoginAuth(exclusivetest.Domain, exclusivetest.Username, exclusivetest.Password),
			&numbers.ClientOptions{HTTPClient: pbx.HTTPClient()})
		require.NoError(t, err)
		require.NoError(t, list(c))
		time.Sleep(time.Hour) // the token has expired
		require.NoError(t, c.Revoke(ctx))
		assert.Equal(t, []string{"token", "list exclusive numbers", "revoke token"}, ops(pbx, 0))
	})
}

func TestARefreshThatFailsIsNotFollowedByTheLogin(t *testing.T) {
	for name, c := range map[string]struct {
		answer answer
		kind   error
		final  bool
	}{
		"unavailable": {vendortest.Failing(503, ""), numbers.ErrVendor, false},
		"too many":    {vendortest.Failing(429, ""), numbers.ErrRateLimited, false},
		"cut":         {answer{Cut: true}, numbers.ErrUnreachable, false},
		"blocked":     {vendortest.Failing(400, coded("DENIED")), numbers.ErrForbidden, true},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, vendortest.Text(tokens), vendortest.Failing(401, ""), c.answer, vendortest.Text(moreTokens), vendortest.Text(noNumbers))
			client := srv.clientAs(t, exclusive.LoginAuth(domain, username, password))
			require.ErrorIs(t, list(client), c.kind)
			assert.Len(t, srv.Received(), 3)
			if c.final {
				require.ErrorIs(t, list(client), c.kind)
				assert.Len(t, srv.Received(), 3)
				return
			}
			require.NoError(t, list(client))
			assert.Equal(t, "refresh_token", form(t, srv.Received()[3]).Get("grant_type"))
		})
	}
}

// Whatever a PBX answers to a login that it refuses, it is asked only vendortest.Once, and
// the refusal is never taken for one of what was asked for.
func TestARefusedLoginIsFinal(t *testing.T) {
	for name, c := range map[string]struct {
		answer answer
		kind   error
	}{
		"a wrong password":     {vendortest.Failing(400, vendortest.Fixture(t, "error.unauthorized.response.json")), numbers.ErrUnauthorized},
		"without a code":       {vendortest.Failing(400, "{}"), numbers.ErrUnauthorized},
		"a field out of range": {vendortest.Failing(400, coded("VALIDATE_FAILED")), numbers.ErrUnauthorized},
		"401":                  {vendortest.Failing(401, ""), numbers.ErrUnauthorized},
		"403":                  {vendortest.Failing(403, coded("UNKNOWN")), numbers.ErrUnauthorized},
		"an unknown domain":    {vendortest.Failing(404, coded("UNKNOWN")), numbers.ErrUnauthorized},
		"a blocked address":    {vendortest.Failing(400, vendortest.Fixture(t, "error.denied.response.json")), numbers.ErrForbidden},
		"blocked, by 403":      {vendortest.Failing(403, vendortest.Fixture(t, "error.denied.response.json")), numbers.ErrForbidden},
		"a second factor":      {vendortest.Text(twoFactor), numbers.ErrUnauthorized},
	} {
		for way, auth := range map[string]exclusive.Auth{
			"form": exclusive.LoginAuth(domain, username, password), "sign-in": exclusive.SignInAuth(domain, username, password),
		} {
			t.Run(name+"/"+way, func(t *testing.T) {
				srv := serve(t, c.answer)
				client := srv.clientAs(t, auth)
				_, get := client.Numbers.Get(ctx, "1")
				_, create := client.Numbers.Create(ctx, &exclusive.CreateNumberRequest{Number: "1"})
				release := exclusive.NewOrderer(client, nil).Release(ctx, &numbers.Number{Vendor: "exclusive", ID: "1", VendorNumber: "1"})
				for _, err := range []error{get, create, client.Numbers.Delete(ctx, "1"), list(client), release} {
					require.ErrorIs(t, err, c.kind)
					assert.NotErrorIs(t, err, numbers.ErrNotFound)
					assert.NotErrorIs(t, err, numbers.ErrOutcomeUnknown)
					assert.Contains(t, err.Error(), "nothing was sent")
					assertHidden(t, err, password, "FACTOR-1")
				}
				assert.Len(t, srv.Received(), 1)
				if name == "a second factor" {
					require.ErrorIs(t, get, exclusive.ErrSecondFactor)
					assert.Contains(t, get.Error(), "second factor")
				} else {
					e, _ := any(get).(*numbers.Error) // it must be this type itself
					require.NotNil(t, e)
					assert.Equal(t, c.answer.Status, e.Status)
				}
			})
		}
	}
}

func TestALoginThatFailsOtherwiseMayGoWellLater(t *testing.T) {
	for name, c := range map[string]struct {
		answer answer
		kind   error
	}{
		"gateway down":    {vendortest.Failing(502, "<html>bad gateway</html>"), numbers.ErrVendor},
		"too many":        {vendortest.Failing(429, ""), numbers.ErrRateLimited},
		"a timeout":       {vendortest.Failing(408, ""), numbers.ErrVendor},
		"too early":       {vendortest.Failing(425, ""), numbers.ErrVendor},
		"cut":             {answer{Cut: true}, numbers.ErrUnreachable},
		"no token":        {vendortest.Text(`{"expires_in":1800}`), numbers.ErrVendor},
		"a token of bits": {vendortest.Text(`{"access_token":"a\u0000b"}`), numbers.ErrVendor},
		"HTML":            {vendortest.Text("<html>hello</html>"), numbers.ErrVendor},
		"empty":           {vendortest.Text(""), numbers.ErrVendor},
		"null":            {vendortest.Text("null"), numbers.ErrVendor},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, c.answer, vendortest.Text(tokens), vendortest.Text(noNumbers))
			client := srv.clientAs(t, exclusive.LoginAuth(domain, username, password))
			err := list(client)
			require.ErrorIs(t, err, c.kind)
			assert.Len(t, srv.Received(), 1, "a login is sent once")
			require.NoError(t, list(client))
			assert.Len(t, srv.Received(), 3)
		})
	}
}

func TestOneLoginServesAll(t *testing.T) {
	for _, c := range []struct {
		first answer
		kind  error
	}{{vendortest.Text(tokens), nil}, {vendortest.Failing(400, coded("UNAUTHORIZED")), numbers.ErrUnauthorized}} {
		srv := serve(t, c.first, vendortest.Text(noNumbers))
		client := srv.clientAs(t, exclusive.LoginAuth(domain, username, password))
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { assert.ErrorIs(t, list(client), c.kind) })
		}
		all.Wait()
		logins := 0
		for _, target := range srv.Targets() {
			if strings.Contains(target, "login") {
				logins++
			}
		}
		assert.Equal(t, 1, logins)
	}
}

// expire logs in with an answer and tells how long the token was good.
func lifetime(t *testing.T, options exclusivetest.Options, wait time.Duration) (renewed bool) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		options.InMemory = true
		pbx := exclusivetest.NewServer(t, options)
		c, err := exclusive.New(pbx.URL(), exclusive.LoginAuth(exclusivetest.Domain, exclusivetest.Username, exclusivetest.Password),
			&numbers.ClientOptions{HTTPClient: pbx.HTTPClient()})
		require.NoError(t, err)
		require.NoError(t, list(c))
		time.Sleep(wait)
		require.NoError(t, list(c))
		assert.Subset(t, []string{"token", "list exclusive numbers"}, ops(pbx, 0))
		renewed = len(pbx.Requests()) == 4
	})
	return renewed
}

func TestATokenIsRenewedBeforeItExpiresWhateverItsLifetime(t *testing.T) {
	for _, expiresAt := range []bool{false, true} {
		for _, life := range []time.Duration{0, time.Minute, time.Hour} {
			options := exclusivetest.Options{ExpiresIn: life, ExpiresAt: expiresAt, RefreshRevokes: true}
			if life == 0 {
				life = 30 * time.Minute
			}
			assert.False(t, lifetime(t, options, life*8/10))
			assert.True(t, lifetime(t, options, life*19/20))
			assert.True(t, lifetime(t, options, life*2))
		}
	}
}

func TestALifetimeMayBeWrittenInManyWays(t *testing.T) {
	for body, good := range map[string]bool{
		`{"access_token":"A","expires_in":3600}`:                                   true,
		`{"access_token":"A","expires_in":"3600"}`:                                 true,
		`{"access_token":"A","expires_in":3600.0,"refresh_token":null}`:            true,
		`{"access_token":"A","expires_in":1e18}`:                                   true,
		`{"access_token":"A"}`:                                                     true, // until a 401
		`{"access_token":"A","expires_at":""}`:                                     true,
		`{"access_token":"A","expires_at":"9999-12-31T23:59:59Z"}`:                 true,
		`{"access_token":"A","expires_in":60}`:                                     false,
		`{"access_token":"A","expires_in":60,"expires_at":"2100-01-01T00:00:00Z"}`: false,
		`{"access_token":"A","expires_at":"2000-01-01T00:01:00Z"}`:                 false,
	} {
		t.Run(body, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // begins at midnight UTC 2000-01-01
				logins := 0
				transport := vendortest.RoundTrip(func(r *http.Request) answer {
					if strings.HasSuffix(r.URL.Path, "/token") {
						logins++
						return vendortest.Text(body)
					}
					return vendortest.Text(noNumbers)
				})
				c, err := exclusive.New("https://pbx.example", exclusive.LoginAuth(domain, username, password),
					&numbers.ClientOptions{HTTPClient: &http.Client{Transport: transport}})
				require.NoError(t, err)
				require.NoError(t, list(c))
				time.Sleep(2 * time.Minute)
				require.NoError(t, list(c))
				assert.Equal(t, good, logins == 1)
			})
		})
	}
}

func TestALoginKeepsThePromisesOfAllLogins(t *testing.T) {
	for name, auth := range map[string]exclusive.Auth{
		"/login/oauth/token": exclusive.LoginAuth(domain, username, password), "/auth/sign_in": exclusive.SignInAuth(domain, username, password),
	} {
		t.Run(name, vendortest.Login{
			Client: func(tb testing.TB, url string) (read, buy func(context.Context) error) {
				tb.Helper()
				c, err := exclusive.New(url, auth, vendortest.Options(""))
				require.NoError(tb, err)
				read = func(ctx context.Context) error { _, err := c.Numbers.List(ctx, nil); return err }
				buy = func(ctx context.Context) error {
					_, err := c.Numbers.Create(ctx, &exclusive.CreateNumberRequest{Number: "1"})
					return err
				}
				return read, buy
			},
			Path:         name,
			Token:        vendortest.Text(tokens),
			Refused:      vendortest.Failing(400, coded("UNAUTHORIZED")),
			Good:         vendortest.Text(noNumbers),
			Unauthorized: vendortest.Failing(401, coded("UNAUTHORIZED")),
		}.Check)
	}
}
