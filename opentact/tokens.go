package opentact

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers/wire"
)

// TokensService makes long-lived tokens, for [TokenAuth].
type TokensService struct{ api *api.Client }

const opDeleteToken = "Tokens.Delete"

// MinTTL is the shortest life of a token that OpenTact documents, in seconds.
const MinTTL = 60

// Token is a long-lived token.
type Token struct {
	CreatedOn  wire.Time `json:"created_on,omitzero"`
	ModifiedOn wire.Time `json:"modified_on,omitzero"`
	UUID       string    `json:"uuid"`
	// Token is the credential itself, 48 characters.
	Token wire.Secret `json:"token,omitzero"`
	Name  *string     `json:"name,omitempty"`
	// TTL is in seconds.
	TTL       *int64        `json:"ttl,omitempty"`
	ExpiredOn wire.Time     `json:"expired_on,omitzero"`
	User      Related[User] `json:"user,omitzero"`
}

// CreateTokenRequest describes a new token.
type CreateTokenRequest struct {
	Name string `json:"name"`
	// TTL is the lifetime in seconds, at least 60.
	TTL int64 `json:"ttl"`
}

// UpdateTokenRequest changes a token. A nil field stays as it is.
type UpdateTokenRequest struct {
	Name *string `json:"name,omitempty"`
	// TTL is in seconds, at least 60.
	TTL *int64 `json:"ttl,omitempty"`
}

// Create makes a token. Each request makes another token, so it is sent once.
// ErrOutcomeUnknown means that the token may exist.
//
// POST /token. Source: OpenTact's documentation of 2020.
func (s *TokensService) Create(ctx context.Context, r *CreateTokenRequest) (*Token, error) {
	const op = "Tokens.Create"
	switch {
	case r == nil:
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	case r.TTL < MinTTL:
		return nil, api.Invalid(vendor, op, "TTL", "it must be at least 60 seconds")
	}
	t := new(Token)
	err := s.api.Do(ctx, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/token", Body: r, Into: t,
		Check: func() string {
			if t.Token.Reveal() == "" {
				return "it has no token"
			}
			return ""
		},
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// List reads the tokens.
//
// GET /token/list. Source: OpenTact's documentation of 2020.
func (s *TokensService) List(ctx context.Context) (*Page[Token], error) {
	return list(ctx, s.api, &api.Call{
		Op: "Tokens.List", Class: api.Read, Method: http.MethodGet, Path: "/token/list",
	}, 0, (*Token).check)
}

// Update changes a token, by its UUID.
//
// PATCH /token/{uuid}. Source: OpenTact's documentation of 2020, which wrongly
// shows the path without /rest.
func (s *TokensService) Update(ctx context.Context, uuid string, r *UpdateTokenRequest) error {
	const op = "Tokens.Update"
	switch {
	case r == nil:
		return api.Invalid(vendor, op, "request", "it is nil")
	case r.TTL != nil && *r.TTL < MinTTL:
		return api.Invalid(vendor, op, "TTL", "it must be at least 60 seconds")
	}
	return s.do(ctx, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPatch, Path: "/token/{uuid}", Args: []string{uuid}, Body: r,
	})
}

// Delete deletes a token, which is named by the token itself. OpenTact requires
// it in the path of the request.
//
// DELETE /token/{token}. Source: OpenTact's documentation of 2020.
func (s *TokensService) Delete(ctx context.Context, token wire.Secret) error {
	const op = opDeleteToken
	if token.Reveal() == "all" {
		return api.Invalid(vendor, op, "token", "it would delete all tokens; use DeleteAll")
	}
	return s.do(ctx, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodDelete, Path: "/token/{token}", Args: []string{token.Reveal()},
	})
}

// DeleteAll deletes all tokens.
//
// DELETE /token/all. Source: OpenTact's documentation of 2020.
func (s *TokensService) DeleteAll(ctx context.Context) error {
	return s.do(ctx, &api.Call{
		Op: "Tokens.DeleteAll", Class: api.Write, Method: http.MethodDelete, Path: "/token/all",
	})
}

// do performs a call whose payload is not documented.
func (s *TokensService) do(ctx context.Context, call *api.Call) error {
	var d done
	call.Into, call.Check = &d, d.check
	return s.api.Do(ctx, call)
}

func (t *Token) check() string { return checkID(t.UUID) }
