package telnyx

import (
	"context"
	"iter"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// SubNumberOrdersService reads and cancels the parts of number orders. Telnyx
// splits every number order by country and type of number.
type SubNumberOrdersService struct{ api *api.Client }

// SubNumberOrderID identifies a [SubNumberOrder]. It is a UUID, and not the id
// of the number order.
type SubNumberOrderID string

// SubNumberOrder is the part of a number order that has the numbers of one
// country and type.
type SubNumberOrder struct {
	ID SubNumberOrderID `json:"id"`
	// RecordType is "sub_number_order".
	RecordType *string `json:"record_type,omitempty"`
	// OrderRequestID is the id of the number order.
	OrderRequestID *string `json:"order_request_id,omitempty"`
	// CountryCode is the ISO 3166-1 alpha-2 code.
	CountryCode *string `json:"country_code,omitempty"`
	// PhoneNumberType is local, toll_free, mobile, national, shared_cost or
	// landline.
	PhoneNumberType        *string                `json:"phone_number_type,omitempty"`
	UserID                 *string                `json:"user_id,omitempty"`
	RegulatoryRequirements []RequirementWithValue `json:"regulatory_requirements,omitzero"`
	PhoneNumbersCount      *int                   `json:"phone_numbers_count,omitempty"`
	CreatedAt              wire.Time              `json:"created_at,omitzero"`
	UpdatedAt              wire.Time              `json:"updated_at,omitzero"`
	RequirementsMet        *bool                  `json:"requirements_met,omitempty"`
	// Status is OrderPending, OrderSuccess or OrderFailure. "deleted" was seen,
	// too.
	Status                *string `json:"status,omitempty"`
	CustomerReference     *string `json:"customer_reference,omitempty"`
	IsBlockSubNumberOrder *bool   `json:"is_block_sub_number_order,omitempty"`
	// SetRequirementGroup returns PhoneNumbers, and so do Get, List and All if their
	// request includes them.
	PhoneNumbers []OrderPhoneNumber `json:"phone_numbers,omitzero"`
}

// ListSubNumberOrdersRequest asks for one page of sub number orders.
type ListSubNumberOrdersRequest struct {
	// Page is documented for the answer, and not for the request. All sends it
	// only after Telnyx has announced more pages.
	Page   PageParams            `url:"page"`
	Filter SubNumberOrdersFilter `url:"filter"`
}

// SubNumberOrdersFilter narrows a list of sub number orders.
type SubNumberOrdersFilter struct {
	Status string `url:"status,omitempty"`
	// OrderRequestID is the id of the number order.
	OrderRequestID  string `url:"order_request_id,omitempty"`
	CountryCode     string `url:"country_code,omitempty"`
	PhoneNumberType string `url:"phone_number_type,omitempty"`
	// PhoneNumbersCount is an integer here, unlike that of number orders.
	PhoneNumbersCount *int `url:"phone_numbers_count,omitempty"`
	// IncludePhoneNumbers adds the first 50 numbers to each row, with the states of
	// their requirements. nil means false.
	IncludePhoneNumbers *bool `url:"include_phone_numbers,omitempty"`
}

// GetSubNumberOrderRequest has the options of Get.
type GetSubNumberOrderRequest struct {
	Filter GetSubNumberOrderFilter `url:"filter"`
}

// GetSubNumberOrderFilter selects what Get returns.
type GetSubNumberOrderFilter struct {
	// IncludePhoneNumbers adds the first 50 numbers. nil means false.
	IncludePhoneNumbers *bool `url:"include_phone_numbers,omitempty"`
}

// UpdateSubNumberOrderRequest supplies regulatory requirements for all numbers
// of a sub number order.
type UpdateSubNumberOrderRequest struct {
	// RegulatoryRequirements may be some of the requirements.
	RegulatoryRequirements []RequirementValue `json:"regulatory_requirements,omitzero"`
}

// SetRequirementGroupRequest names the requirement group to use.
type SetRequirementGroupRequest struct {
	RequirementGroupID RequirementGroupID `json:"requirement_group_id"`
}

func (r *SetRequirementGroupRequest) check(op string) error {
	switch {
	case r == nil:
		return api.Invalid(vendor, op, "request", "it is nil")
	case r.RequirementGroupID == "":
		return api.Invalid(vendor, op, "RequirementGroupID", "it is empty")
	}
	return nil
}

// List reads one page of sub number orders. r may be nil.
//
// GET /sub_number_orders with filter[…]. No page parameters are documented.
func (s *SubNumberOrdersService) List(ctx context.Context, r *ListSubNumberOrdersRequest) (*Page[SubNumberOrder], error) {
	const op = "SubNumberOrders.List"
	r = orZero(r)
	if err := r.Page.check(op); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/sub_number_orders", Query: r,
	}, r.Page.Size, (*SubNumberOrder).check)
}

// All walks the sub number orders of all pages, as NumberOrders.All does. r may
// be nil. No page parameters are documented, so All does not send the number of
// page 1, nor a size unless r sets it.
func (s *SubNumberOrdersService) All(ctx context.Context, r *ListSubNumberOrdersRequest, opts ...numbers.PageOption) iter.Seq2[*SubNumberOrder, error] {
	from := *orZero(r)
	return all(ctx, "SubNumberOrders.All", from.Page, func(ctx context.Context, at PageParams) (*Page[SubNumberOrder], error) {
		r := from
		r.Page = at
		return s.List(ctx, &r)
	}, func(o *SubNumberOrder) string { return string(o.ID) }, opts)
}

