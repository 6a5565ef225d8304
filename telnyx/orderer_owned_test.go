package telnyx_test

import (
	"testing"

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
	ids := srv.AddNumber(
		numberstest.Owned{Number: one, Locked: true, Assignment: numbers.Assignment{Connection: "7", MessagingProfile: "mp", BillingGroup: "bg"}},
		numberstest.Owned{Number: two, State: "purchase-pending"},
		numberstest.Owned{Number: "+13125550103", State: "ported-out"},
	)
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
func owned(t *testing.T, srv *telnyxtest.Server, o *telnyx.Orderer, n numberstest.Owned) *numbers.Number {
	t.Helper()
	srv.AddNumber(n)
	return find(t, o, numbers.E164(n.Number))
}
