package voipbin_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/voipbin"
)

// lockedBuffer collects a log that several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// prints shows v in every way that a program may.
func prints(v any) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%v %+v %#v %s %d\n", v, v, v, v, v)
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v)
	if data, err := json.Marshal(v); err == nil {
		b.Write(data)
	}
	return b.String()
}

// shows is prints of an error and of every error in its chain.
func shows(err error) string {
	if err == nil {
		return ""
	}
	text := prints(err)
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			text += shows(one)
		}
	}
	if one := errors.Unwrap(err); one != nil {
		text += shows(one)
	}
	return text
}

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
			before: []answer{ok(fixture(t, "auth.login.response"))},
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
			if op.login { // which logs in by itself, and brings no token when it fails
				secrets, before = []string{password, cred.secrets[0]}, nil
			}
			for _, f := range faults(t) {
				// The vendor echoes every secret, wherever it can.
				echo := f.answer
				said := strings.Join(secrets, " ")
				echo.header = map[string]string{"X-Request-Id": said, "Location": "https://elsewhere.example/?token=" + said}
				if len(echo.body) > 0 && len(echo.body) < 1000 {
					echo.body = bytes.ReplaceAll(echo.body, []byte("req_K7Q2M4T6V8X0Z1B3D5F7H9J2L4"), []byte(said))
					echo.body = bytes.ReplaceAll(echo.body, []byte("the"), []byte(said))
				}
				srv.reset(append(slices.Clip(before), echo)...)
				var log lockedBuffer
				opts := &numbers.ClientOptions{
					BaseURL: srv.URL, Retry: quick(1), MaxBodyBytes: 65_536, HTTPClient: httpClient,
					Logger:     slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
					OnResponse: func(r numbers.ResponseInfo) { fmt.Fprintf(&log, "%+v", r) },
				}
				c := clientWith(t, cred.auth, opts)
				_, err := op.call(t.Context(), c)
				require.True(t, err != nil || op.nullIsNone && f.name == "200 null", "%s, %s, %s", kind, op.name, f.name)
				written := shows(err) + log.String() + prints(c) + prints(*c) + prints(c.Numbers) + prints(c.Auth) + prints(opts) + prints(cred.auth)
				for _, secret := range secrets {
					if at := strings.Index(written, secret); at >= 0 {
						t.Errorf("%s, %s, %s: …%s", kind, op.name, f.name, written[max(at-100, 0):at+len(secret)])
					}
				}
				for _, request := range srv.sent() {
					for _, secret := range secrets {
						assert.NotContains(t, request.path+"?"+request.query, secret, "in the URL")
					}
					assert.Empty(t, request.header.Get("Referer"))
				}
			}
		}
	}
}

// A result may hold a secret, and does not print it.
func TestATokenIsReadByRevealAlone(t *testing.T) {
	srv := serve(t, ok(fixture(t, "auth.login.response")))
	r := &voipbin.LoginRequest{Username: "desk@example.com", Password: wire.NewSecret(password)}
	l, err := client(t, srv.URL).Auth.Login(t.Context(), r)
	require.NoError(t, err)
	assert.Equal(t, freshToken, l.Token.Reveal())
	written := prints(l) + prints(*l) + prints(r) + prints(*r)
	assert.NotContains(t, written, freshToken)
	assert.NotContains(t, written, password)
}
