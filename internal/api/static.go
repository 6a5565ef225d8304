package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/tnkit/tnkit/numbers/wire"
)

// Static is a credential that does not change: a header with a secret in it.
type Static struct {
	Header string
	// Prefix stands before the secret: "Bearer ".
	Prefix string
	Secret wire.Secret
}

// Authorise sets the header.
func (s Static) Authorise(_ context.Context, h http.Header) (string, error) {
	h.Set(s.Header, s.Prefix+s.Secret.Reveal())
	return "", nil
}

// Drop reports that there is no other credential.
func (Static) Drop(string) bool { return false }

// Redact removes the secret.
func (s Static) Redact(text string) string { return RedactValues(text, s.Secret.Reveal()) }

// BadSecret says why s can't be a credential: net/http would refuse it, or
// the vendor would see none. It never quotes s.
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
