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

// listLines is GET /number_order_phone_numbers. Its description names no page parameters; they are honored.
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

// Words of one requirement, and of all requirements of a line together.
const (
	requirementApproved = "approved"
	requirementDeclined = "declined"
	requirementAwaiting = "awaiting-value"
	requirementPending  = "pending-approval"

	requirementsApproved = "approved"
	requirementsCanceled = "cancelled"
	requirementsWanted   = "requirement-info-pending"
	requirementsReview   = "requirement-info-under-review"
	requirementsRejected = "requirement-info-exception"
)

// valueJSON is the value of a requirement, as requests have it.
type valueJSON struct {
	RequirementID string `json:"requirement_id"`
	FieldValue    string `json:"field_value"`
}

// fulfil gives values to the requirements of lines. A partial list is allowed; a requirement that no line
// has is refused.
func (s *Server) fulfil(lines []*line, values []valueJSON) *problem {
	for _, v := range values {
		if p := s.fits(lines, v); p != nil {
			return p
		}
	}
	for _, v := range values {
		for _, l := range lines {
			if l.status == statusPending {
				s.giveValue(l, v)
			}
		}
	}
	return nil
}

// fits refuses a value of a requirement that no line has, and one that can't be used.
func (s *Server) fits(lines []*line, v valueJSON) *problem {
	found := false
	for _, l := range lines {
		for _, r := range l.requirements {
			if r.id != v.RequirementID {
				continue
			}
			found = true
			if p := s.usable(r.fieldType, v.FieldValue); p != nil {
				return p
			}
		}
	}
	if !found {
		return invalid(codeAssociation, "/regulatory_requirements", "The requirement [%s] does not belong to the order.", v.RequirementID)
	}
	return nil
}

// giveValue notes a value, which Telnyx looks at before it approves it.
func (s *Server) giveValue(l *line, v valueJSON) {
	for _, r := range l.requirements {
		if r.id != v.RequirementID {
			continue
		}
		if r.value, r.status = v.FieldValue, requirementPending; r.value == "" {
			r.status = requirementAwaiting
		}
		s.link(r.value)
		s.fake.After(s.opts.ReviewAfter, func() {
			if r.status == requirementPending && r.value == v.FieldValue {
				r.status = requirementApproved
				s.verify(r.value)
				s.reviewed(l)
			}
		})
	}
	l.summarize()
}

// reviewed looks whether a line has all it needs.
func (s *Server) reviewed(l *line) {
	l.summarize()
	if l.met() {
		s.settleLater(l)
	}
}

// summarize derives requirements_status from the requirements.
func (l *line) summarize() {
	if l.requirementsStatus == requirementsCanceled {
		return
	}
	l.requirementsStatus = requirementsApproved
	for _, r := range l.requirements {
		switch {
		case r.status == requirementDeclined:
			l.requirementsStatus = requirementsRejected
			return
		case r.status == requirementAwaiting:
			l.requirementsStatus = requirementsWanted
		case r.status == requirementPending && l.requirementsStatus == requirementsApproved:
			l.requirementsStatus = requirementsReview
		}
	}
}

// Requirement is data that a regulator requires before a number may be activated.
type Requirement struct {
	// ID is the requirement's id, a UUID at Telnyx.
	ID string
	// Name, Description and Example are texts that explain the requirement.
	Name, Description, Example string
	// FieldType is textual, datetime, address or document.
	FieldType string
	// Criteria are acceptance criteria, such as "locality_limit". Their values are texts.
	Criteria map[string]string
}

// law is the key of the requirements' table.
type law struct{ country, kind string }

// groupCountries are where Telnyx's guide makes a fulfilled requirement group mandatory in the order.
var groupCountries = []string{"CH", "DK", "IT", "NO", "PT", "SE"}

