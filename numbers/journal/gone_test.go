package journal_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

const (
	one    = numbers.E164("+12025550100")
	settle = time.Minute
)

// vendor is an account that keeps no references.
func vendor() *numberstest.Memory {
	return numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{FoundBy: numbers.ByNumber, ListingDelay: settle}})
}

var job = numbers.OrderRequest{Numbers: []numbers.E164{one}, Reference: "job"}

// TestOpenEndsWhatIsOpen: whoever had the journal is gone, whatever the clocks
// say, and the file is left as it was.
func TestOpenEndsWhatIsOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j, err := journal.Open(path)
	require.NoError(t, err)
	began := time.Now()
	for ref, end := range map[string]numbers.JournalEnd{
		"cut off":       {},
		"clear":         {Status: numbers.EntryPlaced, OrderID: "o", Attempt: &numbers.Attempt{Ended: began.Add(-time.Hour)}},
		"long ago":      {Status: numbers.EntryUnknown, Attempt: &numbers.Attempt{Ended: began.Add(-5 * time.Hour)}},
		"in the future": {Status: numbers.EntryUnknown, Attempt: &numbers.Attempt{Ended: began.Add(5 * time.Hour)}},
		"at no time":    {Status: numbers.EntryUnknown},
	} {
		a := attempt("main", ref, one)
		e, _, err := j.Begin(t.Context(), a)
		require.NoError(t, err)
		if end.Attempt != nil {
			a.Ended = end.Attempt.Ended
			end.Attempt = &a
		}
		if end.Status != "" {
			require.NoError(t, j.End(t.Context(), e.ID, end))
		}
	}
	require.NoError(t, j.Close())
	before, err := os.ReadFile(path)
	require.NoError(t, err)

	opening := time.Now()
	j = open(t, path)
	opened := time.Now()
	list := entries(t, j)
	require.Len(t, list, 5)
	for _, e := range list {
		assert.False(t, e.UnderWay, e.Attempt.Reference)
		if e.Attempt.Reference == "clear" {
			assert.True(t, e.Attempt.Ended.Equal(began.Add(-time.Hour)))
			continue
		}
		assert.False(t, e.Attempt.Ended.Before(opening), e.Attempt.Reference)
		assert.False(t, e.Attempt.Ended.After(opened), e.Attempt.Reference)
	}
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, before, after)
}

// TestComesAgainAfterACrash, and nobody has called Recover: what the crash left
// open is found out when the vendor has settled, and not when no request lives
// that long.
func TestComesAgainAfterACrash(t *testing.T) {
	for name, placed := range map[string]bool{"placed": true, "not placed": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "j")
				m := vendor()
				dead, err := journal.Open(path)
				require.NoError(t, err)
				_, _, err = dead.Begin(t.Context(), numbers.Attempt{Vendor: "memory", Account: "main", Reference: "job", Numbers: job.Numbers, Started: time.Now(), Before: []string{}})
				require.NoError(t, err)
				require.NoError(t, dead.Close())
				if placed {
					_, err = m.Place(t.Context(), job)
					require.NoError(t, err)
				}
				time.Sleep(time.Second)

				o := numbers.Journaled(m, "main", open(t, path))
				began := time.Now()
				p, err := numbers.Buy(t.Context(), o, job, nil)
				if took := time.Since(began); placed {
					require.NoError(t, err)
					assert.Zero(t, took)
				} else {
					require.ErrorIs(t, err, numbers.ErrNotPlaced)
					assert.Equal(t, settle, took)
					p, err = numbers.Buy(t.Context(), o, job, nil)
					require.NoError(t, err)
				}
				assert.Equal(t, []numbers.E164{one}, p.Bought())
				assert.Equal(t, 1, m.Books().Bought(string(one)))
			})
		})
	}
}

// slow is a vendor that acts only after minutes.
type slow struct{ *numberstest.Memory }

func (s slow) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	time.Sleep(5 * time.Minute)
	return s.Memory.Place(ctx, r)
}

// TestRecoverLeavesAloneWhatIsUnderWay: it would find that the order was not
// placed, and let the next delivery buy again.
func TestRecoverLeavesAloneWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := vendor()
		j := open(t, filepath.Join(t.TempDir(), "j"))
		o := numbers.Journaled(slow{m}, "main", j)
		done := make(chan error)
		go func() {
			_, err := numbers.Buy(t.Context(), o, job, nil)
			done <- err
		}()
		time.Sleep(time.Second)
		all, err := numbers.Recover(t.Context(), j, numbers.Account{Name: "main", Orderer: m})
		require.NoError(t, err)
		assert.Empty(t, all)
		require.NoError(t, <-done)
		list := entries(t, j)
		require.Len(t, list, 1)
		assert.Equal(t, numbers.EntryPlaced, list[0].End.Status)
		assert.False(t, list[0].UnderWay)
	})
}

// TestRecoverTakesUpWhatNobodyEnds: whoever began it has forgotten it.
func TestRecoverTakesUpWhatNobodyEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := open(t, filepath.Join(t.TempDir(), "j"))
		_, _, err := j.Begin(t.Context(), numbers.Attempt{Vendor: "memory", Account: "main", Reference: "job", Numbers: job.Numbers, Started: time.Now()})
		require.NoError(t, err)
		account := numbers.Account{Name: "main", Orderer: vendor()}
		all, err := numbers.Recover(t.Context(), j, account)
		require.NoError(t, err)
		assert.Empty(t, all, "it may be under way")
		time.Sleep(10 * time.Minute)
		all, err = numbers.Recover(t.Context(), j, account)
		require.NoError(t, err)
		require.Len(t, all, 1, "no request lives that long")
		assert.Equal(t, numbers.NotPlaced, all[0].Resolution.Outcome)
	})
}
