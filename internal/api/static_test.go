package api

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// TestStatic has a credential that can't be renewed.
func TestStatic(t *testing.T) {
	vendor := &answering{status: 401}
	auth := Static{Header: "X-Token", Prefix: "Token ", Secret: wire.NewSecret("abcd")}
	var got []string
	c := newTestClient(t, Config{Auth: auth}, "https://acme.example", quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
		got = append(got, req.Header.Get("X-Token"))
		return vendor.RoundTrip(req)
	}))
	assertDefinite(t, c.Do(t.Context(), read1()), numbers.ErrUnauthorized)
	assert.Equal(t, []string{"Token abcd"}, got)

	call := read1()
	call.NoAuth = true
	require.Error(t, c.Do(t.Context(), call))
	assert.Equal(t, []string{"Token abcd", ""}, got)
	assert.Equal(t, "x [redacted]", auth.Redact("x abcd"))
	assert.Equal(t, "[redacted]", fmt.Sprint(auth.Secret))
}

// TestSecretHeaders asserts what a credential may be, so that net/http, which
// quotes nothing, has nothing to refuse.
func TestSecretHeaders(t *testing.T) {
	for _, bad := range []string{"", " a", "a ", "a\nb", "a\rb", "a\x00", "a\tb", "\x7f"} {
		assert.NotEmpty(t, BadSecret(bad))
		assert.NotContains(t, BadSecret(tokenCore+bad), tokenCore)
	}
	for _, ok := range []string{"a", "a b", "KEY0123_abc-DEF.", "ü", `"\`} {
		assert.Empty(t, BadSecret(ok))
	}
}
