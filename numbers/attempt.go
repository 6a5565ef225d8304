package numbers

import (
	"cmp"
	"crypto/rand"
	"time"
)

// ClockSlack is the one assumption about time: no two clocks, of the machines
// that share a journal or of a vendor, differ by more than this.
const ClockSlack = 10 * time.Minute

// Attempt is one order that was sent, or was about to be sent. It has all that
// is needed to find out later what became of it, also in another process. It is
// plain JSON.
type Attempt struct {
	// ID is random and new for each attempt. An entry of a [Journal] has it, too.
	// Account makes it; "" in the attempt of an Orderer that is used alone.
	ID     string `json:"id,omitempty"`
	Vendor string `json:"vendor"`
	// Account is the account's name.
	Account string `json:"account,omitempty"`
	// Scope is what the Reference is unique in; "" = Account.
	Scope string `json:"scope,omitempty"`
	// Purchase is the caller's reference. All orders of a purchase have it.
	Purchase string `json:"purchase,omitempty"`
	// Reference is this order's own: the Purchase, or the Purchase and an ending
	// ("~1", "~r1", "~r1~2"). Vendors that keep references get it.
	Reference string `json:"reference,omitempty"`
	Numbers   []E164 `json:"numbers"`
	// Started is when the attempt began. All times of an attempt are by the clock
	// of the machine that made it.
	Started time.Time `json:"started"`
	// SendBy is the fence: after it, nothing of the order is sent.
	SendBy time.Time `json:"send_by,omitzero"`
	// Deadline is when the request is given up.
	Deadline time.Time `json:"deadline,omitzero"`
	// Ended is when the attempt was over; zero while it is under way, and where
	// nobody recorded its end.
	Ended time.Time `json:"ended,omitzero"`
	// Status is the HTTP status of an unclear answer; 0 = there was no answer.
	Status int `json:"status,omitempty"`
	// Before are ids that the numbers had at the vendor before the attempt. What
	// is found under one of them is not what this attempt made.
	Before []string `json:"before,omitempty"`
}

// ReferenceScope returns what the Reference is unique in: the Scope, or else the
// Account.
func (a Attempt) ReferenceScope() string { return cmp.Or(a.Scope, a.Account) }

// NewReference returns a reference that no other purchase has: "tnkit-" and 26
// random characters (130 bits). It is safe in a URL and within every vendor's
// limits.
func NewReference() string { return "tnkit-" + rand.Text() }

// Outcome is what became of an attempt.
type Outcome string

const (
	// Placed: the vendor has the order.
	Placed Outcome = "placed"
	// NotPlaced: a complete, error-free reading shows that the vendor has no such
	// order. It may be placed again.
	NotPlaced Outcome = "not-placed"
	// PossiblyOrphaned: the vendor lists nothing, but may have bought. The number
	// is held until a person decides; ask the vendor's support.
	PossiblyOrphaned Outcome = "possibly-orphaned"
	// Repeatable: the vendor lists nothing, but may have bought, and refuses to
	// sell a number twice. Ordering the same numbers again is safe, and its answer
	// shows what became of this attempt.
	Repeatable Outcome = "repeatable"
)

// Resolution is what one reading shows of an attempt.
type Resolution struct {
	// Outcome is "" where nothing is known yet.
	Outcome Outcome `json:"outcome,omitempty"`
	// Order is set if and only if Outcome is Placed.
	Order *Order `json:"order,omitempty"`
	// MaybeSold is set where the attempt was refused with the answer that this
	// vendor also gives for a number that it has sold already. An earlier attempt
	// for the number that is Repeatable is then PossiblyOrphaned.
	MaybeSold bool `json:"maybe_sold,omitempty"`
}
