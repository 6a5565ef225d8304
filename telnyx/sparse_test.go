package telnyx_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/roundtrip"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/telnyx"
)

// Telnyx's description requires few fields of its answers, and many of its
// examples leave some out. What was left out is not made up: no "", no 0.
func TestWhatAnAnswerLeavesOutStaysOut(t *testing.T) {
	for name, c := range map[string]struct {
		vendortest.Payload
		json string
	}{
		"an order":                    {in[telnyx.NumberOrder](), `{"data":{"id":"7b4f"}}`},
		"an order's number":           {in[telnyx.NumberOrder](), `{"data":{"id":"7b4f","phone_numbers":[{"phone_number":"+13125550101"}]}}`},
		"an order without numbers":    {in[telnyx.NumberOrder](), `{"data":{"id":"7b4f","phone_numbers":[],"sub_number_orders_ids":[],"phone_numbers_count":0,"status":""}}`},
		"a sub order":                 {in[telnyx.SubNumberOrder](), `{"data":{"id":"7b4f"}}`},
		"a sub order's number":        {in[telnyx.SubNumberOrder](), `{"data":{"id":"7b4f","phone_numbers":[{"phone_number":"+13125550101","bundle_id":null,"regulatory_requirements":[{"requirement_id":"2708"}]}]}}`},
		"a number in orders":          {in[telnyx.NumberOrderPhoneNumber](), `{"data":{"id":"7b4f","phone_number":"+13125550101","deadline":"024-05-31T11:14:00+00:00"}}`},
		"a reservation":               {in[telnyx.NumberReservation](), `{"data":{"id":"7b4f","phone_numbers":[{"phone_number":"+13125550101"}]}}`},
		"a block order":               {in[telnyx.NumberBlockOrder](), `{"data":{"id":"7b4f"}}`},
		"an owned number":             {in[telnyx.PhoneNumber](), `{"data":{"id":"12","phone_number":"+13125550101","tags":[]}}`},
		"voice settings":              {in[telnyx.VoiceSettings](), `{"data":{"id":"12","call_forwarding":{},"cnam_listing":{},"emergency":{},"media_features":{},"call_recording":{}}}`},
		"messaging settings":          {in[telnyx.MessagingSettings](), `{"data":{"id":"12","features":{"sms":{},"mms":null},"health":{}}}`},
		"a report":                    {in[telnyx.SubNumberOrdersReport](), `{"data":{"id":"7b4f"}}`},
		"a requirement group":         {vendortest.As[telnyx.RequirementGroup](), `{"id":"7b4f","regulatory_requirements":[]}`},
		"requirements":                {in[[]telnyx.RegulatoryRequirements](), `{"data":[{},{"regulatory_requirements":[{"acceptance_criteria":{}}]}]}`},
		"requirements of numbers":     {in[[]telnyx.PhoneNumberRequirements](), `{"data":[{"phone_number":"+41215550101","region_information":[],"regulatory_requirements":[{}]}]}`},
		"a found number":              {vendortest.As[telnyx.SearchPage[telnyx.AvailablePhoneNumber]](), `{"data":[{"phone_number":"+13125550101","features":[],"region_information":[{}],"cost_information":{}}],"meta":{"total_results":1}}`},
		"a found block":               {vendortest.As[telnyx.SearchPage[telnyx.AvailablePhoneNumberBlock]](), `{"data":[{}],"meta":{}}`},
		"an advanced order":           {vendortest.As[telnyx.AdvancedOrder](), `{"id":"7b4f","features":[],"orders":[]}`},
		"an inexplicit order":         {in[telnyx.InexplicitNumberOrder](), `{"data":{"id":"7b4f","ordering_groups":[{},{"orders":[{}]}]}}`},
		"a comment":                   {in[telnyx.Comment](), `{"data":{"id":"7b4f"}}`},
		"a country":                   {in[telnyx.CountryCoverage](), `{"data":{"local":{},"mobile":{},"region":null,"phone_number_type":[]}}`},
		"inventory":                   {vendortest.As[telnyx.SearchPage[telnyx.InventoryCoverage]](), `{"data":[{}],"meta":{}}`},
		"features":                    {in[[]telnyx.NumberFeatures](), `{"data":[{"phone_number":"+13125550101","features":[]}]}`},
		"a balance":                   {in[telnyx.Balance](), `{"data":{"record_type":"balance"}}`},
		"an event":                    {vendortest.As[telnyx.Webhook](), `{"data":{"event_type":"x","id":"e","payload":{}},"meta":{}}`},
		"a page that does not count":  {vendortest.As[telnyx.Page[telnyx.NumberOrder]](), `{"data":[]}`},
		"a page that counts a little": {vendortest.As[telnyx.Page[telnyx.NumberOrder]](), `{"data":[],"meta":{"total_results":0}}`},
		"a page that counts in texts": {vendortest.As[telnyx.Page[telnyx.NumberOrder]](), `{"data":[],"meta":{"page_number":"1","page_size":"20","total_pages":"5","total_results":"100"}}`},
		"a page with an empty meta":   {vendortest.As[telnyx.Page[telnyx.NumberOrder]](), `{"data":[],"meta":{}}`},
	} {
		t.Run(name, func(t *testing.T) {
			roundtrip.Check(t, []byte(c.json), c.Into)
		})
	}
}

func TestMetaReadsWholeNumbersOnly(t *testing.T) {
	var m telnyx.Meta
	require.NoError(t, json.Unmarshal([]byte(`{"page_number":2,"page_size":"25","total_pages":null,"total_results":0}`), &m))
	assert.Equal(t, []int{2, 25, 0, 0}, []int{m.PageNumber, m.PageSize, m.TotalPages, m.TotalResults})
	m.TotalPages = 7 // a count that is set is written, whatever was read
	data, err := json.Marshal(m)
	require.NoError(t, err)
	assert.JSONEq(t, `{"page_number":2,"page_size":"25","total_pages":7,"total_results":0}`, string(data))

	for _, bad := range []string{`[]`, `"2"`, `{"page_number":"two"}`, `{"page_size":1.5}`, `{"total_pages":{}}`, `{"total_results":"\""}`, `{"total_results":"99999999999999999999"}`} {
		assert.Error(t, json.Unmarshal([]byte(bad), new(telnyx.Meta)), bad)
	}
}

func TestACountryUnderItsName(t *testing.T) {
	const answer = `{"data":{"Germany":{"code":"DE","numbers":true,"features":["voice"],"local":{"features":[],"reservable":true},"mobile":{},"region":null}}}`
	roundtrip.Leaves(t, []byte(answer), in[telnyx.CountryCoverage]().Into)

	srv := serve(t, vendortest.Text(answer))
	de, err := srv.client(t).CountryCoverage.GetCountry(ctx, "DE")
	require.NoError(t, err)
	assert.Equal(t, "DE", *de.Code)
	assert.True(t, *de.Local.Reservable)

	srv = serve(t, vendortest.Text(`{"data":{"Germany":{"numbers":true}}}`))
	_, err = srv.client(t).CountryCoverage.GetCountry(ctx, "DE")
	require.ErrorIs(t, err, numbers.ErrVendor)
}
