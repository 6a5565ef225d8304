package exclusivetest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

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
	// ParamsHonoured: filter, search, orderby, skip and top work as they do in other lists.
	ParamsHonoured Params = iota
	// ParamsIgnored: the whole collection comes in one answer; parameters are ignored, and reported.
	ParamsIgnored
	// ParamsRefused: as ParamsIgnored, but parameters are answered with 400.
	ParamsRefused
)

// Options of a PBX. The zero value is a PBX of version 22.6 with one tenant that has no numbers.
type Options struct {
	// InMemory serves without a socket, as a testing/synctest bubble needs it; only HTTPClient reaches it.
	InMemory bool
	// TLS serves https with a self-signed certificate, as a PBX does by default; HTTPClient trusts it.
	TLS bool
	// HTTP2 serves HTTP/2, too, and makes HTTPClient use it.
	HTTP2 bool
	// Lenient lets the test pass though the client sends what a PBX silently ignores; Reports has it all the same.
	Lenient bool
	// Now is the PBX's clock; nil means time.Now, which is virtual inside a testing/synctest bubble.
	Now func() time.Time
	// Seed begins with the one number of PortSIP's documentation, and serves it letter for letter (count 100
	// with one item included) until it is changed.
	Seed bool

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
	// Count, if not nil, is given the true count and returns the one that the list claims. It must not
	// call the server.
	Count func(true int) int
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
	if o.ExpiresIn < time.Second || o.MaxLoginFailures < 0 || o.BlockFor < 0 {
		return o, fmt.Errorf("exclusivetest: ExpiresIn is less than a second, or MaxLoginFailures or BlockFor negative")
	}
	if o.LoginFailureStatus < 400 || o.LoginFailureStatus > 499 {
		return o, fmt.Errorf("exclusivetest: LoginFailureStatus %d is no 4xx", o.LoginFailureStatus)
	}
	return o, nil
}

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
