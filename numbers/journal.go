package numbers

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"
)

// Journal is a book of claims: who ordered which number, and what came of it.
// It makes sure that a number has one buyer, and an order one customer. Replicas
// that share an account share its Journal. Implementations are safe for
// concurrent use and return only when what they record is durable;
// numberstest.RunJournal tests them.
//
// The rules are methods of [JournalEntry], so that a journal only has to apply
// them in one atomic step. A journal reads no clock: Attempt.Started is the time
// of a beginning.
type Journal interface {
	// Begin claims a.Numbers and a.Reference for the attempt a, in one atomic
	// step, and returns every entry that is in the way ([JournalEntry.InTheWay]).
	// If it returns none, the attempt has begun; otherwise nothing is recorded. An
	// attempt without an id is refused with ErrInvalid; one without numbers claims
	// only its reference.
	//
	// Begin with an id that the journal has is the same beginning again, because
	// an answer can be lost: it returns nothing and records nothing. If that entry
	// has an End meanwhile, it is returned as in the way.
	//
	// After an error the attempt may have begun. Only Begin with the same id shows
	// whether it has; a reading that finds nothing does not.
	Begin(ctx context.Context, a Attempt) (inTheWay []JournalEntry, err error)
	// End records what became of the entry with e's id, and stores Ended and
	// Status of e.Attempt. A later End replaces an earlier one, as far as
	// [JournalEntry.Accepts] allows; an End that it does not allow, or whose
	// OrderID another entry of the same account has (compared without case), is
	// refused with ErrConflict and changes nothing. The same End twice is no error.
	// An entry that never began is ErrNotFound.
	End(ctx context.Context, e JournalEntry, end JournalEnd) error
	// Entries yields the entries that match q, each once, in the order in which
	// they started. It holds nothing while the caller works.
	Entries(ctx context.Context, q JournalQuery) iter.Seq2[JournalEntry, error]
}

// Pruner is a Journal that can forget.
type Pruner interface {
	// Prune forgets the settled entries that started before a time and held no number
	// any more at it, but not their credits: an order id stays one entry's. It returns
	// how many it forgot. The reference of an entry that is forgotten is free: a job
	// that is delivered after that buys anew.
	Prune(ctx context.Context, before time.Time) (forgotten int, err error)
}

// JournalEntry is an attempt and what is known of it. Its ID is the attempt's. It
// is plain JSON.
type JournalEntry struct {
	Attempt `json:"attempt"`
	End     JournalEnd `json:"end,omitzero"`
}

// JournalEnd is what became of an attempt.
type JournalEnd struct {
	Status EntryStatus `json:"status,omitempty"`
	// OrderID is the vendor's id of the order that was placed.
	OrderID string `json:"order_id,omitempty"`
	// Held are the numbers that a placed or unknown entry holds until HeldUntil;
	// a zero HeldUntil holds them until the next End.
	Held      []E164    `json:"held,omitempty"`
	HeldUntil time.Time `json:"held_until,omitzero"`
	// Reason says why the entry ended so.
	Reason string    `json:"reason,omitempty"`
	Time   time.Time `json:"time,omitzero"`
}

// EntryStatus is how an attempt ended. "" is an attempt under way, or one whose
// end was not recorded.
type EntryStatus string

const (
	// EntryPlaced: the vendor has the order.
	EntryPlaced EntryStatus = "placed"
	// EntryRefused: definitely not done.
	EntryRefused EntryStatus = "refused"
	// EntryUnknown: the answer was unclear. Account resolves it.
	EntryUnknown EntryStatus = "unknown"
	// EntryNotPlaced: shown not to have been done, or declared so by a person.
	EntryNotPlaced EntryStatus = "not-placed"
	// EntryOrphaned: possibly bought and never listed. It holds its numbers.
	EntryOrphaned EntryStatus = "possibly-orphaned"
)

// rank orders the statuses: a later End never lowers it.
func (s EntryStatus) rank() int {
	switch s {
	case EntryPlaced:
		return 3
	case EntryRefused, EntryNotPlaced:
		return 2
	case EntryOrphaned:
		return 1
	default:
	}
	return 0
}

