package telnyx

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers/wire"
)

// MessagingSettings are the messaging settings of a number.
type MessagingSettings struct {
	ID PhoneNumberID `json:"id"`
	// RecordType is "messaging_settings", or "messaging_phone_number".
	RecordType  *string `json:"record_type,omitempty"`
	PhoneNumber *string `json:"phone_number,omitempty"`
	// MessagingProfileID is null if the number has no profile.
	MessagingProfileID *string   `json:"messaging_profile_id,omitempty"`
	CreatedAt          wire.Time `json:"created_at,omitzero"`
	UpdatedAt          wire.Time `json:"updated_at,omitzero"`
	CountryCode        *string   `json:"country_code,omitempty"`
	// Type is long-code, toll-free, short-code, longcode, tollfree or
	// shortcode.
	Type   *string          `json:"type,omitempty"`
	Health *MessagingHealth `json:"health,omitempty"`
	// EligibleMessagingProducts are the possible values of MessagingProduct.
	EligibleMessagingProducts []string `json:"eligible_messaging_products,omitzero"`
	// TrafficType is "A2P" or "P2P".
	TrafficType      *string            `json:"traffic_type,omitempty"`
	MessagingProduct *string            `json:"messaging_product,omitempty"`
	Features         *MessagingFeatures `json:"features,omitempty"`
	Tags             []string           `json:"tags,omitzero"`
	OrganizationID   *string            `json:"organization_id,omitempty"`
}

// MessagingHealth measures a number's messages. All ratios are from 0 to 1.
type MessagingHealth struct {
	// MessageCount is the count of measured messages.
	MessageCount *int `json:"message_count,omitempty"`
	// InboundOutboundRatio is received to sent. SuccessRatio is delivered to
	// tried. SpamRatio is blocked to tried.
	InboundOutboundRatio wire.Amount `json:"inbound_outbound_ratio,omitzero"`
	SuccessRatio         wire.Amount `json:"success_ratio,omitzero"`
	SpamRatio            wire.Amount `json:"spam_ratio,omitzero"`
}

// MessagingFeatures are what a number can send and receive.
type MessagingFeatures struct {
	SMS *MessagingFeatureSet `json:"sms,omitempty"`
	// MMS is null if the number has no MMS.
	MMS *MessagingFeatureSet `json:"mms,omitempty"`
}

// MessagingFeatureSet is the countries between which a number sends.
type MessagingFeatureSet struct {
	DomesticTwoWay        *bool `json:"domestic_two_way,omitempty"`
	InternationalInbound  *bool `json:"international_inbound,omitempty"`
	InternationalOutbound *bool `json:"international_outbound,omitempty"`
}

// UpdateMessagingSettingsRequest changes the messaging settings of a number. A
// nil field stays as it is.
type UpdateMessagingSettingsRequest struct {
	// MessagingProfileID assigns the number to a profile; "" unassigns it.
	MessagingProfileID *string `json:"messaging_profile_id,omitempty"`
	MessagingProduct   *string `json:"messaging_product,omitempty"`
	// Tags replace the number's messaging tags.
	Tags []string `json:"tags,omitzero"`
}

// GetMessaging reads the messaging settings of a number.
//
// GET /phone_numbers/{id}/messaging.
func (s *PhoneNumbersService) GetMessaging(ctx context.Context, id PhoneNumberID) (*MessagingSettings, error) {
	return get(ctx, s.api, &api.Call{
		Op: "PhoneNumbers.GetMessaging", Class: api.Read, Method: http.MethodGet,
		Path: "/phone_numbers/{id}/messaging", Args: []string{string(id)},
	}, (*MessagingSettings).check)
}

// UpdateMessaging changes the messaging settings of a number. No other method
// changes the messaging profile.
//
// PATCH /phone_numbers/{id}/messaging, which returns the settings.
func (s *PhoneNumbersService) UpdateMessaging(ctx context.Context, id PhoneNumberID, r *UpdateMessagingSettingsRequest) (*MessagingSettings, error) {
	const op = "PhoneNumbers.UpdateMessaging"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPatch,
		Path: "/phone_numbers/{id}/messaging", Args: []string{string(id)}, Body: r,
	}, (*MessagingSettings).check)
}

func (m *MessagingSettings) check() string { return checkID(m.ID) }
