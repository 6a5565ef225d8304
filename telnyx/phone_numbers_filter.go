package telnyx

import "net/url"

// ListPhoneNumbersRequest asks for one page of owned numbers.
type ListPhoneNumbersRequest struct {
	Page PageParams `url:"page"`
	// Sort is purchased_at, phone_number, connection_name or
	// usage_payment_method; "" means created_at, the newest first.
	Sort string `url:"sort,omitempty"`
	// HandleMessagingProfileError is "true" to have the list even if Telnyx
	// can't look up the messaging profiles, with Page.Errors; "" means "false",
	// and a 503 then.
	HandleMessagingProfileError string             `url:"handle_messaging_profile_error,omitempty"`
	Filter                      PhoneNumbersFilter `url:"filter"`
}

// ListSlimPhoneNumbersRequest asks for one page of the slim list.
type ListSlimPhoneNumbersRequest struct {
	Page PageParams `url:"page"`
	// IncludeConnection adds the connection, IncludeTags the tags.
	IncludeConnection *bool `url:"include_connection,omitempty"`
	IncludeTags       *bool `url:"include_tags,omitempty"`
	// Sort is as in ListPhoneNumbersRequest.
	Sort   string             `url:"sort,omitempty"`
	Filter PhoneNumbersFilter `url:"filter"`
}

// PhoneNumbersFilter narrows a list of owned numbers.
type PhoneNumbersFilter struct {
	Tag string `url:"tag,omitempty"`
	// PhoneNumber is a part of the number, at least 3 digits, without the +.
	PhoneNumber string `url:"phone_number,omitempty"`
	// Status is NumberActive or another of these constants; the slim list
	// spells "port_pending".
	Status string `url:"status,omitempty"`
	// CountryISOAlpha2 keeps the numbers of these countries.
	CountryISOAlpha2 OneOrMore `url:"country_iso_alpha2"`
	ConnectionID     string    `url:"connection_id,omitempty"`
	// ConnectionName looks for a connection by its name, at least 3 characters.
	ConnectionName TextFilter `url:"voice.connection_name"`
	// UsagePaymentMethod is pay-per-minute or channel.
	UsagePaymentMethod string `url:"voice.usage_payment_method,omitempty"`
	// BillingGroupID is "null" for numbers without one.
	BillingGroupID string `url:"billing_group_id,omitempty"`
	// EmergencyAddressID is "null" for numbers without one.
	EmergencyAddressID string           `url:"emergency_address_id,omitempty"`
	CustomerReference  string           `url:"customer_reference,omitempty"`
	NumberType         NumberTypeFilter `url:"number_type"`
	// Source is ported or purchased.
	Source string `url:"source,omitempty"`
	// WithoutTags is "true" for numbers without tags.
	WithoutTags string `url:"without_tags,omitempty"`
}

// NumberTypeFilter keeps numbers of a type.
type NumberTypeFilter struct {
	// Eq is TypeLocal, TypeNational, TypeTollFree, TypeMobile or
	// TypeSharedCost.
	Eq string `url:"eq,omitempty"`
}

// TextFilter looks for a text.
type TextFilter struct {
	Contains   string `url:"contains,omitempty"`
	StartsWith string `url:"starts_with,omitempty"`
	EndsWith   string `url:"ends_with,omitempty"`
	Eq         string `url:"eq,omitempty"`
}

// OneOrMore is a filter that takes a text or a list: one value is sent as
// "key=value", several as "key[]=value" each.
type OneOrMore []string

// EncodeValues adds the values to a query.
func (o OneOrMore) EncodeValues(key string, v *url.Values) error {
	if len(o) != 1 {
		key += "[]"
	}
	for _, value := range o {
		v.Add(key, value)
	}
	return nil
}
