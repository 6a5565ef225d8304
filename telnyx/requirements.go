package telnyx

import (
	"context"
	"iter"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// RequirementsService reads what Telnyx requires for the numbers of a country, in every
// version. [RegulatoryRequirementsService] says what a number or a group needs today.
type RequirementsService struct{ api *api.Client }

// ActionBoth and ActionBrandedCalling are the other actions of a [Requirement].
const (
	ActionBoth           = "both" // ordering and porting
	ActionBrandedCalling = "branded_calling"
)

// Requirement is what Telnyx requires for one action with the numbers of one country.
type Requirement struct {
	// Action is ActionOrdering, ActionPorting, ActionBoth or ActionBrandedCalling.
	Action *string `json:"action,omitempty"`
	// CountryCode is the ISO 3166-1 alpha-2 code.
	CountryCode *string   `json:"country_code,omitempty"`
	CreatedAt   wire.Time `json:"created_at,omitzero"`
	// EffectiveEndAt is null for the version that applies, or will apply.
	EffectiveEndAt wire.Null[wire.Time] `json:"effective_end_at,omitzero"`
	// EffectiveStartAt is when the version applies from.
	EffectiveStartAt wire.Null[wire.Time] `json:"effective_start_at,omitzero"`
	// ID is a UUID.
	ID       string  `json:"id"`
	Locality *string `json:"locality,omitempty"`
	// PhoneNumberType is TypeLocal, TypeNational or TypeTollFree, or "" for all.
	PhoneNumberType *string `json:"phone_number_type,omitempty"`
	// RecordType is "requirement".
	RecordType       *string           `json:"record_type,omitempty"`
	RequirementTypes []RequirementType `json:"requirement_types,omitzero"`
	UpdatedAt        wire.Time         `json:"updated_at,omitzero"`
	// Version counts from 1.
	Version *int `json:"version,omitempty"`
}

// ListRequirementsRequest asks for one page of requirements.
type ListRequirementsRequest struct {
	Filter RequirementsFilter `url:"filter"`
	// Sort are created_at, updated_at, country_code and phone_number_type; with a "-"
	// before it, the order is descending.
	Sort []string   `url:"sort,brackets,omitempty"`
	Page PageParams `url:"page"`
	// Version is the number of a version; nil means the one that applies.
	Version *int `url:"version,omitempty"`
}

// RequirementsFilter narrows a list of requirements.
type RequirementsFilter struct {
	// Action is ActionBrandedCalling, ActionOrdering or ActionPorting.
	Action string `url:"action,omitempty"`
	// CountryCode is the ISO 3166-1 alpha-2 code.
	CountryCode string `url:"country_code,omitempty"`
	// PhoneNumberType is TypeLocal, TypeNational or TypeTollFree.
	PhoneNumberType string `url:"phone_number_type,omitempty"`
}

// GetRequirementRequest has the options of Get.
type GetRequirementRequest struct {
	// Version is the number of a version; nil means the one that applies.
	Version *int `url:"version,omitempty"`
}

// List reads one page of requirements. r may be nil.
//
// GET /requirements with filter[…], sort[], page[number] (from 1), page[size] (1 to
// 250, default 20) and version.
func (s *RequirementsService) List(ctx context.Context, r *ListRequirementsRequest) (*Page[Requirement], error) {
	const op = "Requirements.List"
	r = orZero(r)
	if err := r.Page.check(op); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/requirements", Query: r,
	}, r.Page.Size, (*Requirement).check)
}

// All walks the requirements of all pages from r.Page on. r may be nil. It works as
// NumberOrders.All does.
func (s *RequirementsService) All(ctx context.Context, r *ListRequirementsRequest, opts ...numbers.PageOption) iter.Seq2[*Requirement, error] {
	from := *orZero(r)
	from.Page.enlarge()
	return all(ctx, "Requirements.All", from.Page, func(ctx context.Context, at PageParams) (*Page[Requirement], error) {
		r := from
		r.Page = at
		return s.List(ctx, &r)
	}, func(r *Requirement) string { return r.ID }, opts)
}

// Get reads a requirement. r may be nil.
//
// GET /requirements/{id} with version.
func (s *RequirementsService) Get(ctx context.Context, id string, r *GetRequirementRequest) (*Requirement, error) {
	return get(ctx, s.api, &api.Call{
		Op: "Requirements.Get", Class: api.Read, Method: http.MethodGet, Path: "/requirements/{id}", Args: []string{id}, Query: orZero(r),
	}, (*Requirement).check)
}

func (r *Requirement) check() string { return checkID(r.ID) }
