package telnyxtest

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

func addressRoutes() []route {
	return []route{
		{"GET", "/addresses", "list addresses", false, slices.Concat(pageKeys, []string{
			"sort", "filter[address_book][eq]", "filter[customer_reference]", "filter[customer_reference][eq]",
			"filter[customer_reference][contains]", "filter[street_address][contains]", "filter[used_as_emergency]",
		}), (*call).listAddresses},
		{"POST", "/addresses", "create address", false, nil, (*call).createAddress},
		{"POST", "/addresses/actions/validate", "validate address", false, nil, (*call).validateAddress},
		{"GET", "/addresses/{id}", "get address", false, nil, (*call).getAddress},
		{"DELETE", "/addresses/{id}", "delete address", false, nil, (*call).deleteAddress},
		{"POST", "/addresses/{id}/actions/accept_suggestions", "accept address suggestions", false, nil, (*call).acceptSuggestions},
	}
}

// address is a stored address. It can't be changed, except that a suggestion replaces it.
type address struct {
	addressJSON
	created time.Time
}

// addressJSON is an Address.
type addressJSON struct {
	AddressBook        bool    `json:"address_book"`
	AdministrativeArea *string `json:"administrative_area"`
	Borough            *string `json:"borough"`
	BusinessName       string  `json:"business_name"`
	CountryCode        string  `json:"country_code"`
	CreatedAt          string  `json:"created_at"`
	CustomerReference  *string `json:"customer_reference"`
	ExtendedAddress    *string `json:"extended_address"`
	FirstName          string  `json:"first_name"`
	ID                 string  `json:"id"`
	LastName           string  `json:"last_name"`
	Locality           string  `json:"locality"`
	Neighborhood       *string `json:"neighborhood"`
	PhoneNumber        *string `json:"phone_number"`
	PostalCode         *string `json:"postal_code"`
	RecordType         string  `json:"record_type"`
	StreetAddress      string  `json:"street_address"`
	UpdatedAt          string  `json:"updated_at"`
	ValidateAddress    bool    `json:"validate_address"`
}

// createAddressJSON is the body of POST /addresses.
type createAddressJSON struct {
	AddressBook        *bool   `json:"address_book"`
	AdministrativeArea *string `json:"administrative_area"`
	Borough            *string `json:"borough"`
	BusinessName       *string `json:"business_name"`
	CountryCode        *string `json:"country_code"`
	CustomerReference  *string `json:"customer_reference"`
	ExtendedAddress    *string `json:"extended_address"`
	FirstName          *string `json:"first_name"`
	LastName           *string `json:"last_name"`
	Locality           *string `json:"locality"`
	Neighborhood       *string `json:"neighborhood"`
	PhoneNumber        *string `json:"phone_number"`
	PostalCode         *string `json:"postal_code"`
	StreetAddress      *string `json:"street_address"`
	ValidateAddress    *bool   `json:"validate_address"`
}

// needed is a member of a body that must be there.
type needed struct {
	name  string
	value *string
}

// missing refuses a body without one of its required members. blank ones are as good as none, unless they may be "".
func missing(members []needed, mayBeBlank ...string) *problem {
	for _, m := range members {
		if m.value == nil || *m.value == "" && !slices.Contains(mayBeBlank, m.name) {
			return invalid(codeMissing, "/"+m.name, "%s is required.", m.name)
		}
	}
	return nil
}

