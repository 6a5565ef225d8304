package opentacttest

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// loginLasts is how long a login's token is good for.
const loginLasts = 24 * time.Hour

// authenticate finds whose token a request has. It belongs into X-Auth-Token as it is; the vendor also takes a
// login's token as ?jwt= and a created one as ?bearer=.
func (c *call) authenticate() *refusal {
	q := c.r.URL.Query()
	value := c.r.Header.Get("X-Auth-Token")
	switch {
	case value != "":
		if c.r.Header.Get("Authorization") != "" {
			c.report("the vendor ignores Authorization beside X-Auth-Token")
		}
		c.account = c.ownerOf(value, true, true)
	case q.Get("jwt") != "":
		c.account = c.ownerOf(q.Get("jwt"), true, false)
	case q.Get("bearer") != "":
		c.account = c.ownerOf(q.Get("bearer"), false, true)
	}
	if c.account == nil {
		return errToken
	}
	return nil
}

// ownerOf finds the account of a token: of a login, or one created at POST /token.
func (s *state) ownerOf(value string, login, created bool) *account {
	for _, a := range s.accounts {
		if login && value == a.token {
			return a
		}
	}
	if login {
		if a := s.verifyJWT(value); a != nil {
			return a
		}
	}
	if created {
		if t := s.findToken(value); t != nil {
			return t.account
		}
	}
	return nil
}

// login is GET /auth.
func (c *call) login() (any, *refusal) {
	c.query()
	if no := c.withinLoginLimit(); no != nil {
		return nil, no
	}
	email, password, ok := c.r.BasicAuth()
	for _, a := range c.accounts {
		same := subtle.ConstantTimeCompare([]byte(password), []byte(a.user.password)) == 1
		if ok && a.user.email == email && same {
			return c.showLogin(a), nil
		}
	}
	return nil, refuse(http.StatusUnauthorized, "Wrong credentials")
}

// withinLoginLimit counts a login, or refuses it.
func (c *call) withinLoginLimit() *refusal {
	if c.opts.LoginLimit <= 0 {
		return nil
	}
	now := c.fake.Now()
	c.logins = slices.DeleteFunc(c.logins, func(t time.Time) bool { return !now.Before(t.Add(time.Minute)) })
	if len(c.logins) >= c.opts.LoginLimit {
		no := refuse(http.StatusTooManyRequests, "Too many requests")
		no.retryAfter = c.logins[0].Add(time.Minute).Sub(now)
		return no
	}
	c.logins = append(c.logins, now)
	return nil
}

type jwtClaims struct {
	UUID string `json:"uuid"`
	Role string `json:"role"`
	Iat  int64  `json:"iat"`
	Exp  int64  `json:"exp"`
}

