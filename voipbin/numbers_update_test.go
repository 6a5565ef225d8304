package voipbin_test

import (
	"net/http"
	"strings"
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

// The row of the fixture has a call flow, which is read once even if it is both flows.
func TestModifySendsTheWhole(t *testing.T) {
	srv := serve(t, ok(vendortest.Fixture(t, "numbers.get.response.json")), ok(`{"id":"`+callFlow+`"}`), ok(vendortest.Fixture(t, "numbers.modify.response.json")))
	_, err := client(t, srv.URL).Numbers.Modify(t.Context(), anID, &voipbin.ModifyNumberRequest{Name: new("Night"), MessageFlowID: new(strings.ToUpper(callFlow))})
	require.NoError(t, err)
	assert.Equal(t, []string{"GET /v1.0/numbers/" + anID, "GET /v1.0/flows/" + callFlow, "PUT /v1.0/numbers/" + anID}, srv.Targets())
	assert.JSONEq(t, `{"call_flow_id":"`+callFlow+`","message_flow_id":"`+strings.ToUpper(callFlow)+`","name":"Night","detail":"front desk"}`, srv.Received()[2].Body)
}

// The server refuses a whole update for a flow that is not the customer's, and says
// only INTERNAL. Modify says which it is, and sends no update.
func TestModifyNamesAForeignFlow(t *testing.T) {
	const foreign, missing = "3d2c1b0a-1111-4a6b-8c7d-9e0f1a2b3c4d", "3d2c1b0a-2222-4a6b-8c7d-9e0f1a2b3c4d"
	for name, tt := range map[string]struct {
		has   numbers.Assignment
		r     voipbin.ModifyNumberRequest
		field string // "" = it works
	}{
		"of the request, foreign":        {numbers.Assignment{}, voipbin.ModifyNumberRequest{CallFlowID: new(foreign)}, "call_flow_id"},
		"of the request, missing":        {numbers.Assignment{}, voipbin.ModifyNumberRequest{MessageFlowID: new(missing)}, "message_flow_id"},
		"of the number":                  {numbers.Assignment{CallFlow: callFlow, MessageFlow: foreign}, voipbin.ModifyNumberRequest{Name: new("Lobby")}, "message_flow_id"},
		"both":                           {numbers.Assignment{CallFlow: missing, MessageFlow: foreign}, voipbin.ModifyNumberRequest{Name: new("Lobby")}, "call_flow_id"},
		"of the number, and it is taken": {numbers.Assignment{CallFlow: foreign}, voipbin.ModifyNumberRequest{CallFlowID: new(voipbin.NoFlow)}, ""},
		"of the number, and replaced":    {numbers.Assignment{CallFlow: foreign}, voipbin.ModifyNumberRequest{CallFlowID: new("{" + callFlow + "}")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			srv := voipbintest.NewServer(t)
			srv.AddFlow("", callFlow, messageFlow)
			srv.AddFlow("0b266038-844b-11ec-97d8-63ba531361ce", foreign)
			id := srv.AddNumber(numberstest.Owned{Number: string(aNumber), Name: "Reception", Assignment: tt.has})[0]
			got, err := srv.Client().Numbers.Modify(t.Context(), id, &tt.r)
			if tt.field == "" {
				require.NoError(t, err)
				assert.NotEqual(t, foreign, *got.CallFlowID)
				return
			}
			assert.Nil(t, got)
			require.ErrorIs(t, err, numbers.ErrInvalid)
			assert.Equal(t, tt.field, asError(t, err).Field)
			assert.ErrorContains(t, err, "nothing was updated")
			for _, r := range srv.Requests() {
				assert.Equal(t, http.MethodGet, r.Method, "%s %s", r.Method, r.Path)
			}
		})
	}
}

// A server that does not show flows, or not now: the update is sent, and if it
// fails as it does for a foreign flow, the error names the flow.
func TestModifyOfFlowsThatCanNotBeRead(t *testing.T) {
	row, failed := ok(vendortest.Fixture(t, "numbers.get.response.json")), answer{Status: 500, Body: vendortest.Fixture(t, "error.internal.response.json")}
	for name, unreadable := range map[string]answer{
		"no such path":  {Status: 404, Body: vendortest.Fixture(t, "error.route.response.json")},
		"a proxy's 404": {Status: 404, Body: "404 page not found"},
		"a failure":     failed,
		"a timeout":     {Status: 503, Body: vendortest.Fixture(t, "error.timeout.response.json")},
		"a frozen one":  {Status: 403, Body: vendortest.Fixture(t, "error.frozen.response.json")},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, row, unreadable, ok(vendortest.Fixture(t, "numbers.modify.response.json")))
			_, err := clientAt(t, srv.URL).Numbers.Modify(t.Context(), anID, &voipbin.ModifyNumberRequest{Name: new("Night")})
			require.NoError(t, err)
			assert.Len(t, srv.Received(), 3, "read once")

			srv = serve(t, row, unreadable, failed)
			got, err := clientAt(t, srv.URL).Numbers.Modify(t.Context(), anID, &voipbin.ModifyNumberRequest{Name: new("Night")})
			assert.Nil(t, got)
			require.ErrorIs(t, err, numbers.ErrVendor)
			e := asError(t, err)
			assert.Equal(t, "call_flow_id", e.Field)
			assert.Contains(t, e.Message, "does not exist or belongs to another customer")
			assert.Equal(t, voipbin.ReasonInternal, e.Code)

			srv = serve(t, row, ok(`{}`), failed)
			_, err = clientAt(t, srv.URL).Numbers.Modify(t.Context(), anID, &voipbin.ModifyNumberRequest{Name: new("Night")})
			require.ErrorIs(t, err, numbers.ErrVendor)
			assert.Empty(t, asError(t, err).Field, "the flow is not the reason")
		})
	}
}

