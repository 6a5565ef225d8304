package numberstest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// Harness tells [Run] how to get at an Orderer. It is a struct of funcs, so
// that a harness for an Orderer of one's own is a few lines.
type Harness struct {
	// New makes a fresh account at a fresh vendor. It is called inside a
	// testing/synctest bubble, where time is virtual: the vendor must live in
	// memory (the fakes' InMemory option). What it starts must end by
	// tb.Cleanup.
	New func(tb testing.TB) *Subject
}

// Subject is one account at one vendor, under test. All fields are required
// but those that say otherwise: what is essential can't be skipped.
type Subject struct {
	Orderer numbers.Orderer
	// Number returns the i-th number that can be ordered, for 0 <= i < 500.
	Number func(i int) numbers.E164
	// Inject makes requests go wrong.
	Inject func(...Fault)
	// Faults are the kinds that Inject takes. LostReply, DroppedRequest,
	// StatusBefore, StatusAfter and RateLimited must be among them; a vendor
	// over HTTP takes all of [TransportFaults].
	Faults []FaultKind
	// Books returns what was really bought.
	Books func() Books
	// Requests returns how many requests have reached the vendor, and how many
	// of them could buy.
	Requests func() (all, buys int)
	// SettleWithin is how long an order may stay pending without a fault.
	SettleWithin time.Duration
	// Template is a request for OrderRequest.Native that asks for nothing
	// special; nil where the Orderer takes none.
	Template any
	// HasNative reports whether o carries the vendor's own order; nil where
	// the Orderer has none.
	HasNative func(o *numbers.Order) bool
	// Secrets are texts that must show up nowhere: credentials, and what the
	// vendor's answers hold.
	Secrets []string
}

// check is one demand on an Orderer.
type check struct {
	name string
	run  func(p *probe)
}

// checks are all demands of the suite.
func checks() []check {
	return slices.Concat(capabilityChecks(), placeChecks(), faultChecks(), resolveChecks(), listChecks(), releaseChecks())
}

// Run holds an Orderer to the contract of package numbers. Each check is a
// subtest with a fresh account; none can be skipped, and what the Orderer's
// Capabilities don't declare is checked to be refused.
func Run(t *testing.T, h Harness) {
	t.Helper()
	if h.New == nil {
		t.Fatal("numberstest: Harness.New is nil")
	}
	for _, c := range checks() {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { run(t, h, c) })
		})
	}
}

// run performs one check.
func run(tb testing.TB, h Harness, c check) {
	p := &probe{TB: tb, h: h}
	p.fresh()
	c.run(p)
}

// probe is a check under way.
type probe struct {
	testing.TB
	h Harness
	*Subject
	caps numbers.Capabilities
}

// fresh gets a new account.
func (p *probe) fresh() {
	p.Helper()
	s := p.h.New(p.TB)
	if s == nil || s.Orderer == nil || s.Number == nil || s.Inject == nil || s.Books == nil || s.Requests == nil {
		p.Fatal("numberstest: an essential field of Subject is nil")
	}
	for _, kind := range []FaultKind{LostReply, DroppedRequest, StatusBefore, StatusAfter, RateLimited} {
		if !slices.Contains(s.Faults, kind) {
			p.Fatalf("numberstest: Subject.Faults lacks the essential %q", kind)
		}
	}
	p.Subject, p.caps = s, s.Orderer.Capabilities()
}

// numbers returns n numbers from the i-th on.
func (p *probe) numbers(i, n int) []numbers.E164 {
	list := make([]numbers.E164, n)
	for k := range list {
		list[k] = p.Number(i + k)
	}
	return list
}

// request asks for one number.
func (p *probe) request(i int) numbers.OrderRequest {
	return numbers.OrderRequest{Numbers: p.numbers(i, 1), Reference: numbers.NewReference()}
}

// place places an order for the i-th number, and fails if it can't.
func (p *probe) place(i int) *numbers.Order {
	p.Helper()
	o, err := p.Orderer.Place(p.Context(), p.request(i))
	if err != nil || o == nil {
		p.Fatalf("Place without a fault: order %v, error %v", o, err)
	}
	return o
}

// settled places an order and waits for it.
func (p *probe) settled(i int) *numbers.Order {
	p.Helper()
	o := p.place(i)
	ctx, cancel := context.WithTimeout(p.Context(), p.SettleWithin+5*time.Minute)
	defer cancel()
	o, err := numbers.Wait(ctx, p.Orderer, o.ID, nil)
	if err != nil || o == nil {
		p.Fatalf("Wait for an order without a fault: order %v, error %v", o, err)
	}
	return o
}

// silently runs do and reports if it sent anything.
func (p *probe) silently(what string, do func()) {
	p.Helper()
	before, _ := p.Requests()
	do()
	if after, _ := p.Requests(); after != before {
		p.Errorf("%s: %d requests were sent; there must be none", what, after-before)
	}
}

// buys returns how many requests that could buy do sends.
func (p *probe) buys(do func()) int {
	_, before := p.Requests()
	do()
	_, after := p.Requests()
	return after - before
}

// takes reports whether the harness has a kind of fault.
func (p *probe) takes(kind FaultKind) bool { return slices.Contains(p.Faults, kind) }

// bought is how often a number stands in the books.
func (p *probe) bought(n numbers.E164) int { return p.Books().Bought(string(n)) }

// typed demands that err is a *numbers.Error that names the vendor.
func (p *probe) typed(what string, err error) *numbers.Error {
	p.Helper()
	e, ok := errors.AsType[*numbers.Error](err)
	if !ok {
		p.Errorf("%s: the error is no *numbers.Error: %T %v", what, err, err)
		return &numbers.Error{}
	}
	if e.Vendor != p.caps.Vendor {
		p.Errorf("%s: the error names the vendor %q, not %q", what, e.Vendor, p.caps.Vendor)
	}
	return e
}

// invalid demands an ErrInvalid with a field, and that nothing was sent.
func (p *probe) invalid(what string, do func() error) {
	p.Helper()
	p.silently(what, func() {
		err := do()
		if !errors.Is(err, numbers.ErrInvalid) {
			p.Errorf("%s: the error is %v, not ErrInvalid", what, err)
			return
		}
		if e := p.typed(what, err); e.Field == "" {
			p.Errorf("%s: the error names no field: %v", what, err)
		}
	})
}

// unsupported demands errors.ErrUnsupported, and that nothing was sent.
func (p *probe) unsupported(what string, do func() error) {
	p.Helper()
	p.silently(what, func() {
		if err := do(); !errors.Is(err, errors.ErrUnsupported) {
			p.Errorf("%s: the error is %v, not ErrUnsupported", what, err)
		}
	})
}
