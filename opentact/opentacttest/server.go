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
	offers    []*Offer
	offerView view[*Offer]
	offerOf   map[int64]*Offer
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

	seedOrder *seedIdentity // what the next order is called, in seed mode
}

// NewServer starts a server that is closed when the test ends. What it reports fails the test, unless
// Options.Lenient.
func NewServer(tb testing.TB, opts ...Options) *Server {
	tb.Helper()
	var o Options
	if len(opts) > 0 {
		o = opts[0]
	}
	s, err := start(o, tb)
	if err != nil {
		tb.Fatalf("opentacttest: %v", err)
	}
	return s
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
	switch o.List {
	case ListArray, ListObject, ListPaged, ListUncounted:
	default:
		return nil, fmt.Errorf("unknown list shape %q", o.List)
	}
	balance, err := decimal.NewFromString(o.Balance)
	if err != nil {
		return nil, fmt.Errorf("balance: %w", err)
	}
	st := &state{
		opts:     o,
		offerOf:  map[int64]*Offer{},
		holder:   map[int64]*account{},
		orderOf:  map[string]*order{},
		leaseOf:  map[string]*lease{},
		leasesOf: map[int64][]*lease{},
	}
	st.gen.Store(o.Generation)
	f, err := fake.New(fake.Config{
		Name: "opentact", Handler: st, TB: tb, Lenient: o.Lenient, Now: o.Now,
		InMemory: o.InMemory, TLS: o.TLS, HTTP2: o.HTTP2,
		Classify: classify, FaultBody: st.faultBody, Semantic: semantic,
	})
	if err != nil {
		return nil, err
	}
	f.Lock()
	defer f.Unlock()
	st.fake = f
	st.populate(balance)
	if err := st.addOffers(st.opts.Stock); err != nil {
		defer f.Close()
		return nil, err
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

// Books returns what was really bought and released. A number is bought when its order completes, so call
// Settle first to have the orders that are still under way.
func (s *Server) Books() numberstest.Books {
	s.lock()()
	return s.fake.Books()
}

// Reports returns what the vendor would silently have let pass.
func (s *Server) Reports() []string { return s.fake.Reports() }

// Unused returns the injected faults that have not struck as often as they should.
func (s *Server) Unused() []numberstest.Fault { return s.fake.Unused() }

// Settle lets every order reach its end now, whatever the clock says. Orders stuck by a fault or held by
// SetState stay where they are.
func (s *Server) Settle() { s.fake.Settle() }

// lock is for methods called from outside of handlers; call what it returns to unlock.
func (s *Server) lock() (unlock func()) {
	s.fake.Lock()
	s.st.expireLeases()
	return s.fake.Unlock
}

func (s *state) generation() Generation { return s.gen.Load().(Generation) }

func (s *state) is(gens ...Generation) bool { return slices.Contains(gens, s.generation()) }
