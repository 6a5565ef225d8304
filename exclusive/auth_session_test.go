package exclusive_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/url"
	"strings"
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

func TestSessionsAtTheFake(t *testing.T) {
	for name, auth := range map[string]func(string, string, string) exclusive.Auth{"form": exclusive.LoginAuth, "sign-in": exclusive.SignInAuth} {
		t.Run(name, func(t *testing.T) {
			pbx := exclusivetest.NewServer(t)
			c, err := exclusive.New(pbx.URL(), auth(exclusivetest.Domain, exclusivetest.Username, exclusivetest.Password),
				&numbers.ClientOptions{HTTPClient: pbx.HTTPClient()})
			require.NoError(t, err)
			require.NoError(t, c.Revoke(ctx), "there is nothing to end")
			assert.Empty(t, pbx.Requests())
			require.NoError(t, list(c))
			pbx.ExpireTokens()
			require.NoError(t, list(c), "renewed by the refresh token")
			pbx.RevokeTokens()
			require.NoError(t, list(c), "logged in again")
			require.NoError(t, c.Revoke(ctx))
			before := len(pbx.Requests())
			require.NoError(t, list(c), "and once more, from the beginning")
			login := map[string]string{"form": "token", "sign-in": "sign in"}[name]
			assert.Equal(t, []string{login, "list exclusive numbers"}, ops(pbx, before))
			pbx.RevokeTokens()
			require.NoError(t, c.Revoke(ctx), "what is over is over")
		})
	}
}

func TestRevokeOfATokenThatWasGiven(t *testing.T) {
	pbx := exclusivetest.NewServer(t)
	c := pbx.Client()
	require.NoError(t, list(c))
	require.NoError(t, c.Revoke(ctx))
	require.ErrorIs(t, list(c), numbers.ErrUnauthorized)
	require.NoError(t, c.Revoke(ctx))
	pbx.SetGatewayDown(true)
	c, err := pbx.NewClient(&numbers.ClientOptions{Retry: numbers.Retry{Attempts: 1}})
	require.NoError(t, err)
	require.ErrorIs(t, c.Revoke(ctx), numbers.ErrVendor)
}

func TestWhoMustGiveASecondFactorCanNotLogIn(t *testing.T) {
	pbx := exclusivetest.NewServer(t, exclusivetest.Options{Tenants: []exclusivetest.Tenant{{Domain: domain, Users: []exclusivetest.User{
		{Username: username, Password: "secret-word", Permissions: []string{exclusivetest.FullAccess}, TwoFactor: true},
		{Username: "guest", Password: "guest-word"},
	}}}})
	client := func(auth exclusive.Auth) *exclusive.Client {
		c, err := exclusive.New(pbx.URL(), auth, &numbers.ClientOptions{HTTPClient: pbx.HTTPClient()})
		require.NoError(t, err)
		return c
	}
	require.ErrorIs(t, list(client(exclusive.SignInAuth(domain, username, "secret-word"))), exclusive.ErrSecondFactor)
	require.ErrorIs(t, list(client(exclusive.LoginAuth(domain, username, "secret-word"))), numbers.ErrUnauthorized)
	err := list(client(exclusive.LoginAuth(domain, "guest", "guest-word")))
	require.ErrorIs(t, err, numbers.ErrForbidden)
	assert.Contains(t, err.Error(), "PhoneSystem.FullAccess")
	err = list(client(exclusive.LoginAuth("", exclusivetest.SystemUsername, exclusivetest.SystemPassword)))
	require.ErrorIs(t, err, numbers.ErrForbidden, "a system administrator sees no tenant's numbers")
	require.ErrorIs(t, list(client(exclusive.LoginAuth("nobody.example", username, "secret-word"))), numbers.ErrUnauthorized)
}

func TestAnAddressIsNeverBlockedByOneClient(t *testing.T) {
	pbx := exclusivetest.NewServer(t, exclusivetest.Options{MaxLoginFailures: 2})
	wrong, err := exclusive.New(pbx.URL(), exclusive.LoginAuth(exclusivetest.Domain, exclusivetest.Username, "wrong"),
		&numbers.ClientOptions{HTTPClient: pbx.HTTPClient()})
	require.NoError(t, err)
	for range 10 {
		require.ErrorIs(t, list(wrong), numbers.ErrUnauthorized)
	}
	require.NoError(t, list(pbx.Client()))
	again, err := exclusive.New(pbx.URL(), exclusive.LoginAuth(exclusivetest.Domain, exclusivetest.Username, "wrong again"),
		&numbers.ClientOptions{HTTPClient: pbx.HTTPClient()})
	require.NoError(t, err)
	require.ErrorIs(t, list(again), numbers.ErrUnauthorized)
	err = list(pbx.Client())
	require.ErrorIs(t, err, numbers.ErrForbidden, "the second failure blocks")
	assert.Contains(t, err.Error(), exclusive.CodeDenied)
}

