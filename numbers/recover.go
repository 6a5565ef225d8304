package numbers

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Account is an Orderer by the name that a journal knows it by.
type Account struct {
	Name    string
	Orderer Orderer
}

// Recovered is an open entry of a journal and what became of it.
type Recovered struct {
	Entry JournalEntry
	// Resolution is what was found out; zero where nothing was.
	Resolution Resolution
	// Err says why the entry is still open.
	Err error
}

// Recover resolves the entries that a crash or an unclear answer left open in
// j, each at its own account, and records what it finds. It never sends an
// order: those that are NotPlaced may be placed again by the caller.
//
// Call it when a process starts, before it orders. An entry without an end is
// taken for one whose process is gone, unless the journal knows that it is under
// way (JournalEntry.UnderWay, as the one of numbers/journal does): such entries
// are left alone. By a journal that can't tell, nobody may be ordering meanwhile.
//
// The error joins what could not be resolved; entries of an account that is
// not among accounts are among it (ErrInvalid, Field "Account"). One account
// that fails does not stop the others.
func Recover(ctx context.Context, j Journal, accounts ...Account) ([]Recovered, error) {
	if isNil(j) {
		return nil, &Error{Op: "Recover", Kind: ErrInvalid, Field: "Journal", Message: "it is nil"}
	}
	byName := make(map[string]Orderer, len(accounts))
	for _, a := range accounts {
		if err := usable("Recover", a.Orderer); err != nil {
			return nil, &Error{Op: "Recover", Account: a.Name, Kind: ErrInvalid, Field: "accounts", Message: "an account has no Orderer", Err: err}
		}
		if _, twice := byName[a.Name]; twice {
			return nil, &Error{Op: "Recover", Account: a.Name, Kind: ErrInvalid, Field: "accounts", Message: "an account stands twice"}
		}
		byName[a.Name] = a.Orderer
	}
	var all []Recovered
	byAccount := make(map[string][]int)
	before := make(history)
	for entry, err := range j.Entries(ctx) {
		if err != nil {
			return nil, (&Error{Op: "Recover", Kind: ErrIncomplete, Message: "the journal can't be read"}).because(err)
		}
		if entry.Open() && !entry.live() {
			name := entry.Attempt.Account
			byAccount[name] = append(byAccount[name], len(all))
			before.note(name, &entry.Attempt)
			all = append(all, Recovered{Entry: entry})
		}
		before.add(entry)
	}
	var wg sync.WaitGroup
	for name, list := range byAccount {
		wg.Go(func() { recoverAt(ctx, j, byName[name], all, list) })
	}
	wg.Wait()
	var errs []error
	for _, r := range all {
		if r.Err != nil {
			errs = append(errs, r.Err)
		}
	}
	return all, errors.Join(errs...)
}

// recoverAt resolves the entries of list, which are all of one account; o is
// nil where nobody knows it.
func recoverAt(ctx context.Context, j Journal, o Orderer, all []Recovered, list []int) {
	attempts := make([]Attempt, len(list))
	for k, i := range list {
		attempts[k] = all[i].Entry.Attempt
	}
	if o == nil {
		for k, i := range list {
			all[i].Err = recoverError(attempts[k], ErrInvalid, "the journal has an open order of an account that was not given", nil)
		}
		return
	}
	resolutions, errs := resolveAll(ctx, o, attempts)
	for k, i := range list {
		if errs[k] != nil {
			all[i].Err = errs[k]
			continue
		}
		all[i].Resolution = resolutions[k]
		if err := j.End(context.WithoutCancel(ctx), all[i].Entry.ID, resolvedEnd(resolutions[k])); err != nil {
			all[i].Err = recoverError(attempts[k], ErrIncomplete, "the journal can't record what was found", err)
		}
	}
}

func recoverError(a Attempt, kind error, message string, cause error) error {
	e := (&Error{Op: "Recover", Vendor: a.Vendor, Account: a.Account, Kind: kind, Numbers: a.Numbers, Message: message}).because(cause)
	if kind == ErrInvalid { //nolint:errorlint // kind is the bare sentinel
		e.Field = "Account"
	}
	return e
}

func resolvedEnd(r Resolution) JournalEnd {
	end := JournalEnd{Time: time.Now(), Reason: "resolved"}
	switch r.Outcome {
	case Placed:
		end.Status, end.OrderID = EntryPlaced, r.Order.ID
	case NotPlaced:
		end.Status = EntryNotPlaced
	default:
		end.Status = EntryOrphaned
	}
	return end
}
