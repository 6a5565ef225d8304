package telnyxtest

import "time"

// state is the account. The engine's lock guards it.
type state struct {
	orders  []*order // oldest first, as everything here
	orderID map[string]*order
	subs    []*subOrder
	subID   map[string]*subOrder
	lines   []*line
	lineID  map[string]*line

	pending map[string]*line // by number: ordered, and neither bought nor failed yet

	owned map[string]*phoneNumber // by number

	windowStart time.Time // of the rate limit
	inWindow    int
}

func newState() *state {
	return &state{
		orderID: map[string]*order{}, subID: map[string]*subOrder{}, lineID: map[string]*line{},
		pending: map[string]*line{}, owned: map[string]*phoneNumber{},
	}
}

// begin fills the account as the options want it.
func (s *Server) begin() error {
	if s.opts.Seed {
		return s.seed()
	}
	return nil
}
