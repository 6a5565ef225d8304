package exclusive_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
)

// A refusal of a token is told by its code first, as everything is.
func TestACodeRefusesATokenWhateverTheStatus(t *testing.T) {
	for _, status := range []int{400, 401, 403} {
		srv := serve(t, vendortest.Text(tokens), vendortest.Failing(status, coded("UNAUTHORIZED")), vendortest.Text(moreTokens), vendortest.Text(noNumbers))
		require.NoError(t, list(srv.clientAs(t, exclusive.LoginAuth(domain, username, password))), "%d", status)
		assert.Len(t, srv.Received(), 4, "%d", status)

		srv = serve(t, vendortest.Text(tokens), vendortest.Failing(status, coded("UNAUTHORIZED")), vendortest.Text(moreTokens), vendortest.Text(`{"id":"1"}`))
		c := srv.clientAs(t, exclusive.LoginAuth(domain, username, password))
		for _, want := range []error{numbers.ErrUnauthorized, nil} {
			_, err := c.Numbers.Create(ctx, &exclusive.CreateNumberRequest{Number: "1"})
			require.ErrorIs(t, err, want, "%d", status)
		}
		assert.Len(t, srv.Received(), 4, "%d: dropped after the write, and not repeated", status)
	}
}

// Whose address is blocked must not log in again because of it.
func TestWhoIsDeniedDoesNotLogInAgain(t *testing.T) {
	for _, body := range []string{coded("DENIED"), `{"errors":[],"code":"DENIED","message":"no"}`, `{"errors":[{"code":"UNKNOWN","message":""},{"code":"DENIED","message":"no"}]}`} {
		for _, status := range []int{400, 401, 403} {
			srv := serve(t, vendortest.Text(tokens), vendortest.Failing(status, body))
			c := srv.clientAs(t, exclusive.LoginAuth(domain, username, password))
			err := list(c)
			require.ErrorIs(t, err, numbers.ErrForbidden, "%d %s", status, body)
			e, ok := any(err).(*numbers.Error) // it must be this type itself
			require.True(t, ok)
			assert.Equal(t, exclusive.CodeDenied, e.Code)
			assert.Equal(t, []string{"POST /api/login/oauth/token", "GET /api/exclusive_numbers"}, srv.Targets())
		}
	}
}

// What is broken in one place of an error body hides nothing in another.
func TestAFlatErrorIsReadBesideABrokenList(t *testing.T) {
	srv := serve(t, vendortest.Failing(400, `{"errors":"all","code":"DENIED","message":"no"}`))
	require.ErrorIs(t, list(srv.client(t)), numbers.ErrForbidden)
}

func TestAWebPageIsNoExport(t *testing.T) {
	srv := serve(t, answer{Body: "<!doctype html><p>Sign in</p>", Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}})
	file, err := srv.client(t).Numbers.Export(ctx)
	require.ErrorIs(t, err, numbers.ErrVendor)
	assert.ErrorContains(t, err, "web page")
	assert.Nil(t, file)
}

// A PBX that is slow to refuse is asked vendortest.Once, however often its callers give up
// before: it counts every wrong password.
func TestCallersWhoGiveUpShareOneLogin(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   error
		logins int
	}{
		"refused": {400, coded("UNAUTHORIZED"), numbers.ErrUnauthorized, 1},
		"blocked": {400, coded("DENIED"), numbers.ErrForbidden, 1},
		"good":    {200, tokens, nil, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var logins atomic.Int32
				client, err := exclusive.New("https://pbx.example:8887", exclusive.LoginAuth(domain, username, password), &numbers.ClientOptions{
					HTTPClient: &http.Client{Transport: vendortest.RoundTrip(func(r *http.Request) answer {
						if !strings.HasSuffix(r.URL.Path, "/token") {
							return vendortest.Text(noNumbers)
						}
						logins.Add(1)
						time.Sleep(20 * time.Second)
						if r.Context().Err() != nil {
							return vendortest.Failing(503, "")
						}
						return answer{Status: c.status, Body: c.body}
					})},
				})
				require.NoError(t, err)
				enough := errors.New("enough")
				for range 10 {
					short, cancel := context.WithTimeoutCause(ctx, time.Second, enough)
					_, err := client.Numbers.List(short, nil)
					require.ErrorIs(t, err, context.DeadlineExceeded)
					require.ErrorIs(t, err, enough)
					cancel()
				}
				time.Sleep(time.Minute) // the login ends while nobody waits
				for range 10 {
					require.ErrorIs(t, list(client), c.want)
				}
				assert.EqualValues(t, 1, logins.Load())
				time.Sleep(1590 * time.Second) // the token is 1,640 of its 1,800 s old
				require.ErrorIs(t, list(client), c.want)
				assert.EqualValues(t, c.logins, logins.Load(), "its age counts from when it came")
			})
		})
	}
}
