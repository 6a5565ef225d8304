package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/gate"
	"github.com/tnkit/tnkit/numbers"
)

// typed is an error of a journal's own.
type typed struct{ text string }

func (e *typed) Error() string { return e.text }

// TestBeginFails asserts that the error of a call tells why its beginning
// failed, and that nothing was sent.
func TestBeginFails(t *testing.T) {
	held := &numbers.Error{
		Op: "Buy", Vendor: "acme", Kind: numbers.ErrConflict, HeldBy: "ref-2", RetryAfter: time.Minute, Status: 409, Code: "c",
	}
	unknown := &numbers.Error{Op: "Order", Kind: numbers.ErrOutcomeUnknown, Attempt: &numbers.Attempt{}}
	for name, test := range map[string]struct {
		err  error
		kind error
	}{
		"of no kind":       {&typed{"the disk is full"}, numbers.ErrNotPlaced},
		"of a kind":        {held, numbers.ErrConflict},
		"canceled":         {context.Canceled, numbers.ErrNotPlaced},
		"deadline":         {context.DeadlineExceeded, numbers.ErrNotPlaced},
		"unknown outcome":  {unknown, numbers.ErrNotPlaced},
		"bare unknown":     {numbers.ErrOutcomeUnknown, numbers.ErrNotPlaced},
		"unsupported":      {errors.ErrUnsupported, errors.ErrUnsupported},
		"a refused body":   {gate.ErrLate, numbers.ErrNotPlaced},
		"a bare kind":      {numbers.ErrInsufficientFunds, numbers.ErrInsufficientFunds},
		"several, unknown": {fmt.Errorf("%w, %w", held, unknown), numbers.ErrNotPlaced},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serveTCP(t, raw(good, true))
			c := newTestClient(t, Config{}, srv.url(), quick(), nil)
			call := fenced(time.Hour)
			call.Begin = func(context.Context) (time.Time, error) { return time.Now().Add(time.Hour), test.err }
			n := begun(call)
			err := c.Do(t.Context(), call)
			assertUnsent(t, err, test.kind)
			assert.Equal(t, test.kind, asError(t, err).Kind)
			assert.ErrorContains(t, err, "nothing was sent: the purchase could not begin: ")
			assert.ErrorContains(t, err, test.err.Error())
			assert.EqualValues(t, 1, n.Load(), "it is not tried again")
			assert.Zero(t, srv.dials())
			assert.Equal(t, testNumbers, asError(t, err).Numbers)
			if !errors.Is(test.err, numbers.ErrOutcomeUnknown) {
				assert.ErrorIs(t, err, test.err)
			}
		})
	}
	t.Run("as", func(t *testing.T) {
		c := newTestClient(t, Config{}, "https://acme.example", quick(), nil)
		call := fenced(time.Hour)
		call.Begin = func(context.Context) (time.Time, error) { return time.Time{}, &typed{"the disk is full"} }
		cause, ok := errors.AsType[*typed](c.Do(t.Context(), call))
		require.True(t, ok)
		assert.Equal(t, "the disk is full", cause.text)

		call.Begin = func(context.Context) (time.Time, error) { return time.Time{}, held }
		e := asError(t, c.Do(t.Context(), call))
		assert.Equal(t, "ref-2", e.HeldBy)
		assert.Equal(t, time.Minute, e.RetryAfter)
		assert.Zero(t, e.Status, "no answer came")
		assert.Same(t, held, errors.Unwrap(e.Err))
	})
}

// TestContextEndsInBegin has a context that ends while Begin works.
func TestContextEndsInBegin(t *testing.T) {
	because := errors.New("the caller went home")
	failed := &typed{"the disk is full"}
	for name, fails := range map[string]error{"and Begin fails": failed, "and Begin succeeds": nil} {
		t.Run(name, func(t *testing.T) {
			sent := 0
			c := newTestClient(t, Config{}, "https://acme.example", quick(), roundTrip(func(*http.Request) (*http.Response, error) {
				sent++
				return nil, errLost
			}))
			ctx, cancel := context.WithCancelCause(t.Context())
			call := fenced(time.Hour)
			call.Begin = func(context.Context) (time.Time, error) {
				cancel(because)
				return time.Time{}, fails
			}
			err := c.Do(ctx, call)
			assert.Zero(t, sent)
			if fails != nil {
				assertUnsent(t, err, numbers.ErrNotPlaced)
				assert.ErrorIs(t, err, failed)
				return
			}
			assertUnsent(t, err, numbers.ErrUnreachable)
			assert.ErrorIs(t, err, because)
			assert.ErrorIs(t, err, context.Canceled)
		})
	}
}

// TestBeginIsForBuys asserts that what can't be fenced can't begin.
func TestBeginIsForBuys(t *testing.T) {
	c := newTestClient(t, Config{}, "https://acme.example", quick(), nil)
	for _, op := range operations() {
		call := op.call()
		if call.Class == Buy && call.Body != nil {
			continue
		}
		t.Run(op.name, func(t *testing.T) {
			call.Begin = func(context.Context) (time.Time, error) {
				assert.Fail(t, "it was called")
				return time.Time{}, nil
			}
			err := c.Do(t.Context(), call)
			assertDefinite(t, err, numbers.ErrInvalid)
			assert.Equal(t, "Begin", asError(t, err).Field)
		})
	}
}
