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

// Fleet has several accounts, at one vendor or at several vendors, that share a journal.
// It is safe for concurrent use. A Fleet has no Close method: the code that made the
// accounts closes them.
type Fleet struct {
	name     string
	accounts []*account.Account
	journal  numbers.Journal
}

// atOnce is how many accounts are read at the same time.
const atOnce = 16

// New returns a Fleet of these accounts. No request is sent.
//
// References of the fleet's purchases are unique within the name (Attempt.Scope). Do not
// change the name later, nor the names of the accounts. [First] tries the accounts in the
// order of the arguments. Several accounts at one vendor are allowed.
//
// All accounts must have been made with the same account.Options.Journal, because only
// the shared journal prevents a job that is delivered twice from buying at two accounts.
// The error is ErrInvalid if an account has another journal, if there is no account, if
// an account is nil, or if two accounts have the same name. It is also ErrInvalid if the
// fleet's name is the name of an account, is empty, is longer than 200 bytes, is not
// UTF-8 or has a NUL.
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
		return nil, f.invalid("New", "accounts", "the list is empty")
	}
	for i, a := range accounts {
		field := fmt.Sprintf("accounts[%d]", i)
		switch {
		case a == nil:
			return nil, f.invalid("New", field, "it is nil")
		case a.Name() == name:
			return nil, f.invalid("New", field, "it has the fleet's name, so its own purchases would share references with those of the fleet")
		case f.index(a.Name()) != i:
			return nil, f.invalid("New", field, "another account is also named "+quote(a.Name()))
		case a.Journal() == nil:
			return nil, f.invalid("New", field, "account "+quote(a.Name())+" has a journal of its own: all accounts of a fleet must have the same one")
		case i == 0:
			f.journal = a.Journal()
		}
		if !same(f.journal, a.Journal()) {
			return nil, f.invalid("New", field, "account "+quote(a.Name())+" has another journal than "+quote(accounts[0].Name())+
				": all accounts of a fleet must have the same one")
		}
	}
	return f, nil
}

// maxName is the longest name in bytes, as for an account.
const maxName = 200

// same reports whether two journals are the same.
func same(a, b numbers.Journal) bool {
	return reflect.TypeOf(a) == reflect.TypeOf(b) && reflect.TypeOf(a).Comparable() && a == b
}

// Name returns the fleet's name.
func (f *Fleet) Name() string { return f.name }

// Accounts returns the accounts, in the order of New.
func (f *Fleet) Accounts() []*account.Account { return slices.Clone(f.accounts) }

// Account returns the account with a name. ok is false if the fleet does not have it.
func (f *Fleet) Account(name string) (a *account.Account, ok bool) {
	if i := f.index(name); i >= 0 {
		return f.accounts[i], true
	}
	return nil, false
}

// index returns the position of the account with a name; -1 = the fleet does not have it.
func (f *Fleet) index(name string) int {
	return slices.IndexFunc(f.accounts, func(a *account.Account) bool { return a != nil && a.Name() == name })
}

// Recover resolves the open entries of the journal, as account.Account.Recover does, at
// all accounts in parallel. It returns the outcomes in the order of the accounts, and
// joins an *AccountError for each account that could not resolve all its entries.
func (f *Fleet) Recover(ctx context.Context) ([]account.Resolved, error) {
	found, errs := make([][]account.Resolved, len(f.accounts)), make([]error, len(f.accounts))
	parallel.Do(atOnce, len(f.accounts), func(i int) {
		var err error
		found[i], err = f.accounts[i].Recover(ctx)
		errs[i] = failure(f.accounts[i], err)
	})
	return slices.Concat(found...), errors.Join(errs...)
}

// AccountError is the error of one account of a fleet.
type AccountError struct {
	Vendor, Account string
	// Err is the account's own error.
	Err error
}

// Error returns the account's name and its error.
func (e *AccountError) Error() string {
	return "account " + quote(e.Account) + ": " + e.Err.Error()
}

// Unwrap returns the account's own error.
func (e *AccountError) Unwrap() error { return e.Err }

// failure returns err as an *AccountError of an account, or nil if err is nil.
func failure(a *account.Account, err error) error {
	if err == nil {
		return nil
	}
	return &AccountError{Vendor: a.Capabilities().Vendor, Account: a.Name(), Err: err}
}

// err returns a new error of the fleet.
func (f *Fleet) err(op string, kind error, field, message string, list ...numbers.E164) *numbers.Error {
	return &numbers.Error{Op: op, Account: f.name, Kind: kind, Field: field, Message: message, Numbers: list}
}

func (f *Fleet) invalid(op, field, message string, list ...numbers.E164) *numbers.Error {
	return f.err(op, numbers.ErrInvalid, field, message, list...)
}

// because sets the cause of e, and adds the text of the cause to the message.
func because(e *numbers.Error, cause error) *numbers.Error {
	if cause != nil {
		e.Err, e.Message = cause, e.Message+": "+cause.Error()
	}
	return e
}

// errorIn returns the *Error in err, or nil.
func errorIn(err error) *numbers.Error {
	e, _ := errors.AsType[*numbers.Error](err)
	return e
}

func quote(s string) string { return fmt.Sprintf("%.64q", s) }
