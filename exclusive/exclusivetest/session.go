package exclusivetest

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
)

// session is one login.
type session struct {
	access, refresh string
	tenant          *tenant // nil for a system administrator who has not switched to one
	user            *User
	lifetime        time.Duration // of the access token when it was new
	expires         time.Time     // zero is never
}

// newSession logs a user in.
func (s *Server) newSession(user *User, t *tenant) *session {
	n := &session{
		access: s.newToken(), refresh: s.newToken(), tenant: t, user: user,
		lifetime: s.opts.ExpiresIn, expires: s.fake.Now().Add(s.opts.ExpiresIn),
	}
	s.access[n.access], s.refresh[n.refresh] = n, n
	return n
}

// end logs a session out.
func (s *Server) end(n *session) {
	delete(s.access, n.access)
	delete(s.refresh, n.refresh)
}

// newToken returns an opaque token that looks like PortSIP's: 48 capitals and digits.
func (s *Server) newToken() string {
	return strings.ToUpper(base64.StdEncoding.EncodeToString([]byte(s.fake.IDs().UUID())))
}

// valid finds the session of an access token; nil if there is none or the token is too old.
func (s *Server) valid(access string) *session {
	n := s.access[access]
	if n == nil || s.refused || !n.expires.IsZero() && !s.fake.Now().Before(n.expires) {
		return nil
	}
	return n
}

// authenticate finds the session of the request's bearer, or answers 401.
func (c *call) authenticate() bool {
	if token, ok := fake.Bearer(c.r); ok {
		c.session = c.valid(token)
	}
	if c.session == nil {
		c.unauthorized()
		return false
	}
	c.tenant = c.session.tenant
	return true
}

func (c *call) unauthorized() { c.fail(http.StatusUnauthorized, unauthorized, "Unauthorized", nil) }

// authorise lets only those at tenant data who may do so, or answers 403.
func (c *call) authorise() bool {
	const since = 3 // of version 22: the permission is asked for
	allowed := c.minor < since || slices.Contains(c.session.user.Permissions, FullAccess)
	if c.tenant == nil || !allowed {
		c.fail(http.StatusForbidden, unknown, "Forbidden", nil)
		return false
	}
	return true
}

// IssueToken returns a new bearer of a user without a login: of a tenant's user, or of the system administrator
// if the domain is "". It returns "" if there is no such user.
func (s *Server) IssueToken(domain, username string) string {
	s.fake.Lock()
	defer s.fake.Unlock()
	if user, t := s.userOf(domain, username); user != nil {
		return s.newSession(user, t).access
	}
	return ""
}

// ExpireTokens makes all access tokens expire now, Token too. Refresh tokens stay.
func (s *Server) ExpireTokens() {
	s.fake.Lock()
	defer s.fake.Unlock()
	for _, n := range s.access {
		n.expires = s.fake.Now()
	}
}

// RevokeTokens ends all sessions: no access token and no refresh token is good any longer.
func (s *Server) RevokeTokens() {
	s.fake.Lock()
	defer s.fake.Unlock()
	clear(s.access)
	clear(s.refresh)
}

// SetTokensRefused makes the PBX refuse every access token with 401, also one that it has just issued, or accept them
// again.
func (s *Server) SetTokensRefused(refused bool) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.refused = refused
}

// SetExpiresIn sets the lifetime of the access tokens to come.
func (s *Server) SetExpiresIn(d time.Duration) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.opts.ExpiresIn = d
}
