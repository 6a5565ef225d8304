package numbers

import (
	"context"
	"errors"
	"fmt"
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
	// Resolution is set where Err is nil.
	Resolution Resolution
	// Err says why the entry is still open.
	Err error
}

// Recover resolves the entries that a crash or an unclear answer left open in
// j, each at its own account, and records what it finds. Call it when a
// process starts, before it orders. It never sends an order: NotPlaced ones
// may be placed again by the caller.
//
// The error joins what could not be resolved; entries of an account that is
// not among accounts are among it (ErrInvalid, Field "Account").
func Recover(ctx context.Context, j Journal, accounts ...Account) ([]Recovered, error) {
	if j == nil {
		return nil, &Error{Op: "Recover", Kind: ErrInvalid, Field: "Journal", Message: "it is nil"}
	}
	byName := make(map[string]Orderer, len(accounts))
	for _, a := range accounts {
		if _, twice := byName[a.Name]; twice || a.Orderer == nil {
			return nil, &Error{Op: "Recover", Account: a.Name, Kind: ErrInvalid, Field: "accounts", Message: "an account stands twice, or has no Orderer"}
		}
		byName[a.Name] = a.Orderer
	}
	var names []string
	open := make(map[string][]JournalEntry)
	for entry, err := range j.Entries(ctx) {
		if err != nil {
			return nil, fmt.Errorf("numbers: Recover: the journal can't be read: %w", err)
		}
		if !entry.Open() {
			continue
		}
		name := entry.Attempt.Account
		if open[name] == nil {
			names = append(names, name)
		}
		open[name] = append(open[name], entry)
	}
	var all []Recovered
	var errs []error
	for _, name := range names {
		some := recoverAt(ctx, j, byName[name], open[name])
		for _, r := range some {
			if r.Err != nil {
				errs = append(errs, r.Err)
			}
		}
		all = append(all, some...)
	}
	return all, errors.Join(errs...)
}

// recoverAt resolves the open entries of one account; o is nil where nobody
// knows it.
func recoverAt(ctx context.Context, j Journal, o Orderer, entries []JournalEntry) []Recovered {
	out := make([]Recovered, len(entries))
	attempts := make([]Attempt, len(entries))
	for i, e := range entries {
		out[i].Entry, attempts[i] = e, e.Attempt
		if o == nil {
			out[i].Err = &Error{
				Op: "Recover", Vendor: e.Attempt.Vendor, Account: e.Attempt.Account, Kind: ErrInvalid, Field: "Account",
				Numbers: e.Attempt.Numbers, Message: "the journal has an open order of an account that was not given",
			}
		}
	}
	if o == nil {
		return out
	}
	resolutions, errs := ResolveAll(ctx, o, attempts)
	for i := range out {
		if errs[i] != nil {
			out[i].Err = errs[i]
			continue
		}
		out[i].Resolution = resolutions[i]
		if err := j.End(context.WithoutCancel(ctx), entries[i].ID, resolvedEnd(resolutions[i])); err != nil {
			out[i].Err = fmt.Errorf("numbers: Recover: the journal can't record what was found: %w", err)
		}
	}
	return out
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
