package api

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// redact removes the secrets of the credentials from a text. It is the last protection: a
// text has a secret only if a vendor's answer repeats one.
func (c *Client) redact(text string) string {
	if c.Auth == nil || text == "" {
		return text
	}
	return c.Auth.Redact(text)
}

// text returns a vendor's text without secrets, and not longer than a log line.
func (c *Client) text(s string) string { return short(c.redact(s)) }

// seal makes an error safe to print. If a text in its tree has a secret, or the URL of a
// request, that error is replaced by its text without them.
func (c *Client) seal(err error) error {
	if err == nil || !c.leaks(err) {
		return err
	}
	return sealed(c.redact(unquote(err.Error())), err)
}

// sealTyped is seal for a vendor's typed error, which also has fields.
func (c *Client) sealTyped(err error) error {
	if err == nil {
		return nil
	}
	encoded, _ := json.Marshal(err)
	if fields := fmt.Sprintf("%s %#v", encoded, err); c.redact(fields) != fields {
		return sealed(c.text(err.Error()), err)
	}
	return c.seal(err)
}

func (c *Client) leaks(err error) bool {
	if _, ok := any(err).(*url.Error); ok { // the tree is walked here
		return true
	}
	if text := err.Error(); c.redact(text) != text {
		return true
	}
	switch e := any(err).(type) { // the tree is walked here
	case interface{ Unwrap() error }:
		inner := e.Unwrap()
		return inner != nil && c.leaks(inner)
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(e.Unwrap(), c.leaks)
	}
	return false
}

// unquoted makes a transport's error safe to print. net/http quotes text that it can't
// parse. This text may contain anything, also a part of the credential, which redact does
// not find.
func unquoted(err error) error {
	text := err.Error()
	if header, ok := errors.AsType[textproto.ProtocolError](err); ok {
		return sealed(strings.ReplaceAll(unquote(text), unquote(string(header)), "malformed header"), err)
	}
	if !strings.Contains(text, `"`) {
		return err
	}
	_, network := errors.AsType[*net.OpError](err)
	_, cert := errors.AsType[*tls.CertificateVerificationError](err)
	if network || cert {
		return err // these errors quote only names and addresses
	}
	return sealed(unquote(text), err)
}

var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*("|$)`)

// unquote removes everything in quotation marks.
func unquote(text string) string { return quoted.ReplaceAllLiteralString(text, "(…)") }

// sealedError has its own text. errors.Is also checks the error inside it, but nothing
// that prints shows that error.
type sealedError struct {
	text string
	is   func(target error) bool
}

func sealed(text string, err error) error {
	return &sealedError{text, func(target error) bool { return errors.Is(err, target) }}
}

func (e *sealedError) Error() string        { return e.text }
func (e *sealedError) Is(target error) bool { return e.is != nil && e.is(target) }

// short shortens a vendor's text to the length of a log line.
func short(s string) string {
	const most = 500
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// Redacted replaces a secret.
const Redacted = "[redacted]"

// RedactValues replaces each secret in text by Redacted, also if it is escaped in JSON,
// in a URL or by %q.
func RedactValues(text string, secrets ...string) string {
	var forms []string
	for _, s := range secrets {
		if len(s) >= 4 { // shorter secrets could be parts of ordinary words
			forms = appendForms(forms, s)
		}
	}
	// The longest comes first, because one secret may be the beginning of another.
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	for _, form := range forms {
		text = strings.ReplaceAll(text, form, Redacted)
	}
	return text
}

func appendForms(forms []string, s string) []string {
	forms = append(forms, s)
	if strings.IndexFunc(s, special) < 0 {
		return forms
	}
	escaped, _ := json.Marshal(s) // < > & too
	quoted := inner(strconv.Quote(s))
	return append(forms,
		inner(string(escaped)),
		strings.ReplaceAll(inner(string(escaped)), "/", `\/`),
		quoted,
		strings.ReplaceAll(quoted, "/", `\/`),
		inner(strconv.QuoteToASCII(s)),
		url.QueryEscape(s),
		url.PathEscape(s),
	)
}

// special reports whether some encoding writes r in another way.
func special(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
		return false
	}
	return true
}

// inner drops the quotation marks.
func inner(quoted string) string { return quoted[1 : len(quoted)-1] }
