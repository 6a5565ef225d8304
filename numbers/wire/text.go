package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
)

// ValueError is the error for a JSON value, or an argument, that is not valid for a
// type of this package.
type ValueError struct {
	Type string // the type of this package: "Amount"
	Want string // the values that the type accepts: "a decimal number, quoted or not"
	Got  string // the beginning of the given value, at most 40 bytes; empty for a Secret
}

// Error returns the type, the expected value and the beginning of the given value.
func (e *ValueError) Error() string {
	s := "wire." + e.Type + ": want " + e.Want
	if e.Got != "" {
		s += fmt.Sprintf(", got %q", e.Got)
	}
	return s
}

const maxQuoted = 40

func valueError[S []byte | string](typ, want string, got S) error {
	s := string(got[:min(len(got), maxQuoted)])
	return &ValueError{Type: typ, Want: want, Got: s}
}

func isNull(data []byte) bool { return string(data) == "null" }

func isQuoted(data []byte) bool {
	return len(data) >= 2 && data[0] == '"' && data[len(data)-1] == '"'
}

// unquote returns the text of a JSON string. The text of a string without escapes is a part of data, not a copy.
func unquote(data []byte) ([]byte, error) {
	if !isQuoted(data) {
		return nil, errors.New("not a JSON string")
	}
	inner := data[1 : len(data)-1]
	if isPlain(inner) {
		return inner, nil
	}
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, err
	}
	return []byte(s), nil
}

// isPlain reports whether JSON writes s unchanged: s is printable ASCII without quotes,
// escapes and the characters that HTML-safe encoders escape.
func isPlain[S []byte | string](s S) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}

// quote returns s as a JSON string. It does not escape for HTML, because the outer
// encoder does.
func quote(s string) ([]byte, error) {
	if isPlain(s) {
		b := make([]byte, 0, len(s)+2)
		return append(append(append(b, '"'), s...), '"'), nil
	}
	return encode(s)
}

// encode is json.Marshal without the escaping for HTML.
func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// style is how a value was written in the JSON text.
type style uint8

const (
	absent style = iota
	bare
	quoted
)

func marshalLiteral(lit string, s style) ([]byte, error) {
	switch s {
	case bare:
		return []byte(lit), nil
	case quoted:
		return quote(lit)
	default:
	}
	return []byte("null"), nil
}

func addLiteral(v *url.Values, key, lit string) {
	if *v == nil {
		*v = url.Values{}
	}
	v.Add(key, lit)
}