// defaultLaws are the requirements that a fake begins with: local numbers in Germany want an address and a
// name, those in the countries of groupCountries an address.
func defaultLaws() map[law][]Requirement {
	address := Requirement{
		ID: "12ade33a-21c0-473b-b055-b3c836e1c292", Name: "Address matching the area code",
		Description: "Address matching the area code (street, building number, postal code, city and country)",
		Example:     "600 Congress Avenue, 14th Floor, Austin, TX 78701", FieldType: "address",
		Criteria: map[string]string{"locality_limit": "Identical locality as the numbers desired"},
	}
	name := Requirement{
		ID: "8ffb3622-7c6b-4ccc-b65f-7a3dc0099576", Name: "Name of the end user", Description: "Name of the person or company that uses the number",
		Example: "Telnyx LLC", FieldType: "textual", Criteria: map[string]string{"min_length": "1", "max_length": "100"},
	}
	laws := map[law][]Requirement{{"DE", "local"}: {address, name}}
	for _, country := range groupCountries {
		laws[law{country, "local"}] = []Requirement{address}
	}
	return laws
}

// SetRequirements sets the requirements for orders of numbers of a country (ISO 3166-1
// alpha-2) and type from now on. No argument means no requirements. A country where
// Telnyx needs a requirement group needs one as long as it has requirements.
func (s *Server) SetRequirements(country, numberType string, requirements ...Requirement) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.edit(law{country, numberType}, slices.Clone(requirements), s.fake.Now())
}

// apply gives a new line what the law wants of it, with the values of a group where the order names one.
func (s *Server) apply(l *line, groupID *string, pointer string) *problem {
	for _, r := range s.laws[law{l.country, l.kind}] {
		l.requirements = append(l.requirements, &requirement{id: r.ID, fieldType: r.FieldType, status: requirementAwaiting})
	}
	l.summarize()
	mandatory := len(l.requirements) > 0 && slices.Contains(groupCountries, l.country)
	if groupID == nil {
		if mandatory {
			return invalid(codeMissing, pointer, "A requirement group is required to order %s %s numbers.", l.country, l.kind)
		}
		return nil
	}
	g, p := s.fitting(*groupID, l, pointer)
	switch {
	case p != nil:
		return p
	case mandatory && !g.complete():
		return invalid(codeUnprocessable, pointer, "The requirement group [%s] is not fulfilled.", g.id)
	}
	l.group = g
	return nil
}

// fitting finds the group, which must be for ordering numbers of the line's country and type.
func (s *Server) fitting(id string, l *line, pointer string) (*group, *problem) {
	g := s.groupID[id]
	switch {
	case g == nil:
		return nil, invalid(codeAssociation, pointer, "The requirement group [%s] does not exist.", id)
	case g.country != l.country || g.kind != l.kind || g.action != actionOrdering:
		return nil, invalid(codeUnprocessable, pointer, "The requirement group [%s] is not for ordering %s %s numbers.", id, l.country, l.kind)
	}
	return g, nil
}

// setGroup reads the body of the operations that set a requirement group, and fills the lines from it.
func (c *call) setGroup(lines []*line) *problem {
	var in groupIDJSON
	if p := c.body(&in); p != nil {
		return p
	}
	if in.RequirementGroupID == nil {
		return invalid(codeMissing, "/requirement_group_id", "requirement_group_id is required.")
	}
	for _, l := range lines {
		if _, p := c.fitting(*in.RequirementGroupID, l, "/requirement_group_id"); p != nil {
			return p
		}
	}
	for _, l := range lines {
		if l.status == statusPending {
			l.group = c.groupID[*in.RequirementGroupID]
			c.fill(l)
		}
	}
	return nil
}

// fill copies the values of the line's group. What an approved group brings needs no other look.
func (s *Server) fill(l *line) {
	if l.group == nil {
		return
	}
	waits := !l.met()
	for _, v := range l.group.values {
		switch {
		case v.value == "":
		case l.group.status == requirementApproved:
			for _, r := range l.requirements {
				if r.id == v.id {
					r.value, r.status = v.value, requirementApproved
				}
			}
		default:
			s.giveValue(l, valueJSON{v.id, v.value})
		}
	}
	l.summarize()
	if waits && l.met() {
		s.settleLater(l)
	}
}
