package account

import (
	"context"

	"github.com/tnkit/tnkit/numbers"
)

// Recover resolves the open entries of the Account's journal: attempts without an end
// after a crash or an unclear answer, and possible orphans. It records the outcomes. It
// never sends an order and never assigns anything.
//
// Recover may be called at any time, on any replica, while purchases run. If an attempt
// may still be running in another process, Recover waits until the attempt has ended. It
// changes nothing if the owner records the end. It skips running attempts of this
// Account.
//
// Recover returns one Resolved for each entry, and joins the errors of entries that it
// could not resolve. If an order is NotPlaced, Buy may order its numbers again with the
// reference of the purchase. Repeatable attempts stay unknown.
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
		if !o.elsewhere { // its owner, or another reader, recorded it
			if o.err == nil {
				o.err = o.journalErr
			}
			found = append(found, o)
		}
	}
	return resolvedOf(found)
}

// Dismiss ends an entry as not placed by a person's decision. For example, the vendor's
// support confirmed that a possible orphan was not bought. Dismiss frees the numbers and
// the reference of the entry, and records reason. id is Attempt.ID.
//
// The error is ErrNotFound if the journal does not have the entry. The error is
// ErrConflict if the entry was placed, has ended, or may still be running.
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
		return a.err(op, numbers.ErrConflict, "", "the order may still be sent or answered", e.Numbers...)
	}
	if e.Ended.IsZero() {
		e.Ended = over
	}
	refused, err := a.end(ctx, e, numbers.JournalEnd{Status: numbers.EntryNotPlaced, Reason: "dismissed: " + reason})
	if refused {
		return a.err(op, numbers.ErrConflict, "", "nothing was changed: another process has recorded the outcome", e.Numbers...)
	}
	return err
}
