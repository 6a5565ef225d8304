package telnyxtest

import (
	"net/http"
	"testing"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// Server is a running fake of the Telnyx API v2. It is safe for concurrent use.
type Server struct {
	fake *fake.Server
	opts Options
	mux  *http.ServeMux

	*state
}

// NewServer starts a Server that is closed when the test ends. What Telnyx would silently ignore fails the
// test, unless Options.Lenient. At most one Options may be given.
func NewServer(tb testing.TB, opts ...Options) *Server {
	tb.Helper()
	var o Options
	if len(opts) > 0 {
		o = opts[0]
	}
	if len(opts) > 1 {
		tb.Fatalf("telnyxtest: NewServer takes one Options, not %d", len(opts))
	}
	s, err := start(o, tb)
	if err != nil {
		tb.Fatalf("telnyxtest: %v", err)
	}
	return s
}

// Start starts a Server for a program, which must Close it.
func Start(opts Options) (*Server, error) { return start(opts, nil) }

func start(opts Options, tb testing.TB) (*Server, error) {
	if opts.APIKey == "" {
		opts.APIKey = APIKey
	}
	if opts.RateWindow <= 0 {
		opts.RateWindow = time.Second
	}
	s := &Server{opts: opts, mux: http.NewServeMux(), state: newState()}
	ops := map[string]route{}
	for _, rt := range routes() {
		rt = rt.expand()
		ops[rt.pattern()] = rt
		s.mux.HandleFunc(rt.pattern(), s.handle(rt))
	}
	f, err := fake.New(fake.Config{
		Name: "telnyx", Handler: http.HandlerFunc(s.serve), TB: tb, Lenient: opts.Lenient, Now: opts.Now,
		InMemory: opts.InMemory, TLS: opts.TLS, HTTP2: opts.HTTP2,
		Classify: func(r *http.Request) (string, bool) {
			_, pattern := s.mux.Handler(r)
			return ops[pattern].op, ops[pattern].buys
		},
		FaultBody: faultBody,
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

// URL is the base URL of the API, with its /v2.
func (s *Server) URL() string { return s.fake.URL() + "/v2" }

// HTTPClient returns a client that reaches the server, wherever it listens.
func (s *Server) HTTPClient() *http.Client { return s.fake.HTTPClient() }

// Close ends the server and everything that hangs on it. It may be called more than once.
func (s *Server) Close() { s.fake.Close() }

// Inject arms faults: all transport faults, and of the semantic ones PartialOrder (Fault.Numbers fail while
// the others succeed), StuckPending (Fault.Numbers, or the whole order, never settle), LateListing (an order
// and its numbers are shown Fault.Delay after they were made) and InsertWhileListing (a row that nobody here
// bought appears between two pages of a list).
func (s *Server) Inject(faults ...numberstest.Fault) { s.fake.Inject(faults...) }

// Unused returns the faults that were injected and have not struck as often as they should.
func (s *Server) Unused() []numberstest.Fault { return s.fake.Unused() }

// Requests returns every request that came, in order.
func (s *Server) Requests() []numberstest.Request { return s.fake.Requests() }

// Books returns what was really bought and released. A number is bought when its order succeeds.
func (s *Server) Books() numberstest.Books { return s.fake.Books() }

// Reports returns what clients sent that Telnyx would silently ignore.
func (s *Server) Reports() []string { return s.fake.Reports() }

// Settle lets everything happen now that is due later: orders settle, numbers become active, requirements
// are approved, reservations expire. Orders that a fault or Stick holds back stay as they are.
func (s *Server) Settle() { s.fake.Settle() }
