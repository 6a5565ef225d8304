package telnyx_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx"
)

func TestAssignSetsEachThroughItsEndpoint(t *testing.T) {
	srv, o := orderer(t)
	own := owned(t, srv, o, numberstest.Owned{Number: one, Assignment: numbers.Assignment{BillingGroup: "kept"}})
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
	own := owned(t, srv, o, numberstest.Owned{Number: one})
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
	assert.ErrorContains(t, err, "owned, but not assigned")
	assert.Equal(t, "7", now.Assignment.Connection)
}
