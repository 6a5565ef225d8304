package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// counting is a login that takes a second and counts; each token is good until
// the vendor forgets it.
type counting struct {
	logins   atomic.Int32
	now      atomic.Int32 // logins under way
	most     atomic.Int32
	lifetime time.Duration
	fail     func(n int32) error
	olds     []Token
}

func (l *counting) tokens() *Tokens {
	return &Tokens{Apply: bearer, Login: func(ctx context.Context, old Token) (Token, error) {
		l.olds = append(l.olds, old)
		n := l.logins.Add(1)
		if now := l.now.Add(1); now > l.most.Load() {
			l.most.Store(now)
		}
		defer l.now.Add(-1)
		if err := waiting(time.Second).Wait(ctx); err != nil {
			return Token{}, err
		}
		if l.fail != nil {
			if err := l.fail(n); err != nil {
				return Token{}, err
			}
		}
		return Token{Value: fmt.Sprintf("token-%d", n), Lifetime: l.lifetime, Refresh: fmt.Sprintf("refresh-%d", n)}, nil
	}}
}

func authorized(ctx context.Context, t *Tokens) (string, error) {
	h := http.Header{}
	used, err := t.Authorize(ctx, h)
	if err != nil {
		return "", err
	}
	if h.Get("Authorization") != "Bearer "+used {
		return "", errors.New("another token was set than the one that was named")
	}
	return used, nil
}

// TestOneLogin has 50 goroutines ask at once.
func TestOneLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l counting
		tokens := l.tokens()
		assert.Empty(t, tokens.Current())
		assert.Zero(t, l.logins.Load(), "lazily")
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				got, err := authorized(t.Context(), tokens)
				assert.NoError(t, err)
				assert.Equal(t, "token-1", got)
			})
		}
		wg.Wait()
		assert.EqualValues(t, 1, l.logins.Load())
		assert.Equal(t, "token-1", tokens.Current().Value)
		assert.Equal(t, []Token{{}}, l.olds)

		// All of them find out at once that it is refused.
		for range 50 {
			wg.Go(func() {
				assert.True(t, tokens.Drop("token-1"))
				got, err := authorized(t.Context(), tokens)
				assert.NoError(t, err)
				assert.Equal(t, "token-2", got)
			})
		}
		wg.Wait()
		assert.EqualValues(t, 2, l.logins.Load())
		assert.EqualValues(t, 1, l.most.Load())
		assert.Equal(t, "refresh-1", l.olds[1].Refresh, "the next login may use it")
	})
}

// TestSharedFailure gives one failure to all that waited for it; who comes
// later tries anew.
func TestSharedFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := counting{fail: func(n int32) error {
			if n == 1 {
				return errLost
			}
			return nil
		}}
		tokens := l.tokens()
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				_, err := authorized(t.Context(), tokens)
				assert.ErrorIs(t, err, errLost)
			})
		}
		wg.Wait()
		assert.EqualValues(t, 1, l.logins.Load())
		got, err := authorized(t.Context(), tokens)
		require.NoError(t, err)
		assert.Equal(t, "token-2", got)
	})
}

// TestCanceledLogin cancels the request that began a login: the login goes on, and
// serves the others. Who waits can be canceled, too, and fails alone.
func TestCanceledLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l counting
		tokens := l.tokens()
		because := errors.New("enough")
		first, cancelFirst := context.WithCancelCause(t.Context())
		waiter, cancelWaiter := context.WithCancelCause(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := authorized(first, tokens)
			assert.ErrorIs(t, err, context.Canceled)
		})
		synctest.Wait()
		wg.Go(func() {
			_, err := authorized(waiter, tokens)
			assert.ErrorIs(t, err, because)
			assert.ErrorIs(t, err, context.Canceled)
		})
		for range 48 {
			wg.Go(func() {
				got, err := authorized(t.Context(), tokens)
				assert.NoError(t, err)
				assert.Equal(t, "token-1", got)
			})
		}
		synctest.Wait()
		cancelWaiter(because)
		synctest.Wait()
		time.Sleep(500 * time.Millisecond)
		cancelFirst(nil)
		wg.Wait()
		assert.EqualValues(t, 1, l.logins.Load())
	})
}

