package exclusivetest

import (
	"net/http"
	"slices"

	"github.com/tnkit/tnkit/internal/fake"
)

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
