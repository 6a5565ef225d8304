package telnyx_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/roundtrip"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/telnyx"
)

// envelope is how Telnyx wraps a single object.
type envelope[T any] struct {
	Data T `json:"data"`
}

// in is a payload that is a T in an envelope.
func in[T any](opts ...roundtrip.Option) vendortest.Payload {
	return vendortest.As[envelope[T]](opts...)
}

// payloads are all fixtures that are JSON.
func payloads() map[string]vendortest.Payload {
	return map[string]vendortest.Payload{
		"number_orders.create.request.json":  vendortest.As[telnyx.CreateNumberOrderRequest](),
		"number_orders.create.response.json": in[telnyx.NumberOrder](),
		"number_orders.get.response.json":    in[telnyx.NumberOrder](),
		"number_orders.update.request.json":  vendortest.As[telnyx.UpdateNumberOrderRequest](),
		"number_orders.update.response.json": in[telnyx.NumberOrder](),
		"number_orders.list.response.json":   vendortest.As[telnyx.Page[telnyx.NumberOrder]](),
		"number_orders.last.response.json":   vendortest.As[telnyx.Page[telnyx.NumberOrder]](),

		"sub_number_orders.list.response.json":              vendortest.As[telnyx.Page[telnyx.SubNumberOrder]](),
		"sub_number_orders.get.response.json":               in[telnyx.SubNumberOrder](),
		"sub_number_orders.update.request.json":             vendortest.As[telnyx.UpdateSubNumberOrderRequest](),
		"sub_number_orders.update.response.json":            in[telnyx.SubNumberOrder](),
		"sub_number_orders.cancel.response.json":            in[telnyx.SubNumberOrder](),
		"sub_number_orders.requirement_group.response.json": in[telnyx.SubNumberOrder](),
		"requirement_group_id.request.json":                 vendortest.As[telnyx.SetRequirementGroupRequest](),
		"sub_number_orders_report.create.request.json":      vendortest.As[telnyx.SubNumberOrdersReportFilters](),
		"sub_number_orders_report.create.response.json":     in[telnyx.SubNumberOrdersReport](),
		"sub_number_orders_report.get.response.json":        in[telnyx.SubNumberOrdersReport](),

		"number_order_phone_numbers.list.response.json":              vendortest.As[telnyx.Page[telnyx.NumberOrderPhoneNumber]](),
		"number_order_phone_numbers.get.response.json":               in[telnyx.NumberOrderPhoneNumber](),
		"number_order_phone_numbers.update.request.json":             vendortest.As[telnyx.UpdateNumberOrderPhoneNumberRequest](),
		"number_order_phone_numbers.update.response.json":            in[telnyx.NumberOrderPhoneNumber](),
		"number_order_phone_numbers.requirement_group.response.json": in[telnyx.NumberOrderPhoneNumber](),

		"available_phone_numbers.list.response.json": vendortest.As[telnyx.SearchPage[telnyx.AvailablePhoneNumber]](),
		"number_reservations.create.request.json":    vendortest.As[telnyx.CreateNumberReservationRequest](),
		"number_reservations.create.response.json":   in[telnyx.NumberReservation](),
		"number_reservations.get.response.json":      in[telnyx.NumberReservation](),
		"number_reservations.list.response.json":     vendortest.As[telnyx.Page[telnyx.NumberReservation]](),
		"number_reservations.extend.response.json":   in[telnyx.NumberReservation](),

		"phone_numbers.list.response.json":        vendortest.As[telnyx.Page[telnyx.PhoneNumber]](roundtrip.Secrets("data.*.external_pin")),
		"phone_numbers.list_errors.response.json": vendortest.As[telnyx.Page[telnyx.PhoneNumber]](roundtrip.Secrets("data.*.external_pin")),
		"phone_numbers.list_slim.response.json":   vendortest.As[telnyx.Page[telnyx.PhoneNumber]](roundtrip.Secrets("data.*.external_pin")),
		"phone_numbers.get.response.json":         in[telnyx.PhoneNumber](roundtrip.Secrets("data.external_pin")),
		"phone_numbers.update.request.json": vendortest.As[telnyx.UpdatePhoneNumberRequest](roundtrip.Secrets("external_pin"),
			roundtrip.NullKept("customer_reference", "connection_id", "billing_group_id")),
		"phone_numbers.update.response.json":           in[telnyx.PhoneNumber](roundtrip.Secrets("data.external_pin")),
		"phone_numbers.delete.response.json":           in[telnyx.PhoneNumber](roundtrip.Secrets("data.external_pin")),
		"phone_numbers.get_voice.response.json":        in[telnyx.VoiceSettings](),
		"phone_numbers.update_voice.request.json":      vendortest.As[telnyx.UpdateVoiceSettingsRequest](),
		"phone_numbers.update_voice.response.json":     in[telnyx.VoiceSettings](),
		"phone_numbers.get_messaging.response.json":    in[telnyx.MessagingSettings](),
		"phone_numbers.update_messaging.request.json":  vendortest.As[telnyx.UpdateMessagingSettingsRequest](),
		"phone_numbers.update_messaging.response.json": in[telnyx.MessagingSettings](),

		"requirement_groups.list.response.json":               vendortest.As[[]telnyx.RequirementGroup](),
		"requirement_groups.create.request.json":              vendortest.As[telnyx.CreateRequirementGroupRequest](),
		"requirement_groups.create.response.json":             vendortest.As[telnyx.RequirementGroup](),
		"requirement_groups.get.response.json":                vendortest.As[telnyx.RequirementGroup](),
		"requirement_groups.update.request.json":              vendortest.As[telnyx.UpdateRequirementGroupRequest](),
		"requirement_groups.update.response.json":             vendortest.As[telnyx.RequirementGroup](),
		"requirement_groups.delete.response.json":             vendortest.As[telnyx.RequirementGroup](),
		"requirement_groups.submit.response.json":             vendortest.As[telnyx.RequirementGroup](),
		"regulatory_requirements.list.response.json":          in[[]telnyx.RegulatoryRequirements](),
		"phone_numbers_regulatory_requirements.response.json": vendortest.As[telnyx.Page[telnyx.PhoneNumberRequirements]](),
		"balance.get.response.json":                           in[telnyx.Balance](),

		"available_phone_number_blocks.list.response.json": vendortest.As[telnyx.SearchPage[telnyx.AvailablePhoneNumberBlock]](),
		"number_block_orders.create.request.json":          vendortest.As[telnyx.CreateNumberBlockOrderRequest](),
		"number_block_orders.create.response.json":         in[telnyx.NumberBlockOrder](),
		"number_block_orders.get.response.json":            in[telnyx.NumberBlockOrder](),
		"number_block_orders.list.response.json":           vendortest.As[telnyx.Page[telnyx.NumberBlockOrder]](),
		"inexplicit_number_orders.create.request.json":     vendortest.As[telnyx.CreateInexplicitNumberOrderRequest](),
		"inexplicit_number_orders.create.response.json":    in[telnyx.InexplicitNumberOrder](),
		"inexplicit_number_orders.get.response.json":       in[telnyx.InexplicitNumberOrder](),
		"inexplicit_number_orders.list.response.json":      vendortest.As[telnyx.Page[telnyx.InexplicitNumberOrder]](),
		"advanced_orders.create.request.json":              vendortest.As[telnyx.CreateAdvancedOrderRequest](),
		"advanced_orders.create.response.json":             vendortest.As[telnyx.AdvancedOrder](),
		"advanced_orders.get.response.json":                vendortest.As[telnyx.AdvancedOrder](),
		"advanced_orders.list.response.json":               in[[]telnyx.AdvancedOrder](),
		"advanced_orders.requirement_group.response.json":  vendortest.As[telnyx.AdvancedOrder](),
		"inventory_coverage.list.response.json":            vendortest.As[telnyx.SearchPage[telnyx.InventoryCoverage]](),
		"country_coverage.get.response.json":               in[map[string]telnyx.CountryCoverage](),
		"country_coverage.get_country.response.json":       in[telnyx.CountryCoverage](),
		"numbers_features.request.json":                    vendortest.As[telnyx.GetNumbersFeaturesRequest](),
		"numbers_features.response.json":                   in[[]telnyx.NumberFeatures](),
		"comments.create.request.json":                     vendortest.As[telnyx.CreateCommentRequest](),
		"comments.create.response.json":                    in[telnyx.Comment](),
		"comments.get.response.json":                       in[telnyx.Comment](),
		"comments.list.response.json":                      vendortest.As[telnyx.Page[telnyx.Comment]](),
		"comments.read.response.json":                      in[telnyx.Comment](),
		"addresses.list.response.json":                     vendortest.As[telnyx.Page[telnyx.Address]](),
		"addresses.create.request.json":                    vendortest.As[telnyx.CreateAddressRequest](),
		"addresses.create.response.json":                   in[telnyx.Address](),
		"addresses.get.response.json":                      in[telnyx.Address](),
		"addresses.delete.response.json":                   in[telnyx.Address](),
		"addresses.validate.request.json":                  vendortest.As[telnyx.ValidateAddressRequest](),
		"addresses.validate.response.json":                 in[telnyx.AddressValidation](),
		"addresses.accept_suggestions.request.json":        vendortest.As[telnyx.AcceptAddressSuggestionsRequest](),
		"addresses.accept_suggestions.response.json":       in[telnyx.AddressSuggestion](),
		"documents.list.response.json":                     vendortest.As[telnyx.Page[telnyx.Document]](),
		"documents.upload.response.json":                   in[telnyx.Document](),
		"documents.upload_json.request.json":               vendortest.As[telnyx.UploadDocumentJSONRequest](),
		"documents.upload_json.file.request.json":          vendortest.As[telnyx.UploadDocumentJSONRequest](roundtrip.Exempt("file", "other changes are not base64, and an empty file is not sent")),
		"documents.upload_json.response.json":              in[telnyx.Document](),
		"documents.get.response.json":                      in[telnyx.Document](),
		"documents.update.request.json":                    vendortest.As[telnyx.UpdateDocumentRequest](),
		"documents.update.response.json":                   in[telnyx.Document](),
		"documents.delete.response.json":                   in[telnyx.Document](),
		"documents.download_link.response.json":            in[telnyx.DocumentLink](roundtrip.Secrets("data.url")),
		"requirements.list.response.json":                  vendortest.As[telnyx.Page[telnyx.Requirement]](roundtrip.NullKept("data.*.effective_end_at", "data.*.effective_start_at")),
		"requirements.get.response.json":                   in[telnyx.Requirement](roundtrip.NullKept("data.effective_end_at", "data.effective_start_at")),
		"requirement_types.list.response.json":             vendortest.As[telnyx.Page[telnyx.RequirementType]](),
		"requirement_types.get.response.json":              in[telnyx.RequirementType](),
		"phone_number_jobs.list.response.json":             vendortest.As[telnyx.Page[telnyx.PhoneNumberJob]](),
		"phone_number_jobs.get.response.json":              in[telnyx.PhoneNumberJob](),
		"phone_number_jobs.update.request.json":            vendortest.As[telnyx.UpdatePhoneNumbersRequest](roundtrip.Secrets("external_pin")),
		"phone_number_jobs.update_all.request.json":        vendortest.As[telnyx.UpdatePhoneNumbersRequest](),
		"phone_number_jobs.update.response.json":           in[telnyx.PhoneNumberJob](),
		"phone_number_jobs.delete.request.json":            vendortest.As[telnyx.DeletePhoneNumbersRequest](),
		"phone_number_jobs.delete.response.json":           in[telnyx.PhoneNumberJob](),
		"phone_number_jobs.emergency.request.json":         vendortest.As[telnyx.UpdateEmergencySettingsRequest](roundtrip.NullKept("emergency_address_id")),
		"phone_number_jobs.emergency_off.request.json":     vendortest.As[telnyx.UpdateEmergencySettingsRequest](roundtrip.NullKept("emergency_address_id")),
		"phone_number_jobs.emergency.response.json":        in[telnyx.PhoneNumberJob](),
		"phone_numbers.clear.request.json":                 vendortest.As[telnyx.UpdatePhoneNumberRequest](roundtrip.NullKept("customer_reference", "connection_id", "billing_group_id")),

		"webhook.number_order.complete.json": vendortest.As[telnyx.Webhook](),
		"error.response.json":                vendortest.As[telnyx.Error](),
	}
}

