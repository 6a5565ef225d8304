package numberstest

import (
	"runtime/debug"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// Harness gives [Run] and [RunAccount] an Orderer. It is a struct of functions, so
// that a harness for your own Orderer is a few lines.
type Harness struct {
	// New returns a new account at a new vendor. It is called inside a
	// testing/synctest bubble, where time is virtual, so the vendor must be in memory
	// (the fakes' InMemory option). tb.Cleanup must end what it starts.
	New func(tb testing.TB) *Subject
}

// Subject is one account at one vendor, under test. All fields are required
// except those that say otherwise: what is essential can't be skipped.
type Subject struct {
	// Orderer is the account's. Its credential must be good for two months, which pass
	// in the bubble's time.
	Orderer numbers.Orderer
	// Number returns the i-th number that can be ordered, for 0 <= i < 500, and
	// up to 4 * Page where that is more.
	Number func(i int) numbers.E164
	// Inject injects faults into requests. A fault whose On is Match{PathPrefix: "/"}
	// strikes every request, reads included, and After counts them. An answer with a
	// Status of 3xx has the Location of the request itself. The suite uses all that
	// [Fault] says of the kinds in Faults: every Status from 200 to 599, Body,
	// NoBody, RetryAfter and Times; and several faults at once, of which the first
	// injected strikes while After of each counts every match.
	Inject func(...Fault)
	// Faults are the kinds that Inject accepts. LostReply, DroppedRequest,
	// StatusBefore, StatusAfter and RateLimited must be among them; a vendor over
	// HTTP takes all of [TransportFaults].
	Faults []FaultKind
	// Books returns what was really bought.
	Books func() Books
	// Requests returns how many requests have reached the vendor, and how many
	// of them could buy.
	Requests func() (all, buys int)
	// SettleWithin is how long an order may stay pending without a fault.
	SettleWithin time.Duration

	// Limit makes the Orderer's client wait for a limiter before each request, from now
	// on. A client that is made with ClientOptions.Limiter gets one that passes calls
	// on to what Limit installs. nil where the Orderer has no limiter. Optional.
	Limit func(numbers.Limiter)
	// Page is how many orders the vendor lists at once, where that is more than
	// ten: the listings of the checks then have more than two pages. 0 = 10.
	// Optional.
	Page int
	// Search is a query that finds something; the zero value means the
	// country US, where the Orderer searches by country. Optional.
	Search numbers.SearchQuery
	// Assign has ids that a number can be connected to, if the vendor checks that
	// they exist; "" means an invented id. Optional.
	Assign numbers.Assignment
	// Hidden are the fields of Assign that the vendor takes and its listings of
	// numbers leave out, so that nothing shows whether they are set. Optional.
	Hidden numbers.AssignField
	// Lock makes the vendor refuse to release a number that the account owns; nil if
	// the vendor has no locks. Optional.
	Lock func(numbers.E164)
	// Template is a request for OrderRequest.Native, without numbers; nil if the
	// Orderer accepts no template. Optional.
	Template any
	// Templated reports whether o, which was ordered by Template and read back, is
	// what Template asks for: set a field or two there that package numbers does
	// not name, and look for them in the vendor's own order. nil where an order
	// shows none. Optional.
	Templated func(o *numbers.Order) bool
	// Price is what one number costs, each the same; a part that is nil is one
	// that the vendor never states. The prices of offers, quotations and orders are
	// compared with it. nil where the vendor states none, or where each number has
	// its own. Its two amounts must differ, so that one is not taken for the other.
	// Optional.
	Price *numbers.Price
	// HasNative reports whether o.Native has the vendor's own order; nil if the
	// Orderer does not set it. Optional.
	HasNative func(o *numbers.Order) bool
	// Secrets are texts that must not appear in errors, logs or output: credentials,
	// and secrets in the vendor's answers. Optional.
	Secrets []string
}

// essentialFaults are those without which the suite proves too little.
func essentialFaults() []FaultKind {
	return []FaultKind{LostReply, DroppedRequest, StatusBefore, StatusAfter, RateLimited}
}

// check is one demand on an Orderer. promise is where package numbers states it.
type check struct {
	name    string
	run     func(p *probe)
	promise string
}

// checks are all demands of the suite.
func checks() []check {
	return slices.Concat(
		stated("Capabilities", capabilityChecks()),
		stated("Searcher, SearchQuery, Capabilities.SearchFields", searchChecks()),
		stated("Assigner, OrderRequest.Assign, Capabilities.Assigns and AssignsOwned", assignChecks()),
		stated("Orderer.Place, Orderer.Order, OrderRequest", placeChecks()),
		stated("OrderRequest.Reference, OrderQuery, Error.Numbers", referenceChecks()),
		stated("Orderer.Place, OrderRequest.Begin", beginChecks()),
		stated("Orderer.Place, ErrOutcomeUnknown, Error, Attempt", faultChecks()),
		stated("Resolver, Resolution, Attempt, ClockSlack", resolveChecks()),
		stated("Orderer.Order, State", waitChecks()),
		stated("Orderer.Orders, Inventory", listChecks()),
		stated("OrderQuery, OwnedQuery", queryChecks()),
		stated("Releaser", releaseChecks()),
		stated("Canceler", cancelChecks()),
		stated("Price, Order.Price, Quotation, Capabilities.Prices", priceChecks()),
		stated("Orderer.Order, Error", failingChecks()),
		stated("Order, Item, State", agreeChecks()),
	)
}

// stated says where the promises of some checks are.
func stated(where string, list []check) []check {
	for i := range list {
		list[i].promise = where
	}
	return list
}

// accountSuite are all demands of RunAccount.
func accountSuite() []check {
	return stated("account.Account", accountChecks())
}

// Run tests an Orderer, without an Account, against the contract of package numbers.
// Each check is a subtest with a new account. Its name is the promise, and a failure
// logs where package numbers documents it. No check can be skipped. Run also checks
// that the Orderer refuses what its Capabilities do not declare. If Faults does not
// have a fault (except the required ones), or if an optional field of Subject is not
// set, the checks that need it are left out.
//
// If the Orderer does not end a goroutine, the test panics in testing/synctest (its
// bubble can't end). Run the suite with -race, too: concurrent calls use the
// Orderer's state.
func Run(t *testing.T, h Harness) {
	t.Helper()
	runAll(t, h, checks())
}

// RunAccount checks what an account.Account over an Orderer promises: that a number
// has one buyer and an order one customer, and that nothing that was bought is lost.
// An Orderer that passes Run should pass RunAccount: a failure breaks a promise that
// purchases need. The subtests are like the subtests of Run.
func RunAccount(t *testing.T, h Harness) {
	t.Helper()
	runAll(t, h, accountSuite())
}

func runAll(t *testing.T, h Harness, list []check) {
	t.Helper()
	if h.New == nil {
		t.Fatal("numberstest: Harness.New is nil")
	}
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { run(t, h, c) })
		})
	}
}

