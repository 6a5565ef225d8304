package exclusive_test

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/numbers"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var ctx = context.Background()

// bearer is the access token of the tests; nothing may ever print it.
const bearer = "TK-0123456789-SECRET"

// answer is what the fixed server answers.
type answer struct {
	status int // 0 = 200
	header http.Header
	body   string
	cut    bool // the connection is closed instead
}

func text(body string) answer { return answer{body: body} }

func failing(status int, body string) answer { return answer{status: status, body: body} }

// got is a request that the fixed server received.
type got struct {
	Target string // method, path and raw query
	Header http.Header
	Body   string
}

// fixed answers every request with the next of its answers, and the last one
// from then on.
type fixed struct {
	*httptest.Server
	mu       sync.Mutex
	answers  []answer
	requests []got
}

func serve(t testing.TB, answers ...answer) *fixed {
	t.Helper()
	s := &fixed{answers: answers}
	s.Server = httptest.NewUnstartedServer(s)
	s.Config.SetKeepAlivesEnabled(false) // net/http repeats a GET by itself on a used connection
	s.Start()
	t.Cleanup(func() {
		s.Close()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
	return s
}

func (s *fixed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.requests = append(s.requests, got{r.Method + " " + r.RequestURI, r.Header.Clone(), string(body)})
	a := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	s.mu.Unlock()
	if a.cut {
		panic(http.ErrAbortHandler)
	}
	for k, v := range a.header {
		w.Header()[k] = v
	}
	if a.body != "" && w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body)
}

func (s *fixed) received() []got {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *fixed) targets() []string {
	var list []string
	for _, r := range s.received() {
		list = append(list, r.Target)
	}
	return list
}

// client is a client of the fixed server that does not wait between attempts.
func (s *fixed) client(t testing.TB, change ...func(*numbers.ClientOptions)) *exclusive.Client {
	t.Helper()
	return s.clientAs(t, exclusive.TokenAuth(bearer), change...)
}

func (s *fixed) clientAs(t testing.TB, auth exclusive.Auth, change ...func(*numbers.ClientOptions)) *exclusive.Client {
	t.Helper()
	opts := &numbers.ClientOptions{Retry: numbers.Retry{MinWait: time.Nanosecond, MaxWait: time.Millisecond}}
	for _, f := range change {
		f(opts)
	}
	c, err := exclusive.New(s.URL, auth, opts)
	require.NoError(t, err)
	return c
}

// once makes a client try everything once.
func once(o *numbers.ClientOptions) { o.Retry.Attempts = 1 }

// fixture reads a file of testdata.
func fixture(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return string(data)
}

// collect reads a sequence to its end or to its error.
func collect[T any](seq iter.Seq2[T, error]) (all []T, err error) {
	for item, e := range seq {
		if e != nil {
			err = e
			continue // nothing may follow; if something does it is in all
		}
		all = append(all, item)
	}
	return all, err
}

// tree decodes JSON and leaves out what is null, which equals absent.
func tree(t testing.TB, text string) any {
	t.Helper()
	var v any
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	require.NoError(t, dec.Decode(&v))
	return withoutNull(v)
}

func withoutNull(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if e == nil {
				delete(v, k)
				continue
			}
			v[k] = withoutNull(e)
		}
	case []any:
		for i := range v {
			v[i] = withoutNull(v[i])
		}
	}
	return v
}

func encode(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}

// assertInvalid checks that a request was refused before it was sent.
func assertInvalid(t *testing.T, err error, field string) {
	t.Helper()
	require.ErrorIs(t, err, numbers.ErrInvalid)
	e, _ := err.(*numbers.Error) //nolint:errorlint // it must be this type itself
	require.NotNil(t, e)
	assert.Equal(t, field, e.Field, "%v", err)
	assert.Zero(t, e.Status)
	assert.Equal(t, "exclusive", e.Vendor)
	assert.NotEmpty(t, e.Op)
}

// roundTrip is a PBX without a network.
type roundTrip func(*http.Request) answer

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	a := f(r)
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if a.header == nil {
		a.header = http.Header{}
	}
	return &http.Response{StatusCode: a.status, Header: a.header, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}, nil
}
