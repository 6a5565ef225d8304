package exclusivetest

import (
	"fmt"
	"strconv"
	"strings"
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
