package voipbintest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// then is a day in the life of the documentation's server; the seed's number was deleted at this time.
func then() time.Time { return time.Date(2021, 3, 3, 6, 52, 53, 848439000, time.UTC) }

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock(t time.Time) *clock { return &clock{now: t} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// empty asserts an answer without a body and a content type.
func (a answer) empty(t *testing.T, status int) {
	t.Helper()
	assert.Equal(t, status, a.status)
	assert.Empty(t, a.body)
	assert.Empty(t, a.header.Get("Content-Type"))
}

// envelope asserts one of today's errors.
func (a answer) envelope(t *testing.T, status int, word, reason string) {
	t.Helper()
	assert.Equal(t, status, a.status)
	var e struct {
		Error struct {
			Status    string `json:"status"`
			Reason    string `json:"reason"`
			Message   string `json:"message"`
			RequestID string `json:"request_id"`
		} `json:"error"`
	}
	require.NoError(t, json.Unmarshal([]byte(a.body), &e), a.body)
	assert.Equal(t, word, e.Error.Status)
	assert.Equal(t, reason, e.Error.Reason)
	assert.NotEmpty(t, e.Error.Message)
	assert.Equal(t, a.header.Get("X-Request-Id"), e.Error.RequestID)
}

// number reads a number of either era.
func (a answer) number(t *testing.T) number {
	t.Helper()
	require.Equal(t, 200, a.status, a.body)
	var n number
	require.NoError(t, json.Unmarshal([]byte(a.body), &n))
	return n
}

type number struct {
	ID            string  `json:"id"`
	Number        string  `json:"number"`
	Type          string  `json:"type"`
	Status        string  `json:"status"`
	Name          string  `json:"name"`
	Detail        string  `json:"detail"`
	FlowID        string  `json:"flow_id"`
	CallFlowID    string  `json:"call_flow_id"`
	MessageFlowID string  `json:"message_flow_id"`
	TMPurchase    *string `json:"tm_purchase"`
	TMRenew       *string `json:"tm_renew"`
	TMCreate      string  `json:"tm_create"`
	TMUpdate      *string `json:"tm_update"`
	TMDelete      *string `json:"tm_delete"`
}

type page struct {
	Result        []number `json:"result"`
	NextPageToken string   `json:"next_page_token"`
}

func (a answer) page(t *testing.T) page {
	t.Helper()
	require.Equal(t, 200, a.status, a.body)
	var p page
	require.NoError(t, json.Unmarshal([]byte(a.body), &p))
	require.NotNil(t, p.Result, "result is null")
	return p
}

func (p page) numbers() []string {
	numbers := []string{}
	for _, n := range p.Result {
		numbers = append(numbers, n.Number)
	}
	return numbers
}

// anonymous sends a request without credentials.
func anonymous(tb testing.TB, srv *voipbintest.Server, method, path, body string, header ...string) answer {
	tb.Helper()
	r, err := http.NewRequest(method, srv.URL()+path, strings.NewReader(body))
	require.NoError(tb, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := srv.HTTPClient()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(r)
	require.NoError(tb, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(tb, err)
	return answer{resp.StatusCode, resp.Header, string(b)}
}

// send sends a request of the first account.
func send(tb testing.TB, srv *voipbintest.Server, method, path, body string) answer {
	tb.Helper()
	return sendAs(tb, srv, voipbintest.Username, method, path, body)
}

func sendAs(tb testing.TB, srv *voipbintest.Server, username, method, path, body string) answer {
	tb.Helper()
	return anonymous(tb, srv, method, path, body, "Authorization", "Bearer "+srv.Token(username))
}

// fixture is a payload of the documentation, as compact as the server sends it.
func fixture(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	var compact bytes.Buffer
	require.NoError(t, json.Compact(&compact, b))
	return compact.String()
}

// witness is a testing.TB that keeps what it is told.
type witness struct {
	testing.TB
	mu       sync.Mutex
	errors   []string
	fatals   []string
	cleanups []func()
}

func (w *witness) Helper()           {}
func (w *witness) Cleanup(do func()) { w.cleanups = append(w.cleanups, do) }

func (w *witness) Errorf(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.errors = append(w.errors, fmt.Sprintf(format, args...))
}

func (w *witness) Fatalf(format string, args ...any) {
	w.fatals = append(w.fatals, fmt.Sprintf(format, args...))
}

func (w *witness) finish() {
	for _, do := range w.cleanups {
		do()
	}
}
