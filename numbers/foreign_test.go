package numbers_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// careless is an Orderer of somebody else's, whose Place orders and then answers
// what it was made to.
type careless struct {
	*numberstest.Memory
	answer error
}

func (c careless) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	if _, err := c.Memory.Place(ctx, r); err != nil {
		return nil, err
	}
	return nil, c.answer
}

// TestCarelessOrderer: what it leaves out loses no order.
func TestCarelessOrderer(t *testing.T) {
	var none *numbers.Error
	for name, answer := range map[string]error{
		"a nil *Error":        none,
		"an empty attempt":    &numbers.Error{Kind: numbers.ErrOutcomeUnknown, Attempt: &numbers.Attempt{}},
		"no attempt":          &numbers.Error{Kind: numbers.ErrOutcomeUnknown},
		"a bare sentinel":     numbers.ErrOutcomeUnknown,
		"an error of no kind": errors.New("it went wrong"),
	} {
		for _, journal := range []numbers.Journal{nil, &numberstest.MemoryJournal{}} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: byNumber(1)})
					var o numbers.Orderer = careless{m, answer}
					if journal != nil {
						o = numbers.Journaled(o, "main", journal)
					}
					p, err := numbers.Buy(t.Context(), o, numbers.OrderRequest{Numbers: several(2), Reference: name}, nil)
					require.NoError(t, err)
					assert.ElementsMatch(t, several(2), p.Bought())
					assert.Empty(t, m.Books().Duplicates())
				})
			})
		}
	}
}

func TestAnswersOfNoOrder(t *testing.T) {
	var none *numbers.Order
	assert.NoError(t, none.Answers(numbers.OrderRequest{Numbers: several(1)}))
}

// TestStoppedForAReason: the reason hides from nobody that a context has ended.
func TestStoppedForAReason(t *testing.T) {
	reason := errors.New("the shop closes")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	m := numberstest.NewMemory(numberstest.MemoryOptions{})
	_, bought := numbers.Buy(ctx, m, numbers.OrderRequest{Numbers: several(1)}, nil)
	j := &numberstest.MemoryJournal{}
	_, _, begun := j.Begin(ctx, numbers.Attempt{Reference: "job"})
	_, recovered := numbers.Recover(ctx, j, numbers.Account{Name: "main", Orderer: m})
	require.NoError(t, recovered, "there is nothing to recover")
	for _, err := range []error{bought, begun} {
		require.ErrorIs(t, err, reason)
		require.ErrorIs(t, err, context.Canceled)
	}
	assert.Empty(t, m.Calls())
}
