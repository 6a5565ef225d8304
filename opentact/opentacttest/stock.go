package opentacttest

import (
	"fmt"
	"strconv"
)

// Offer is a number in stock.
type Offer struct {
	// TN is the full number in digits, without "+": "12029822917".
	TN string
	// Profile is the name of its TN profile; empty means "US".
	Profile string
	// Country and State as two letters; an empty Country means "US".
	Country, State string
	// City, RateCenter and PostalCode are what searches compare with.
	City, RateCenter, PostalCode string
	// TollFree makes it a toll_free number, else it is a long_code.
	TollFree bool
	// Features that it can have: voice, fax, sms, mms, emergency; nil means voice and sms.
	Features []string

	tn int64
}

// DefaultStock is what can be ordered unless Options.Stock says otherwise: 12029822917, 12029822918 and
// 12017771234 of the documentation, 100 numbers of Chicago, 20 of Toronto and 10 toll free ones.
func DefaultStock() []Offer {
	stock := []Offer{
		{TN: "12029822917", State: "DC", City: "Washington", RateCenter: "WSHNGTNZN1", PostalCode: "20001"},
		{TN: "12029822918", State: "DC", City: "Washington", RateCenter: "WSHNGTNZN1", PostalCode: "20001"},
		{TN: "12017771234", State: "NJ", City: "Jersey City", RateCenter: "JERSEYCITY", PostalCode: "07302"},
	}
	for i := range 100 {
		stock = append(stock, Offer{
			TN: fmt.Sprintf("131255501%02d", i), State: "IL", City: "Chicago", RateCenter: "CHICAGO", PostalCode: "60601",
			Features: []string{"voice", "fax", "sms", "mms", "emergency"},
		})
	}
	for i := range 20 {
		stock = append(stock, Offer{
			TN: fmt.Sprintf("141655501%02d", i), Country: "CA", State: "ON", City: "Toronto", RateCenter: "TORONTO",
		})
	}
	for i := range 10 {
		stock = append(stock, Offer{
			TN: fmt.Sprintf("188855501%02d", i), Profile: "US Toll Free", TollFree: true,
		})
	}
	return stock
}

func (s *state) addOffers(offers []Offer) error {
	for _, o := range offers {
		tn, err := parseTN(o.TN)
		if err != nil {
			return err
		}
		o.tn = tn
		if o.Profile == "" {
			o.Profile = "US"
		}
		if o.Country == "" {
			o.Country = "US"
		}
		if o.Features == nil {
			o.Features = []string{"voice", "sms"}
		}
		if s.offerOf[tn] == nil {
			s.offers = append(s.offers, &o)
			s.offerOf[tn] = &o
			s.version++
		}
	}
	return nil
}

// parseTN reads a number in digits; a leading "+" is let pass.
func parseTN(text string) (int64, error) {
	digits := text
	if len(digits) > 0 && digits[0] == '+' {
		digits = digits[1:]
	}
	tn, err := strconv.ParseUint(digits, 10, 63)
	if err != nil || tn > maxTN {
		return 0, fmt.Errorf("%q is no number", text)
	}
	return int64(tn), nil
}

// available reports whether an account may order a number: one in stock that nobody has, or one that it has
// itself, which the vendor would sell it again.
func (s *state) available(a *account, tn int64) bool {
	if h := s.holder[tn]; h != nil {
		return h == a
	}
	return s.offerOf[tn] != nil || s.opts.SellsAnything
}
