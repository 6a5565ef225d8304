package exclusivetest

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// Options of a PBX. The zero value is a PBX of version 22.6 with one tenant that has no numbers.
type Options struct {
	numberstest.ServerOptions

	// Version is the PBX's version, from "22.0" on; "" means "22.6". From 22.2 on there is /api/auth; from 22.3
	// on, exclusive numbers require FullAccess.
	Version string
	// Tenants replaces the default tenant.
	Tenants []Tenant

	// ExpiresIn is the lifetime of an access token; 0 means 30 minutes.
	ExpiresIn time.Duration
	// ExpiresAt answers logins with expires_at, an RFC 3339 time, in place of expires_in.
	ExpiresAt bool
	// RefreshRevokes ends the old access token when a new one is fetched with the refresh token. PortSIP doesn't
	// say; the default leaves it until it expires. The old refresh token is spent in both cases.
	RefreshRevokes bool
	// LoginFailureStatus is the status of a failed login; 0 means 400, as documented. Since 22.6 the PBX
	// has other statuses there, which its notes don't name.
	LoginFailureStatus int
	// MaxLoginFailures in a row block an address; 0 means 5, a PBX's default.
	MaxLoginFailures int
	// BlockFor is how long an address stays blocked; 0 means one hour, a PBX's default.
	BlockFor time.Duration

	// RefuseDuplicates refuses a second row for a number. PortSIP doesn't say; the default lets it pass.
	RefuseDuplicates bool
	// UpdateReplaces makes an update replace the row: enabled, when missing, becomes its default, true, and the
	// description blank. The default changes only what is sent. PortSIP's texts allow both.
	UpdateReplaces bool
	// Blanks says how blank fields are written.
	Blanks Blanks

	// Params says what the list does with query parameters.
	Params Params
	// IgnoreSkip makes the list begin at the first row whatever skip says.
	IgnoreSkip bool
	// ShiftRows makes each page after the first begin that many rows too early (or, negative, too late), as if rows
	// had been added (or destroyed) in front of it in between.
	ShiftRows int
	// MaxPage is the most rows of a page, whatever top says; 0 means what top says.
	MaxPage int
	// Count, if not nil, is given the true count and the number of rows on the page, and returns the count that the
	// list claims. It must not call the server.
	Count func(all, page int) int
	// NoCount lists without a count.
	NoCount bool
	// Unstable lists the rows in another order each time: every list begins one row later, and goes round.
	Unstable bool
	// NullItems writes an empty list as null.
	NullItems bool
}

// defaults fills in what was left out, and refuses what makes no PBX.
func (o Options) defaults() (Options, error) {
	if o.Version == "" {
		o.Version = "22.6"
	}
	if _, err := minorOf22(o.Version); err != nil {
		return o, err
	}
	if len(o.Tenants) == 0 {
		o.Tenants = []Tenant{{Domain: Domain, Users: []User{{
			Username: Username, Password: Password, Permissions: []string{FullAccess},
		}}}}
	}
	if o.ExpiresIn == 0 {
		o.ExpiresIn = 30 * time.Minute
	}
	if o.LoginFailureStatus == 0 {
		o.LoginFailureStatus = http.StatusBadRequest
	}
	if o.MaxLoginFailures == 0 {
		o.MaxLoginFailures = 5
	}
	if o.BlockFor == 0 {
		o.BlockFor = time.Hour
	}
	if o.ExpiresIn < time.Second || o.MaxLoginFailures < 0 || o.BlockFor < 0 || o.MaxPage < 0 {
		return o, fmt.Errorf("exclusivetest: ExpiresIn is less than a second, or MaxLoginFailures, BlockFor or MaxPage negative")
	}
	if o.LoginFailureStatus < 400 || o.LoginFailureStatus > 499 {
		return o, fmt.Errorf("exclusivetest: LoginFailureStatus %d is no 4xx", o.LoginFailureStatus)
	}
	return o, nil
}

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
	lists     int  // how many lists were answered
	refused   bool // all tokens are
}

// NewServer starts a PBX that is closed when the test ends. What a PBX would silently ignore is an error of the
// test unless opts say Lenient. It takes at most one Options.
func NewServer(tb testing.TB, opts ...Options) *Server {
	tb.Helper()
	return fake.ForTest(tb, "exclusivetest", opts, start)
}

// Start starts a PBX for a program, which closes it.
func Start(opts Options) (*Server, error) { return start(opts, nil) }

