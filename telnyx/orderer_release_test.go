package telnyx_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// deletes counts the releases that reached the vendor.
func deletes(srv *telnyxtest.Server) int {
	n := 0
	for _, r := range srv.Requests() {
		if r.Method == "DELETE" {
			n++
		}
	}
	return n
}

func TestReleaseOfALockedNumber(t *testing.T) {
	srv, o := orderer(t)
	own := owned(t, srv, o, numberstest.Owned{Number: one, Locked: true})
	require.ErrorIs(t, o.Release(ctx, own), numbers.ErrLocked)
	own.Locked = false // looked up before it was locked
	require.ErrorIs(t, o.Release(ctx, own), numbers.ErrLocked)
	assert.Zero(t, deletes(srv))
	srv.SetLocked(one, false)
	require.NoError(t, o.Release(ctx, own))
	assert.Equal(t, 1, deletes(srv))
}

func TestReleaseOfWhatWasNotLookedUp(t *testing.T) {
	srv, o := orderer(t)
	own := owned(t, srv, o, numberstest.Owned{Number: one})
	before := len(srv.Requests())
	for _, n := range []*numbers.Number{nil, {}, {ID: own.ID}, {E164: one}} {
		require.ErrorIs(t, o.Release(ctx, n), numbers.ErrInvalid)
		_, err := o.Assign(ctx, n, numbers.Assignment{Connection: "7"})
		require.ErrorIs(t, err, numbers.ErrInvalid)
	}
	assert.Len(t, srv.Requests(), before)
}

// The id is gone, and the number came back under another.
func TestReleaseOfANumberThatHasAnotherIDNow(t *testing.T) {
	srv, o := orderer(t)
	stale := owned(t, srv, o, numberstest.Owned{Number: one})
	require.NoError(t, o.Release(ctx, stale))
	fresh := owned(t, srv, o, numberstest.Owned{Number: one})
	require.NotEqual(t, stale.ID, fresh.ID)
	require.ErrorIs(t, o.Release(ctx, stale), numbers.ErrConflict)
	assert.Equal(t, 1, deletes(srv))
	assert.Equal(t, fresh.ID, find(t, o, one).ID)
}

func TestReleaseWhoseAnswerWasLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, o := orderer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		own := owned(t, srv, o, numberstest.Owned{Number: one})
		srv.Inject(numberstest.Fault{Kind: numberstest.LostReply, On: numberstest.Match{Method: "DELETE", PathPrefix: "/"}})
		require.NoError(t, o.Release(ctx, own), "the repeat finds nothing, and the list shows it gone")
		assert.Equal(t, 2, deletes(srv))
	})
}

// Telnyx says deleted, and lists the number on.
func TestReleaseIsNotBelievedBeforeTheListShowsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		row := `{"id":"1","phone_number":"` + one + `","status":"active"}`
		still := vendortest.Text(`{"data":[` + row + `],"meta":{"page_number":1,"page_size":250,"total_pages":1,"total_results":1}}`)
		gone := vendortest.Text(`{"data":[],"meta":{"page_number":1,"page_size":250,"total_pages":0,"total_results":0}}`)
		deleted := vendortest.Text(`{"data":{"id":"1","phone_number":"` + one + `","status":"deleted"}}`)
		n := &numbers.Number{Vendor: "telnyx", ID: "1", E164: one, VendorNumber: one}

		own := vendortest.Text(`{"data":` + row + `}`)
		nothing := vendortest.Failing(404, vendortest.Fixture(t, "error.response.json"))

		late := vendortest.NewScript(t, own, deleted, own, nothing, still, nothing, gone)
		began := time.Now()
		require.NoError(t, telnyx.NewOrderer(without(t, late), nil).Release(ctx, n))
		assert.Positive(t, time.Since(began))
		assert.Len(t, late.Received(), 7)

		never := vendortest.NewScript(t, own, deleted, own)
		err := telnyx.NewOrderer(without(t, never), nil).Release(ctx, n)
		require.ErrorIs(t, err, numbers.ErrVendor)
		e, _ := errors.AsType[*numbers.Error](err)
		assert.Equal(t, "Release", e.Op)
		assert.Equal(t, []numbers.E164{one}, e.Numbers)
	})
}
