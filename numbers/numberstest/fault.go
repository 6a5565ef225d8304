package numberstest

import (
	"slices"
	"strings"
	"time"
)

// FaultKind is one kind of failure between a client and a vendor.
//
// The transport kinds damage a request or its answer on the wire. The answer kinds
// ([AnswerFaults]) change the answer. Every fake has both. The semantic kinds are
// unusual behavior of the vendor itself. A fake has the semantic kinds that its
// vendor can have, and refuses the others ([FaultKind.Semantic]).
type FaultKind string

// Transport faults. "Committed" means that the vendor executed the request; see
// Fault.Commits.
const (
	// LostReply: committed, then the connection is closed (of HTTP/2 with all its streams) without a byte of
	// an answer. An HTTP client may send again by itself: net/http does so with a GET on a connection used before.
	LostReply FaultKind = "lost reply"
	// LateCommit: the connection is closed without an answer, and the vendor does what it was asked
	// Fault.Delay later, on the fake's clock. A reading in between shows nothing.
	LateCommit FaultKind = "late commit"
	// DroppedRequest: the request is read, then the connection is closed; nothing is done.
	DroppedRequest FaultKind = "dropped request"
	// DelayedReply: committed at once, answered properly after Fault.Delay.
	DelayedReply FaultKind = "delayed reply"
	// HangBefore: nothing is done and nothing answered until the client gives up or the fake closes.
	HangBefore FaultKind = "hang before commit"
	// HangAfter: committed, and nothing answered until the client gives up or the fake closes.
	HangAfter FaultKind = "hang after commit"
	// StatusBefore: nothing is done; answered with Fault.Status (503 unless set) and the vendor's
	// usual body for it, or Fault.Body, or none (Fault.NoBody). A 3xx has the Location of the request itself.
	StatusBefore FaultKind = "status before commit"
	// StatusAfter: as StatusBefore, but committed.
	StatusAfter FaultKind = "status after commit"
	// RateLimited: nothing is done; 429 with Fault.RetryAfter as its Retry-After header, if set.
	RateLimited FaultKind = "rate limited"
	// HalfBody: committed; the answer announces its whole length, half of it is sent, the connection closed.
	HalfBody FaultKind = "half body"
	// SlowBody: committed; the answer comes whole, one byte after another with Fault.Delay between.
	SlowBody FaultKind = "slow body"
	// StalledBody: committed; half the answer is sent, then nothing until the client gives up or the
	// fake closes.
	StalledBody FaultKind = "stalled body"
	// GarbageBody: committed (unless BeforeCommit); the vendor's status and content type with a body that is not JSON.
	GarbageBody FaultKind = "garbage body"
	// HTMLBody: committed (unless BeforeCommit); status 200 (or Fault.Status) with a web page, as a proxy or
	// a captive portal answers.
	HTMLBody FaultKind = "HTML body"
	// EmptyBody: committed (unless BeforeCommit); the vendor's status, and no body.
	EmptyBody FaultKind = "empty body"
	// WrongType: committed (unless BeforeCommit); the vendor's status with valid JSON of another type: a string.
	WrongType FaultKind = "JSON of another type"
	// HTTP2Reset: committed (unless BeforeCommit); the stream is ended by RST_STREAM with Fault.HTTP2Code, or
	// INTERNAL_ERROR. Over HTTP/1 the connection is closed.
	HTTP2Reset FaultKind = "HTTP/2 reset"
	// HTTP2GoAway: committed (unless BeforeCommit); GOAWAY says, with Fault.HTTP2Code, that no stream was
	// processed (last stream 0), and the connection closes. Over HTTP/1 the connection is closed.
	HTTP2GoAway FaultKind = "HTTP/2 GOAWAY"
)

// Semantic faults. The fake's own handler applies them.
const (
	// PartialOrder: the order is accepted; Fault.Numbers (or the vendor's choice of one) are not bought.
	PartialOrder FaultKind = "partial order"
	// StuckPending: the order or number never leaves its first state.
	StuckPending FaultKind = "stuck pending"
	// LateListing: bought at once, but lists and look-ups show it only after Fault.Delay.
	LateListing FaultKind = "late listing"
	// InsertWhileListing: new rows appear between the pages of a list that is being read.
	InsertWhileListing FaultKind = "insert while listing"
	// DuplicateListing: one row is listed twice.
	DuplicateListing FaultKind = "duplicate listing"
	// ZeroObject: bought, and answered with a success whose object has only zero values.
	ZeroObject FaultKind = "zero object"
	// MisleadingStatus: answered with a refusal, but the purchase completes
	// Fault.Delay later.
	MisleadingStatus FaultKind = "misleading status"
	// OrphanPurchase: bought, answered with an error or not at all, and never shown
	// by a list or a look-up.
	OrphanPurchase FaultKind = "orphan purchase"
	// LostOrphan is an OrphanPurchase without an answer.
	LostOrphan FaultKind = "lost orphan"
)

