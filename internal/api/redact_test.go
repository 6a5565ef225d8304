package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// The secrets have a core that no encoding changes, so that it is found
// however it comes out, and around it what encodings do change.
const (
	tokenCore    = "TOKENCORE7f3a91"
	passwordCore = "PASSWORDCORE0b6"
	queryCore    = "QUERYCORE44d1c2"
	bodyCore     = "BODYCORE93ee01"
)

func secretTokens() []string {
	return []string{
		tokenCore + "abc",
		`to"ke\n/` + tokenCore + `<&>'+ =%41`,
		"tökén\u2028" + tokenCore + "漢",
	}
}

const secretPassword = `p/w"` + passwordCore + `\&ü`

// typedError is a vendor's error with all that its body said.
type typedError struct {
	Text   string
	Fields map[string]string
	hidden string
}

func (e *typedError) Error() string { return "acme: " + e.Text }

// talkative reads everything there is in an error body.
func talkative(a *Answer) Refusal {
	var body struct{ Code, Message, Field, ID string }
	if json.Unmarshal(a.Body, &body) != nil {
		body.Message = string(a.Body)
	}
	text := body.Message
	if body.Field != "" {
		text = "wrong field" // so that only the field that no method shows has the secret
		body.Message = ""
	}
	return Refusal{
		Code: body.Code, Message: body.Message, Field: body.Field, RequestID: body.ID,
		Err: &typedError{Text: text, Fields: map[string]string{"message": body.Message}, hidden: body.Field},
	}
}

// echo are the ways in which a vendor gives away what it was sent.
func echoes(secret string) map[string]string {
	plain, _ := json.Marshal(secret)
	asJSON := string(plain)
	var unescaped bytes.Buffer
	enc := json.NewEncoder(&unescaped)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(secret)
	answer := func(status, header, body string) string {
		return fmt.Sprintf("HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s", status, header, len(body), body)
	}
	object := func(s string) string {
		return `{"code":` + s + `,"message":` + s + `,"field":` + s + `,"id":` + s + `}`
	}
	// Every character as an escape: only the decoded text shows the secret.
	var hex strings.Builder
	hex.WriteByte('"')
	for _, r := range secret {
		fmt.Fprintf(&hex, `\u%04x`, r)
	}
	hex.WriteByte('"')
	return map[string]string{
		"status line":         "HTTP/1.1 " + secret + "\r\n\r\n",
		"no HTTP":             secret + "\r\n\r\n",
		"protocol":            "HTTP/9" + secret + " 200 OK\r\n\r\n",
		"header line":         "HTTP/1.1 200 OK\r\n" + secret + "\r\n\r\n",
		"header name":         "HTTP/1.1 200 OK\r\nX " + secret + ": 1\r\n\r\n",
		"length":              "HTTP/1.1 200 OK\r\nContent-Length: " + secret + "\r\n\r\n",
		"transfer encoding":   "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + secret + "\r\n\r\n",
		"chunk size":          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + secret + "\r\n",
		"trailer":             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + secret + "\r\n\r\n",
		"reason":              answer("400 "+secret, "", "{}"),
		"request id":          answer("400 No", "X-Request-Id: "+secret+"\r\n", "{}"),
		"request id of a 200": answer("200 OK", "X-Request-Id: "+secret+"\r\n", "no JSON"),
		"retry after":         answer("429 No", "Retry-After: "+secret+"\r\n", "{}"),
		"location":            answer("302 No", "Location: https://evil.example/?"+secret+"\r\n", ""),
		"location, same host": answer("302 No", "Location: /"+secret+"\r\n", ""),
		"bad location":        answer("302 No", "Location: https://[::1"+secret+"\r\n", ""),
		"cookie":              answer("401 No", "Set-Cookie: a="+secret+"\r\nWww-Authenticate: "+secret+"\r\n", "{}"),
		"text":                answer("400 No", "", "you sent "+secret),
		"html":                answer("502 No", "", "<h1>"+secret+"</h1>"),
		"json":                answer("422 No", "", object(asJSON)),
		"json, HTML-safe not": answer("422 No", "", object(strings.TrimSpace(unescaped.String()))),
		"json of PHP":         answer("422 No", "", object(strings.ReplaceAll(asJSON, "/", `\/`))),
		"json, all escaped":   answer("422 No", "", object(hex.String())),
		"query-escaped":       answer("400 No", "", "you sent "+url.QueryEscape(secret)),
		"path-escaped":        answer("400 No", "", "you sent "+url.PathEscape(secret)),
		"a good answer":       answer("200 OK", "X-Request-Id: "+secret+"\r\n", goodThing),
		"text for a result":   answer("200 OK", "", secret),
		"a string":            answer("200 OK", "", asJSON),
		"a wrong field":       answer("200 OK", "", `{"id":[`+asJSON+`]}`),
		"a wrong time":        answer("200 OK", "", `{"when":`+asJSON+`}`),
		"a wrong amount":      answer("200 OK", "", `{"price":`+asJSON+`}`),
		"cut off":             "HTTP/1.1 400 No\r\nContent-Length: 1000\r\n\r\n" + secret,
	}
}

