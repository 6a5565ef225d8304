package telnyxtest

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// requirementsRoutes are the requirements in all their versions, and the kinds of data that they ask for.
func requirementsRoutes() []route {
	return []route{
		{"GET", "/requirements", "list requirements", false, slices.Concat(pageKeys, []string{
			"filter[action]", "filter[country_code]", "filter[phone_number_type]", "sort[]", "version",
		}), (*call).listRequirements},
		{"GET", "/requirements/{id}", "get requirement", false, []string{"version"}, (*call).getRequirement},
		{"GET", "/requirement_types", "list requirement types", false, slices.Concat(pageKeys, []string{"filter[name][contains]", "sort[]"}), (*call).listRequirementTypes},
		{"GET", "/requirement_types/{id}", "get requirement type", false, nil, (*call).getRequirementType},
	}
}

// edition is one version of the requirements of a country and type. from is zero for the first version.
type edition struct {
	of           law
	version      int
	requirements []Requirement
	from, to     time.Time
}

// edit makes a new version, which applies from now on.
func (s *Server) edit(of law, requirements []Requirement, now time.Time) {
	e := &edition{of: of, version: 1, requirements: requirements, from: now}
	for _, old := range s.editions {
		if old.of == of {
			e.version = old.version + 1
			if old.to.IsZero() {
				old.to = now
			}
		}
	}
	s.editions = append(s.editions, e)
	s.laws[of] = requirements
}

