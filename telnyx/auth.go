package telnyx

import (
	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Auth is a credential. [APIKeyAuth] makes one. It prints no secret.
type Auth struct {
	auth   api.Auth
	reason string
}

// APIKeyAuth authenticates with an API key ("KEY…"), which is sent as a bearer
// token in the Authorization header.
func APIKeyAuth(key string) Auth {
	return Auth{
		auth:   api.Static{Header: "Authorization", Prefix: "Bearer ", Secret: wire.NewSecret(key)},
		reason: api.BadSecret(key),
	}
}
