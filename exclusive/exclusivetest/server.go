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

// Options are the options of a fake PBX. The zero value means a PBX of version 22.6 with
// one tenant that has no numbers.
type Options struct {
	numberstest.ServerOptions

	// Version is the PBX's version, from "22.0" on; "" = "22.6". /api/auth exists from
	// 22.2 on. Exclusive numbers require FullAccess from 22.3 on.
	Version string
	// Tenants replaces the default tenant.
	Tenants []Tenant

	// ExpiresIn is the lifetime of an access token; 0 means 30 minutes.
	ExpiresIn time.Duration
	// ExpiresAt makes the answers to logins have expires_at, an RFC 3339 time, instead of
	// expires_in.
	ExpiresAt bool
	// RefreshRevokes makes a refresh end the old access token. PortSIP does not document
	// this. By default the old access token stays valid until it expires. The old refresh
	// token becomes invalid in both cases.
	RefreshRevokes bool
	// LoginFailureStatus is the status of a failed login; 0 = 400, as documented. Since
	// 22.6 a PBX has other statuses, which the release notes do not name.
	LoginFailureStatus int
	// MaxLoginFailures is how many failed logins in a row block an address; 0 = 5, the
	// default of a PBX.
	MaxLoginFailures int
	// BlockFor is how long an address stays blocked; 0 = one hour, the default of a PBX.
	BlockFor time.Duration

	// RefuseDuplicates makes the PBX refuse a second row for a number. PortSIP does not
	// document this. By default the PBX accepts it.
	RefuseDuplicates bool
	// UpdateReplaces makes an update replace the row. A missing enabled then becomes
	// true, and a missing description becomes blank. By default an update changes only
	// the fields that are sent. PortSIP's texts allow both.
	UpdateReplaces bool
	// Blanks is how blank fields are written.
	Blanks Blanks

	// Params is how the list handles query parameters.
	Params Params
	// IgnoreSkip makes the list begin at the first row, whatever skip is.
	IgnoreSkip bool
	// ShiftRows makes each page after the first begin this many rows too early, or too
	// late if it is negative. It simulates rows that are added or destroyed between two
	// pages.
	ShiftRows int
	// MaxPage is the largest count of rows of a page, whatever top is; 0 = no limit.
	MaxPage int
	// Count, if not nil, returns the count that the list states. Its arguments are the
	// true count and the count of rows on the page. It must not call the server.
	Count func(all, page int) int
	// NoCount makes the list have no count.
	NoCount bool
	// Unstable makes each list have another order: it begins one row later than the list
	// before, and ends with the rows before that one.
	Unstable bool
	// NullItems makes an empty list null.
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

// Server is a running fake PBX. It is safe for concurrent use.
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

// NewServer starts a PBX that is closed when the test ends. A request with something that
// a PBX would silently ignore fails the test, unless opts has Lenient. opts has at most
// one Options.
func NewServer(tb testing.TB, opts ...Options) *Server {
	tb.Helper()
	return fake.ForTest(tb, "exclusivetest", opts, start)
}

// Start starts a PBX for a program. The program must close it.
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

// URL returns the root of the PBX without /api. For a real PBX it would be
// "https://host:8887".
func (s *Server) URL() string { return s.fake.URL() }

// HTTPClient returns a client that connects to the PBX and trusts its certificate.
func (s *Server) HTTPClient() *http.Client { return s.fake.HTTPClient() }

// Close stops the PBX. It may be called more than once.
func (s *Server) Close() { s.fake.Close() }

// Inject activates faults. The package documentation lists the semantic faults of this
// fake.
func (s *Server) Inject(faults ...numberstest.Fault) { s.fake.Inject(faults...) }

// Lift ends the active faults of these kinds, or all faults if no kind is given.
func (s *Server) Lift(kinds ...numberstest.FaultKind) { s.fake.Lift(kinds...) }

// Unused returns the active faults that have not struck as often as Fault.Times requires.
func (s *Server) Unused() []numberstest.Fault { return s.fake.Unused() }

// Requests returns all requests, in the order of arrival.
func (s *Server) Requests() []numberstest.Request { return s.fake.Requests() }

// Reports returns what the client sent that a PBX would silently ignore.
func (s *Server) Reports() []string { return s.fake.Reports() }

// What a PBX with the zero Options accepts.
const (
	// Domain is the SIP domain of the default tenant.
	Domain = "tenant.example.com"
	// Username and Password are the login of the default tenant's user, who has all
	// permissions.
	Username = "manager"
	Password = "manager-password"
	// Token is a bearer token of the first tenant's first user. It is valid from the
	// start until ExpireTokens or RevokeTokens.
	Token = "TKGXZJFHNDMTYTQ2OS0ZODK3LWE5OGUTYZM5NDZMOTKWMJK1"
	// SystemUsername and SystemPassword are the login of the system administrator, who
	// belongs to no tenant.
	SystemUsername = "admin"
	SystemPassword = "admin-password"
	// ClientID is the client_id that PortSIP publishes for all logins.
	ClientID = "9d806019-75b2-4b3d-bb8b-f5a3a412cc0a"
	// OTP is the one-time password of the second factor.
	OTP = "402719"
	// FullAccess is the permission that exclusive numbers require since version 22.3.
	FullAccess = "PhoneSystem.FullAccess"
)

// Tenant is a tenant of the PBX, with its own exclusive numbers and users.
type Tenant struct {
	// Domain is the tenant's SIP domain, with 1 to 280 characters. Its users log in with
	// it.
	Domain string
	Users  []User
}

// User is a user who can log in.
type User struct {
	// Username has 1 to 64 characters. PortSIP reserves admin, system, administrator and root, in
	// any case, for the system administrator.
	Username, Password string
	// Role is the name of the role; "" means Admin.
	Role string
	// Permissions are the permissions of the role. The fake checks only FullAccess.
	Permissions []string
	// TwoFactor makes the sign-in require a second factor.
	TwoFactor bool
}

// Blanks is how the PBX writes a field without a value. PortSIP's guide has null, and its
// call records have "".
type Blanks int

// The ways to write a blank field.
const (
	BlankNull   Blanks = iota // "description": null
	BlankEmpty                // "description": ""
	BlankAbsent               // no description at all
)

// Params is how the list of exclusive numbers handles its query parameters. PortSIP
// documents parameters for lists in general, but not for this list.
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

// Certificate returns the PBX's self-signed certificate as PEM, and the SHA-256 of its
// DER form in lower-case hexadecimal digits. Both are empty unless Options.TLS is set.
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
