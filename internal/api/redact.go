package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// redact removes the secrets that the credentials know. It is the last net: no
// secret gets this far but where a vendor echoes one.
func (c *Client) redact(text string) string {
	if c.Auth == nil || text == "" {
		return text
	}
	return c.Auth.Redact(text)
}

// text makes a vendor's text safe to keep: without secrets, and no longer than
// a log line takes.
func (c *Client) text(s string) string { return short(c.redact(s)) }

// seal makes an error safe to print. Where a text of its tree has a secret, or
// the URL of a request, its own text is kept without them, and the errors that
// still have them are cut off.
func (c *Client) seal(err error) error {
	if err == nil || !c.leaks(err) {
		return err
	}
	text := err.Error()
	if ue, ok := errors.AsType[*url.Error](err); ok {
		for _, form := range []string{ue.URL, inner(strconv.Quote(ue.URL))} {
			text = strings.ReplaceAll(text, form, bare(ue.URL))
		}
	}
	sealed := &sealedError{text: c.redact(text)}
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, end) {
			sealed.end = end
		}
	}
	return sealed
}

// sealTyped is seal for a vendor's typed error, whose fields are read beside
// its text.
func (c *Client) sealTyped(err error) error {
	if err == nil {
		return nil
	}
	if fields, _ := json.Marshal(err); c.redact(string(fields)) != string(fields) {
		return &sealedError{text: c.text(err.Error())}
	}
	return c.seal(err)
}

func (c *Client) leaks(err error) bool {
	if _, ok := err.(*url.Error); ok { //nolint:errorlint // the tree is walked here
		return true
	}
	if text := err.Error(); c.redact(text) != text {
		return true
	}
	switch e := err.(type) { //nolint:errorlint // the tree is walked here
	case interface{ Unwrap() error }:
		inner := e.Unwrap()
		return inner != nil && c.leaks(inner)
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(e.Unwrap(), c.leaks)
	}
	return false
}

type sealedError struct {
	text string
	end  error
}

func (e *sealedError) Error() string { return e.text }
func (e *sealedError) Unwrap() error { return e.end }

// bare is a URL without user, query and fragment.
func bare(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(URL)"
	}
	return u.Scheme + "://" + u.Host + u.EscapedPath()
}

// short cuts vendor text to what a log line takes.
func short(s string) string {
	const most = 500
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// Redacted stands where a secret was.
const Redacted = "[redacted]"

// RedactValues replaces each secret in text by Redacted, also where it is
// escaped as JSON, in a URL or by %q.
func RedactValues(text string, secrets ...string) string {
	var forms []string
	for _, s := range secrets {
		if len(s) >= 4 { // shorter ones would eat ordinary words
			forms = appendForms(forms, s)
		}
	}
	// The longest first: one secret may be the beginning of another.
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
