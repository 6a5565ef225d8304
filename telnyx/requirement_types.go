package telnyx

import (
	"context"
	"iter"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// RequirementTypesService reads the kinds of data and documents that requirements ask
// for.
type RequirementTypesService struct{ api *api.Client }

// The types of a [RequirementType].
const (
	RequirementDocument = "document"
	RequirementAddress  = "address"
	RequirementTextual  = "textual"
)

// RequirementType is one kind of data or document.
type RequirementType struct {
	AcceptanceCriteria *RequirementTypeCriteria `json:"acceptance_criteria,omitempty"`
	CreatedAt          wire.Time                `json:"created_at,omitzero"`
	Description        *string                  `json:"description,omitempty"`
	Example            *string                  `json:"example,omitempty"`
	// ID is a UUID: the RequirementID in the values of orders and groups.
	ID   string  `json:"id"`
	Name *string `json:"name,omitempty"`
	// RecordType is "requirement_type".
	RecordType *string `json:"record_type,omitempty"`
	// Type is RequirementDocument, RequirementAddress or RequirementTextual.
	Type      *string   `json:"type,omitempty"`
	UpdatedAt wire.Time `json:"updated_at,omitzero"`
}

// RequirementTypeCriteria are the accepted values. [AcceptanceCriteria] are the same as
// other endpoints write them.
type RequirementTypeCriteria struct {
	// AcceptableCharacters are the characters that a text may have.
	AcceptableCharacters *string `json:"acceptable_characters,omitempty"`
	// AcceptableValues are the only possible values, unless it is empty.
	AcceptableValues []string `json:"acceptable_values,omitzero"`
	LocalityLimit    *string  `json:"locality_limit,omitempty"`
	// MaxLength and MinLength count characters.
	MaxLength *int    `json:"max_length,omitempty"`
	MinLength *int    `json:"min_length,omitempty"`
	TimeLimit *string `json:"time_limit,omitempty"`
}

// ListRequirementTypesRequest selects requirement types.
type ListRequirementTypesRequest struct {
	Filter RequirementTypesFilter `url:"filter"`
	// Sort are name, created_at and updated_at; with a "-" before it, the order is
	// descending. nil means the newest first.
	Sort []string `url:"sort,brackets,omitempty"`
	// Page is documented for the answer, and not for the request. All sends it only
	// after Telnyx has announced more pages.
	Page PageParams `url:"page"`
}

// RequirementTypesFilter narrows a list of requirement types.
type RequirementTypesFilter struct {
	Name ContainsFilter `url:"name"`
}

// List reads requirement types. r may be nil.
//
// GET /requirement_types with filter[name][contains] and sort[]. No page parameters are
// documented.
func (s *RequirementTypesService) List(ctx context.Context, r *ListRequirementTypesRequest) (*Page[RequirementType], error) {
	const op = "RequirementTypes.List"
	r = orZero(r)
	if err := r.Page.check(op); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/requirement_types", Query: r,
	}, r.Page.Size, (*RequirementType).check)
}

// All walks the requirement types of all pages, as SubNumberOrders.All does. r may be
// nil.
func (s *RequirementTypesService) All(ctx context.Context, r *ListRequirementTypesRequest, opts ...numbers.PageOption) iter.Seq2[*RequirementType, error] {
	from := *orZero(r)
	return all(ctx, "RequirementTypes.All", from.Page, func(ctx context.Context, at PageParams) (*Page[RequirementType], error) {
		r := from
		r.Page = at
		return s.List(ctx, &r)
	}, func(t *RequirementType) string { return t.ID }, opts)
}

// Get reads a requirement type.
//
// GET /requirement_types/{id}.
func (s *RequirementTypesService) Get(ctx context.Context, id string) (*RequirementType, error) {
	return get(ctx, s.api, &api.Call{
		Op: "RequirementTypes.Get", Class: api.Read, Method: http.MethodGet, Path: "/requirement_types/{id}", Args: []string{id},
	}, (*RequirementType).check)
}

func (t *RequirementType) check() string { return checkID(t.ID) }