// fixedUUID makes the UUID of something that has no other id.
func fixedUUID(name string) string {
	b := sha256.Sum256([]byte("telnyxtest " + name))
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// lawJSON is a Requirement of the description.
type lawJSON struct {
	Action           string     `json:"action"`
	CountryCode      string     `json:"country_code"`
	CreatedAt        string     `json:"created_at"`
	EffectiveEndAt   *string    `json:"effective_end_at"`
	EffectiveStartAt *string    `json:"effective_start_at"`
	ID               string     `json:"id"`
	Locality         string     `json:"locality"`
	PhoneNumberType  string     `json:"phone_number_type"`
	RecordType       string     `json:"record_type"`
	RequirementTypes []typeJSON `json:"requirement_types"`
	UpdatedAt        string     `json:"updated_at"`
	Version          int        `json:"version"`
}

// typeJSON is a RequirementType.
type typeJSON struct {
	AcceptanceCriteria criteriaJSON `json:"acceptance_criteria"`
	CreatedAt          string       `json:"created_at"`
	Description        string       `json:"description"`
	Example            string       `json:"example"`
	ID                 string       `json:"id"`
	Name               string       `json:"name"`
	RecordType         string       `json:"record_type"`
	Type               string       `json:"type"`
	UpdatedAt          string       `json:"updated_at"`
}

type criteriaJSON struct {
	AcceptableCharacters string   `json:"acceptable_characters,omitempty"`
	AcceptableValues     []string `json:"acceptable_values"`
	LocalityLimit        string   `json:"locality_limit,omitempty"`
	MaxLength            *int     `json:"max_length,omitempty"`
	MinLength            *int     `json:"min_length,omitempty"`
	TimeLimit            string   `json:"time_limit,omitempty"`
}

// published is when Telnyx wrote what a fake begins with.
const published = "2018-01-01T00:00:00.000000Z"

func (r Requirement) typeJSON() typeJSON {
	of := r.Criteria
	limits := criteriaJSON{of["acceptable_characters"], []string{}, of["locality_limit"], nil, nil, of["time_limit"]}
	for _, value := range strings.Split(of["acceptable_values"], ",") {
		if value = strings.TrimSpace(value); value != "" {
			limits.AcceptableValues = append(limits.AcceptableValues, value)
		}
	}
	for key, into := range map[string]**int{"max_length": &limits.MaxLength, "min_length": &limits.MinLength} {
		if n, err := strconv.Atoi(of[key]); err == nil {
			*into = &n
		}
	}
	kind := r.FieldType
	if kind == "datetime" {
		kind = "textual"
	}
	return typeJSON{limits, published, r.Description, r.Example, r.ID, r.Name, "requirement_type", kind, published}
}

func (e *edition) id() string {
	return fixedUUID("requirement " + e.of.country + " " + e.of.kind)
}

func (e *edition) json() lawJSON {
	j := lawJSON{
		actionOrdering, e.of.country, published, nil, nil, e.id(), "", e.of.kind, "requirement",
		each(e.requirements, Requirement.typeJSON), published, e.version,
	}
	if !e.from.IsZero() {
		j.EffectiveStartAt, j.CreatedAt, j.UpdatedAt = new(stamp(e.from)), stamp(e.from), stamp(e.from)
	}
	if !e.to.IsZero() {
		j.EffectiveEndAt, j.UpdatedAt = new(stamp(e.to)), stamp(e.to)
	}
	return j
}

// ofVersion reads the version parameter; without it, the version that applies is meant.
func (c *call) ofVersion() func(*edition) bool {
	version, given := c.integer("version", 1, 1<<31-1)
	return func(e *edition) bool {
		if given {
			return e.version == version
		}
		return e.to.IsZero()
	}
}

// listRequirements is GET /requirements.
func (c *call) listRequirements() (any, *problem) {
	w := c.page()
	f := filter[*edition]{c.ofVersion(), func(e *edition) bool { return len(e.requirements) > 0 }}
	f.word(c, "filter[action]", []string{"branded_calling", actionOrdering, "porting"}, func(*edition) string { return actionOrdering })
	f.text(c, "filter[country_code]", func(e *edition) string { return e.of.country })
	f.word(c, "filter[phone_number_type]", []string{"local", "national", "toll_free"}, func(e *edition) string { return e.of.kind })
	by, _ := c.list("sort")
	rows := inOrder(c, c.editions, by, map[string]func(a, b *edition) int{
		"created_at":        func(a, b *edition) int { return a.from.Compare(b.from) },
		"updated_at":        func(a, b *edition) int { return strings.Compare(a.json().UpdatedAt, b.json().UpdatedAt) },
		"country_code":      func(a, b *edition) int { return strings.Compare(a.of.country, b.of.country) },
		"phone_number_type": func(a, b *edition) int { return strings.Compare(a.of.kind, b.of.kind) },
	})
	if c.wrong != nil {
		return nil, c.wrong
	}
	page, m := take(rows, w, f)
	return listing{each(page, (*edition).json), m}, nil
}

// getRequirement is GET /requirements/{id}.
func (c *call) getRequirement() (any, *problem) {
	meant := c.ofVersion()
	if c.wrong != nil {
		return nil, c.wrong
	}
	for _, e := range c.editions {
		if e.id() == c.r.PathValue("id") && meant(e) {
			return data{e.json()}, nil
		}
	}
	return nil, notFound()
}

// requirementTypes are the kinds of data that any requirement asks for today.
func (s *Server) requirementTypes() []Requirement {
	var all []Requirement
	for _, e := range s.editions {
		for _, r := range e.requirements {
			if e.to.IsZero() && !slices.ContainsFunc(all, func(other Requirement) bool { return other.ID == r.ID }) {
				all = append(all, r)
			}
		}
	}
	return all
}

// listRequirementTypes is GET /requirement_types. Its description names no page parameters; they are honored.
func (c *call) listRequirementTypes() (any, *problem) {
	w := c.page()
	var f filter[Requirement]
	f.part(c, "filter[name][contains]", func(r Requirement) string { return r.Name })
	by, _ := c.list("sort")
	same := func(Requirement, Requirement) int { return 0 } // all were published at once
	rows := inOrder(c, c.requirementTypes(), by, map[string]func(a, b Requirement) int{
		"name": func(a, b Requirement) int { return strings.Compare(a.Name, b.Name) }, "created_at": same, "updated_at": same,
	})
	if c.wrong != nil {
		return nil, c.wrong
	}
	page, m := take(rows, w, f)
	return listing{each(page, Requirement.typeJSON), m}, nil
}

// getRequirementType is GET /requirement_types/{id}.
func (c *call) getRequirementType() (any, *problem) {
	for _, r := range c.requirementTypes() {
		if r.ID == c.r.PathValue("id") {
			return data{r.typeJSON()}, nil
		}
	}
	return nil, notFound()
}
