package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// TestForeignURLError has a transport of the caller's that fails with the URL
// of a request of its own, as one does that fetches a token.
func TestForeignURLError(t *testing.T) {
	inner := errors.New("refused")
	for name, fail := range map[string]error{
		"bare":    &url.Error{Op: "Post", URL: "https://sso.example/token?key=" + queryCore, Err: inner},
		"wrapped": fmt.Errorf("no token: %w", &url.Error{Op: "Post", URL: "https://u:" + queryCore + "@sso.example/token", Err: inner}),
		"joined":  errors.Join(errLost, &url.Error{Op: "Post", URL: "%zz" + queryCore, Err: context.DeadlineExceeded}),
	} {
		t.Run(name, func(t *testing.T) {
			c := newTestClient(t, Config{}, "https://acme.example", quick(), roundTrip(func(*http.Request) (*http.Response, error) {
				return nil, fail
			}))
			err := c.Do(t.Context(), read1())
			assertSecretFree(t, err)
			assertDefinite(t, err, numbers.ErrUnreachable)
			switch name {
			case "wrapped":
				assert.ErrorContains(t, err, `no token: Post (…): refused`)
			case "joined":
				assert.ErrorIs(t, err, context.DeadlineExceeded)
			}
		})
	}
}

// TestTypedErrorSurvives asserts that a vendor that echoes the credential does
// not cost the caller the vendor's typed error.
func TestTypedErrorSurvives(t *testing.T) {
	vendor := &answering{status: 403, body: `{"code":"17","message":"no such key: s3cret-token"}`}
	c := newTestClient(t, Config{Auth: secretAuth(), Refusal: talkative}, "https://acme.example", quick(), vendor)
	err := c.Do(t.Context(), read1())
	e, ok := errors.AsType[*typedError](err)
	require.True(t, ok)
	assert.Equal(t, "no such key: [redacted]", e.Text)
	assert.Equal(t, "no such key: [redacted]", asError(t, err).Message)
	assert.Equal(t, "17", asError(t, err).Code)
}

// TestForeignErrors has a transport of the caller's whose errors say too much.
func TestForeignErrors(t *testing.T) {
	dial := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New(`no route to "acme"`)}
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"a secret":            {fmt.Errorf("sending s3cret-token: %w", errLost), "sending [redacted]: lost"},
		"a secret within":     {quiet{fmt.Errorf("sending s3cret-token: %w", errLost)}, "quiet"},
		"a part of a secret":  {fmt.Errorf(`bad answer "s3cret-to" (%w)`, errLost), "bad answer (…) (lost)"},
		"an open quotation":   {fmt.Errorf(`%w: bad answer "s3cret-to`, errLost), "lost: bad answer (…)"},
		"a header":            {errors.Join(errLost, textproto.ProtocolError("malformed MIME header line: s3cret-to")), "lost\nmalformed header"},
		"a header, in quotes": {errors.Join(errLost, textproto.ProtocolError(`missing colon: "s3cret-to`)), "lost\nmalformed header"},
		"nothing":             {fmt.Errorf("it is %w", errLost), "it is lost"},
		"an address":          {errors.Join(errLost, dial), "lost\n" + `dial tcp: no route to "acme"`},
	} {
		for where, answer := range map[string]func() (*http.Response, error){
			"head": func() (*http.Response, error) { return nil, test.err },
			"body": func() (*http.Response, error) {
				return &http.Response{StatusCode: 200, Body: io.NopCloser(failingWith{test.err})}, nil
			},
		} {
			t.Run(name+"/"+where, func(t *testing.T) {
				c := newTestClient(t, Config{Auth: secretAuth()}, "https://acme.example", quick(), roundTrip(func(*http.Request) (*http.Response, error) {
					return answer()
				}))
				err := c.Do(t.Context(), read1())
				e := asError(t, err).Err
				if broken, ok := errors.AsType[*truncatedError](e); ok {
					e = broken.err
				}
				text := strings.TrimPrefix(e.Error(), (&truncatedError{err: errors.New("")}).Error())
				assert.Equal(t, test.want, text)
				assert.ErrorIs(t, err, errLost)
				for e := err; e != nil; e = errors.Unwrap(e) {
					assert.NotContains(t, e.Error(), "s3cret")
				}
				if name == "an address" {
					_, ok := errors.AsType[*net.OpError](err)
					assert.True(t, ok)
				}
			})
		}
	}
}

// quiet says nothing of what it wraps.
type quiet struct{ error }

func (quiet) Error() string   { return "quiet" }
func (q quiet) Unwrap() error { return q.error }

type failingWith struct{ err error }

func (f failingWith) Read([]byte) (int, error) { return 0, f.err }

func TestRedactValues(t *testing.T) {
	for name, test := range map[string]struct {
		text    string
		secrets []string
		want    string
	}{
		"none":              {"a text", nil, "a text"},
		"empty secret":      {"a text", []string{""}, "a text"},
		"too short":         {"abc abc", []string{"abc"}, "abc abc"},
		"twice":             {"x1234y1234", []string{"1234"}, "x[redacted]y[redacted]"},
		"one in another":    {"tok: abcdefgh", []string{"abcd", "abcdefgh"}, "tok: [redacted]"},
		"json":              {`{"p":"a\"b\\c\u003c"}`, []string{`a"b\c<`}, `{"p":"[redacted]"}`},
		"json of PHP":       {`{"p":"a\/b\/c"}`, []string{`a/b/c`}, `{"p":"[redacted]"}`},
		"query":             {"p=a%2Bb+c", []string{"a+b c"}, "p=[redacted]"},
		"path":              {"/a+b%20c", []string{"a+b c"}, "/[redacted]"},
		"quoted":            {`"tab\there"`, []string{"tab\there"}, `"[redacted]"`},
		"quoted to ASCII":   {`"t\u00f6k\u00e9n"`, []string{"tökén"}, `"[redacted]"`},
		"not the same text": {"Secret-Word", []string{"secret-word"}, "Secret-Word"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, test.want, RedactValues(test.text, test.secrets...)) })
	}
}

func TestShort(t *testing.T) {
	assert.Equal(t, strings.Repeat("x", 500), short(strings.Repeat("x", 500)))
	assert.Equal(t, strings.Repeat("x", 500)+"…", short(strings.Repeat("x", 501)))
	assert.Equal(t, strings.Repeat("é", 250)+"…", short(strings.Repeat("é", 251)))
	assert.Equal(t, "x"+strings.Repeat("é", 249)+"…", short("x"+strings.Repeat("é", 251)), "no half characters")
}

// TestLongMessages asserts that a vendor can't fill a log.
func TestLongMessages(t *testing.T) {
	long := strings.Repeat("long ", 10000)
	body, err := json.Marshal(map[string]string{"code": long, "message": long, "field": long, "id": long})
	require.NoError(t, err)
	vendor := &answering{status: 400, body: string(body)}
	c := newTestClient(t, Config{Refusal: func(a *Answer) Refusal {
		r := talkative(a)
		r.Err = nil
		return r
	}}, "https://acme.example", quick(), vendor)
	e := asError(t, c.Do(t.Context(), read1()))
	assert.Less(t, len(e.Error()), 2500)
	for _, s := range []string{e.Code, e.Message, e.Field, e.RequestID} {
		assert.Less(t, len(s), 510)
	}
}
