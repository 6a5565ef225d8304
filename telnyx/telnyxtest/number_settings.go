package telnyxtest

import "slices"

// voiceSettings are what PATCH /phone_numbers/{id}/voice may change.
type voiceSettings struct {
	TechPrefixEnabled    bool           `json:"tech_prefix_enabled"`
	TranslatedNumber     string         `json:"translated_number"`
	CallForwarding       callForwarding `json:"call_forwarding"`
	CnamListing          cnamListing    `json:"cnam_listing"`
	UsagePaymentMethod   string         `json:"usage_payment_method"`
	MediaFeatures        mediaFeatures  `json:"media_features"`
	CallRecording        callRecording  `json:"call_recording"`
	InboundCallScreening string         `json:"inbound_call_screening"`
	CallerIDNameEnabled  bool           `json:"caller_id_name_enabled"`
}

type callForwarding struct {
	CallForwardingEnabled bool   `json:"call_forwarding_enabled"`
	ForwardsTo            string `json:"forwards_to"`
	ForwardingType        string `json:"forwarding_type"`
}

type cnamListing struct {
	CnamListingEnabled bool   `json:"cnam_listing_enabled"`
	CnamListingDetails string `json:"cnam_listing_details"`
}

type mediaFeatures struct {
	RTPAutoAdjustEnabled       bool `json:"rtp_auto_adjust_enabled"`
	AcceptAnyRTPPacketsEnabled bool `json:"accept_any_rtp_packets_enabled"`
	T38FaxGatewayEnabled       bool `json:"t38_fax_gateway_enabled"`
}

type callRecording struct {
	InboundCallRecordingEnabled  bool   `json:"inbound_call_recording_enabled"`
	InboundCallRecordingFormat   string `json:"inbound_call_recording_format"`
	InboundCallRecordingChannels string `json:"inbound_call_recording_channels"`
}

func defaultVoice() voiceSettings {
	return voiceSettings{
		CallForwarding: callForwarding{CallForwardingEnabled: true, ForwardingType: "always"}, UsagePaymentMethod: "pay-per-minute",
		CallRecording:        callRecording{InboundCallRecordingFormat: "wav", InboundCallRecordingChannels: "single"},
		InboundCallScreening: "disabled",
	}
}

// voiceJSON is a PhoneNumberWithVoiceSettings.
type voiceJSON struct {
	ID                   string         `json:"id"`
	RecordType           string         `json:"record_type"`
	PhoneNumber          string         `json:"phone_number"`
	ConnectionID         *string        `json:"connection_id"`
	CustomerReference    *string        `json:"customer_reference"`
	TechPrefixEnabled    bool           `json:"tech_prefix_enabled"`
	TranslatedNumber     string         `json:"translated_number"`
	CallForwarding       callForwarding `json:"call_forwarding"`
	CnamListing          cnamListing    `json:"cnam_listing"`
	Emergency            emergencyJSON  `json:"emergency"`
	UsagePaymentMethod   string         `json:"usage_payment_method"`
	MediaFeatures        mediaFeatures  `json:"media_features"`
	CallRecording        callRecording  `json:"call_recording"`
	InboundCallScreening string         `json:"inbound_call_screening"`
}

type emergencyJSON struct {
	EmergencyEnabled   bool    `json:"emergency_enabled"`
	EmergencyAddressID *string `json:"emergency_address_id"`
	EmergencyStatus    string  `json:"emergency_status"`
}

func (n *phoneNumber) voiceJSON() voiceJSON {
	v := n.voice
	return voiceJSON{
		n.id, "voice_settings", n.number, n.connection, n.reference, v.TechPrefixEnabled, v.TranslatedNumber, v.CallForwarding, v.CnamListing,
		emergencyJSON{n.emergencyAddress != nil, n.emergencyAddress, n.emergencyStatus()},
		v.UsagePaymentMethod, v.MediaFeatures, v.CallRecording, v.InboundCallScreening,
	}
}

// getVoice is GET /phone_numbers/{id}/voice.
func (c *call) getVoice() (any, *problem) {
	n, p := c.findNumber()
	if p != nil {
		return nil, p
	}
	return data{n.voiceJSON()}, nil
}

// updateVoice is PATCH /phone_numbers/{id}/voice; what the body leaves out stays.
func (c *call) updateVoice() (any, *problem) {
	n, p := c.findNumber()
	if p != nil {
		return nil, p
	}
	v := n.voice
	if p := c.body(&v); p != nil {
		return nil, p
	}
	if p := v.check(""); p != nil {
		return nil, p
	}
	n.voice = v
	c.changed(n)
	return data{n.voiceJSON()}, nil
}

