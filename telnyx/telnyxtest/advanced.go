package telnyxtest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
)

// advancedRoutes are the requests for numbers that Telnyx does not have yet. Only their list has an
// envelope, without meta.
func advancedRoutes() []route {
	return []route{
		{"POST", "/advanced_orders", "create advanced order", true, nil, (*call).createAdvanced},
		{"GET", "/advanced_orders", "list advanced orders", false, nil, (*call).listAdvanced},
		{"GET", "/advanced_orders/{id}", "get advanced order", false, nil, (*call).getAdvanced},
		{"PATCH", "/advanced_orders/{id}/requirement_group", "update advanced order", false, nil, (*call).updateAdvanced},
	}
}

// advanced is an advanced order.
type advanced struct {
	advancedRequest
	id, status string
	orders     []string
}

// advancedRequest is the body of POST and PATCH.
type advancedRequest struct {
	CountryCode        string   `json:"country_code"`
	Comments           string   `json:"comments"`
	Quantity           int      `json:"quantity"`
	AreaCode           string   `json:"area_code"`
	PhoneNumberType    string   `json:"phone_number_type"`
	Features           []string `json:"features"`
	CustomerReference  string   `json:"customer_reference"`
	RequirementGroupID *string  `json:"requirement_group_id"`
}

// advancedJSON is an AdvancedOrder.
type advancedJSON struct {
	CountryCode        string   `json:"country_code"`
	Comments           string   `json:"comments"`
	Quantity           int      `json:"quantity"`
	AreaCode           string   `json:"area_code"`
	PhoneNumberType    words    `json:"phone_number_type"`
	Features           []string `json:"features"`
	CustomerReference  string   `json:"customer_reference"`
	ID                 string   `json:"id"`
	Status             words    `json:"status"`
	Orders             []string `json:"orders"`
	RequirementGroupID *string  `json:"requirement_group_id"`
}

// words is a word, or an array of it.
type words struct {
	word  string
	array bool
}

// MarshalJSON writes the one or the other.
func (w words) MarshalJSON() ([]byte, error) {
	if w.array {
		return json.Marshal([]string{w.word})
	}
	return json.Marshal(w.word)
}

func (s *Server) showAdvanced(a *advanced) advancedJSON {
	arrays := s.opts.AdvancedArrays
	return advancedJSON{
		a.CountryCode, a.Comments, a.Quantity, a.AreaCode, words{a.PhoneNumberType, arrays}, append([]string{}, a.Features...),
		a.CustomerReference, a.id, words{a.status, arrays}, append([]string{}, a.orders...), a.RequirementGroupID,
	}
}

var twoLetters = regexp.MustCompile(`^[A-Z]{2}$`)

// readAdvanced reads a request; what it leaves out has defaults.
func (c *call) readAdvanced() (advancedRequest, *problem) {
	in := advancedRequest{CountryCode: "US", Quantity: 1, PhoneNumberType: "local"}
	if p := c.body(&in); p != nil {
		return in, p
	}
	badFeature := slices.IndexFunc(in.Features, func(f string) bool { return !slices.Contains(searchFeatures, f) })
	switch {
	case !twoLetters.MatchString(in.CountryCode):
		return in, invalid(codeOutOfRange, "/country_code", "country_code has two letters.")
	case len(in.AreaCode) > 3:
		return in, invalid(codeOutOfRange, "/area_code", "area_code has at most 3 characters.")
	case in.Quantity < 1 || in.Quantity > 10_000:
		return in, invalid(codeOutOfRange, "/quantity", "%d is not between 1 and 10000.", in.Quantity)
	case len([]rune(in.Comments)) > 255:
		return in, invalid(codeOutOfRange, "/comments", "comments has at most 255 characters.")
	case !slices.Contains(lineTypes, in.PhoneNumberType):
		return in, invalid(codeInvalidEnum, "/phone_number_type", "%q is no phone_number_type.", in.PhoneNumberType)
	case badFeature >= 0:
		return in, invalid(codeInvalidEnum, fmt.Sprintf("/features/%d", badFeature), "%q is no feature.", in.Features[badFeature])
	case in.PhoneNumberType == "toll_free" && (in.CountryCode == "US" || in.CountryCode == "CA"):
		return in, invalid(codeUnprocessable, "/phone_number_type", "Toll-free numbers of the US and Canada are not eligible.")
	case in.RequirementGroupID != nil && c.groupID[*in.RequirementGroupID] == nil:
		return in, invalid(codeAssociation, "/requirement_group_id", "The requirement group [%s] does not exist.", *in.RequirementGroupID)
	}
	return in, nil
}

// createAdvanced is POST /advanced_orders. People at Telnyx work on it; here a test does (SetAdvancedOrder).
func (c *call) createAdvanced() (any, *problem) {
	in, p := c.readAdvanced()
	if p != nil {
		return nil, p
	}
	a := &advanced{advancedRequest: in, id: c.fake.IDs().UUID(), status: statusPending}
	c.advanced, c.advancedID[a.id] = append(c.advanced, a), a
	return c.showAdvanced(a), nil
}

// listAdvanced is GET /advanced_orders, without pages.
func (c *call) listAdvanced() (any, *problem) {
	rows := slices.Clone(c.advanced)
	slices.Reverse(rows)
	return data{each(rows, c.showAdvanced)}, nil
}

func (c *call) findAdvanced() (*advanced, *problem) {
	if a := c.advancedID[c.r.PathValue("id")]; a != nil {
		return a, nil
	}
	return nil, notFound()
}

// getAdvanced is GET /advanced_orders/{order_id}.
func (c *call) getAdvanced() (any, *problem) {
	a, p := c.findAdvanced()
	if p != nil {
		return nil, p
	}
	return c.showAdvanced(a), nil
}

// updateAdvanced is PATCH /advanced_orders/{advanced-order-id}/requirement_group, with a whole request.
func (c *call) updateAdvanced() (any, *problem) {
	a, p := c.findAdvanced()
	if p != nil {
		return nil, p
	}
	in, p := c.readAdvanced()
	if p != nil {
		return nil, p
	}
	a.advancedRequest = in
	return c.showAdvanced(a), nil
}

// SetAdvancedOrder sets the status of an advanced order (pending, processing, exception,
// hold, ordered, failed) and the ids of the orders that were made for it.
func (s *Server) SetAdvancedOrder(id, status string, orders ...string) {
	s.fake.Lock()
	defer s.fake.Unlock()
	a := s.advancedID[id]
	if a == nil {
		s.fake.Misuse("SetAdvancedOrder: there is no advanced order %s", id)
		return
	}
	a.status, a.orders = status, slices.Clone(orders)
}