// TestLoginIsLeftAlone has nobody wait for a login any more: its token serves the
// next request, and its lifetime counts from when it came.
func TestLoginIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := counting{lifetime: 1000 * time.Second}
		tokens := l.tokens()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err := authorized(ctx, tokens)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		time.Sleep(900 * time.Second)
		got, err := authorized(t.Context(), tokens)
		require.NoError(t, err)
		assert.Equal(t, "token-1", got)
		time.Sleep(time.Second)
		got, err = authorized(t.Context(), tokens)
		require.NoError(t, err)
		assert.Equal(t, "token-2", got)

		_, err = authorized(ctx, tokens)
		require.ErrorIs(t, err, context.DeadlineExceeded, "an ended context begins nothing")
	})
}

// TestLoginIsBounded has a login that never ends by itself.
func TestLoginIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens := &Tokens{Apply: bearer, Login: func(ctx context.Context, _ Token) (Token, error) {
			<-ctx.Done()
			return Token{}, ctx.Err()
		}}
		began := time.Now()
		_, err := authorized(t.Context(), tokens)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, loginLimit, time.Since(began))
	})
}

// TestRenewal renews when nine tenths of the lifetime are over, and not before.
func TestRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := counting{lifetime: 1000 * time.Second}
		tokens := l.tokens()
		want := func(token string) {
			t.Helper()
			got, err := authorized(t.Context(), tokens)
			require.NoError(t, err)
			assert.Equal(t, token, got)
		}
		want("token-1")
		time.Sleep(900*time.Second - 1)
		want("token-1")
		time.Sleep(time.Nanosecond)
		want("token-2")
		time.Sleep(10 * 24 * time.Hour)
		assert.Equal(t, "token-2", tokens.Current().Value)
		want("token-3")

		l.lifetime = 0 // the vendor does not say
		tokens.Drop("token-3")
		want("token-4")
		time.Sleep(10 * 365 * 24 * time.Hour)
		want("token-4")

		l.lifetime = -time.Hour // and makes no sense
		tokens.Drop("token-4")
		want("token-5")
		want("token-5")

		l.lifetime = 1 // over before it is used: each call logs in, none loops
		tokens.Drop("token-5")
		want("token-6")
		time.Sleep(time.Nanosecond)
		want("token-7")
	})
}

func TestDrop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l counting
		tokens := l.tokens()
		old, err := authorized(t.Context(), tokens)
		require.NoError(t, err)
		assert.True(t, tokens.Drop(old))
		assert.Empty(t, tokens.Current())
		fresh, err := authorized(t.Context(), tokens)
		require.NoError(t, err)
		assert.True(t, tokens.Drop(old), "a late refusal of the old one")
		assert.Equal(t, fresh, tokens.Current().Value)
		got, err := authorized(t.Context(), tokens)
		require.NoError(t, err)
		assert.Equal(t, fresh, got)
		assert.EqualValues(t, 2, l.logins.Load())

		tokens.Forget()
		assert.Empty(t, tokens.Current())
		_, err = authorized(t.Context(), tokens)
		require.NoError(t, err)
		assert.Equal(t, Token{}, l.olds[2])
		assert.Equal(t, "x [redacted] [redacted]", tokens.Redact("x token-1 refresh-2"), "forgotten, but still secret")
	})
}

// TestUselessToken has a login that brings nothing that could be sent.
func TestUselessToken(t *testing.T) {
	for _, value := range []string{"", " ", "a\r\nX-Evil: 1", "a\x00"} {
		tokens := &Tokens{Apply: bearer, Login: func(context.Context, Token) (Token, error) { return Token{Value: value}, nil }}
		_, err := authorized(t.Context(), tokens)
		assert.ErrorIs(t, err, numbers.ErrVendor)
		assert.Empty(t, tokens.Current())
	}
}

// TestLoginPanics asserts that a login that panics does not lock the others
// out.
func TestLoginPanics(t *testing.T) {
	first := true
	tokens := &Tokens{Apply: bearer, Login: func(context.Context, Token) (Token, error) {
		if first {
			first = false
			panic("boom")
		}
		return Token{Value: "good"}, nil
	}}
	assert.Panics(t, func() { _, _ = authorized(t.Context(), tokens) })
	got, err := authorized(t.Context(), tokens)
	require.NoError(t, err)
	assert.Equal(t, "good", got)
}