func TestALostLoginDoesNoHarm(t *testing.T) {
	pbx := exclusivetest.NewServer(t)
	c, err := exclusive.New(pbx.URL(), exclusive.LoginAuth(exclusivetest.Domain, exclusivetest.Username, exclusivetest.Password),
		&numbers.ClientOptions{HTTPClient: pbx.HTTPClient()})
	require.NoError(t, err)
	pbx.Inject(numberstest.Fault{Kind: numberstest.LostReply, On: numberstest.Match{Op: "token"}})
	_, err = c.Numbers.Create(ctx, &exclusive.CreateNumberRequest{Number: "1"})
	require.ErrorIs(t, err, numbers.ErrUnreachable)
	assert.NotErrorIs(t, err, numbers.ErrOutcomeUnknown, "the number was not sent")
	require.NoError(t, list(c))
	assert.Empty(t, pbx.Books().Purchases)
}

func TestACallerWhoLeavesDoesNotEndTheLoginOfOthers(t *testing.T) {
	stopped, cancel := context.WithCancel(ctx)
	srv := serve(t, vendortest.Text(tokens), vendortest.Text(noNumbers))
	c := srv.clientAs(t, exclusive.LoginAuth(domain, username, password))
	cancel()
	_, err := c.Numbers.List(stopped, nil)
	require.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, srv.Received())
	require.NoError(t, list(c))
}

func TestLoginsThatCanNotBeAreRefused(t *testing.T) {
	for _, auth := range []func(string, string, string) exclusive.Auth{exclusive.LoginAuth, exclusive.SignInAuth} {
		for _, bad := range []exclusive.Auth{
			auth(domain, "", password), auth(domain, strings.Repeat("ä", 65), password),
			auth(strings.Repeat("a", 281), username, password), auth(domain, username, ""),
		} {
			_, err := exclusive.New("https://pbx.example", bad, nil)
			assertInvalid(t, err, "auth")
			assert.NotContains(t, err.Error(), password)
		}
		_, err := exclusive.New("https://pbx.example", auth(strings.Repeat("a", 280), strings.Repeat("ä", 64), password), nil)
		require.NoError(t, err)
	}
}

// Every secret of a login is searched for in errors, logs and prints.
func TestNoLoginShowsItsSecrets(t *testing.T) {
	secrets := []string{password, url.QueryEscape(password), "ACCESS-1", "REFRESH-1", "FACTOR-1"}
	echo := `{"errors":[{"code":"ACCESS-1","message":"REFRESH-1 P@ss wörd/+&\"7","detail":"` + url.QueryEscape(password) + `"}]}`
	for _, auth := range []exclusive.Auth{exclusive.LoginAuth(domain, username, password), exclusive.SignInAuth(domain, username, password)} {
		for _, answers := range [][]answer{
			{vendortest.Text(tokens), vendortest.Failing(400, echo)},
			{vendortest.Text(tokens), vendortest.Failing(401, echo), vendortest.Failing(500, echo)},
			{vendortest.Text(tokens), vendortest.Failing(401, echo), vendortest.Failing(400, echo), vendortest.Failing(400, echo)},
			{vendortest.Text(tokens), vendortest.Text(`{"count":"ACCESS-1`)},
			{vendortest.Failing(400, strings.NewReplacer("ACCESS-1", "X", "REFRESH-1", "").Replace(echo))},
			{vendortest.Text(twoFactor)},
		} {
			var log bytes.Buffer
			srv := serve(t, answers...)
			c := srv.clientAs(t, auth, vendortest.Once, func(o *numbers.ClientOptions) {
				o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			})
			assertHidden(t, list(c), secrets...)
			for _, secret := range secrets {
				assert.NotContains(t, log.String(), secret)
				for _, v := range []any{auth, &auth, c, *c} {
					assert.NotContains(t, vendortest.Prints(v), secret)
				}
			}
			assert.Contains(t, log.String(), "op=Login")
		}
	}
}

// A PBX that refuses the tokens that it issues blocks addresses that log in again and
// again: the client backs off, and works again when the PBX does.
func TestTokensThatAPBXRefusesThoughItIssuedThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pbx := exclusivetest.NewServer(t, exclusivetest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		c, err := exclusive.New(pbx.URL(), exclusive.LoginAuth(exclusivetest.Domain, exclusivetest.Username, exclusivetest.Password), &numbers.ClientOptions{
			HTTPClient: pbx.HTTPClient(), Retry: numbers.Retry{Attempts: 1},
		})
		require.NoError(t, err)
		pbx.SetTokensRefused(true)
		for range 20 {
			_, err := c.Numbers.List(ctx, nil)
			require.ErrorIs(t, err, numbers.ErrUnauthorized)
		}
		logins := 0
		for _, r := range pbx.Requests() {
			if r.Op == "token" {
				logins++
			}
		}
		assert.LessOrEqual(t, logins, 5)

		pbx.SetTokensRefused(false)
		_, err = c.Numbers.List(ctx, nil)
		require.ErrorIs(t, err, numbers.ErrUnauthorized, "the client waits")
		time.Sleep(time.Hour)
		_, err = c.Numbers.List(ctx, nil)
		require.NoError(t, err)
	})
}
