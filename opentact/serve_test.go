package opentact_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/opentact"
)

// token is the credential of the tests; nothing may ever print it.
const token = "eyJhbGciOiJIUzI1NiJ9.SECRET.SIGNATURE"

// answer is what the fixed server answers.
type answer struct {
	status int // 0 = 200
	header http.Header
	body   []byte
	// cut closes the connection instead of answering.
	cut bool
}

// got is a request that the fixed server received.
type got struct {
	Method, Path, RawQuery string
	Header                 http.Header
	Body                   string
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
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *fixed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.requests = append(s.requests, got{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header.Clone(), string(body)})
	a := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	s.mu.Unlock()
	if a.cut {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	for k, v := range a.header {
		w.Header()[k] = v
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

func (s *fixed) received() []got {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]got(nil), s.requests...)
}

// client is a client of the fixed server that does not wait between attempts.
func (s *fixed) client(t testing.TB, change ...func(*numbers.ClientOptions)) *opentact.Client {
	t.Helper()
	opts := &numbers.ClientOptions{BaseURL: s.URL + "/rest", Retry: numbers.Retry{MinWait: time.Nanosecond, MaxWait: time.Millisecond}}
	for _, f := range change {
		f(opts)
	}
	c, err := opentact.New(opentact.TokenAuth(token), opts)
	require.NoError(t, err)
	return c
}

// once makes a client try everything once.
func once(o *numbers.ClientOptions) { o.Retry.Attempts = 1 }

// fixture reads a file of testdata.
func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return data
}

// text is an answer with a body.
func text(body string) answer { return answer{body: []byte(body)} }

// failing is an answer that is no success.
func failing(status int, body string) answer { return answer{status: status, body: []byte(body)} }

// collect reads a sequence to its end or to its error.
func collect[T any](seq func(func(T, error) bool)) (all []T, err error) {
	for item, e := range seq {
		if e != nil {
			return all, e
		}
		all = append(all, item)
	}
	return all, nil
}

var ctx = context.Background()
