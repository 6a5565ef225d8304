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

func TestNumberStates(t *testing.T) {
	for status, want := range map[string]numbers.NumberState{
		"purchase-pending": numbers.NumberPending, "provision-pending": numbers.NumberPending, "port-pending": numbers.NumberPending,
		"requirement-info-pending": numbers.NumberPending, "requirement-info-under-review": numbers.NumberPending,
		"requirement-info-exception": numbers.NumberPending,
		"active":                     numbers.NumberActive, "emergency-only": numbers.NumberActive, "port-out-pending": numbers.NumberActive,
		"deleted": numbers.NumberReleased, "ported-out": numbers.NumberReleased,
		"purchase-failed": numbers.NumberReleased, "port-failed": numbers.NumberReleased,
		"never-seen": numbers.NumberUnknown,
	} {
		srv := serve(t, vendortest.Text(`{"data":[{"id":"1","phone_number":"`+one+`","status":"`+status+`"}],"meta":{"page_number":1,"page_size":250,"total_pages":1,"total_results":1}}`))
		list, err := vendortest.Collect(telnyx.NewOrderer(srv.client(t), nil).Owned(ctx, numbers.OwnedQuery{States: []numbers.NumberState{want}}))
		require.NoError(t, err)
		require.Len(t, list, 1, status)
		assert.Equal(t, want, list[0].State)
		assert.Equal(t, status, list[0].VendorState)
	}
}

func TestOwnedNumbers(t *testing.T) {
	srv, o := orderer(t)
	ids, err := srv.AddOwned(
		telnyxtest.Owned{PhoneNumber: one, ConnectionID: "7", MessagingProfileID: "mp", BillingGroupID: "bg", DeletionLock: true},
		telnyxtest.Owned{PhoneNumber: two, Status: "purchase-pending"},
		telnyxtest.Owned{PhoneNumber: "+13125550103", Status: "ported-out"},
	)
	require.NoError(t, err)
	all, err := vendortest.Collect(o.Owned(ctx, numbers.OwnedQuery{}))
	require.NoError(t, err)
	require.Len(t, all, 2, "what is gone is left out")

	own := find(t, o, one)
	assert.Equal(t, ids[0], own.ID)
	assert.Equal(t, numbers.E164(one), own.E164)
	assert.True(t, own.Locked)
	assert.Nil(t, own.AutoRenew)
	assert.Nil(t, own.Expires)
	assert.Equal(t, numbers.Assignment{Connection: "7", MessagingProfile: "mp", BillingGroup: "bg"}, own.Assignment)
	assert.False(t, own.Created.IsZero())
	native, ok := numbers.Native[*telnyx.PhoneNumber](own)
	require.True(t, ok)
	assert.Equal(t, one, native.PhoneNumber)

	pending, err := vendortest.Collect(o.Owned(ctx, numbers.OwnedQuery{States: []numbers.NumberState{numbers.NumberPending, numbers.NumberReleased}}))
	require.NoError(t, err)
	assert.Len(t, pending, 2)
	none, err := vendortest.Collect(o.Owned(ctx, numbers.OwnedQuery{Numbers: []numbers.E164{"+13125550199"}}))
	require.NoError(t, err)
	assert.Empty(t, none)

	var many []numbers.E164
	for i := range 30 {
		many = append(many, numbers.E164("+131255501"+string(rune('0'+i/10))+string(rune('0'+i%10))))
	}
	before := len(srv.Requests())
	some, err := vendortest.Collect(o.Owned(ctx, numbers.OwnedQuery{Numbers: many}))
	require.NoError(t, err)
	assert.Len(t, some, 2)
	assert.Len(t, srv.Requests()[before:], 1, "many numbers are found in one listing")
}

// find is the number that the account has.
func find(t *testing.T, o *telnyx.Orderer, n numbers.E164) *numbers.Number {
	t.Helper()
	list, err := vendortest.Collect(o.Owned(ctx, numbers.OwnedQuery{Numbers: []numbers.E164{n}}))
	require.NoError(t, err)
	require.Len(t, list, 1)
	return list[0]
}

// owned adds a number to the account, and finds it.
func owned(t *testing.T, srv *telnyxtest.Server, o *telnyx.Orderer, n telnyxtest.Owned) *numbers.Number {
	t.Helper()
	_, err := srv.AddOwned(n)
	require.NoError(t, err)
	return find(t, o, numbers.E164(n.PhoneNumber))
}

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
	own := owned(t, srv, o, telnyxtest.Owned{PhoneNumber: one, DeletionLock: true})
	require.ErrorIs(t, o.Release(ctx, own), numbers.ErrLocked)
	own.Locked = false // looked up before it was locked
	require.ErrorIs(t, o.Release(ctx, own), numbers.ErrLocked)
	assert.Zero(t, deletes(srv))
	require.NoError(t, srv.SetDeletionLock(one, false))
	require.NoError(t, o.Release(ctx, own))
	assert.Equal(t, 1, deletes(srv))
}

