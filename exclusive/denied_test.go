package exclusive_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/numbers"
)

// A refusal of a token is told by its code first, as everything is.
func TestACodeRefusesATokenWhateverTheStatus(t *testing.T) {
	for _, status := range []int{400, 401, 403} {
		srv := serve(t, text(tokens), failing(status, coded("UNAUTHORIZED")), text(moreTokens), text(noNumbers))
		require.NoError(t, list(srv.clientAs(t, exclusive.LoginAuth(domain, username, password))), "%d", status)
		assert.Len(t, srv.received(), 4, "%d", status)

		srv = serve(t, text(tokens), failing(status, coded("UNAUTHORIZED")), text(moreTokens), text(`{"id":"1"}`))
		c := srv.clientAs(t, exclusive.LoginAuth(domain, username, password))
		for _, want := range []error{numbers.ErrUnauthorized, nil} {
			_, err := c.Numbers.Create(ctx, &exclusive.CreateNumberRequest{Number: "1"})
			require.ErrorIs(t, err, want, "%d", status)
		}
		assert.Len(t, srv.received(), 4, "%d: dropped after the write, and not repeated", status)
	}
}

// Whose address is blocked must not log in again because of it.
func TestWhoIsDeniedDoesNotLogInAgain(t *testing.T) {
	for _, body := range []string{coded("DENIED"), `{"errors":[],"code":"DENIED","message":"no"}`, `{"errors":[{"code":"UNKNOWN","message":""},{"code":"DENIED","message":"no"}]}`} {
		for _, status := range []int{400, 401, 403} {
			srv := serve(t, text(tokens), failing(status, body))
			c := srv.clientAs(t, exclusive.LoginAuth(domain, username, password))
			err := list(c)
			require.ErrorIs(t, err, numbers.ErrForbidden, "%d %s", status, body)
			e, ok := err.(*numbers.Error) //nolint:errorlint // it must be this type itself
			require.True(t, ok)
			assert.Equal(t, exclusive.CodeDenied, e.Code)
			assert.Equal(t, []string{"POST /api/login/oauth/token", "GET /api/exclusive_numbers"}, srv.targets())
		}
	}
}

// What is broken in one place of an error body hides nothing in another.
func TestAFlatErrorIsReadBesideABrokenList(t *testing.T) {
	srv := serve(t, failing(400, `{"errors":"all","code":"DENIED","message":"no"}`))
	require.ErrorIs(t, list(srv.client(t)), numbers.ErrForbidden)
}

func TestAWebPageIsNoExport(t *testing.T) {
	srv := serve(t, answer{body: "<!doctype html><p>Sign in</p>", header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}})
	file, err := srv.client(t).Numbers.Export(ctx)
	require.ErrorIs(t, err, numbers.ErrVendor)
	assert.ErrorContains(t, err, "web page")
	assert.Nil(t, file)
}