// Open reports whether it is not known what became of the attempt: it has no end,
// an unknown one, or is possibly orphaned.
func (e JournalEntry) Open() bool { return e.End.Status.rank() < EntryRefused.rank() }

// Free reports whether nothing was ordered, so that the reference may be used
// again.
func (e JournalEntry) Free() bool { return e.End.Status.rank() == EntryRefused.rank() }

// Holds reports whether the entry holds a number at a time: all its numbers while
// it has no end or is possibly orphaned, End.Held until End.HeldUntil while it is
// unknown or placed.
func (e JournalEntry) Holds(n E164, now time.Time) bool {
	switch e.End.Status {
	case "", EntryOrphaned:
		return slices.Contains(e.Numbers, n)
	case EntryUnknown, EntryPlaced:
		return slices.Contains(e.End.Held, n) && (e.End.HeldUntil.IsZero() || now.Before(e.End.HeldUntil))
	default:
	}
	return false
}

// InTheWay reports whether the entry forbids the attempt a to begin: because it
// is a's own and has ended, has a's reference in the same scope without being
// free, or holds one of a's numbers at the same account.
func (e JournalEntry) InTheWay(a Attempt) bool {
	if e.ID == a.ID {
		return e.End.Status != ""
	}
	if a.Reference != "" && e.Reference == a.Reference && e.ReferenceScope() == a.ReferenceScope() && !e.Free() {
		return true
	}
	return e.Account == a.Account && slices.ContainsFunc(a.Numbers, func(n E164) bool { return e.Holds(n, a.Started) })
}

// Accepts reports whether end may follow what is recorded. Presence overrides
// absence: what is placed stays placed with that order, and placed may follow
// anything. Otherwise a status never goes back: "" and unknown < possibly orphaned
// < refused and not placed < placed. An unknown entry does not hold again what it let go:
// another attempt may hold it now.
func (e JournalEntry) Accepts(end JournalEnd) bool {
	switch {
	case end.Status == "", end.Status == EntryPlaced && end.OrderID == "":
		return false
	case e.End.Status == EntryPlaced && !strings.EqualFold(e.End.OrderID, end.OrderID):
		return false
	case e.End.Status == EntryUnknown && end.Status == EntryUnknown:
		return !slices.ContainsFunc(end.Held, func(n E164) bool { return !slices.Contains(e.End.Held, n) })
	}
	return end.Status.rank() >= e.End.Status.rank()
}

// JournalQuery narrows Journal.Entries. All fields that are set must hold; the
// zero value asks for all entries. A journal has an index for each.
type JournalQuery struct {
	// IDs keeps the entries with these ids.
	IDs []string
	// Scope keeps the entries with this [Attempt.ReferenceScope].
	Scope string
	// Account keeps the entries of this account.
	Account string
	// Purchase keeps the entries of this purchase.
	Purchase string
	// Numbers keeps the entries that have at least one of these numbers.
	Numbers []E164
	// OrderIDs keeps the entries that were placed with one of these orders,
	// compared without case.
	OrderIDs []string
	// Open keeps the entries that are [JournalEntry.Open].
	Open bool
	// StartedFrom and StartedBefore keep entries that started at or after, and
	// before.
	StartedFrom, StartedBefore time.Time
}

// Match reports whether e passes the query.
func (q JournalQuery) Match(e JournalEntry) bool {
	switch {
	case len(q.IDs) > 0 && !slices.Contains(q.IDs, e.ID),
		q.Scope != "" && e.ReferenceScope() != q.Scope,
		q.Account != "" && e.Account != q.Account,
		q.Purchase != "" && e.Purchase != q.Purchase,
		q.Open && !e.Open(),
		!q.StartedFrom.IsZero() && e.Started.Before(q.StartedFrom),
		!q.StartedBefore.IsZero() && !e.Started.Before(q.StartedBefore):
		return false
	}
	return (len(q.Numbers) == 0 || slices.ContainsFunc(e.Numbers, func(n E164) bool { return slices.Contains(q.Numbers, n) })) &&
		(len(q.OrderIDs) == 0 || slices.ContainsFunc(q.OrderIDs, func(id string) bool { return id != "" && strings.EqualFold(id, e.End.OrderID) }))
}
