package telnyx_test

import (
	"context"

	"github.com/tnkit/tnkit/telnyx"
)

const phoneID = telnyx.PhoneNumberID("1293384261075731499")

func phoneNumberOperations() []operation {
	return []operation{
		{
			name: "PhoneNumbers.List", request: "GET /phone_numbers", answer: "phone_numbers.list.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.PhoneNumbers.List(ctx, nil) },
		},
		{
			name: "PhoneNumbers.All", op: "PhoneNumbers.List", request: "GET /phone_numbers?page%5Bnumber%5D=1&page%5Bsize%5D=250",
			answer: "phone_numbers.list.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return collect(c.PhoneNumbers.All(ctx, nil))
			},
		},
		{
			name: "PhoneNumbers.ListSlim", request: "GET /phone_numbers/slim", answer: "phone_numbers.list_slim.response.json", whole: true,
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.PhoneNumbers.ListSlim(ctx, nil) },
		},
		{
			name: "PhoneNumbers.AllSlim", op: "PhoneNumbers.ListSlim", request: "GET /phone_numbers/slim?page%5Bnumber%5D=1&page%5Bsize%5D=250",
			answer: "phone_numbers.list_slim.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return collect(c.PhoneNumbers.AllSlim(ctx, nil))
			},
		},
		{
			name: "PhoneNumbers.Get", request: "GET /phone_numbers/1293384261075731499", answer: "phone_numbers.get.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.PhoneNumbers.Get(ctx, phoneID) },
		},
		{
			name: "PhoneNumbers.Update", class: write, request: "PATCH /phone_numbers/1293384261075731499",
			body: "phone_numbers.update.request.json", answer: "phone_numbers.update.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.PhoneNumbers.Update(ctx, phoneID, &telnyx.UpdatePhoneNumberRequest{
					Tags: []string{"main"}, ExternalPIN: new("4321"), HDVoiceEnabled: new(false), CustomerReference: new("MY REF 003"),
					ConnectionID: new("346789098765568"), BillingGroupID: new("c1f0a9d2-6b1e-4f4e-9a53-5a4f0e7b9d11"),
					AddressID: new("1315261609962112020"),
				})
			},
		},
		{
			name: "PhoneNumbers.Delete", class: write, request: "DELETE /phone_numbers/1293384261075731499", answer: "phone_numbers.delete.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.PhoneNumbers.Delete(ctx, phoneID) },
		},
		{
			name: "PhoneNumbers.GetVoice", request: "GET /phone_numbers/1293384261075731499/voice", answer: "phone_numbers.get_voice.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) { return c.PhoneNumbers.GetVoice(ctx, phoneID) },
		},
		{
			name: "PhoneNumbers.UpdateVoice", class: write, request: "PATCH /phone_numbers/1293384261075731499/voice",
			body: "phone_numbers.update_voice.request.json", answer: "phone_numbers.update_voice.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
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
			name: "PhoneNumbers.GetMessaging", request: "GET /phone_numbers/1293384261075731499/messaging", answer: "phone_numbers.get_messaging.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.PhoneNumbers.GetMessaging(ctx, phoneID)
			},
		},
		{
			name: "PhoneNumbers.UpdateMessaging", class: write, request: "PATCH /phone_numbers/1293384261075731499/messaging",
			body: "phone_numbers.update_messaging.request.json", answer: "phone_numbers.update_messaging.response.json",
			call: func(ctx context.Context, c *telnyx.Client) (any, error) {
				return c.PhoneNumbers.UpdateMessaging(ctx, phoneID, &telnyx.UpdateMessagingSettingsRequest{
					MessagingProfileID: new(""), MessagingProduct: new("P2P"), Tags: []string{},
				})
			},
		},
	}
}
