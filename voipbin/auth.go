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

// Auth is a credential: [TokenAuth], [LoginAuth] and [AccessKeyAuth] make one.
// It prints no secret, and puts none into a URL. The server takes the first
// that it finds of cookie, query and header, and does not look further when
// that one is bad; a client sends exactly one.
type Auth struct {
	make   func(*api.Client) api.Auth
	reason string
}

// TokenAuth authenticates by a token that a login has brought, in the
// Authorization header. A token lasts 7 days and is not renewed.
func TokenAuth(token string) Auth {
	return static(api.Static{Header: "Authorization", Prefix: "Bearer ", Secret: wire.NewSecret(token)}, api.BadSecret(token))
}

// AccessKeyAuth authenticates by an access key ("vb_…", since November 2024),
// in a cookie: the server reads access keys from no header, and in the query a
// key would end up in logs.
func AccessKeyAuth(key string) Auth {
	reason := api.BadSecret(key)
	if reason == "" && strings.IndexFunc(key, notInCookie) >= 0 {
		reason = "it has a character that no cookie can hold"
	}
	return static(api.Static{Header: "Cookie", Prefix: "accesskey=", Secret: wire.NewSecret(key)}, reason)
}

// notInCookie reports what RFC 6265 does not let stand in a cookie, and what
// servers decode there.
func notInCookie(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`",;\%+`, r)
}

func static(auth api.Static, reason string) Auth {
	return Auth{make: func(*api.Client) api.Auth { return auth }, reason: reason}
}

// tokenLife is how long a token lasts, by VoIPBin's published server.
const tokenLife = 7 * 24 * time.Hour

// LoginAuth logs in by username and password when the first request is made,
// shares the token between goroutines, and renews it before its 7 days are
// over. A 401 to a read makes it log in again, once; a 401 to a write drops the
// token and is returned.
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
		return "the username or the password is no UTF-8"
	}
	return ""
}

// AuthService logs in.
type AuthService struct{ api *api.Client }

// LoginRequest is a user's name and password: of a user until January 2022, of
// a customer until December 2023, of an agent since.
type LoginRequest struct {
	Username string
	Password wire.Secret
}

// LoginResponse is a token that lasts 7 days.
type LoginResponse struct {
	Username string `json:"username"`
	// Token goes into TokenAuth.
	Token wire.Secret `json:"token"`
}

const opLogin = "Auth.Login"

// Login gets a token. It sends no credential but r's own. Use LoginAuth to have
// it done, and renewed, by the client.
//
// POST /auth/login, without the prefix /v1.0 (VoIPBin's OpenAPI description).
// The server answers 400 without a body to a wrong password, as to everything
// else that it refuses: it is ErrUnauthorized. It is sent once.
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
	c.Auth = redacting{s.api.Auth, r.Password}
	return get(ctx, &c, &api.Call{
		Op: opLogin, Class: api.Read, Method: http.MethodPost, Path: "/auth/login", Body: body,
		NoAuth: true, Once: true,
	}, func(l *LoginResponse) string {
		if reason := api.BadSecret(l.Token.Reveal()); reason != "" {
			return "its token can't be one: " + reason
		}
		return ""
	})
}

// redacting keeps the secret out of errors, beside those of the client's
// credential.
type redacting struct {
	api.Auth
	secret wire.Secret
}

// Redact implements api.Auth.
func (r redacting) Redact(text string) string {
	return api.RedactValues(r.Auth.Redact(text), r.secret.Reveal())
}
