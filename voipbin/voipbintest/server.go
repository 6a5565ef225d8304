package voipbintest

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// Era is a state of VoIPBin's API, named by its date.
type Era string

const (
	// EraSeed is March 2021: the path is /v1.0/order_numbers, times have the form
	// "2006-01-02 15:04:05.000000", and errors have no body.
	EraSeed Era = "2021-03"
	// EraToday is 2026: the path is /v1.0/numbers, times are in RFC 3339, and errors are
	// in a JSON envelope.
	EraToday Era = "2026-08"
)

// Options are the options of a Server. The zero value means a strict server of both eras
// on a loopback socket.
type Options struct {
	numberstest.ServerOptions

	// Era limits the server to one era; "" = both, each on its own paths.
	Era Era
	// OrderTakes is how long the carrier takes to sell a normal number, at most 63 s: a
	// call of 3 s and two of 30 s. Until then the number is on offer, and another order
	// may get it. After 15 s the vendor answers 503 (2021: 400), and the order continues.
	// The time until the answer passes on the clock of package time, which is virtual
	// inside a synctest bubble. The time after it passes on the server's clock. For one
	// slow order, use SlowCarrier.
	OrderTakes time.Duration
	// Workers is how many orders the vendor executes at the same time. Other orders wait.
	// The real vendor has 10 workers in each pod. 0 = no limit.
	Workers int
	// Breaker enables the vendor's circuit breaker. It opens for 30 seconds after five
	// timeouts (503) in a row of all customers together. While it is open, all of today's
	// operations on numbers fail with 500, also lists. See TripBreaker.
	Breaker bool
	// RateLimits enables today's rate limits on the server's clock: 200 requests a second
	// for an address (a burst of 400), 17 for a customer (33), and 10 for the login (20).
	// Without it, only injected faults answer 429.
	RateLimits bool
}

// Server is a running fake of VoIPBin. It is safe for concurrent use.
type Server struct {
	engine *fake.Server
	opts   Options
	routes []route

	// All below is guarded by the engine's lock.
	store    store
	accounts []Account
	carrier  carrier
	limits   limits

	flows   map[string]flow // by their ids
	workers []time.Time     // when each will be free
	breaker breaker

	noCredit   bool
	unverified bool
	frozen     time.Time // since when; zero means not
}

// NewServer starts a server that is closed when the test ends. Its reports fail the test,
// unless Options.Lenient is set. opts has at most one Options.
func NewServer(tb testing.TB, opts ...Options) *Server {
	tb.Helper()
	return fake.ForTest(tb, "voipbintest", opts, start)
}

// Start starts a server for a program. The program must close it. Only Server.Reports
// returns its reports.
func Start(opts Options) (*Server, error) { return start(opts, nil) }

func start(o Options, tb testing.TB) (*Server, error) {
	switch o.Era {
	case "", EraSeed, EraToday:
	default:
		return nil, errors.New("voipbintest: Options.Era is unknown: " + string(o.Era))
	}
	if o.OrderTakes < 0 || o.OrderTakes > longestOrder || o.Workers < 0 {
		return nil, fmt.Errorf("voipbintest: Options.OrderTakes is %s, and must be from 0 to %s; Workers is %d", o.OrderTakes, longestOrder, o.Workers)
	}
	s := &Server{opts: o, routes: routes(o.Era), store: newStore(), limits: newLimits(), flows: map[string]flow{}, workers: make([]time.Time, o.Workers)}
	if s.carrier = newCarrier(); !o.NoOffers {
		s.carrier.offers = defaultOffers()
	}
	s.accounts = []Account{{
		Username: Username, Password: Password, AccessKey: AccessKey, Role: RoleAdmin, UserID: UserID, CustomerID: CustomerID,
	}}
	engine, err := fake.New(fake.Config{
		Name: "voipbin", Handler: http.HandlerFunc(s.serve), TB: tb, ServerOptions: o.ServerOptions,
		Classify: s.classify, FaultBody: s.faultBody,
		Semantic: []numberstest.FaultKind{
			numberstest.ZeroObject, numberstest.OrphanPurchase, numberstest.MisleadingStatus,
			numberstest.StuckPending, numberstest.LateListing, numberstest.InsertWhileListing,
		},
	})
	if err != nil {
		return nil, err
	}
	s.engine = engine
	if o.Seed {
		s.AddRow(seedNumbers()...)
		s.store.floor = seedNumbers()[0].Created.Add(time.Microsecond)
	}
	return s, nil
}

// URL returns the server's address, for the client's base URL. It has no path: the API is
// under /v1.0, and the login is under /auth.
func (s *Server) URL() string { return s.engine.URL() }

// HTTPClient returns a client that connects to the server and trusts its certificate.
func (s *Server) HTTPClient() *http.Client { return s.engine.HTTPClient() }

// Close closes all connections and waits for the server's goroutines. It may be called more than once.
func (s *Server) Close() { s.engine.Close() }

// Inject activates faults. The package documentation lists the semantic faults of this
// fake.
func (s *Server) Inject(faults ...numberstest.Fault) { s.engine.Inject(faults...) }

// Lift ends the active faults of these kinds, or all faults if no kind is given.
func (s *Server) Lift(kinds ...numberstest.FaultKind) { s.engine.Lift(kinds...) }

// Unused returns the active faults that have not struck as often as Fault.Times requires.
func (s *Server) Unused() []numberstest.Fault { return s.engine.Unused() }

// Requests returns all requests, in the order of arrival.
func (s *Server) Requests() []numberstest.Request { return s.engine.Requests() }

// Reports returns descriptions of wrong requests that the server accepted, as the vendor
// does.
func (s *Server) Reports() []string { return s.engine.Reports() }

// now is the server's time, to the microsecond.
func (s *Server) now() time.Time { return s.engine.Now().UTC().Truncate(time.Microsecond) }

// limits are today's rate limits, on the server's clock.
type limits struct {
	address, customer, login map[string]*bucket
}

func newLimits() limits {
	return limits{map[string]*bucket{}, map[string]*bucket{}, map[string]*bucket{}}
}

// bucket fills at a rate and is emptied by requests.
type bucket struct {
	tokens float64
	at     time.Time
}

// withinAddressLimit counts a request for the address it comes from, or answers.
func (s *Server) withinAddressLimit(c *call) bool {
	host, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		host = c.r.RemoteAddr
	}
	if strings.HasPrefix(c.r.URL.Path, "/auth/") {
		return s.within(c, s.limits.login, "ip", host, 10, 20)
	}
	return s.within(c, s.limits.address, "ip", host, 200, 400)
}

// withinCustomerLimit counts a request for its customer, or answers.
func (s *Server) withinCustomerLimit(c *call) bool {
	return s.within(c, s.limits.customer, "customer", c.account.CustomerID, 17, 33)
}

func (s *Server) within(c *call, buckets map[string]*bucket, kind, whose string, rate, burst float64) bool {
	if !s.opts.RateLimits {
		return true
	}
	now := s.engine.Now()
	b, ok := buckets[whose]
	if !ok {
		b = &bucket{tokens: burst, at: now}
		buckets[whose] = b
	}
	b.tokens = math.Min(burst, b.tokens+now.Sub(b.at).Seconds()*rate)
	b.at = now
	if b.tokens >= 1 {
		b.tokens--
		return true
	}
	c.w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil((1-b.tokens)/rate))))
	c.fail(tooMany, limitedBy(kind))
	return false
}

func limitedBy(kind string) any { return fake.Object{{Key: "limited_by", Value: kind}} }
