package telnyxtest

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// Words of orders, of their parts and of their numbers.
const (
	statusPending = "pending"
	statusSuccess = "success"
	statusFailure = "failure"
)

// order is a number order.
type order struct {
	id                             string
	connection, messaging, billing *string
	reference                      *string
	lines                          []*line
	subs                           []*subOrder
	forced                         string // status set by a test
	created, updated, visible      time.Time
	block                          bool     // made by /number_block_orders, and shown only there
	subIDs                         []string // of the seed's order, which has no parts
}

// subOrder is the part of an order for one country and one type of number.
type subOrder struct {
	id               string
	order            *order
	country, kind    string
	lines            []*line
	forced           string // status set by a test
	block            bool
	created, updated time.Time
}

// line is one number in an order.
type line struct {
	id                 string
	order              *order
	sub                *subOrder
	number             string // E.164
	bundle             *string
	country, kind      string
	locality           string
	requirements       []*requirement
	requirementsStatus string
	status             string
	stuck              bool // never settles by itself
	block              bool
	group              *group // whose values it takes
}

// requirement is what a regulator wants to know about one line.
type requirement struct {
	id, fieldType, value, status string
}

func (o *order) status() string {
	if o.forced != "" {
		return o.forced
	}
	return join(o.lines)
}

// shown reports whether lists and look-ups have the order yet.
func (o *order) shown(now time.Time) bool { return !o.visible.After(now) }

func (o *order) met() bool {
	for _, l := range o.lines {
		if !l.met() {
			return false
		}
	}
	return true
}

// join is the status of many lines together: an order is pending while any line is, and succeeds when any did.
func join(lines []*line) string {
	status := statusFailure
	for _, l := range lines {
		switch l.status {
		case statusPending:
			return statusPending
		case statusSuccess:
			status = statusSuccess
		}
	}
	return status
}

func (l *line) met() bool {
	for _, r := range l.requirements {
		if r.status != requirementApproved {
			return false
		}
	}
	return true
}

// orderJSON is a NumberOrder: in lists PhoneNumbers holds shortNumber, elsewhere lineJSON.
type orderJSON struct {
	ID                 string   `json:"id"`
	RecordType         string   `json:"record_type"`
	PhoneNumbersCount  int      `json:"phone_numbers_count"`
	ConnectionID       *string  `json:"connection_id"`
	MessagingProfileID *string  `json:"messaging_profile_id"`
	BillingGroupID     *string  `json:"billing_group_id"`
	PhoneNumbers       any      `json:"phone_numbers"`
	SubNumberOrdersIDs []string `json:"sub_number_orders_ids"`
	Status             string   `json:"status"`
	CustomerReference  *string  `json:"customer_reference"`
	CreatedAt          string   `json:"created_at"`
	UpdatedAt          string   `json:"updated_at"`
	RequirementsMet    bool     `json:"requirements_met"`
}

// shortNumber is a number in a listed order.
type shortNumber struct {
	PhoneNumber string `json:"phone_number"`
	ID          string `json:"id"`
}

// lineJSON is an OrderPhoneNumber.
type lineJSON struct {
	ID                     string            `json:"id"`
	RecordType             string            `json:"record_type"`
	PhoneNumber            string            `json:"phone_number"`
	BundleID               *string           `json:"bundle_id"`
	CountryCode            string            `json:"country_code"`
	CountryISOAlpha2       string            `json:"country_iso_alpha2"`
	PhoneNumberType        string            `json:"phone_number_type"`
	RegulatoryRequirements []requirementJSON `json:"regulatory_requirements"`
	RequirementsMet        bool              `json:"requirements_met"`
	RequirementsStatus     string            `json:"requirements_status"`
	Status                 string            `json:"status"`
}

// requirementJSON is a RequirementWithValue.
type requirementJSON struct {
	RecordType    string  `json:"record_type"`
	RequirementID string  `json:"requirement_id"`
	FieldType     string  `json:"field_type"`
	FieldValue    *string `json:"field_value"`
	Status        string  `json:"status"`
}

func (o *order) json(numbers any) orderJSON {
	subs := o.subIDs
	if subs == nil {
		subs = each(o.subs, func(sub *subOrder) string { return sub.id })
	}
	return orderJSON{
		o.id, "number_order", len(o.lines), o.connection, o.messaging, o.billing, numbers, subs,
		o.status(), o.reference, stamp(o.created), stamp(o.updated), o.met(),
	}
}

// short is how lists show an order.
func (o *order) short() orderJSON {
	return o.json(each(o.lines, func(l *line) shortNumber { return shortNumber{l.number, l.id} }))
}

