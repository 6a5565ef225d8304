package telnyxtest

import (
	"time"

	"github.com/shopspring/decimal"
)

// userID is the account's user.
const userID = "d70873cd-7c98-401a-81b6-b1ae08246995"

// state is the account. The engine's lock guards it. Slices are in order of creation; maps named after an
// id go by that id.
type state struct {
	orders  []*order
	orderID map[string]*order
	// lastVisible is when the last order or number is shown that is hidden for now; blockOrders counts those
	// that /number_orders does not show.
	lastVisible time.Time
	blockOrders int

	subs    []*subOrder
	subID   map[string]*subOrder
	lines   []*line
	lineID  map[string]*line
	reports map[string]*report
	events  map[string]*event // the last one of an order, by its id
	// rotations is how often the webhooks' key was rotated.
	rotations int

	inexplicit   []*inexplicit
	inexplicitID map[string]*inexplicit
	advanced     []*advanced
	advancedID   map[string]*advanced

	laws      map[law][]Requirement
	groups    []*group
	groupID   map[string]*group
	comments  []*comment
	commentID map[string]*comment

	stock         []*stockRow
	blocks        []blockRow
	coverage      map[law]bool // what ever was in the stock; kind "" is any
	reservations  []*reservation
	reservationID map[string]*reservation

	numbers      []*phoneNumber
	deleted      int // of numbers
	numberID     map[string]*phoneNumber
	sorted       map[string][]*phoneNumber // by sort field, made when asked for
	connections  map[string]string         // names by id
	messagingOut bool

	// What is known of a number, in E.164.
	stockOf  map[string]*stockRow
	searched map[string]bool // returned by a search
	lost     map[string]bool // to somebody else
	held     map[string]hold
	pending  map[string]*line // ordered, and neither bought nor failed yet
	owned    map[string]*phoneNumber

	balance, credit decimal.Decimal

	windowStart time.Time // of the rate limit
	inWindow    int
}

func newState() *state {
	return &state{
		orderID: map[string]*order{}, subID: map[string]*subOrder{}, lineID: map[string]*line{},
		reports: map[string]*report{}, events: map[string]*event{},
		inexplicitID: map[string]*inexplicit{}, advancedID: map[string]*advanced{},
		laws: defaultLaws(), groupID: map[string]*group{}, commentID: map[string]*comment{},
		coverage: map[law]bool{}, reservationID: map[string]*reservation{},
		numberID: map[string]*phoneNumber{}, connections: map[string]string{},
		stockOf: map[string]*stockRow{}, searched: map[string]bool{}, lost: map[string]bool{}, held: map[string]hold{},
		pending: map[string]*line{}, owned: map[string]*phoneNumber{},
		balance: decimal.NewFromInt(300), credit: decimal.NewFromInt(100),
	}
}

// begin fills the account as the options want it.
func (s *Server) begin() error {
	if !s.opts.NoOffers {
		s.addStock(defaultStock()...)
		s.addBlocks(defaultBlocks()...)
	}
	if s.opts.Seed {
		return s.seed()
	}
	return nil
}
