package telnyx

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers/wire"
)

// AvailablePhoneNumbersService searches for numbers to order.
type AvailablePhoneNumbersService struct{ api *api.Client }

// The types of numbers. Owned numbers from before July 2023, and numbers just
// bought, have older words: "tollfree", "shortcode", "longcode".
const (
	TypeLocal      = "local"
	TypeTollFree   = "toll_free"
	TypeMobile     = "mobile"
	TypeNational   = "national"
	TypeSharedCost = "shared_cost"
	TypeLandline   = "landline"
)

// The features of numbers.
const (
	FeatureSMS              = "sms"
	FeatureMMS              = "mms"
	FeatureVoice            = "voice"
	FeatureFax              = "fax"
	FeatureEmergency        = "emergency"
	FeatureHDVoice          = "hd_voice"
	FeatureInternationalSMS = "international_sms"
	FeatureLocalCalling     = "local_calling"
)

// AvailablePhoneNumber is a number that can be ordered.
type AvailablePhoneNumber struct {
	// RecordType is "available_phone_number".
	RecordType *string `json:"record_type,omitempty"`
	// PhoneNumber is in E.164. For trial accounts it is masked ("+17792------")
	// and can't be ordered.
	PhoneNumber string `json:"phone_number"`
	// VanityFormat is null if the number has none.
	VanityFormat *string `json:"vanity_format,omitempty"`
	// BestEffort is true if the number does not match the whole filter.
	BestEffort *bool `json:"best_effort,omitempty"`
	// Quickship is true if the number can be used at once.
	Quickship         *bool               `json:"quickship,omitempty"`
	Reservable        *bool               `json:"reservable,omitempty"`
	RegionInformation []RegionInformation `json:"region_information,omitzero"`
	CostInformation   *CostInformation    `json:"cost_information,omitempty"`
	Features          []NumberFeature     `json:"features,omitzero"`
	// PhoneNumberType is sent, and not documented.
	PhoneNumberType *string `json:"phone_number_type,omitempty"`
}

// The types of a region.
const (
	RegionCountryCode = "country_code"
	RegionRateCenter  = "rate_center"
	RegionState       = "state"
	RegionLocation    = "location"
)

// RegionInformation is a region that a number belongs to.
type RegionInformation struct {
	// RegionType is RegionCountryCode, RegionRateCenter, RegionState or
	// RegionLocation.
	RegionType *string `json:"region_type,omitempty"`
	RegionName *string `json:"region_name,omitempty"`
}

// CostInformation is the price of a number.
type CostInformation struct {
	// UpfrontCost is paid once, MonthlyCost every month.
	UpfrontCost wire.Amount `json:"upfront_cost,omitzero"`
	MonthlyCost wire.Amount `json:"monthly_cost,omitzero"`
	// Currency is the ISO 4217 code.
	Currency *string `json:"currency,omitempty"`
}

// NumberFeature is one feature of a number.
type NumberFeature struct {
	// Name is FeatureSMS or another of these constants.
	Name string `json:"name"`
}

// SearchPage is the answer to a search, exactly as sent.
type SearchPage[T any] struct {
	Data []T         `json:"data"`
	Meta *SearchMeta `json:"meta,omitempty"`
	// Metadata is the same as Meta.
	Metadata *SearchMeta `json:"metadata,omitempty"`
}

// SearchMeta has the count of results.
type SearchMeta struct {
	TotalResults      *int `json:"total_results,omitempty"`
	BestEffortResults *int `json:"best_effort_results,omitempty"`
}

// ListAvailablePhoneNumbersRequest is a search.
type ListAvailablePhoneNumbersRequest struct {
	Filter AvailablePhoneNumbersFilter `url:"filter"`
}

// AvailablePhoneNumbersFilter narrows a search.
type AvailablePhoneNumbersFilter struct {
	PhoneNumber NumberPattern `url:"phone_number"`
	// Locality is a city.
	Locality string `url:"locality,omitempty"`
	// AdministrativeArea is a state of the US or a province of Canada: "IL".
	AdministrativeArea string `url:"administrative_area,omitempty"`
	// CountryCode is the ISO 3166-1 alpha-2 code.
	CountryCode string `url:"country_code,omitempty"`
	// NationalDestinationCode is the area code.
	NationalDestinationCode string `url:"national_destination_code,omitempty"`
	// RateCenter is for the US and Canada.
	RateCenter string `url:"rate_center,omitempty"`
	// PhoneNumberType is TypeLocal, TypeTollFree, TypeMobile, TypeNational or
	// TypeSharedCost.
	PhoneNumberType string `url:"phone_number_type,omitempty"`
	// Features are those that a number must have, all of them.
	Features []string `url:"features,omitempty,brackets"`
	// Limit is the largest count of numbers to return. Its default and its
	// maximum are not documented.
	Limit *int `url:"limit,omitempty"`
	// BestEffort also finds numbers that match the filter in part; US and
	// Canada only.
	BestEffort *bool `url:"best_effort,omitempty"`
	// Quickship finds numbers that can be used at once; toll-free +1 only.
	Quickship *bool `url:"quickship,omitempty"`
	// Reservable finds numbers that can be reserved.
	Reservable *bool `url:"reservable,omitempty"`
	// ExcludeHeldNumbers leaves out numbers that the account held recently.
	ExcludeHeldNumbers *bool `url:"exclude_held_numbers,omitempty"`
}

// NumberPattern matches digits of the national number, which has no country
// code. If the filter has an area code, the digits after it are matched.
type NumberPattern struct {
	StartsWith string `url:"starts_with,omitempty"`
	EndsWith   string `url:"ends_with,omitempty"`
	Contains   string `url:"contains,omitempty"`
}

// List searches for numbers. r may be nil. There is one page, of at most Limit
// numbers.
//
// GET /available_phone_numbers. Telnyx refuses a place that it does not cover
// with code 10015, and returns an empty list for a place without numbers.
func (s *AvailablePhoneNumbersService) List(ctx context.Context, r *ListAvailablePhoneNumbersRequest) (*SearchPage[AvailablePhoneNumber], error) {
	return search(ctx, s.api, &api.Call{
		Op: "AvailablePhoneNumbers.List", Class: api.Read, Method: http.MethodGet,
		Path: "/available_phone_numbers", Query: orZero(r),
	}, func(n *AvailablePhoneNumber) string { return checkPhoneNumber(n.PhoneNumber) })
}

// search performs a call whose answer is a SearchPage.
func search[T any](ctx context.Context, c *api.Client, call *api.Call, check func(*T) string) (*SearchPage[T], error) {
	var answer SearchPage[T]
	call.Into = &answer
	call.Check = func() string { return noData(answer.Data) }
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	var err error
	answer.Data, err = api.Rows(c, call, answer.Data, check)
	return &answer, err
}

// checkPhoneNumber returns why a row without a number is unusable, or "".
func checkPhoneNumber(phoneNumber string) string {
	if phoneNumber == "" {
		return "the object has no phone number"
	}
	return ""
}
