package telnyxtest

// Words of one requirement, and of all requirements of a line together.
const (
	requirementApproved = "approved"
	requirementDeclined = "declined"
	requirementAwaiting = "awaiting-value"
	requirementPending  = "pending-approval"

	requirementsApproved  = "approved"
	requirementsCancelled = "cancelled"
	requirementsWanted    = "requirement-info-pending"
	requirementsReview    = "requirement-info-under-review"
	requirementsRejected  = "requirement-info-exception"
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
		found := false
		for _, l := range lines {
			for _, r := range l.requirements {
				found = found || r.id == v.RequirementID
			}
		}
		if !found {
			return invalid(codeAssociation, "/regulatory_requirements", "The requirement [%s] does not belong to the order.", v.RequirementID)
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

// giveValue notes a value, which Telnyx looks at before it approves it.
func (s *Server) giveValue(l *line, v valueJSON) {
	for _, r := range l.requirements {
		if r.id != v.RequirementID {
			continue
		}
		if r.value, r.status = v.FieldValue, requirementPending; r.value == "" {
			r.status = requirementAwaiting
		}
		s.fake.After(s.opts.ReviewAfter, func() {
			if r.status == requirementPending && r.value == v.FieldValue {
				r.status = requirementApproved
				s.reviewed(l)
			}
		})
	}
	l.summarise()
}

// reviewed looks whether a line has all it needs.
func (s *Server) reviewed(l *line) {
	l.summarise()
	if l.met() {
		s.settleLater(l)
	}
}

// summarise derives requirements_status from the requirements.
func (l *line) summarise() {
	if l.requirementsStatus == requirementsCancelled {
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
