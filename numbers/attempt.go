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
	// Ended is when its answer was given up; zero where nobody knows, because
	// the process ended first. One that lies ahead is when the attempt is over
	// at the latest: it may still be under way elsewhere.
	Ended time.Time `json:"ended,omitzero"`
	// Status is the HTTP status of the unclear answer; 0 where there was none.
	Status int `json:"status,omitempty"`
	// Before are the ids that these numbers had at the vendor before the
	// attempt: what is found under one of them is not what this attempt made.
	Before []string `json:"before,omitempty"`
	// Unanswered are those of Numbers that an earlier attempt in the same
	// journal ordered, that never got the vendor's answer, and that no listing
	// showed afterwards. A vendor that may buy what it never lists may have
	// bought them then. [Recover] fills it in, as do [Buy] and [Resolve] with a
	// [Journaled] Orderer.
	Unanswered []E164 `json:"unanswered,omitempty"`
}

// longestRequest is longer than any request lives: an attempt that nobody saw
// the end of is over by then.
const longestRequest = 10 * time.Minute

// settled is when a listing that does not show the attempt proves that it was
// not placed. now is the time of asking.
func (a Attempt) settled(settle time.Duration, now time.Time) time.Time {
	end := a.Ended
	if end.IsZero() { // perhaps it was under way until a moment ago, and clocks are set
		end = now
	}
	return end.Add(settle)
}

// latestEnd is when the attempt is over at the latest.
func (a Attempt) latestEnd() time.Time { return a.Started.Add(longestRequest) }

// began reports whether the attempt is the one that started at t, as exactly as
// a journal may keep it.
func (a Attempt) began(t time.Time) bool { return a.Started.Sub(t).Abs() <= time.Millisecond }

// underWay reports whether the attempt may still be under way elsewhere.
func (a Attempt) underWay() bool { return a.Ended.After(time.Now()) }

// NewReference returns a reference that no other attempt has: "tnkit-" and 26
// random characters (130 bits). It is safe in a URL and within every vendor's
// limits.
func NewReference() string { return "tnkit-" + rand.Text() }
