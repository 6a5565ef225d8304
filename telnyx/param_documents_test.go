package telnyx_test

import (
	"context"
	"time"

	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/telnyx"
)

func documentParams() []params {
	return []params{{
		full: &telnyx.ListAddressesRequest{
			Page: telnyx.PageParams{Number: 3, Size: 50}, Sort: "-street_address",
			Filter: telnyx.AddressesFilter{
				AddressBook: telnyx.EqualFilter{Eq: "false"}, CustomerReference: telnyx.ReferenceFilter{Contains: "FICE", Eq: "OFFICE 7"},
				StreetAddress: telnyx.ContainsFilter{Contains: "straße"}, UsedAsEmergency: "true",
			},
		},
		query: []string{
			"page[number]=3", "page[size]=50", "sort=-street_address", "filter[address_book][eq]=false",
			"filter[customer_reference][contains]=FICE", "filter[customer_reference][eq]=OFFICE 7",
			"filter[street_address][contains]=straße", "filter[used_as_emergency]=true",
		},
		answer: "addresses.list.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.Addresses.List(ctx, p.(*telnyx.ListAddressesRequest))
			return err
		},
	}, {
		full: &telnyx.ListDocumentsRequest{
			Page: telnyx.PageParams{Number: 3, Size: 50}, Sort: []string{"filename", "-created_at"},
			Filter: telnyx.DocumentsFilter{
				CreatedAt:         telnyx.TimeRange{GT: wire.NewTime(at), LT: wire.NewTime(at.Add(time.Hour))},
				CustomerReference: telnyx.ReferencesFilter{Eq: "OFFICE 7", In: []string{"a", "b,c"}}, Filename: telnyx.ContainsFilter{Contains: "pdf"},
			},
		},
		query: []string{
			"page[number]=3", "page[size]=50", "sort[]=filename", "sort[]=-created_at",
			"filter[created_at][gt]=2024-05-06T07:08:09.123456Z", "filter[created_at][lt]=2024-05-06T08:08:09.123456Z",
			"filter[customer_reference][eq]=OFFICE 7", "filter[customer_reference][in][]=a", "filter[customer_reference][in][]=b,c",
			"filter[filename][contains]=pdf",
		},
		answer: "documents.list.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.Documents.List(ctx, p.(*telnyx.ListDocumentsRequest))
			return err
		},
	}, {
		full: &telnyx.ListRequirementsRequest{
			Page: telnyx.PageParams{Number: 3, Size: 50}, Sort: []string{"-country_code", "created_at"}, Version: new(0),
			Filter: telnyx.RequirementsFilter{Action: telnyx.ActionOrdering, CountryCode: "DE", PhoneNumberType: telnyx.TypeLocal},
		},
		query: []string{
			"page[number]=3", "page[size]=50", "sort[]=-country_code", "sort[]=created_at", "version=0",
			"filter[action]=ordering", "filter[country_code]=DE", "filter[phone_number_type]=local",
		},
		answer: "requirements.list.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.Requirements.List(ctx, p.(*telnyx.ListRequirementsRequest))
			return err
		},
	}, {
		full:   &telnyx.GetRequirementRequest{Version: new(2)},
		query:  []string{"version=2"},
		answer: "requirements.get.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.Requirements.Get(ctx, "6a09cdc3", p.(*telnyx.GetRequirementRequest))
			return err
		},
	}, {
		full: &telnyx.ListRequirementTypesRequest{
			Page: telnyx.PageParams{Number: 3, Size: 50}, Sort: []string{"name"},
			Filter: telnyx.RequirementTypesFilter{Name: telnyx.ContainsFilter{Contains: "register"}},
		},
		query:  []string{"page[number]=3", "page[size]=50", "sort[]=name", "filter[name][contains]=register"},
		answer: "requirement_types.list.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.RequirementTypes.List(ctx, p.(*telnyx.ListRequirementTypesRequest))
			return err
		},
	}}
}

func jobParams() []params {
	return []params{{
		full: &telnyx.ListPhoneNumberJobsRequest{
			Page: telnyx.PageParams{Number: 3, Size: 50}, Sort: "created_at",
			Filter: telnyx.PhoneNumberJobsFilter{Type: telnyx.JobDeletePhoneNumbers},
		},
		query:  []string{"page[number]=3", "page[size]=50", "sort=created_at", "filter[type]=delete_phone_numbers"},
		answer: "phone_number_jobs.list.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			_, err := c.PhoneNumberJobs.List(ctx, p.(*telnyx.ListPhoneNumberJobsRequest))
			return err
		},
	}, {
		full: &telnyx.JobFilter{
			BillingGroupID: "null", ConnectionID: "346789098765567", CustomerReference: "MY REF 002", EmergencyAddressID: "null", HasBundle: "true",
			PhoneNumber: "13125550101", Status: telnyx.NumberActive, Tag: "main",
			ConnectionName:     telnyx.TextFilter{Contains: "lob", StartsWith: "lobb", EndsWith: "bby", Eq: "lobby"},
			UsagePaymentMethod: "channel",
		},
		query: []string{
			"filter[billing_group_id]=null", "filter[connection_id]=346789098765567", "filter[customer_reference]=MY REF 002",
			"filter[emergency_address_id]=null", "filter[has_bundle]=true", "filter[phone_number]=13125550101", "filter[status]=active",
			"filter[tag]=main", "filter[voice.connection_name][contains]=lob", "filter[voice.connection_name][starts_with]=lobb",
			"filter[voice.connection_name][ends_with]=bby", "filter[voice.connection_name][eq]=lobby", "filter[voice.usage_payment_method]=channel",
		},
		answer: "phone_number_jobs.update.response.json",
		send: func(ctx context.Context, c *telnyx.Client, p any) error {
			r := &telnyx.UpdatePhoneNumbersRequest{HDVoiceEnabled: new(true)}
			if f := p.(*telnyx.JobFilter); f != nil && *f != (telnyx.JobFilter{}) {
				r.Filter = *f
			} else {
				r.PhoneNumbers = []string{one}
			}
			_, err := c.PhoneNumberJobs.Update(ctx, r)
			return err
		},
	}}
}
