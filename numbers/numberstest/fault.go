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
	// LostReply: the request is committed, and then the connection (over HTTP/2 with all
	// its streams) is closed without an answer. An HTTP client may send the request again
	// by itself, as net/http does with a GET on a connection that was used before.
	LostReply FaultKind = "lost reply"
	// LateCommit: the connection is closed without an answer. The vendor executes the
	// request Fault.Delay later, on the fake's clock. A reading before that shows
	// nothing.
	LateCommit FaultKind = "late commit"
	// DroppedRequest: the request is read, and then the connection is closed. The vendor
	// does nothing.
	DroppedRequest FaultKind = "dropped request"
	// DelayedReply: the request is committed at once, and answered normally after
	// Fault.Delay.
	DelayedReply FaultKind = "delayed reply"
	// HangBefore: the vendor does nothing and does not answer until the client gives up
	// or the fake closes.
	HangBefore FaultKind = "hang before commit"
	// HangAfter: the request is committed, and not answered until the client gives up or
	// the fake closes.
	HangAfter FaultKind = "hang after commit"
	// StatusBefore: the vendor does nothing, and answers with Fault.Status (0 = 503). The
	// body is the vendor's usual body for this status, or Fault.Body, or empty
	// (Fault.NoBody). A 3xx has the Location of the request itself.
	StatusBefore FaultKind = "status before commit"
	// StatusAfter: the request is committed, and answered as in StatusBefore.
	StatusAfter FaultKind = "status after commit"
	// RateLimited: the vendor does nothing, and answers with 429. Fault.RetryAfter, if
	// set, is its Retry-After header.
	RateLimited FaultKind = "rate limited"
	// HalfBody: the request is committed. The answer announces its whole length, half of
	// it is sent, and then the connection is closed.
	HalfBody FaultKind = "half body"
	// SlowBody: the request is committed. The whole answer is sent, one byte at a time,
	// with Fault.Delay between the bytes.
	SlowBody FaultKind = "slow body"
	// StalledBody: the request is committed. Half of the answer is sent, and then nothing
	// until the client gives up or the fake closes.
	StalledBody FaultKind = "stalled body"
	// GarbageBody: the request is committed (unless BeforeCommit). The answer has the
	// vendor's status and content type, and a body that is not JSON.
	GarbageBody FaultKind = "garbage body"
	// HTMLBody: the request is committed (unless BeforeCommit). The answer has the status
	// 200 (or Fault.Status) and a web page, as from a proxy or a captive portal.
	HTMLBody FaultKind = "HTML body"
	// EmptyBody: the request is committed (unless BeforeCommit). The answer has the
	// vendor's status and no body.
	EmptyBody FaultKind = "empty body"
	// WrongType: the request is committed (unless BeforeCommit). The answer has the
	// vendor's status and valid JSON of another type: a string.
	WrongType FaultKind = "JSON of another type"
	// HTTP2Reset: the request is committed (unless BeforeCommit). The stream ends with
	// RST_STREAM and Fault.HTTP2Code (0 = INTERNAL_ERROR). Over HTTP/1 the connection is
	// closed.
	HTTP2Reset FaultKind = "HTTP/2 reset"
	// HTTP2GoAway: the request is committed (unless BeforeCommit). A GOAWAY with
	// Fault.HTTP2Code states that no stream was processed (last stream 0), and the
	// connection is closed. Over HTTP/1 the connection is closed.
	HTTP2GoAway FaultKind = "HTTP/2 GOAWAY"
)

// Semantic faults. The fake's own handler applies them.
const (
	// PartialOrder: the order is accepted, but Fault.Numbers (or one number that the
	// vendor chooses) are not bought.
	PartialOrder FaultKind = "partial order"
	// StuckPending: the order or number never leaves its first state.
	StuckPending FaultKind = "stuck pending"
	// LateListing: the number is bought at once, but lists and readings by id show it
	// only after Fault.Delay.
	LateListing FaultKind = "late listing"
	// InsertWhileListing: new rows appear between the pages of a list that is being read.
	InsertWhileListing FaultKind = "insert while listing"
	// DuplicateListing: one row is listed twice.
	DuplicateListing FaultKind = "duplicate listing"
	// ZeroObject: the number is bought, and the answer is a success whose object has only
	// zero values.
	ZeroObject FaultKind = "zero object"
	// MisleadingStatus: the answer is a refusal, but the purchase completes Fault.Delay
	// later.
	MisleadingStatus FaultKind = "misleading status"
	// OrphanPurchase: the number is bought, the answer is an error or missing, and no
	// list and no reading by id ever shows the number.
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

// Alters reports whether the kind is one of [AnswerFaults], which change answers.
func (k FaultKind) Alters() bool { return slices.Contains(AnswerFaults(), k) }

// Semantic reports whether the kind is one of [SemanticFaults].
func (k FaultKind) Semantic() bool {
	return slices.Contains(SemanticFaults(), k)
}

// Fault is one failure to inject, with the requests that it strikes. Only some kinds use
// the fields after Delay. A fault with a field that its kind does not use is refused
// ([Fault.Validate]).
type Fault struct {
	Kind FaultKind
	// On selects the requests that the fault strikes. The zero Match selects the
	// requests that may buy (for an answer kind: all requests). Semantic faults do
	// not use On: the fake's handler applies them.
	On Match
	// Times is how often the fault strikes. 0 = once (for an answer kind: always); -1 =
	// always.
	Times int
	// After is how many matching requests pass before the fault strikes. Every matching
	// request since the injection counts, also if another fault struck it.
	After int
	// Delay is the delay of DelayedReply, SlowBody, LateCommit and the semantic kinds.
	// The delays of DelayedReply and SlowBody pass on the clock of package time, which is
	// virtual inside a synctest bubble. The other delays pass on the fake's clock.
	Delay time.Duration
	// Status replaces the HTTP status of StatusBefore, StatusAfter, RateLimited,
	// HTMLBody, GarbageBody, EmptyBody and WrongType, and the status of a semantic
	// fault's refusal, if the documentation of the fake says so.
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
	// HTTP2Code is the error code of HTTP2Reset (0 = 2, INTERNAL_ERROR) and HTTP2GoAway
	// (0 = NO_ERROR). Go's HTTP/2 client sends a request again after 7 (REFUSED_STREAM),
	// and before Go 1.27 also after 1 (PROTOCOL_ERROR).
	HTTP2Code uint32
	// Numbers limits a semantic fault to these numbers; empty = any number.
	Numbers []string
	// Path selects the members that Drift changes. It is a path from the top, as in
	// numbers.Drift, such as "data[].phone_numbers_count". "[]" is every element of an
	// array, and "*" is every member of an object. A name without a path is that member
	// at any depth. A name with a dot before it (".id") is that member only at the top.
	Path string
	// Type is the JSON type to which Drift changes the members. If possible, the value is
	// kept: 1 becomes "1".
	Type JSONType
	// Value is a JSON literal. Counts replaces every count by it, and Drift without Type
	// replaces the members by it.
	Value string
	// Shape is the shape to which Reshape changes a list.
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
