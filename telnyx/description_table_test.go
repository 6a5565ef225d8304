package telnyx_test

import (
	"reflect"

	"github.com/tnkit/tnkit/telnyx"
)

// object is an operation whose answer is an object with data; T is its type.
func object[T any](op string, query, body any) description {
	return description{op: op, query: typeOrNil(query), body: typeOrNil(body), answer: reflect.TypeFor[T]()}
}

// rows is an operation whose answer is a list with data and meta; T is the type of its rows.
func rows[T any](op string, query any) description {
	return description{op: op, query: typeOrNil(query), answer: reflect.TypeFor[T](), listed: true}
}

// plain is an operation whose answer has no envelope.
func plain[T any](op string, query, body any) description {
	return description{op: op, query: typeOrNil(query), body: typeOrNil(body), answer: reflect.TypeFor[T](), bare: true}
}

func typeOrNil(v any) reflect.Type {
	if v == nil {
		return nil
	}
	return reflect.TypeOf(v)
}

// regulatedDescriptions are the operations of regulated.tsv.
func regulatedDescriptions() []description {
	return []description{
		rows[telnyx.Address]("GET /addresses", telnyx.ListAddressesRequest{}),
		object[telnyx.Address]("POST /addresses", nil, telnyx.CreateAddressRequest{}),
		object[telnyx.AddressValidation]("POST /addresses/actions/validate", nil, telnyx.ValidateAddressRequest{}),
		object[telnyx.Address]("DELETE /addresses/{id}", nil, nil),
		object[telnyx.Address]("GET /addresses/{id}", nil, nil),
		object[telnyx.AddressSuggestion]("POST /addresses/{id}/actions/accept_suggestions", nil, telnyx.AcceptAddressSuggestionsRequest{}),
		rows[telnyx.Document]("GET /documents", telnyx.ListDocumentsRequest{}),
		object[telnyx.Document]("POST /documents", nil, telnyx.UploadDocumentJSONRequest{}),
		object[telnyx.Document]("DELETE /documents/{id}", nil, nil),
		object[telnyx.Document]("GET /documents/{id}", nil, nil),
		object[telnyx.Document]("PATCH /documents/{id}", nil, telnyx.UpdateDocumentRequest{}),
		{op: "GET /documents/{id}/download"},
		object[telnyx.DocumentLink]("GET /documents/{id}/download_link", nil, nil),
		rows[telnyx.PhoneNumberJob]("GET /phone_numbers/jobs", telnyx.ListPhoneNumberJobsRequest{}),
		object[telnyx.PhoneNumberJob]("POST /phone_numbers/jobs/delete_phone_numbers", nil, telnyx.DeletePhoneNumbersRequest{}),
		object[telnyx.PhoneNumberJob]("POST /phone_numbers/jobs/update_emergency_settings", nil, telnyx.UpdateEmergencySettingsRequest{}),
		object[telnyx.PhoneNumberJob]("POST /phone_numbers/jobs/update_phone_numbers", telnyx.UpdatePhoneNumbersRequest{}, telnyx.UpdatePhoneNumbersRequest{}),
		object[telnyx.PhoneNumberJob]("GET /phone_numbers/jobs/{id}", nil, nil),
		rows[telnyx.RequirementType]("GET /requirement_types", telnyx.ListRequirementTypesRequest{}),
		object[telnyx.RequirementType]("GET /requirement_types/{id}", nil, nil),
		rows[telnyx.Requirement]("GET /requirements", telnyx.ListRequirementsRequest{}),
		object[telnyx.Requirement]("GET /requirements/{id}", telnyx.GetRequirementRequest{}, nil),
	}
}

