package telnyx_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/telnyx"
)

// A job that selects nothing would change every number.
func TestAJobThatMakesNoSenseIsRefused(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"data":{"id":"7"}}`))
	c := srv.client(t)
	many := slices.Repeat([]string{one}, telnyx.MaxJobNumbers+1)
	for _, bad := range []struct {
		field string
		r     telnyx.UpdatePhoneNumbersRequest
	}{
		{"PhoneNumbers", telnyx.UpdatePhoneNumbersRequest{HDVoiceEnabled: new(true)}},
		{"PhoneNumbers", telnyx.UpdatePhoneNumbersRequest{HDVoiceEnabled: new(true), PhoneNumbers: many}},
		{"PhoneNumbers", telnyx.UpdatePhoneNumbersRequest{HDVoiceEnabled: new(true), PhoneNumbers: []string{""}}},
		{"PhoneNumbers", telnyx.UpdatePhoneNumbersRequest{HDVoiceEnabled: new(true), PhoneNumbers: []string{one}, Filter: telnyx.JobFilter{Tag: "x"}}},
		{"request", telnyx.UpdatePhoneNumbersRequest{PhoneNumbers: []string{one}}},
		{"Filter.Status", telnyx.UpdatePhoneNumbersRequest{HDVoiceEnabled: new(true), Filter: telnyx.JobFilter{Status: telnyx.NumberProvisionPending}}},
		{"Filter.PhoneNumber", telnyx.UpdatePhoneNumbersRequest{HDVoiceEnabled: new(true), Filter: telnyx.JobFilter{PhoneNumber: "+1312"}}},
	} {
		_, err := c.PhoneNumberJobs.Update(ctx, &bad.r)
		assertInvalid(t, err, bad.field)
	}
	for _, list := range [][]string{nil, many, {""}} {
		_, err := c.PhoneNumberJobs.Delete(ctx, &telnyx.DeletePhoneNumbersRequest{PhoneNumbers: list})
		assertInvalid(t, err, "PhoneNumbers")
		_, err = c.PhoneNumberJobs.UpdateEmergencySettings(ctx, &telnyx.UpdateEmergencySettingsRequest{PhoneNumbers: list})
		assertInvalid(t, err, "PhoneNumbers")
	}
	address := wire.NullOf(telnyx.AddressID("7"))
	for _, r := range []telnyx.UpdateEmergencySettingsRequest{
		{EmergencyEnabled: true, PhoneNumbers: []string{one}},
		{EmergencyEnabled: true, EmergencyAddressID: wire.NullNow[telnyx.AddressID](), PhoneNumbers: []string{one}},
		{EmergencyAddressID: address, PhoneNumbers: []string{one}},
	} {
		_, err := c.PhoneNumberJobs.UpdateEmergencySettings(ctx, &r)
		assertInvalid(t, err, "EmergencyAddressID")
	}
	assert.Empty(t, srv.Received())
}

func TestAJobDoesNotPrintThePIN(t *testing.T) {
	const pin = "planted-pin-48151"
	srv := serve(t, vendortest.Text(`{"data":{"id":"7"}}`), vendortest.Failing(422, `{"errors":[{"code":"10015","detail":"`+pin+` is too long"}]}`))
	c := srv.client(t, vendortest.Once)
	r := &telnyx.UpdatePhoneNumbersRequest{ExternalPIN: wire.NewSecret(pin), PhoneNumbers: []string{one}}
	_, err := c.PhoneNumberJobs.Update(ctx, r)
	require.NoError(t, err)
	assert.JSONEq(t, `{"external_pin":"`+pin+`","phone_numbers":["`+one+`"]}`, srv.Received()[0].Body)
	_, err = c.PhoneNumberJobs.Update(ctx, r)
	require.ErrorIs(t, err, numbers.ErrInvalid)
	for _, v := range []any{r, err} {
		assert.NotContains(t, vendortest.Prints(v), pin)
	}
}

// Filters that Telnyx refuses, or that find nothing or everything whatever there is.
func TestAFilterOfOwnedNumbersThatMakesNoSenseIsRefused(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"data":[]}`))
	c := srv.client(t)
	for _, status := range []string{
		telnyx.NumberProvisionPending, telnyx.NumberRequirementInfoPending, telnyx.NumberRequirementInfoUnderReview, telnyx.NumberRequirementInfoException,
	} {
		_, err := c.PhoneNumbers.List(ctx, &telnyx.ListPhoneNumbersRequest{Filter: telnyx.PhoneNumbersFilter{Status: status}})
		assertInvalid(t, err, "Filter.Status")
		_, err = c.PhoneNumbers.ListSlim(ctx, &telnyx.ListSlimPhoneNumbersRequest{Filter: telnyx.SlimPhoneNumbersFilter{Status: status}})
		assertInvalid(t, err, "Filter.Status")
	}
	for _, bad := range []struct {
		field string
		f     telnyx.PhoneNumbersFilter
	}{
		{"Filter.PhoneNumber", telnyx.PhoneNumbersFilter{PhoneNumber: "+13125550101"}},
		{"Filter.PhoneNumber", telnyx.PhoneNumbersFilter{PhoneNumber: "12"}},
		{"Filter.ConnectionName", telnyx.PhoneNumbersFilter{ConnectionName: telnyx.TextFilter{Contains: "ab"}}},
		{"Filter.ConnectionName", telnyx.PhoneNumbersFilter{ConnectionName: telnyx.TextFilter{StartsWith: "é"}}},
	} {
		_, err := c.PhoneNumbers.List(ctx, &telnyx.ListPhoneNumbersRequest{Filter: bad.f})
		assertInvalid(t, err, bad.field)
	}
	for field, f := range map[string]telnyx.SlimPhoneNumbersFilter{
		"Filter.Tag": {Tag: "x"}, "Filter.ConnectionName": {ConnectionName: telnyx.TextFilter{Eq: "x"}},
	} {
		_, err := c.PhoneNumbers.ListSlim(ctx, &telnyx.ListSlimPhoneNumbersRequest{Filter: f, IncludeTags: new(false), IncludeConnection: new(false)})
		assertInvalid(t, err, field)
	}
	assert.Empty(t, srv.Received())
}
