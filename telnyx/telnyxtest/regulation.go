package telnyxtest

import "slices"

// Requirement is what a regulator wants to know before a number may be activated.
type Requirement struct {
	// ID is the requirement's id, a UUID at Telnyx.
	ID string
	// Name, Description and Example tell people what is wanted.
	Name, Description, Example string
	// FieldType is textual, datetime, address or document.
	FieldType string
	// Criteria are acceptance criteria, such as "locality_limit", all of them text.
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

// SetRequirements says what orders of numbers of a country (ISO 3166-1 alpha-2) and type must bring from
// now on; none means nothing. Countries where Telnyx demands a requirement group keep demanding one as long
// as there are requirements.
func (s *Server) SetRequirements(country, numberType string, requirements ...Requirement) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.laws[law{country, numberType}] = slices.Clone(requirements)
}

// apply gives a new line what the law wants of it, with the values of a group where the order names one.
func (s *Server) apply(l *line, groupID *string, pointer string) *problem {
	for _, r := range s.laws[law{l.country, l.kind}] {
		l.requirements = append(l.requirements, &requirement{id: r.ID, fieldType: r.FieldType, status: requirementAwaiting})
	}
	l.summarise()
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
	l.summarise()
	if waits && l.met() {
		s.settleLater(l)
	}
}