// run performs one check.
func run(tb testing.TB, h Harness, c check) {
	p := &probe{TB: tb, h: h}
	defer func() {
		if v := recover(); v != nil {
			tb.Errorf("panic: %v\n%s", v, debug.Stack())
		}
		if tb.Failed() {
			tb.Logf("what is promised: the documentation of numbers: %s", c.promise)
		}
	}()
	p.fresh()
	c.run(p)
}

// lacking names the essential fields that a Subject does not have.
func lacking(s *Subject) []string {
	if s == nil {
		return []string{"Subject"}
	}
	var list []string
	for _, f := range []struct {
		name string
		has  bool
	}{
		{"Orderer", s.Orderer != nil},
		{"Number", s.Number != nil},
		{"Inject", s.Inject != nil},
		{"Books", s.Books != nil},
		{"Requests", s.Requests != nil},
	} {
		if !f.has {
			list = append(list, f.name)
		}
	}
	if p := s.Price; p != nil && p.Upfront != nil && p.Monthly != nil && p.Upfront.Amount.Equal(p.Monthly.Amount) {
		list = append(list, "Price: two different amounts")
	}
	for _, kind := range essentialFaults() {
		if !slices.Contains(s.Faults, kind) {
			list = append(list, "Faults: "+string(kind))
		}
	}
	return list
}
