package telnyxtest

import (
	"slices"
	"time"
)

// lineTypes are the words for the type of a number in orders.
var lineTypes = []string{"local", "toll_free", "mobile", "national", "shared_cost", "landline"}

// patience is how long Telnyx waits here for requirements; its documentation names no time.
const patience = 30 * 24 * time.Hour

func lineRoutes() []route {
	return []route{
		{"GET", "/number_order_phone_numbers", "list order numbers", false, slices.Concat(pageKeys, []string{"filter[country_code]"}), (*call).listLines},
		{"GET", "/number_order_phone_numbers/{id}", "get order number", false, nil, (*call).getLine},
		{"PATCH", "/number_order_phone_numbers/{id}", "update order number", false, nil, (*call).updateLine},
		{"POST", "/number_order_phone_numbers/{id}/requirement_group", "set order number requirement group", false, nil, (*call).setLineGroup},
	}
}

// orderNumberJSON is a NumberOrderPhoneNumber.
type orderNumberJSON struct {
	ID                     string            `json:"id"`
	RecordType             string            `json:"record_type"`
	PhoneNumber            string            `json:"phone_number"`
	BundleID               *string           `json:"bundle_id"`
	OrderRequestID         string            `json:"order_request_id"`
	SubNumberOrderID       string            `json:"sub_number_order_id"`
	CountryCode            string            `json:"country_code"`
	Locality               string            `json:"locality"`
	PhoneNumberType        string            `json:"phone_number_type"`
	RegulatoryRequirements []requirementJSON `json:"regulatory_requirements"`
	RequirementsMet        bool              `json:"requirements_met"`
	RequirementsStatus     string            `json:"requirements_status"`
	Status                 string            `json:"status"`
	IsBlockNumber          bool              `json:"is_block_number"`
	Deadline               string            `json:"deadline"`
}

func (l *line) long() orderNumberJSON {
	return orderNumberJSON{
		l.id, "number_order_phone_number", l.number, l.bundle, l.order.id, l.sub.id, l.country, l.locality, l.kind,
		each(l.requirements, (*requirement).json), l.met(), l.requirementsStatus, l.status, l.block,
		l.order.created.Add(patience).UTC().Format(time.RFC3339),
	}
}

// listLines is GET /number_order_phone_numbers. Its description names no page parameters; they are honoured.
func (c *call) listLines() (any, *problem) {
	w := c.page()
	var f filter[*line]
	now := c.fake.Now()
	f.add(c.lastVisible.After(now), func(l *line) bool { return l.order.shown(now) })
	f.text(c, "filter[country_code]", func(l *line) string { return l.country })
	if c.wrong != nil {
		return nil, c.wrong
	}
	rows, m := take(c.lines, w, f)
	return listing{each(rows, (*line).long), m}, nil
}

// findLine looks up the number of an order that the path names.
func (c *call) findLine() (*line, *problem) {
	l := c.lineID[c.r.PathValue("id")]
	if l == nil || !l.order.shown(c.fake.Now()) {
		return nil, notFound()
	}
	return l, nil
}

// getLine is GET /number_order_phone_numbers/{number_order_phone_number_id}.
func (c *call) getLine() (any, *problem) {
	l, p := c.findLine()
	if p != nil {
		return nil, p
	}
	return data{l.long()}, nil
}

// updateLine is PATCH /number_order_phone_numbers/{number_order_phone_number_id}.
func (c *call) updateLine() (any, *problem) {
	l, p := c.findLine()
	if p != nil {
		return nil, p
	}
	var in valuesJSON
	if p := c.body(&in); p != nil {
		return nil, p
	}
	if p := c.fulfil([]*line{l}, in.RegulatoryRequirements); p != nil {
		return nil, p
	}
	return data{l.long()}, nil
}

// setLineGroup is POST /number_order_phone_numbers/{id}/requirement_group.
func (c *call) setLineGroup() (any, *problem) {
	l, p := c.findLine()
	if p != nil {
		return nil, p
	}
	if p := c.setGroup([]*line{l}); p != nil {
		return nil, p
	}
	return data{l.long()}, nil
}
