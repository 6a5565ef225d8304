package telnyxtest

import (
	"net/http"
	"slices"
	"strings"
)

// regulatoryRoutes are the operations that tell which requirements there are. The list for phone numbers
// was published at two paths.
func regulatoryRoutes() []route {
	const op = "list number regulatory requirements"
	keys := []string{"filter[phone_number]"}
	return []route{
		{"GET", "/regulatory_requirements", "list regulatory requirements", false, []string{
			"filter[phone_number]", "filter[requirement_group_id]", "filter[country_code]", "filter[phone_number_type]", "filter[action]",
		}, (*call).listRegulations},
		{"GET", "/phone_numbers_regulatory_requirements", op, false, keys, (*call).listNumberRegulations},
		{"GET", "/phone_numbers/regulatory_requirements", op, false, keys, (*call).listNumberRegulations},
	}
}

// regulationJSON is one country and type in RegulatoryRequirements.
type regulationJSON struct {
	CountryCode            string     `json:"country_code"`
	PhoneNumberType        string     `json:"phone_number_type"`
	Action                 string     `json:"action"`
	RegulatoryRequirements []ruleJSON `json:"regulatory_requirements"`
}

type ruleJSON struct {
	Description        string            `json:"description"`
	ID                 string            `json:"id"`
	Example            string            `json:"example"`
	Name               string            `json:"name"`
	FieldType          string            `json:"field_type"`
	AcceptanceCriteria map[string]string `json:"acceptance_criteria"`
}

// numberRegulationJSON is one number in RegulatoryRequirementsPhoneNumbers, where a name is a label.
type numberRegulationJSON struct {
	PhoneNumber            string          `json:"phone_number"`
	PhoneNumberType        string          `json:"phone_number_type"`
	RegionInformation      []regionJSON    `json:"region_information"`
	RecordType             string          `json:"record_type"`
	RegulatoryRequirements []labelRuleJSON `json:"regulatory_requirements"`
}

type labelRuleJSON struct {
	Description        string            `json:"description"`
	ID                 string            `json:"id"`
	Example            string            `json:"example"`
	Label              string            `json:"label"`
	FieldType          string            `json:"field_type"`
	AcceptanceCriteria map[string]string `json:"acceptance_criteria"`
	RecordType         string            `json:"record_type"`
}

// wireType is how these two endpoints spell the type of a field that takes an id.
func (r Requirement) wireType() string {
	if r.FieldType == "address" || r.FieldType == "document" {
		return r.FieldType + "_id"
	}
	return r.FieldType
}

func (r Requirement) criteria() map[string]string {
	if r.Criteria == nil {
		return map[string]string{}
	}
	return r.Criteria
}

// permitted refuses what trial accounts may not ask for.
func (c *call) permitted() *problem {
	if c.opts.Trial {
		return refuse(http.StatusForbidden, codeAccountFeature, "Feature not permitted at this account level.")
	}
	return nil
}

// listRegulations is GET /regulatory_requirements. The requirements here are those of ordering; porting has
// none.
func (c *call) listRegulations() (any, *problem) {
	if p := c.permitted(); p != nil {
		return nil, p
	}
	country, byCountry := c.text("filter[country_code]")
	kind, byKind := c.enum("filter[phone_number_type]", lineTypes...)
	action, byAction := c.enum("filter[action]", actionOrdering, "porting", "action")
	if number, ok := c.text("filter[phone_number]"); ok {
		country, kind = c.kindOf(number)
		byCountry, byKind = true, true
	}
	if id, ok := c.text("filter[requirement_group_id]"); ok {
		g := c.groupID[id]
		if g == nil {
			return nil, notFound()
		}
		country, kind, action = g.country, g.kind, g.action
		byCountry, byKind, byAction = true, true, true
	}
	if c.wrong != nil {
		return nil, c.wrong
	}
	rows := []regulationJSON{}
	for _, of := range sortedLaws(c.laws) {
		if (byCountry && of.country != country) || (byKind && of.kind != kind) || (byAction && action != actionOrdering) {
			continue
		}
		rows = append(rows, regulationJSON{of.country, of.kind, actionOrdering, each(c.laws[of], func(r Requirement) ruleJSON {
			return ruleJSON{r.Description, r.ID, r.Example, r.Name, r.wireType(), r.criteria()}
		})})
	}
	return data{rows}, nil
}

// sortedLaws are the countries and types with requirements, in alphabetical order.
func sortedLaws(laws map[law][]Requirement) []law {
	var all []law
	for of, rs := range laws {
		if len(rs) > 0 {
			all = append(all, of)
		}
	}
	slices.SortFunc(all, func(a, b law) int { return strings.Compare(a.country+a.kind, b.country+b.kind) })
	return all
}

// kindOf tells the country and type of any number.
func (s *Server) kindOf(number string) (country, kind string) {
	if row := s.stockOf[number]; row != nil {
		return row.Country, row.Type
	}
	return classify(number)
}

// listNumberRegulations is GET /phone_numbers_regulatory_requirements, for numbers with commas between them.
func (c *call) listNumberRegulations() (any, *problem) {
	if p := c.permitted(); p != nil {
		return nil, p
	}
	rows := []numberRegulationJSON{}
	list, _ := c.text("filter[phone_number]")
	for _, number := range strings.Split(list, ",") {
		if !e164.MatchString(number) {
			return nil, refuse(http.StatusBadRequest, codeNotE164, "The number [%s] must be in +E.164 format.", number).in("filter[phone_number]")
		}
		country, kind := c.kindOf(number)
		rows = append(rows, numberRegulationJSON{
			number, kind, []regionJSON{{"country_code", country}}, "phone_number_regulatory_requirements",
			each(c.laws[law{country, kind}], func(r Requirement) labelRuleJSON {
				return labelRuleJSON{r.Description, r.ID, r.Example, r.Name, r.wireType(), r.criteria(), "regulatory_requirement"}
			}),
		})
	}
	n := len(rows)
	return listing{rows, meta{1, max(n, defaultPageSize), 1, n}}, nil
}
