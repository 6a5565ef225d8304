package numbers

import (
	"crypto/rand"
	"time"
)

// Attempt is an order that may or may not have reached the vendor: all that is
// needed to find out later, also in another process. It is plain JSON.
type Attempt struct {
	Vendor    string `json:"vendor"`
	Account   string `json:"account,omitempty"`
	Reference string `json:"reference,omitempty"`
	Numbers   []E164 `json:"numbers"`
	// Started is when the request was about to be sent, by this machine's
	// clock.
	Started time.Time `json:"started"`
	// Before are the ids that these numbers had at the vendor before the
	// attempt: what is found under one of them is not what this attempt made.
	Before []string `json:"before,omitempty"`
}

// NewReference returns a reference that no other attempt has: "tnkit-" and 26
// random characters (130 bits). It is safe in a URL and within every vendor's
// limits.
func NewReference() string { return "tnkit-" + rand.Text() }
