package telnyxtest

import (
	"time"
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
