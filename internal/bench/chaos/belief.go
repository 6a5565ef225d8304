package main

import (
	"context"

	"github.com/tnkit/tnkit/numbers"
)

// standing is what the client believes of a number.
type standing string

const (
	// none: not bought; it may be ordered.
	none standing = ""
	// bought for certain.
	bought standing = "bought"
	// pending in an order that has not settled.
	pending standing = "pending"
	// orphaned: possibly bought and never listed.
	orphaned standing = "orphaned"
	// unknown: an attempt for it is open, or its order was not read yet.
	unknown standing = "unknown"
	// gone: the vendor does not know the order any more.
	gone standing = "gone"
)

// belief is what the client knows of its numbers: by its journal what was
// ordered, and by its notes what became of the orders.
type belief struct {
	of map[numbers.E164]standing
	// attempts is how many attempts are open.
	attempts int
	// unread are the orders that were placed and of which no note tells, open
	// those that could still change when they were read last.
	unread, open []numbers.JournalEntry
	// pending are the orders that the vendor calls so, also those that it will
	// never call anything else.
	pending []numbers.JournalEntry
	// contradictions are numbers that two orders brought.
	contradictions []numbers.E164
}

// believe reads the journal and the notes.
func believe(ctx context.Context, j numbers.Journal, n notes) (belief, error) {
	b := belief{of: make(map[numbers.E164]standing)}
	for e, err := range j.Entries(ctx) {
		if err != nil {
			return b, err
		}
		switch {
		case e.Open():
			b.attempts++
			b.all(e.Attempt.Numbers, unknown)
		case e.End.Status == numbers.EntryOrphaned:
			b.all(e.Attempt.Numbers, orphaned)
		case e.End.Status == numbers.EntryPlaced:
			b.placed(e, n)
		}
	}
	return b, nil
}

// all lets numbers stand, unless more is known of them already.
func (b *belief) all(list []numbers.E164, s standing) {
	for _, n := range list {
		switch {
		case s == bought && b.of[n] == bought:
			b.contradictions = append(b.contradictions, n)
		case b.of[n] != bought:
			b.of[n] = s
		}
	}
}

// placed takes in an order.
func (b *belief) placed(e numbers.JournalEntry, n notes) {
	note, known := n.orders[e.End.OrderID]
	if !known {
		b.unread = append(b.unread, e)
		b.all(e.Attempt.Numbers, unknown)
		return
	}
	if note.Open {
		b.open = append(b.open, e)
	}
	if note.Pending {
		b.pending = append(b.pending, e)
	}
	for _, number := range e.Attempt.Numbers {
		if s := note.Numbers[number]; s != none {
			b.all([]numbers.E164{number}, s)
		}
	}
}
