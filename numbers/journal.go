package numbers

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"
)

// Journal records which purchase ordered which number, and the outcome. It makes sure
// that a number has one buyer, and an order one customer. Replicas that share an account
// must share its Journal. Implementations are safe for concurrent use. Their methods
// return after the record is durable. numberstest.RunJournal tests an implementation.
//
// The rules are methods of [JournalEntry]. A journal only has to apply them in one
// atomic step. A journal does not read the clock: Begin uses Attempt.Started.
type Journal interface {
	// Begin claims a.Numbers and a.Reference for the attempt a, in one atomic step. It
	// returns every entry that forbids the attempt ([JournalEntry.InTheWay]). If it
	// returns no entry, the attempt has begun. Otherwise nothing is recorded. If the
	// attempt has no id, the error is ErrInvalid. An attempt without numbers claims only
	// its reference.
	//
	// Begin may be repeated with the same id, because an answer can be lost. If the
	// journal has this id already, Begin returns no entry and records nothing. If
	// that entry has an End, Begin returns it.
	//
	// After an error the attempt may have begun. Only Begin with the same id shows
	// whether it has. A reading that does not find the entry proves nothing.
	Begin(ctx context.Context, a Attempt) (inTheWay []JournalEntry, err error)
	// End records the outcome of the entry with e's id, and stores Ended and Status of
	// e.Attempt. A later End replaces an earlier End if [JournalEntry.Accepts] allows it.
	// The same End may be repeated. The error is ErrConflict, and nothing is changed, if
	// Accepts does not allow the End, or if another entry of the same account has the
	// same OrderID (compared without case). The error is ErrNotFound if the entry never
	// began.
	End(ctx context.Context, e JournalEntry, end JournalEnd) error
	// Entries yields the entries that match q, each once, in the order in which they
	// started. A journal must not hold a lock or a transaction while the loop body runs.
	Entries(ctx context.Context, q JournalQuery) iter.Seq2[JournalEntry, error]
}

// Pruner is a Journal that can remove old entries.
type Pruner interface {
	// Prune removes the settled entries that started before the given time and held no
	// number at that time. It returns the count of removed entries. It keeps their order
	// ids, so no other entry can end with one of them. It does not keep their references:
	// a job that is delivered again with such a reference buys again.
	Prune(ctx context.Context, before time.Time) (forgotten int, err error)
}

// JournalEntry is an attempt and its recorded end. Its ID is the attempt's ID. A
// JournalEntry can be stored as JSON.
type JournalEntry struct {
	Attempt `json:"attempt"`
	End     JournalEnd `json:"end,omitzero"`
}

// JournalEnd is the recorded outcome of an attempt.
type JournalEnd struct {
	Status EntryStatus `json:"status,omitempty"`
	// OrderID is the vendor's id of the order that was placed.
	OrderID string `json:"order_id,omitempty"`
	// Held are the numbers that a placed or unknown entry holds until HeldUntil. If
	// HeldUntil is zero, it holds them until the next End.
	Held      []E164    `json:"held,omitempty"`
	HeldUntil time.Time `json:"held_until,omitzero"`
	// Reason is why the entry has this status.
	Reason string    `json:"reason,omitempty"`
	Time   time.Time `json:"time,omitzero"`
}

// EntryStatus is how an attempt ended. "" means that the attempt is running, or that
// its end was not recorded.
type EntryStatus string

const (
	// EntryPlaced: the vendor has the order.
	EntryPlaced EntryStatus = "placed"
	// EntryRefused: the order was definitely not placed.
	EntryRefused EntryStatus = "refused"
	// EntryUnknown: the answer was unclear. Account resolves it.
	EntryUnknown EntryStatus = "unknown"
	// EntryNotPlaced: readings showed, or a person declared, that the order was not
	// placed.
	EntryNotPlaced EntryStatus = "not-placed"
	// EntryOrphaned: the vendor may have sold the numbers and never listed them. The
	// entry holds its numbers.
	EntryOrphaned EntryStatus = "possibly-orphaned"
)

// rank returns the position of the status in the order of statuses. A later End never has
// a lower rank.
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

// Open reports whether the outcome is not known: the entry has no end, or its status
// is EntryUnknown or EntryOrphaned.
func (e JournalEntry) Open() bool { return e.End.Status.rank() < EntryRefused.rank() }

// Free reports whether the attempt ordered nothing. Its reference may then be used again.
func (e JournalEntry) Free() bool { return e.End.Status.rank() == EntryRefused.rank() }

// Holds reports whether the entry holds the number n at the time now. An entry
// without an end, or that is possibly orphaned, holds all its numbers. An unknown or
// placed entry holds End.Held until End.HeldUntil.
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

// InTheWay reports whether the entry forbids the attempt a to begin. It returns true in
// three cases: the entry is a's own and has ended; the entry has a's reference in the
// same scope and is not [JournalEntry.Free]; or the entry holds one of a's numbers in the
// same account.
func (e JournalEntry) InTheWay(a Attempt) bool {
	if e.ID == a.ID {
		return e.End.Status != ""
	}
	if a.Reference != "" && e.Reference == a.Reference && e.ReferenceScope() == a.ReferenceScope() && !e.Free() {
		return true
	}
	return e.Account == a.Account && slices.ContainsFunc(a.Numbers, func(n E164) bool { return e.Holds(n, a.Started) })
}

// Accepts reports whether end may replace the recorded end. A placed entry stays placed
// with its order, and EntryPlaced may follow any status. Otherwise a status never goes
// back in this order: "" and unknown < possibly orphaned < refused and not placed <
// placed. An unknown entry can't hold a number again after its hold of it ended, because
// another attempt may hold that number now.
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

// JournalQuery selects entries of Journal.Entries. An entry must match all fields
// that are set. The zero value selects all entries. A journal has an index for each
// field.
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
	// Open keeps the entries whose outcome is not known ([JournalEntry.Open]).
	Open bool
	// StartedFrom keeps entries that started at or after this time. StartedBefore keeps
	// entries that started before this time.
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
