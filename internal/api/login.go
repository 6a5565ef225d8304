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

// Token is what a login brings.
type Token struct {
	Value string
	// Lifetime is how long the vendor says it lasts; 0 = it does not say. It
	// is renewed when nine tenths of it are over.
	Lifetime time.Duration
	// Refresh is what the next login may use instead of the password.
	Refresh string
}

// Tokens is a credential that logs in when a token is first needed, and renews the
// token before it expires. All requests share one token and one login at a time.
//
// A login that has begun is carried through, for at most [loginLimit], even if the
// request that began it ends: a vendor also counts a wrong password that nobody
// waits for. Its goroutine is the only one here.
//
// A vendor is not asked again without reason: a refused login is final, the
// Retry-After of a login is obeyed, and if the vendor refuses a token that it just
// issued, the time between logins grows.
type Tokens struct {
	// Login gets a token. old is the one before, zero at first.
	Login func(ctx context.Context, old Token) (Token, error)
	// Apply puts a token into a request.
	Apply func(h http.Header, token string)
	// Secrets are the login's own, to be redacted.
	Secrets []string

	mu       sync.Mutex
	current  Token
	issued   time.Time
	expires  time.Time
	accepted bool // a request with the current token has succeeded
	stale    bool // the next request needs another token
	known    []string
	login    *login // under way; nil = none
	// strikes counts the tokens in a row that were refused when they were young, and
	// pauses how often the client waited because of it.
	strikes, pauses int
	// Until then no login is made; nil, or the error of all requests meanwhile.
	until   time.Time // zero with a refusal = for good
	refusal *numbers.Error
}

const (
	// loginLimit bounds a login, with its refresh and its waiting for the limiter.
	loginLimit = 2 * time.Minute
	// youth is the age up to which the refusal of a token is not explained by its
	// age.
	youth = 10 * time.Minute
	// mostStrikes is how many young tokens in a row are refused before the client
	// waits.
	mostStrikes = 3
)

// login is one login, shared by those who wait for it.
type login struct {
	done  chan struct{} // closed at the end
	token string
	err   error
	panic any
}

// Authorize sets the token, logging in if there is none.
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

// look returns the token, the login that brings one, or the reason why there is
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

// pause keeps the client from logging in again: for good after a refusal, since a
// vendor may block addresses that go on trying, and else for as long as the vendor
// asks.
func (t *Tokens) pause(e *numbers.Error, now time.Time) {
	switch {
	case errors.Is(e.Kind, numbers.ErrUnauthorized), errors.Is(e.Kind, numbers.ErrForbidden):
		t.refusal, t.until = e, time.Time{}
	case e.RetryAfter > 0:
		t.refusal, t.until = e, now.Add(e.RetryAfter)
	}
}

// loginError gives an error of a login a kind that is also true of the operation
// that needed the login. Any other would be a false statement about it: the funds
// do not suffice, the number is taken, the order may exist.
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
		out.Kind = numbers.ErrUnauthorized // the vendor does not take what the login sends
	}
	return &out
}

// Accept notes that a request with this token has succeeded.
func (t *Tokens) Accept(used string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current.Value == used {
		t.accepted = true
	}
}

// Drop notes that the vendor refused the token that was used, and reports whether
// another one can be had.
//
// A token that was in use for a while has expired or was revoked, and is replaced at
// once. So are the first young ones. If the vendor goes on refusing young tokens, a
// fresh one does not help: the client then waits before it logs in again, a minute,
// ten minutes, an hour. Meanwhile a token with which a request has succeeded stays in
// use, since the vendor may refuse only some requests. Without such a token, all
// requests fail at once.
func (t *Tokens) Drop(used string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	switch {
	case t.refusal != nil || now.Before(t.until):
		return false
	case t.current.Value != used || t.stale:
		return true // another request has noticed
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
	t.current.Refresh = "" // what it renews is refused
	t.until = now.Add([...]time.Duration{time.Minute, 10 * time.Minute, time.Hour}[min(t.pauses, 2)])
	t.pauses++
	if !t.accepted {
		t.stale = true
		t.refusal = &numbers.Error{Kind: numbers.ErrUnauthorized, Message: "the vendor refuses tokens that it has just issued"}
	}
	return false
}

// Current returns the token in use, zero if there is none, without logging in.
func (t *Tokens) Current() Token {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stale {
		return Token{}
	}
	return t.current
}

// Forget drops the token and all that is remembered of it. A refused login stays
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

// Format prints no secret, whatever the verb.
func (t *Tokens) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "api.Tokens"+Redacted) }

// Format prints no secret, whatever the verb.
func (Token) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "api.Token"+Redacted) }

// MarshalText keeps the secrets out of JSON and logs.
func (Token) MarshalText() ([]byte, error) { return []byte(Redacted), nil }
