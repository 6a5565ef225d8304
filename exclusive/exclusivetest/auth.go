package exclusivetest

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tnkit/tnkit/internal/fake"
)

// credentials are what all logins ask for. A nil field was not sent; no domain is the system administrator's login.
type credentials struct {
	Username *string `json:"username"`
	Password *string `json:"password"`
	Domain   *string `json:"domain"`
}

// login checks credentials. It answers with an error and returns nil if they are no good.
func (c *call) login(given credentials) (*User, *tenant) {
	switch {
	case given.Username == nil || !between(*given.Username, 1, 64):
		c.invalid("username", "must have 1 to 64 characters")
		return nil, nil
	case given.Password == nil:
		c.invalid("password", "is missing")
		return nil, nil
	case given.Domain != nil && !between(*given.Domain, 1, 280):
		c.invalid("domain", "must have 1 to 280 characters")
		return nil, nil
	}
	domain := ""
	if given.Domain != nil {
		if domain = *given.Domain; c.tenantOf(domain) == nil {
			c.notFound()
			return nil, nil
		}
	}
	user, t := c.userOf(domain, *given.Username)
	if user == nil || user.Password != *given.Password {
		c.loginFailed()
		return nil, nil
	}
	c.gateway.forgive(c.address())
	return user, t
}

// loginFailed answers that the credentials are wrong, and counts it.
func (c *call) loginFailed() {
	c.gateway.failed(c.address(), c.opts.MaxLoginFailures, c.fake.Now().Add(c.opts.BlockFor))
	c.fail(c.opts.LoginFailureStatus, unauthorized, "Login failed, authentication error", nil)
}

// userOf finds a user: of a tenant, or the system administrator where there is no domain.
func (s *Server) userOf(domain, username string) (*User, *tenant) {
	if domain == "" {
		if username == s.admin.Username {
			return &s.admin, nil
		}
		return nil, nil
	}
	if t := s.tenantOf(domain); t != nil {
		for i := range t.users {
			if t.users[i].Username == username {
				return &t.users[i], t
			}
		}
	}
	return nil, nil
}

// noBearer reports a bearer where a login has none.
func (c *call) noBearer() {
	if c.r.Header.Get("Authorization") != "" {
		c.fake.Report("%s %s: the PBX ignores the Authorization header of a login", c.r.Method, c.r.URL.Path)
	}
}

// role is the name of a user's role.
func (u *User) role() string {
	if u.Role == "" {
		return "Admin"
	}
	return u.Role
}

func between(text string, least, most int) bool {
	n := utf8.RuneCountInString(text)
	return n >= least && n <= most
}

// badRefresh answers that a refresh token is no good, as documented: without saying so.
func (c *call) badRefresh() { c.fail(http.StatusBadRequest, unknown, "unknown error", nil) }

// renew exchanges a refresh token for a session, or answers why not.
func (c *call) renew(refresh string) *session {
	old := c.refresh[refresh]
	if old == nil {
		c.badRefresh()
		return nil
	}
	delete(c.refresh, old.refresh)
	if c.opts.RefreshRevokes {
		delete(c.access, old.access)
	}
	return c.newSession(old.user, old.tenant)
}

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

// authorize lets only those at tenant data who may do so, or answers 403.
func (c *call) authorize() bool {
	const since = 3 // of version 22: the permission is asked for
	allowed := c.minor < since || slices.Contains(c.session.user.Permissions, FullAccess)
	if c.tenant == nil || !allowed {
		c.fail(http.StatusForbidden, unknown, "Forbidden", nil)
		return false
	}
	return true
}

// IssueToken returns a new bearer token of a user without a login. The domain "" means
// the system administrator. If the user does not exist, IssueToken returns "".
func (s *Server) IssueToken(domain, username string) string {
	s.fake.Lock()
	defer s.fake.Unlock()
	if user, t := s.userOf(domain, username); user != nil {
		return s.newSession(user, t).access
	}
	return ""
}

// ExpireTokens makes all access tokens expire now, also Token. Refresh tokens stay valid.
func (s *Server) ExpireTokens() {
	s.fake.Lock()
	defer s.fake.Unlock()
	for _, n := range s.access {
		n.expires = s.fake.Now()
	}
}

