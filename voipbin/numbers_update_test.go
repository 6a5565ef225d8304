package voipbin_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

const (
	callFlow    = "c4a1e7d0-5b2f-4f6a-9d83-7e0c2b9a1f45"
	messageFlow = "1a2b3c4d-0e5f-4a6b-8c7d-9e0f1a2b3c4d"
)

func TestUpdateSendsAllFieldsAlways(t *testing.T) {
	srv := serve(t, ok(vendortest.Fixture(t, "numbers.update.response.json")))
	_, err := client(t, srv.URL).Numbers.Update(t.Context(), anID, &voipbin.UpdateNumberRequest{})
	require.NoError(t, err)
	assert.JSONEq(t, `{"call_flow_id":"","message_flow_id":"","name":"","detail":""}`, srv.Received()[0].Body)
	_, err = client(t, srv.URL).Numbers.UpdateMetadata(t.Context(), anID, &voipbin.UpdateMetadataRequest{})
	require.NoError(t, err)
	assert.JSONEq(t, `{"rtp_debug":false}`, srv.Received()[1].Body)
}

func TestModifyKeepsWhatItDoesNotChange(t *testing.T) {
	want := voipbin.UpdateNumberRequest{CallFlowID: callFlow, MessageFlowID: messageFlow, Name: "Reception", Detail: "front desk"}
	for name, tt := range map[string]struct {
		r      voipbin.ModifyNumberRequest
		change func(*voipbin.UpdateNumberRequest)
	}{
		"nothing":      {voipbin.ModifyNumberRequest{}, func(*voipbin.UpdateNumberRequest) {}},
		"call flow":    {voipbin.ModifyNumberRequest{CallFlowID: new(messageFlow)}, func(u *voipbin.UpdateNumberRequest) { u.CallFlowID = messageFlow }},
		"message flow": {voipbin.ModifyNumberRequest{MessageFlowID: new(voipbin.NoFlow)}, func(u *voipbin.UpdateNumberRequest) { u.MessageFlowID = voipbin.NoFlow }},
		"name":         {voipbin.ModifyNumberRequest{Name: new("Lobby")}, func(u *voipbin.UpdateNumberRequest) { u.Name = "Lobby" }},
		"empty detail": {voipbin.ModifyNumberRequest{Detail: new("")}, func(u *voipbin.UpdateNumberRequest) { u.Detail = "" }},
	} {
		t.Run(name, func(t *testing.T) {
			srv := voipbintest.NewServer(t)
			srv.AddFlow("", callFlow, messageFlow)
			id := srv.AddNumber(numberstest.Owned{Number: string(aNumber), Name: "Reception", Description: "front desk", Assignment: numbers.Assignment{CallFlow: callFlow, MessageFlow: messageFlow}})[0]
			got, err := srv.Client().Numbers.Modify(t.Context(), id, &tt.r)
			require.NoError(t, err)
			want := want
			tt.change(&want)
			assert.Equal(t, want, voipbin.UpdateNumberRequest{CallFlowID: *got.CallFlowID, MessageFlowID: *got.MessageFlowID, Name: *got.Name, Detail: *got.Detail})
		})
	}
}

func TestModifySendsTheWhole(t *testing.T) {
	srv := serve(t, ok(vendortest.Fixture(t, "numbers.get.response.json")), ok(vendortest.Fixture(t, "numbers.modify.response.json")))
	_, err := client(t, srv.URL).Numbers.Modify(t.Context(), anID, &voipbin.ModifyNumberRequest{Name: new("Night")})
	require.NoError(t, err)
	requests := srv.Received()
	require.Len(t, requests, 2)
	assert.Equal(t, http.MethodPut, requests[1].Method)
	assert.Equal(t, "/v1.0/numbers/"+anID, requests[1].Path)
	assert.Equal(t, vendortest.Tree(t, vendortest.Fixture(t, "numbers.modify.request.json")), vendortest.Tree(t, requests[1].Body))
}

// A server of 2022 does not tell the flows by their new names: an update would
// clear them.
func TestModifyOfWhatTheServerDoesNotTell(t *testing.T) {
	srv := serve(t, ok(vendortest.Fixture(t, "numbers.get_2021.response.json")))
	_, err := client(t, srv.URL).Numbers.Modify(t.Context(), anID, &voipbin.ModifyNumberRequest{Name: new("Night")})
	require.ErrorIs(t, err, numbers.ErrVendor)
	assert.Equal(t, "call_flow_id", asError(t, err).Field)
	assert.Len(t, srv.Received(), 1, "nothing was updated")
}

func TestModifyWhoseUpdateFails(t *testing.T) {
	srv := serve(t, ok(vendortest.Fixture(t, "numbers.get.response.json")), answer{Status: 403, Body: vendortest.Fixture(t, "error.permission.response.json")})
	got, err := client(t, srv.URL).Numbers.Modify(t.Context(), anID, &voipbin.ModifyNumberRequest{Name: new("Night")})
	assert.Nil(t, got)
	require.ErrorIs(t, err, numbers.ErrForbidden)
	assert.Equal(t, "Numbers.Update", asError(t, err).Op)
}

