package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
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
	var body struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Field   string `json:"field"`
		ID      string `json:"id"`
	}
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
		switch e := any(err).(type) { // the tree is walked here
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
					var infos []numbers.AttemptInfo
					opts.OnAttempt = func(_ context.Context, a numbers.AttemptInfo) { infos = append(infos, a) }
					var drifts []numbers.Drift
					opts.OnDrift = func(_ context.Context, d numbers.Drift) { drifts = append(drifts, d) }
					opts.Strict = true
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
					assertSecretFree(t, drifts)
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
