package opentacttest

import (
	"net/http"
	"slices"
	"time"
)

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
