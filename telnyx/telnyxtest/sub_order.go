package telnyxtest

import (
	"math"
	"net/http"
	"slices"
)

// subOrderRoutes are the operations on sub number orders. The description names no page parameters for
// their list, though its answer has a meta; page[number] and page[size] are honoured here.
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

// cancelSubOrder is PATCH /sub_number_orders/{sub_number_order_id}/cancel. The cancelled numbers fail, and
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
			l.requirementsStatus = requirementsCancelled
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
