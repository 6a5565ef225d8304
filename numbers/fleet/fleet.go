package fleet

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tnkit/tnkit/internal/parallel"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

// Fleet is several accounts, at one vendor or at several, that share a journal. It is safe
// for concurrent use. It has nothing to close: its accounts are closed by the code that made
// them.
type Fleet struct {
	name     string
	accounts []*account.Account
	journal  numbers.Journal
}

// atOnce is how many accounts are asked at the same time.
const atOnce = 16

// New returns the Fleet of these accounts. Nothing is sent.
//
// The name is what the references of the fleet's purchases are unique in (Attempt.Scope):
// keep it, as the names of the accounts. The order of the accounts is the one in which
// [First] tries them. Several accounts at one vendor are allowed.
//
// All accounts must have been made with the same account.Options.Journal: nothing else
// keeps a job that is delivered twice from buying at two accounts. Other accounts, two of
// the same name, a nil one, none at all, and a fleet's name that is an account's, is empty,
// longer than 200 bytes, not UTF-8 or has a NUL, are ErrInvalid.
func New(name string, accounts ...*account.Account) (*Fleet, error) {
	f := &Fleet{name: name, accounts: slices.Clone(accounts)}
	switch {
	case name == "":
		return nil, f.invalid("New", "name", "it is empty")
	case len(name) > maxName:
		return nil, f.invalid("New", "name", fmt.Sprintf("it has %d bytes, more than %d", len(name), maxName))
	case !utf8.ValidString(name) || strings.ContainsRune(name, 0):
		return nil, f.invalid("New", "name", "it is not valid UTF-8, or has a NUL")
	case len(accounts) == 0:
		return nil, f.invalid("New", "accounts", "there are none")
	}
	for i, a := range accounts {
		field := fmt.Sprintf("accounts[%d]", i)
		switch {
		case a == nil:
			return nil, f.invalid("New", field, "it is nil")
		case a.Name() == name:
			return nil, f.invalid("New", field, "it has the fleet's name: its own purchases would share references with the fleet's")
		case f.index(a.Name()) != i:
			return nil, f.invalid("New", field, "another account is also named "+quote(a.Name()))
		case a.Journal() == nil:
			return nil, f.invalid("New", field, "account "+quote(a.Name())+" has a journal of its own: give all accounts of a fleet the same one")
		case i == 0:
			f.journal = a.Journal()
		}
		if !same(f.journal, a.Journal()) {
			return nil, f.invalid("New", field, "account "+quote(a.Name())+" has another journal than "+quote(accounts[0].Name())+
				": give all accounts of a fleet the same one")
		}
	}
	return f, nil
}

// maxName is the longest name, in bytes, as of an account.
const maxName = 200

// same reports whether two journals are one.
func same(a, b numbers.Journal) bool {
	return reflect.TypeOf(a) == reflect.TypeOf(b) && reflect.TypeOf(a).Comparable() && a == b
}

// Name returns the fleet's name.
func (f *Fleet) Name() string { return f.name }

// Accounts returns the accounts, in the order of New.
func (f *Fleet) Accounts() []*account.Account { return slices.Clone(f.accounts) }

// Account returns the account of a name; ok is false if the fleet has none.
func (f *Fleet) Account(name string) (a *account.Account, ok bool) {
	if i := f.index(name); i >= 0 {
		return f.accounts[i], true
	}
	return nil, false
}

// index is the place of an account; -1 where the fleet has none of this name.
func (f *Fleet) index(name string) int {
	return slices.IndexFunc(f.accounts, func(a *account.Account) bool { return a != nil && a.Name() == name })
}

// Recover resolves what is open in the journal, as account.Account.Recover does, at all
// accounts side by side. It returns what it found in the order of the accounts, and joins
// an *AccountError for each account where something could not be resolved.
func (f *Fleet) Recover(ctx context.Context) ([]account.Resolved, error) {
	found, errs := make([][]account.Resolved, len(f.accounts)), make([]error, len(f.accounts))
	parallel.Do(atOnce, len(f.accounts), func(i int) {
		var err error
		found[i], err = f.accounts[i].Recover(ctx)
		errs[i] = failure(f.accounts[i], err)
	})
	return slices.Concat(found...), errors.Join(errs...)
}

// AccountError is what went wrong at one account of a fleet.
type AccountError struct {
	Vendor, Account string
	// Err is the account's own error.
	Err error
}

// Error names the account and what went wrong.
func (e *AccountError) Error() string {
	return "account " + quote(e.Account) + ": " + e.Err.Error()
}

// Unwrap returns the account's own error.
func (e *AccountError) Unwrap() error { return e.Err }

// failure is the *AccountError of an account, nil where err is.
func failure(a *account.Account, err error) error {
	if err == nil {
		return nil
	}
	return &AccountError{Vendor: a.Capabilities().Vendor, Account: a.Name(), Err: err}
}

// err begins an error of the fleet.
func (f *Fleet) err(op string, kind error, field, message string, list ...numbers.E164) *numbers.Error {
	return &numbers.Error{Op: op, Account: f.name, Kind: kind, Field: field, Message: message, Numbers: list}
}

func (f *Fleet) invalid(op, field, message string, list ...numbers.E164) *numbers.Error {
	return f.err(op, numbers.ErrInvalid, field, message, list...)
}

// because gives an error its cause, whose text it repeats.
func because(e *numbers.Error, cause error) *numbers.Error {
	if cause != nil {
		e.Err, e.Message = cause, e.Message+": "+cause.Error()
	}
	return e
}

// errorIn is the *Error in err, or nil.
func errorIn(err error) *numbers.Error {
	e, _ := errors.AsType[*numbers.Error](err)
	return e
}

func quote(s string) string { return fmt.Sprintf("%.64q", s) }
