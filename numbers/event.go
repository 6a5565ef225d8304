package numbers

import "time"

// Event is a step of a purchase, for a progress bar or an audit log. Events of
// one order come in order; those of several orders may interleave.
type Event struct {
	Kind EventKind `json:"kind"`
	Time time.Time `json:"time"`
	// Vendor and Account are the account's.
	Vendor  string `json:"vendor"`
	Account string `json:"account,omitempty"`
	// Reference and Numbers are the order's.
	Reference string `json:"reference,omitempty"`
	Numbers   []E164 `json:"numbers"`
	// OrderID and State are set as soon as they are known.
	OrderID string `json:"order_id,omitempty"`
	State   State  `json:"state,omitempty"`
	// Outcome is set in EventResolved.
	Outcome Outcome `json:"outcome,omitempty"`
	// Price is the whole order's: the price in the order, or else the one that was
	// quoted or offered; nil where unknown.
	Price *Price `json:"price,omitempty"`
	// Err is what went wrong, if anything did.
	Err error `json:"-"`
}

// EventKind names a step.
type EventKind string

const (
	// EventPlanned: an order is going to be placed for these numbers.
	EventPlanned EventKind = "planned"
	// EventSending: the order is about to be sent.
	EventSending EventKind = "sending"
	// EventSent: the vendor accepted it, or refused it (Err).
	EventSent EventKind = "sent"
	// EventUnknown: its outcome is unknown.
	EventUnknown EventKind = "unknown"
	// EventResolving: readings are made to find out.
	EventResolving EventKind = "resolving"
	// EventResolved: they found out (Outcome), or failed to (Err).
	EventResolved EventKind = "resolved"
	// EventPending: a reading shows it pending.
	EventPending EventKind = "pending"
	// EventSettled: it settled.
	EventSettled EventKind = "settled"
	// EventAssigned: a number was connected, or could not be (Err).
	EventAssigned EventKind = "assigned"
	// EventHeld: another purchase holds these numbers (Err).
	EventHeld EventKind = "held"
	// EventJournal: the journal failed to record what became of the order (Err).
	// Account tries again until it is closed.
	EventJournal EventKind = "journal"
)
