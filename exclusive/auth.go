package exclusive

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
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

func (t held) Authorize(_ context.Context, h http.Header) (string, error) {
	bearer(h, t.token)
	return t.token, nil
}

// way is a way to log in.
type way interface {
	who() user
	// first is the login itself, again the renewal of its token.
	first() *api.Call
	again(refresh string) *api.Call
}

// clientID is the same for everybody: PortSIP's page on authentication
// publishes it.
const clientID = "9d806019-75b2-4b3d-bb8b-f5a3a412cc0a"

// passwordForm logs in by OAuth.
type passwordForm struct{ user }

func (f *passwordForm) who() user { return f.user }

func (f *passwordForm) first() *api.Call {
	form := api.Form{
		"grant_type": {"password"}, "username": {f.name}, "password": {f.password},
		"scope": {"all"}, "client_id": {clientID},
	}
	if f.domain != "" {
		form["domain"] = []string{f.domain}
	}
	return &api.Call{Path: "/login/oauth/token", Body: form}
}

func (f *passwordForm) again(refresh string) *api.Call {
	return &api.Call{Path: "/login/oauth/token", Body: api.Form{
		"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {clientID},
	}}
}

// signIn logs in by the newer sign-in.
type signIn struct{ user }

func (s *signIn) who() user { return s.user }

func (s *signIn) first() *api.Call {
	body := map[string]string{"username": s.name, "password": s.password}
	if s.domain != "" {
		body["domain"] = s.domain
	}
	return &api.Call{Path: "/auth/sign_in", Body: body}
}

func (s *signIn) again(refresh string) *api.Call {
	return &api.Call{Path: "/auth/refresh_token", Body: map[string]string{"refresh_token": refresh}}
}

// login gets tokens, for an api.Tokens.
type login struct {
	core *api.Client
	way  way

	mu  sync.Mutex
	run *run // the latest that nobody has heard the end of
}

// run is a login under way.
type run struct {
	done  chan struct{} // closed at the end
	token api.Token
	err   error
	ended time.Time
}

// token brings a token, or joins the login that is under way. Once begun a login
// is carried through, whoever leaves meanwhile, and its end is the next caller's
// to hear: the PBX counts a wrong password that nobody waits for, too, and a
// second login would run beside the first.
func (l *login) token(ctx context.Context, old api.Token) (api.Token, error) {
	if ctx.Err() != nil {
		return api.Token{}, context.Cause(ctx)
	}
	r := l.join(ctx, old)
	select {
	case <-r.done:
	case <-ctx.Done():
		return api.Token{}, context.Cause(ctx)
	}
	l.mu.Lock()
	if l.run == r { // another may have begun since
		l.run = nil
	}
	l.mu.Unlock()
	if r.token.Lifetime > 0 { // it began when the token came
		r.token.Lifetime = max(1, r.token.Lifetime-time.Since(r.ended))
	}
	return r.token, r.err
}

// join returns the login under way, or one that nobody has heard the end of, if
// that is still worth hearing; and begins one otherwise. The time limit of a
// request ends it.
func (l *login) join(ctx context.Context, old api.Token) *run {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.run != nil && !l.run.failed() {
		return l.run
	}
	r := &run{done: make(chan struct{})}
	l.run = r
	go func() {
		defer close(r.done)
		r.token, r.err = l.get(context.WithoutCancel(ctx), old)
		r.ended = time.Now()
	}()
	return r
}

// failed reports whether the login has ended with something that may go well
// another time.
func (r *run) failed() bool {
	select {
	case <-r.done:
		return r.err != nil && !errors.Is(r.err, numbers.ErrUnauthorized) && !errors.Is(r.err, numbers.ErrForbidden)
	default:
		return false
	}
}

// get renews the token where it can, and logs in otherwise: when there is no
// refresh token, or the PBX does not take it any more.
func (l *login) get(ctx context.Context, old api.Token) (api.Token, error) {
	if old.Refresh != "" {
		fresh, err := l.send(ctx, l.way.again(old.Refresh))
		if fresh.Refresh == "" {
			fresh.Refresh = old.Refresh
		}
		if !errors.Is(err, numbers.ErrUnauthorized) {
			return fresh, err
		}
	}
	return l.send(ctx, l.way.first())
}

// tokenAnswer is what both ways answer. PortSIP's texts have expires_in and
// expires_at.
type tokenAnswer struct {
	AccessToken  string      `json:"access_token"`
	ExpiresIn    wire.Amount `json:"expires_in"` // seconds
	ExpiresAt    wire.Time   `json:"expires_at"`
	RefreshToken string      `json:"refresh_token"`
	TwoFactor    bool        `json:"two_factor_enabled"`
}

// lifetime is not positive where the answer says nothing that helps.
func (a *tokenAnswer) lifetime() time.Duration {
	const most = 10 * 365 * 24 * time.Hour // a Duration ends at 292 years
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

// refused makes one kind of the many refusals of a login: a wrong password is an
// HTTP 400, an unknown domain 404 (which would otherwise say of what was asked for
// that it is not there), and 22.6 has other ones. A blocked address stays
// ErrForbidden. What is not refused may go well another time.
func refused(err error) error {
	e, ok := errors.AsType[*numbers.Error](err)
	switch {
	case !ok || e.Code == CodeDenied || e.Status < 400 || e.Status > 499:
		return err
	case e.Status == http.StatusRequestTimeout || e.Status == http.StatusTooEarly || e.Status == http.StatusTooManyRequests:
		return err
	}
	out := *e
	out.Kind = numbers.ErrUnauthorized
	return &out
}
