package telnyx

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers/wire"
)

// RequirementGroupsService stores data for regulators, which many numbers can
// use. In CH, DK, IT, NO, PT and SE an order needs a fulfilled group. The
// answers have no envelope.
type RequirementGroupsService struct{ api *api.Client }

// The states of a requirement group and of its requirements.
const (
	GroupApproved        = "approved"
	GroupUnapproved      = "unapproved"
	GroupPendingApproval = "pending-approval"
	GroupDeclined        = "declined"
	GroupExpired         = "expired"
)

// The actions that need requirements.
const (
	ActionOrdering = "ordering"
	ActionPorting  = "porting"
)

// RequirementGroupID identifies a [RequirementGroup]. It is a UUID.
type RequirementGroupID string

// RequirementGroup is a set of values for the requirements of one country and
// type of number.
type RequirementGroup struct {
	ID RequirementGroupID `json:"id"`
	// CountryCode is the ISO 3166-1 alpha-2 code.
	CountryCode     *string `json:"country_code,omitempty"`
	PhoneNumberType *string `json:"phone_number_type,omitempty"`
	// Status is GroupApproved or another of these constants.
	Status *string `json:"status,omitempty"`
	// Action is ActionOrdering or ActionPorting.
	Action            *string   `json:"action,omitempty"`
	CustomerReference *string   `json:"customer_reference,omitempty"`
	CreatedAt         wire.Time `json:"created_at,omitzero"`
	UpdatedAt         wire.Time `json:"updated_at,omitzero"`
	// RecordType is "requirement_group".
	RecordType             *string            `json:"record_type,omitempty"`
	RegulatoryRequirements []GroupRequirement `json:"regulatory_requirements,omitzero"`
}

// GroupRequirement is one requirement of a group.
type GroupRequirement struct {
	RequirementID *string `json:"requirement_id,omitempty"`
	// FieldValue is the text or time itself, or the id of the address or
	// document. Telnyx forgets a document that is not linked within 30 minutes
	// of its upload.
	FieldValue *string `json:"field_value,omitempty"`
	// FieldType is textual, datetime, address or document.
	FieldType *string `json:"field_type,omitempty"`
	// Status is GroupApproved or another of these constants.
	Status    *string   `json:"status,omitempty"`
	ExpiresAt wire.Time `json:"expires_at,omitzero"`
	CreatedAt wire.Time `json:"created_at,omitzero"`
	UpdatedAt wire.Time `json:"updated_at,omitzero"`
}

// CreateRequirementGroupRequest makes a group.
type CreateRequirementGroupRequest struct {
	// CountryCode is the ISO 3166-1 alpha-2 code.
	CountryCode string `json:"country_code"`
	// PhoneNumberType is TypeLocal, TypeTollFree, TypeMobile, TypeNational or
	// TypeSharedCost.
	PhoneNumberType string `json:"phone_number_type"`
	// Action is ActionOrdering or ActionPorting.
	Action                 string             `json:"action"`
	CustomerReference      *string            `json:"customer_reference,omitempty"`
	RegulatoryRequirements []RequirementValue `json:"regulatory_requirements,omitzero"`
}

// UpdateRequirementGroupRequest changes a group. A nil field stays as it is.
type UpdateRequirementGroupRequest struct {
	CustomerReference      *string            `json:"customer_reference,omitempty"`
	RegulatoryRequirements []RequirementValue `json:"regulatory_requirements,omitzero"`
}

// ListRequirementGroupsRequest selects groups.
type ListRequirementGroupsRequest struct {
	Filter RequirementGroupsFilter `url:"filter"`
}

// RequirementGroupsFilter narrows a list of groups.
type RequirementGroupsFilter struct {
	CountryCode     string `url:"country_code,omitempty"`
	PhoneNumberType string `url:"phone_number_type,omitempty"`
	// Action is ActionOrdering, ActionPorting or "action".
	Action            string `url:"action,omitempty"`
	Status            string `url:"status,omitempty"`
	CustomerReference string `url:"customer_reference,omitempty"`
}

// List reads all groups. r may be nil.
//
// GET /requirement_groups with filter[…], which returns a bare array, without
// pages.
func (s *RequirementGroupsService) List(ctx context.Context, r *ListRequirementGroupsRequest) ([]RequirementGroup, error) {
	call := &api.Call{
		Op: "RequirementGroups.List", Class: api.Read, Method: http.MethodGet, Path: "/requirement_groups", Query: orZero(r),
	}
	all, err := bare(ctx, s.api, call, func(*[]RequirementGroup) string { return "" })
	if err != nil {
		return nil, err
	}
	return api.Rows(s.api, call, *all, (*RequirementGroup).check)
}

// Create makes a group.
//
// POST /requirement_groups, which returns the group. It is sent once, because a
// repeat would make a second group.
func (s *RequirementGroupsService) Create(ctx context.Context, r *CreateRequirementGroupRequest) (*RequirementGroup, error) {
	const op = "RequirementGroups.Create"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	return bare(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/requirement_groups", Body: r,
		Reference: text(r.CustomerReference),
	}, (*RequirementGroup).check)
}

// Get reads a group.
//
// GET /requirement_groups/{id}.
func (s *RequirementGroupsService) Get(ctx context.Context, id RequirementGroupID) (*RequirementGroup, error) {
	return bare(ctx, s.api, &api.Call{
		Op: "RequirementGroups.Get", Class: api.Read, Method: http.MethodGet,
		Path: "/requirement_groups/{id}", Args: []string{string(id)},
	}, (*RequirementGroup).check)
}

// Update changes a group.
//
// PATCH /requirement_groups/{id}, which returns the group.
func (s *RequirementGroupsService) Update(ctx context.Context, id RequirementGroupID, r *UpdateRequirementGroupRequest) (*RequirementGroup, error) {
	const op = "RequirementGroups.Update"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	return bare(ctx, s.api, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPatch,
		Path: "/requirement_groups/{id}", Args: []string{string(id)}, Body: r,
	}, (*RequirementGroup).check)
}

// Delete removes a group.
//
// DELETE /requirement_groups/{id}, which returns the group as it was.
func (s *RequirementGroupsService) Delete(ctx context.Context, id RequirementGroupID) (*RequirementGroup, error) {
	return bare(ctx, s.api, &api.Call{
		Op: "RequirementGroups.Delete", Class: api.Write, Method: http.MethodDelete,
		Path: "/requirement_groups/{id}", Args: []string{string(id)},
	}, (*RequirementGroup).check)
}

// SubmitForApproval submits a group for Telnyx's approval.
//
// POST /requirement_groups/{id}/submit_for_approval, without a body, which
// returns the group.
func (s *RequirementGroupsService) SubmitForApproval(ctx context.Context, id RequirementGroupID) (*RequirementGroup, error) {
	return bare(ctx, s.api, &api.Call{
		Op: "RequirementGroups.SubmitForApproval", Class: api.Write, Method: http.MethodPost,
		Path: "/requirement_groups/{id}/submit_for_approval", Args: []string{string(id)},
	}, (*RequirementGroup).check)
}

func (g *RequirementGroup) check() string { return checkID(g.ID) }
