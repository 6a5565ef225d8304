package telnyxtest

import (
	"net/http"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// APIKey is the key that a Server accepts unless Options.APIKey is set.
const APIKey = "KEYtest0000000000000000000000000_fakeTelnyxAccount"

// Options are the options of a Server. The zero value means an account without
// restrictions whose orders settle at once: an order is pending in the answer to its
// POST, and settled at the next request.
type Options struct {
	numberstest.ServerOptions

	// APIKey is the only key that the server accepts; "" = the constant APIKey.
	APIKey string
	// SettleAfter is how long a number of an order stays pending after its requirements
	// are met.
	SettleAfter time.Duration
	// OrderVisibleAfter is how long a new order returns 404 and is missing from lists.
	OrderVisibleAfter time.Duration
	// NumberVisibleAfter is how long a new number is missing from /phone_numbers.
	NumberVisibleAfter time.Duration
	// ActivateAfter is how long a new number is purchase-pending before it is active.
	ActivateAfter time.Duration
	// ReviewAfter is how long Telnyx needs to approve the value of a requirement, or a
	// submitted requirement group.
	ReviewAfter time.Duration
	// JobAfter is how long a background job takes. It is in progress after half of it.
	JobAfter time.Duration
	// RequireSearch makes the server refuse orders of numbers that no search has
	// returned, as Telnyx's ordering guide says. Without it, any E.164 number can be
	// ordered that is not owned, in an order, or held by another customer.
	RequireSearch bool
	// Trial makes the account a trial account. Searches return masked numbers.
	// Reservations and regulatory requirements are refused (10038), and so is a second
	// order (10039).
	Trial bool
	// RateLimit is how many requests are allowed in a RateWindow before a 429; 0 = no
	// limit and no rate limit headers.
	RateLimit int
	// RateWindow is the window of RateLimit; 0 = one second.
	RateWindow time.Duration
	// AdvancedArrays makes status and phone_number_type of advanced orders arrays of one
	// word, as in the types of Telnyx's SDKs. Without it they are words, as in the guide.
	AdvancedArrays bool
}

// Server is a running fake of the Telnyx API v2. It is safe for concurrent use.
type Server struct {
	fake *fake.Server
	opts Options
	mux  *http.ServeMux
	// jobMux has the background jobs.
	jobMux *http.ServeMux

	*state
}

// NewServer starts a Server that is closed when the test ends. A request with something
// that Telnyx would silently ignore fails the test, unless Options.Lenient is set. opts
// has at most one Options.
func NewServer(tb testing.TB, opts ...Options) *Server {
	tb.Helper()
	return fake.ForTest(tb, "telnyxtest", opts, start)
}

// Start starts a Server for a program. The program must close it.
func Start(opts Options) (*Server, error) { return start(opts, nil) }

func start(opts Options, tb testing.TB) (*Server, error) {
	if opts.APIKey == "" {
		opts.APIKey = APIKey
	}
	if opts.RateWindow <= 0 {
		opts.RateWindow = time.Second
	}
	s := &Server{opts: opts, mux: http.NewServeMux(), jobMux: http.NewServeMux(), state: newState()}
	ops := map[string]route{}
	for mux, list := range map[*http.ServeMux][]route{s.mux: routes(), s.jobMux: jobRoutes()} {
		for _, rt := range list {
			rt = rt.expand()
			ops[rt.pattern()] = rt
			mux.HandleFunc(rt.pattern(), s.handle(rt))
		}
	}
	f, err := fake.New(fake.Config{
		Name: "telnyx", Handler: http.HandlerFunc(s.serve), TB: tb, ServerOptions: opts.ServerOptions,
		Classify: func(r *http.Request) (string, bool) {
			_, pattern := s.muxOf(r).Handler(r)
			return ops[pattern].op, ops[pattern].buys
		},
		FaultBody: faultBody,
		Counts: []string{
			"page_number", "page_size", "total_pages", "total_results", "best_effort_results", "phone_numbers_count", "count",
			"count_requested", "count_allocated", "range", "number_range", "quantity",
		},
		Semantic: []numberstest.FaultKind{
			numberstest.PartialOrder, numberstest.StuckPending, numberstest.LateListing, numberstest.InsertWhileListing,
		},
	})
	if err != nil {
		return nil, err
	}
	s.fake = f
	f.Lock()
	defer f.Unlock()
	if err := s.begin(); err != nil {
		return nil, err
	}
	return s, nil
}

// URL returns the base URL of the API, including /v2.
func (s *Server) URL() string { return s.fake.URL() + "/v2" }

// HTTPClient returns a client that connects to the server and trusts its certificate.
func (s *Server) HTTPClient() *http.Client { return s.fake.HTTPClient() }

// Close closes all connections and stops the server. It may be called more than once.
func (s *Server) Close() { s.fake.Close() }

// Inject activates faults. The semantic faults of this fake are PartialOrder
// (Fault.Numbers fail, and the others succeed), StuckPending (Fault.Numbers, or the whole
// order, never settle), LateListing (an order and its numbers are shown Fault.Delay after
// they were made) and InsertWhileListing (a row that was not bought here appears between
// two pages of a list).
func (s *Server) Inject(faults ...numberstest.Fault) { s.fake.Inject(faults...) }

// Lift ends the active faults of these kinds, or all faults if no kind is given.
func (s *Server) Lift(kinds ...numberstest.FaultKind) { s.fake.Lift(kinds...) }

// Unused returns the active faults that have not struck as often as Fault.Times requires.
func (s *Server) Unused() []numberstest.Fault { return s.fake.Unused() }

// Requests returns all requests, in the order of arrival.
func (s *Server) Requests() []numberstest.Request { return s.fake.Requests() }

// Reports returns descriptions of what clients sent that Telnyx would silently ignore.
func (s *Server) Reports() []string { return s.fake.Reports() }

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
	editions  []*edition
	groups    []*group
	groupID   map[string]*group
	comments  []*comment
	commentID map[string]*comment

	addresses     []*address
	addressID     map[string]*address
	goneAddresses map[string]bool // that were deleted
	documents     []*document
	documentID    map[string]*document
	jobs          []*job
	jobID         map[string]*job

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
		laws: map[law][]Requirement{}, groupID: map[string]*group{}, commentID: map[string]*comment{},
		coverage: map[law]bool{}, reservationID: map[string]*reservation{},
		numberID: map[string]*phoneNumber{}, connections: map[string]string{},
		stockOf: map[string]*stockRow{}, searched: map[string]bool{}, lost: map[string]bool{}, held: map[string]hold{},
		pending: map[string]*line{}, owned: map[string]*phoneNumber{},
		balance: decimal.NewFromInt(300), credit: decimal.NewFromInt(100),
		addressID: map[string]*address{}, goneAddresses: map[string]bool{}, documentID: map[string]*document{}, jobID: map[string]*job{},
	}
}

// begin fills the account as the options want it.
func (s *Server) begin() error {
	for _, of := range sortedLaws(defaultLaws()) {
		s.edit(of, defaultLaws()[of], time.Time{})
	}
	if !s.opts.NoOffers {
		s.addStock(defaultStock()...)
		s.addBlocks(defaultBlocks()...)
	}
	if s.opts.Seed {
		return s.seed()
	}
	return nil
}