func TestNothingIsLostBetweenDecodeAndEncode(t *testing.T) {
	vendortest.RoundTrips(t, vendortest.Every(payloads(),
		roundtrip.NotNull("an object can't do without what identifies it", "data", "**.id", "**.phone_number", "**.event_type", "data.*.features.*.name",
			"data.United States", "data.Freedonia", "data.result"),
	), "sub_number_orders_report.download.response.csv", "documents.download.response.pdf")
}

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

func TestMetaKeepsItsCountsAsTheyAreWritten(t *testing.T) {
	var m telnyx.Meta
	require.NoError(t, json.Unmarshal([]byte(`{"page_number":2,"page_size":"25","total_pages":null,"total_results":0}`), &m))
	assert.Equal(t, telnyx.Meta{PageNumber: wire.NewCount(2), PageSize: m.PageSize, TotalResults: wire.NewCount(0)}, m)
	assert.Equal(t, "25", m.PageSize.Literal())
	m.TotalPages = wire.NewCount(7)
	data, err := json.Marshal(m)
	require.NoError(t, err)
	assert.JSONEq(t, `{"page_number":2,"page_size":"25","total_pages":7,"total_results":0}`, string(data))

	for _, bad := range []string{`[]`, `"2"`, `{"page_number":"two"}`, `{"total_pages":{}}`, `{"total_results":"\""}`} {
		assert.Error(t, json.Unmarshal([]byte(bad), new(telnyx.Meta)), bad)
	}
}

