package opentact

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/decode"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// tokenHeader has the raw token. OpenTact's header tables of 2020 name
// Authorization instead, but every example of its documentation, in all years,
// sends this header.
const tokenHeader = "X-Auth-Token"

// Auth is a credential. [TokenAuth] and [LoginAuth] return one. Printing an Auth shows no
// secret, and no URL contains one.
type Auth struct {
	make   func(*numbers.ClientOptions) (api.Auth, error)
	reason string
}

// TokenAuth authenticates with a token in the X-Auth-Token header. The token is
// the JWT of a login, which lasts 24 hours and is not renewed, a long-lived
// token ([TokensService]), or an API key of the portal.
func TokenAuth(token string) Auth {
	return Auth{
		make: func(*numbers.ClientOptions) (api.Auth, error) {
			return api.Static{Header: tokenHeader, Secret: wire.NewSecret(token)}, nil
		},
		reason: api.BadSecret(token),
	}
}

// tokenLifetime is how long a login lasts. Both samples that OpenTact
// published, of 2020 and of 2023, expire 86,400 seconds after they were issued.
const tokenLifetime = 24 * time.Hour

// LoginAuth logs in with an e-mail address and a password, by GET /auth with
// Basic authentication. It logs in when a token is first needed, and again
// before the token's 24 hours end. A read that is refused as unauthorized is
// sent once more with a fresh token. A 401 with the message "Forbidden", which
// OpenTact returns for an object of another account, does not renew the token.
//
// At most one login runs at a time, and all calls share it. After a refused login
// the client does not log in again: every later call returns the error of that
// login, until another client is made. A login continues when the context of the
// call that began it ends, for at most two minutes, and serves the next call. Its
// Retry-After is obeyed. If OpenTact refuses three tokens in a row that it has just
// issued, calls return ErrUnauthorized at once, and the client waits a minute, and
// then longer, before it logs in again.
//
// Source: OpenTact's documentation of 2020 and 2022, "Authentication".
func LoginAuth(email, password string) Auth {
	basic := base64.StdEncoding.EncodeToString([]byte(email + ":" + password))
	return Auth{
		make: func(opts *numbers.ClientOptions) (api.Auth, error) {
			cfg := config(api.Static{Header: "Authorization", Prefix: "Basic ", Secret: wire.NewSecret(basic)})
			cfg.Unauthorized = nil
			core, err := api.New(cfg, opts)
			if err != nil {
				return nil, err
			}
			return &api.Tokens{
				Login:   func(ctx context.Context, _ api.Token) (api.Token, error) { return login(ctx, core) },
				Apply:   func(h http.Header, token string) { h.Set(tokenHeader, token) },
				Secrets: []string{password, basic},
			}, nil
		},
		reason: checkLogin(email, password),
	}
}

// checkLogin returns why a login is unusable, or "". The reason quotes neither
// argument.
func checkLogin(email, password string) string {
	switch {
	case email == "" || password == "":
		return "the e-mail address or the password is empty"
	case strings.Contains(email, ":"):
		return "the e-mail address has a colon"
	}
	return ""
}

// login gets a token.
func login(ctx context.Context, core *api.Client) (api.Token, error) {
	var user struct {
		Token string `json:"token"`
	}
	err := core.Do(ctx, &api.Call{
		Op: "login", Class: api.Read, Once: true, Method: http.MethodGet, Path: "/auth", Into: &user,
		Check: func() string {
			if user.Token == "" {
				return "it has no token"
			}
			return ""
		},
	})
	if err != nil {
		return api.Token{}, err
	}
	return api.Token{Value: user.Token, Lifetime: tokenLifetime}, nil
}

// smallBody is larger than any body that refuses a request.
const smallBody = 16 << 10

// unauthorized reports whether an answer refuses the credential: its status, or
// that in its body, is 401, and its message is not "Forbidden".
func unauthorized(a *api.Answer) bool {
	if a.Status != http.StatusUnauthorized && (!a.OK() || len(a.Body) > smallBody) {
		return false
	}
	var e envelope
	if !decode.Loose(a.Body, &e, nil) {
		return a.Status == http.StatusUnauthorized
	}
	var message string
	into(e.Message, &message)
	if strings.EqualFold(message, forbidden) {
		return false
	}
	var status int
	return a.Status == http.StatusUnauthorized ||
		e.verdict() == refused && into(e.Status, &status) && status == http.StatusUnauthorized
}
