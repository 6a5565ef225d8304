package exclusivetest

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
)

// oauthToken serves POST /login/oauth/token: a form, with the password or with a refresh token.
func (c *call) oauthToken() {
	c.fake.Strict(c.r)
	c.noBearer()
	if err := c.r.ParseForm(); err != nil {
		c.fail(http.StatusBadRequest, unknown, "unknown error", nil)
		return
	}
	form := c.r.PostForm // empty if the body is no form
	if form.Get("client_id") != ClientID {
		c.invalid("client_id", "is not the published one")
		return
	}
	switch form.Get("grant_type") {
	case "password":
		c.passwordGrant(form)
	case "refresh_token":
		c.formFields(form, "grant_type", "refresh_token", "client_id")
		if n := c.renew(form.Get("refresh_token")); n != nil {
			c.oauthAnswer(n)
		}
	default:
		c.invalid("grant_type", "must be password or refresh_token")
	}
}

func (c *call) passwordGrant(form url.Values) {
	c.formFields(form, "grant_type", "username", "domain", "password", "scope", "client_id")
	if form.Get("scope") != "all" {
		c.invalid("scope", "must be all")
		return
	}
	field := func(name string) *string {
		if !form.Has(name) {
			return nil
		}
		return new(form.Get(name))
	}
	user, t := c.login(credentials{field("username"), field("password"), field("domain")})
	switch {
	case user == nil:
	case user.TwoFactor:
		c.loginFailed() // the form has no room for the second factor
	default:
		c.oauthAnswer(c.newSession(user, t))
	}
}

// formFields reports what the form has beyond the documented fields.
func (c *call) formFields(form url.Values, documented ...string) {
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if !slices.Contains(documented, name) || len(form[name]) > 1 {
			c.fake.Report("%s %s: the PBX ignores the form field %q, or one of two", c.r.Method, c.r.URL.Path, name)
		}
	}
}

// oauthAnswer answers with the tokens of a session.
func (c *call) oauthAnswer(n *session) {
	fake.JSON(c.w, http.StatusOK, fake.Object{
		{Key: "access_token", Value: n.access},
		c.lifetime(n),
		{Key: "refresh_token", Value: n.refresh},
		{Key: "token_type", Value: "Bearer"},
	})
}

// lifetime is the member that says how long a session's access token lasts.
func (c *call) lifetime(n *session) fake.Member {
	if c.opts.ExpiresAt {
		return fake.Member{Key: "expires_at", Value: timestamp(n.expires)}
	}
	return fake.Member{Key: "expires_in", Value: seconds(n.lifetime)}
}

func seconds(d time.Duration) int { return int(d / time.Second) }

// oauthRevoke serves POST /login/oauth/revoke.
func (c *call) oauthRevoke() {
	c.fake.Strict(c.r)
	c.noBody()
	c.end(c.session)
	c.w.WriteHeader(http.StatusOK)
}

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

// TenantID returns the id that a system administrator uses to switch to a tenant; "" =
// the tenant does not exist.
func (s *Server) TenantID(domain string) string {
	s.fake.Lock()
	defer s.fake.Unlock()
	if t := s.tenantOf(domain); t != nil {
		return t.id
	}
	return ""
}
