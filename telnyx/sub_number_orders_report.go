package telnyx

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

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
	// Filters are those of the request.
	Filters   *SubNumberOrdersReportFilters `json:"filters,omitempty"`
	UserID    *string                       `json:"user_id,omitempty"`
	CreatedAt wire.Time                     `json:"created_at,omitzero"`
	UpdatedAt wire.Time                     `json:"updated_at,omitzero"`
}

// SubNumberOrdersReportFilters narrow a report; nil fields do not.
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

// CreateReport orders a report; r may not be nil, and its fields may.
//
// POST /sub_number_orders_report, answered with 202 and a pending report. It
// is sent once: a repeat would make a second report.
func (s *SubNumberOrdersService) CreateReport(ctx context.Context, r *SubNumberOrdersReportFilters) (*SubNumberOrdersReport, error) {
	const op = "SubNumberOrders.CreateReport"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/sub_number_orders_report", Body: r,
	}, (*SubNumberOrdersReport).check)
}

// GetReport tells whether a report is ready.
//
// GET /sub_number_orders_report/{report_id}.
func (s *SubNumberOrdersService) GetReport(ctx context.Context, id string) (*SubNumberOrdersReport, error) {
	return get(ctx, s.api, &api.Call{
		Op: "SubNumberOrders.GetReport", Class: api.Read, Method: http.MethodGet,
		Path: "/sub_number_orders_report/{id}", Args: []string{id},
	}, (*SubNumberOrdersReport).check)
}

// DownloadReport returns a report that is ready, as it comes; close its Body.
// Its times look like "2025-05-23 14:33:12.376686", which is UTC.
//
// GET /sub_number_orders_report/{report_id}/download, answered with text/csv.
func (s *SubNumberOrdersService) DownloadReport(ctx context.Context, id string) (*numbers.Download, error) {
	return s.api.Download(ctx, &api.Call{
		Op: "SubNumberOrders.DownloadReport", Class: api.Read, Method: http.MethodGet, Accept: "text/csv",
		Path: "/sub_number_orders_report/{id}/download", Args: []string{id},
	})
}

func (r *SubNumberOrdersReport) check() string { return missing(r.ID) }
