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

// Generation is one of the three generations of the order API.
type Generation string

const (
	// Gen2020 is the form of the documentation of 2020: POST /order/tn has tns, and
	// orders show tnleases.
	Gen2020 Generation = "2020"
	// Gen2021 is the form of the server's own description of October 2021: POST /order/tn
	// has items with flags, and orders show items and errors.
	Gen2021 Generation = "2021"
	// Gen2024 is the form of the documentation of 2022 to 2024: POST /order has items
	// with features, and orders show counters and tn_items.
	Gen2024 Generation = "2024"
)

// ListShape is how a GET writes a list in its payload. The vendor's sources contradict
// each other. ListObject and ListUncounted can't show that a row does not exist.
type ListShape string

const (
	// ListArray is an array of the rows, as in the server's own description.
	ListArray ListShape = "array"
	// ListObject is only the oldest row, as in the sample of 2020; null without rows.
	ListObject ListShape = "object"
	// ListPaged is {take, skip, total, data}, as in the answers to searches.
	ListPaged ListShape = "paged"
	// ListUncounted is {take, skip, data}, with the ten oldest rows and without the
	// total.
	ListUncounted ListShape = "uncounted"
)

func (l ListShape) known() bool {
	return slices.Contains([]ListShape{ListArray, ListObject, ListPaged, ListUncounted}, l)
}

// Credentials that every server accepts.
const (
	// Email and Password are the login at GET /auth, by Basic authentication.
	Email    = "owner@opentact.example"
	Password = "correct horse battery staple"
	// Token is a token of the same account that never expires.
	Token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.b3BlbnRhY3R0ZXN0IG93bmVy.c2lnbmF0dXJlIG9mIHRoZSBvd25lcg"
	// OtherToken is a token of another account, for tests with objects of another
	// account.
	OtherToken = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.b3BlbnRhY3R0ZXN0IG90aGVy.c2lnbmF0dXJlIG9mIHRoZSBvdGhlcg"
)

// What the vendor sends in every user object, and what no client may ever show.
const (
	LeakedPassword = "$2b$10$opentacttest.leaked.password.hash"
	LeakedToken    = "opentacttest.leaked.user.token"
)

// Options are the options of a Server. The zero value means a server of Gen2020 with
// numbers in stock and a balance in the account. Its orders are complete at the next
// request.
type Options struct {
	numberstest.ServerOptions

	// Generation is the generation of the order API; "" = Gen2020.
	Generation Generation
	// List is the shape of GET /order, and Leases is the shape of GET /lease/tn; "" =
	// ListArray. With ListUncounted the searches of orders or leases also leave out their
	// total.
	List, Leases ListShape
	// ZeroPrices makes every order have the empty price of the sample,
	// {"nrc":0,"mrc":0,"items":[]}. POST /order/price returns the real price.
	ZeroPrices bool
	// DateAhead is how far the clock of the Date header is ahead of the clock that dates
	// rows. It simulates a vendor with several clocks.
	DateAhead time.Duration
	// LoginLimit is how many logins are allowed in a minute. Another login gets a 429,
	// with a Retry-After until the end of the minute. 0 = no limit.
	LoginLimit int
	// StepAfter is how long an order stays in each of the states created, verify and
	// processing. 0 = all three have passed by the next request. A negative value means
	// that only SetState and Reject change orders.
	StepAfter time.Duration
	// Immediate completes an order before its create is answered, as in the sample of 2024.
	Immediate bool
	// CreateStatus is the HTTP status of a successful create; 0 = 200, or 201 for
	// Gen2024.
	CreateStatus int
	// ValidationStatus is the HTTP status for a body that fails validation; 0 = 400. The
	// sample of 2024 has 500.
	ValidationStatus int
	// OmitStatus leaves the optional status out of error bodies.
	OmitStatus bool
	// Balance is the balance of each account, as a decimal; "" = "1000".
	Balance string
	// SellsAnything allows an order of every number that no other account owns, also if
	// it is not in stock.
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

// NewServer starts a server that is closed when the test ends. Its reports fail the test,
// unless Options.Lenient is set. opts has at most one Options.
func NewServer(tb testing.TB, opts ...Options) *Server {
	tb.Helper()
	return fake.ForTest(tb, "opentacttest", opts, start)
}

// Start starts a server for a program. The program must close it.
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

// URL returns the base URL of the API, including /rest.
func (s *Server) URL() string { return s.fake.URL() + basePath }

// HTTPClient returns a client that connects to the server and trusts its certificate.
func (s *Server) HTTPClient() *http.Client { return s.fake.HTTPClient() }

// Close stops the server. It may be called more than once.
func (s *Server) Close() { s.fake.Close() }

// Inject activates faults. The semantic faults of this fake are PartialOrder,
// StuckPending, LateListing, InsertWhileListing, DuplicateListing, and, for the worst
// case, MisleadingStatus with Fault.Status (0 = 500).
func (s *Server) Inject(faults ...numberstest.Fault) { s.fake.Inject(faults...) }

// Requests returns all requests, in the order of arrival.
func (s *Server) Requests() []numberstest.Request { return s.fake.Requests() }

// Reports returns descriptions of wrong requests that the server accepted, as the vendor
// does.
func (s *Server) Reports() []string { return s.fake.Reports() }

// Lift ends the active faults of these kinds, or all faults if no kind is given.
func (s *Server) Lift(kinds ...numberstest.FaultKind) { s.fake.Lift(kinds...) }

// Unused returns the active faults that have not struck as often as Fault.Times requires.
func (s *Server) Unused() []numberstest.Fault { return s.fake.Unused() }

// lock is for methods called from outside of handlers; call what it returns to unlock.
func (s *Server) lock() (unlock func()) {
	s.fake.Lock()
	s.st.expireLeases()
	return s.fake.Unlock
}

func (s *state) generation() Generation { return s.gen.Load().(Generation) }

func (s *state) is(gens ...Generation) bool { return slices.Contains(gens, s.generation()) }