func TestModifyOfAnotherNumber(t *testing.T) {
	srv := serve(t, ok(vendortest.Fixture(t, "numbers.get.response.json")))
	got, err := client(t, srv.URL).Numbers.Modify(t.Context(), messageFlow, &voipbin.ModifyNumberRequest{Name: new("Night")})
	assert.Nil(t, got)
	require.ErrorIs(t, err, numbers.ErrVendor)
	assert.Len(t, srv.Received(), 1, "nothing was updated")
}

// The server stores at most 255 characters of a name. To a create with a longer one
// it buys the number, fails, and gives it back.
func TestNamesAndDetailsThatAreTooLong(t *testing.T) {
	srv := voipbintest.NewServer(t)
	name, detail := strings.Repeat("é", 255), strings.Repeat("d", 65_535)
	c := srv.Client()
	n, err := c.Numbers.Create(t.Context(), &voipbin.CreateNumberRequest{Number: string(aNumber), Name: &name, Detail: &detail})
	require.NoError(t, err)
	_, err = c.Numbers.Update(t.Context(), n.ID, &voipbin.UpdateNumberRequest{Name: name, Detail: detail})
	require.NoError(t, err)
	_, err = c.Numbers.Modify(t.Context(), n.ID, &voipbin.ModifyNumberRequest{Name: &name})
	require.NoError(t, err)

	sent := len(srv.Requests())
	for field, texts := range map[string][2]string{"Name": {name + "x", ""}, "Detail": {"", detail + "x"}} {
		_, err = c.Numbers.Create(t.Context(), &voipbin.CreateNumberRequest{Number: "+12025550143", Name: &texts[0], Detail: &texts[1]})
		vendortest.AssertInvalid(t, "voipbin", err, field)
		_, err = c.Numbers.Update(t.Context(), n.ID, &voipbin.UpdateNumberRequest{Name: texts[0], Detail: texts[1]})
		vendortest.AssertInvalid(t, "voipbin", err, field)
		_, err = c.Numbers.Modify(t.Context(), n.ID, &voipbin.ModifyNumberRequest{Name: &texts[0], Detail: &texts[1]})
		vendortest.AssertInvalid(t, "voipbin", err, field)
	}
	_, err = voipbin.NewOrderer(c, nil).Place(t.Context(), numbers.OrderRequest{
		Numbers: []numbers.E164{"+12025550143"}, Native: &voipbin.CreateNumberRequest{Name: new(name + "x")},
	})
	require.ErrorIs(t, err, numbers.ErrInvalid)
	assert.Len(t, srv.Requests(), sent)
}

// A server of 2022 does not tell the flows by their new names: an update would
// clear them.
func TestModifyOfWhatTheServerDoesNotTell(t *testing.T) {
	srv := serve(t, ok(vendortest.Fixture(t, "numbers.get_2021.response.json")))
	_, err := client(t, srv.URL).Numbers.Modify(t.Context(), "5b7c1f0e-3a52-4d19-9c57-0b6a8f1d2e34", &voipbin.ModifyNumberRequest{Name: new("Night")})
	require.ErrorIs(t, err, numbers.ErrVendor)
	assert.Equal(t, "call_flow_id", asError(t, err).Field)
	assert.Len(t, srv.Received(), 1, "nothing was updated")
}

func TestModifyWhoseUpdateFails(t *testing.T) {
	srv := serve(t, ok(vendortest.Fixture(t, "numbers.get.response.json")), ok(`{}`), answer{Status: 403, Body: vendortest.Fixture(t, "error.permission.response.json")})
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
		"modify, flow": func() (any, error) {
			return pack(c.Numbers.Modify(ctx, anID, &voipbin.ModifyNumberRequest{MessageFlowID: new("reception")}))
		},
		"flows, dot": func() (any, error) { return pack(c.Numbers.UpdateFlows(ctx, ".", &voipbin.UpdateFlowsRequest{})) },
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
