package telnyxtest

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reportRoutes are the CSV reports, at both paths under which they were published.
func reportRoutes() []route {
	var all []route
	for _, base := range []string{"/sub_number_orders_report", "/sub_number_orders/report"} {
		all = append(
			all,
			route{"POST", base, "create sub orders report", false, nil, (*call).createReport},
			route{"GET", base + "/{id}", "get sub orders report", false, nil, (*call).getReport},
			route{"GET", base + "/{id}/download", "download sub orders report", false, nil, (*call).downloadReport},
		)
	}
	return all
}

// report is a CSV file in the making.
type report struct {
	id, status       string
	filters          reportFilters
	csv              []byte
	created, updated time.Time
}

// reportFilters are what a report was asked for.
type reportFilters struct {
	Status            *string `json:"status,omitempty"`
	CountryCode       *string `json:"country_code,omitempty"`
	CreatedAtGT       *string `json:"created_at_gt,omitempty"`
	CreatedAtLT       *string `json:"created_at_lt,omitempty"`
	OrderRequestID    *string `json:"order_request_id,omitempty"`
	CustomerReference *string `json:"customer_reference,omitempty"`
}

// reportJSON is a SubNumberOrdersReport.
type reportJSON struct {
	OrderType string        `json:"order_type"`
	Filters   reportFilters `json:"filters"`
	Status    string        `json:"status"`
	CreatedAt string        `json:"created_at"`
	UserID    string        `json:"user_id"`
	UpdatedAt string        `json:"updated_at"`
	ID        string        `json:"id"`
}

func (r *report) json() reportJSON {
	const layout = "2006-01-02T15:04:05.000000-07:00"
	return reportJSON{"sub_number_order", r.filters, r.status, r.created.UTC().Format(layout), userID, r.updated.UTC().Format(layout), r.id}
}

// createReport is POST /sub_number_orders_report. It answers 202; the report is ready after SettleAfter.
func (c *call) createReport() (any, *problem) {
	var in reportFilters
	if p := c.body(&in); p != nil {
		return nil, p
	}
	switch {
	case in.Status != nil && !slices.Contains([]string{statusPending, statusSuccess, statusFailure}, *in.Status):
		return nil, invalid(codeInvalidEnum, "/status", "%q is not one of pending, success, failure.", *in.Status)
	case in.OrderRequestID != nil && !uuid.MatchString(*in.OrderRequestID):
		return nil, invalid(codeInvalidType, "/order_request_id", "%q is not a UUID.", *in.OrderRequestID)
	}
	now := c.fake.Now()
	rep := &report{id: c.fake.IDs().UUID(), status: statusPending, filters: in, created: now, updated: now}
	after, p := reportTime(in.CreatedAtGT, "/created_at_gt")
	if p != nil {
		return nil, p
	}
	before, p := reportTime(in.CreatedAtLT, "/created_at_lt")
	if p != nil {
		return nil, p
	}
	c.reports[rep.id] = rep
	s := c.Server
	c.fake.After(c.opts.SettleAfter, func() {
		rep.status, rep.updated = statusSuccess, s.fake.Now()
		rep.csv = s.reportCSV(in, after, before)
	})
	return reply{http.StatusAccepted, "", data{rep.json()}}, nil
}

func reportTime(text *string, pointer string) (time.Time, *problem) {
	if text == nil {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, *text)
	if err != nil {
		return t, invalid(codeBadRequest, pointer, "%q is not an ISO 8601 datetime.", *text)
	}
	return t, nil
}

// reportCSV writes the sub orders that the filters let through, oldest first.
func (s *Server) reportCSV(f reportFilters, after, before time.Time) []byte {
	is := func(want *string, have string) bool { return want == nil || *want == have }
	truth := func(b bool) string {
		if b {
			return "True"
		}
		return "False"
	}
	const layout = "2006-01-02 15:04:05.000000"
	var text strings.Builder
	rows := [][]string{{
		"id", "order_request_id", "is_block_sub_number_order", "status", "phone_number_type", "requirements_met",
		"phone_numbers_count", "country_code", "user_id", "customer_reference", "created_at", "updated_at",
	}}
	for _, sub := range s.subs {
		if !is(f.Status, sub.status()) || !is(f.CountryCode, sub.country) || !is(f.OrderRequestID, sub.order.id) ||
			!is(f.CustomerReference, deref(sub.order.reference)) || f.CreatedAtGT != nil && !sub.created.After(after) ||
			f.CreatedAtLT != nil && !sub.created.Before(before) {
			continue
		}
		rows = append(rows, []string{
			sub.id, sub.order.id, truth(sub.block), sub.status(), sub.kind, truth(sub.met()), strconv.Itoa(len(sub.lines)),
			sub.country, userID, deref(sub.order.reference), sub.created.UTC().Format(layout), sub.updated.UTC().Format(layout),
		})
	}
	_ = csv.NewWriter(&text).WriteAll(rows) // a strings.Builder takes it all
	return []byte(text.String())
}

// findReport looks up the report that the path names.
func (c *call) findReport() (*report, *problem) {
	if rep := c.reports[c.r.PathValue("id")]; rep != nil {
		return rep, nil
	}
	return nil, notFound()
}

// getReport is GET /sub_number_orders_report/{report_id}.
func (c *call) getReport() (any, *problem) {
	rep, p := c.findReport()
	if p != nil {
		return nil, p
	}
	return data{rep.json()}, nil
}

// downloadReport is GET /sub_number_orders_report/{report_id}/download; the report must be ready.
func (c *call) downloadReport() (any, *problem) {
	rep, p := c.findReport()
	switch {
	case p != nil:
		return nil, p
	case rep.status != statusSuccess:
		return nil, refuse(http.StatusUnprocessableEntity, codeUnprocessable, "The report is not ready.")
	}
	return reply{http.StatusOK, "text/csv", rep.csv}, nil
}