// TransportFaults returns the transport kinds. Every fake has them.
func TransportFaults() []FaultKind {
	return []FaultKind{
		LostReply, LateCommit, DroppedRequest, DelayedReply, HangBefore, HangAfter, StatusBefore,
		StatusAfter, RateLimited, HalfBody, SlowBody, StalledBody, GarbageBody, HTMLBody, EmptyBody,
		WrongType, HTTP2Reset, HTTP2GoAway,
	}
}

// SemanticFaults returns the kinds that only some fakes have.
func SemanticFaults() []FaultKind {
	return []FaultKind{
		PartialOrder, StuckPending, LateListing, InsertWhileListing, DuplicateListing, ZeroObject,
		MisleadingStatus, OrphanPurchase, LostOrphan,
	}
}

// Alters reports whether the kind changes answers; see [AnswerFaults].
func (k FaultKind) Alters() bool { return slices.Contains(AnswerFaults(), k) }

// Semantic reports whether the kind is behavior of the vendor, not of the wire.
func (k FaultKind) Semantic() bool {
	return slices.Contains(SemanticFaults(), k)
}

// Fault is one failure to inject, and when. Only some kinds use the fields after
// Delay. A fault with a field that its kind does not use is refused
// ([Fault.Validate]).
type Fault struct {
	Kind FaultKind
	// On selects the requests that the fault strikes. The zero Match selects the
	// requests that may buy (for an answer kind: all requests). Semantic faults do
	// not use On: the fake's handler applies them.
	On Match
	// Times is how often it strikes: 0 means once (for an answer kind: always), -1 always.
	Times int
	// After is how many matching requests pass before the fault strikes. Every match
	// since the injection counts, also if another fault struck it.
	After int
	// Delay belongs to DelayedReply and SlowBody, whose delays pass on the clock of package time (virtual
	// inside a synctest bubble), and to LateCommit and the semantic kinds, whose delays pass on the fake's clock.
	Delay time.Duration
	// Status replaces the HTTP status of StatusBefore, StatusAfter, RateLimited, HTMLBody, GarbageBody,
	// EmptyBody and WrongType, and that of a semantic fault's refusal where the fake says so.
	Status int
	// RetryAfter is the Retry-After header of StatusBefore, StatusAfter and
	// RateLimited. It is sent unchanged.
	RetryAfter string
	// Body replaces the body of StatusBefore, StatusAfter, RateLimited, GarbageBody, HTMLBody and WrongType.
	Body string
	// NoBody makes the body of StatusBefore, StatusAfter and RateLimited empty.
	NoBody bool
	// BeforeCommit makes GarbageBody, HTMLBody, EmptyBody, WrongType, HTTP2Reset and HTTP2GoAway strike
	// before the vendor does anything.
	BeforeCommit bool
	// HTTP2Code is the error code of HTTP2Reset (0 means 2, INTERNAL_ERROR) and HTTP2GoAway (0 is NO_ERROR).
	// Go's HTTP/2 client sends again after 7 (REFUSED_STREAM), and before Go 1.27 also after 1 (PROTOCOL_ERROR).
	HTTP2Code uint32
	// Numbers narrows a semantic fault to these numbers; empty means any.
	Numbers []string
	// Path names the members that Drift alters. It is a path from the top, as in numbers.Drift, such as
	// "data[].phone_numbers_count": "[]" is every element of an array, "*" every member of an object. A name alone
	// is that member at any depth, and with a dot before it, ".id", only at the top.
	Path string
	// Type is the JSON type that Drift gives to the members. If possible, the value
	// is kept: 1 becomes "1".
	Type JSONType
	// Value is the JSON literal with which Counts replaces every count, and with
	// which Drift without Type replaces the members.
	Value string
	// Shape is the shape that Reshape gives to a list.
	Shape Shape
}

// Match selects requests. A request must match all fields that are set. The zero
// Match selects the requests that may buy. Match{PathPrefix: "/"} selects every
// request.
type Match struct {
	// Method is the HTTP method, in capitals.
	Method string
	// PathPrefix is the beginning of the path as sent, escaped.
	PathPrefix string
	// Op is the fake's name of the operation, as in Request.Op.
	Op string
	// Buys selects only requests that may buy.
	Buys bool
}

// Matches reports whether the request is selected.
func (m Match) Matches(r Request) bool {
	if m == (Match{}) {
		return r.Buys
	}
	return (m.Method == "" || m.Method == r.Method) &&
		strings.HasPrefix(r.Path, m.PathPrefix) &&
		(m.Op == "" || m.Op == r.Op) &&
		(!m.Buys || r.Buys)
}
