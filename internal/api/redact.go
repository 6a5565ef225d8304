package api

import (
	"context"
	"errors"
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

// seal makes a transport error safe to print: its text without secrets, and,
// where there was one in it, without the errors that still have it.
func (c *Client) seal(err error) error {
	text := err.Error()
	clean := c.redact(text)
	if clean == text {
		return err
	}
	sealed := &sealedError{text: clean}
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, end) {
			sealed.end = end
		}
	}
	return sealed
}

type sealedError struct {
	text string
	end  error
}

func (e *sealedError) Error() string { return e.text }
func (e *sealedError) Unwrap() error { return e.end }

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

// RedactValues replaces each secret in text by Redacted.
func RedactValues(text string, secrets ...string) string {
	for _, s := range secrets {
		if len(s) >= 4 { // shorter ones would eat ordinary words
			text = strings.ReplaceAll(text, s, Redacted)
		}
	}
	return text
}
