package api

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// TestRefusedLogin makes a refused login final, and one that failed not.
func TestRefusedLogin(t *testing.T) {
	for _, kind := range []error{numbers.ErrUnauthorized, numbers.ErrForbidden, numbers.ErrInvalid, numbers.ErrNotFound, numbers.ErrInsufficientFunds} {
		synctest.Test(t, func(t *testing.T) {
			l := counting{fail: func(n int32) error {
				if n == 1 {
					return &numbers.Error{Op: "Login", Kind: numbers.ErrUnreachable}
				}
				return &numbers.Error{Op: "Login", Kind: kind, Status: 401}
			}}
			tokens := l.tokens()
			_, err := authorized(t.Context(), tokens)
			require.ErrorIs(t, err, numbers.ErrUnreachable)
			want := numbers.ErrUnauthorized
			if errors.Is(kind, numbers.ErrForbidden) {
				want = kind
			}
			for range 10 {
				_, err := authorized(t.Context(), tokens)
				require.ErrorIs(t, err, want)
				assert.Equal(t, want, numbers.KindOf(err))
				time.Sleep(24 * time.Hour)
			}
			assert.EqualValues(t, 2, l.logins.Load())
			assert.False(t, tokens.Drop("x"), "no fresh one can be had")
			tokens.Forget()
			_, err = authorized(t.Context(), tokens)
			require.ErrorIs(t, err, want)
			assert.EqualValues(t, 2, l.logins.Load())
		})
	}
}

// TestRefusedWhileCanceled asserts that a refusal counts, even where nobody
// waits for it any more.
func TestRefusedWhileCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := counting{fail: func(int32) error { return &numbers.Error{Kind: numbers.ErrForbidden} }}
		tokens := l.tokens()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err := authorized(ctx, tokens)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		time.Sleep(time.Minute)
		_, err = authorized(t.Context(), tokens)
		require.ErrorIs(t, err, numbers.ErrForbidden)
		assert.EqualValues(t, 1, l.logins.Load())
	})
}

// TestLoginWaits asserts that the client does not log in again before the vendor
// lets it, and says how long that is.
func TestLoginWaits(t *testing.T) {
	for name, test := range map[string]struct {
		err  numbers.Error
		wait time.Duration
	}{
		"a 429":                       {numbers.Error{Kind: numbers.ErrRateLimited, RetryAfter: time.Minute}, time.Minute},
		"a 429 that does not say":     {numbers.Error{Kind: numbers.ErrRateLimited}, 0},
		"a 503 with a Retry-After":    {numbers.Error{Kind: numbers.ErrVendor, RetryAfter: time.Hour}, time.Hour},
		"a 503 without a Retry-After": {numbers.Error{Kind: numbers.ErrVendor}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := counting{fail: func(n int32) error {
					if n == 1 {
						return &test.err
					}
					return nil
				}}
				tokens := l.tokens()
				_, err := authorized(t.Context(), tokens)
				require.ErrorIs(t, err, test.err.Kind)
				for part := range test.wait / time.Second {
					_, err := authorized(t.Context(), tokens)
					require.ErrorIs(t, err, test.err.Kind)
					assert.Equal(t, test.wait-part*time.Second, asError(t, err).RetryAfter, "what is left")
					time.Sleep(time.Second)
				}
				_, err = authorized(t.Context(), tokens)
				require.NoError(t, err)
				assert.EqualValues(t, 2, l.logins.Load())
			})
		})
	}
}

// TestFreshTokensAreRefused has a vendor that issues tokens and refuses them: three
// logins, and then one after a minute, ten minutes, and every hour.
func TestFreshTokensAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l counting
		tokens := l.tokens()
		refused := func() (fresh bool) {
			used, err := authorized(t.Context(), tokens)
			require.NoError(t, err)
			return tokens.Drop(used)
		}
		assert.True(t, refused(), "another one may help")
		assert.True(t, refused())
		assert.False(t, refused())
		for i, pause := range []time.Duration{time.Minute, 10 * time.Minute, time.Hour, time.Hour} {
			for range 20 {
				_, err := authorized(t.Context(), tokens)
				require.ErrorIs(t, err, numbers.ErrUnauthorized)
				assert.Equal(t, pause, asError(t, err).RetryAfter)
				assert.False(t, tokens.Drop("token-1"))
			}
			assert.EqualValues(t, 3+i, l.logins.Load())
			time.Sleep(pause)
			assert.False(t, refused())
			assert.Empty(t, l.olds[3+i].Refresh, "what it renews is refused, too")
		}

		// When it has been good for a while, all is forgotten.
		time.Sleep(time.Hour)
		used, err := authorized(t.Context(), tokens)
		require.NoError(t, err)
		tokens.Accept(used)
		time.Sleep(youth)
		assert.True(t, tokens.Drop(used))
		assert.True(t, refused())
		assert.True(t, refused())
		assert.False(t, refused())
	})
}

// TestSomeRequestsAreRefused has a vendor that refuses some requests only: the
// token of the others stays in use, and the client does not log in for each refusal.
func TestSomeRequestsAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l counting
		tokens := l.tokens()
		for range 100 {
			used, err := authorized(t.Context(), tokens)
			require.NoError(t, err)
			tokens.Accept(used)
			used, err = authorized(t.Context(), tokens)
			require.NoError(t, err)
			tokens.Drop(used)
		}
		assert.EqualValues(t, 4, l.logins.Load(), "at once")
		for range 60 {
			time.Sleep(time.Minute)
			used, err := authorized(t.Context(), tokens)
			require.NoError(t, err)
			tokens.Accept(used)
			tokens.Drop(used)
		}
		assert.LessOrEqual(t, l.logins.Load(), int32(30), "in an hour")
	})
}
