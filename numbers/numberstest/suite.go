package numberstest

import (
	"runtime/debug"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// Harness makes Orderers for [Run] and [RunAccount].
type Harness struct {
	// New returns a new account at a new vendor. It is called inside a testing/synctest
	// bubble, where time is virtual, so the vendor must be in memory (the option InMemory
	// of the fakes). Use tb.Cleanup to end everything that it starts.
	New func(tb testing.TB) *Subject
}

// Subject is the account at a vendor that is tested. All fields are required, except
// those with the word Optional.
type Subject struct {
	// Orderer is the Orderer of the account. Its credential must be valid for two months,
	// because this time passes in the bubble.
	Orderer numbers.Orderer
	// Number returns the i-th number that can be ordered, for 0 <= i < 500, or up to 4 *
	// Page if this is more.
	Number func(i int) numbers.E164
	// Inject injects faults into requests. A fault whose On is Match{PathPrefix: "/"}
	// strikes every request, reads included, and After counts them. An answer with a
	// Status of 3xx has the Location of the request itself. The suite uses everything
	// that [Fault] documents for the kinds in Faults: every Status from 200 to 599, Body,
	// NoBody, RetryAfter and Times. It also injects several faults at once. The first of
	// them strikes, and After of each counts every matching request.
	Inject func(...Fault)
	// Faults are the kinds that Inject accepts. They must include LostReply,
	// DroppedRequest, StatusBefore, StatusAfter and RateLimited. For a vendor over HTTP,
	// they should include all of [TransportFaults].
	Faults []FaultKind
	// Books returns the records of what was really bought.
	Books func() Books
	// Requests returns how many requests have reached the vendor, and how many of them
	// could buy.
	Requests func() (all, buys int)
	// SettleWithin is the longest time for which an order stays pending without a fault.
	SettleWithin time.Duration

	// Limit makes the Orderer's client wait for a limiter before each request, from now
	// on. A client with ClientOptions.Limiter needs a Limiter there that calls the one
	// that Limit sets. nil = the Orderer has no limiter. Optional.
	Limit func(numbers.Limiter)
	// Page is how many orders the vendor lists at once, if this is more than ten. The
	// listings of the checks then have more than two pages. 0 = 10. Optional.
	Page int
	// Search is a query that finds offers. The zero value means the country US, if the
	// Orderer can search by country. Optional.
	Search numbers.SearchQuery
	// Assign has ids that a number can be connected to, if the vendor checks that they
	// exist; "" = an invented id. Optional.
	Assign numbers.Assignment
	// Hidden are the fields of Assign that the vendor accepts, but that its listings of
	// numbers do not show. Optional.
	Hidden numbers.AssignField
	// Lock makes the vendor refuse to release an owned number; nil = the vendor has no
	// locks. Optional.
	Lock func(numbers.E164)
	// Template is a request for OrderRequest.Native, without numbers; nil = the Orderer
	// accepts no template. Optional.
	Template any
	// Templated reports whether the order o, which was placed with Template and read
	// again, has the values of Template. Set one or two fields in Template that package
	// numbers does not have, and compare them with the vendor's own order. nil = an order
	// does not show such fields. Optional.
	Templated func(o *numbers.Order) bool
	// Price is the price of every number. A part that is nil is never stated by the
	// vendor. The prices of offers, quotations and orders are compared with Price. nil =
	// the vendor states no prices, or the numbers have different prices. The two amounts
	// must differ, so that a check can distinguish them. Optional.
	Price *numbers.Price
	// HasNative reports whether o.Native has the vendor's own order; nil = the Orderer
	// does not set it. Optional.
	HasNative func(o *numbers.Order) bool
	// Secrets are texts that must not appear in errors, logs or output: credentials,
	// and secrets in the vendor's answers. Optional.
	Secrets []string
}

// essentialFaults returns the faults that every Subject must have.
func essentialFaults() []FaultKind {
	return []FaultKind{LostReply, DroppedRequest, StatusBefore, StatusAfter, RateLimited}
}

// check is one check of an Orderer. promise is where package numbers documents the
// promise.
type check struct {
	name    string
	run     func(p *probe)
	promise string
}

// checks returns all checks of Run.
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

// stated sets where the promises of some checks are documented.
func stated(where string, list []check) []check {
	for i := range list {
		list[i].promise = where
	}
	return list
}

// accountSuite returns all checks of RunAccount.
func accountSuite() []check {
	return stated("account.Account", accountChecks())
}

// Run tests an Orderer, without an Account, against the contract of package numbers. Each
// check is a subtest with a new account. The name of the subtest is the promise, and a
// failure logs where package numbers documents it. No check can be skipped. Run also
// checks that the Orderer refuses everything that its Capabilities do not declare. If
// Faults does not have an optional fault, or if an optional field of Subject is not set,
// the checks that need it are left out.
//
// If the Orderer does not end a goroutine, the test panics in testing/synctest, because
// its bubble can't end. Also run the suite with -race, because concurrent calls use the
// Orderer's state.
func Run(t *testing.T, h Harness) {
	t.Helper()
	runAll(t, h, checks())
}

// RunAccount tests the promises of an account.Account that uses an Orderer: a number has
// one buyer, an order has one customer, and no purchase is lost. An Orderer that passes
// Run should also pass RunAccount. A failure means that the Orderer breaks a promise that
// purchases need. The subtests are like those of Run.
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

// lacking returns the names of the required fields that a Subject does not have.
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