// createAddress is POST /addresses. An address has a first and a last name, or a business name.
func (c *call) createAddress() (any, *problem) {
	var in createAddressJSON
	if p := c.body(&in); p != nil {
		return nil, p
	}
	p := missing([]needed{
		{"business_name", in.BusinessName}, {"country_code", in.CountryCode}, {"first_name", in.FirstName},
		{"last_name", in.LastName}, {"locality", in.Locality}, {"street_address", in.StreetAddress},
	}, "business_name", "first_name", "last_name")
	switch {
	case p != nil:
		return nil, p
	case *in.BusinessName == "" && (*in.FirstName == "" || *in.LastName == ""):
		return nil, invalid(codeMissing, "/business_name", "An address must have either a first and last name or a business name.")
	case len(*in.CountryCode) != 2:
		return nil, invalid(codeOutOfRange, "/country_code", "%q is not an ISO 3166-1 alpha-2 code.", *in.CountryCode)
	}
	now := c.fake.Now()
	a := &address{addressJSON{
		in.AddressBook == nil || *in.AddressBook, in.AdministrativeArea, in.Borough, *in.BusinessName, *in.CountryCode, stamp(now),
		in.CustomerReference, in.ExtendedAddress, *in.FirstName, c.fake.IDs().Decimal(), *in.LastName, *in.Locality, in.Neighborhood,
		in.PhoneNumber, in.PostalCode, "address", *in.StreetAddress, stamp(now), in.ValidateAddress == nil || *in.ValidateAddress,
	}, now}
	if a.ValidateAddress {
		if faults := a.place().faults(); len(faults) > 0 {
			return nil, invalid(codeBadRequest, faults[0].Source.Pointer, "%s", faults[0].Description)
		}
	}
	c.addresses, c.addressID[a.ID] = append(c.addresses, a), a
	return data{a.addressJSON}, nil
}

// place is what emergency services must find.
type placeJSON struct {
	AdministrativeArea *string `json:"administrative_area,omitempty"`
	CountryCode        *string `json:"country_code"`
	ExtendedAddress    *string `json:"extended_address,omitempty"`
	Locality           *string `json:"locality,omitempty"`
	PostalCode         *string `json:"postal_code"`
	StreetAddress      *string `json:"street_address"`
}

func (a *address) place() placeJSON {
	return placeJSON{a.AdministrativeArea, &a.CountryCode, a.ExtendedAddress, &a.Locality, a.PostalCode, &a.StreetAddress}
}

// addressFault is why an address is invalid: an error with a description.
type addressFault struct {
	Code        string      `json:"code"`
	Description string      `json:"description"`
	Meta        errorMeta   `json:"meta"`
	Source      errorSource `json:"source"`
	Title       string      `json:"title"`
}

// faults says why nobody would find a place. Telnyx does not say how it decides: here a street needs a house number.
func (p placeJSON) faults() []addressFault {
	if strings.ContainsAny(*p.StreetAddress, "0123456789") {
		return []addressFault{}
	}
	return []addressFault{{
		codeBadRequest, "The street address has no house number.", errorMeta{"https://developers.telnyx.com/docs/overview/errors/" + codeBadRequest},
		errorSource{Pointer: "/street_address"}, "Invalid address",
	}}
}

// suggested is the place as this fake would write it: without spaces too many, and with a country in capitals.
func (p placeJSON) suggested() placeJSON {
	tidy := func(text *string) *string {
		if text == nil {
			return nil
		}
		return new(strings.Join(strings.Fields(*text), " "))
	}
	return placeJSON{
		tidy(p.AdministrativeArea), new(strings.ToUpper(*p.CountryCode)), tidy(p.ExtendedAddress), tidy(p.Locality), tidy(p.PostalCode), tidy(p.StreetAddress),
	}
}

// validationJSON is what POST /addresses/actions/validate answers.
type validationJSON struct {
	Errors     []addressFault `json:"errors"`
	RecordType string         `json:"record_type"`
	Result     string         `json:"result"`
	Suggested  placeJSON      `json:"suggested"`
}

// validateAddress is POST /addresses/actions/validate, which stores nothing.
func (c *call) validateAddress() (any, *problem) {
	var in placeJSON
	if p := c.body(&in); p != nil {
		return nil, p
	}
	if p := missing([]needed{{"country_code", in.CountryCode}, {"postal_code", in.PostalCode}, {"street_address", in.StreetAddress}}); p != nil {
		return nil, p
	}
	v := validationJSON{in.faults(), "address_validation", "valid", in.suggested()}
	if len(v.Errors) > 0 {
		v.Result = "invalid"
	}
	return data{v}, nil
}

