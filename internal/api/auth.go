package api

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/tnkit/tnkit/numbers/wire"
)

// Auth puts a credential into requests.
type Auth interface {
	// Authorize sets headers. used identifies the credential for Drop.
	Authorize(ctx context.Context, h http.Header) (used string, err error)
	// Accept records that a request with the credential has succeeded.
	Accept(used string)
	// Drop removes a credential that the vendor refused, and reports whether a new one is
	// available.
	Drop(used string) bool
	// Redact removes every secret it knows from text.
	Redact(text string) string
}

// authorize sets the credential of a request. If a Read is refused as unauthorized, it is
// sent once more with a new credential. For a Write, the token is dropped and the refusal
// is returned.
func (x *exchange) authorize(req *http.Request, next sender) (*Answer, error) {
	h := x.headers()
	if x.c.Auth == nil || x.call.NoAuth {
		return next(req, h)
	}
	for again := x.call.Class == Read && !x.sentOnce(); ; again = false {
		used, err := x.c.Auth.Authorize(req.Context(), h)
		if err != nil {
			x.permanent = true
			return nil, &unsentError{err: err, reason: "the login failed"}
		}
		answer, err := next(req, h)
		switch {
		case err != nil:
			return nil, err
		case !x.c.unauthorized(answer):
			if answer.OK() {
				x.c.Auth.Accept(used)
			}
			return answer, nil
		}
		if fresh := x.c.Auth.Drop(used); !fresh || !again {
			return answer, nil
		}
		h = x.headers()
		if req, err = x.rewind(req); err != nil {
			return nil, err
		}
	}
}

// unauthorized reports whether an answer refuses the credential.
func (c *Client) unauthorized(a *Answer) bool {
	if c.Unauthorized != nil {
		return c.Unauthorized(a)
	}
	return a.Status == http.StatusUnauthorized
}

// sentOnce reports whether the call is sent once.
func (x *exchange) sentOnce() bool { return x.gate != nil && x.gate.Once() }

// rewind returns the request with its body to be read from the beginning.
func (x *exchange) rewind(req *http.Request) (*http.Request, error) {
	if x.gate == nil {
		return req, nil
	}
	body, err := x.gate.Next()
	if err != nil {
		return nil, err
	}
	req = req.WithContext(req.Context())
	req.Body = io.NopCloser(body)
	return req, nil
}

// Static is a credential that does not change: a header with a secret in it.
type Static struct {
	Header string
	// Prefix is the text before the secret: "Bearer ".
	Prefix string
	Secret wire.Secret
}

// Authorize sets the header.
func (s Static) Authorize(_ context.Context, h http.Header) (string, error) {
	h.Set(s.Header, s.Prefix+s.Secret.Reveal())
	return "", nil
}

// Accept does nothing.
func (Static) Accept(string) {}

// Drop returns false, because there is no other credential.
func (Static) Drop(string) bool { return false }

// Redact removes the secret.
func (s Static) Redact(text string) string { return RedactValues(text, s.Secret.Reveal()) }

// WithSecret returns auth, extended to remove a secret of a request from errors, because
// an answer may repeat it.
func WithSecret(auth Auth, secret wire.Secret) Auth { return keeper{auth, secret} }

type keeper struct {
	Auth
	secret wire.Secret
}

// Redact implements Auth.
func (k keeper) Redact(text string) string {
	return RedactValues(k.Auth.Redact(text), k.secret.Reveal())
}

// BadSecret returns why s can't be a credential, or "": net/http would refuse it, or the
// vendor would not see it. The reason never quotes s.
func BadSecret(s string) string {
	switch {
	case s == "":
		return "it is empty"
	case strings.TrimSpace(s) != s:
		return "it begins or ends with a space"
	}
	if badHeader(s) {
		return "it has a control character"
	}
	return ""
}

// badHeader reports whether s can't be a header's value.
func badHeader(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) >= 0
}
