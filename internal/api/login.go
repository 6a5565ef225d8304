package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// Token is the result of a login.
type Token struct {
	Value string
	// Lifetime is the lifetime that the vendor states; 0 = not stated. The token is
	// renewed after nine tenths of it.
	Lifetime time.Duration
	// Refresh is a credential that the next login may use instead of the password.
	Refresh string
}

// Tokens is a credential that logs in when a token is first needed, and renews the
// token before it expires. All requests share one token and one login at a time.
//
// A login that has begun continues, for at most [loginLimit], even if the request that
// began it ends, because a vendor also counts a wrong password that no request waits for.
// Its goroutine is the only one of this package.
//
// Logins are not repeated without a reason. A refused login is final. The Retry-After of
// a login is obeyed. If the vendor refuses a token that it just issued, the time between
// logins grows.
type Tokens struct {
	// Login gets a token. old is the previous token, or the zero value at first.
	Login func(ctx context.Context, old Token) (Token, error)
	// Apply sets a token in the headers of a request.
	Apply func(h http.Header, token string)
	// Secrets are the secrets of the login, which are redacted.
	Secrets []string

	mu       sync.Mutex
	current  Token
	issued   time.Time
	expires  time.Time
	accepted bool // a request with the current token has succeeded
	stale    bool // the next request needs another token
	known    []string
	login    *login // the running login; nil = none
	// strikes counts the young tokens in a row that were refused. pauses counts how often
	// the client waited because of them.
	strikes, pauses int
	// No login is made before until. refusal is the error of all requests before it, or
	// nil.
	until   time.Time // zero with a refusal = permanently
	refusal *numbers.Error
}

const (
	// loginLimit is the time limit of a login, including its refresh and its waiting for
	// the limiter.
	loginLimit = 2 * time.Minute
	// youth is the age up to which a token is young: its age does not explain a refusal.
	youth = 10 * time.Minute
	// mostStrikes is how many young tokens in a row are refused before the client
	// waits.
	mostStrikes = 3
)

// login is one login. All requests that wait for it share it.
type login struct {
	done  chan struct{} // closed at the end
	token string
	err   error
	panic any
}

// Authorize sets the token. It logs in if there is none.
func (t *Tokens) Authorize(ctx context.Context, h http.Header) (string, error) {
	token, err := t.get(ctx)
	if err != nil {
		return "", err
	}
	t.Apply(h, token)
	return token, nil
}

func (t *Tokens) get(ctx context.Context) (string, error) {
	if ctx.Err() != nil {
		return "", causeOf(ctx, ctx.Err())
	}
	token, l, err := t.look(ctx)
	if l == nil {
		return token, err
	}
	select {
	case <-l.done:
	case <-ctx.Done():
		return "", causeOf(ctx, ctx.Err())
	}
	if l.panic != nil {
		panic(l.panic) // as if this goroutine had logged in
	}
	return l.token, l.err
}

// look returns the token, the running login that gets one, or the reason why there is
// none.
func (t *Tokens) look(ctx context.Context) (token string, l *login, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if !t.until.IsZero() && !now.Before(t.until) { // the pause is over
		t.until, t.refusal, t.stale = time.Time{}, nil, true
	}
	if t.refusal != nil {
		refusal := *t.refusal
		if !t.until.IsZero() {
			refusal.RetryAfter = t.until.Sub(now)
		}
		return "", nil, &refusal
	}
	if t.current.Value != "" && !t.stale && (t.expires.IsZero() || now.Before(t.expires)) {
		return t.current.Value, nil, nil
	}
	if t.login == nil {
		t.login = &login{done: make(chan struct{})}
		go t.logIn(context.WithoutCancel(ctx), t.login, t.current)
	}
	return "", t.login, nil
}

func (t *Tokens) logIn(ctx context.Context, l *login, old Token) {
	ctx, cancel := context.WithTimeout(ctx, loginLimit)
	defer cancel()
	var fresh Token
	err := errors.New("the login ended its goroutine")
	defer func() {
		l.panic = recover()
		t.settle(l, fresh, err)
	}()
	fresh, err = t.Login(ctx, old)
	if reason := BadSecret(fresh.Value); err == nil && reason != "" {
		err = fmt.Errorf("%w: the login returned no usable token: %s", numbers.ErrVendor, reason)
	}
}

