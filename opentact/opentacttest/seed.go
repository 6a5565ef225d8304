package opentacttest

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// The documented answers of GET /order/{uuid} and GET /order, to the letter.
var (
	//go:embed seed/order.get.response.json
	seedGet []byte
	//go:embed seed/order.list.response.json
	seedList []byte
)

// seedIdentity is what the first order placed in seed mode is called.
type seedIdentity struct {
	uuid    string
	created time.Time
}

// populate makes the accounts and what is always there.
func (s *state) populate(balance decimal.Decimal) {
	s.jwtKey = s.fake.IDs().Hex()
	owner := s.addAccount("Owner Inc.", Email, Password, Token, balance)
	s.addAccount("Other Inc.", "other@opentact.example", "other "+Password, OtherToken, balance)
	s.mustAddProfile(Profile{
		Name: "US Toll Free", Description: "US toll free numbers", Priority: "high", TollFree: true, NRC: "2", MRC: "3",
	})
	if s.opts.Seed {
		s.plantSeed(owner)
		return
	}
	s.mustAddProfile(Profile{
		Name: "US", Description: "US local numbers", NRC: "1", MRC: "1.5",
		Prices: map[string]string{
			"voice_mrc": "0.25", "voice_incoming_per_min_cost": "0.0035", "voice_outgoing_per_min_cost": "0.01",
			"sms_mrc": "0.1", "sms_per_send_cost": "0.005", "sms_per_receive_cost": "0.0025", "fax_nrc": "0.75",
		},
	})
}

// plantSeed makes the rows of the 2020 samples.
func (s *state) plantSeed(owner *account) {
	s.mustAddProfile(Profile{Name: "US"})
	s.mustAddProfile(Profile{UUID: "string", Name: "string", Description: "string", Priority: "high", TollFree: true})
	s.addPeer(sipConnection, "string", "string", owner)
	s.addPeer(sipApp, "string", "string", owner)
	var list struct {
		Payload json.RawMessage `json:"payload"`
	}
	if err := json.Unmarshal(seedList, &list); err != nil {
		panic(err)
	}
	s.addOrder(&order{
		uuid: "string", account: owner, state: stateCreated, held: true, seed: seedGet, listed: list.Payload,
	})
	s.seedOrder = &seedIdentity{
		uuid:    "e7fad289-f977-45bb-bc42-448d1290555c",
		created: time.Date(2020, 10, 28, 10, 47, 28, 270_000_000, time.UTC),
	}
	s.mustAddOffer(numberstest.Offer{Number: "0"})
}

// mustAddOffer adds an offer of our own making.
func (s *state) mustAddOffer(o numberstest.Offer) {
	if err := s.addOffer(o); err != nil {
		panic(err)
	}
}

// mustAddProfile adds a profile of our own making.
func (s *state) mustAddProfile(p Profile) {
	if err := s.newProfile(p); err != nil {
		panic(err)
	}
}

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

// AddOffer adds numbers to the stock, or replaces those with the same number. Type is
// long_code or toll_free. Type "" means toll_free for the toll-free codes of North
// America, and otherwise long_code. Profile "" means "US" or "US Toll Free", and Country
// "" means US. Features are some of voice, fax, sms, mms and emergency; nil means voice
// and sms. The prices are those of the profile (AddProfile).
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

// RemoveOffer removes numbers from the stock, as if they were sold to other customers. A
// later order for such a number is refused, or rejects the number.
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

// AddNumber adds numbers to the account without an order, and returns the uuids of their
// leases. Books does not have them. Of an Assignment, a lease has Connection, Application
// and MessagingProfile, which must exist.
func (s *Server) AddNumber(numbers ...numberstest.Owned) []string {
	defer s.lock()()
	uuids := make([]string, len(numbers))
	for i, in := range numbers {
		l, err := s.st.ownAs(s.owner(), in)
		if err != nil {
			s.fake.Misuse("AddNumber: %v", err)
			continue
		}
		uuids[i] = l.uuid
	}
	return uuids
}

func (s *state) ownAs(a *account, in numberstest.Owned) (*lease, error) {
	if unfit := fake.Unfit(in, "ID", "Number", "Assignment", "Created"); unfit != "" {
		return nil, fmt.Errorf("a lease has no %s", unfit)
	}
	tn, err := parseTN(in.Number)
	if err != nil {
		return nil, err
	}
	if s.leaseOf[in.ID] != nil {
		return nil, fmt.Errorf("there is a lease %s", in.ID)
	}
	want := in.Assignment
	l := &lease{connection: s.peerNamed(sipConnection, want.Connection), app: s.peerNamed(sipApp, want.Application)}
	for _, m := range s.messaging {
		if m.uuid == want.MessagingProfile {
			l.messaging = m
		}
	}
	if (l.connection == nil) != (want.Connection == "") || (l.app == nil) != (want.Application == "") ||
		(l.messaging == nil) != (want.MessagingProfile == "") || want.BillingGroup+want.CallFlow+want.MessageFlow != "" {
		return nil, fmt.Errorf("the account does not have all of %+v", want)
	}
	own := s.own(a, tn)
	own.connection, own.app, own.messaging = l.connection, l.app, l.messaging
	if in.ID != "" {
		delete(s.leaseOf, own.uuid)
		own.uuid, s.leaseOf[in.ID] = in.ID, own
	}
	if !in.Created.IsZero() {
		own.created, own.modified = in.Created, in.Created
	}
	return own, nil
}

// peerNamed finds a connection or app by its uuid; nil if there is none.
func (s *state) peerNamed(kind peerKind, uuid string) *peer {
	for _, p := range s.peers {
		if p.kind == kind && p.uuid == uuid {
			return p
		}
	}
	return nil
}

// AddOrder adds past orders to the account, oldest first, and returns their uuids. It
// buys nothing: the account does not own the numbers, and Books does not have them. If
// the State is not success or failed, the order stays in it.
func (s *Server) AddOrder(orders ...numberstest.PastOrder) []string {
	defer s.lock()()
	uuids := make([]string, len(orders))
	for i, in := range orders {
		o, err := s.st.pastOrder(s.owner(), in)
		if err != nil {
			s.fake.Misuse("AddOrder: %v", err)
			continue
		}
		s.st.addOrder(o)
		uuids[i] = o.uuid
	}
	return uuids
}

func (s *state) pastOrder(a *account, in numberstest.PastOrder) (*order, error) {
	if len(in.Numbers) == 0 || in.Reference != "" {
		return nil, errors.New("an order needs a number, and has no Reference")
	}
	if in.State == "" {
		in.State = stateSuccess
	}
	o := &order{account: a, held: true}
	for _, text := range in.Numbers {
		tn, err := parseTN(text)
		if err != nil {
			return nil, err
		}
		it := newItem(tn, wish{}, nil, s.profileNamed("US"))
		if it.state = in.State; in.State == stateFailed {
			it.fail(reasonRejected)
		}
		o.items = append(o.items, it)
	}
	s.name(o)
	if !in.Created.IsZero() {
		o.created = in.Created
	}
	o.state, o.modified = in.State, o.created
	return o, nil
}
