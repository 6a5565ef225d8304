package telnyx

import (
	"context"
	"net/http"
	"strings"

	"github.com/tnkit/tnkit/internal/api"
)

// RegulatoryRequirementsService tells what regulators want to know. Trial
// accounts can't ask (numbers.ErrForbidden).
type RegulatoryRequirementsService struct{ api *api.Client }

// RegulatoryRequirements are what one country asks for one type of number.
type RegulatoryRequirements struct {
	// CountryCode is the ISO 3166-1 alpha-2 code.
	CountryCode     *string `json:"country_code,omitempty"`
	PhoneNumberType *string `json:"phone_number_type,omitempty"`
	// Action is ActionOrdering or ActionPorting.
	Action                 *string                 `json:"action,omitempty"`
	RegulatoryRequirements []RegulatoryRequirement `json:"regulatory_requirements,omitzero"`
}

// PhoneNumberRequirements are what is asked for one number.
type PhoneNumberRequirements struct {
	// RecordType is "phone_number_regulatory_requirement".
	RecordType             *string                 `json:"record_type,omitempty"`
	PhoneNumber            string                  `json:"phone_number"`
	PhoneNumberType        *string                 `json:"phone_number_type,omitempty"`
	RegionInformation      []RegionInformation     `json:"region_information,omitzero"`
	RegulatoryRequirements []RegulatoryRequirement `json:"regulatory_requirements,omitzero"`
}

// RegulatoryRequirement is one thing that is asked for.
type RegulatoryRequirement struct {
	// ID is what the request fields RequirementID take.
	ID *string `json:"id,omitempty"`
	// RecordType and Label are sent by ForNumbers, Name by List.
	RecordType  *string `json:"record_type,omitempty"`
	Name        *string `json:"name,omitempty"`
	Label       *string `json:"label,omitempty"`
	Description *string `json:"description,omitempty"`
	Example     *string `json:"example,omitempty"`
	// FieldType is textual, datetime, address or document, or "address_id".
	FieldType          *string             `json:"field_type,omitempty"`
	AcceptanceCriteria *AcceptanceCriteria `json:"acceptance_criteria,omitempty"`
}

// AcceptanceCriteria say which values are accepted. All are texts but
// AcceptableValues, which is a text or a list.
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

// ListRegulatoryRequirementsRequest asks what is required.
type ListRegulatoryRequirementsRequest struct {
	Filter RegulatoryRequirementsFilter `url:"filter"`
}

// RegulatoryRequirementsFilter says for what.
type RegulatoryRequirementsFilter struct {
	// PhoneNumber is in E.164.
	PhoneNumber        string             `url:"phone_number,omitempty"`
	RequirementGroupID RequirementGroupID `url:"requirement_group_id,omitempty"`
	CountryCode        string             `url:"country_code,omitempty"`
	PhoneNumberType    string             `url:"phone_number_type,omitempty"`
	// Action is ActionOrdering, ActionPorting or "action".
	Action string `url:"action,omitempty"`
}

// List tells what is required; r may be nil.
//
// GET /regulatory_requirements with filter[…]. There are no pages.
func (s *RegulatoryRequirementsService) List(ctx context.Context, r *ListRegulatoryRequirementsRequest) ([]RegulatoryRequirements, error) {
	page, err := list(ctx, s.api, &api.Call{
		Op: "RegulatoryRequirements.List", Class: api.Read, Method: http.MethodGet, Path: "/regulatory_requirements", Query: orZero(r),
	}, func(*RegulatoryRequirements) string { return "" })
	if err != nil {
		return nil, err
	}
	return page.Data, nil
}

// ForNumbers tells what is required for some numbers, which are in E.164.
//
// GET /phone_numbers_regulatory_requirements with filter[phone_number], a list
// with commas.
func (s *RegulatoryRequirementsService) ForNumbers(ctx context.Context, phoneNumbers ...string) (*Page[PhoneNumberRequirements], error) {
	const op = "RegulatoryRequirements.ForNumbers"
	if len(phoneNumbers) == 0 {
		return nil, api.Invalid(vendor, op, "phoneNumbers", "there are none")
	}
	for _, n := range phoneNumbers {
		if n == "" || strings.Contains(n, ",") {
			return nil, api.Invalid(vendor, op, "phoneNumbers", "one is empty, or has a comma")
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
	}, func(n *PhoneNumberRequirements) string { return checkPhoneNumber(n.PhoneNumber) })
}