// Get reads a sub number order. r may be nil.
//
// GET /sub_number_orders/{sub_number_order_id} with
// filter[include_phone_numbers], which adds the first 50 numbers.
func (s *SubNumberOrdersService) Get(ctx context.Context, id SubNumberOrderID, r *GetSubNumberOrderRequest) (*SubNumberOrder, error) {
	return get(ctx, s.api, &api.Call{
		Op: "SubNumberOrders.Get", Class: api.Read, Method: http.MethodGet,
		Path: "/sub_number_orders/{id}", Args: []string{string(id)}, Query: orZero(r),
	}, (*SubNumberOrder).check)
}

// Update supplies regulatory requirements.
//
// PATCH /sub_number_orders/{sub_number_order_id}, which returns the order.
func (s *SubNumberOrdersService) Update(ctx context.Context, id SubNumberOrderID, r *UpdateSubNumberOrderRequest) (*SubNumberOrder, error) {
	const op = "SubNumberOrders.Update"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPatch,
		Path: "/sub_number_orders/{id}", Args: []string{string(id)}, Body: r,
	}, (*SubNumberOrder).check)
}

// Cancel cancels a pending sub number order.
//
// PATCH /sub_number_orders/{sub_number_order_id}/cancel, without a body, which
// returns the order. Telnyx refuses an order that is not pending. It therefore
// also refuses a second attempt of this call after the answer to the first was
// lost. Read the order with Get then.
func (s *SubNumberOrdersService) Cancel(ctx context.Context, id SubNumberOrderID) (*SubNumberOrder, error) {
	return get(ctx, s.api, &api.Call{
		Op: "SubNumberOrders.Cancel", Class: api.Write, Method: http.MethodPatch,
		Path: "/sub_number_orders/{id}/cancel", Args: []string{string(id)},
	}, (*SubNumberOrder).check)
}

// SetRequirementGroup uses the values of a requirement group for all numbers
// of a sub number order.
//
// POST /sub_number_orders/{id}/requirement_group, which returns the order and
// its numbers. A repeat changes nothing.
func (s *SubNumberOrdersService) SetRequirementGroup(ctx context.Context, id SubNumberOrderID, r *SetRequirementGroupRequest) (*SubNumberOrder, error) {
	const op = "SubNumberOrders.SetRequirementGroup"
	if err := r.check(op); err != nil {
		return nil, err
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPost,
		Path: "/sub_number_orders/{id}/requirement_group", Args: []string{string(id)}, Body: r,
	}, (*SubNumberOrder).check)
}

func (o *SubNumberOrder) check() string { return checkID(o.ID) }

// The states of a report.
const (
	ReportPending = "pending"
	ReportSuccess = "success"
	ReportFailed  = "failed"
	ReportExpired = "expired"
)

// SubNumberOrdersReport is a CSV report of sub number orders, which Telnyx
// makes in the background.
type SubNumberOrdersReport struct {
	// ID is a UUID.
	ID string `json:"id"`
	// OrderType is "sub_number_order".
	OrderType *string `json:"order_type,omitempty"`
	// Status is ReportPending, ReportSuccess, ReportFailed or ReportExpired.
	Status *string `json:"status,omitempty"`
	// Filters are the filters of the request.
	Filters   *SubNumberOrdersReportFilters `json:"filters,omitempty"`
	UserID    *string                       `json:"user_id,omitempty"`
	CreatedAt wire.Time                     `json:"created_at,omitzero"`
	UpdatedAt wire.Time                     `json:"updated_at,omitzero"`
}

// SubNumberOrdersReportFilters narrow a report. A nil field does not filter.
type SubNumberOrdersReportFilters struct {
	// Status is OrderPending, OrderSuccess or OrderFailure.
	Status *string `json:"status,omitempty"`
	// OrderRequestID is the id of the number order.
	OrderRequestID    *string `json:"order_request_id,omitempty"`
	CountryCode       *string `json:"country_code,omitempty"`
	CustomerReference *string `json:"customer_reference,omitempty"`
	// CreatedAtGT and CreatedAtLT bound the time of creation.
	CreatedAtGT wire.Time `json:"created_at_gt,omitzero"`
	CreatedAtLT wire.Time `json:"created_at_lt,omitzero"`
}

// CreateReport requests a report. r must not be nil, but its fields may be.
//
// POST /sub_number_orders_report, which returns 202 and a pending report. It is
// sent once, because a repeat would make a second report.
func (s *SubNumberOrdersService) CreateReport(ctx context.Context, r *SubNumberOrdersReportFilters) (*SubNumberOrdersReport, error) {
	const op = "SubNumberOrders.CreateReport"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/sub_number_orders_report", Body: r,
	}, (*SubNumberOrdersReport).check)
}

// GetReport reads the status of a report.
//
// GET /sub_number_orders_report/{report_id}.
func (s *SubNumberOrdersService) GetReport(ctx context.Context, id string) (*SubNumberOrdersReport, error) {
	return get(ctx, s.api, &api.Call{
		Op: "SubNumberOrders.GetReport", Class: api.Read, Method: http.MethodGet,
		Path: "/sub_number_orders_report/{id}", Args: []string{id},
	}, (*SubNumberOrdersReport).check)
}

// DownloadReport returns the file of a report whose Status is ReportSuccess.
// Close its Body. Its times look like "2025-05-23 14:33:12.376686" and are in
// UTC.
//
// GET /sub_number_orders_report/{report_id}/download, which returns text/csv.
func (s *SubNumberOrdersService) DownloadReport(ctx context.Context, id string) (*numbers.Download, error) {
	return s.api.Download(ctx, &api.Call{
		Op: "SubNumberOrders.DownloadReport", Class: api.Read, Method: http.MethodGet, Accept: "text/csv",
		Path: "/sub_number_orders_report/{id}/download", Args: []string{id},
	})
}

func (r *SubNumberOrdersReport) check() string { return checkID(r.ID) }