func (s *state) newJWT(a *account) string {
	now := s.fake.Now()
	claims := encode(jwtClaims{a.user.uuid, "User", now.Unix(), now.Add(loginLasts).Unix()})
	signed := b64([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + b64(claims)
	return signed + "." + s.sign(signed)
}

func (s *state) sign(text string) string {
	h := hmac.New(sha256.New, []byte(s.jwtKey))
	h.Write([]byte(text))
	return b64(h.Sum(nil))
}

// verifyJWT returns the account of a login's token that is genuine and not over.
func (s *state) verifyJWT(value string) *account {
	i := strings.LastIndexByte(value, '.')
	if i < 0 || !hmac.Equal([]byte(value[i+1:]), []byte(s.sign(value[:i]))) {
		return nil
	}
	_, claimed, _ := strings.Cut(value[:i], ".")
	raw, err := base64.RawURLEncoding.DecodeString(claimed)
	var claims jwtClaims
	if err != nil || json.Unmarshal(raw, &claims) != nil || s.fake.Now().Unix() >= claims.Exp {
		return nil
	}
	for _, a := range s.accounts {
		if a.user.uuid == claims.UUID {
			return a
		}
	}
	return nil
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// loginJSON is what a login answered in 2020.
type loginJSON struct {
	CreatedOn      string  `json:"created_on"`
	ModifiedOn     string  `json:"modified_on"`
	UUID           string  `json:"uuid"`
	Email          string  `json:"email"`
	PhoneNumber    *string `json:"phone_number"`
	FirstName      string  `json:"first_name"`
	LastName       string  `json:"last_name"`
	DOB            *string `json:"dob"`
	GmailUserID    *string `json:"gmail_user_id"`
	FacebookUserID *string `json:"facebook_user_id"`
	AppleUserID    *string `json:"apple_user_id"`
	WechatUserID   *string `json:"wechat_user_id"`
	Role           string  `json:"role"`
	Gender         *string `json:"gender"`
	DeletedOn      *string `json:"deleted_on"`
	Token          string  `json:"token"`
}

// loginJSON2024 is what it answers in 2024: with the account and its balance.
type loginJSON2024 struct {
	UUID        string           `json:"uuid"`
	Email       string           `json:"email"`
	WSSOnline   bool             `json:"wss_online"`
	Role        string           `json:"role"`
	CreatedOn   string           `json:"created_on"`
	ModifiedOn  string           `json:"modified_on"`
	DeletedOn   *string          `json:"deleted_on"`
	Token       string           `json:"token"`
	PhoneNumber string           `json:"phone_number"`
	DOB         *string          `json:"dob"`
	Avatar      *string          `json:"avatar"`
	FirstName   string           `json:"first_name"`
	LastName    string           `json:"last_name"`
	Gender      *string          `json:"gender"`
	Account     loginAccountJSON `json:"account"`
}

type loginAccountJSON struct {
	CreatedOn  string          `json:"created_on"`
	ModifiedOn string          `json:"modified_on"`
	UUID       string          `json:"uuid"`
	Email      string          `json:"email"`
	Name       string          `json:"name"`
	Level      string          `json:"level"`
	DeletedOn  *string         `json:"deleted_on"`
	Balance    json.RawMessage `json:"balance"`
}

func (c *call) showLogin(a *account) any {
	u := a.user
	token := c.newJWT(a)
	if !c.is(Gen2024) {
		return loginJSON{
			CreatedOn: stamp(u.created), ModifiedOn: stamp(u.created), UUID: u.uuid, Email: u.email,
			FirstName: "Ann", LastName: "Owner", Role: "User", Token: token,
		}
	}
	return loginJSON2024{
		UUID: u.uuid, Email: u.email, Role: "User", CreatedOn: stamp(u.created), ModifiedOn: stamp(u.created),
		Token: token, PhoneNumber: "+12025550100", FirstName: "Ann", LastName: "Owner",
		Account: loginAccountJSON{
			CreatedOn: stamp(a.created), ModifiedOn: stamp(a.created), UUID: a.uuid, Email: u.email, Name: a.name,
			Level: a.level, Balance: amount(a.balance),
		},
	}
}

// token is a bearer token that a user created.
type token struct {
	uuid, value, name          string
	ttl                        int64 // seconds
	created, modified, expires time.Time
	account                    *account
}

// A token lives for at least a minute, and for a day if nothing is said.
const (
	leastTTL   = 60
	defaultTTL = 24 * 60 * 60
	mostTTL    = 100 * 365 * 24 * 60 * 60
)

func (s *state) findToken(value string) *token {
	for _, t := range s.tokens {
		if t.value == value && s.alive(t) {
			return t
		}
	}
	return nil
}

func (s *state) alive(t *token) bool { return s.fake.Now().Before(t.expires) }

type tokenCreatedJSON struct {
	Name       string `json:"name"`
	TTL        int64  `json:"ttl"`
	Token      string `json:"token"`
	ExpiredOn  string `json:"expired_on"`
	UUID       string `json:"uuid"`
	CreatedOn  string `json:"created_on"`
	ModifiedOn string `json:"modified_on"`
}

type tokenJSON struct {
	CreatedOn  string `json:"created_on"`
	ModifiedOn string `json:"modified_on"`
	UUID       string `json:"uuid"`
	Token      string `json:"token"`
	Name       string `json:"name"`
	ExpiredOn  string `json:"expired_on"`
	User       empty  `json:"user"`
}

func (t *token) show() tokenJSON {
	return tokenJSON{
		CreatedOn: stamp(t.created), ModifiedOn: stamp(t.modified), UUID: t.uuid, Token: t.value, Name: t.name,
		ExpiredOn: stamp(t.expires),
	}
}

// createToken is POST /token.
func (c *call) createToken() (any, *refusal) {
	c.query()
	b, no := c.readBody(false)
	if no != nil {
		return nil, no
	}
	b.require("name")
	name, ttl := b.text("name", 1, 255), b.number("ttl", leastTTL, mostTTL)
	if no := b.check(); no != nil {
		return nil, no
	}
	now := c.fake.Now()
	t := &token{
		uuid: c.fake.IDs().UUID(), value: c.fake.IDs().Hex() + c.fake.IDs().Hex()[:16], name: *name,
		ttl: or(ttl, defaultTTL), created: now, modified: now, account: c.account,
	}
	t.expires = now.Add(time.Duration(t.ttl) * time.Second)
	c.tokens = append(c.tokens, t)
	return tokenCreatedJSON{t.name, t.ttl, t.value, stamp(t.expires), t.uuid, stamp(now), stamp(now)}, nil
}

// listTokens is GET /token/list.
func (c *call) listTokens() (any, *refusal) {
	c.query()
	out := []tokenJSON{}
	for _, t := range c.tokens {
		if t.account == c.account && c.alive(t) {
			out = append(out, t.show())
		}
	}
	return out, nil
}

// patchToken is PATCH /token/{uuid}; a new ttl counts from now.
func (c *call) patchToken() (any, *refusal) {
	c.query()
	b, no := c.readBody(false)
	if no != nil {
		return nil, no
	}
	name, ttl := b.text("name", 1, 255), b.number("ttl", leastTTL, mostTTL)
	if no := b.check(); no != nil {
		return nil, no
	}
	i := slices.IndexFunc(c.tokens, func(t *token) bool { return t.uuid == c.params[0] && c.alive(t) })
	switch {
	case i < 0:
		return nil, errNotFound
	case c.tokens[i].account != c.account:
		return nil, errForbidden
	}
	t := c.tokens[i]
	t.name, t.modified = or(name, t.name), c.fake.Now()
	if ttl != nil {
		t.ttl, t.expires = *ttl, t.modified.Add(time.Duration(*ttl)*time.Second)
	}
	return t.show(), nil
}

// deleteToken is DELETE /token/{token}: by the token itself, not by its uuid.
func (c *call) deleteToken() (any, *refusal) {
	c.query()
	t := c.findToken(c.params[0])
	if t == nil || t.account != c.account {
		return nil, refuse(http.StatusNotFound, "Token not found")
	}
	c.tokens = slices.DeleteFunc(c.tokens, func(x *token) bool { return x == t })
	return t.show(), nil
}

// deleteAllTokens is DELETE /token/all.
func (c *call) deleteAllTokens() (any, *refusal) {
	c.query()
	c.tokens = slices.DeleteFunc(c.tokens, func(t *token) bool { return t.account == c.account })
	return empty{}, nil
}
