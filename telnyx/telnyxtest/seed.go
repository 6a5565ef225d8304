package telnyxtest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// seedDocument is the answer of GET /number_orders as Telnyx's reference shows it.
//
//go:embed seed.json
var seedDocument []byte

// seed begins with the documented order.
func (s *Server) seed() error {
	var doc struct {
		Data []struct {
			orderJSON
			PhoneNumbers []shortNumber `json:"phone_numbers"`
		} `json:"data"`
	}
	if err := json.Unmarshal(seedDocument, &doc); err != nil {
		return fmt.Errorf("telnyxtest: the seed: %w", err)
	}
	for _, row := range doc.Data {
		created, err := time.Parse(time.RFC3339, row.CreatedAt)
		if err != nil {
			return fmt.Errorf("telnyxtest: the seed: %w", err)
		}
		o := &order{
			id: row.ID, connection: row.ConnectionID, messaging: row.MessagingProfileID, billing: row.BillingGroupID,
			reference: row.CustomerReference, created: created, updated: created, subIDs: row.SubNumberOrdersIDs,
		}
		for _, n := range row.PhoneNumbers {
			l := &line{
				id: n.ID, order: o, number: n.PhoneNumber, country: "US", kind: "local",
				status: row.Status, stuck: true, requirementsStatus: requirementsApproved,
			}
			// Its part has the placeholder of the document as its id, and is listed nowhere else.
			l.sub = &subOrder{id: row.SubNumberOrdersIDs[0], order: o, country: l.country, kind: l.kind, created: created, updated: created}
			o.lines, s.pending[l.number] = append(o.lines, l), l
		}
		s.orders, s.orderID[o.id] = append(s.orders, o), o
	}
	return nil
}

// seedPage is the documented answer as long as its row is the only one: page 2 of 3, with one row.
func (c *call) seedPage(w window) any {
	if !c.opts.Seed || len(c.orders) != 1 || w != (window{2, 25}) || len(c.q) != 2 {
		return nil
	}
	return reply{status: 200, contentType: "application/json", body: seedDocument}
}

// offer is one number of the stock: what searches answer and orders may take.
type offer numberstest.Offer

// withDefaults fills what was left out.
func (a offer) withDefaults() offer {
	country, kind := classify(a.Number)
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
	if rest, ok := strings.CutPrefix(a.Number, "+1"); ok && len(rest) >= 3 {
		set(&a.AreaCode, rest[:3])
	}
	if a.Features == nil {
		a.Features = []string{"sms", "voice"}
	}
	return a
}

// stockRow is a number of the stock and what became of it.
type stockRow struct {
	offer
	sold bool // bought here, or lost to somebody else
}

// AddOffer adds numbers to the stock, or replaces those with the same number. Type is
// local, toll_free, mobile, national or shared_cost. Type "" means toll_free for the
// toll-free codes of +1, and otherwise local. Features are some of sms, mms, voice, fax,
// emergency, hd_voice, international_sms and local_calling; nil means sms and voice. A
// missing cost means "1.00000", in USD.
func (s *Server) AddOffer(offers ...numberstest.Offer) {
	s.fake.Lock()
	defer s.fake.Unlock()
	for _, o := range offers {
		switch {
		case !e164.MatchString(o.Number):
			s.fake.Misuse("AddOffer: %q is not E.164", o.Number)
		case o.Profile != "" || o.PostalCode != "":
			s.fake.Misuse("AddOffer: Telnyx's offers have no Profile and no PostalCode")
		default:
			s.addStock(offer(o))
		}
	}
}

func (s *Server) addStock(offers ...offer) {
	for _, a := range offers {
		a = a.withDefaults()
		delete(s.lost, a.Number)
		s.coverage[law{a.Country, a.Type}], s.coverage[law{a.Country, ""}] = true, true
		if row := s.stockOf[a.Number]; row != nil {
			*row = stockRow{offer: a}
			continue
		}
		row := &stockRow{offer: a}
		s.stock, s.stockOf[a.Number] = append(s.stock, row), row
	}
}

// RemoveOffer removes numbers from the stock, as if another customer had bought them. No
// search shows them, and orders and reservations of them fail.
func (s *Server) RemoveOffer(numbers ...string) {
	s.fake.Lock()
	defer s.fake.Unlock()
	for _, n := range numbers {
		s.lost[n] = true
		if row := s.stockOf[n]; row != nil {
			row.sold = true
		}
	}
}

// Hold reserves numbers for another customer, for 30 minutes.
func (s *Server) Hold(numbers ...string) {
	s.fake.Lock()
	defer s.fake.Unlock()
	for _, n := range numbers {
		s.held[n] = hold{until: s.fake.Now().Add(reservationTime)}
	}
}

// free reports whether a number of the stock can be had at all.
func (s *Server) free(row *stockRow) bool {
	return !row.sold && s.pending[row.Number] == nil && s.owned[row.Number] == nil && !s.heldByOthers(row.Number)
}

