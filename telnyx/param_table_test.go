package telnyx_test

import (
	"context"
	"time"

	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/telnyx"
)

func numberOrderParams() []params {
	return []params{{
		full: &telnyx.ListNumberOrdersRequest{
			Page: telnyx.PageParams{Number: 3, Size: 50},
			Filter: telnyx.NumberOrdersFilter{
				Status:            telnyx.OrderPending,
				CreatedAt:         telnyx.TimeRange{GT: wire.NewTime(at), LT: wire.NewTime(at.Add(time.Hour))},
				PhoneNumbersCount: "1",
				CustomerReference: "MY REF & 001",
				RequirementsMet:   new(false),
			},
		},
		query: []string{
			"page[number]=3", "page[size]=50",
			"filter[status]=pending",
			"filter[created_at][gt]=2024-05-06T07:08:09.123456Z",
			"filter[created_at][lt]=2024-05-06T08:08:09.123456Z",
			"filter[phone_numbers_count]=1",
			"filter[customer_reference]=MY REF %26 001",
			"filter[requirements_met]=false",
		},
		answer: "number_orders.list.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.NumberOrders.List(ctx, p.(*telnyx.ListNumberOrdersRequest))
			return err
		},
	}, {
		full: &telnyx.ListSubNumberOrdersRequest{
			Page: telnyx.PageParams{Number: 3, Size: 50},
			Filter: telnyx.SubNumberOrdersFilter{
				Status: telnyx.OrderPending, OrderRequestID: orderID, CountryCode: "DE", PhoneNumberType: telnyx.TypeLocal,
				PhoneNumbersCount: new(0), IncludePhoneNumbers: new(false),
			},
		},
		query: []string{
			"page[number]=3", "page[size]=50", "filter[status]=pending", "filter[order_request_id]=" + orderID,
			"filter[country_code]=DE", "filter[phone_number_type]=local", "filter[phone_numbers_count]=0",
			"filter[include_phone_numbers]=false",
		},
		answer: "sub_number_orders.list.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.SubNumberOrders.List(ctx, p.(*telnyx.ListSubNumberOrdersRequest))
			return err
		},
	}, {
		full:   &telnyx.GetSubNumberOrderRequest{Filter: telnyx.GetSubNumberOrderFilter{IncludePhoneNumbers: new(false)}},
		query:  []string{"filter[include_phone_numbers]=false"},
		answer: "sub_number_orders.get.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.SubNumberOrders.Get(ctx, subOrderID, p.(*telnyx.GetSubNumberOrderRequest))
			return err
		},
	}, {
		full: &telnyx.ListNumberOrderPhoneNumbersRequest{
			Page:   telnyx.PageParams{Number: 3, Size: 50},
			Filter: telnyx.NumberOrderPhoneNumbersFilter{CountryCode: "DE"},
		},
		query:  []string{"page[number]=3", "page[size]=50", "filter[country_code]=DE"},
		answer: "number_order_phone_numbers.list.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.NumberOrderPhoneNumbers.List(ctx, p.(*telnyx.ListNumberOrderPhoneNumbersRequest))
			return err
		},
	}}
}

