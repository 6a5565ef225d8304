package account

import (
	"context"

	"github.com/tnkit/tnkit/numbers"
)

// Recover resolves what is open in the Account's journal: attempts that a crash or an
// unclear answer left without an end, and possible orphans, which it reads again. It
// records what it finds, never sends an order, and assigns nothing.
//
// It is safe at any time, on any replica, while purchases run: an attempt that may still
// be under way elsewhere is watched until it is over, and left alone if its owner ends
// it. Attempts of this Account that are under way are left alone at once.
//
// It returns what it found, one Resolved for each entry, and joins what could not be
// resolved. Of an order that is NotPlaced the numbers may be ordered again, by a Buy with
// the purchase's reference. Attempts that are Repeatable stay unknown.
func (a *Account) Recover(ctx context.Context) ([]Resolved, error) {
	const op = "Recover"
	if err := a.check(ctx, op); err != nil {
		return nil, err
	}
	entries, err := a.entries(ctx, numbers.JournalQuery{Open: true})
	if err != nil {
		return nil, err
	}
	var list []*open
	for _, e := range entries {
		if !a.watch.isMine(e.ID) {
			list = append(list, &open{entry: e, recorded: true})
		}
	}
	a.resolve(ctx, op, list)
	found := list[:0]
	for _, o := range list {
		if !o.elsewhere { // its owner, or another reader, did it
			if o.err == nil {
				o.err = o.journalErr
			}
			found = append(found, o)
		}
	}
	return resolvedOf(found)
}

// Dismiss ends an entry as not placed by a person's decision: for example, the vendor's
// support confirmed that a possible orphan was not bought. reason is recorded. It frees
// the entry's numbers and its reference. id is Attempt.ID.
//
// An entry that the journal does not have is ErrNotFound; one that was placed, that has
// ended, or that may still be under way is ErrConflict.
func (a *Account) Dismiss(ctx context.Context, id, reason string) error {
	const op = "Dismiss"
	if err := a.check(ctx, op); err != nil {
		return err
	}
	switch {
	case id == "":
		return a.err(op, numbers.ErrInvalid, "id", "it is empty")
	case reason == "":
		return a.err(op, numbers.ErrInvalid, "reason", "it is empty")
	}
	e, ok, err := a.entry(ctx, id)
	if err != nil {
		return err
	}
	if !ok {
		return a.err(op, numbers.ErrNotFound, "", "the journal has no entry "+quote(id)+" of this account")
	}
	if !e.Open() {
		return a.err(op, numbers.ErrConflict, "", "the entry is "+string(e.End.Status), e.Numbers...)
	}
	over, isOver := a.watch.see(e, a.now())
	if a.watch.isMine(id) || !isOver {
		return a.err(op, numbers.ErrConflict, "", "the order may still be under way", e.Numbers...)
	}
	if e.Ended.IsZero() {
		e.Ended = over
	}
	refused, err := a.end(ctx, e, numbers.JournalEnd{Status: numbers.EntryNotPlaced, Reason: "dismissed: " + reason})
	if refused {
		return a.err(op, numbers.ErrConflict, "", "the outcome became known meanwhile", e.Numbers...)
	}
	return err
}
