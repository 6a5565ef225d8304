package telnyxtest

import (
	"fmt"
	"strings"
)

// Available is one number of the stock: what searches answer and orders may take.
type Available struct {
	// PhoneNumber in E.164.
	PhoneNumber string
	// Type is local, toll_free, mobile, national or shared_cost; "" means toll_free for the toll-free codes
	// of +1, else local.
	Type string
	// Country is the ISO 3166-1 alpha-2 code; "" means what the number's calling code says.
	Country string
	// AreaCode is the national destination code; "" means the three digits after +1, and none elsewhere.
	AreaCode string
	// RateCenter, State (province in Canada) and Locality are where it is.
	RateCenter, State, Locality string
	// Features are among sms, mms, voice, fax, emergency, hd_voice, international_sms and local_calling;
	// nil means sms and voice.
	Features []string
	// UpfrontCost and MonthlyCost are decimal texts; "" means "1.00000". Currency "" means USD.
	UpfrontCost, MonthlyCost, Currency string
	// VanityFormat is the number spelt with letters.
	VanityFormat string
	// Quickship says that a toll-free number can be used at once.
	Quickship bool
	// NotReservable numbers can be ordered, and not reserved.
	NotReservable bool
}

// withDefaults fills what was left out.
func (a Available) withDefaults() Available {
	country, kind := classify(a.PhoneNumber)
	set := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	set(&a.Country, country)
	set(&a.Type, kind)
	set(&a.UpfrontCost, "1.00000")
	set(&a.MonthlyCost, "1.00000")
	set(&a.Currency, "USD")
	if rest, ok := strings.CutPrefix(a.PhoneNumber, "+1"); ok && len(rest) >= 3 {
		set(&a.AreaCode, rest[:3])
	}
	if a.Features == nil {
		a.Features = []string{"sms", "voice"}
	}
	return a
}

// stockRow is a number of the stock and what became of it.
type stockRow struct {
	Available
	sold bool // bought here, or lost to somebody else
}

// AddStock adds numbers to the stock, or replaces those that are in it.
func (s *Server) AddStock(numbers ...Available) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.addStock(numbers...)
}

func (s *Server) addStock(numbers ...Available) {
	for _, a := range numbers {
		a = a.withDefaults()
		delete(s.lost, a.PhoneNumber)
		s.coverage[law{a.Country, a.Type}], s.coverage[law{a.Country, ""}] = true, true
		if row := s.stockOf[a.PhoneNumber]; row != nil {
			*row = stockRow{Available: a}
			continue
		}
		row := &stockRow{Available: a}
		s.stock, s.stockOf[a.PhoneNumber] = append(s.stock, row), row
	}
}

// RemoveStock lets somebody else buy numbers: no search shows them, and orders and reservations of them fail.
func (s *Server) RemoveStock(numbers ...string) {
	s.fake.Lock()
	defer s.fake.Unlock()
	for _, n := range numbers {
		s.lost[n] = true
		if row := s.stockOf[n]; row != nil {
			row.sold = true
		}
	}
}

// Hold lets another customer reserve numbers for the usual 30 minutes.
func (s *Server) Hold(numbers ...string) {
	s.fake.Lock()
	defer s.fake.Unlock()
	for _, n := range numbers {
		s.held[n] = hold{until: s.fake.Now().Add(reservationTime)}
	}
}

// free reports whether a number of the stock can be had at all.
func (s *Server) free(row *stockRow) bool {
	return !row.sold && s.pending[row.PhoneNumber] == nil && s.owned[row.PhoneNumber] == nil && !s.heldByOthers(row.PhoneNumber)
}

// national is the number without its calling code, and without the area code if there is one to strip.
func (a Available) national(areaCode string) string {
	digits := strings.TrimPrefix(a.PhoneNumber, "+")
	code := ""
	if strings.HasPrefix(digits, "1") {
		code = "1"
	}
	for n := 3; n > 1 && code == ""; n-- {
		if len(digits) > n && countries[digits[:n]] != "" {
			code = digits[:n]
		}
	}
	return strings.TrimPrefix(strings.TrimPrefix(digits, code), areaCode)
}

// defaultStock is what a fake sells unless told otherwise: 20 local numbers in each of four US area codes,
// 20 toll-free ones, 10 in Toronto, and 10 each in London, Berlin (with requirements) and Zurich (with a
// mandatory requirement group).
func defaultStock() []Available {
	var all []Available
	add := func(count int, format string, a Available) {
		for i := range count {
			a.PhoneNumber = fmt.Sprintf(format, 100+i)
			all = append(all, a)
		}
	}
	full := []string{"sms", "mms", "voice", "fax", "emergency", "hd_voice"}
	add(20, "+13125550%d", Available{RateCenter: "CHICAGO", State: "IL", Locality: "Chicago", Features: full})
	add(20, "+12125550%d", Available{RateCenter: "NEW YORK", State: "NY", Locality: "New York", Features: full})
	add(20, "+19705550%d", Available{RateCenter: "FORT COLLINS", State: "CO", Locality: "Fort Collins", Features: full})
	add(20, "+14155550%d", Available{RateCenter: "SAN FRANCISCO", State: "CA", Locality: "San Francisco", Features: []string{"voice", "fax"}})
	add(20, "+18005550%d", Available{Features: []string{"sms", "voice", "fax"}, Quickship: true})
	add(10, "+14165550%d", Available{RateCenter: "TORONTO", State: "ON", Locality: "Toronto", Features: full})
	add(10, "+442079460%d", Available{AreaCode: "20", Locality: "London", Features: []string{"voice", "fax"}, MonthlyCost: "1.50000"})
	add(10, "+4930555500%d", Available{AreaCode: "30", Locality: "Berlin", Features: []string{"voice"}, UpfrontCost: "2.00000", MonthlyCost: "3.00000"})
	add(10, "+4144555500%d", Available{AreaCode: "44", Locality: "Zurich", Features: []string{"voice"}, UpfrontCost: "5.00000", MonthlyCost: "4.00000", NotReservable: true})
	return all
}
