package numbers

import "time"

// Event is a step of a purchase, for a progress bar or an audit log. Events of
// one order come in order; those of several orders may interleave.
type Event struct {
	Kind EventKind `json:"kind"`
	Time time.Time `json:"time"`
	// Vendor and Account say where: the account as the Orderer names it, or else
	// as the journal does.
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
	// Price is the whole order's: by the vendor's word in it, or else as it was
	// quoted for a cap or offered to [BuyAny]; nil where unknown.
	Price *Price `json:"price,omitempty"`
	// Err says what went wrong, if anything did.
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
	// EventResolving: readings are to show what became of it.
	EventResolving EventKind = "resolving"
	// EventResolved: they have shown it (Outcome), or failed to (Err).
	EventResolved EventKind = "resolved"
	// EventPending: a reading shows it pending.
	EventPending EventKind = "pending"
	// EventSettled: it settled.
	EventSettled EventKind = "settled"
	// EventAssigned: a number was connected, or could not be (Err).
	EventAssigned EventKind = "assigned"
)
