package voipbin_test

import (
	"context"
	"errors"
	"net/http"
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
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

func TestAccessKeyGoesIntoTheCookie(t *testing.T) {
	srv := serve(t, ok(vendortest.Fixture(t, "numbers.get.response.json")))
	c := clientWith(t, voipbin.AccessKeyAuth(accessKey), &numbers.ClientOptions{BaseURL: srv.URL})
	_, err := c.Numbers.Get(t.Context(), anID)
	require.NoError(t, err)
	request := srv.Received()[0]
	assert.Equal(t, []string{"accesskey=" + accessKey}, request.Header.Values("Cookie"))
	assert.Empty(t, request.Header.Get("Authorization"))
	assert.Empty(t, request.RawQuery)
}

func TestCredentialsAtTheFake(t *testing.T) {
	srv := voipbintest.NewServer(t)
	for name, tt := range map[string]struct {
		auth voipbin.Auth
		ok   bool
	}{
		"token":             {voipbin.TokenAuth(srv.Token(voipbintest.Username)), true},
		"access key":        {voipbin.AccessKeyAuth(voipbintest.AccessKey), true},
		"login":             {voipbin.LoginAuth(voipbintest.Username, voipbintest.Password), true},
		"wrong token":       {voipbin.TokenAuth("nonsense"), false},
		"wrong key":         {voipbin.AccessKeyAuth("vb_nonsense"), false},
		"wrong password":    {voipbin.LoginAuth(voipbintest.Username, "nonsense"), false},
		"a key as a token":  {voipbin.TokenAuth(voipbintest.AccessKey), false},
		"unknown user":      {voipbin.LoginAuth("nobody", voipbintest.Password), false},
		"token of a nobody": {voipbin.TokenAuth(srv.Token("nobody")), false},
	} {
		c := clientWith(t, tt.auth, &numbers.ClientOptions{BaseURL: srv.URL()})
		page, err := c.Numbers.List(t.Context(), nil)
		if tt.ok {
			require.NoError(t, err, name)
			assert.NotNil(t, page, name)
			continue
		}
		assert.Nil(t, page, name)
		assert.True(t, errors.Is(err, numbers.ErrUnauthorized) || errors.Is(err, numbers.ErrForbidden), "%s: %v", name, err)
	}
}

func TestCredentialsThatCannotBe(t *testing.T) {
	for name, auth := range map[string]voipbin.Auth{
		"no username": voipbin.LoginAuth("", "p"), "no password": voipbin.LoginAuth("u", ""),
		"no UTF-8": voipbin.LoginAuth("u", "\xff\xfe"), "no key": voipbin.AccessKeyAuth(""),
		"key with semicolon": voipbin.AccessKeyAuth("a;token=b"), "key with a space": voipbin.AccessKeyAuth("a b"),
		"key with newline": voipbin.AccessKeyAuth("a\r\nb"), "key with percent": voipbin.AccessKeyAuth("a%41"),
		"key with plus": voipbin.AccessKeyAuth("a+b"), "key with umlaut": voipbin.AccessKeyAuth("käse"),
	} {
		_, err := voipbin.New(auth, nil)
		require.ErrorIs(t, err, numbers.ErrInvalid, name)
		assert.Equal(t, "auth", asError(t, err).Field)
	}
	c := client(t, "http://localhost:1")
	for _, r := range []*voipbin.LoginRequest{nil, {}, {Username: "u"}, {Password: wire.NewSecret("p")}, {Username: "u", Password: wire.NewSecret("\xff")}} {
		_, err := c.Auth.Login(t.Context(), r)
		require.ErrorIs(t, err, numbers.ErrInvalid)
	}
}

func TestLoginAtTheFake(t *testing.T) {
	srv := voipbintest.NewServer(t)
	c := srv.Client()
	l, err := c.Auth.Login(t.Context(), &voipbin.LoginRequest{Username: voipbintest.Username, Password: wire.NewSecret(voipbintest.Password)})
	require.NoError(t, err)
	assert.Equal(t, voipbintest.Username, l.Username)
	again := clientWith(t, voipbin.TokenAuth(l.Token.Reveal()), &numbers.ClientOptions{BaseURL: srv.URL()})
	_, err = again.Numbers.List(t.Context(), nil)
	require.NoError(t, err)

	_, err = c.Auth.Login(t.Context(), &voipbin.LoginRequest{Username: voipbintest.Username, Password: wire.NewSecret("wrong")})
	require.ErrorIs(t, err, numbers.ErrUnauthorized)
	assert.Equal(t, 400, asError(t, err).Status)
}

func logins(srv *voipbintest.Server) (n int) {
	for _, r := range srv.Requests() {
		if r.Path == "/auth/login" {
			n++
		}
	}
	return n
}

// loggedIn is a client at a fake in memory, for use in a bubble.
func loggedIn(t *testing.T, password string) (*voipbintest.Server, *voipbin.Client) {
	t.Helper()
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
	c, err := voipbin.New(voipbin.LoginAuth(voipbintest.Username, password), &numbers.ClientOptions{BaseURL: srv.URL(), HTTPClient: srv.HTTPClient()})
	require.NoError(t, err)
	return srv, c
}

func TestLoginIsLazySharedAndRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := loggedIn(t, voipbintest.Password)
		assert.Empty(t, srv.Requests(), "New sends nothing")
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				_, err := c.Numbers.List(t.Context(), nil)
				assert.NoError(t, err)
			})
		}
		all.Wait()
		assert.Equal(t, 1, logins(srv), "one for all")

		for range 30 { // a month, a request a day
			time.Sleep(24 * time.Hour)
			_, err := c.Numbers.List(t.Context(), nil)
			require.NoError(t, err)
		}
		for _, r := range srv.Requests() {
			assert.NotEqual(t, http.StatusUnauthorized, r.Status, "it is renewed before it expires")
		}
		assert.Equal(t, 5, logins(srv), "each lasts for six days and a bit")
	})
}