func TestACountryUnderItsName(t *testing.T) {
	const answer = `{"data":{"Germany":{"code":"DE","numbers":true,"features":["voice"],"local":{"features":[],"reservable":true},"mobile":{},"region":null}}}`
	roundtrip.Leaves(t, []byte(answer), in[telnyx.CountryCoverage]().Into, roundtrip.NotNull("they hold the country", "data", "data.Germany"))

	srv := serve(t, vendortest.Text(answer))
	de, err := srv.client(t).CountryCoverage.GetCountry(ctx, "DE")
	require.NoError(t, err)
	assert.Equal(t, "DE", *de.Code)
	assert.True(t, *de.Local.Reservable)

	srv = serve(t, vendortest.Text(`{"data":{"Germany":{"numbers":true}}}`))
	_, err = srv.client(t).CountryCoverage.GetCountry(ctx, "DE")
	require.ErrorIs(t, err, numbers.ErrVendor)
}

func TestTextOrListIsWrittenAsItWasRead(t *testing.T) {
	for text, want := range map[string]telnyx.TextOrList{
		`null`:      {},
		`""`:        telnyx.NewText(""),
		`"a"`:       telnyx.NewText("a"),
		`[]`:        telnyx.NewTextList(),
		`["a"]`:     telnyx.NewTextList("a"),
		`["a","b"]`: telnyx.NewTextList("a", "b"),
	} {
		got := telnyx.NewText("before")
		require.NoError(t, json.Unmarshal([]byte(text), &got), text)
		assert.Equal(t, want, got, text)
		assert.Equal(t, text, vendortest.Encode(t, got))
		assert.Equal(t, text == "null", got.IsZero(), text)
	}
	assert.Equal(t, "a", telnyx.NewTextList("a", "b").First())
	assert.Equal(t, "a", telnyx.NewText("a").First())
	assert.Empty(t, telnyx.TextOrList{}.First())
	assert.Equal(t, []string{"a"}, telnyx.NewText("a").Values())
	for _, text := range []string{`1`, `{}`, `[1]`, `true`} {
		assert.Error(t, json.Unmarshal([]byte(text), new(telnyx.TextOrList)), text)
	}
}
