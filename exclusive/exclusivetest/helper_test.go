package exclusivetest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/exclusive/exclusivetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const path = "/api/exclusive_numbers"

// pbx is a fake with what the tests do to it.
type pbx struct {
	*exclusivetest.Server
	t     testing.TB
	token string
}

func newPBX(t testing.TB, opts ...exclusivetest.Options) *pbx {
	t.Helper()
	return &pbx{exclusivetest.NewServer(t, opts...), t, exclusivetest.Token}
}

// as returns the same PBX, spoken to with another bearer; "" is none.
func (p *pbx) as(token string) *pbx { return &pbx{p.Server, p.t, token} }

// answer is what came back, whole.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   string
}

// send sends one request. A body that begins with "{", "[" or a quote is JSON, another one a form.
func (p *pbx) send(method, target, body string) answer {
	p.t.Helper()
	contentType := ""
	switch {
	case body == "":
	case strings.ContainsAny(body[:1], `{["`):
		contentType = "application/json"
	default:
		contentType = "application/x-www-form-urlencoded"
	}
	return p.sendAs(method, target, contentType, body)
}

func (p *pbx) sendAs(method, target, contentType, body string) answer {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.URL()+target, strings.NewReader(body))
	require.NoError(p.t, err)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	resp, err := p.HTTPClient().Do(req)
	require.NoError(p.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	return answer{p.t, resp.StatusCode, resp.Header, string(text)}
}

func (p *pbx) get(target string) answer { p.t.Helper(); return p.send("GET", target, "") }

func (p *pbx) post(target, body string) answer { p.t.Helper(); return p.send("POST", target, body) }

// create registers a number and returns its id.
func (p *pbx) create(number string) string {
	p.t.Helper()
	a := p.post(path, fmt.Sprintf(`{"number":%q}`, number))
	require.Equal(p.t, 200, a.status, a.body)
	id, ok := strings.CutPrefix(a.body, `{"id":"`)
	require.True(p.t, ok, a.body)
	return strings.TrimSuffix(id, `"}`)
}

// is asserts a status and the JSON of the body, to the letter if it begins with "=".
func (a answer) is(status int, body string) {
	a.t.Helper()
	assert.Equal(a.t, status, a.status, a.body)
	if letters, ok := strings.CutPrefix(body, "="); ok || body == "" {
		assert.Equal(a.t, letters, a.body)
		return
	}
	assert.JSONEq(a.t, body, a.body)
	assert.Equal(a.t, "application/json", a.header.Get("Content-Type"))
}

// refused asserts an error with its code in the documented form.
func (a answer) refused(status int, code string) {
	a.t.Helper()
	assert.Equal(a.t, status, a.status, a.body)
	assert.Contains(a.t, a.body, `{"errors":[{"code":"`+code+`","message":"`)
}

// invalid asserts that one field was refused.
func (a answer) invalid(field string) {
	a.t.Helper()
	a.refused(400, "VALIDATE_FAILED")
	assert.Contains(a.t, a.body, `"detail":{"`+field+`":"`)
}

// fakeTB takes the place of a test that shall fail.
type fakeTB struct {
	testing.TB
	mu     sync.Mutex
	errors []string
}

func (tb *fakeTB) Helper() {}

func (tb *fakeTB) Errorf(format string, args ...any) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.errors = append(tb.errors, fmt.Sprintf(format, args...))
}

// reported asserts that the test would have failed once, with these words.
func (tb *fakeTB) reported(words ...string) {
	tb.TB.Helper()
	tb.mu.Lock()
	defer tb.mu.Unlock()
	if assert.Len(tb.TB, tb.errors, 1) {
		for _, w := range words {
			assert.Contains(tb.TB, tb.errors[0], w)
		}
	}
	tb.errors = nil
}