func TestLoginAgainAfterA401ToARead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := loggedIn(t, voipbintest.Password)
		_, err := c.Numbers.List(t.Context(), nil)
		require.NoError(t, err)
		refuse := numberstest.Fault{Kind: numberstest.StatusBefore, Status: 401, NoBody: true, On: numberstest.Match{PathPrefix: "/v1.0/"}}
		srv.Inject(refuse)
		_, err = c.Numbers.List(t.Context(), nil)
		require.NoError(t, err)
		assert.Equal(t, 2, logins(srv))

		refuse.Times = -1
		srv.Inject(refuse)
		_, err = c.Numbers.List(t.Context(), nil)
		require.ErrorIs(t, err, numbers.ErrUnauthorized)
		assert.Equal(t, 3, logins(srv), "once, and no loop")
	})
}

func TestA401ToAnOrderIsReturned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := loggedIn(t, voipbintest.Password)
		_, err := c.Numbers.List(t.Context(), nil)
		require.NoError(t, err)
		srv.Inject(numberstest.Fault{
			Kind: numberstest.StatusBefore, Status: 401, Body: `{"error":{"status":"UNAUTHENTICATED","reason":"INVALID_CREDENTIALS","message":"no","request_id":"r"}}`,
		})
		_, err = c.Numbers.Create(t.Context(), &voipbin.CreateNumberRequest{Number: string(aNumber)})
		require.ErrorIs(t, err, numbers.ErrUnauthorized)
		assert.NotErrorIs(t, err, numbers.ErrOutcomeUnknown, "the vendor says why")
		assert.Equal(t, 1, logins(srv))

		_, err = c.Numbers.Create(t.Context(), &voipbin.CreateNumberRequest{Number: string(aNumber)})
		require.NoError(t, err)
		assert.Equal(t, 2, logins(srv), "the token was dropped")
		assert.Equal(t, 1, srv.Books().Bought(string(aNumber)))
	})
}

func TestAnOrderWhoseLoginFailsWasNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := loggedIn(t, "wrong")
		_, err := c.Numbers.Create(t.Context(), &voipbin.CreateNumberRequest{Number: string(aNumber)})
		require.ErrorIs(t, err, numbers.ErrUnauthorized)
		assert.NotErrorIs(t, err, numbers.ErrOutcomeUnknown)
		assert.Equal(t, 1, logins(srv))
		assert.Len(t, srv.Requests(), 1, "nothing but the login")
		assert.Empty(t, srv.Books().Purchases)
	})
}

func TestALoginThatHangsEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := loggedIn(t, voipbintest.Password)
		srv.Inject(numberstest.Fault{Kind: numberstest.HangBefore, On: numberstest.Match{PathPrefix: "/auth/"}})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err := c.Numbers.Create(ctx, &voipbin.CreateNumberRequest{Number: string(aNumber)})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.NotErrorIs(t, err, numbers.ErrOutcomeUnknown)
	})
}

func TestALoginKeepsThePromisesOfAllLogins(t *testing.T) {
	vendortest.Login{
		Client: func(tb testing.TB, url string) (read, buy func(context.Context) error) {
			tb.Helper()
			c := clientWith(tb, voipbin.LoginAuth(voipbintest.Username, "a password"), vendortest.Options(url))
			read = func(ctx context.Context) error { _, err := c.Numbers.List(ctx, nil); return err }
			buy = func(ctx context.Context) error {
				_, err := c.Numbers.Create(ctx, &voipbin.CreateNumberRequest{Number: "+12025550101"})
				return err
			}
			return read, buy
		},
		Path:         "/auth/login",
		Token:        vendortest.Text(vendortest.Fixture(t, "auth.login.response.json")),
		Refused:      answer{Status: 400},
		Good:         vendortest.Text(`{"result":[],"next_page_token":""}`),
		Unauthorized: answer{Status: 401},
	}.Check(t)
}