// check refuses words that are not allowed. at is where the settings are in the body.
func (v *voiceSettings) check(at string) *problem {
	for _, f := range []struct {
		pointer, value string
		words          []string
	}{
		{"/usage_payment_method", v.UsagePaymentMethod, []string{"pay-per-minute", "channel"}},
		{"/inbound_call_screening", v.InboundCallScreening, []string{"disabled", "reject_calls", "flag_calls"}},
		{"/call_forwarding/forwarding_type", v.CallForwarding.ForwardingType, []string{"always", "on-failure"}},
		{"/call_recording/inbound_call_recording_format", v.CallRecording.InboundCallRecordingFormat, []string{"wav", "mp3"}},
		{"/call_recording/inbound_call_recording_channels", v.CallRecording.InboundCallRecordingChannels, []string{"single", "dual"}},
	} {
		if !slices.Contains(f.words, f.value) {
			return invalid(codeInvalidEnum, at+f.pointer, "%q is not allowed here.", f.value)
		}
	}
	return nil
}

// messagingJSON is a PhoneNumberWithMessagingSettings.
type messagingJSON struct {
	RecordType                string         `json:"record_type"`
	ID                        string         `json:"id"`
	PhoneNumber               string         `json:"phone_number"`
	MessagingProfileID        *string        `json:"messaging_profile_id"`
	CreatedAt                 string         `json:"created_at"`
	UpdatedAt                 string         `json:"updated_at"`
	CountryCode               string         `json:"country_code"`
	Type                      string         `json:"type"`
	Health                    healthJSON     `json:"health"`
	EligibleMessagingProducts []string       `json:"eligible_messaging_products"`
	TrafficType               string         `json:"traffic_type"`
	MessagingProduct          string         `json:"messaging_product"`
	Features                  messagingCases `json:"features"`
	Tags                      []string       `json:"tags"`
}

type healthJSON struct {
	MessageCount         int     `json:"message_count"`
	InboundOutboundRatio float64 `json:"inbound_outbound_ratio"`
	SuccessRatio         float64 `json:"success_ratio"`
	SpamRatio            float64 `json:"spam_ratio"`
}

type messagingCases struct {
	SMS *messagingCase `json:"sms"`
	MMS *messagingCase `json:"mms"`
}

type messagingCase struct {
	DomesticTwoWay        bool `json:"domestic_two_way"`
	InternationalInbound  bool `json:"international_inbound"`
	InternationalOutbound bool `json:"international_outbound"`
}

// messagingJSON uses the old words for the type, as the messaging service does.
func (n *phoneNumber) messagingJSON() messagingJSON {
	kind := map[string]string{"toll_free": "tollfree", "local": "longcode"}[n.kind]
	if kind == "" {
		kind = n.kind
	}
	return messagingJSON{
		"messaging_settings", n.id, n.number, n.messaging, millis(n.created), millis(n.updated), n.country, kind, healthJSON{},
		[]string{"A2P"}, "A2P", n.messagingProduct, messagingCases{SMS: &messagingCase{DomesticTwoWay: true}}, n.tags,
	}
}

// getMessaging is GET /phone_numbers/{id}/messaging.
func (c *call) getMessaging() (any, *problem) {
	n, p := c.findNumber()
	if p != nil {
		return nil, p
	}
	return data{n.messagingJSON()}, nil
}

// updateMessagingJSON is the body of PATCH /phone_numbers/{id}/messaging.
type updateMessagingJSON struct {
	MessagingProfileID *string   `json:"messaging_profile_id" null:"allowed"`
	MessagingProduct   *string   `json:"messaging_product"`
	Tags               *[]string `json:"tags"`
}

// updateMessaging is PATCH /phone_numbers/{id}/messaging, the only place to change the messaging profile: ""
// takes it away, null and absence leave it.
func (c *call) updateMessaging() (any, *problem) {
	n, p := c.findNumber()
	if p != nil {
		return nil, p
	}
	var in updateMessagingJSON
	if p := c.body(&in); p != nil {
		return nil, p
	}
	if in.MessagingProfileID != nil {
		n.messaging = in.MessagingProfileID
		if *n.messaging == "" {
			n.messaging = nil
		}
	}
	if in.MessagingProduct != nil {
		n.messagingProduct = *in.MessagingProduct
	}
	if in.Tags != nil {
		n.tags = append([]string{}, *in.Tags...)
	}
	c.changed(n)
	return data{n.messagingJSON()}, nil
}
