package telnyxtest

import (
	"time"

	"github.com/shopspring/decimal"
)

// userID is the account's user.
const userID = "d70873cd-7c98-401a-81b6-b1ae08246995"

const maxInt = int(^uint(0) >> 1)

// state is the account. The engine's lock guards it.
type state struct {
	orders  []*order // oldest first, as everything here
	orderID map[string]*order
	subs    []*subOrder
	subID   map[string]*subOrder
	lines   []*line
	lineID  map[string]*line

	reports map[string]*report

	laws    map[law][]Requirement
	groups  []*group
	groupID map[string]*group

	stock    []*stockRow
	stockOf  map[string]*stockRow // by number, as all below
	coverage map[law]bool         // what ever was in the stock; kind "" is any
	searched map[string]bool
	lost     map[string]bool // to somebody else
	held     map[string]hold

	blocks []Block

	inexplicit   []*inexplicit
	inexplicitID map[string]*inexplicit
	advanced     []*advanced
	advancedID   map[string]*advanced

	reservations  []*reservation
	reservationID map[string]*reservation

	pending map[string]*line // by number: ordered, and neither bought nor failed yet

	owned map[string]*phoneNumber // by number

	numbers      []*phoneNumber
	numberID     map[string]*phoneNumber
	sorted       map[string][]*phoneNumber // by sort field, made when asked for
	connections  map[string]string         // names by id
	messagingOut bool

	comments  []*comment
	commentID map[string]*comment

	events map[string]*event // by order

	balance, credit decimal.Decimal

	windowStart time.Time // of the rate limit
	inWindow    int
}

func newState() *state {
	return &state{
		numberID: map[string]*phoneNumber{}, connections: map[string]string{}, commentID: map[string]*comment{},
		events:  map[string]*event{},
		balance: decimal.NewFromInt(300), credit: decimal.NewFromInt(100),
		orderID: map[string]*order{}, subID: map[string]*subOrder{}, lineID: map[string]*line{},
		reports: map[string]*report{}, laws: defaultLaws(), groupID: map[string]*group{},
		stockOf: map[string]*stockRow{}, coverage: map[law]bool{}, searched: map[string]bool{}, lost: map[string]bool{},
		held: map[string]hold{}, reservationID: map[string]*reservation{},
		pending: map[string]*line{}, owned: map[string]*phoneNumber{},
	}
}

// begin fills the account as the options want it.
func (s *Server) begin() error {
	if !s.opts.NoStock {
		s.addStock(defaultStock()...)
		s.addBlocks(defaultBlocks()...)
	}
	if s.opts.Seed {
		return s.seed()
	}
	return nil
}
