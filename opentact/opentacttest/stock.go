package opentacttest

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// offer is a number in stock.
type offer struct {
	numberstest.Offer
	tn int64
}

// The types of numbers.
const (
	longCode = "long_code"
	tollFree = "toll_free"
)

// defaultStock is what can be ordered unless Options.NoOffers is set: 12029822917, 12029822918 and 12017771234 of
// the documentation, 100 numbers of Chicago, 20 of Toronto and 10 toll-free ones.
func defaultStock() []numberstest.Offer {
	stock := []numberstest.Offer{
		{Number: "12029822917", Region: "DC", Locality: "Washington", RateCenter: "WSHNGTNZN1", PostalCode: "20001"},
		{Number: "12029822918", Region: "DC", Locality: "Washington", RateCenter: "WSHNGTNZN1", PostalCode: "20001"},
		{Number: "12017771234", Region: "NJ", Locality: "Jersey City", RateCenter: "JERSEYCITY", PostalCode: "07302"},
	}
	for i := range 100 {
		stock = append(stock, numberstest.Offer{
			Number: fmt.Sprintf("131255501%02d", i), Region: "IL", Locality: "Chicago", RateCenter: "CHICAGO", PostalCode: "60601",
			Features: []string{"voice", "fax", "sms", "mms", "emergency"},
		})
	}
	for i := range 20 {
		stock = append(stock, numberstest.Offer{
			Number: fmt.Sprintf("141655501%02d", i), Country: "CA", Region: "ON", Locality: "Toronto", RateCenter: "TORONTO",
		})
	}
	for i := range 10 {
		stock = append(stock, numberstest.Offer{Number: fmt.Sprintf("188855501%02d", i)})
	}
	return stock
}

// AddOffer puts numbers into stock, or replaces those that are in it. Type is long_code or toll_free; "" means
// toll_free for the toll-free codes of North America, else long_code. Profile "" means "US" or "US Toll Free",
// Country "" means US. Features are among voice, fax, sms, mms and emergency; nil means voice and sms. Prices are
// those of the profile (AddProfile).
func (s *Server) AddOffer(offers ...numberstest.Offer) {
	defer s.lock()()
	for _, o := range offers {
		if unfit := fake.Unfit(o, "Number", "Country", "Type", "Region", "Locality", "RateCenter", "PostalCode", "Features", "Profile"); unfit != "" {
			s.fake.Misuse("AddOffer: OpenTact's offers have no %s", unfit)
		} else if err := s.st.addOffer(o); err != nil {
			s.fake.Misuse("AddOffer: %v", err)
		}
	}
}

func (s *state) addOffer(o numberstest.Offer) error {
	tn, err := parseTN(o.Number)
	if err != nil {
		return err
	}
	if o.Type == "" {
		o.Type = typeOf(tn)
	}
	if o.Type != longCode && o.Type != tollFree {
		return fmt.Errorf("unknown type %q", o.Type)
	}
	if o.Profile == "" {
		o.Profile = "US"
		if o.Type == tollFree {
			o.Profile = "US Toll Free"
		}
	}
	if o.Country == "" {
		o.Country = "US"
	}
	if o.Features == nil {
		o.Features = []string{"voice", "sms"}
	}
	s.version++
	if old := s.offerOf[tn]; old != nil {
		old.Offer = o
		return nil
	}
	row := &offer{o, tn}
	s.offers, s.offerOf[tn] = append(s.offers, row), row
	return nil
}

// typeOf reads the type off a number.
func typeOf(tn int64) string {
	if slices.Contains([]int64{1800, 1833, 1844, 1855, 1866, 1877, 1888}, tn/10_000_000) {
		return tollFree
	}
	return longCode
}

// RemoveOffer takes numbers out of stock, as if they were sold to somebody else: an order for one that is not
// under way yet is refused or rejects it.
func (s *Server) RemoveOffer(numbers ...string) {
	defer s.lock()()
	for _, text := range numbers {
		tn, err := parseTN(text)
		if err != nil {
			s.fake.Misuse("RemoveOffer: %v", err)
			continue
		}
		delete(s.st.offerOf, tn)
		s.st.version++
		s.st.offers = slices.DeleteFunc(s.st.offers, func(o *offer) bool { return o.tn == tn })
	}
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
