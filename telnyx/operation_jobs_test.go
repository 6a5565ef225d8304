package telnyx_test

import (
	"context"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/telnyx"
)

func phoneNumberJobOperations() []operation {
	const id, path = telnyx.PhoneNumberJobID("3f6f1c5e-9a0b-4c1d-8e2f-3a4b5c6d7e8f"), "/phone_numbers/jobs"
	return []operation{
		{
			Name: "PhoneNumberJobs.List", Request: "GET " + path, Answer: "phone_number_jobs.list.response.json", Result: vendortest.Nth(0),
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.PhoneNumberJobs.List(ctx, nil) },
		},
		{
			Name: "PhoneNumberJobs.All", Op: "PhoneNumberJobs.List", Request: "GET " + path + "?page%5Bnumber%5D=1&page%5Bsize%5D=250",
			Answer: "phone_number_jobs.list.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return vendortest.Collect(c.PhoneNumberJobs.All(ctx, nil))
			},
		},
		{
			Name: "PhoneNumberJobs.Get", Request: "GET " + path + "/" + string(id), Answer: "phone_number_jobs.get.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.PhoneNumberJobs.Get(ctx, id) },
		},
		{
			Name: "PhoneNumberJobs.Update", Class: vendortest.Buy, Request: "POST " + path + "/update_phone_numbers",
			Body: "phone_number_jobs.update.request.json", Answer: "phone_number_jobs.update.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.PhoneNumberJobs.Update(ctx, manyChanges())
			},
		},
		{
			Name: "PhoneNumberJobs.Update", Class: vendortest.Buy, Request: "POST " + path + "/update_phone_numbers?filter%5Btag%5D=main",
			Body: "phone_number_jobs.update_all.request.json", Answer: "phone_number_jobs.update.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.PhoneNumberJobs.Update(ctx, &telnyx.UpdatePhoneNumbersRequest{
					Filter: telnyx.JobFilter{Tag: "main"}, HDVoiceEnabled: new(false),
				})
			},
		},
		{
			Name: "PhoneNumberJobs.Delete", Class: vendortest.Buy, Request: "POST " + path + "/delete_phone_numbers",
			Body: "phone_number_jobs.delete.request.json", Answer: "phone_number_jobs.delete.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.PhoneNumberJobs.Delete(ctx, &telnyx.DeletePhoneNumbersRequest{PhoneNumbers: []string{string(phoneID), two}})
			},
		},
		{
			Name: "PhoneNumberJobs.UpdateEmergencySettings", Class: vendortest.Buy, Request: "POST " + path + "/update_emergency_settings",
			Body: "phone_number_jobs.emergency.request.json", Answer: "phone_number_jobs.emergency.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.PhoneNumberJobs.UpdateEmergencySettings(ctx, &telnyx.UpdateEmergencySettingsRequest{
					EmergencyAddressID: wire.NullOf(telnyx.AddressID("1315261609962112020")), EmergencyEnabled: true, PhoneNumbers: []string{one},
				})
			},
		},
		{
			Name: "PhoneNumberJobs.UpdateEmergencySettings", Class: vendortest.Buy, Request: "POST " + path + "/update_emergency_settings",
			Body: "phone_number_jobs.emergency_off.request.json", Answer: "phone_number_jobs.emergency.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.PhoneNumberJobs.UpdateEmergencySettings(ctx, &telnyx.UpdateEmergencySettingsRequest{
					EmergencyAddressID: wire.NullNow[telnyx.AddressID](), PhoneNumbers: []string{one},
				})
			},
		},
	}
}

// manyChanges has every field but the filter.
func manyChanges() *telnyx.UpdatePhoneNumbersRequest {
	return &telnyx.UpdatePhoneNumbersRequest{
		BillingGroupID: new("c1f0a9d2-6b1e-4f4e-9a53-5a4f0e7b9d11"), ConnectionID: new("346789098765568"), CustomerReference: new("MY REF 003"),
		DeletionLockEnabled: new(true), ExternalPIN: wire.NewSecret("4321"), HDVoiceEnabled: new(false),
		PhoneNumbers: []string{string(phoneID), two}, Tags: []string{"main"},
		Voice: &telnyx.UpdateVoiceSettingsRequest{
			TechPrefixEnabled: new(false), TranslatedNumber: new(""), CallerIDNameEnabled: new(true),
			CallForwarding:     &telnyx.CallForwarding{CallForwardingEnabled: new(true), ForwardsTo: new("+13035559123"), ForwardingType: new("always")},
			CNAMListing:        &telnyx.CNAMListing{CNAMListingEnabled: new(false), CNAMListingDetails: new("NORDWIND")},
			UsagePaymentMethod: new("channel"),
			MediaFeatures:      &telnyx.MediaFeatures{RTPAutoAdjustEnabled: new(true), AcceptAnyRTPPacketsEnabled: new(false), T38FaxGatewayEnabled: new(true)},
			CallRecording: &telnyx.CallRecording{
				InboundCallRecordingEnabled: new(false), InboundCallRecordingFormat: new("mp3"), InboundCallRecordingChannels: new("dual"),
			},
			InboundCallScreening: new("flag_calls"),
		},
	}
}