func stockParams() []params {
	return []params{{
		full: &telnyx.ListAvailablePhoneNumbersRequest{Filter: telnyx.AvailablePhoneNumbersFilter{
			PhoneNumber: telnyx.NumberPattern{StartsWith: "555", EndsWith: "01", Contains: "777"},
			Locality:    "New York", AdministrativeArea: "NY", CountryCode: "US", NationalDestinationCode: "212",
			RateCenter: "NWYRCYZN01", PhoneNumberType: telnyx.TypeLocal, Features: []string{telnyx.FeatureSMS, telnyx.FeatureVoice},
			Limit: new(10), BestEffort: new(false), Quickship: new(true), Reservable: new(false), ExcludeHeldNumbers: new(true),
		}},
		query: []string{
			"filter[phone_number][starts_with]=555", "filter[phone_number][ends_with]=01", "filter[phone_number][contains]=777",
			"filter[locality]=New York", "filter[administrative_area]=NY", "filter[country_code]=US",
			"filter[national_destination_code]=212", "filter[rate_center]=NWYRCYZN01", "filter[phone_number_type]=local",
			"filter[features][]=sms", "filter[features][]=voice", "filter[limit]=10", "filter[best_effort]=false",
			"filter[quickship]=true", "filter[reservable]=false", "filter[exclude_held_numbers]=true",
		},
		answer: "available_phone_numbers.list.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.AvailablePhoneNumbers.List(ctx, p.(*telnyx.ListAvailablePhoneNumbersRequest))
			return err
		},
	}, {
		full: &telnyx.ListAvailablePhoneNumberBlocksRequest{Filter: telnyx.AvailablePhoneNumberBlocksFilter{
			Locality: "Berlin", CountryCode: "DE", NationalDestinationCode: "30", PhoneNumberType: telnyx.TypeLocal,
		}},
		query: []string{
			"filter[locality]=Berlin", "filter[country_code]=DE", "filter[national_destination_code]=30", "filter[phone_number_type]=local",
		},
		answer: "available_phone_number_blocks.list.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.AvailablePhoneNumberBlocks.List(ctx, p.(*telnyx.ListAvailablePhoneNumberBlocksRequest))
			return err
		},
	}, {
		full: &telnyx.ListNumberReservationsRequest{
			Page: telnyx.PageParams{Number: 3, Size: 50},
			Filter: telnyx.NumberReservationsFilter{
				Status: telnyx.ReservationPending, CreatedAt: telnyx.TimeRange{GT: wire.NewTime(at), LT: wire.NewTime(at.Add(time.Hour))},
				PhoneNumber: "+13125550101", CustomerReference: "HOLD 1",
			},
		},
		query: []string{
			"page[number]=3", "page[size]=50", "filter[status]=pending",
			"filter[created_at][gt]=2024-05-06T07:08:09.123456Z", "filter[created_at][lt]=2024-05-06T08:08:09.123456Z",
			"filter[phone_numbers.phone_number]=%2B13125550101", "filter[customer_reference]=HOLD 1",
		},
		answer: "number_reservations.list.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.NumberReservations.List(ctx, p.(*telnyx.ListNumberReservationsRequest))
			return err
		},
	}, {
		full: &telnyx.ListInventoryCoverageRequest{Filter: telnyx.InventoryCoverageFilter{
			NPA: new(312), NXX: new(555), AdministrativeArea: "IL", PhoneNumberType: telnyx.TypeLocal, CountryCode: "US",
			Count: new(true), Features: []string{telnyx.FeatureSMS, telnyx.FeatureFax}, GroupBy: telnyx.GroupByNPA,
		}},
		query: []string{
			"filter[npa]=312", "filter[nxx]=555", "filter[administrative_area]=IL", "filter[phone_number_type]=local",
			"filter[country_code]=US", "filter[count]=true", "filter[features][]=sms", "filter[features][]=fax", "filter[groupBy]=npa",
		},
		answer: "inventory_coverage.list.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.InventoryCoverage.List(ctx, p.(*telnyx.ListInventoryCoverageRequest))
			return err
		},
	}}
}

// ownedFilter has every field set.
func ownedFilter() telnyx.PhoneNumbersFilter {
	return telnyx.PhoneNumbersFilter{
		Tag: "main", PhoneNumber: "13125550101", Status: telnyx.NumberActive, CountryISOAlpha2: telnyx.OneOrMore{"US", "DE"},
		ConnectionID:       "346789098765567",
		ConnectionName:     telnyx.TextFilter{Contains: "lob", StartsWith: "lobb", EndsWith: "bby", Eq: "lobby"},
		UsagePaymentMethod: "channel", BillingGroupID: "null", EmergencyAddressID: "null", CustomerReference: "MY REF 002",
		NumberType: telnyx.NumberTypeFilter{Eq: telnyx.TypeTollFree}, Source: "purchased", WithoutTags: "true",
	}
}

// slim is a filter of the slim list with the same values.
func slim(f telnyx.PhoneNumbersFilter) telnyx.SlimPhoneNumbersFilter {
	return telnyx.SlimPhoneNumbersFilter{
		Tag: f.Tag, PhoneNumber: f.PhoneNumber, Status: f.Status, CountryISOAlpha2: f.CountryISOAlpha2, ConnectionID: f.ConnectionID,
		ConnectionName: f.ConnectionName, UsagePaymentMethod: f.UsagePaymentMethod, BillingGroupID: f.BillingGroupID,
		EmergencyAddressID: f.EmergencyAddressID, CustomerReference: f.CustomerReference, NumberType: f.NumberType, Source: f.Source,
	}
}

func ownedQuery() []string {
	return []string{
		"filter[tag]=main", "filter[phone_number]=13125550101", "filter[status]=active",
		"filter[country_iso_alpha2][]=US", "filter[country_iso_alpha2][]=DE", "filter[connection_id]=346789098765567",
		"filter[voice.connection_name][contains]=lob", "filter[voice.connection_name][starts_with]=lobb",
		"filter[voice.connection_name][ends_with]=bby", "filter[voice.connection_name][eq]=lobby",
		"filter[voice.usage_payment_method]=channel", "filter[billing_group_id]=null", "filter[emergency_address_id]=null",
		"filter[customer_reference]=MY REF 002", "filter[number_type][eq]=toll_free", "filter[source]=purchased",
		"page[number]=3", "page[size]=50", "sort=purchased_at",
	}
}