func TestUpdatesAtTheFake(t *testing.T) {
	srv := voipbintest.NewServer(t)
	id := srv.AddNumber(numberstest.Owned{Number: string(aNumber), Name: "Reception", Assignment: numbers.Assignment{CallFlow: callFlow}})[0]
	c := srv.Client()

	n, err := c.Numbers.UpdateFlows(t.Context(), id, &voipbin.UpdateFlowsRequest{CallFlowID: callFlow, MessageFlowID: messageFlow})
	require.NoError(t, err)
	assert.Equal(t, messageFlow, *n.MessageFlowID)
	assert.Equal(t, "Reception", *n.Name)

	n, err = c.Numbers.UpdateMetadata(t.Context(), id, &voipbin.UpdateMetadataRequest{RTPDebug: true})
	require.NoError(t, err)
	assert.True(t, *n.Metadata.RTPDebug)

	n, err = c.Numbers.Update(t.Context(), id, &voipbin.UpdateNumberRequest{CallFlowID: voipbin.NoFlow, MessageFlowID: voipbin.NoFlow, Detail: "d"})
	require.NoError(t, err)
	assert.Empty(t, *n.Name, "replaced")
	assert.Equal(t, "d", *n.Detail)
	assert.Equal(t, voipbin.NoFlow, *n.CallFlowID)

	_, err = c.Numbers.Renew(t.Context(), &voipbin.RenewNumbersRequest{TMRenew: n.TMCreate})
	require.ErrorIs(t, err, numbers.ErrForbidden, "for VoIPBin's own alone")
}

func TestRenewAtTheFake(t *testing.T) {
	srv := voipbintest.NewServer(t)
	srv.AddAccount(voipbintest.Account{Username: "super", Password: "super-password", Role: voipbintest.RoleSuperAdmin})
	renewed := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	id := srv.AddRow(voipbintest.Row{Number: string(aNumber), Renewed: renewed})[0]
	c := clientWith(t, voipbin.TokenAuth(srv.Token("super")), &numbers.ClientOptions{BaseURL: srv.URL()})

	list, err := c.Numbers.Renew(t.Context(), &voipbin.RenewNumbersRequest{TMRenew: wire.NewTime(renewed)})
	require.NoError(t, err)
	assert.NotNil(t, list)
	assert.Empty(t, list, "none is that old")

	list, err = c.Numbers.Renew(t.Context(), &voipbin.RenewNumbersRequest{TMRenew: wire.NewTime(renewed.Add(time.Microsecond))})
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.Equal(t, id, list[0].ID)
}

func TestRenewThatAnswersNullRenewsNothing(t *testing.T) {
	srv := serve(t, ok("null"))
	list, err := clientAt(t, srv.URL).Numbers.Renew(t.Context(), &voipbin.RenewNumbersRequest{TMRenew: wire.NewTime(time.Now())})
	require.NoError(t, err)
	assert.Empty(t, list)
}

func TestUpdatesRefuseBadInput(t *testing.T) {
	srv := serve(t, ok(`{}`))
	c := client(t, srv.URL)
	ctx := t.Context()
	for name, call := range map[string]func() (any, error){
		"update, nil":   func() (any, error) { return pack(c.Numbers.Update(ctx, anID, nil)) },
		"modify, nil":   func() (any, error) { return pack(c.Numbers.Modify(ctx, anID, nil)) },
		"flows, nil":    func() (any, error) { return pack(c.Numbers.UpdateFlows(ctx, anID, nil)) },
		"metadata, nil": func() (any, error) { return pack(c.Numbers.UpdateMetadata(ctx, anID, nil)) },
		"update, no id": func() (any, error) { return pack(c.Numbers.Update(ctx, "", &voipbin.UpdateNumberRequest{})) },
		"update, dots":  func() (any, error) { return pack(c.Numbers.Update(ctx, "..", &voipbin.UpdateNumberRequest{})) },
		"modify, no id": func() (any, error) { return pack(c.Numbers.Modify(ctx, "", &voipbin.ModifyNumberRequest{})) },
		"flows, dot":    func() (any, error) { return pack(c.Numbers.UpdateFlows(ctx, ".", &voipbin.UpdateFlowsRequest{})) },
		"metadata, dots": func() (any, error) {
			return pack(c.Numbers.UpdateMetadata(ctx, "..", &voipbin.UpdateMetadataRequest{}))
		},
		"renew, nil":     func() (any, error) { _, err := c.Numbers.Renew(ctx, nil); return nil, err },
		"renew, no time": func() (any, error) { _, err := c.Numbers.Renew(ctx, &voipbin.RenewNumbersRequest{}); return nil, err },
		"renew, unset": func() (any, error) {
			_, err := c.Numbers.Renew(ctx, &voipbin.RenewNumbersRequest{TMRenew: wire.TimeLiteral("")})
			return nil, err
		},
		"available, nil":    func() (any, error) { return pack(c.AvailableNumbers.List(ctx, nil)) },
		"available, where?": func() (any, error) { return pack(c.AvailableNumbers.List(ctx, &voipbin.ListAvailableNumbersRequest{})) },
		"available, normal": func() (any, error) {
			return pack(c.AvailableNumbers.List(ctx, &voipbin.ListAvailableNumbersRequest{Type: voipbin.TypeNormal}))
		},
		"available, 101": func() (any, error) {
			return pack(c.AvailableNumbers.List(ctx, &voipbin.ListAvailableNumbersRequest{CountryCode: "US", PageSize: 101}))
		},
	} {
		got, err := call()
		assert.Nil(t, got, name)
		require.ErrorIs(t, err, numbers.ErrInvalid, name)
		assert.NotEmpty(t, asError(t, err).Field, name)
	}
	assert.Empty(t, srv.Received())
}
