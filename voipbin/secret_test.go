package voipbin_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/voipbin"
)

const (
	accessKey  = "vb_planted0access0key"
	freshToken = "planted-fresh-token-5b2d" // of the login's fixture
)

// credential is what a client may have, the secrets in it, and what the vendor
// answers before it comes to the operation.
type credential struct {
	auth    voipbin.Auth
	secrets []string
	before  []answer
}

func credentials(t *testing.T) map[string]credential {
	return map[string]credential{
		"token":      {auth: voipbin.TokenAuth(token), secrets: []string{token}},
		"access key": {auth: voipbin.AccessKeyAuth(accessKey), secrets: []string{accessKey}},
		"login": {
			auth: voipbin.LoginAuth("desk@example.com", password), secrets: []string{password, freshToken},
			before: []answer{ok(vendortest.Fixture(t, "auth.login.response.json"))},
		},
		"refused login": {auth: voipbin.LoginAuth("desk@example.com", password), secrets: []string{password}},
	}
}

func TestNoSecretIsEverWritten(t *testing.T) {
	srv := serve(t)
	httpClient := &http.Client{Transport: new(http.Transport)}
	t.Cleanup(httpClient.CloseIdleConnections)
	for kind, cred := range credentials(t) {
		for _, op := range operations() {
			secrets, before := cred.secrets, cred.before
			if op.Name == login { // which logs in by itself, and brings no token when it fails
				secrets, before = []string{password, cred.secrets[0]}, nil
			}
			for _, f := range faults(t) {
				// The vendor echoes every secret, wherever it can.
				said := strings.Join(secrets, " ")
				echo := f.Answer
				echo.Header = http.Header{"X-Request-Id": {said}, "Location": {"https://elsewhere.example/?token=" + said}}
				if len(echo.Body) < 1000 {
					echo.Body = strings.NewReplacer("req_K7Q2M4T6V8X0Z1B3D5F7H9J2L4", said, "the", said).Replace(echo.Body)
				}
				srv.Reset(append(slices.Clip(before), echo)...)
				var log vendortest.Log
				opts := vendortest.Options(srv.URL, vendortest.Once, log.Listen)
				opts.MaxBodyBytes, opts.HTTPClient = most, httpClient
				c := clientWith(t, cred.auth, opts)
				_, err := op.Call(t.Context(), c)
				require.True(t, err != nil || op.Nullable && f.Null, "%s, %s, %s", kind, op.Name, f.Name)
				written := log.String()
				for _, v := range []any{err, c, *c, c.Numbers, c.Auth, opts, cred.auth} {
					written += vendortest.Prints(v)
				}
				for _, secret := range secrets {
					if at := strings.Index(written, secret); at >= 0 {
						t.Errorf("%s, %s, %s: …%s", kind, op.Name, f.Name, written[max(at-100, 0):at+len(secret)])
					}
				}
				for _, request := range srv.Received() {
					for _, secret := range secrets {
						assert.NotContains(t, request.Path+"?"+request.RawQuery, secret, "in the URL")
					}
					assert.Empty(t, request.Header.Get("Referer"))
				}
			}
		}
	}
}

// A result may hold a secret, and does not print it.
func TestATokenIsReadByRevealAlone(t *testing.T) {
	srv := serve(t, ok(vendortest.Fixture(t, "auth.login.response.json")))
	r := &voipbin.LoginRequest{Username: "desk@example.com", Password: wire.NewSecret(password)}
	l, err := client(t, srv.URL).Auth.Login(t.Context(), r)
	require.NoError(t, err)
	assert.Equal(t, freshToken, l.Token.Reveal())
	written := vendortest.Prints(l) + vendortest.Prints(*l) + vendortest.Prints(r) + vendortest.Prints(*r)
	assert.NotContains(t, written, freshToken)
	assert.NotContains(t, written, password)
}