func TestReleaseOfWhatWasNotLookedUp(t *testing.T) {
	srv, o := orderer(t)
	own := owned(t, srv, o, telnyxtest.Owned{PhoneNumber: one})
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
	stale := owned(t, srv, o, telnyxtest.Owned{PhoneNumber: one})
	require.NoError(t, o.Release(ctx, stale))
	fresh := owned(t, srv, o, telnyxtest.Owned{PhoneNumber: one})
	require.NotEqual(t, stale.ID, fresh.ID)
	require.ErrorIs(t, o.Release(ctx, stale), numbers.ErrConflict)
	assert.Equal(t, 1, deletes(srv))
	assert.Equal(t, fresh.ID, find(t, o, one).ID)
}

func TestReleaseWhoseAnswerWasLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, o := orderer(t, telnyxtest.Options{InMemory: true})
		own := owned(t, srv, o, telnyxtest.Owned{PhoneNumber: one})
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

		late := vendortest.NewScript(t, vendortest.Text(`{"data":`+row+`}`), deleted, still, still, gone)
		began := time.Now()
		require.NoError(t, telnyx.NewOrderer(without(t, late), nil).Release(ctx, n))
		assert.Positive(t, time.Since(began))
		assert.Len(t, late.Received(), 5)

		never := vendortest.NewScript(t, vendortest.Text(`{"data":`+row+`}`), deleted, still)
		err := telnyx.NewOrderer(without(t, never), nil).Release(ctx, n)
		require.ErrorIs(t, err, numbers.ErrVendor)
		e, _ := errors.AsType[*numbers.Error](err)
		assert.Equal(t, "Release", e.Op)
		assert.Equal(t, []numbers.E164{one}, e.Numbers)
	})
}

func TestAssignSetsEachThroughItsEndpoint(t *testing.T) {
	srv, o := orderer(t)
	own := owned(t, srv, o, telnyxtest.Owned{PhoneNumber: one, BillingGroupID: "kept"})
	before := len(srv.Requests())
	now, err := o.Assign(ctx, own, numbers.Assignment{Connection: "7", MessagingProfile: "mp"})
	require.NoError(t, err)
	assert.Equal(t, numbers.Assignment{Connection: "7", MessagingProfile: "mp", BillingGroup: "kept"}, now.Assignment)
	var writes []string
	for _, r := range srv.Requests()[before:] {
		if r.Method == "PATCH" {
			writes = append(writes, r.Path+" "+string(r.Body))
		}
	}
	assert.Equal(t, []string{
		"/v2/phone_numbers/" + own.ID + ` {"connection_id":"7"}`,
		"/v2/phone_numbers/" + own.ID + `/messaging {"messaging_profile_id":"mp"}`,
	}, writes)
	assert.Equal(t, now.Assignment, find(t, o, one).Assignment)

	wrong := *own
	wrong.E164, wrong.VendorNumber = two, two
	_, err = o.Assign(ctx, &wrong, numbers.Assignment{Connection: "8"})
	require.ErrorIs(t, err, numbers.ErrConflict)
	_, err = o.Assign(ctx, own, numbers.Assignment{CallFlow: "x"})
	require.ErrorIs(t, err, errors.ErrUnsupported)
}

func TestWhatCouldNotBeAssignedIsSaid(t *testing.T) {
	srv, o := orderer(t)
	own := owned(t, srv, o, telnyxtest.Owned{PhoneNumber: one})
	srv.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 422, On: numberstest.Match{Method: "PATCH", PathPrefix: "/v2/phone_numbers/" + own.ID + "/messaging"}})
	now, err := o.Assign(ctx, own, numbers.Assignment{Connection: "7", MessagingProfile: "mp"})
	require.ErrorIs(t, err, numbers.ErrInvalid)
	assert.ErrorContains(t, err, "not assigned to the messaging profile")
	require.NotNil(t, now)
	assert.Equal(t, numbers.Assignment{Connection: "7"}, now.Assignment, "the number as it stands")

	srv.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: 500, On: numberstest.Match{Method: "PATCH", PathPrefix: "/"}, Times: -1})
	once, err := srv.NewClient(&numbers.ClientOptions{Retry: numbers.Retry{Attempts: 1}})
	require.NoError(t, err)
	now, err = telnyx.NewOrderer(once, nil).Assign(ctx, own, numbers.Assignment{Connection: "8"})
	require.ErrorIs(t, err, numbers.ErrVendor)
	assert.ErrorContains(t, err, "owned, and not assigned")
	assert.Equal(t, "7", now.Assignment.Connection)
}
