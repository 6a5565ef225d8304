package exclusive

import (
	"context"
	"errors"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Auth is a credential. [TokenAuth], [LoginAuth] and [SignInAuth] return one. Printing an
// Auth shows no secret.
//
// A user of PortSIP's PBX logs in for a token, which lasts about half an hour.
// Exclusive numbers belong to a tenant, and the tenant's user logs in with the
// tenant's SIP domain. A system administrator has no domain. He sees no exclusive
// numbers until he switches his session to a tenant, which this package does not
// do.
type Auth struct {
	make   func(*api.Client) api.Auth
	end    string // the path that ends the session
	reason string // why it is unusable; "" if it is usable
}

// TokenAuth authenticates with an access token, as a bearer token in the Authorization
// header. The token expires at the time that its login stated and is not renewed. After
// that, calls return ErrUnauthorized.
func TokenAuth(token string) Auth {
	static := api.Static{Header: "Authorization", Prefix: "Bearer ", Secret: wire.NewSecret(token)}
	return Auth{
		make:   func(*api.Client) api.Auth { return static },
		end:    revokePath,
		reason: api.BadSecret(token),
	}
}

// LoginAuth logs in with the OAuth password form of versions 22.0 and later, POST
// /login/oauth/token. It logs in when a token is first needed, and renews the
// token before it expires, with the same form. domain is the tenant's SIP domain,
// or "" for a system administrator.
//
// At most one login runs at a time, and all calls share it. After a refused login
// the client does not log in again: every later call returns the error of that
// login, until another client is made. The PBX blocks an address for an hour after
// five failed logins, unless it is configured otherwise. A login continues when the
// context of the call that began it ends, for at most two minutes, and serves the
// next call. Its Retry-After is obeyed. If the PBX refuses three tokens in a row that
// it has just issued, calls return ErrUnauthorized at once, and the client waits a
// minute, and then longer, before it logs in again.
//
// A user with a second factor can't log in with this form; see [SignInAuth].
func LoginAuth(domain, username, password string) Auth {
	u := user{domain, username, password}
	return loginAuth(revokePath, u, passwordForm{u})
}

// SignInAuth is [LoginAuth] with the newer sign-in of versions 22.2 and later, POST
// /auth/sign_in. If the PBX asks for a second factor, the error is
// [ErrSecondFactor], and the client does not log in again.
func SignInAuth(domain, username, password string) Auth {
	u := user{domain, username, password}
	return loginAuth(signOutPath, u, signIn{u})
}

// ErrSecondFactor is inside the ErrUnauthorized of a user who must give a second
// factor at sign-in. A program can't do that. Use a user without a second factor,
// or sign in by hand and use [TokenAuth].
var ErrSecondFactor = errors.New("the user must give a second factor at sign-in")

const (
	// The limits that PortSIP documents, in characters.
	maxUsername = 64
	maxDomain   = 280

	revokePath  = "/login/oauth/revoke"
	signOutPath = "/auth/sign_out"
)

type user struct{ domain, name, password string }

// check returns why the user can't log in, or "".
func (u user) check() string {
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

func loginAuth(end string, u user, method loginMethod) Auth {
	return Auth{
		make: func(core *api.Client) api.Auth {
			l := &login{core: core, method: method}
			return &api.Tokens{
				Login:   l.token,
				Apply:   bearer,
				Secrets: []string{u.password},
			}
		},
		end:    end,
		reason: u.check(),
	}
}

func bearer(h http.Header, token string) { h.Set("Authorization", "Bearer "+token) }

// Revoke ends the session of the client's token. It returns nil if the token is no
// longer valid. A client that logs in logs in again when it next needs a token. If
// the client has no token yet, Revoke sends nothing and returns nil.
//
// POST /login/oauth/revoke or, with [SignInAuth], POST /auth/sign_out.
func (c *Client) Revoke(ctx context.Context) error {
	core := *c.api // with the token in use, which is not renewed
	tokens, logsIn := core.Auth.(*api.Tokens)
	if logsIn {
		token := tokens.Current().Value
		if token == "" {
			return nil
		}
		core.Auth = currentToken{tokens, token}
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

// currentToken authenticates with the token in use, and does not renew it.
type currentToken struct {
	*api.Tokens
	token string
}

func (t currentToken) Authorize(_ context.Context, h http.Header) (string, error) {
	bearer(h, t.token)
	return t.token, nil
}

// loginMethod makes the requests of one login method.
type loginMethod interface {
	login() *api.Call
	refresh(refreshToken string) *api.Call
}

// clientID is the same for all clients. PortSIP's page on authentication
// publishes it.
const clientID = "9d806019-75b2-4b3d-bb8b-f5a3a412cc0a"

// passwordForm logs in with OAuth.
type passwordForm struct{ user }

func (f passwordForm) login() *api.Call {
	form := api.Form{
		"grant_type": {"password"}, "username": {f.name}, "password": {f.password},
		"scope": {"all"}, "client_id": {clientID},
	}
	if f.domain != "" {
		form["domain"] = []string{f.domain}
	}
	return &api.Call{Path: "/login/oauth/token", Body: form}
}

func (f passwordForm) refresh(refreshToken string) *api.Call {
	return &api.Call{Path: "/login/oauth/token", Body: api.Form{
		"grant_type": {"refresh_token"}, "refresh_token": {refreshToken}, "client_id": {clientID},
	}}
}

// signIn logs in with the newer sign-in.
type signIn struct{ user }

func (s signIn) login() *api.Call {
	body := map[string]string{"username": s.name, "password": s.password}
	if s.domain != "" {
		body["domain"] = s.domain
	}
	return &api.Call{Path: "/auth/sign_in", Body: body}
}

func (s signIn) refresh(refreshToken string) *api.Call {
	return &api.Call{Path: "/auth/refresh_token", Body: map[string]string{"refresh_token": refreshToken}}
}

// login gets tokens, for an api.Tokens.
type login struct {
	core   *api.Client
	method loginMethod
}

// token renews the token. It logs in if there is no refresh token, or if the PBX
// refuses the refresh token.
func (l *login) token(ctx context.Context, old api.Token) (api.Token, error) {
	if old.Refresh != "" {
		fresh, err := l.send(ctx, l.method.refresh(old.Refresh))
		if fresh.Refresh == "" {
			fresh.Refresh = old.Refresh
		}
		if !errors.Is(err, numbers.ErrUnauthorized) && !isMissing(err) {
			return fresh, err
		}
	}
	return l.send(ctx, l.method.login())
}

// tokenAnswer is the answer to both methods. PortSIP's texts have expires_in and
// expires_at.
type tokenAnswer struct {
	AccessToken  string      `json:"access_token"`
	ExpiresIn    wire.Amount `json:"expires_in"` // seconds
	ExpiresAt    wire.Time   `json:"expires_at"`
	RefreshToken string      `json:"refresh_token"`
	TwoFactor    bool        `json:"two_factor_enabled"`
}

// lifetime returns 0 or less if the answer does not state a lifetime.
func (a *tokenAnswer) lifetime() time.Duration {
	const most = 10 * 365 * 24 * time.Hour // the largest Duration is 292 years
	if seconds, ok := a.ExpiresIn.Decimal(); ok {
		return time.Duration(min(seconds.InexactFloat64(), most.Seconds()) * float64(time.Second))
	}
	if at, ok := a.ExpiresAt.Known(); ok {
		return min(time.Until(at), most)
	}
	return 0
}

func (l *login) send(ctx context.Context, call *api.Call) (api.Token, error) {
	call.Op, call.Class, call.Method, call.Once, call.NoAuth = "Login", api.Write, http.MethodPost, true, true
	answer, err := get(ctx, l.core, call, func(a *tokenAnswer) string {
		if a.AccessToken == "" && !a.TwoFactor {
			return "it has no access token"
		}
		return ""
	})
	if err != nil {
		return api.Token{}, refused(err)
	}
	if answer.AccessToken == "" {
		return api.Token{}, &numbers.Error{Op: call.Op, Vendor: vendor, Kind: numbers.ErrUnauthorized, Err: ErrSecondFactor}
	}
	return api.Token{Value: answer.AccessToken, Lifetime: answer.lifetime(), Refresh: answer.RefreshToken}, nil
}

// refused converts every refusal of a login to ErrUnauthorized. A wrong password is an
// HTTP 400, and an unknown domain a 404, which would otherwise mean that the requested
// object does not exist; version 22.6 has more. A blocked address stays ErrForbidden.
// Other failures keep their kind, because they may be temporary.
func refused(err error) error {
	e, ok := errors.AsType[*numbers.Error](err)
	switch {
	case !ok || e.Code == CodeDenied || e.Status < 400 || e.Status > 499:
		return err
	case e.Status == http.StatusNotFound && e.Code == "": // not the PBX's
		return err
	case e.Status == http.StatusRequestTimeout || e.Status == http.StatusTooEarly || e.Status == http.StatusTooManyRequests:
		return err
	}
	out := *e
	out.Kind = numbers.ErrUnauthorized
	return &out
}
