package voipbin

import (
	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Auth is a credential: [TokenAuth] makes one. It prints no secret, and puts
// none into a URL. The server takes the first that it finds of cookie, query
// and header, and does not look further when that one is bad; a client sends
// exactly one.
type Auth struct {
	make   func(*api.Client) api.Auth
	reason string
}

// TokenAuth authenticates by a token that a login has brought, in the
// Authorization header. A token lasts 7 days and is not renewed.
func TokenAuth(token string) Auth {
	return static(api.Static{Header: "Authorization", Prefix: "Bearer ", Secret: wire.NewSecret(token)}, api.BadSecret(token))
}

func static(auth api.Static, reason string) Auth {
	return Auth{make: func(*api.Client) api.Auth { return auth }, reason: reason}
}
