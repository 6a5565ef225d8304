package numbers_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal"
)

// TestRateLimitOfDoubtIsNotRepeated: an Orderer that calls an unknown outcome a
// rate limit, too, makes nobody buy twice.
func TestRateLimitOfDoubtIsNotRepeated(t *testing.T) {
	for name, err := range map[string]error{
		"joined": errors.Join(numbers.ErrRateLimited, numbers.ErrOutcomeUnknown),
		"cause":  &numbers.Error{Op: "Place", Vendor: "script", Kind: numbers.ErrRateLimited, Err: numbers.ErrOutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{caps: numbers.Capabilities{FoundBy: numbers.ByReference, ListingDelay: time.Minute}}
				s.place = func(context.Context, numbers.OrderRequest) (*numbers.Order, error) { return nil, err }
				_, got := numbers.Buy(t.Context(), s, numbers.OrderRequest{Numbers: several(1)}, nil)
				require.ErrorIs(t, got, numbers.ErrNotPlaced)
				assert.Equal(t, 1, s.counted("Place"))
			})
		})
	}
}

// TestReferenceThatIsNoText: what can't be written down to the letter would be
// ordered again when the job comes again.
func TestReferenceThatIsNoText(t *testing.T) {
	s := &scripted{caps: byNumber(1)}
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal"))
	require.NoError(t, err)
	defer j.Close()
	r := numbers.OrderRequest{Numbers: several(1), Reference: "job-\xff"}
	_, err = numbers.Buy(t.Context(), numbers.Journaled(s, "main", j), r, nil)
	requireRefused(t, err, numbers.ErrInvalid, "Reference")
	_, err = numbers.Journaled(s, "main", j).Place(t.Context(), r)
	requireRefused(t, err, numbers.ErrInvalid, "Reference")
	assert.Zero(t, s.counted("Place"))
}

// TestPartOfAnAttemptIsNoPick: an order that came since and has some of the
// numbers may be the attempt's, and forbids to say that it was not placed.
func TestPartOfAnAttemptIsNoPick(t *testing.T) {
	for _, state := range []numbers.State{numbers.StatePending, numbers.StateComplete, numbers.StateFailed} {
		t.Run(string(state), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				part := complete("part", "", several(2)[:1]...)
				part.State = state
				s := &scripted{caps: byNumber(0), list: always(part)}
				r, err := numbers.Resolve(t.Context(), s, attempt("", several(2)...))
				if state == numbers.StateFailed {
					require.NoError(t, err)
					assert.Equal(t, numbers.NotPlaced, r.Outcome)
					return
				}
				require.ErrorIs(t, err, numbers.ErrConflict)
				assert.Contains(t, err.Error(), `"part"`)
			})
		})
	}
}

func TestOrderWithoutAnIDProvesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{caps: byNumber(1), list: always(complete("", "", "+12025550099"), complete("", "", several(1)...))}
		_, err := numbers.Resolve(t.Context(), s, attempt("", several(1)...))
		require.ErrorIs(t, err, numbers.ErrVendor)
	})
}

// full is a Journal whose disk is.
type full struct{ numbers.Journal }

var errFull = errors.New("no space left on device")

func (full) Begin(context.Context, numbers.Attempt) (numbers.JournalEntry, bool, error) {
	return numbers.JournalEntry{}, false, errFull
}

func TestFullJournalSaysWhy(t *testing.T) {
	s := &scripted{caps: numbers.Capabilities{FoundBy: numbers.ByReference}}
	_, err := numbers.Journaled(s, "main", full{}).Place(t.Context(), numbers.OrderRequest{Numbers: several(1)})
	require.ErrorIs(t, err, numbers.ErrNotPlaced)
	require.ErrorIs(t, err, errFull)
	assert.Contains(t, err.Error(), errFull.Error())
	assert.Zero(t, s.counted("Place"))
}
