package telnyxtest

import (
	"encoding/csv"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// subOrderRoutes are the operations on sub number orders. The description names no page parameters for
// their list, though its answer has a meta; page[number] and page[size] are honored here.
func subOrderRoutes() []route {
	return []route{
		{"GET", "/sub_number_orders", "list sub orders", false, slices.Concat(pageKeys, []string{
			"filter[status]", "filter[order_request_id]", "filter[country_code]", "filter[phone_number_type]", "filter[phone_numbers_count]",
			"filter[include_phone_numbers]",
		}), (*call).listSubOrders},
		{"GET", "/sub_number_orders/{id}", "get sub order", false, []string{"filter[include_phone_numbers]"}, (*call).getSubOrder},
		{"PATCH", "/sub_number_orders/{id}", "update sub order", false, nil, (*call).updateSubOrder},
		{"PATCH", "/sub_number_orders/{id}/cancel", "cancel sub order", false, nil, (*call).cancelSubOrder},
		{"POST", "/sub_number_orders/{id}/requirement_group", "set sub order requirement group", false, nil, (*call).setSubOrderGroup},
	}
}

// shownLines is how many numbers a sub order shows at most.
const shownLines = 50

// subOrderJSON is a SubNumberOrder.
type subOrderJSON struct {
	ID                     string             `json:"id"`
	RecordType             string             `json:"record_type"`
	OrderRequestID         string             `json:"order_request_id"`
	CountryCode            string             `json:"country_code"`
	PhoneNumberType        string             `json:"phone_number_type"`
	UserID                 string             `json:"user_id"`
	RegulatoryRequirements []fieldJSON        `json:"regulatory_requirements"`
	PhoneNumbersCount      int                `json:"phone_numbers_count"`
	CreatedAt              string             `json:"created_at"`
	UpdatedAt              string             `json:"updated_at"`
	RequirementsMet        bool               `json:"requirements_met"`
	Status                 string             `json:"status"`
	CustomerReference      *string            `json:"customer_reference"`
	IsBlockSubNumberOrder  bool               `json:"is_block_sub_number_order"`
	PhoneNumbers           *[]subOrderNumbers `json:"phone_numbers,omitempty"`
}

// fieldJSON is a requirement without its value.
type fieldJSON struct {
	RecordType    string `json:"record_type"`
	RequirementID string `json:"requirement_id"`
	FieldType     string `json:"field_type"`
}

// subOrderNumbers is a number in a sub order.
type subOrderNumbers struct {
	ID                     string            `json:"id"`
	BundleID               *string           `json:"bundle_id"`
	CountryCode            string            `json:"country_code"`
	PhoneNumber            string            `json:"phone_number"`
	PhoneNumberType        string            `json:"phone_number_type"`
	RecordType             string            `json:"record_type"`
	RegulatoryRequirements []requirementJSON `json:"regulatory_requirements"`
	RequirementsMet        bool              `json:"requirements_met"`
	RequirementsStatus     string            `json:"requirements_status"`
	Status                 string            `json:"status"`
}

func (sub *subOrder) status() string {
	if sub.forced != "" {
		return sub.forced
	}
	return join(sub.lines)
}

func (sub *subOrder) met() bool {
	return !slices.ContainsFunc(sub.lines, func(l *line) bool { return !l.met() })
}

func (sub *subOrder) json() subOrderJSON {
	fields := []fieldJSON{}
	for _, l := range sub.lines {
		for _, r := range l.requirements {
			f := fieldJSON{"phone_number_regulatory_requirement", r.id, r.fieldType}
			if !slices.Contains(fields, f) {
				fields = append(fields, f)
			}
		}
	}
	return subOrderJSON{
		sub.id, "sub_number_order", sub.order.id, sub.country, sub.kind, userID, fields, len(sub.lines),
		stamp(sub.created), stamp(sub.updated), sub.met(), sub.status(), sub.order.reference, sub.block, nil,
	}
}

// long is a sub order with its first numbers.
func (sub *subOrder) long() subOrderJSON {
	j := sub.json()
	j.PhoneNumbers = new(each(sub.lines[:min(len(sub.lines), shownLines)], func(l *line) subOrderNumbers {
		return subOrderNumbers{
			l.id, l.bundle, l.country, l.number, l.kind, "number_order_phone_number",
			each(l.requirements, (*requirement).json), l.met(), l.requirementsStatus, l.status,
		}
	}))
	return j
}

// listSubOrders is GET /sub_number_orders.
func (c *call) listSubOrders() (any, *problem) {
	w := c.page()
	var f filter[*subOrder]
	now := c.fake.Now()
	f.add(c.lastVisible.After(now), func(sub *subOrder) bool { return sub.order.shown(now) })
	f.text(c, "filter[status]", (*subOrder).status)
	order, byOrder := c.uuid("filter[order_request_id]")
	f.add(byOrder, func(sub *subOrder) bool { return sub.order.id == order })
	f.text(c, "filter[country_code]", func(sub *subOrder) string { return sub.country })
	f.word(c, "filter[phone_number_type]", lineTypes, func(sub *subOrder) string { return sub.kind })
	count, byCount := c.integer("filter[phone_numbers_count]", 0, math.MaxInt)
	f.add(byCount, func(sub *subOrder) bool { return len(sub.lines) == count })
	numbers, _ := c.boolean("filter[include_phone_numbers]")
	if c.wrong != nil {
		return nil, c.wrong
	}
	rows, m := take(c.subs, w, f)
	if numbers {
		return listing{each(rows, (*subOrder).long), m}, nil
	}
	return listing{each(rows, (*subOrder).json), m}, nil
}

// findSubOrder looks up the sub order that the path names.
func (c *call) findSubOrder() (*subOrder, *problem) {
	sub := c.subID[c.r.PathValue("id")]
	if sub == nil || !sub.order.shown(c.fake.Now()) {
		return nil, notFound()
	}
	return sub, nil
}

// getSubOrder is GET /sub_number_orders/{sub_number_order_id}.
func (c *call) getSubOrder() (any, *problem) {
	numbers, _ := c.boolean("filter[include_phone_numbers]")
	if c.wrong != nil {
		return nil, c.wrong
	}
	sub, p := c.findSubOrder()
	switch {
	case p != nil:
		return nil, p
	case numbers:
		return data{sub.long()}, nil
	}
	return data{sub.json()}, nil
}

// valuesJSON is the body of the operations that give requirements their values.
type valuesJSON struct {
	RegulatoryRequirements []valueJSON `json:"regulatory_requirements"`
}

// updateSubOrder is PATCH /sub_number_orders/{sub_number_order_id}.
func (c *call) updateSubOrder() (any, *problem) {
	sub, p := c.findSubOrder()
	if p != nil {
		return nil, p
	}
	var in valuesJSON
	if p := c.body(&in); p != nil {
		return nil, p
	}
	if p := c.fulfil(sub.lines, in.RegulatoryRequirements); p != nil {
		return nil, p
	}
	sub.updated = c.fake.Now()
	return data{sub.json()}, nil
}

// cancelSubOrder is PATCH /sub_number_orders/{sub_number_order_id}/cancel. The canceled numbers fail, and
// their requirements_status says why.
func (c *call) cancelSubOrder() (any, *problem) {
	c.noBody()
	sub, p := c.findSubOrder()
	if p != nil {
		return nil, p
	}
	if sub.status() != statusPending {
		return nil, refuse(http.StatusUnprocessableEntity, codeUnprocessable, "Only a sub number order that is pending can be cancelled.")
	}
	for _, l := range sub.lines {
		if l.status == statusPending {
			l.requirementsStatus = requirementsCanceled
			c.end(l, statusFailure)
		}
	}
	sub.forced, sub.updated = "", c.fake.Now()
	return data{sub.json()}, nil
}

// groupJSON is the body of the operations that set a requirement group.
type groupIDJSON struct {
	RequirementGroupID *string `json:"requirement_group_id"`
}

// setSubOrderGroup is POST /sub_number_orders/{id}/requirement_group.
func (c *call) setSubOrderGroup() (any, *problem) {
	sub, p := c.findSubOrder()
	if p != nil {
		return nil, p
	}
	if p := c.setGroup(sub.lines); p != nil {
		return nil, p
	}
	sub.updated = c.fake.Now()
	return data{sub.long()}, nil
}

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
	return reply{status: http.StatusAccepted, body: data{rep.json()}}, nil
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
	return reply{status: http.StatusOK, contentType: "text/csv", body: rep.csv}, nil
}
