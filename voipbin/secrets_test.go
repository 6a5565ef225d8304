package voipbin_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
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
	text := prints(err)
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // the chain itself is looked at
		for _, one := range joined.Unwrap() {
			text += shows(one)
		}
	}
	if one := errors.Unwrap(err); one != nil {
		text += shows(one)
	}
	return text
}

// credentials are what a client may have, and the secrets in it.
func credentials() map[string]struct {
	auth    voipbin.Auth
	secrets []string
} {
	return map[string]struct {
		auth    voipbin.Auth
		secrets []string
	}{
		"token": {voipbin.TokenAuth(token), []string{token}},
	}
}

func TestNoSecretIsEverWritten(t *testing.T) {
	for kind, cred := range credentials() {
		for _, op := range operations() {
			for _, f := range faults(t) {
				// The vendor echoes every secret, wherever it can.
				echo := f.answer
				said := strings.Join(cred.secrets, " ")
				echo.header = map[string]string{"X-Request-Id": said, "Location": "https://elsewhere.example/?token=" + said}
				if len(echo.body) > 0 && len(echo.body) < 1000 {
					echo.body = bytes.ReplaceAll(echo.body, []byte("req_K7Q2M4T6V8X0Z1B3D5F7H9J2L4"), []byte(said))
					echo.body = bytes.ReplaceAll(echo.body, []byte("the"), []byte(said))
				}
				srv := serve(t, echo)
				var log lockedBuffer
				opts := &numbers.ClientOptions{
					BaseURL: srv.URL, Retry: quick(1), MaxBodyBytes: 65_536,
					Logger:     slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
					OnResponse: func(r numbers.ResponseInfo) { fmt.Fprintf(&log, "%+v", r) },
				}
				c := clientWith(t, cred.auth, opts)
				_, err := op.call(t.Context(), c)
				require.Error(t, err)
				written := shows(err) + log.String() + prints(c) + prints(*c) + prints(c.Numbers) + prints(opts) + prints(cred.auth)
				for _, secret := range cred.secrets {
					assert.NotContains(t, written, secret, "%s, %s, %s", kind, op.name, f.name)
				}
				for _, request := range srv.sent() {
					for _, secret := range cred.secrets {
						assert.NotContains(t, request.path+"?"+request.query, secret, "in the URL")
					}
					assert.Empty(t, request.header.Get("Referer"))
				}
			}
		}
	}
}