func ownedParams() []params {
	list := func(ctx context.Context, c *telnyx.Client, p any) error {
		_, err := c.PhoneNumbers.ListSlim(ctx, p.(*telnyx.ListSlimPhoneNumbersRequest))
		return err
	}
	return []params{{
		full: &telnyx.ListPhoneNumbersRequest{
			Page: telnyx.PageParams{Number: 3, Size: 50}, Sort: "purchased_at", HandleMessagingProfileError: "true", Filter: ownedFilter(),
		},
		query:  append(ownedQuery(), "filter[without_tags]=true", "handle_messaging_profile_error=true"),
		answer: "phone_numbers.list_errors.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.PhoneNumbers.List(ctx, p.(*telnyx.ListPhoneNumbersRequest))
			return err
		},
	}, {
		full: &telnyx.ListSlimPhoneNumbersRequest{
			Page: telnyx.PageParams{Number: 3, Size: 50}, IncludeConnection: new(true), IncludeTags: new(true),
			Sort: "purchased_at", Filter: slim(ownedFilter()),
		},
		query:  append(ownedQuery(), "include_connection=true", "include_tags=true"),
		answer: "phone_numbers.list_slim.response.json",
		with:   map[string]string{".IncludeConnection": "Filter.ConnectionName", ".IncludeTags": "Filter.Tag"},
		send:   list,
	}}
}

func regulationParams() []params {
	return []params{{
		full: &telnyx.ListRequirementGroupsRequest{Filter: telnyx.RequirementGroupsFilter{
			CountryCode: "CH", PhoneNumberType: telnyx.TypeLocal, Action: telnyx.ActionOrdering, Status: telnyx.GroupApproved,
			CustomerReference: "SWISS",
		}},
		query: []string{
			"filter[country_code]=CH", "filter[phone_number_type]=local", "filter[action]=ordering", "filter[status]=approved",
			"filter[customer_reference]=SWISS",
		},
		answer: "requirement_groups.list.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.RequirementGroups.List(ctx, p.(*telnyx.ListRequirementGroupsRequest))
			return err
		},
	}, {
		full: &telnyx.ListRegulatoryRequirementsRequest{Filter: telnyx.RegulatoryRequirementsFilter{
			PhoneNumber: "+41215470622", RequirementGroupID: groupID, CountryCode: "CH", PhoneNumberType: telnyx.TypeLocal,
			Action: telnyx.ActionPorting,
		}},
		query: []string{
			"filter[phone_number]=%2B41215470622", "filter[requirement_group_id]=" + string(groupID), "filter[country_code]=CH",
			"filter[phone_number_type]=local", "filter[action]=porting",
		},
		answer: "regulatory_requirements.list.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.RegulatoryRequirements.List(ctx, p.(*telnyx.ListRegulatoryRequirementsRequest))
			return err
		},
	}, {
		full: &telnyx.ListCommentsRequest{Page: telnyx.PageParams{Number: 3, Size: 50}, Filter: telnyx.CommentsFilter{
			CommentRecordType: telnyx.CommentOnSubNumberOrder, CommentRecordID: string(subOrderID),
		}},
		query:  []string{"page[number]=3", "page[size]=50", "filter[comment_record_type]=sub_number_order", "filter[comment_record_id]=" + string(subOrderID)},
		answer: "comments.list.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.Comments.List(ctx, p.(*telnyx.ListCommentsRequest))
			return err
		},
	}}
}

func bulkParams() []params {
	return []params{{
		full: &telnyx.ListNumberBlockOrdersRequest{
			Page: telnyx.PageParams{Number: 3, Size: 50},
			Filter: telnyx.NumberBlockOrdersFilter{
				Status: telnyx.OrderFailure, CreatedAt: telnyx.TimeRange{GT: wire.NewTime(at), LT: wire.NewTime(at.Add(time.Hour))},
				StartingNumber: "+492111609500",
			},
		},
		query: []string{
			"page[number]=3", "page[size]=50", "filter[status]=failure",
			"filter[created_at][gt]=2024-05-06T07:08:09.123456Z", "filter[created_at][lt]=2024-05-06T08:08:09.123456Z",
			"filter[phone_numbers.starting_number]=%2B492111609500",
		},
		answer: "number_block_orders.list.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.NumberBlockOrders.List(ctx, p.(*telnyx.ListNumberBlockOrdersRequest))
			return err
		},
	}, {
		full:   &telnyx.ListInexplicitNumberOrdersRequest{Page: telnyx.FlatPageParams{Number: 3, Size: 50}},
		query:  []string{"page_number=3", "page_size=50"},
		answer: "inexplicit_number_orders.list.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.InexplicitNumberOrders.List(ctx, p.(*telnyx.ListInexplicitNumberOrdersRequest))
			return err
		},
	}}
}
