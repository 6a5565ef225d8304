package exclusive

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

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
}

// token renews the token where it can, and logs in otherwise: when there is no
// refresh token, or the PBX does not take it any more.
func (l login) token(ctx context.Context, old api.Token) (api.Token, error) {
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

func (l login) send(ctx context.Context, call *api.Call) (api.Token, error) {
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
