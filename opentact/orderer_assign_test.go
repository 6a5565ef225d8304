package opentact_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/opentact"
)

func TestAssignChangesWhatIsAskedForOnly(t *testing.T) {
	for _, c := range []struct {
		a    numbers.Assignment
		body string
	}{
		{numbers.Assignment{Connection: "c"}, `{"sip_connection":"c"}`},
		{numbers.Assignment{Application: "a"}, `{"sip_control_app":"a"}`},
		{numbers.Assignment{MessagingProfile: "m", Connection: "c"}, `{"messaging_profile":"m","sip_connection":"c"}`},
	} {
		cab := newCabinet(t, aLease)
		n, err := cab.orderer(t).Assign(ctx, owned(one), c.a)
		require.NoError(t, err)
		assert.Equal(t, "c-1", n.Assignment.Connection, "as the vendor says it stands")
		assert.Equal(t, []string{"GET /lease/tn/l-1", "PATCH /lease/tn/l-1 " + c.body}, cab.requests)
	}
	cab := newCabinet(t, aLease)
	_, err := cab.orderer(t).Assign(ctx, owned(one), numbers.Assignment{Connection: "c", CallFlow: "f"})
	require.ErrorIs(t, err, errors.ErrUnsupported)
	assert.Empty(t, cab.requests)
	_, err = cab.orderer(t).Assign(ctx, owned(two), numbers.Assignment{Connection: "c"})
	require.ErrorIs(t, err, numbers.ErrConflict)
	assert.Len(t, cab.requests, 1, "another number's lease is not touched")
	_, err = newCabinet(t, "").orderer(t).Assign(ctx, owned(one), numbers.Assignment{Connection: "c"})
	require.ErrorIs(t, err, numbers.ErrNotFound)

	srv := serve(t, ordered(aLease), ordered(`{"uuid":"l-1","tn":{},"sip_connection":"c"}`))
	n, err := opentact.NewOrderer(srv.client(t), nil).Assign(ctx, owned(one), numbers.Assignment{Connection: "c"})
	require.NoError(t, err)
	assert.Equal(t, one, n.E164)
}