func start(opts Options, tb testing.TB) (*Server, error) {
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
		Name: "PortSIP", Handler: http.HandlerFunc(s.serve), TB: tb, ServerOptions: opts.ServerOptions,
		Classify: s.classify, FaultBody: faultBody, Counts: []string{"count"},
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

// Lift ends the faults of these kinds that are armed, or all if no kind is given.
func (s *Server) Lift(kinds ...numberstest.FaultKind) { s.fake.Lift(kinds...) }

// Unused returns the faults that were injected and have not struck as often as they should.
func (s *Server) Unused() []numberstest.Fault { return s.fake.Unused() }

// Requests returns all requests that came, in order.
func (s *Server) Requests() []numberstest.Request { return s.fake.Requests() }

// Reports returns what the client sent that a PBX would silently ignore.
func (s *Server) Reports() []string { return s.fake.Reports() }

// What a PBX with the zero Options accepts.
const (
	// Domain is the SIP domain of the one tenant.
	Domain = "tenant.example.com"
	// Username and Password log that tenant's one user in; he may do everything.
	Username = "manager"
	Password = "manager-password"
	// Token is a bearer of the first tenant's first user. It is there from the start and lasts
	// until ExpireTokens or RevokeTokens.
	Token = "TKGXZJFHNDMTYTQ2OS0ZODK3LWE5OGUTYZM5NDZMOTKWMJK1"
	// SystemUsername and SystemPassword log the system administrator in, who belongs to no tenant.
	SystemUsername = "admin"
	SystemPassword = "admin-password"
	// ClientID is the client_id that PortSIP publishes for everybody's logins.
	ClientID = "9d806019-75b2-4b3d-bb8b-f5a3a412cc0a"
	// OTP is the code that the second factor asks for.
	OTP = "402719"
	// FullAccess is the permission that exclusive numbers require since version 22.3.
	FullAccess = "PhoneSystem.FullAccess"
)

// Tenant is one tenant of the PBX, with exclusive numbers and users of its own.
type Tenant struct {
	// Domain is the tenant's SIP domain, 1 to 280 characters: what its users log in with.
	Domain string
	Users  []User
}

// User is somebody who can log in.
type User struct {
	// Username has 1 to 64 characters. PortSIP reserves admin, system, administrator and root, in
	// any case, for the system administrator.
	Username, Password string
	// Role is the name of the role; "" means Admin.
	Role string
	// Permissions are those of the role; FullAccess is the one that matters here.
	Permissions []string
	// TwoFactor asks for a second factor at sign-in.
	TwoFactor bool
}

// Blanks says how the PBX writes a field that has no value. PortSIP's guide says null, its call records show "".
type Blanks int

// The ways to write a blank field.
const (
	BlankNull   Blanks = iota // "description": null
	BlankEmpty                // "description": ""
	BlankAbsent               // no description at all
)

// Params says what the list of exclusive numbers does with its query parameters. PortSIP documents none
// there, and documents them for all lists in general.
type Params int

// What the list does with query parameters.
const (
	// ParamsHonored: filter, search, orderby, skip and top work as they do in other lists.
	ParamsHonored Params = iota
	// ParamsIgnored: the whole collection comes in one answer; parameters are ignored, and reported.
	ParamsIgnored
	// ParamsRefused: as ParamsIgnored, but parameters are answered with 400.
	ParamsRefused
)

// minorOf22 reads the 3 of "22.3" or "22.3.1".
func minorOf22(version string) (int, error) {
	parts := strings.Split(version, ".")
	if len(parts) >= 2 && parts[0] == "22" {
		if minor, err := strconv.Atoi(parts[1]); err == nil && minor >= 0 {
			return minor, nil
		}
	}
	return 0, fmt.Errorf("exclusivetest: Version %q is no version 22.x", version)
}

// Certificate returns the PBX's self-signed certificate: as PEM, and the SHA-256 of its DER form in lower-case
// hexadecimal digits. Both are empty unless the options say TLS.
func (s *Server) Certificate() (certPEM []byte, sha256Hex string) {
	if s.certificate == nil {
		return nil, ""
	}
	sum := sha256.Sum256(s.certificate)
	block := &pem.Block{Type: "CERTIFICATE", Bytes: s.certificate}
	return pem.EncodeToMemory(block), hex.EncodeToString(sum[:])
}

// askCertificate shakes hands with the server to see, as any client would, what it shows.
func (s *Server) askCertificate() error {
	transport, ok := s.HTTPClient().Transport.(*http.Transport)
	if !ok {
		return errors.New("exclusivetest: the transport cannot dial")
	}
	at, err := url.Parse(s.URL())
	if err != nil {
		return err
	}
	conn, err := transport.DialContext(context.Background(), "tcp", at.Host)
	if err != nil {
		return err
	}
	defer conn.Close()
	config := transport.TLSClientConfig.Clone()
	config.ServerName = at.Hostname()
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(context.Background()); err != nil {
		return err
	}
	s.certificate = secure.ConnectionState().PeerCertificates[0].Raw
	return nil
}
