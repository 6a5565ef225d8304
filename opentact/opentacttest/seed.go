package opentacttest

import (
	_ "embed"
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

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
	if _, err := s.newProfile(p); err != nil {
		panic(err)
	}
}
