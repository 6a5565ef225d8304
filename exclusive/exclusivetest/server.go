package exclusivetest

import (
	"net/http"
	"testing"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// Server is one running PBX.
type Server struct {
	fake   *fake.Server
	opts   Options
	minor  int // of version 22
	routes []route

	certificate []byte // DER; nil without TLS

	// All below is the PBX's state; the lock of fake guards it.
	tenants   []*tenant
	admin     User                // the system administrator
	access    map[string]*session // by access token
	refresh   map[string]*session // by refresh token
	factors   map[string]*factor  // logins that wait for their second factor
	nextID    int
	purchases purchases
	style     ErrorStyle
	gateway   gateway
}

// NewServer starts a PBX that is closed when the test ends. What a PBX would silently ignore is an error of the
// test unless opts say Lenient. It takes at most one Options.
func NewServer(tb testing.TB, opts ...Options) *Server {
	tb.Helper()
	var o Options
	if len(opts) > 0 {
		o = opts[0]
	}
	s, err := start(tb, o)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// Start starts a PBX for a program, which closes it.
func Start(opts Options) (*Server, error) { return start(nil, opts) }

func start(tb testing.TB, opts Options) (*Server, error) {
	opts, err := opts.defaults()
	if err != nil {
		return nil, err
	}
	s := &Server{
		opts: opts, routes: routes(),
		admin:   User{Username: SystemUsername, Password: SystemPassword, Role: "SystemAdmin", Permissions: []string{FullAccess}},
		access:  map[string]*session{},
		refresh: map[string]*session{},
		factors: map[string]*factor{},
	}
	if s.minor, err = minorOf22(opts.Version); err != nil {
		return nil, err
	}
	if err := s.addTenants(opts.Tenants); err != nil {
		return nil, err
	}
	s.fake, err = fake.New(fake.Config{
		Name: "PortSIP", Handler: http.HandlerFunc(s.serve), TB: tb, Lenient: opts.Lenient, Now: opts.Now,
		InMemory: opts.InMemory, TLS: opts.TLS, HTTP2: opts.HTTP2,
		Classify: s.classify, FaultBody: faultBody,
		Semantic: []numberstest.FaultKind{
			numberstest.LateListing, numberstest.InsertWhileListing, numberstest.DuplicateListing, numberstest.ZeroObject,
		},
	})
	if err != nil {
		return nil, err
	}
	if opts.TLS {
		if err := s.askCertificate(); err != nil {
			s.Close()
			return nil, err
		}
	}
	s.fake.Lock()
	defer s.fake.Unlock()
	s.access[Token] = &session{access: Token, tenant: s.tenants[0], user: &s.tenants[0].users[0]}
	if opts.Seed {
		s.tenants[0].add(&row{id: seedID, number: "text", enabled: true, description: "text", created: seedCreated, seed: true})
	}
	return s, nil
}

// URL is the root of the PBX, without /api: "https://host:8887" of a real one.
func (s *Server) URL() string { return s.fake.URL() }

// HTTPClient returns a client that reaches the PBX wherever it listens, and trusts its certificate.
func (s *Server) HTTPClient() *http.Client { return s.fake.HTTPClient() }

// Close shuts the PBX down; it may be called more than once.
func (s *Server) Close() { s.fake.Close() }

// Inject makes something go wrong later: any transport fault, or one of the semantic ones that the package names.
func (s *Server) Inject(faults ...numberstest.Fault) { s.fake.Inject(faults...) }

// Unused returns the faults that were injected and have not struck as often as they should.
func (s *Server) Unused() []numberstest.Fault { return s.fake.Unused() }

// Requests returns all requests that came, in order.
func (s *Server) Requests() []numberstest.Request { return s.fake.Requests() }

// Reports returns what the client sent that a PBX would silently ignore.
func (s *Server) Reports() []string { return s.fake.Reports() }
