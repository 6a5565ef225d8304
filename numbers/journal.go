package numbers

import (
	"context"
	"iter"
	"time"
)

// Journal keeps what was about to be ordered and what became of it, so that a
// crash between the two loses nothing. The package numbers/journal has one in
// a file; a database table does as well. Implementations are safe for
// concurrent use, and return only when what they record is durable.
type Journal interface {
	// Begin records that a is about to be sent. Where the journal knows a's
	// reference at a's account already, by an entry that is not Refused or
	// EntryNotPlaced, it records nothing and returns that entry with begun =
	// false. Looking and recording are one atomic step.
	Begin(ctx context.Context, a Attempt) (entry JournalEntry, begun bool, err error)
	// End records what became of the entry with this id. Ending it again
	// replaces what was known: an unknown outcome is resolved later.
	End(ctx context.Context, id string, end JournalEnd) error
	// Find returns the latest entry of a reference at an account.
	Find(ctx context.Context, account, reference string) (entry JournalEntry, found bool, err error)
	// Entries yields every entry once, as it stands, the oldest first.
	Entries(ctx context.Context) iter.Seq2[JournalEntry, error]
}

// JournalEntry is one attempt and what is known of it. It is plain JSON.
type JournalEntry struct {
	// ID is the journal's.
	ID      string     `json:"id"`
	Attempt Attempt    `json:"attempt"`
	End     JournalEnd `json:"end,omitzero"`
	// UnderWay is set by a journal that knows that whoever began the attempt is
	// still at it: [Recover] then leaves the entry alone. It is nothing to keep.
	// A journal that knows the contrary sets Attempt.Ended; one that knows
	// neither sets neither.
	UnderWay bool `json:"-"`
}

// live reports whether the attempt is another's, who will record its end.
func (e JournalEntry) live() bool { return e.UnderWay && e.Attempt.latestEnd().After(time.Now()) }

// Open reports whether nobody knows what became of the attempt.
func (e JournalEntry) Open() bool { return e.End.Status == "" || e.End.Status == EntryUnknown }

// JournalEnd is what became of an attempt.
type JournalEnd struct {
	Status EntryStatus `json:"status,omitempty"`
	// OrderID is the vendor's id of the order that was placed.
	OrderID string `json:"order_id,omitempty"`
	// Reason says why, where it was refused or is unknown.
	Reason string `json:"reason,omitempty"`
	// Attempt replaces the entry's where more has become known: the time and
	// the status of an unclear answer.
	Attempt *Attempt  `json:"attempt,omitempty"`
	Time    time.Time `json:"time,omitzero"`
}

// EntryStatus is how an attempt ended. "" is an attempt under way, or one that
// a crash cut off.
type EntryStatus string

const (
	// EntryPlaced: the vendor has the order.
	EntryPlaced EntryStatus = "placed"
	// EntryRefused: definitely not done.
	EntryRefused EntryStatus = "refused"
	// EntryUnknown: the answer was unclear; Recover resolves it.
	EntryUnknown EntryStatus = "unknown"
	// EntryNotPlaced: unclear at first, and shown not to have been done.
	EntryNotPlaced EntryStatus = "not-placed"
	// EntryOrphaned: possibly bought and never listed. It stays closed to a
	// new attempt by the same reference.
	EntryOrphaned EntryStatus = "possibly-orphaned"
)