// national is the number without its calling code, and without the area code if there is one to strip.
func (a offer) national(areaCode string) string {
	digits := strings.TrimPrefix(a.Number, "+")
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
func defaultStock() []offer {
	var all []offer
	add := func(count int, format string, a offer) {
		for i := range count {
			a.Number = fmt.Sprintf(format, 100+i)
			all = append(all, a)
		}
	}
	full := []string{"sms", "mms", "voice", "fax", "emergency", "hd_voice"}
	add(20, "+13125550%d", offer{RateCenter: "CHICAGO", Region: "IL", Locality: "Chicago", Features: full})
	add(20, "+12125550%d", offer{RateCenter: "NEW YORK", Region: "NY", Locality: "New York", Features: full})
	add(20, "+19705550%d", offer{RateCenter: "FORT COLLINS", Region: "CO", Locality: "Fort Collins", Features: full})
	add(20, "+14155550%d", offer{RateCenter: "SAN FRANCISCO", Region: "CA", Locality: "San Francisco", Features: []string{"voice", "fax"}})
	add(20, "+18005550%d", offer{Features: []string{"sms", "voice", "fax"}, Quickship: true})
	add(10, "+14165550%d", offer{RateCenter: "TORONTO", Region: "ON", Locality: "Toronto", Features: full})
	add(10, "+442079460%d", offer{AreaCode: "20", Locality: "London", Features: []string{"voice", "fax"}, MonthlyCost: "1.50000"})
	add(10, "+4930555500%d", offer{AreaCode: "30", Locality: "Berlin", Features: []string{"voice"}, UpfrontCost: "2.00000", MonthlyCost: "3.00000"})
	add(10, "+4144555500%d", offer{AreaCode: "44", Locality: "Zurich", Features: []string{"voice"}, UpfrontCost: "5.00000", MonthlyCost: "4.00000", Unreservable: true})
	return all
}

// Row is an owned number with the fields that only Telnyx's rows have.
type Row struct {
	numberstest.Owned
	// EmergencyAddressID is the id of the emergency address; "" = null.
	EmergencyAddressID string
	// Tags are the tags of the number.
	Tags []string
	// Ported is true if the number came from a port request, and not from an order.
	Ported bool
}

// AddNumber adds numbers to the account without an order, in this sequence, and returns
// their ids. Books does not have them. Of an Assignment, Telnyx has Connection,
// MessagingProfile and BillingGroup.
func (s *Server) AddNumber(numbers ...numberstest.Owned) []string {
	rows := make([]Row, len(numbers))
	for i, n := range numbers {
		rows[i].Owned = n
	}
	return s.AddRow(rows...)
}

// AddRow is AddNumber for rows with fields that only Telnyx has.
func (s *Server) AddRow(rows ...Row) []string {
	s.fake.Lock()
	defer s.fake.Unlock()
	ids := make([]string, len(rows))
	for i, in := range rows {
		known := numbers.Assignment{
			Connection: in.Assignment.Connection, MessagingProfile: in.Assignment.MessagingProfile, BillingGroup: in.Assignment.BillingGroup,
		}
		unfit := fake.Unfit(in.Owned, "ID", "Number", "Country", "Type", "State", "Reference", "Assignment", "Created", "Locked")
		switch {
		case unfit != "" || in.Assignment != known:
			s.fake.Misuse("AddNumber: Telnyx's numbers have no such field: %s %+v", unfit, in.Assignment)
		case !e164.MatchString(in.Number):
			s.fake.Misuse("AddNumber: %q is not E.164", in.Number)
		case s.owned[in.Number] != nil || s.numberID[in.ID] != nil:
			s.fake.Misuse("AddNumber: %s is owned already", in.Number)
		default:
			ids[i] = s.addRow(in)
		}
	}
	return ids
}

func (s *Server) addRow(in Row) (id string) {
	if in.Created.IsZero() {
		in.Created = s.fake.Now()
	}
	a := offer{Number: in.Number, Type: in.Type, Country: in.Country}.withDefaults()
	n := &phoneNumber{
		id: in.ID, number: in.Number, country: a.Country, kind: a.Type, status: in.State, tags: slices.Clone(in.Tags),
		connection: orNil(in.Assignment.Connection), messaging: orNil(in.Assignment.MessagingProfile), billing: orNil(in.Assignment.BillingGroup),
		emergencyAddress: orNil(in.EmergencyAddressID), reference: orNil(in.Reference),
		source: new("number_order"), locked: in.Locked, purchased: in.Created,
	}
	if in.Ported {
		n.source = new("port_request")
	}
	if n.status == "" {
		n.status, n.activated = numberActive, in.Created
	}
	s.own(n)
	return n.id
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// AddOrder adds past orders to the account, oldest first, and returns their ids. It buys
// nothing: the account does not own the numbers, and Books does not have them. Lists keep
// the sequence in which orders were added.
func (s *Server) AddOrder(orders ...numberstest.PastOrder) []string {
	s.fake.Lock()
	defer s.fake.Unlock()
	ids := make([]string, 0, len(orders))
	for _, in := range orders {
		if in.State == "" {
			in.State = statusSuccess
		}
		if in.Created.IsZero() {
			in.Created = s.fake.Now()
		}
		o := &order{created: in.Created, updated: in.Created, reference: orNil(in.Reference)}
		for _, n := range in.Numbers {
			l := &line{number: n, status: in.State, requirementsStatus: requirementsApproved}
			l.country, l.kind = classify(n)
			o.lines = append(o.lines, l)
		}
		s.add(o)
		ids = append(ids, o.id)
	}
	return ids
}
