package exclusive

import (
	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Auth is a credential: [TokenAuth] makes one. It prints no secret.
type Auth struct {
	make   func(*api.Client) api.Auth
	reason string
}

// TokenAuth authenticates by an access token that a login has brought, as a
// bearer in the Authorization header. It lasts as long as its login said (half
// an hour, in PortSIP's examples) and is not renewed: ErrUnauthorized then.
func TokenAuth(token string) Auth {
	static := api.Static{Header: "Authorization", Prefix: "Bearer ", Secret: wire.NewSecret(token)}
	return Auth{make: func(*api.Client) api.Auth { return static }, reason: api.BadSecret(token)}
}