// cores are what must never be seen.
var cores = []string{tokenCore, passwordCore, queryCore, bodyCore}

// assertSecretFree prints v in every way there is.
func assertSecretFree(t testing.TB, v any) {
	t.Helper()
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+"\n", v)
	}
	b, _ := json.Marshal(v)
	out.Write(b)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
	assertNoCore(t, out.String())
	if err, ok := v.(error); ok {
		switch e := err.(type) { //nolint:errorlint // the tree is walked here
		case interface{ Unwrap() error }:
			if inner := e.Unwrap(); inner != nil {
				assertSecretFree(t, inner)
			}
		case interface{ Unwrap() []error }:
			for _, inner := range e.Unwrap() {
				assertSecretFree(t, inner)
			}
		}
	}
}

func assertNoCore(t testing.TB, text string) {
	t.Helper()
	for _, core := range cores {
		// %x of a text shows it, too.
		if strings.Contains(text, core) || strings.Contains(text, fmt.Sprintf("%x", core)) {
			assert.Failf(t, "a secret got out", "%s in %s", core, text)
		}
	}
}

// TestSecrets plants secrets in the credential, the query and the body, and has
// the vendor say them back wherever it can.
func TestSecrets(t *testing.T) {
	for i, secret := range secretTokens() {
		for where, answer := range echoes(secret) {
			for _, op := range operations() {
				t.Run(fmt.Sprintf("%d/%s/%s", i, where, op.name), func(t *testing.T) {
					srv := serveTCP(t, raw(answer, false))
					var log bytes.Buffer
					opts := quick()
					opts.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
					var infos []numbers.ResponseInfo
					opts.OnResponse = func(i numbers.ResponseInfo) { infos = append(infos, i) }
					cfg := Config{
						Auth:    Static{Header: "X-Token", Prefix: "Bearer ", Secret: wire.NewSecret(secret)},
						Refusal: talkative, RequestIDHeader: "X-Request-Id",
					}
					c := newTestClient(t, cfg, srv.url(), opts, nil)
					call := op.call()
					call.Query, call.Into = url.Values{"q": {queryCore}}, new(result)
					if call.Body != nil {
						if _, ok := call.Body.(Stream); !ok {
							call.Body = map[string]string{"x": bodyCore}
						}
					}
					err := c.Do(t.Context(), call)
					if where != "a good answer" {
						require.Error(t, err)
					}
					assertSecretFree(t, err)
					assertSecretFree(t, infos)
					assertSecretFree(t, c)
					assertSecretFree(t, *c)
					assertSecretFree(t, struct{ api *Client }{c})
					assertNoCore(t, log.String())
					assert.NotEmpty(t, log.String())
					if len(srv.requests()) > 0 {
						assert.Contains(t, srv.requests()[0].Header.Get("X-Token"), tokenCore, "it was sent, after all")
						assert.Contains(t, srv.requests()[0].RequestURI, queryCore)
					}
				})
			}
		}
	}
}

