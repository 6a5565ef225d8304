package wire

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"sync"
)

// Redacted is the text that replaces a Secret in every printed value, log line and
// encoding, also if the Secret is empty or absent.
const Redacted = "[redacted]"

// Secret is a password or a token. Only [Secret.Reveal] returns its text. fmt, log/slog,
// encoding/json and test diffs show "[redacted]", or at most an address. Secret is the
// only type of this package that does not write the text that it read.
//
// The zero value is absent. Compare with Equal, not with ==; reflect.DeepEqual works.
type Secret struct{ p *masked }

// masked is the text of a secret, combined with a mask. fmt and slog do not follow the
// pointer to it. The diffs of test libraries follow pointers without calling methods and
// would print it, so it must not be the text itself. The mask is the same for all secrets
// of a process, so that equal secrets are deeply equal.
type masked string

var mask = sync.OnceValue(func() []byte {
	key := make([]byte, 64)
	_, _ = rand.Read(key) // never fails
	return key
})

func flip(s string) string {
	key, b := mask(), []byte(s)
	for i := range b {
		b[i] ^= key[i%len(key)]
	}
	return string(b)
}

// NewSecret returns s as a secret. An empty s is also a secret, and not absent.
func NewSecret(s string) Secret { return Secret{new(masked(flip(s)))} }

// Reveal returns the secret itself; "" when absent.
func (s Secret) Reveal() string {
	if s.p == nil {
		return ""
	}
	return flip(string(*s.p))
}

// Equal reports whether s and other are both absent, or have the same text. The time that
// it takes depends only on the lengths.
func (s Secret) Equal(other Secret) bool {
	if s.p == nil || other.p == nil {
		return s.p == other.p
	}
	return subtle.ConstantTimeCompare([]byte(*s.p), []byte(*other.p)) == 1
}

// IsZero reports whether the secret is absent or null.
func (s Secret) IsZero() bool { return s.p == nil }

// Format prints "[redacted]" for every verb and flag. (fmt does not call it for %T,
// %p and %w. A wrong %p or %w prints an address.)
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Redacted) }

// String returns "[redacted]".
func (s Secret) String() string { return Redacted }

// GoString returns "[redacted]".
func (s Secret) GoString() string { return Redacted }

// LogValue returns "[redacted]".
func (s Secret) LogValue() slog.Value { return slog.StringValue(Redacted) }

// MarshalText returns "[redacted]".
func (s Secret) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// MarshalJSON writes "[redacted]", and null when absent.
func (s Secret) MarshalJSON() ([]byte, error) {
	if s.p == nil {
		return []byte("null"), nil
	}
	return []byte(`"` + Redacted + `"`), nil
}

// UnmarshalJSON reads a string or null. Any other value is a *ValueError, which does
// not contain the value.
func (s *Secret) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		*s = Secret{}
		return nil
	}
	var text string
	if !isQuoted(data) || json.Unmarshal(data, &text) != nil {
		return &ValueError{Type: "Secret", Want: "a string"}
	}
	*s = NewSecret(text)
	return nil
}

// EncodeValues returns an error, because proxies log the query. If the secret is
// absent, it adds nothing and returns nil.
func (s Secret) EncodeValues(key string, _ *url.Values) error {
	if s.p == nil {
		return nil
	}
	return errors.New("wire.Secret: a secret must not be in a query: " + key)
}