// long is how everything else shows it.
func (o *order) long() orderJSON { return o.json(each(o.lines, (*line).json)) }

func (l *line) json() lineJSON {
	return lineJSON{
		l.id, "number_order_phone_number", l.number, l.bundle, l.country, l.country, l.kind,
		each(l.requirements, (*requirement).json), l.met(), l.requirementsStatus, l.status,
	}
}

func (r *requirement) json() requirementJSON {
	j := requirementJSON{"phone_number_regulatory_requirement", r.id, r.fieldType, nil, r.status}
	if r.value != "" {
		j.FieldValue = &r.value
	}
	return j
}

func orderRoutes() []route {
	return []route{
		{"POST", "/number_orders", "create order", true, nil, (*call).createOrder},
		{"GET", "/number_orders", "list orders", false, slices.Concat(pageKeys, []string{
			"filter[status]", "filter[created_at][gt]", "filter[created_at][lt]", "filter[phone_numbers_count]",
			"filter[customer_reference]", "filter[requirements_met]",
		}), (*call).listOrders},
		{"GET", "/number_orders/{id}", "get order", false, nil, (*call).getOrder},
		{"PATCH", "/number_orders/{id}", "update order", false, nil, (*call).updateOrder},
	}
}

// listOrders is GET /number_orders.
func (c *call) listOrders() (any, *problem) {
	w := c.page()
	var f filter[*order]
	c.onlyShown(&f, false)
	f.text(c, "filter[status]", (*order).status)
	f.text(c, "filter[customer_reference]", func(o *order) string { return deref(o.reference) })
	f.text(c, "filter[phone_numbers_count]", func(o *order) string { return strconv.Itoa(len(o.lines)) })
	f.between(c, "filter[created_at]", func(o *order) time.Time { return o.created })
	f.truth(c, "filter[requirements_met]", (*order).met)
	if c.wrong != nil {
		return nil, c.wrong
	}
	if doc := c.seedPage(w); doc != nil {
		return doc, nil
	}
	rows, m := take(c.orders, w, f)
	page := listing{each(rows, (*order).short), m}
	if w.number < m.TotalPages {
		if _, ok := c.fake.Take(numberstest.InsertWhileListing, ""); ok {
			c.insertOrder()
		}
	}
	return page, nil
}

// onlyShown leaves out orders that are not visible yet, and those of the other kind.
func (c *call) onlyShown(f *filter[*order], blocks bool) {
	now := c.fake.Now()
	f.add(c.lastVisible.After(now), func(o *order) bool { return o.shown(now) })
	f.add(blocks || c.blockOrders > 0, func(o *order) bool { return o.block == blocks })
}

// findOrder looks up the order that the path names.
func (c *call) findOrder() (*order, *problem) {
	o := c.orderID[c.r.PathValue("id")]
	if o == nil || o.block || !o.shown(c.fake.Now()) {
		return nil, notFound()
	}
	return o, nil
}

// getOrder is GET /number_orders/{number_order_id}.
func (c *call) getOrder() (any, *problem) {
	o, p := c.findOrder()
	if p != nil {
		return nil, p
	}
	return data{o.long()}, nil
}

// updateOrderJSON is the body of PATCH /number_orders/{number_order_id}.
type updateOrderJSON struct {
	CustomerReference      *string     `json:"customer_reference"`
	RegulatoryRequirements []valueJSON `json:"regulatory_requirements"`
}

// updateOrder is PATCH /number_orders/{number_order_id}.
func (c *call) updateOrder() (any, *problem) {
	o, p := c.findOrder()
	if p != nil {
		return nil, p
	}
	var in updateOrderJSON
	if p := c.body(&in); p != nil {
		return nil, p
	}
	if p := c.fulfil(o.lines, in.RegulatoryRequirements); p != nil {
		return nil, p
	}
	if in.CustomerReference != nil {
		o.reference = in.CustomerReference
	}
	o.updated = c.fake.Now()
	return data{o.long()}, nil
}

// insertOrder is the row of InsertWhileListing: an order of somebody else on the account that failed, so
// that nothing was bought.
func (s *Server) insertOrder() {
	now := s.fake.Now()
	o := &order{created: now, updated: now, reference: new("made elsewhere")}
	o.lines = []*line{{
		number: fmt.Sprintf("+1312555%04d", len(s.orders)%10000), country: "US", kind: "local",
		status: statusFailure, requirementsStatus: requirementsApproved,
	}}
	s.add(o)
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
