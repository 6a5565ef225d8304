package telnyxtest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// send sends one request with the default key.
func send(t testing.TB, s *telnyxtest.Server, method, path, body string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+telnyxtest.APIKey)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return do(t, s, r)
}

func do(t testing.TB, s *telnyxtest.Server, r *http.Request) answer {
	t.Helper()
	resp, err := s.HTTPClient().Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return answer{resp.StatusCode, resp.Header, string(b)}
}

func get(t testing.TB, s *telnyxtest.Server, path string, query ...string) answer {
	t.Helper()
	return send(t, s, "GET", path+queryOf(query...), "")
}

// queryOf builds a query out of keys and values in turn.
func queryOf(pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

// in decodes an answer that must have this status.
func in[T any](t testing.TB, a answer, status int) T {
	t.Helper()
	require.Equal(t, status, a.status, a.body)
	var v T
	require.NoError(t, json.Unmarshal([]byte(a.body), &v), a.body)
	return v
}

// failed holds an answer to a status, a code, and where it points.
func failed(t testing.TB, a answer, status int, code, where string) {
	t.Helper()
	v := in[struct {
		Errors []struct {
			Code, Title, Detail string
			Source              struct{ Pointer, Parameter string }
			Meta                struct{ URL string }
		}
	}](t, a, status)
	require.Len(t, v.Errors, 1, a.body)
	e := v.Errors[0]
	require.Equal(t, code, e.Code, a.body)
	require.Equal(t, where, e.Source.Pointer+e.Source.Parameter, a.body)
	require.NotEmpty(t, e.Title, a.body)
	require.NotEmpty(t, e.Detail, a.body)
	require.Equal(t, "https://developers.telnyx.com/docs/overview/errors/"+code, e.Meta.URL)
	require.Equal(t, "application/json", a.header.Get("Content-Type"))
}

type object struct {
	Data map[string]any
}

type objects struct {
	Data []map[string]any
	Meta map[string]any
}

// recorder is a testing.TB that notes errors instead of failing.
type recorder struct {
	testing.TB
	mu     sync.Mutex
	errors []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func (r *recorder) Errors() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.errors
}

// clear forgets the errors.
func (r *recorder) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errors = nil
}

func (r *recorder) Helper() {}
