package telnyx

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers/wire"
)

// InventoryCoverageService tells where Telnyx has numbers.
type InventoryCoverageService struct{ api *api.Client }

// What inventory coverage can be grouped by.
const (
	GroupByLocality                = "locality"
	GroupByNPA                     = "npa"
	GroupByNationalDestinationCode = "national_destination_code"
)

// InventoryCoverage is how many numbers there are in one group.
type InventoryCoverage struct {
	// Group is the locality or the code, by GroupType.
	Group *string `json:"group,omitempty"`
	// GroupType is GroupByLocality or another of these constants.
	GroupType *string `json:"group_type,omitempty"`
	// NumberRange is the size of the blocks.
	NumberRange *int `json:"number_range,omitempty"`
	// NumberType is did or toll-free.
	NumberType      *string `json:"number_type,omitempty"`
	PhoneNumberType *string `json:"phone_number_type,omitempty"`
	// CoverageType is number or block.
	CoverageType       *string `json:"coverage_type,omitempty"`
	AdministrativeArea *string `json:"administrative_area,omitempty"`
	// AdvanceRequirements is true where requirements must be met before an
	// order.
	AdvanceRequirements *bool `json:"advance_requirements,omitempty"`
	// Count is sent where the filter asks for it.
	Count *int `json:"count,omitempty"`
	// Features are sent where the filter has some; their form is not
	// documented.
	Features wire.Raw `json:"features,omitzero"`
	// RecordType is "inventory_coverage_group" or "inventory_coverage".
	RecordType *string `json:"record_type,omitempty"`
}

// ListInventoryCoverageRequest asks for coverage.
type ListInventoryCoverageRequest struct {
	Filter InventoryCoverageFilter `url:"filter"`
}

// InventoryCoverageFilter says where, and how it is grouped.
type InventoryCoverageFilter struct {
	// NPA and NXX are the first and the second three digits of a North
	// American number.
	NPA *int `url:"npa,omitempty"`
	NXX *int `url:"nxx,omitempty"`
	// AdministrativeArea is a state or a province.
	AdministrativeArea string `url:"administrative_area,omitempty"`
	// PhoneNumberType is TypeLocal or another of these constants.
	PhoneNumberType string `url:"phone_number_type,omitempty"`
	// CountryCode is the ISO 3166-1 alpha-2 code of a covered country; ""
	// means "US".
	CountryCode string `url:"country_code,omitempty"`
	// Count asks for InventoryCoverage.Count.
	Count *bool `url:"count,omitempty"`
	// Features are among FeatureSMS, FeatureMMS, FeatureVoice, FeatureFax and
	// FeatureEmergency.
	Features []string `url:"features,omitempty,brackets"`
	// GroupBy is GroupByLocality, GroupByNPA or GroupByNationalDestinationCode.
	GroupBy string `url:"groupBy,omitempty"`
}

// List tells how many numbers there are; r may be nil. There are no pages.
//
// GET /inventory_coverage with filter[…].
func (s *InventoryCoverageService) List(ctx context.Context, r *ListInventoryCoverageRequest) (*SearchPage[InventoryCoverage], error) {
	return search(ctx, s.api, &api.Call{
		Op: "InventoryCoverage.List", Class: api.Read, Method: http.MethodGet, Path: "/inventory_coverage", Query: orZero(r),
	}, func(*InventoryCoverage) string { return "" })
}