// listAddresses is GET /addresses.
func (c *call) listAddresses() (any, *problem) {
	w := c.page()
	var f filter[*address]
	book, byBook := c.enum("filter[address_book][eq]", "true", "false")
	f.add(byBook, func(a *address) bool { return a.AddressBook == (book == "true") })
	used, byUse := c.enum("filter[used_as_emergency]", "true", "false")
	f.add(byUse, func(a *address) bool { return c.isEmergency(a.ID) == (used == "true") })
	f.text(c, "filter[customer_reference]", func(a *address) string { return deref(a.CustomerReference) })
	f.text(c, "filter[customer_reference][eq]", func(a *address) string { return deref(a.CustomerReference) })
	f.part(c, "filter[customer_reference][contains]", func(a *address) string { return deref(a.CustomerReference) })
	f.part(c, "filter[street_address][contains]", func(a *address) string { return a.StreetAddress })
	by, _ := c.text("sort")
	rows := inOrder(c, c.addresses, []string{by}, map[string]func(a, b *address) int{
		"created_at":     func(a, b *address) int { return a.created.Compare(b.created) },
		"first_name":     func(a, b *address) int { return strings.Compare(a.FirstName, b.FirstName) },
		"last_name":      func(a, b *address) int { return strings.Compare(a.LastName, b.LastName) },
		"business_name":  func(a, b *address) int { return strings.Compare(a.BusinessName, b.BusinessName) },
		"street_address": func(a, b *address) int { return strings.Compare(a.StreetAddress, b.StreetAddress) },
	})
	if c.wrong != nil {
		return nil, c.wrong
	}
	page, m := take(rows, w, f)
	return listing{each(page, func(a *address) addressJSON { return a.addressJSON }), m}, nil
}

// isEmergency reports whether an address is the emergency address of an active number.
func (s *Server) isEmergency(id string) bool {
	return slices.ContainsFunc(s.numbers, func(n *phoneNumber) bool {
		return !n.released && n.status == numberActive && deref(n.emergencyAddress) == id
	})
}

func (c *call) findAddress() (*address, *problem) {
	if a := c.addressID[c.r.PathValue("id")]; a != nil {
		return a, nil
	}
	return nil, notFound()
}

// getAddress is GET /addresses/{id}.
func (c *call) getAddress() (any, *problem) {
	a, p := c.findAddress()
	if p != nil {
		return nil, p
	}
	return data{a.addressJSON}, nil
}

// deleteAddress is DELETE /addresses/{id}. An address that is in use stays.
func (c *call) deleteAddress() (any, *problem) {
	c.noBody()
	a, p := c.findAddress()
	switch {
	case p != nil:
		return nil, p
	case c.isEmergency(a.ID) || c.isValue(a.ID):
		return nil, refuse(http.StatusUnprocessableEntity, codeInUse, "The address [%s] is in use.", a.ID)
	}
	delete(c.addressID, a.ID)
	c.goneAddresses[a.ID] = true
	c.addresses = slices.DeleteFunc(c.addresses, func(other *address) bool { return other == a })
	return data{a.addressJSON}, nil
}

// suggestionJSON is what accept_suggestions answers.
type suggestionJSON struct {
	Accepted   bool   `json:"accepted"`
	ID         string `json:"id"`
	RecordType string `json:"record_type"`
}

// acceptSuggestions is POST /addresses/{id}/actions/accept_suggestions: the suggestion replaces the address.
func (c *call) acceptSuggestions() (any, *problem) {
	a, p := c.findAddress()
	if p != nil {
		return nil, p
	}
	var in struct {
		ID *string `json:"id"`
	}
	if p := c.body(&in); p != nil {
		return nil, p
	}
	if in.ID != nil && *in.ID != a.ID {
		return nil, invalid(codeAssociation, "/id", "The address [%s] is not that of the path.", *in.ID)
	}
	s := a.place().suggested()
	a.AdministrativeArea, a.CountryCode, a.ExtendedAddress, a.Locality = s.AdministrativeArea, *s.CountryCode, s.ExtendedAddress, *s.Locality
	a.PostalCode, a.StreetAddress, a.UpdatedAt = s.PostalCode, *s.StreetAddress, stamp(c.fake.Now())
	return data{suggestionJSON{true, fixedUUID("location " + a.ID), "address_suggestion"}}, nil
}
