package voipbin_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

func TestAssignKeepsTheOtherFlow(t *testing.T) {
	g := generation{era: voipbintest.EraToday}
	srv, o, found := g.bought(t)
	got, err := o.Assign(t.Context(), found, numbers.Assignment{CallFlow: callFlow})
	require.NoError(t, err)
	assert.Equal(t, numbers.Assignment{CallFlow: callFlow}, got.Assignment)
	got, err = o.Assign(t.Context(), found, numbers.Assignment{MessageFlow: messageFlow})
	require.NoError(t, err)
	assert.Equal(t, numbers.Assignment{CallFlow: callFlow, MessageFlow: messageFlow}, got.Assignment)
	assert.Equal(t, found.ID, got.ID)
	assert.Equal(t, aNumber, got.E164)
	assert.Equal(t, callFlow, srv.Rows()[0].CallFlowID)
}

func TestPlaceAssignsAtOnce(t *testing.T) {
	srv, o := generation{era: voipbintest.EraToday}.fake(t)
	order, err := o.Place(t.Context(), numbers.OrderRequest{
		Numbers: []numbers.E164{aNumber}, Assign: &numbers.Assignment{CallFlow: callFlow, MessageFlow: messageFlow},
	})
	require.NoError(t, err)
	assert.Equal(t, numbers.Assignment{CallFlow: callFlow, MessageFlow: messageFlow}, order.Items[0].Owned.Assignment)
	assert.Len(t, srv.Requests(), 1)
}

func TestAssignIsTodaysAlone(t *testing.T) {
	g := generation{Generation: voipbin.GenerationOrderNumbers, era: voipbintest.EraSeed}
	srv, o, found := g.bought(t)
	before := len(srv.Requests())
	_, err := o.Assign(t.Context(), found, numbers.Assignment{CallFlow: callFlow})
	require.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{"+12025550199"}, Assign: &numbers.Assignment{CallFlow: callFlow}})
	require.ErrorIs(t, err, errors.ErrUnsupported)
	assert.Len(t, srv.Requests(), before)
	assert.False(t, o.Capabilities().Can.Has(numbers.CanAssign))
}

func TestAssignRefusals(t *testing.T) {
	row := ok(vendortest.Fixture(t, "numbers.get.response.json"))
	good := numbers.Number{Vendor: "voipbin", ID: anID, E164: aNumber, VendorNumber: string(aNumber)}
	foreign, other := good, good
	foreign.Vendor, other.E164, other.VendorNumber = "telnyx", "+12025550199", "+12025550199"
	cut := ok(`{"id":"` + anID + `","number":"+12025550142","status":"active"}`)
	for name, tt := range map[string]struct {
		number  *numbers.Number
		assign  numbers.Assignment
		answers []answer
		kind    error
		sent    int
	}{
		"nil":                   {nil, numbers.Assignment{CallFlow: callFlow}, []answer{row}, numbers.ErrInvalid, 0},
		"another vendor":        {&foreign, numbers.Assignment{CallFlow: callFlow}, []answer{row}, numbers.ErrInvalid, 0},
		"nothing":               {&good, numbers.Assignment{}, []answer{row}, numbers.ErrInvalid, 0},
		"what it can't":         {&good, numbers.Assignment{Connection: "c"}, []answer{row}, errors.ErrUnsupported, 0},
		"another number":        {&other, numbers.Assignment{CallFlow: callFlow}, []answer{row}, numbers.ErrConflict, 1},
		"gone":                  {&good, numbers.Assignment{CallFlow: callFlow}, []answer{{Status: 404, Body: vendortest.Fixture(t, "error.deleted.response.json")}}, numbers.ErrNotFound, 1},
		"the other is not told": {&good, numbers.Assignment{CallFlow: callFlow}, []answer{cut}, numbers.ErrVendor, 1},
		"the update fails":      {&good, numbers.Assignment{CallFlow: callFlow}, []answer{row, {Status: http.StatusForbidden}}, numbers.ErrForbidden, 2},
		"not taken":             {&good, numbers.Assignment{MessageFlow: "no UUID"}, []answer{row, row}, numbers.ErrInvalid, 2},
	} {
		t.Run(name, func(t *testing.T) {
			srv, o := generation{}.fixed(t, tt.answers...)
			got, err := o.Assign(t.Context(), tt.number, tt.assign)
			assert.Nil(t, got)
			require.ErrorIs(t, err, tt.kind)
			assert.Equal(t, "Assign", asError(t, err).Op)
			assert.Len(t, srv.Received(), tt.sent)
		})
	}
}
