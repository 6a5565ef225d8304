package telnyxtest

import (
	"net/http"
	"slices"
	"time"
)

const (
	actionOrdering  = "ordering"
	groupUnapproved = "unapproved"
)

// Words for the type of a number in requirement groups, and for their status.
var (
	groupTypes    = []string{"local", "toll_free", "mobile", "national", "shared_cost"}
	groupStatuses = []string{requirementApproved, groupUnapproved, requirementPending, requirementDeclined, "expired"}
)

// groupRoutes are the requirement groups, whose answers have no envelope.
func groupRoutes() []route {
	return []route{
		{"POST", "/requirement_groups", "create requirement group", false, nil, (*call).createGroup},
		{"GET", "/requirement_groups", "list requirement groups", false, []string{
			"filter[country_code]", "filter[phone_number_type]", "filter[action]", "filter[status]", "filter[customer_reference]",
		}, (*call).listGroups},
		{"GET", "/requirement_groups/{id}", "get requirement group", false, nil, (*call).getGroup},
		{"PATCH", "/requirement_groups/{id}", "update requirement group", false, nil, (*call).updateGroup},
		{"DELETE", "/requirement_groups/{id}", "delete requirement group", false, nil, (*call).deleteGroup},
		{"POST", "/requirement_groups/{id}/submit_for_approval", "submit requirement group", false, nil, (*call).submitGroup},
	}
}

// group is a requirement group.
type group struct {
	id, country, kind, action, status string
	reference                         *string
	values                            []*groupValue
	created, updated                  time.Time
}

type groupValue struct {
	id, fieldType, value, status string
	created, updated             time.Time
}

func (g *group) complete() bool {
	return !slices.ContainsFunc(g.values, func(v *groupValue) bool { return v.value == "" })
}

// groupJSON is a RequirementGroup.
type groupJSON struct {
	ID                     string           `json:"id"`
	CountryCode            string           `json:"country_code"`
	PhoneNumberType        string           `json:"phone_number_type"`
	Status                 string           `json:"status"`
	Action                 string           `json:"action"`
	CustomerReference      *string          `json:"customer_reference"`
	CreatedAt              string           `json:"created_at"`
	UpdatedAt              string           `json:"updated_at"`
	RecordType             string           `json:"record_type"`
	RegulatoryRequirements []groupValueJSON `json:"regulatory_requirements"`
}

type groupValueJSON struct {
	RequirementID string  `json:"requirement_id"`
	FieldValue    *string `json:"field_value"`
	FieldType     string  `json:"field_type"`
	Status        string  `json:"status"`
	ExpiresAt     *string `json:"expires_at"`
	CreatedAt     string  `json:"created_at"`
	UpdatedAt     string  `json:"updated_at"`
}

func (g *group) json() groupJSON {
	return groupJSON{
		g.id, g.country, g.kind, g.status, g.action, g.reference, stamp(g.created), stamp(g.updated), "requirement_group",
		each(g.values, func(v *groupValue) groupValueJSON {
			j := groupValueJSON{v.id, nil, v.fieldType, v.status, nil, stamp(v.created), stamp(v.updated)}
			if v.value != "" {
				j.FieldValue = &v.value
			}
			return j
		}),
	}
}

// createGroupJSON is the body of POST /requirement_groups.
type createGroupJSON struct {
	CountryCode            string      `json:"country_code"`
	PhoneNumberType        string      `json:"phone_number_type"`
	Action                 string      `json:"action"`
	CustomerReference      *string     `json:"customer_reference"`
	RegulatoryRequirements []valueJSON `json:"regulatory_requirements"`
}

// createGroup is POST /requirement_groups. The group gets every requirement of its country and type.
func (c *call) createGroup() (any, *problem) {
	var in createGroupJSON
	if p := c.body(&in); p != nil {
		return nil, p
	}
	for _, f := range []struct {
		key, value string
		words      []string
	}{{"country_code", in.CountryCode, nil}, {"phone_number_type", in.PhoneNumberType, groupTypes}, {"action", in.Action, []string{actionOrdering, "porting"}}} {
		switch {
		case f.value == "":
			return nil, invalid(codeMissing, "/"+f.key, "%s is required.", f.key)
		case f.words != nil && !slices.Contains(f.words, f.value):
			return nil, invalid(codeInvalidEnum, "/"+f.key, "%q is no %s.", f.value, f.key)
		}
	}
	now := c.fake.Now()
	g := &group{
		id: c.fake.IDs().UUID(), country: in.CountryCode, kind: in.PhoneNumberType, action: in.Action,
		status: groupUnapproved, reference: in.CustomerReference, created: now, updated: now,
	}
	for _, r := range c.laws[law{g.country, g.kind}] {
		g.values = append(g.values, &groupValue{r.ID, r.FieldType, "", requirementAwaiting, now, now})
	}
	if p := c.set(g, in.RegulatoryRequirements, now); p != nil {
		return nil, p
	}
	c.groups, c.groupID[g.id] = append(c.groups, g), g
	return g.json(), nil
}