// settle ends a login.
func (t *Tokens) settle(l *login, fresh Token, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	defer close(l.done)
	now := time.Now()
	t.login = nil
	if err != nil {
		l.err = loginError(err)
		if e, ok := errors.AsType[*numbers.Error](l.err); ok {
			t.pause(e, now)
		}
		return
	}
	l.token = fresh.Value
	if t.accepted && now.Sub(t.issued) >= youth {
		t.strikes, t.pauses = 0, 0
	}
	t.current, t.issued, t.accepted, t.stale = fresh, now, false, false
	t.expires, t.until, t.refusal = time.Time{}, time.Time{}, nil
	if fresh.Lifetime > 0 {
		t.expires = now.Add(fresh.Lifetime / 10 * 9)
	}
	t.known = append(t.known, fresh.Value, fresh.Refresh)
	if most := 8; len(t.known) > most {
		t.known = slices.Clone(t.known[len(t.known)-most:])
	}
}

// pause prevents the client from logging in again. After a refusal it does so
// permanently, because a vendor may block addresses that continue to try. Otherwise it
// does so as long as the vendor asks.
func (t *Tokens) pause(e *numbers.Error, now time.Time) {
	switch {
	case errors.Is(e.Kind, numbers.ErrUnauthorized), errors.Is(e.Kind, numbers.ErrForbidden):
		t.refusal, t.until = e, time.Time{}
	case e.RetryAfter > 0:
		t.refusal, t.until = e, now.Add(e.RetryAfter)
	}
}

// loginError returns an error of a login with a kind that is also true for the operation
// that needed the login. Other kinds would be false statements about that operation, for
// example that the funds are too low, that the number is taken, or that the order may
// exist.
func loginError(err error) error {
	e, ok := errors.AsType[*numbers.Error](err)
	if !ok {
		return err
	}
	out := *e
	out.Attempt = nil
	for _, kind := range []error{numbers.ErrUnauthorized, numbers.ErrForbidden, numbers.ErrRateLimited, numbers.ErrUnreachable, numbers.ErrVendor} {
		if errors.Is(e.Kind, kind) {
			return &out
		}
	}
	switch {
	case errors.Is(e.Kind, numbers.ErrOutcomeUnknown):
		out.Kind = numbers.ErrUnreachable
	case errors.Is(e.Kind, numbers.ErrConflict), e.Status >= http.StatusInternalServerError:
		out.Kind = numbers.ErrVendor
	default:
		out.Kind = numbers.ErrUnauthorized // the vendor refuses the credential of the login
	}
	return &out
}

// Accept records that a request with this token has succeeded.
func (t *Tokens) Accept(used string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current.Value == used {
		t.accepted = true
	}
}

// Drop records that the vendor refused the token that was used, and reports whether
// another one is available.
//
// A token that was in use for some time has expired or was revoked, and is replaced at
// once. The first young tokens are also replaced at once. If the vendor continues to
// refuse young tokens, a new one is useless. The client then waits before it logs in
// again: a minute, ten minutes, an hour. During this time, a token with which a request
// has succeeded stays in use, because the vendor may refuse only some requests. Without
// such a token, all requests fail at once.
func (t *Tokens) Drop(used string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	switch {
	case t.refusal != nil || now.Before(t.until):
		return false
	case t.current.Value != used || t.stale:
		return true // another request has already dropped it
	case now.Sub(t.issued) >= youth:
		t.strikes, t.pauses, t.stale = 0, 0, true
		return true
	}
	most := mostStrikes
	if t.accepted {
		most++
	}
	if t.strikes++; t.strikes < most {
		t.stale = true
		return true
	}
	t.current.Refresh = "" // the vendor refused the token that it renews
	t.until = now.Add([...]time.Duration{time.Minute, 10 * time.Minute, time.Hour}[min(t.pauses, 2)])
	t.pauses++
	if !t.accepted {
		t.stale = true
		t.refusal = &numbers.Error{Kind: numbers.ErrUnauthorized, Message: "the vendor refuses tokens that it has just issued"}
	}
	return false
}

// Current returns the token in use, or the zero value. It does not log in.
func (t *Tokens) Current() Token {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stale {
		return Token{}
	}
	return t.current
}

// Forget removes the token and everything that is stored about it. A refused login stays
// refused.
func (t *Tokens) Forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current, t.stale, t.expires = Token{}, false, time.Time{}
}

// Redact removes the login's secrets and the latest tokens.
func (t *Tokens) Redact(text string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return RedactValues(text, slices.Concat(t.Secrets, t.known)...)
}

// Format prints no secret, with every verb.
func (t *Tokens) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "api.Tokens"+Redacted) }

// Format prints no secret, with every verb.
func (Token) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "api.Token"+Redacted) }

// MarshalText returns no secret, so that JSON and logs do not contain one.
func (Token) MarshalText() ([]byte, error) { return []byte(Redacted), nil }
