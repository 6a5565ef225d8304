package telnyx

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers/wire"
)

// InventoryCoverageService counts the numbers that Telnyx has in each area.
type InventoryCoverageService struct{ api *api.Client }

// The groups of inventory coverage.
const (
	GroupByLocality                = "locality"
	GroupByNPA                     = "npa"
	GroupByNationalDestinationCode = "national_destination_code"
)

// InventoryCoverage has the count of numbers in one group.
type InventoryCoverage struct {
	// Group is the locality or the code, depending on GroupType.
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
	// AdvanceRequirements is true if requirements must be met before an order.
	AdvanceRequirements *bool `json:"advance_requirements,omitempty"`
	// Count is sent if the filter requests it.
	Count *int `json:"count,omitempty"`
	// Features are sent if the filter has features. Their form is not
	// documented.
	Features wire.Raw `json:"features,omitzero"`
	// RecordType is "inventory_coverage_group" or "inventory_coverage".
	RecordType *string `json:"record_type,omitempty"`
}

// ListInventoryCoverageRequest selects coverage.
type ListInventoryCoverageRequest struct {
	Filter InventoryCoverageFilter `url:"filter"`
}

// InventoryCoverageFilter selects an area and how its numbers are grouped.
type InventoryCoverageFilter struct {
	// NPA is the first three digits of a North American number, and NXX the
	// next three.
	NPA *int `url:"npa,omitempty"`
	NXX *int `url:"nxx,omitempty"`
	// AdministrativeArea is a state or a province.
	AdministrativeArea string `url:"administrative_area,omitempty"`
	// PhoneNumberType is TypeLocal or another of these constants.
	PhoneNumberType string `url:"phone_number_type,omitempty"`
	// CountryCode is the ISO 3166-1 alpha-2 code of a covered country. "" means
	// "US".
	CountryCode string `url:"country_code,omitempty"`
	// Count requests InventoryCoverage.Count.
	Count *bool `url:"count,omitempty"`
	// Features are any of FeatureSMS, FeatureMMS, FeatureVoice, FeatureFax and
	// FeatureEmergency.
	Features []string `url:"features,omitempty,brackets"`
	// GroupBy is GroupByLocality, GroupByNPA or GroupByNationalDestinationCode.
	GroupBy string `url:"groupBy,omitempty"`
}

// List returns the counts of numbers. r may be nil. There are no pages.
//
// GET /inventory_coverage with filter[…].
func (s *InventoryCoverageService) List(ctx context.Context, r *ListInventoryCoverageRequest) (*SearchPage[InventoryCoverage], error) {
	return search(ctx, s.api, &api.Call{
		Op: "InventoryCoverage.List", Class: api.Read, Method: http.MethodGet, Path: "/inventory_coverage", Query: orZero(r),
	}, func(*InventoryCoverage) string { return "" })
}
