package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// forgetful is a vendor with logins, that takes the tokens in good only.
type forgetful struct {
	mu     sync.Mutex
	logins int
	good   []string
	calls  []string // the credentials of all calls but logins
}

func (v *forgetful) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if r.Header.Get("Authorization") == "" {
		v.logins++
		fmt.Fprintf(w, `{"id":"token-%d"}`, v.logins)
		return
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	v.calls = append(v.calls, token)
	if !slices.Contains(v.good, token) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	fmt.Fprint(w, goodThing)
}

func (v *forgetful) client(t *testing.T) *Client {
	tokens := &Tokens{Apply: bearer}
	c := handle(t, Config{Auth: tokens}, quick(), v.ServeHTTP)
	tokens.Login = func(ctx context.Context, _ Token) (Token, error) {
		got, err := Get[thing](ctx, c, &Call{Op: "Login", Class: Write, Method: http.MethodPost, Path: "/login", NoAuth: true, Once: true})
		if err != nil {
			return Token{}, err
		}
		return Token{Value: got.ID}, nil
	}
	return c
}

// Test401 asserts that a refused token is renewed once for what may be sent
// again, and is dropped, and no more, for what may not.
func Test401(t *testing.T) {
	for _, op := range operations() {
		call := op.call()
		renews := call.Class == Read && !call.Once
		t.Run(op.name+"/expired", func(t *testing.T) {
			v := &forgetful{good: []string{"token-2"}}
			c := v.client(t)
			call := op.call()
			err := c.Do(t.Context(), call)
			if renews {
				require.NoError(t, err)
				assert.Equal(t, []string{"token-1", "token-2"}, v.calls)
				assert.Equal(t, 2, v.logins)
				return
			}
			assertDefinite(t, err, numbers.ErrUnauthorized)
			assert.Equal(t, 401, asError(t, err).Status)
			assert.Equal(t, []string{"token-1"}, v.calls)
			assert.Equal(t, 1, v.logins)
			require.NoError(t, c.Do(t.Context(), op.call()), "the next call has a fresh one")
			assert.Equal(t, []string{"token-1", "token-2"}, v.calls)
		})
		t.Run(op.name+"/never good", func(t *testing.T) {
			v := &forgetful{}
			c := v.client(t)
			for i := range 20 {
				err := c.Do(t.Context(), op.call())
				assertDefinite(t, err, numbers.ErrUnauthorized)
				want := min(1+i, 3)
				if renews {
					want = min(2+i, 3)
				}
				assert.Equal(t, want, v.logins, "no loop")
				assert.Len(t, v.calls, want)
			}
		})
	}
}

// Test401OfMany has many readers refused at once: one login for all.
func Test401OfMany(t *testing.T) {
	v := &forgetful{good: []string{"token-1"}}
	c := v.client(t)
	require.NoError(t, c.Do(t.Context(), read1()))
	v.mu.Lock()
	v.good = []string{"token-2"}
	v.mu.Unlock()
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { assert.NoError(t, c.Do(t.Context(), read1())) })
	}
	wg.Wait()
	assert.Equal(t, 2, v.logins)
}

// Test401OfBody asserts that a read by POST is sent again with its body.
func Test401OfBody(t *testing.T) {
	var bodies []string
	srv := serveTCP(t, raw(good, true))
	var logins atomic.Int32
	tokens := &Tokens{Apply: bearer, Login: func(context.Context, Token) (Token, error) {
		return Token{Value: fmt.Sprint("token-", logins.Add(1))}, nil
	}}
	c := newTestClient(t, Config{Auth: tokens}, srv.url(), quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
		b := make([]byte, 100)
		n, _ := req.Body.Read(b)
		bodies = append(bodies, string(b[:n]))
		if len(bodies) == 1 {
			return (&answering{status: 401}).RoundTrip(req)
		}
		return (&answering{status: 200, body: goodThing}).RoundTrip(req)
	}))
	require.NoError(t, c.Do(t.Context(), &Call{Class: Read, Method: http.MethodPost, Path: "/search", Body: map[string]string{"q": "x"}}))
	assert.Equal(t, []string{`{"q":"x"}`, `{"q":"x"}`}, bodies)

	// A stream is gone, though, once it was read.
	bodies = nil
	err := c.Do(t.Context(), &Call{Class: Read, Method: http.MethodPost, Path: "/search", Body: sized()})
	assertDefinite(t, err, numbers.ErrUnauthorized)
	assert.Len(t, bodies, 1)
}

// TestStatic has a credential that can't be renewed.
func TestStatic(t *testing.T) {
	vendor := &answering{status: 401}
	auth := Static{Header: "X-Token", Prefix: "Token ", Secret: wire.NewSecret("abcd")}
	var got []string
	c := newTestClient(t, Config{Auth: auth}, "https://acme.example", quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
		got = append(got, req.Header.Get("X-Token"))
		return vendor.RoundTrip(req)
	}))
	assertDefinite(t, c.Do(t.Context(), read1()), numbers.ErrUnauthorized)
	assert.Equal(t, []string{"Token abcd"}, got)

	call := read1()
	call.NoAuth = true
	require.Error(t, c.Do(t.Context(), call))
	assert.Equal(t, []string{"Token abcd", ""}, got)
	assert.Equal(t, "x [redacted]", auth.Redact("x abcd"))
	assert.Equal(t, "[redacted]", fmt.Sprint(auth.Secret))
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
