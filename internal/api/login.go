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

// Tokens is a credential that logs in when a token is first needed, shares the
// token between goroutines, one login at a time, and renews it before it
// expires. It never loops: a login is sent once for all that wait for it, and
// its failure goes to all of them.
type Tokens struct {
	// Login gets a token. old is the one before, zero at first.
	Login func(ctx context.Context, old Token) (Token, error)
	// Apply puts a token into a request.
	Apply func(h http.Header, token string)
	// Secrets are the login's own, to be redacted.
	Secrets []string
	// StayRefused makes a refused login final: the vendor blocks addresses
	// that go on trying.
	StayRefused bool

	once    sync.Once
	turn    chan struct{} // held by who logs in
	mu      sync.Mutex
	current Token
	expires time.Time
	dropped bool
	refused error
	logins  int   // how many logins have ended
	failure error // what the last of them came to
	known   []string
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
	t.once.Do(func() { t.turn = make(chan struct{}, 1) })
	token, seen, err := t.look()
	if token != "" || err != nil {
		return token, err
	}
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return "", causeOf(ctx, ctx.Err())
	}
	defer func() { <-t.turn }()

	// While we waited, somebody else may have logged in, or failed to.
	token, now, err := t.look()
	if token != "" || err != nil {
		return token, err
	}
	if err := t.failedSince(seen, now); err != nil {
		return "", err
	}
	fresh, err := t.Login(ctx, t.old())
	if reason := BadSecret(fresh.Value); err == nil && reason != "" {
		err = fmt.Errorf("%w: the login brought no usable token: %s", numbers.ErrVendor, reason)
	}
	if err := t.settle(ctx, fresh, err); err != nil {
		return "", err
	}
	return fresh.Value, nil
}

// look returns the token if it is good, and how many logins have ended.
func (t *Tokens) look() (token string, logins int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.refused != nil {
		return "", t.logins, t.refused
	}
	if t.current.Value == "" || t.dropped || (!t.expires.IsZero() && !time.Now().Before(t.expires)) {
		return "", t.logins, nil
	}
	return t.current.Value, t.logins, nil
}

func (t *Tokens) old() Token {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.current
}

func (t *Tokens) failedSince(seen, now int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now > seen {
		return t.failure
	}
	return nil
}

func (t *Tokens) settle(ctx context.Context, fresh Token, err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		if ctx.Err() != nil && !definiteRefusal(err) {
			return err // ours alone: the next in line tries for itself
		}
		t.logins++
		t.failure = err
		if t.StayRefused && definiteRefusal(err) {
			t.refused = err
		}
		return err
	}
	t.logins++
	t.failure = nil
	t.current, t.dropped, t.expires = fresh, false, time.Time{}
	if fresh.Lifetime > 0 {
		t.expires = time.Now().Add(fresh.Lifetime / 10 * 9)
	}
	t.known = append(t.known, fresh.Value, fresh.Refresh)
	if most := 8; len(t.known) > most {
		t.known = slices.Clone(t.known[len(t.known)-most:])
	}
	return nil
}

// definiteRefusal reports whether trying the same credential again is
// pointless, as against a vendor that failed or was not reached.
func definiteRefusal(err error) bool {
	return errors.Is(err, numbers.ErrUnauthorized) || errors.Is(err, numbers.ErrForbidden) || errors.Is(err, numbers.ErrInvalid)
}

// Drop forgets the token that was used, unless another one has taken its place
// already, and reports that a fresh one can be had.
func (t *Tokens) Drop(used string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current.Value == used {
		t.dropped = true
	}
	return t.refused == nil
}

// Current returns the token in use, "" where there is none, without logging
// in.
func (t *Tokens) Current() Token {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dropped {
		return Token{}
	}
	return t.current
}

// Forget drops the token and all that is remembered of it.
func (t *Tokens) Forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current, t.dropped, t.expires = Token{}, false, time.Time{}
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