// RevokeTokens ends all sessions. No existing access token or refresh token is valid
// after it.
func (s *Server) RevokeTokens() {
	s.fake.Lock()
	defer s.fake.Unlock()
	clear(s.access)
	clear(s.refresh)
}

// SetTokensRefused makes the PBX refuse every access token with 401, also one that it has
// just issued. false makes it accept them again.
func (s *Server) SetTokensRefused(refused bool) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.refused = refused
}

// SetExpiresIn sets the lifetime of access tokens that are issued later.
func (s *Server) SetExpiresIn(d time.Duration) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.opts.ExpiresIn = d
}

// factor is a sign-in that waits for its second factor.
type factor struct {
	user   *User
	tenant *tenant
	sent   bool // the code is on its way to the user
}

// signIn serves POST /auth/sign_in.
func (c *call) signIn() {
	c.noBearer()
	query := c.fake.Strict(c.r, "qr")
	if qr := query.Get("qr"); query.Has("qr") && !slices.Contains([]string{"true", "false"}, qr) {
		c.invalid("qr", "must be a boolean")
		return
	}
	var given credentials
	if !c.decode(&given) {
		return
	}
	user, t := c.login(given)
	switch {
	case user == nil:
	case user.TwoFactor:
		token := c.newToken()
		c.factors[token] = &factor{user: user, tenant: t}
		fake.JSON(c.w, http.StatusOK, fake.Object{{Key: "two_factor_enabled", Value: true}, {Key: "token", Value: token}})
	default:
		c.authAnswer(c.newSession(user, t))
	}
}

// sendOTP serves POST /auth/send_otp.
func (c *call) sendOTP() {
	c.fake.Strict(c.r)
	var body struct {
		Token *string `json:"token"`
	}
	if f := c.factor(&body, &body.Token); f != nil {
		f.sent = true
		c.w.WriteHeader(http.StatusOK)
	}
}

// verifyOTP serves POST /auth/verify_otp. That it answers with the tokens is what it is good for; PortSIP documents no body.
func (c *call) verifyOTP() {
	c.fake.Strict(c.r)
	var body struct {
		Token *string `json:"token"`
		Code  *string `json:"code"`
	}
	f := c.factor(&body, &body.Token)
	switch {
	case f == nil:
	case body.Code == nil:
		c.invalid("code", "is missing")
	case !f.sent || *body.Code != OTP:
		c.loginFailed()
	default:
		delete(c.factors, *body.Token)
		c.gateway.forgive(c.address())
		c.authAnswer(c.newSession(f.user, f.tenant))
	}
}

// factor reads the body of a second step and finds its sign-in, or answers why not.
func (c *call) factor(body any, token **string) *factor {
	c.noBearer()
	switch {
	case !c.decode(body):
	case *token == nil:
		c.invalid("token", "is missing")
	case c.factors[**token] == nil:
		c.fail(http.StatusBadRequest, unknown, "unknown error", nil)
	default:
		return c.factors[**token]
	}
	return nil
}

// refreshToken serves POST /auth/refresh_token.
func (c *call) refreshToken() {
	c.fake.Strict(c.r)
	c.noBearer()
	var body struct {
		RefreshToken *string `json:"refresh_token"`
	}
	if !c.decode(&body) {
		return
	}
	if body.RefreshToken == nil {
		c.invalid("refresh_token", "is missing")
		return
	}
	if n := c.renew(*body.RefreshToken); n != nil {
		c.authAnswer(n)
	}
}

// authAnswer answers with the tokens of a session, in this family's order.
func (c *call) authAnswer(n *session) {
	fake.JSON(c.w, http.StatusOK, fake.Object{
		{Key: "token_type", Value: "Bearer"},
		{Key: "access_token", Value: n.access},
		{Key: "refresh_token", Value: n.refresh},
		c.lifetime(n),
	})
}

// signOut serves POST /auth/sign_out.
func (c *call) signOut() {
	c.fake.Strict(c.r)
	c.noBody()
	c.end(c.session)
	c.w.WriteHeader(http.StatusOK)
}

// authUser serves GET /auth/user.
func (c *call) authUser() {
	c.fake.Strict(c.r)
	fake.JSON(c.w, http.StatusOK, fake.Object{
		{Key: "role", Value: c.session.user.role()},
		{Key: "password_verified", Value: true},
		{Key: "password_force_reset", Value: false},
	})
}