// TestLoginSecrets has a login and the calls after it say back the password
// and the token.
func TestLoginSecrets(t *testing.T) {
	for where := range echoes("") {
		for i, secret := range secretTokens() {
			t.Run(fmt.Sprintf("%d/%s", i, where), func(t *testing.T) {
				answers := map[string]string{"/login": echoes(secretPassword)[where]}
				srv := serveTCP(t, func(c net.Conn, n int, r received) bool {
					return raw(answers[r.URL.Path], false)(c, n, r)
				})
				tokens := &Tokens{Apply: bearer, Secrets: []string{secretPassword}}
				c := newTestClient(t, Config{Auth: tokens, Refusal: talkative, RequestIDHeader: "X-Request-Id"}, srv.url(), quick(), nil)
				tokens.Login = func(ctx context.Context, _ Token) (Token, error) {
					err := c.Do(ctx, &Call{
						Op: "Login", Class: Write, Method: http.MethodPost, Path: "/login", NoAuth: true, Once: true,
						Body: map[string]string{"password": secretPassword}, Into: new(result),
					})
					return Token{Value: secret, Refresh: "refresh" + tokenCore}, err
				}
				get := &Call{Op: "Get", Class: Read, Method: http.MethodGet, Path: "/get", Into: new(result)}
				err := c.Do(t.Context(), get)
				if where != "a good answer" {
					require.Error(t, err)
				}
				assertSecretFree(t, err)
				assertSecretFree(t, tokens)
				assertSecretFree(t, c)

				answers["/login"], answers["/get"] = good, echoes(secret)[where]
				err = c.Do(t.Context(), get)
				assertSecretFree(t, err)
				answers["/get"] = echoes("refresh" + tokenCore)[where]
				err = c.Do(t.Context(), get)
				assertSecretFree(t, err)
				assertSecretFree(t, tokens)
				assertSecretFree(t, tokens.Current())
			})
		}
	}
}

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
				if broken, ok := errors.AsType[*brokenError](e); ok {
					e = broken.err
				}
				text := strings.TrimPrefix(e.Error(), (&brokenError{err: errors.New("")}).Error())
				assert.Equal(t, test.want, text)
				assert.ErrorIs(t, err, errLost)
				for e := error(err); e != nil; e = errors.Unwrap(e) {
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

// TestSecretHeaders asserts what a credential may be, so that net/http, which
// quotes nothing, has nothing to refuse.
func TestSecretHeaders(t *testing.T) {
	for _, bad := range []string{"", " a", "a ", "a\nb", "a\rb", "a\x00", "a\tb", "\x7f"} {
		assert.NotEmpty(t, BadSecret(bad))
		assert.NotContains(t, BadSecret(tokenCore+bad), tokenCore)
	}
	for _, ok := range []string{"a", "a b", "KEY0123_abc-DEF.", "ü", `"\`} {
		assert.Empty(t, BadSecret(ok))
	}
}

// TestTimeoutTexts asserts that nothing of the request is in the error of a
// vendor that never answers.
func TestTimeoutTexts(t *testing.T) {
	opts := quick()
	opts.HTTPClient = &http.Client{Timeout: time.Second}
	cfg := Config{Auth: Static{Header: "X-Token", Secret: wire.NewSecret(secretTokens()[0])}}
	virtual(t, cfg, opts, func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
	}, func(t *testing.T, c *Client) {
		call := buy(map[string]string{"x": bodyCore})()
		call.Query = url.Values{"q": {queryCore}}
		err := c.Do(t.Context(), call)
		assert.ErrorIs(t, err, errTimeout)
		assertSecretFree(t, err)
	})
}
