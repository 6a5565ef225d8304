package exclusivetest

import (
	"net/http"

	"github.com/tnkit/tnkit/internal/fake"
)

// cookie holds the portal's session. PortSIP documents a login without a body; that it sets a cookie is inferred.
const cookie = "pbx_session"

// portalLogin serves POST /login.
func (c *call) portalLogin() {
	c.fake.Strict(c.r)
	c.noBearer()
	var given credentials
	if !c.decode(&given) {
		return
	}
	user, t := c.login(given)
	switch {
	case user == nil:
	case user.TwoFactor:
		c.loginFailed() // no room for the second factor
	default:
		http.SetCookie(c.w, &http.Cookie{Name: cookie, Value: c.newSession(user, t).access, Path: "/api", HttpOnly: true})
		c.w.WriteHeader(http.StatusOK)
	}
}

// portalSession finds the session of the bearer or of the cookie; nil if there is none.
func (c *call) portalSession() *session {
	if token, ok := fake.Bearer(c.r); ok {
		return c.valid(token)
	}
	if kept, err := c.r.Cookie(cookie); err == nil {
		return c.valid(kept.Value)
	}
	return nil
}

// portalStatus serves GET /login.
func (c *call) portalStatus() {
	c.fake.Strict(c.r)
	n := c.portalSession()
	if n == nil {
		c.unauthorized()
		return
	}
	answer := fake.Object{{Key: "access_token", Value: n.access}}
	if !n.expires.IsZero() {
		answer = append(answer,
			fake.Member{Key: "expires_at", Value: timestamp(n.expires)},
			fake.Member{Key: "expires_in", Value: seconds(n.expires.Sub(c.fake.Now()))})
	}
	fake.JSON(c.w, http.StatusOK, append(answer, fake.Member{Key: "role", Value: n.user.role()}))
}

// portalLogout serves POST /logout, which asks for no session.
func (c *call) portalLogout() {
	c.fake.Strict(c.r)
	c.noBody()
	if n := c.portalSession(); n != nil {
		c.end(n)
	}
	c.w.WriteHeader(http.StatusNoContent)
}

// switchTenant serves POST /tenants/switch?id=…: from now on the system administrator's session is that tenant's.
// No new token comes with it.
func (c *call) switchTenant() {
	id := c.fake.Strict(c.r, "id").Get("id")
	c.noBody()
	if c.session.user != &c.admin {
		c.fail(http.StatusForbidden, unknown, "Forbidden", nil)
		return
	}
	for _, t := range c.tenants {
		if t.id == id {
			c.session.tenant = t
			c.w.WriteHeader(http.StatusOK)
			return
		}
	}
	c.notFound()
}

// TenantID returns the id that a system administrator switches to; "" if there is no such tenant.
func (s *Server) TenantID(domain string) string {
	s.fake.Lock()
	defer s.fake.Unlock()
	if t := s.tenantOf(domain); t != nil {
		return t.id
	}
	return ""
}