// orderDescriptions are the operations of orders.tsv.
func orderDescriptions() []description {
	return []description{
		object[telnyx.NumberOrder]("POST /number_orders", nil, telnyx.CreateNumberOrderRequest{}),
		rows[telnyx.NumberOrder]("GET /number_orders", telnyx.ListNumberOrdersRequest{}),
		object[telnyx.NumberOrder]("GET /number_orders/{id}", nil, nil),
		object[telnyx.NumberOrder]("PATCH /number_orders/{id}", nil, telnyx.UpdateNumberOrderRequest{}),
		rows[telnyx.SubNumberOrder]("GET /sub_number_orders", telnyx.ListSubNumberOrdersRequest{}),
		object[telnyx.SubNumberOrder]("GET /sub_number_orders/{id}", telnyx.GetSubNumberOrderRequest{}, nil),
		object[telnyx.SubNumberOrder]("PATCH /sub_number_orders/{id}", nil, telnyx.UpdateSubNumberOrderRequest{}),
		object[telnyx.SubNumberOrder]("PATCH /sub_number_orders/{id}/cancel", nil, nil),
		object[telnyx.SubNumberOrder]("POST /sub_number_orders/{id}/requirement_group", nil, telnyx.SetRequirementGroupRequest{}),
		object[telnyx.SubNumberOrdersReport]("POST /sub_number_orders_report", nil, telnyx.SubNumberOrdersReportFilters{}),
		object[telnyx.SubNumberOrdersReport]("GET /sub_number_orders_report/{id}", nil, nil),
		{op: "GET /sub_number_orders_report/{id}/download"},
		rows[telnyx.NumberOrderPhoneNumber]("GET /number_order_phone_numbers", telnyx.ListNumberOrderPhoneNumbersRequest{}),
		object[telnyx.NumberOrderPhoneNumber]("GET /number_order_phone_numbers/{id}", nil, nil),
		object[telnyx.NumberOrderPhoneNumber]("PATCH /number_order_phone_numbers/{id}", nil, telnyx.UpdateNumberOrderPhoneNumberRequest{}),
		object[telnyx.NumberOrderPhoneNumber]("POST /number_order_phone_numbers/{id}/requirement_group", nil, telnyx.SetRequirementGroupRequest{}),
		rows[telnyx.AvailablePhoneNumber]("GET /available_phone_numbers", telnyx.ListAvailablePhoneNumbersRequest{}),
		rows[telnyx.AvailablePhoneNumberBlock]("GET /available_phone_number_blocks", telnyx.ListAvailablePhoneNumberBlocksRequest{}),
		object[telnyx.NumberReservation]("POST /number_reservations", nil, telnyx.CreateNumberReservationRequest{}),
		rows[telnyx.NumberReservation]("GET /number_reservations", telnyx.ListNumberReservationsRequest{}),
		object[telnyx.NumberReservation]("GET /number_reservations/{id}", nil, nil),
		object[telnyx.NumberReservation]("POST /number_reservations/{id}/actions/extend", nil, nil),
		rows[telnyx.PhoneNumber]("GET /phone_numbers", telnyx.ListPhoneNumbersRequest{}),
		rows[telnyx.PhoneNumber]("GET /phone_numbers/slim", telnyx.ListSlimPhoneNumbersRequest{}),
		object[telnyx.PhoneNumber]("GET /phone_numbers/{id}", nil, nil),
		object[telnyx.PhoneNumber]("PATCH /phone_numbers/{id}", nil, telnyx.UpdatePhoneNumberRequest{}),
		object[telnyx.PhoneNumber]("DELETE /phone_numbers/{id}", nil, nil),
		object[telnyx.VoiceSettings]("GET /phone_numbers/{id}/voice", nil, nil),
		object[telnyx.VoiceSettings]("PATCH /phone_numbers/{id}/voice", nil, telnyx.UpdateVoiceSettingsRequest{}),
		object[telnyx.MessagingSettings]("GET /phone_numbers/{id}/messaging", nil, nil),
		object[telnyx.MessagingSettings]("PATCH /phone_numbers/{id}/messaging", nil, telnyx.UpdateMessagingSettingsRequest{}),
		rows[telnyx.InventoryCoverage]("GET /inventory_coverage", telnyx.ListInventoryCoverageRequest{}),
		object[telnyx.CountryCoverage]("GET /country_coverage", nil, nil),
		object[telnyx.CountryCoverage]("GET /country_coverage/countries/{code}", nil, nil),
		rows[telnyx.NumberFeatures]("POST /numbers_features", nil),
		object[telnyx.NumberBlockOrder]("POST /number_block_orders", nil, telnyx.CreateNumberBlockOrderRequest{}),
		rows[telnyx.NumberBlockOrder]("GET /number_block_orders", telnyx.ListNumberBlockOrdersRequest{}),
		object[telnyx.NumberBlockOrder]("GET /number_block_orders/{id}", nil, nil),
		object[telnyx.InexplicitNumberOrder]("POST /inexplicit_number_orders", nil, telnyx.CreateInexplicitNumberOrderRequest{}),
		rows[telnyx.InexplicitNumberOrder]("GET /inexplicit_number_orders", telnyx.ListInexplicitNumberOrdersRequest{}),
		object[telnyx.InexplicitNumberOrder]("GET /inexplicit_number_orders/{id}", nil, nil),
		plain[telnyx.AdvancedOrder]("POST /advanced_orders", nil, telnyx.CreateAdvancedOrderRequest{}),
		rows[telnyx.AdvancedOrder]("GET /advanced_orders", nil),
		plain[telnyx.AdvancedOrder]("GET /advanced_orders/{id}", nil, nil),
		plain[telnyx.AdvancedOrder]("PATCH /advanced_orders/{id}/requirement_group", nil, telnyx.CreateAdvancedOrderRequest{}),
		plain[telnyx.RequirementGroup]("GET /requirement_groups", telnyx.ListRequirementGroupsRequest{}, nil),
		plain[telnyx.RequirementGroup]("POST /requirement_groups", nil, telnyx.CreateRequirementGroupRequest{}),
		plain[telnyx.RequirementGroup]("GET /requirement_groups/{id}", nil, nil),
		plain[telnyx.RequirementGroup]("PATCH /requirement_groups/{id}", nil, telnyx.UpdateRequirementGroupRequest{}),
		plain[telnyx.RequirementGroup]("DELETE /requirement_groups/{id}", nil, nil),
		plain[telnyx.RequirementGroup]("POST /requirement_groups/{id}/submit_for_approval", nil, nil),
		rows[telnyx.RegulatoryRequirements]("GET /regulatory_requirements", telnyx.ListRegulatoryRequirementsRequest{}),
		rows[telnyx.PhoneNumberRequirements]("GET /phone_numbers_regulatory_requirements", nil),
		rows[telnyx.Comment]("GET /comments", telnyx.ListCommentsRequest{}),
		object[telnyx.Comment]("POST /comments", nil, telnyx.CreateCommentRequest{}),
		object[telnyx.Comment]("GET /comments/{id}", nil, nil),
		object[telnyx.Comment]("PATCH /comments/{id}/read", nil, nil),
		object[telnyx.Balance]("GET /balance", nil, nil),
	}
}
