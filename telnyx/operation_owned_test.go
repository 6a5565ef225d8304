package telnyx_test

import (
	"context"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/telnyx"
)

const phoneID = telnyx.PhoneNumberID("1293384261075731499")

func phoneNumberOperations() []operation {
	return []operation{
		{
			Name: "PhoneNumbers.List", Request: "GET /phone_numbers", Answer: "phone_numbers.list.response.json", Result: page,
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.PhoneNumbers.List(ctx, nil) },
		},
		{
			Name: "PhoneNumbers.All", Op: "PhoneNumbers.List", Request: "GET /phone_numbers?page%5Bnumber%5D=1&page%5Bsize%5D=250",
			Answer: "phone_numbers.list.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return vendortest.Collect(c.PhoneNumbers.All(ctx, nil))
			},
		},
		{
			Name: "PhoneNumbers.ListSlim", Request: "GET /phone_numbers/slim", Answer: "phone_numbers.list_slim.response.json", Result: page,
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.PhoneNumbers.ListSlim(ctx, nil) },
		},
		{
			Name: "PhoneNumbers.AllSlim", Op: "PhoneNumbers.ListSlim", Request: "GET /phone_numbers/slim?page%5Bnumber%5D=1&page%5Bsize%5D=250",
			Answer: "phone_numbers.list_slim.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return vendortest.Collect(c.PhoneNumbers.AllSlim(ctx, nil))
			},
		},
		{
			Name: "PhoneNumbers.Get", Request: "GET /phone_numbers/1293384261075731499", Answer: "phone_numbers.get.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.PhoneNumbers.Get(ctx, phoneID) },
		},
		{
			Name: "PhoneNumbers.Update", Class: vendortest.Write, Request: "PATCH /phone_numbers/1293384261075731499",
			Body: "phone_numbers.update.request.json", Answer: "phone_numbers.update.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.PhoneNumbers.Update(ctx, phoneID, &telnyx.UpdatePhoneNumberRequest{
					Tags: []string{"main"}, ExternalPIN: wire.NewSecret("4321"), HDVoiceEnabled: new(false), CustomerReference: wire.NullOf("MY REF 003"),
					ConnectionID: wire.NullOf("346789098765568"), BillingGroupID: wire.NullOf("c1f0a9d2-6b1e-4f4e-9a53-5a4f0e7b9d11"),
					AddressID: new(telnyx.AddressID("1315261609962112020")),
				})
			},
		},
		{
			Name: "PhoneNumbers.Update", Class: vendortest.Write, Request: "PATCH /phone_numbers/1293384261075731499",
			Body: "phone_numbers.clear.request.json", Answer: "phone_numbers.update.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.PhoneNumbers.Update(ctx, phoneID, &telnyx.UpdatePhoneNumberRequest{
					CustomerReference: wire.NullNow[string](), ConnectionID: wire.NullNow[string](), BillingGroupID: wire.NullNow[string](),
				})
			},
		},
		{
			Name: "PhoneNumbers.Delete", Class: vendortest.Write, Request: "DELETE /phone_numbers/1293384261075731499", Answer: "phone_numbers.delete.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.PhoneNumbers.Delete(ctx, phoneID) },
		},
		{
			Name: "PhoneNumbers.GetVoice", Request: "GET /phone_numbers/1293384261075731499/voice", Answer: "phone_numbers.get_voice.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.PhoneNumbers.GetVoice(ctx, phoneID) },
		},
		{
			Name: "PhoneNumbers.UpdateVoice", Class: vendortest.Write, Request: "PATCH /phone_numbers/1293384261075731499/voice",
			Body: "phone_numbers.update_voice.request.json", Answer: "phone_numbers.update_voice.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.PhoneNumbers.UpdateVoice(ctx, phoneID, &telnyx.UpdateVoiceSettingsRequest{
					TechPrefixEnabled: new(false), TranslatedNumber: new(""), CallerIDNameEnabled: new(false),
					CallForwarding: &telnyx.CallForwarding{
						CallForwardingEnabled: new(true), ForwardsTo: new("+13035559123"), ForwardingType: new("always"),
					},
					CNAMListing:        &telnyx.CNAMListing{CNAMListingEnabled: new(true), CNAMListingDetails: new("LOBBY")},
					UsagePaymentMethod: new("pay-per-minute"),
					MediaFeatures: &telnyx.MediaFeatures{
						RTPAutoAdjustEnabled: new(true), AcceptAnyRTPPacketsEnabled: new(false), T38FaxGatewayEnabled: new(true),
					},
					CallRecording: &telnyx.CallRecording{
						InboundCallRecordingEnabled: new(false), InboundCallRecordingFormat: new("wav"), InboundCallRecordingChannels: new("single"),
					},
					InboundCallScreening: new("disabled"),
				})
			},
		},
		{
			Name: "PhoneNumbers.GetMessaging", Request: "GET /phone_numbers/1293384261075731499/messaging", Answer: "phone_numbers.get_messaging.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.PhoneNumbers.GetMessaging(ctx, phoneID)
			},
		},
		{
			Name: "PhoneNumbers.UpdateMessaging", Class: vendortest.Write, Request: "PATCH /phone_numbers/1293384261075731499/messaging",
			Body: "phone_numbers.update_messaging.request.json", Answer: "phone_numbers.update_messaging.response.json",
			Call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.PhoneNumbers.UpdateMessaging(ctx, phoneID, &telnyx.UpdateMessagingSettingsRequest{
					MessagingProfileID: new(""), MessagingProduct: new("P2P"), Tags: []string{},
				})
			},
		},
	}
}
