package voipbin_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/voipbin"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// token is a secret that is looked for wherever something is written.
const token = "planted-token-3f9c1d"

// fixture reads testdata/name.json to the letter.
func fixture(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	require.NoError(tb, err)
	return data
}

// answer is what the fixed server says.
type answer struct {
	status      int
	contentType string
	header      map[string]string
	body        []byte
}

func ok(body []byte) answer {
	return answer{status: http.StatusOK, contentType: "application/json; charset=utf-8", body: body}
}

// sent is a request that the fixed server got.
type sent struct {
	method, path, query string
	header              http.Header
	body                []byte
}

// server gives the same answers whatever it is asked for: one after the other,
// and the last one again and again.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	answers  []answer
	requests []sent
}

func serve(tb testing.TB, answers ...answer) *server {
	tb.Helper()
	s := &server{answers: answers}
	s.Server = httptest.NewServer(s)
	tb.Cleanup(s.Close)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, sent{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header, body})
	a := s.answers[min(len(s.requests), len(s.answers))-1]
	w.Header()["Date"] = nil
	w.Header()["Content-Type"] = nil
	if a.contentType != "" {
		w.Header().Set("Content-Type", a.contentType)
	}
	for key, value := range a.header {
		w.Header().Set(key, value)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// reset begins anew with other answers.
func (s *server) reset(answers ...answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers, s.requests = answers, nil
}

func (s *server) sent() []sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]sent(nil), s.requests...)
}

// client is a client of a server, which sends everything once.
func client(tb testing.TB, url string) *voipbin.Client {
	tb.Helper()
	return clientWith(tb, voipbin.TokenAuth(token), &numbers.ClientOptions{BaseURL: url, Retry: numbers.Retry{Attempts: 1}})
}

func clientWith(tb testing.TB, auth voipbin.Auth, opts *numbers.ClientOptions) *voipbin.Client {
	tb.Helper()
	if opts.HTTPClient == nil {
		transport := new(http.Transport) // of its own, so that its connections end with the test
		tb.Cleanup(transport.CloseIdleConnections)
		opts.HTTPClient = &http.Client{Transport: transport}
	}
	c, err := voipbin.New(auth, opts)
	require.NoError(tb, err)
	return c
}

// quick retries soon.
func quick(attempts int) numbers.Retry {
	return numbers.Retry{Attempts: attempts, MinWait: time.Nanosecond, MaxWait: time.Nanosecond}
}

// encoded is v as JSON, and sameJSON compares it with a document: null equals
// absent.
func encoded(tb testing.TB, v any) []byte {
	tb.Helper()
	data, err := json.Marshal(v)
	require.NoError(tb, err)
	return data
}

func sameJSON(tb testing.TB, want, got []byte) {
	tb.Helper()
	assert.Equal(tb, tree(tb, want), tree(tb, got))
}

func tree(tb testing.TB, data []byte) any {
	tb.Helper()
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	require.NoError(tb, dec.Decode(&v))
	return dropNulls(v)
}

func dropNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			if member == nil {
				delete(v, key)
				continue
			}
			v[key] = dropNulls(member)
		}
	case []any:
		for i := range v {
			v[i] = dropNulls(v[i])
		}
	}
	return v
}
