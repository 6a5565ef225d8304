package numbers

import (
	"cmp"
	"crypto/rand"
	"time"
)

// ClockSlack is the largest difference that is allowed between any two clocks: of the
// machines that share a journal, and of the vendor. The rules of [Journal] make no other
// assumption about clocks.
const ClockSlack = 10 * time.Minute

// Attempt is one order that was sent, or was about to be sent. It contains everything
// that is needed to find its outcome later, also in another process. An Attempt can be
// stored as JSON.
type Attempt struct {
	// ID is random and new for each attempt. The entry in the [Journal] has the same ID.
	// Account creates the ID. The ID is "" if an Orderer is used without an Account.
	ID     string `json:"id,omitempty"`
	Vendor string `json:"vendor"`
	// Account is the account's name.
	Account string `json:"account,omitempty"`
	// Scope is the range within which the Reference is unique; "" = the Account.
	Scope string `json:"scope,omitempty"`
	// Purchase is the caller's reference. All orders of a purchase have the same
	// Purchase.
	Purchase string `json:"purchase,omitempty"`
	// Reference is the reference of this order: the Purchase, or the Purchase and a
	// suffix ("~1", "~r1", "~r1~2"). The Reference is sent to vendors that keep
	// references.
	Reference string `json:"reference,omitempty"`
	Numbers   []E164 `json:"numbers"`
	// Started is when the attempt began. All times of an attempt come from the clock
	// of the machine that made it.
	Started time.Time `json:"started"`
	// SendBy is the fence: the order is not sent after this time.
	SendBy time.Time `json:"send_by,omitzero"`
	// Deadline is when the request times out.
	Deadline time.Time `json:"deadline,omitzero"`
	// Ended is when the attempt ended. Ended is zero while the attempt is running, or if
	// its end was not recorded.
	Ended time.Time `json:"ended,omitzero"`
	// Status is the HTTP status of an answer that does not show the outcome; 0 = no
	// answer.
	Status int `json:"status,omitempty"`
	// Before is the list of ids that the vendor had for the numbers before the attempt.
	// An order with one of these ids was not made by this attempt.
	Before []string `json:"before,omitempty"`
}

// ReferenceScope returns the range within which the Reference is unique: the Scope,
// or the Account if Scope is "".
func (a Attempt) ReferenceScope() string { return cmp.Or(a.Scope, a.Account) }

// NewReference returns a new unique reference: "tnkit-" and 26 random characters (130
// bits). The reference needs no escaping in a URL and is short enough for every vendor.
func NewReference() string { return "tnkit-" + rand.Text() }

// Outcome is the outcome of an attempt.
type Outcome string

const (
	// Placed: the vendor has the order.
	Placed Outcome = "placed"
	// NotPlaced: a complete, error-free reading shows that the vendor has no such order.
	// The order may be placed again.
	NotPlaced Outcome = "not-placed"
	// PossiblyOrphaned: the vendor does not list the order, but may have sold the
	// number. The journal holds the number until a person decides. Ask the vendor's
	// support.
	PossiblyOrphaned Outcome = "possibly-orphaned"
	// Repeatable: the vendor does not list the order, but may have sold the number. The
	// vendor refuses to sell a number twice, so ordering the same numbers again is safe.
	// The new answer shows the outcome of this attempt.
	Repeatable Outcome = "repeatable"
)

// Resolution is what one reading of the vendor's lists shows about an attempt.
type Resolution struct {
	// Outcome is "" if it is not known yet.
	Outcome Outcome `json:"outcome,omitempty"`
	// Order is set if and only if Outcome is Placed.
	Order *Order `json:"order,omitempty"`
	// MaybeSold is true if the vendor refused the attempt with an answer that it also
	// gives for a number that it has already sold. An earlier Repeatable attempt for
	// the number is then PossiblyOrphaned.
	MaybeSold bool `json:"maybe_sold,omitempty"`
}
