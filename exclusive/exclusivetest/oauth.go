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
