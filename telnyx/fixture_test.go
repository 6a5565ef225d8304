package telnyx_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/roundtrip"
	"github.com/tnkit/tnkit/telnyx"
)

// payload is the type of a fixture, and how it is sent through it.
type payload struct {
	into    func() any
	options []roundtrip.Option
}

// envelope is how Telnyx wraps a single object.
type envelope[T any] struct {
	Data T `json:"data"`
}

// as is a payload that is a T.
func as[T any](opts ...roundtrip.Option) payload {
	return payload{func() any { return new(T) }, opts}
}

// in is a payload that is a T in an envelope.
func in[T any](opts ...roundtrip.Option) payload { return as[envelope[T]](opts...) }

// payloads are all fixtures that are JSON.
func payloads() map[string]payload {
	return map[string]payload{
		"number_orders.create.request.json": as[telnyx.CreateNumberOrderRequest](),
		"number_orders.create.response.json": in[telnyx.NumberOrder](roundtrip.Nullable("data.connection_id",
			"data.messaging_profile_id", "data.billing_group_id", "data.customer_reference", "data.phone_numbers.*.bundle_id")),
		"number_orders.get.response.json":    in[telnyx.NumberOrder](),
		"number_orders.update.request.json":  as[telnyx.UpdateNumberOrderRequest](),
		"number_orders.update.response.json": in[telnyx.NumberOrder](),
		"number_orders.list.response.json": as[telnyx.Page[telnyx.NumberOrder]](roundtrip.Nullable(
			"data.*.connection_id", "data.*.messaging_profile_id", "data.*.billing_group_id", "data.*.customer_reference")),
		"number_orders.last.response.json": as[telnyx.Page[telnyx.NumberOrder]](),

		"sub_number_orders.list.response.json":              as[telnyx.Page[telnyx.SubNumberOrder]](roundtrip.Nullable("data.*.customer_reference")),
		"sub_number_orders.get.response.json":               in[telnyx.SubNumberOrder](),
		"sub_number_orders.update.request.json":             as[telnyx.UpdateSubNumberOrderRequest](),
		"sub_number_orders.update.response.json":            in[telnyx.SubNumberOrder](),
		"sub_number_orders.cancel.response.json":            in[telnyx.SubNumberOrder](),
		"sub_number_orders.requirement_group.response.json": in[telnyx.SubNumberOrder](),
		"requirement_group_id.request.json":                 as[telnyx.SetRequirementGroupRequest](),
		"sub_number_orders_report.create.request.json":      as[telnyx.SubNumberOrdersReportFilters](),
		"sub_number_orders_report.create.response.json":     in[telnyx.SubNumberOrdersReport](),
		"sub_number_orders_report.get.response.json":        in[telnyx.SubNumberOrdersReport](),

		"number_order_phone_numbers.list.response.json":              as[telnyx.Page[telnyx.NumberOrderPhoneNumber]](roundtrip.Nullable("data.*.bundle_id")),
		"number_order_phone_numbers.get.response.json":               in[telnyx.NumberOrderPhoneNumber](),
		"number_order_phone_numbers.update.request.json":             as[telnyx.UpdateNumberOrderPhoneNumberRequest](),
		"number_order_phone_numbers.update.response.json":            in[telnyx.NumberOrderPhoneNumber](),
		"number_order_phone_numbers.requirement_group.response.json": in[telnyx.NumberOrderPhoneNumber](),

		"available_phone_numbers.list.response.json": as[telnyx.SearchPage[telnyx.AvailablePhoneNumber]](),
		"number_reservations.create.request.json":    as[telnyx.CreateNumberReservationRequest](),
		"number_reservations.create.response.json":   in[telnyx.NumberReservation](),
		"number_reservations.get.response.json":      in[telnyx.NumberReservation](),
		"number_reservations.list.response.json":     as[telnyx.Page[telnyx.NumberReservation]](),
		"number_reservations.extend.response.json":   in[telnyx.NumberReservation](),

		"phone_numbers.list.response.json":             as[telnyx.Page[telnyx.PhoneNumber]](),
		"phone_numbers.list_errors.response.json":      as[telnyx.Page[telnyx.PhoneNumber]](),
		"phone_numbers.list_slim.response.json":        as[telnyx.Page[telnyx.PhoneNumber]](),
		"phone_numbers.get.response.json":              in[telnyx.PhoneNumber](),
		"phone_numbers.update.request.json":            as[telnyx.UpdatePhoneNumberRequest](),
		"phone_numbers.update.response.json":           in[telnyx.PhoneNumber](),
		"phone_numbers.delete.response.json":           in[telnyx.PhoneNumber](),
		"phone_numbers.get_voice.response.json":        in[telnyx.VoiceSettings](),
		"phone_numbers.update_voice.request.json":      as[telnyx.UpdateVoiceSettingsRequest](),
		"phone_numbers.update_voice.response.json":     in[telnyx.VoiceSettings](),
		"phone_numbers.get_messaging.response.json":    in[telnyx.MessagingSettings](roundtrip.Nullable("data.messaging_profile_id")),
		"phone_numbers.update_messaging.request.json":  as[telnyx.UpdateMessagingSettingsRequest](),
		"phone_numbers.update_messaging.response.json": in[telnyx.MessagingSettings](),

		"requirement_groups.list.response.json":               as[[]telnyx.RequirementGroup](),
		"requirement_groups.create.request.json":              as[telnyx.CreateRequirementGroupRequest](),
		"requirement_groups.create.response.json":             as[telnyx.RequirementGroup](),
		"requirement_groups.get.response.json":                as[telnyx.RequirementGroup](),
		"requirement_groups.update.request.json":              as[telnyx.UpdateRequirementGroupRequest](),
		"requirement_groups.update.response.json":             as[telnyx.RequirementGroup](),
		"requirement_groups.delete.response.json":             as[telnyx.RequirementGroup](),
		"requirement_groups.submit.response.json":             as[telnyx.RequirementGroup](),
		"regulatory_requirements.list.response.json":          in[[]telnyx.RegulatoryRequirements](),
		"phone_numbers_regulatory_requirements.response.json": as[telnyx.Page[telnyx.PhoneNumberRequirements]](),
		"balance.get.response.json":                           in[telnyx.Balance](),

		"available_phone_number_blocks.list.response.json": as[telnyx.SearchPage[telnyx.AvailablePhoneNumberBlock]](),
		"number_block_orders.create.request.json":          as[telnyx.CreateNumberBlockOrderRequest](),
		"number_block_orders.create.response.json":         in[telnyx.NumberBlockOrder](),
		"number_block_orders.get.response.json":            in[telnyx.NumberBlockOrder](),
		"number_block_orders.list.response.json":           as[telnyx.Page[telnyx.NumberBlockOrder]](),
		"inexplicit_number_orders.create.request.json":     as[telnyx.CreateInexplicitNumberOrderRequest](),
		"inexplicit_number_orders.create.response.json":    in[telnyx.InexplicitNumberOrder](),
		"inexplicit_number_orders.get.response.json":       in[telnyx.InexplicitNumberOrder](),
		"inexplicit_number_orders.list.response.json":      as[telnyx.Page[telnyx.InexplicitNumberOrder]](),
		"advanced_orders.create.request.json":              as[telnyx.AdvancedOrderRequest](),
		"advanced_orders.create.response.json":             as[telnyx.AdvancedOrder](),
		"advanced_orders.get.response.json":                as[telnyx.AdvancedOrder](),
		"advanced_orders.list.response.json":               in[[]telnyx.AdvancedOrder](),
		"advanced_orders.requirement_group.response.json":  as[telnyx.AdvancedOrder](),
		"inventory_coverage.list.response.json":            as[telnyx.SearchPage[telnyx.InventoryCoverage]](),
		"country_coverage.get.response.json":               in[map[string]telnyx.CountryCoverage](),
		"country_coverage.get_country.response.json":       in[telnyx.CountryCoverage](),
		"numbers_features.request.json":                    as[telnyx.NumbersFeaturesRequest](),
		"numbers_features.response.json":                   in[[]telnyx.NumberFeatures](),
		"comments.create.request.json":                     as[telnyx.CreateCommentRequest](),
		"comments.create.response.json":                    in[telnyx.Comment](),
		"comments.get.response.json":                       in[telnyx.Comment](),
		"comments.list.response.json":                      as[telnyx.Page[telnyx.Comment]](),
		"comments.read.response.json":                      in[telnyx.Comment](),
		"webhook.number_order.complete.json":               as[telnyx.Webhook](),
		"error.response.json":                              as[telnyx.Error](),
	}
}

func TestNothingIsLostBetweenDecodeAndEncode(t *testing.T) {
	for name, p := range payloads() {
		t.Run(name, func(t *testing.T) {
			roundtrip.Check(t, fixture(t, name), p.into)
			roundtrip.Leaves(t, fixture(t, name), p.into, p.options...)
		})
	}
}

func TestEveryFixtureIsTested(t *testing.T) {
	files, err := os.ReadDir("testdata")
	require.NoError(t, err)
	var names []string
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".json") {
			names = append(names, f.Name())
		}
	}
	assert.ElementsMatch(t, names, slices.Collect(maps.Keys(payloads())))
}
