package opentacttest

import (
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// basePath is where the API lives.
const basePath = "/rest"

// Generation names one of the three forms that the order API has had.
type Generation string

const (
	// Gen2020 is the form of the 2020 documentation: POST /order/tn takes tns, orders show tnleases.
	Gen2020 Generation = "2020"
	// Gen2021 is the form of the server's own description of October 2021: POST /order/tn takes items with
	// flags, orders show items and errors.
	Gen2021 Generation = "2021"
	// Gen2024 is the form of the documentation of 2022 to 2024: POST /order takes items with features, orders
	// show counters and tn_items.
	Gen2024 Generation = "2024"
)

// ListShape says how a GET writes a list in its payload; the vendor's sources contradict each other. ListObject and
// ListUncounted can't show that a row does not exist.
type ListShape string

const (
	// ListArray is an array of the rows, as the server's own description has it.
	ListArray ListShape = "array"
	// ListObject is one row, as in the 2020 sample: the oldest, however many there are; null without rows.
	ListObject ListShape = "object"
	// ListPaged is {take, skip, total, data}, as the searches answer.
	ListPaged ListShape = "paged"
	// ListUncounted is {take, skip, data}, with the ten oldest rows, and without saying how many there are.
	ListUncounted ListShape = "uncounted"
)

func (l ListShape) known() bool {
	return slices.Contains([]ListShape{ListArray, ListObject, ListPaged, ListUncounted}, l)
}

// Credentials that every server accepts.
const (
	// Email and Password log in at GET /auth, by Basic authentication.
	Email    = "owner@opentact.example"
	Password = "correct horse battery staple"
	// Token is a token of the same account that never expires.
	Token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.b3BlbnRhY3R0ZXN0IG93bmVy.c2lnbmF0dXJlIG9mIHRoZSBvd25lcg"
	// OtherToken belongs to another account, for objects that are not one's own.
	OtherToken = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.b3BlbnRhY3R0ZXN0IG90aGVy.c2lnbmF0dXJlIG9mIHRoZSBvdGhlcg"
)

// What the vendor sends in every user object, and what no client may ever show.
const (
	LeakedPassword = "$2b$10$opentacttest.leaked.password.hash"
	LeakedToken    = "opentacttest.leaked.user.token"
)

// Options is how a server behaves. The zero value is a server of the 2020 generation with a stock of numbers
// and money in the account, whose orders complete as soon as anybody looks again.
type Options struct {
	numberstest.ServerOptions

	// Generation is the form of the order API; empty means Gen2020.
	Generation Generation
	// List is the shape of GET /order, Leases that of GET /lease/tn; empty means ListArray. With ListUncounted the
	// searches of orders or leases leave out their total, too.
	List, Leases ListShape
	// ZeroPrices makes every order state the sample's empty price, {"nrc":0,"mrc":0,"items":[]}. POST /order/price
	// states the real one.
	ZeroPrices bool
	// DateAhead is how far the clock of the Date header is ahead of the one that dates rows: the vendor has several.
	DateAhead time.Duration
	// LoginLimit is how many logins there may be in a minute. One more is answered with 429, and a Retry-After until
	// the minute is over. 0 means no limit.
	LoginLimit int
	// StepAfter is how long an order stays in each of created, verify and processing. Zero: all three are over
	// by the next request. Negative: orders move only by SetState and Reject.
	StepAfter time.Duration
	// Immediate completes an order before its create is answered, as in the sample of 2024.
	Immediate bool
	// CreateStatus is the HTTP status of a successful create; zero means 200, and 201 for Gen2024.
	CreateStatus int
	// ValidationStatus is the HTTP status of a body that fails validation; zero means 400. The sample of 2024
	// has 500.
	ValidationStatus int
	// OmitStatus leaves the optional status out of error bodies.
	OmitStatus bool
	// Balance of each account, a decimal; empty means "1000".
	Balance string
	// SellsAnything lets every number be ordered that nobody else owns, in stock or not.
	SellsAnything bool
}

func (o Options) withDefaults() Options {
	if o.Generation == "" {
		o.Generation = Gen2020
	}
	if o.List == "" {
		o.List = ListArray
		if o.Seed {
			o.List = ListObject
		}
	}
	if o.Leases == "" {
		o.Leases = ListArray
	}
	if o.ValidationStatus == 0 {
		o.ValidationStatus = 400
	}
	if o.Balance == "" {
		o.Balance = "1000"
	}
	return o
}

// Server is a running fake of OpenTact. Its methods may be called from any goroutine.
type Server struct {
	st   *state
	fake *fake.Server
}

// state is the vendor. The engine's lock guards it.
type state struct {
	opts Options
	gen  atomic.Value // Generation; atomic because fault bodies are made outside the lock
	fake *fake.Server

	accounts []*account
	jwtKey   string
	tokens   []*token

	profiles  []*profile
	peers     []*peer
	messaging []*messagingProfile
	offers    []*offer
	offerView view[*offer]
	offerOf   map[int64]*offer
	holder    map[int64]*account // of a number that is owned or under order

	orders    []*order
	orderOf   map[string]*order
	orderView view[*order]
	leases    []*lease
	leaseOf   map[string]*lease
	leasesOf  map[int64][]*lease
	leaseView view[*lease]
	version   int       // goes up with every change that a list could show
	hidden    int       // rows that become visible later: views of them can't be kept
	expiry    time.Time // before which no lease expires

	logins []time.Time // of the last minute

	seedOrder *seedIdentity // what the next order is called, in seed mode
}

// NewServer starts a server that is closed when the test ends. What it reports fails the test, unless
// Options.Lenient. At most one Options may be given.
func NewServer(tb testing.TB, opts ...Options) *Server {
	tb.Helper()
	return fake.ForTest(tb, "opentacttest", opts, start)
}

// Start starts a server for a program, which closes it.
func Start(opts Options) (*Server, error) { return start(opts, nil) }

func start(o Options, tb testing.TB) (*Server, error) {
	o = o.withDefaults()
	switch o.Generation {
	case Gen2020, Gen2021, Gen2024:
	default:
		return nil, fmt.Errorf("unknown generation %q", o.Generation)
	}
	for _, shape := range []ListShape{o.List, o.Leases} {
		if !shape.known() {
			return nil, fmt.Errorf("unknown list shape %q", shape)
		}
	}
	balance, err := decimal.NewFromString(o.Balance)
	if err != nil {
		return nil, fmt.Errorf("balance: %w", err)
	}
	st := &state{
		opts:     o,
		offerOf:  map[int64]*offer{},
		holder:   map[int64]*account{},
		orderOf:  map[string]*order{},
		leaseOf:  map[string]*lease{},
		leasesOf: map[int64][]*lease{},
	}
	st.gen.Store(o.Generation)
	f, err := fake.New(fake.Config{
		Name: "opentact", Handler: st, TB: tb, ServerOptions: o.ServerOptions,
		Classify: classify, FaultBody: st.faultBody, Semantic: semantic,
		Counts: []string{"take", "skip", "total", "success", "processing", "failed"},
	})
	if err != nil {
		return nil, err
	}
	f.Lock()
	defer f.Unlock()
	st.fake = f
	st.populate(balance)
	if !o.NoOffers {
		for _, offer := range defaultStock() {
			st.mustAddOffer(offer)
		}
	}
	return &Server{st: st, fake: f}, nil
}

// semantic are the faults that the handlers ask for.
var semantic = []numberstest.FaultKind{
	numberstest.PartialOrder, numberstest.StuckPending, numberstest.LateListing,
	numberstest.InsertWhileListing, numberstest.DuplicateListing,
	numberstest.MisleadingStatus,
}

// URL is the base URL of the API, with its /rest.
func (s *Server) URL() string { return s.fake.URL() + basePath }

// HTTPClient returns a client that reaches the server, wherever it listens.
func (s *Server) HTTPClient() *http.Client { return s.fake.HTTPClient() }

// Close stops the server. It may be called more than once.
func (s *Server) Close() { s.fake.Close() }

// Inject arms faults. The semantic ones that OpenTact's fake knows are PartialOrder, StuckPending, LateListing,
// InsertWhileListing and DuplicateListing, and for the worst case MisleadingStatus, answered with 500 unless
// Fault.Status says otherwise.
func (s *Server) Inject(faults ...numberstest.Fault) { s.fake.Inject(faults...) }

// Requests returns every request that came, in order of arrival.
func (s *Server) Requests() []numberstest.Request { return s.fake.Requests() }

// Reports returns what the vendor would silently have let pass.
func (s *Server) Reports() []string { return s.fake.Reports() }

// Lift ends the faults of these kinds that are armed, or all if no kind is given.
func (s *Server) Lift(kinds ...numberstest.FaultKind) { s.fake.Lift(kinds...) }

// Unused returns the injected faults that have not struck as often as they should.
func (s *Server) Unused() []numberstest.Fault { return s.fake.Unused() }

// lock is for methods called from outside of handlers; call what it returns to unlock.
func (s *Server) lock() (unlock func()) {
	s.fake.Lock()
	s.st.expireLeases()
	return s.fake.Unlock
}

func (s *state) generation() Generation { return s.gen.Load().(Generation) }

func (s *state) is(gens ...Generation) bool { return slices.Contains(gens, s.generation()) }
