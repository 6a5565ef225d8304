package opentact

import (
	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// tokenHeader carries the token, raw. OpenTact's header tables of 2020 name
// Authorization instead; every example of its documentation, in all years,
// sends this one.
const tokenHeader = "X-Auth-Token"

// Auth is a credential; [TokenAuth] makes one. It prints no secret, and puts
// none into a URL.
type Auth struct {
	make   func(*numbers.ClientOptions) (api.Auth, error)
	reason string
}

// TokenAuth authenticates by a token in the X-Auth-Token header: the JWT that a
// login brings, which lasts 24 hours and is not renewed, or an API key of the
// portal.
func TokenAuth(token string) Auth {
	return Auth{
		make: func(*numbers.ClientOptions) (api.Auth, error) {
			return api.Static{Header: tokenHeader, Secret: wire.NewSecret(token)}, nil
		},
		reason: api.BadSecret(token),
	}
}
