package telnyx_test

import (
	"testing"

	"github.com/tnkit/tnkit/internal/roundtrip"
	"github.com/tnkit/tnkit/internal/vendortest"
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
		"number_orders.create.request.json": vendortest.As[telnyx.CreateNumberOrderRequest](),
		"number_orders.create.response.json": in[telnyx.NumberOrder](roundtrip.Nullable("data.connection_id",
			"data.messaging_profile_id", "data.billing_group_id", "data.customer_reference", "data.phone_numbers.*.bundle_id")),
		"number_orders.get.response.json":    in[telnyx.NumberOrder](),
		"number_orders.update.request.json":  vendortest.As[telnyx.UpdateNumberOrderRequest](),
		"number_orders.update.response.json": in[telnyx.NumberOrder](),
		"number_orders.list.response.json": vendortest.As[telnyx.Page[telnyx.NumberOrder]](roundtrip.Nullable(
			"data.*.connection_id", "data.*.messaging_profile_id", "data.*.billing_group_id", "data.*.customer_reference")),
		"number_orders.last.response.json": vendortest.As[telnyx.Page[telnyx.NumberOrder]](),

		"sub_number_orders.list.response.json":              vendortest.As[telnyx.Page[telnyx.SubNumberOrder]](roundtrip.Nullable("data.*.customer_reference")),
		"sub_number_orders.get.response.json":               in[telnyx.SubNumberOrder](),
		"sub_number_orders.update.request.json":             vendortest.As[telnyx.UpdateSubNumberOrderRequest](),
		"sub_number_orders.update.response.json":            in[telnyx.SubNumberOrder](),
		"sub_number_orders.cancel.response.json":            in[telnyx.SubNumberOrder](),
		"sub_number_orders.requirement_group.response.json": in[telnyx.SubNumberOrder](),
		"requirement_group_id.request.json":                 vendortest.As[telnyx.SetRequirementGroupRequest](),
		"sub_number_orders_report.create.request.json":      vendortest.As[telnyx.SubNumberOrdersReportFilters](),
		"sub_number_orders_report.create.response.json":     in[telnyx.SubNumberOrdersReport](),
		"sub_number_orders_report.get.response.json":        in[telnyx.SubNumberOrdersReport](),

		"number_order_phone_numbers.list.response.json":              vendortest.As[telnyx.Page[telnyx.NumberOrderPhoneNumber]](roundtrip.Nullable("data.*.bundle_id")),
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

		"phone_numbers.list.response.json":             vendortest.As[telnyx.Page[telnyx.PhoneNumber]](),
		"phone_numbers.list_errors.response.json":      vendortest.As[telnyx.Page[telnyx.PhoneNumber]](),
		"phone_numbers.list_slim.response.json":        vendortest.As[telnyx.Page[telnyx.PhoneNumber]](),
		"phone_numbers.get.response.json":              in[telnyx.PhoneNumber](),
		"phone_numbers.update.request.json":            vendortest.As[telnyx.UpdatePhoneNumberRequest](),
		"phone_numbers.update.response.json":           in[telnyx.PhoneNumber](),
		"phone_numbers.delete.response.json":           in[telnyx.PhoneNumber](),
		"phone_numbers.get_voice.response.json":        in[telnyx.VoiceSettings](),
		"phone_numbers.update_voice.request.json":      vendortest.As[telnyx.UpdateVoiceSettingsRequest](),
		"phone_numbers.update_voice.response.json":     in[telnyx.VoiceSettings](),
		"phone_numbers.get_messaging.response.json":    in[telnyx.MessagingSettings](roundtrip.Nullable("data.messaging_profile_id")),
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
		"advanced_orders.create.request.json":              vendortest.As[telnyx.AdvancedOrderRequest](),
		"advanced_orders.create.response.json":             vendortest.As[telnyx.AdvancedOrder](),
		"advanced_orders.get.response.json":                vendortest.As[telnyx.AdvancedOrder](),
		"advanced_orders.list.response.json":               in[[]telnyx.AdvancedOrder](),
		"advanced_orders.requirement_group.response.json":  vendortest.As[telnyx.AdvancedOrder](),
		"inventory_coverage.list.response.json":            vendortest.As[telnyx.SearchPage[telnyx.InventoryCoverage]](),
		"country_coverage.get.response.json":               in[map[string]telnyx.CountryCoverage](),
		"country_coverage.get_country.response.json":       in[telnyx.CountryCoverage](),
		"numbers_features.request.json":                    vendortest.As[telnyx.NumbersFeaturesRequest](),
		"numbers_features.response.json":                   in[[]telnyx.NumberFeatures](),
		"comments.create.request.json":                     vendortest.As[telnyx.CreateCommentRequest](),
		"comments.create.response.json":                    in[telnyx.Comment](),
		"comments.get.response.json":                       in[telnyx.Comment](),
		"comments.list.response.json":                      vendortest.As[telnyx.Page[telnyx.Comment]](),
		"comments.read.response.json":                      in[telnyx.Comment](),
		"webhook.number_order.complete.json":               vendortest.As[telnyx.Webhook](),
		"error.response.json":                              vendortest.As[telnyx.Error](),
	}
}

func TestNothingIsLostBetweenDecodeAndEncode(t *testing.T) {
	vendortest.RoundTrips(t, payloads(), "sub_number_orders_report.download.response.csv")
}
