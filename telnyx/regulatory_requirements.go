package telnyx

import (
	"context"
	"net/http"
	"strings"

	"github.com/tnkit/tnkit/internal/api"
)

// RegulatoryRequirementsService lists the data that regulators require. Trial
// accounts can't read it (numbers.ErrForbidden).
type RegulatoryRequirementsService struct{ api *api.Client }

// RegulatoryRequirements are the requirements of one country for one type of
// number.
type RegulatoryRequirements struct {
	// CountryCode is the ISO 3166-1 alpha-2 code.
	CountryCode     *string `json:"country_code,omitempty"`
	PhoneNumberType *string `json:"phone_number_type,omitempty"`
	// Action is ActionOrdering or ActionPorting.
	Action                 *string                 `json:"action,omitempty"`
	RegulatoryRequirements []RegulatoryRequirement `json:"regulatory_requirements,omitzero"`
}

// PhoneNumberRequirements are the requirements for one number.
type PhoneNumberRequirements struct {
	// RecordType is "phone_number_regulatory_requirement".
	RecordType             *string                 `json:"record_type,omitempty"`
	PhoneNumber            string                  `json:"phone_number"`
	PhoneNumberType        *string                 `json:"phone_number_type,omitempty"`
	RegionInformation      []RegionInformation     `json:"region_information,omitzero"`
	RegulatoryRequirements []RegulatoryRequirement `json:"regulatory_requirements,omitzero"`
}

// RegulatoryRequirement is one requirement.
type RegulatoryRequirement struct {
	// ID is the value of RequirementID in requests.
	ID *string `json:"id,omitempty"`
	// GetForNumbers returns RecordType and Label, and List returns Name.
	RecordType  *string `json:"record_type,omitempty"`
	Name        *string `json:"name,omitempty"`
	Label       *string `json:"label,omitempty"`
	Description *string `json:"description,omitempty"`
	Example     *string `json:"example,omitempty"`
	// FieldType is textual, datetime, address or document, or "address_id".
	FieldType          *string             `json:"field_type,omitempty"`
	AcceptanceCriteria *AcceptanceCriteria `json:"acceptance_criteria,omitempty"`
}

// AcceptanceCriteria are the accepted values. All are strings, except that
// AcceptableValues is a string or a list.
type AcceptanceCriteria struct {
	FieldType            *string    `json:"field_type,omitempty"`
	FieldValue           *string    `json:"field_value,omitempty"`
	TimeLimit            *string    `json:"time_limit,omitempty"`
	LocalityLimit        *string    `json:"locality_limit,omitempty"`
	AcceptableValues     TextOrList `json:"acceptable_values,omitzero"`
	AcceptableCharacters *string    `json:"acceptable_characters,omitempty"`
	CaseSensitive        *string    `json:"case_sensitive,omitempty"`
	MinLength            *string    `json:"min_length,omitempty"`
	MaxLength            *string    `json:"max_length,omitempty"`
	Regex                *string    `json:"regex,omitempty"`
}

// ListRegulatoryRequirementsRequest selects requirements.
type ListRegulatoryRequirementsRequest struct {
	Filter RegulatoryRequirementsFilter `url:"filter"`
}

// RegulatoryRequirementsFilter narrows a list of requirements.
type RegulatoryRequirementsFilter struct {
	// PhoneNumber is in E.164.
	PhoneNumber        string             `url:"phone_number,omitempty"`
	RequirementGroupID RequirementGroupID `url:"requirement_group_id,omitempty"`
	CountryCode        string             `url:"country_code,omitempty"`
	PhoneNumberType    string             `url:"phone_number_type,omitempty"`
	// Action is ActionOrdering, ActionPorting or "action".
	Action string `url:"action,omitempty"`
}

// List returns the requirements. r may be nil.
//
// GET /regulatory_requirements with filter[…]. There are no pages.
func (s *RegulatoryRequirementsService) List(ctx context.Context, r *ListRegulatoryRequirementsRequest) ([]RegulatoryRequirements, error) {
	page, err := list(ctx, s.api, &api.Call{
		Op: "RegulatoryRequirements.List", Class: api.Read, Method: http.MethodGet, Path: "/regulatory_requirements", Query: orZero(r),
	}, 0, func(*RegulatoryRequirements) string { return "" })
	if err != nil {
		return nil, err
	}
	return page.Data, nil
}

// GetForNumbers returns the requirements for some numbers. The numbers are in
// E.164.
//
// GET /phone_numbers_regulatory_requirements with filter[phone_number], a list
// separated by commas.
func (s *RegulatoryRequirementsService) GetForNumbers(ctx context.Context, phoneNumbers ...string) (*Page[PhoneNumberRequirements], error) {
	const op = "RegulatoryRequirements.GetForNumbers"
	if len(phoneNumbers) == 0 {
		return nil, api.Invalid(vendor, op, "phoneNumbers", "it is empty")
	}
	for _, n := range phoneNumbers {
		if n == "" || strings.Contains(n, ",") {
			return nil, api.Invalid(vendor, op, "phoneNumbers", "a number is empty or has a comma")
		}
	}
	var q struct {
		Filter struct {
			PhoneNumber []string `url:"phone_number,comma"`
		} `url:"filter"`
	}
	q.Filter.PhoneNumber = phoneNumbers
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/phone_numbers_regulatory_requirements", Query: q,
	}, 0, func(n *PhoneNumberRequirements) string { return checkPhoneNumber(n.PhoneNumber) })
}
