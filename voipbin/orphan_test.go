package voipbin_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

// again runs a test for both generations, at a fake that does not mind when a
// number that was sold is ordered again, with the fault that makes an orphan.
func again(t *testing.T, f func(t *testing.T, g generation, srv *voipbintest.Server, o *voipbin.Orderer)) {
	generations(t, func(t *testing.T, g generation) {
		synctest.Test(t, func(t *testing.T) {
			srv := voipbintest.NewServer(t, voipbintest.Options{Era: g.era, InMemory: true, Lenient: true})
			srv.Inject(numberstest.Fault{Kind: numberstest.OrphanPurchase})
			f(t, g, srv, voipbin.NewOrderer(srv.Client(), &voipbin.OrdererOptions{Account: "main", Generation: g.Generation}))
		})
	})
}

// crash orders a number as a process does that is killed before the answer
// comes: the journal knows of the intent alone.
func crash(t *testing.T, j numbers.Journal, o *voipbin.Orderer, n numbers.E164) {
	t.Helper()
	_, _, err := j.Begin(t.Context(), numbers.Attempt{
		Vendor: "voipbin", Account: "main", Reference: numbers.NewReference(), Numbers: []numbers.E164{n}, Before: []string{},
	})
	require.NoError(t, err)
	_, err = o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{n}})
	require.Error(t, err, "which nobody sees")
}

// statuses are those of a journal's entries, the oldest first.
func statuses(t *testing.T, j numbers.Journal) (list []numbers.EntryStatus) {
	t.Helper()
	for e, err := range j.Entries(t.Context()) {
		require.NoError(t, err)
		list = append(list, e.End.Status)
	}
	return list
}

// A process dies between the carrier's sale and the answer that VoIPBin never
// recorded it. Nothing tells of it until the number is ordered again.
func TestAnOrphanWhoseAnswerACrashSwallowed(t *testing.T) {
	again(t, func(t *testing.T, _ generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		j := &numberstest.MemoryJournal{}
		crash(t, j, o, aNumber)
		account := numbers.Account{Name: "main", Orderer: o}
		all, err := numbers.Recover(t.Context(), j, account)
		require.NoError(t, err)
		require.Len(t, all, 1)
		assert.Equal(t, numbers.NotPlaced, all[0].Resolution.Outcome, "a lost request looks just like it")

		p, err := numbers.Buy(t.Context(), numbers.Journaled(o, "main", j), numbers.OrderRequest{Numbers: []numbers.E164{aNumber}}, nil)
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		assert.NotErrorIs(t, err, numbers.ErrNotPlaced)
		assert.Len(t, p.Unknown, 1)
		assert.Equal(t, []numbers.EntryStatus{numbers.EntryNotPlaced, numbers.EntryOrphaned}, statuses(t, j))
		assert.Len(t, srv.Books().Orphans(), 1)
	})
}

// What was found out once is not forgotten: neither by the journal, nor by who
// asks again, with or without it.
func TestAnOrphanStaysOne(t *testing.T) {
	again(t, func(t *testing.T, _ generation, _ *voipbintest.Server, o *voipbin.Orderer) {
		j := &numberstest.MemoryJournal{}
		crash(t, j, o, aNumber)
		_, err := numbers.Recover(t.Context(), j, numbers.Account{Name: "main", Orderer: o})
		require.NoError(t, err)
		journaled := numbers.Journaled(o, "main", j)
		job := numbers.OrderRequest{Reference: "job-1", Numbers: []numbers.E164{aNumber}}
		p, err := numbers.Buy(t.Context(), journaled, job, nil)
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)

		r, err := numbers.Resolve(t.Context(), journaled, p.Unknown[0])
		require.NoError(t, err)
		assert.Equal(t, numbers.PossiblyOrphaned, r.Outcome)
		r, err = numbers.Resolve(t.Context(), o, p.Unknown[0])
		require.NoError(t, err)
		assert.Equal(t, numbers.PossiblyOrphaned, r.Outcome, "without the journal")

		_, err = numbers.Buy(t.Context(), journaled, job, nil)
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		assert.Equal(t, []numbers.EntryStatus{numbers.EntryNotPlaced, numbers.EntryOrphaned}, statuses(t, j))
	})
}

// The same, and the second process dies before it can look.
func TestAnOrphanThatTwoCrashesSwallowed(t *testing.T) {
	again(t, func(t *testing.T, _ generation, _ *voipbintest.Server, o *voipbin.Orderer) {
		j := &numberstest.MemoryJournal{}
		crash(t, j, o, aNumber)
		_, err := numbers.Journaled(o, "main", j).Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{aNumber}})
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		_, err = numbers.Recover(t.Context(), j, numbers.Account{Name: "main", Orderer: o})
		require.NoError(t, err)
		assert.Equal(t, []numbers.EntryStatus{numbers.EntryNotPlaced, numbers.EntryOrphaned}, statuses(t, j))
	})
}

// A refusal alone says nothing of an orphan in the API of 2021, where a 400
// stood for everything.
func TestARefusalAfterARefusalIsNoOrphan(t *testing.T) {
	virtually(t, func(t *testing.T, g generation, srv *voipbintest.Server, o *voipbin.Orderer) {
		if g.era == voipbintest.EraToday {
			return // a 500 is always one
		}
		j := &numberstest.MemoryJournal{}
		srv.Refuse(string(aNumber))
		for range 2 {
			_, err := numbers.Buy(t.Context(), numbers.Journaled(o, "main", j), numbers.OrderRequest{Numbers: []numbers.E164{aNumber}}, nil)
			require.ErrorIs(t, err, numbers.ErrNotPlaced)
			assert.False(t, errors.Is(err, numbers.ErrOutcomeUnknown))
		}
		assert.Equal(t, []numbers.EntryStatus{numbers.EntryNotPlaced, numbers.EntryNotPlaced}, statuses(t, j))
		assert.Empty(t, srv.Books().Purchases)
	})
}

// What stands between answers in the vendor's place, after the carrier's sale.
// Its status is none of VoIPBin's, 4xx or not.
func TestAnOrphanWhoseAnswerAGatewayReplaced(t *testing.T) {
	for _, status := range []int{http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusBadGateway, http.StatusTemporaryRedirect} {
		again(t, func(t *testing.T, _ generation, srv *voipbintest.Server, o *voipbin.Orderer) {
			srv.Inject(numberstest.Fault{Kind: numberstest.StatusAfter, Status: status})
			j := &numberstest.MemoryJournal{}
			for range 2 {
				_, err := numbers.Buy(t.Context(), numbers.Journaled(o, "main", j), numbers.OrderRequest{Numbers: []numbers.E164{aNumber}}, nil)
				require.Error(t, err)
			}
			assert.Equal(t, []numbers.EntryStatus{numbers.EntryNotPlaced, numbers.EntryOrphaned}, statuses(t, j), "after a %d", status)
			assert.Len(t, srv.Books().Orphans(), 1)
		})
	}
}
