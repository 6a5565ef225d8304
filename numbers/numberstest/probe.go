package numberstest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// probe is a running check.
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
	if missing := lacking(s); len(missing) > 0 {
		p.Fatalf("numberstest: essential fields of Subject are missing: %s", strings.Join(missing, ", "))
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

// several returns how many numbers an order of several numbers has; 1 if the vendor
// accepts only one.
func (p *probe) several() int {
	if p.caps.MaxNumbers == 1 {
		return 1
	}
	return 2
}

// request asks for one number.
func (p *probe) request(i int) numbers.OrderRequest {
	return numbers.OrderRequest{Numbers: p.numbers(i, 1), Reference: numbers.NewReference()}
}

// place places an order for the i-th number, and fails if it can't.
func (p *probe) place(i int) *numbers.Order {
	p.Helper()
	ctx, cancel := p.enough()
	defer cancel()
	o, err := p.Orderer.Place(ctx, p.request(i))
	if err != nil || o == nil {
		p.Fatalf("Place without a fault: order %v, error %v", o, err)
	}
	return o
}

// settled places an order and waits for it.
func (p *probe) settled(i int) *numbers.Order {
	p.Helper()
	return p.wait(p.place(i))
}

// enough is a context for what may take the settle time.
func (p *probe) enough() (context.Context, context.CancelFunc) {
	const slack = 5 * time.Minute
	return context.WithTimeout(p.Context(), 3*p.caps.ListingDelay+p.SettleWithin+slack)
}

// silently runs do and reports if it sent anything.
func (p *probe) silently(what string, do func()) {
	p.Helper()
	if n := p.requests(do); n != 0 {
		p.Errorf("%s: %d requests were sent; there must be none", what, n)
	}
}

// requests returns how many requests do sends.
func (p *probe) requests(do func()) int {
	before, _ := p.Requests()
	do()
	after, _ := p.Requests()
	return after - before
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

// bought is how often a number is in the books.
func (p *probe) bought(n numbers.E164) int { return p.Books().Bought(string(n)) }

// owns is how often a number is still owned, by the books.
func (p *probe) owns(n numbers.E164) int {
	count := 0
	for _, purchase := range p.Books().Owned() {
		if digits(purchase.Number) == n.Digits() {
			count++
		}
	}
	return count
}

// typed demands that err is a *numbers.Error that names the vendor.
func (p *probe) typed(what string, err error) *numbers.Error {
	p.Helper()
	e, ok := errors.AsType[*numbers.Error](err)
	if !ok {
		p.Errorf("%s: the error is not a *numbers.Error: %T %v", what, err, err)
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

// first returns what a sequence's first step brings.
func first[T any](seq func(yield func(*T, error) bool)) (found *T, err error) {
	for item, e := range seq {
		return item, e
	}
	return nil, nil
}
