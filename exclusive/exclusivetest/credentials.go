package exclusivetest

import (
	"net/http"
	"unicode/utf8"
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
