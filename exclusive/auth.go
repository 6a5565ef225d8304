package exclusive

import (
	"context"
	"errors"
	"net/http"
	"unicode/utf8"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Auth is a credential: [TokenAuth], [LoginAuth] and [SignInAuth] make one. It
// prints no secret.
//
// PortSIP's PBX has its users log in for a token that lasts half an hour or so.
// Exclusive numbers belong to a tenant: its user logs in with the tenant's SIP
// domain. A system administrator, who has no domain, sees none before he has
// switched his session to a tenant, which this package does not do.
type Auth struct {
	make   func(*api.Client) api.Auth
	end    string // path that ends the session
	reason string // why it can't be one
}

// TokenAuth authenticates by an access token that a login has brought, as a
// bearer in the Authorization header. It lasts as long as its login said and is
// not renewed: ErrUnauthorized then.
func TokenAuth(token string) Auth {
	static := api.Static{Header: "Authorization", Prefix: "Bearer ", Secret: wire.NewSecret(token)}
	return Auth{
		make:   func(*api.Client) api.Auth { return static },
		end:    revokePath,
		reason: api.BadSecret(token),
	}
}

// LoginAuth logs in by the OAuth password form of versions 22.0 and later, POST
// /login/oauth/token, when a token is first needed, and renews the token by the
// same form's refresh before it expires. domain is the tenant's SIP domain, ""
// for a system administrator.
//
// There is never more than one login at a time, and none after a refusal: all
// that follows has the error of that refusal, until another client is made. A
// login goes on when the context of the call that began it ends, for no longer
// than a request may take, and serves the next call. The
// PBX blocks the address of who goes on trying: after five failures for an hour,
// unless it is configured otherwise. A user with a second factor can't log in
// so; see [SignInAuth].
func LoginAuth(domain, username, password string) Auth {
	return loginAuth(revokePath, &passwordForm{user{domain, username, password}})
}

// SignInAuth is [LoginAuth] by the newer sign-in of versions 22.2 and later,
// POST /auth/sign_in. Where the PBX asks for a second factor the error is
// [ErrSecondFactor], and final as a refusal is.
func SignInAuth(domain, username, password string) Auth {
	return loginAuth(signOutPath, &signIn{user{domain, username, password}})
}

// ErrSecondFactor is inside the ErrUnauthorized of a user who must give a second
// factor at sign-in. A program can't; use a user without one, or sign in by hand
// and use [TokenAuth].
var ErrSecondFactor = errors.New("the user must give a second factor at sign-in")

const (
	// The limits that PortSIP documents, in characters.
	maxUsername = 64
	maxDomain   = 280

	revokePath  = "/login/oauth/revoke"
	signOutPath = "/auth/sign_out"
)

// user is who logs in.
type user struct{ domain, name, password string }

// bad says why nobody can log in so; "" where somebody may.
func (u user) bad() string {
	switch n := utf8.RuneCountInString(u.name); {
	case n < 1 || n > maxUsername:
		return "the user name must have 1 to 64 characters"
	case utf8.RuneCountInString(u.domain) > maxDomain:
		return "the domain must have at most 280 characters"
	case u.password == "":
		return "the password is empty"
	}
	return ""
}

func loginAuth(end string, w way) Auth {
	return Auth{
		make: func(core *api.Client) api.Auth {
			l := &login{core: core, way: w}
			return &api.Tokens{
				Login:       l.token,
				Apply:       bearer,
				Secrets:     []string{w.who().password},
				StayRefused: true,
			}
		},
		end:    end,
		reason: w.who().bad(),
	}
}

func bearer(h http.Header, token string) { h.Set("Authorization", "Bearer "+token) }

// Revoke ends the session of the client's token, by POST /login/oauth/revoke or,
// after a [SignInAuth], /auth/sign_out. Without a token, because nothing was
// sent yet, it does nothing. nil means that the token is no longer good; a client
// that logs in does so again when it needs to.
func (c *Client) Revoke(ctx context.Context) error {
	core := *c.api // with the token in use, and none other
	tokens, logsIn := core.Auth.(*api.Tokens)
	if logsIn {
		token := tokens.Current().Value
		if token == "" {
			return nil
		}
		core.Auth = held{tokens, token}
	}
	err := core.Do(ctx, &api.Call{Op: "Revoke", Class: api.Write, Method: http.MethodPost, Path: c.end})
	if err != nil && !errors.Is(err, numbers.ErrUnauthorized) {
		return err
	}
	if logsIn {
		tokens.Forget()
	}
	return nil
}

// held is a token that was got already, and is neither renewed nor got anew.
type held struct {
	*api.Tokens
	token string
}

func (t held) Authorise(_ context.Context, h http.Header) (string, error) {
	bearer(h, t.token)
	return t.token, nil
}
