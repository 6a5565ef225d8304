package account

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
)

// Account is one account at one vendor, with the journal of its purchases. It is safe for
// concurrent use. Create one Account and keep it: its journal in memory, and its
// observations of other attempts, are lost with it.
type Account struct {
	name         string
	o            numbers.Orderer
	caps         numbers.Capabilities
	journal      numbers.Journal
	shared       bool // the caller set Options.Journal
	answerWithin time.Duration
	clock        func() time.Time
	jitter       func(time.Duration) time.Duration // a random part of a pause
	watch        watch
	ends         endings
	wake         wakeups
}

// Options are the options of [New]. The zero value means the defaults.
type Options struct {
	// Journal records the claims. Replicas that share an account must share its
	// journal: two journals for one account do not protect each other. nil = a new
	// journal in memory, which ends with the Account. See Account.Prune.
	Journal numbers.Journal
	// AnswerWithin is how long an order waits for its answer, counted from the latest
	// time at which the order may be sent; 0 = 60 s.
	AnswerWithin time.Duration
}

const (
	// sendWithin is the fence: an order may be sent for this time after its claim.
	sendWithin = 15 * time.Second
	// freshness is the largest age of a reading that a claim relies on.
	freshness = time.Minute
	// maxName is the longest name and reference, in bytes.
	maxName = 200
)

// New returns an Account with a name and an Orderer. opts may be nil. Use one name
// for one vendor account: two names for one account do not protect each other. No
// request is sent.
//
// The error is ErrInvalid if the Orderer is nil or has no vendor's name, if the
// Journal is a nil pointer, or if the name is empty, longer than 200 bytes, not UTF-8
// or contains a NUL.
func New(name string, o numbers.Orderer, opts *Options) (*Account, error) {
	if opts == nil {
		opts = &Options{}
	}
	invalid := func(field, message string) error {
		return &numbers.Error{Op: "New", Kind: numbers.ErrInvalid, Field: field, Message: message}
	}
	if reason := badName(name); reason != "" {
		return nil, invalid("name", reason)
	}
	if isNil(o) {
		return nil, invalid("Orderer", "it is nil")
	}
	caps := o.Capabilities()
	if caps.Vendor == "" {
		return nil, invalid("Orderer", "its Capabilities have no vendor name")
	}
	if opts.Journal != nil && isNil(opts.Journal) {
		return nil, invalid("Journal", "it is a nil pointer")
	}
	if opts.AnswerWithin < 0 {
		return nil, invalid("AnswerWithin", "it is negative")
	}
	a := &Account{
		name: name, o: o, caps: caps, journal: opts.Journal, shared: opts.Journal != nil,
		answerWithin: opts.AnswerWithin, clock: time.Now, jitter: rand.N[time.Duration],
	}
	if !a.shared {
		a.journal = new(MemoryJournal)
	}
	if a.answerWithin == 0 {
		a.answerWithin = time.Minute
	}
	return a, nil
}

// isNil reports whether v is nil, or an interface that has a nil pointer.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Func, reflect.Slice, reflect.Chan:
		return r.IsNil()
	default:
		return false
	}
}

// badName returns why a name or reference is refused, or "". A journal must be able to
// store it unchanged.
func badName(s string) string {
	switch {
	case s == "":
		return "it is empty"
	case len(s) > maxName:
		return fmt.Sprintf("it has %d bytes, more than %d", len(s), maxName)
	case !utf8.ValidString(s):
		return "it is not valid UTF-8"
	case strings.ContainsRune(s, 0):
		return "it contains a NUL"
	}
	return ""
}

// Name returns the account's name.
func (a *Account) Name() string { return a.name }

// Journal returns Options.Journal, or nil if the Account has its own journal in
// memory.
func (a *Account) Journal() numbers.Journal {
	if !a.shared {
		return nil
	}
	return a.journal
}

// Capabilities returns what the Orderer can do. No request is sent.
func (a *Account) Capabilities() numbers.Capabilities { return a.caps }

// Close stops the background retries of records that the journal failed to make, and
// tries each record once more. The error lists the records that still failed. Running
// purchases continue. Close may be called more than once.
func (a *Account) Close() error { return a.ends.close(a) }

// now returns the time of this machine's clock.
func (a *Account) now() time.Time { return a.clock() }

// err returns a new error of this account.
func (a *Account) err(op string, kind error, field, message string, list ...numbers.E164) *numbers.Error {
	return &numbers.Error{Op: op, Vendor: a.caps.Vendor, Account: a.name, Kind: kind, Field: field, Message: message, Numbers: list}
}

// because sets the cause of e, and adds the text of the cause to the message.
func because(e *numbers.Error, cause error) *numbers.Error {
	if cause != nil {
		e.Err, e.Message = cause, e.Message+": "+cause.Error()
	}
	return e
}

// named returns an error of the Orderer with the account's name.
func (a *Account) named(op string, err error) error {
	switch e := any(err).(type) { // only the outermost error gets the name
	case nil:
		return nil
	case *numbers.Error:
		if e == nil {
			return a.err(op, numbers.ErrVendor, "", "the Orderer returned a nil *Error")
		}
		out := *e
		out.Account = a.name
		if out.Attempt != nil {
			attempt := *out.Attempt
			attempt.Account = a.name
			out.Attempt = &attempt
		}
		return &out
	case interface{ Unwrap() []error }:
		var all []error
		for _, one := range e.Unwrap() {
			all = append(all, a.named(op, one))
		}
		if len(all) > 0 {
			return errors.Join(all...)
		}
	}
	return &numbers.Error{Op: op, Vendor: a.caps.Vendor, Account: a.name, Kind: kindOf(err), Err: err}
}

// order returns an order with the account's name.
func (a *Account) order(o *numbers.Order) *numbers.Order {
	if o == nil {
		return nil
	}
	out := *o
	out.Account = a.name
	out.Items = make([]numbers.Item, len(o.Items))
	for i, item := range o.Items {
		item.Owned, item.Err = a.number(item.Owned), a.named("Order", item.Err)
		out.Items[i] = item
	}
	return &out
}

// number returns a number with the account's name.
func (a *Account) number(n *numbers.Number) *numbers.Number {
	if n == nil {
		return nil
	}
	out := *n
	out.Account = a.name
	return &out
}

// kindOf returns the kind of a reading's error. It never returns ErrOutcomeUnknown,
// because that is a statement about a purchase.
func kindOf(err error) error {
	if kind := numbers.KindOf(err); !errors.Is(kind, numbers.ErrOutcomeUnknown) {
		return kind
	}
	return numbers.ErrVendor
}

// mayPass reports whether the same reading may succeed later.
func mayPass(err error) bool {
	return slices.Contains([]error{numbers.ErrUnreachable, numbers.ErrVendor, numbers.ErrRateLimited, numbers.ErrIncomplete}, kindOf(err))
}

// errorIn returns the *Error in err, or nil.
func errorIn(err error) *numbers.Error {
	e, _ := errors.AsType[*numbers.Error](err)
	return e
}

// sleep waits for d. If ctx ends first, it returns the reason.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctxerr.Of(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctxerr.Of(ctx)
	}
}

func quote(s string) string { return fmt.Sprintf("%.64q", s) }
