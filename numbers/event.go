package numbers

import "time"

// Event is a step of a purchase, for a progress bar or an audit log. The events of
// one order come in sequence. The events of several orders may be mixed.
type Event struct {
	Kind EventKind `json:"kind"`
	Time time.Time `json:"time"`
	// Vendor and Account are the names of the vendor and of the account.
	Vendor  string `json:"vendor"`
	Account string `json:"account,omitempty"`
	// Reference and Numbers are those of the order.
	Reference string `json:"reference,omitempty"`
	Numbers   []E164 `json:"numbers"`
	// OrderID and State are set as soon as they are known.
	OrderID string `json:"order_id,omitempty"`
	State   State  `json:"state,omitempty"`
	// Outcome is set in EventResolved.
	Outcome Outcome `json:"outcome,omitempty"`
	// Price is the price of the whole order. It comes from the order, or otherwise from
	// the quotation or the offers. It is nil if unknown.
	Price *Price `json:"price,omitempty"`
	// Err is the error of this step, or nil.
	Err error `json:"-"`
}

// EventKind names a step.
type EventKind string

const (
	// EventPlanned: an order for these numbers will be placed.
	EventPlanned EventKind = "planned"
	// EventSending: the order is about to be sent.
	EventSending EventKind = "sending"
	// EventSent: the vendor accepted the order. If Err is not nil, the vendor refused it.
	EventSent EventKind = "sent"
	// EventUnknown: the order's outcome is unknown.
	EventUnknown EventKind = "unknown"
	// EventResolving: Account reads the vendor's lists to find the outcome.
	EventResolving EventKind = "resolving"
	// EventResolved: the readings found the Outcome. If Err is not nil, they failed.
	EventResolved EventKind = "resolved"
	// EventPending: a reading shows that the order is pending.
	EventPending EventKind = "pending"
	// EventSettled: the order settled.
	EventSettled EventKind = "settled"
	// EventAssigned: a number was connected. If Err is not nil, connecting it failed.
	EventAssigned EventKind = "assigned"
	// EventHeld: another purchase holds these numbers. Err names that purchase.
	EventHeld EventKind = "held"
	// EventJournal: the journal failed to record the order's outcome, with the error Err.
	// Account tries again until it is closed.
	EventJournal EventKind = "journal"
)
