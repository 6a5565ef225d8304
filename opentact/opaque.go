package opentact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/tnkit/tnkit/numbers/wire"
)

// Opaque is a JSON value whose form OpenTact does not document: the users of a
// SIP connection, the provider of a profile. It may hold credentials like those
// in the documented objects beside it, and so it is shown as wire.Secret is:
// every print and log line has "[redacted]", and its JSON has that in place of
// the values whose names tell that they are secret. The rest of its JSON is
// written as it was read. The zero value is absent.
type Opaque struct{ text wire.Secret }

// JSON returns the whole value as it was read, secrets included; nil when
// absent.
func (o Opaque) JSON() json.RawMessage {
	if o.text.IsZero() {
		return nil
	}
	return json.RawMessage(o.text.Reveal())
}

// IsZero reports whether the value is absent or null.
func (o Opaque) IsZero() bool { return o.text.IsZero() }

// UnmarshalJSON keeps any value; null is absent.
func (o *Opaque) UnmarshalJSON(data []byte) error {
	*o = Opaque{}
	if data = bytes.TrimSpace(data); string(data) != "null" {
		o.text = wire.NewSecret(string(data))
	}
	return nil
}

// MarshalJSON writes the value without what is secret in it.
func (o Opaque) MarshalJSON() ([]byte, error) {
	if o.IsZero() {
		return []byte("null"), nil
	}
	return withoutSecrets(o.JSON())
}

// Format prints "[redacted]" for every verb and flag.
func (o Opaque) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, wire.Redacted) }

// String returns "[redacted]".
func (o Opaque) String() string { return wire.Redacted }

// LogValue returns "[redacted]".
func (o Opaque) LogValue() slog.Value { return o.text.LogValue() }

// secretNames are what the name of a secret has in it, without case, hyphens
// and underscores.
var secretNames = []string{"password", "passwd", "secret", "token", "apikey", "privatekey", "credential"}

// namesSecret reports whether a member of this name, or the value at the end of
// this path, is a secret.
func namesSecret(name string) bool {
	name = strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name))
	return strings.HasPrefix(name, "ha1") || // the digest of a SIP user's password
		slices.ContainsFunc(secretNames, func(s string) bool { return strings.Contains(name, s) })
}

// withoutSecrets puts wire.Redacted in place of all values of the members that
// are secret, wherever they are. What is around them stays to the letter.
func withoutSecrets(text []byte) ([]byte, error) {
	var (
		out    []byte
		copied int64        // how much of text is in out
		inside []json.Delim // the objects and arrays around the next token
		named  bool         // the next token of an object is a value
	)
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	for {
		token, err := dec.Token()
		if err == io.EOF && len(inside) == 0 {
			return append(out, text[copied:]...), nil
		}
		if err != nil {
			return nil, err
		}
		object := len(inside) > 0 && inside[len(inside)-1] == '{'
		switch token {
		case json.Delim('{'), json.Delim('['):
			inside, named = append(inside, token.(json.Delim)), false
			continue
		case json.Delim('}'), json.Delim(']'):
			inside, named = inside[:len(inside)-1], false
			continue
		}
		name, isText := token.(string)
		if !object || named || !isText {
			named = false
			continue
		}
		if named = !namesSecret(name); named {
			continue
		}
		start := dec.InputOffset()
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		if !tellsNothing(value) {
			out = append(append(append(out, text[copied:start]...), ':'), `"`+wire.Redacted+`"`...)
			copied = dec.InputOffset()
		}
	}
}

// tellsNothing reports whether a value can't hold a secret, whatever its name.
func tellsNothing(value []byte) bool {
	switch string(value) {
	case "null", "true", "false", `""`, "[]", "{}":
		return true
	}
	return false
}