// set notes values; the group must be looked at again. A document must have been uploaded.
func (s *Server) set(g *group, values []valueJSON, now time.Time) *problem {
	find := func(id string) *groupValue {
		i := slices.IndexFunc(g.values, func(v *groupValue) bool { return v.id == id })
		if i < 0 {
			return nil
		}
		return g.values[i]
	}
	for _, v := range values {
		of := find(v.RequirementID)
		if of == nil {
			return invalid(codeAssociation, "/regulatory_requirements", "The requirement [%s] does not belong to the group.", v.RequirementID)
		}
		if p := s.usable(of.fieldType, v.FieldValue); p != nil {
			return p
		}
	}
	for _, in := range values {
		v := find(in.RequirementID)
		v.value, v.status, v.updated = in.FieldValue, requirementPending, now
		s.link(v.value)
		if v.value == "" {
			v.status = requirementAwaiting
		}
		g.status = groupUnapproved
	}
	return nil
}

// listGroups is GET /requirement_groups: a bare array.
func (c *call) listGroups() (any, *problem) {
	var f filter[*group]
	f.text(c, "filter[country_code]", func(g *group) string { return g.country })
	f.text(c, "filter[customer_reference]", func(g *group) string { return deref(g.reference) })
	f.word(c, "filter[phone_number_type]", groupTypes, func(g *group) string { return g.kind })
	f.word(c, "filter[action]", []string{actionOrdering, "porting", "action"}, func(g *group) string { return g.action })
	f.word(c, "filter[status]", groupStatuses, func(g *group) string { return g.status })
	if c.wrong != nil {
		return nil, c.wrong
	}
	rows := []groupJSON{}
	for _, g := range slices.Backward(c.groups) {
		if f.keep(g) {
			rows = append(rows, g.json())
		}
	}
	return rows, nil
}

func (c *call) findGroup() (*group, *problem) {
	if g := c.groupID[c.r.PathValue("id")]; g != nil {
		return g, nil
	}
	return nil, notFound()
}

// getGroup is GET /requirement_groups/{id}.
func (c *call) getGroup() (any, *problem) {
	g, p := c.findGroup()
	if p != nil {
		return nil, p
	}
	return g.json(), nil
}

// updateGroupJSON is the body of PATCH /requirement_groups/{id}.
type updateGroupJSON struct {
	CustomerReference      *string     `json:"customer_reference"`
	RegulatoryRequirements []valueJSON `json:"regulatory_requirements"`
}

// updateGroup is PATCH /requirement_groups/{id}.
func (c *call) updateGroup() (any, *problem) {
	g, p := c.findGroup()
	if p != nil {
		return nil, p
	}
	var in updateGroupJSON
	if p := c.body(&in); p != nil {
		return nil, p
	}
	now := c.fake.Now()
	if p := c.set(g, in.RegulatoryRequirements, now); p != nil {
		return nil, p
	}
	if in.CustomerReference != nil {
		g.reference = in.CustomerReference
	}
	g.updated = now
	return g.json(), nil
}

// deleteGroup is DELETE /requirement_groups/{id}.
func (c *call) deleteGroup() (any, *problem) {
	g, p := c.findGroup()
	if p != nil {
		return nil, p
	}
	delete(c.groupID, g.id)
	c.groups = slices.DeleteFunc(c.groups, func(other *group) bool { return other == g })
	return g.json(), nil
}

// submitGroup is POST /requirement_groups/{id}/submit_for_approval. Every requirement must have a value;
// the approval comes after Options.ReviewAfter.
func (c *call) submitGroup() (any, *problem) {
	c.noBody()
	g, p := c.findGroup()
	switch {
	case p != nil:
		return nil, p
	case !g.complete():
		return nil, refuse(http.StatusUnprocessableEntity, codeUnprocessable, "The requirement group is not fulfilled.")
	case g.status != groupUnapproved && g.status != requirementDeclined:
		return nil, refuse(http.StatusUnprocessableEntity, codeUnprocessable, "The requirement group is %s.", g.status)
	}
	g.status, g.updated = requirementPending, c.fake.Now()
	s := c.Server
	c.fake.After(c.opts.ReviewAfter, func() {
		if g.status != requirementPending {
			return
		}
		g.status, g.updated = requirementApproved, s.fake.Now()
		for _, v := range g.values {
			v.status = requirementApproved
			s.verify(v.value)
		}
	})
	return g.json(), nil
}
