package telnyx

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
)

// VoiceSettings are the voice settings of a number.
type VoiceSettings struct {
	ID PhoneNumberID `json:"id"`
	// RecordType is "voice_settings".
	RecordType        *string `json:"record_type,omitempty"`
	PhoneNumber       *string `json:"phone_number,omitempty"`
	ConnectionID      *string `json:"connection_id,omitempty"`
	CustomerReference *string `json:"customer_reference,omitempty"`
	TechPrefixEnabled *bool   `json:"tech_prefix_enabled,omitempty"`
	// TranslatedNumber replaces the dialed number.
	TranslatedNumber *string         `json:"translated_number,omitempty"`
	CallForwarding   *CallForwarding `json:"call_forwarding,omitempty"`
	CNAMListing      *CNAMListing    `json:"cnam_listing,omitempty"`
	Emergency        *Emergency      `json:"emergency,omitempty"`
	// UsagePaymentMethod is pay-per-minute or channel.
	UsagePaymentMethod *string        `json:"usage_payment_method,omitempty"`
	MediaFeatures      *MediaFeatures `json:"media_features,omitempty"`
	CallRecording      *CallRecording `json:"call_recording,omitempty"`
	// InboundCallScreening is disabled, reject_calls or flag_calls.
	InboundCallScreening *string `json:"inbound_call_screening,omitempty"`
}

// CallForwarding forwards calls. In an update, a nil field stays as it is.
type CallForwarding struct {
	CallForwardingEnabled *bool `json:"call_forwarding_enabled,omitempty"`
	// ForwardsTo is in E.164. "" forwards no call.
	ForwardsTo *string `json:"forwards_to,omitempty"`
	// ForwardingType is always or on-failure.
	ForwardingType *string `json:"forwarding_type,omitempty"`
}

// CNAMListing is the name that is shown for a number.
type CNAMListing struct {
	CNAMListingEnabled *bool `json:"cnam_listing_enabled,omitempty"`
	// CNAMListingDetails is at most 15 letters, digits and spaces.
	CNAMListingDetails *string `json:"cnam_listing_details,omitempty"`
}

// Emergency is a number's emergency service.
type Emergency struct {
	EmergencyEnabled   *bool   `json:"emergency_enabled,omitempty"`
	EmergencyAddressID *string `json:"emergency_address_id,omitempty"`
	// EmergencyStatus is active, deprovisioning, disabled, provisioning or
	// provisioning-failed.
	EmergencyStatus *string `json:"emergency_status,omitempty"`
}

// MediaFeatures are the media settings of a number.
type MediaFeatures struct {
	RTPAutoAdjustEnabled       *bool `json:"rtp_auto_adjust_enabled,omitempty"`
	AcceptAnyRTPPacketsEnabled *bool `json:"accept_any_rtp_packets_enabled,omitempty"`
	T38FaxGatewayEnabled       *bool `json:"t38_fax_gateway_enabled,omitempty"`
}

// CallRecording records calls.
type CallRecording struct {
	InboundCallRecordingEnabled *bool `json:"inbound_call_recording_enabled,omitempty"`
	// InboundCallRecordingFormat is wav or mp3.
	InboundCallRecordingFormat *string `json:"inbound_call_recording_format,omitempty"`
	// InboundCallRecordingChannels is single or dual.
	InboundCallRecordingChannels *string `json:"inbound_call_recording_channels,omitempty"`
}

// UpdateVoiceSettingsRequest changes the voice settings of a number. A nil
// field stays as it is.
type UpdateVoiceSettingsRequest struct {
	TechPrefixEnabled *bool `json:"tech_prefix_enabled,omitempty"`
	// TranslatedNumber replaces the dialed number.
	TranslatedNumber    *string         `json:"translated_number,omitempty"`
	CallerIDNameEnabled *bool           `json:"caller_id_name_enabled,omitempty"`
	CallForwarding      *CallForwarding `json:"call_forwarding,omitempty"`
	CNAMListing         *CNAMListing    `json:"cnam_listing,omitempty"`
	// UsagePaymentMethod is pay-per-minute or channel.
	UsagePaymentMethod *string        `json:"usage_payment_method,omitempty"`
	MediaFeatures      *MediaFeatures `json:"media_features,omitempty"`
	CallRecording      *CallRecording `json:"call_recording,omitempty"`
	// InboundCallScreening is disabled, reject_calls or flag_calls.
	InboundCallScreening *string `json:"inbound_call_screening,omitempty"`
}

// GetVoice reads the voice settings of a number.
//
// GET /phone_numbers/{id}/voice.
func (s *PhoneNumbersService) GetVoice(ctx context.Context, id PhoneNumberID) (*VoiceSettings, error) {
	return get(ctx, s.api, &api.Call{
		Op: "PhoneNumbers.GetVoice", Class: api.Read, Method: http.MethodGet,
		Path: "/phone_numbers/{id}/voice", Args: []string{string(id)},
	}, (*VoiceSettings).check)
}

// UpdateVoice changes the voice settings of a number.
//
// PATCH /phone_numbers/{id}/voice, which returns the settings.
func (s *PhoneNumbersService) UpdateVoice(ctx context.Context, id PhoneNumberID, r *UpdateVoiceSettingsRequest) (*VoiceSettings, error) {
	const op = "PhoneNumbers.UpdateVoice"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPatch,
		Path: "/phone_numbers/{id}/voice", Args: []string{string(id)}, Body: r,
	}, (*VoiceSettings).check)
}

func (v *VoiceSettings) check() string { return checkID(v.ID) }
