package voipbin

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers/wire"
)

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
	if reason := badLogin(r.Username, r.Password.Reveal()); reason != "" {
		return nil, api.Invalid(vendor, opLogin, "request", reason)
	}
	body := struct {
		Username string `json:"username"`
		Password string `json:"password"`
	}{r.Username, r.Password.Reveal()}
	c := *s.api
	c.Auth = keeper{s.api.Auth, r.Password}
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

// keeper keeps one secret more than a client's credential does out of errors.
type keeper struct {
	api.Auth
	secret wire.Secret
}

// Redact implements api.Auth.
func (k keeper) Redact(text string) string {
	return api.RedactValues(k.Auth.Redact(text), k.secret.Reveal())
}
