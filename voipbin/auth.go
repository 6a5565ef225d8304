package voipbin

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Auth is a credential. [TokenAuth], [LoginAuth] and [AccessKeyAuth] return one. Printing
// an Auth shows no secret, and no URL contains one. The server uses the first credential
// that it finds in cookie, query and header, and does not try another one if that one is
// wrong. A client sends exactly one.
type Auth struct {
	make   func(*api.Client) api.Auth
	reason string
}

// TokenAuth authenticates with the token of a login, in the Authorization
// header. A token lasts 7 days and is not renewed.
func TokenAuth(token string) Auth {
	return static(api.Static{Header: "Authorization", Prefix: "Bearer ", Secret: wire.NewSecret(token)}, api.BadSecret(token))
}

// AccessKeyAuth authenticates with an access key ("vb_…", since November 2024)
// in a cookie. The server does not read access keys from a header, and a key in
// the query would be logged.
func AccessKeyAuth(key string) Auth {
	reason := api.BadSecret(key)
	if reason == "" && strings.IndexFunc(key, notInCookie) >= 0 {
		reason = "it has a character that a cookie can't contain"
	}
	return static(api.Static{Header: "Cookie", Prefix: "accesskey=", Secret: wire.NewSecret(key)}, reason)
}

// notInCookie reports whether RFC 6265 forbids a character in a cookie, or
// servers decode it.
func notInCookie(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`",;\%+`, r)
}

func static(auth api.Static, reason string) Auth {
	return Auth{make: func(*api.Client) api.Auth { return auth }, reason: reason}
}

// tokenLife is how long a token lasts, by VoIPBin's published server.
const tokenLife = 7 * 24 * time.Hour

// LoginAuth logs in with username and password at the first request, shares the
// token between goroutines, and renews it before its 7 days are over. After a
// 401 to a read it logs in again, once. After a 401 to a write it drops the
// token, and the error is returned.
//
// At most one login runs at a time, and all calls share it. After a refused login the
// client does not log in again: every later call returns the error of that login, until
// another client is made. VoIPBin returns the same 400 for a wrong password and for a
// failure of its own, so the client can't distinguish them. A login continues when the
// context of the call that began it ends, for at most two minutes, and serves the next
// call. Its Retry-After is obeyed. If VoIPBin refuses three tokens in a row that it has
// just issued, calls return ErrUnauthorized at once, and the client waits a minute, and
// then longer, before it logs in again.
func LoginAuth(username, password string) Auth {
	secret := wire.NewSecret(password)
	return Auth{reason: checkLogin(username, password), make: func(c *api.Client) api.Auth {
		service := &AuthService{c}
		return &api.Tokens{
			Login: func(ctx context.Context, _ api.Token) (api.Token, error) {
				l, err := service.Login(ctx, &LoginRequest{Username: username, Password: secret})
				if err != nil {
					return api.Token{}, err
				}
				return api.Token{Value: l.Token.Reveal(), Lifetime: tokenLife}, nil
			},
			Apply:   func(h http.Header, token string) { h.Set("Authorization", "Bearer "+token) },
			Secrets: []string{password},
		}
	}}
}

// checkLogin returns why a name and a password are unusable, or "". The reason
// quotes neither.
func checkLogin(username, password string) string {
	switch {
	case username == "":
		return "the username is empty"
	case password == "":
		return "the password is empty"
	case !utf8.ValidString(username) || !utf8.ValidString(password):
		return "the username or the password is not UTF-8"
	}
	return ""
}

// AuthService logs in.
type AuthService struct{ api *api.Client }

// LoginRequest is a name and a password. They belong to a user until January 2022, to a
// customer until December 2023, and to an agent since then.
type LoginRequest struct {
	Username string
	Password wire.Secret
}

// LoginResponse is a token that lasts 7 days.
type LoginResponse struct {
	Username string `json:"username"`
	// Token is the argument of TokenAuth.
	Token wire.Secret `json:"token"`
}

const opLogin = "Auth.Login"

// Login gets a token. It sends no credential except r's own. With LoginAuth,
// the client logs in and renews the token itself.
//
// POST /auth/login, without the prefix /v1.0 (VoIPBin's OpenAPI description).
// The server returns a 400 without a body for a wrong password, as for
// everything else that it refuses. It is ErrUnauthorized. The request is sent
// once.
func (s *AuthService) Login(ctx context.Context, r *LoginRequest) (*LoginResponse, error) {
	if r == nil {
		return nil, api.Invalid(vendor, opLogin, "request", "it is nil")
	}
	if reason := checkLogin(r.Username, r.Password.Reveal()); reason != "" {
		return nil, api.Invalid(vendor, opLogin, "request", reason)
	}
	body := struct {
		Username string `json:"username"`
		Password string `json:"password"`
	}{r.Username, r.Password.Reveal()}
	c := *s.api
	c.Auth = api.WithSecret(s.api.Auth, r.Password)
	return get(ctx, &c, &api.Call{
		Op: opLogin, Class: api.Read, Method: http.MethodPost, Path: "/auth/login", Body: body,
		NoAuth: true, Once: true,
	}, func(l *LoginResponse) string {
		if reason := api.BadSecret(l.Token.Reveal()); reason != "" {
			return "its token is malformed: " + reason
		}
		return ""
	})
}
