package voipbintest

import (
	"fmt"
)

// offer is a number that the carrier has for sale, as GET /v1.0/available_numbers shows it.
type offer struct {
	Number     string   `json:"number"`
	Country    string   `json:"country"`
	Region     string   `json:"region"`
	PostalCode string   `json:"postal_code"`
	Features   []string `json:"features"`
}

// carrierCap is the most offers that the carrier shows at once.
const carrierCap = 10

// defaultOffers are 25 numbers from Minnesota.
func defaultOffers() []offer {
	offers := make([]offer, 25)
	for i := range offers {
		offers[i] = offer{
			Number: fmt.Sprintf("+1218255%04d", 8711+i), Country: "US", Region: "MN",
			Features: []string{"emergency", "fax", "voice", "sms", "mms"},
		}
	}
	return offers
}

// listAvailableNumbers is GET /v1.0/available_numbers. It has no pages.
func (s *Server) listAvailableNumbers(c *call) {
	if c.era == EraSeed {
		s.listAvailableThen(c)
		return
	}
	q := s.query(c, "country_code", "page_size", "type")
	if !s.once(c, q, "page_size") {
		return
	}
	size, ok := s.todayPageSize(c, q)
	if !ok {
		return
	}
	switch kind := q.Get("type"); {
	case kind != TypeVirtual && q.Get("country_code") == "":
		c.fail(noCountry)
	case !c.account.mayManage():
		c.fail(denied)
	case kind == TypeVirtual:
		c.ok(result(s.virtualOffers(size)))
	default:
		if kind != "" && kind != TypeNormal {
			s.engine.Report("%s %s: the vendor takes the type %q as %q", c.r.Method, c.r.URL.Path, kind, TypeNormal)
		}
		c.ok(result(s.normalOffers(q.Get("country_code"), size)))
	}
}

// listAvailableThen is the same in 2021. A bug of those days fills the whole list with its last number.
func (s *Server) listAvailableThen(c *call) {
	q := s.query(c, "country_code", "page_size")
	size, ok := s.seedPageSize(c, q.Has("page_size"), q.Get("page_size"))
	if !ok || q.Get("country_code") == "" {
		c.fail(invalidArgument)
		return
	}
	offers := s.normalOffers(q.Get("country_code"), size)
	for i := range offers {
		offers[i] = offers[len(offers)-1]
	}
	c.ok(result(offers))
}

func result(offers []offer) any {
	return struct {
		Result []offer `json:"result"`
	}{offers}
}

func (s *Server) normalOffers(country string, size int) []offer {
	offers := []offer{}
	for _, o := range s.carrier.offers {
		if len(offers) == min(size, carrierCap) {
			break
		}
		if o.Country == country && s.carrier.sells(o.Number) && !s.carrier.holds(o.Number) {
			offers = append(offers, o)
		}
	}
	return offers
}

// virtualOffers makes up free virtual numbers.
func (s *Server) virtualOffers(size int) []offer {
	offers := []offer{}
	for len(offers) < size {
		digits := s.engine.IDs().Decimal()
		number := "+899" + digits[len(digits)-9:]
		if reserved(number) || s.carrier.holds(number) {
			continue
		}
		offers = append(offers, offer{Number: number, Country: "899", Features: []string{"voice"}})
	}
	return offers
}
