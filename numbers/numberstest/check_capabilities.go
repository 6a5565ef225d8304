package numberstest

import (
	"errors"
	"reflect"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

func capabilityChecks() []check {
	return []check{
		{name: "capabilities are fixed and sound", run: sound},
		{name: "what is not declared is refused", run: undeclared},
		{name: "what is declared works", run: declared},
		{name: "everything names its vendor, and no account", run: named},
	}
}

func sound(p *probe) {
	p.silently("Capabilities", func() {
		if p.Orderer.Capabilities() != p.caps {
			p.Error("Capabilities change from call to call")
		}
	})
	p.settled(0)
	for range 50 {
		if c := p.Orderer.Capabilities(); c != p.caps {
			p.Errorf("Capabilities are %+v, and were %+v before an order", c, p.caps)
			break
		}
	}
	c := p.caps
	if of := reflect.TypeOf(p.Template); c.Native != nil && of != nil && reflect.TypeOf(c.Native) != of {
		p.Errorf("Capabilities.Native is a %T, and Subject.Template a %s", c.Native, of)
	}
	if c.Vendor == "" {
		p.Error("Capabilities.Vendor is empty")
	}
	if c.FoundBy == numbers.ByNothing {
		p.Error("Capabilities.FoundBy is ByNothing: a lost order could never be found")
	}
	if c.MaxNumbers < 0 || c.ListingDelay < 0 || c.HoldFor < 0 {
		p.Errorf("Capabilities has negative limits: %+v", c)
	}
	if c.Can.Has(numbers.CanReserve) != (c.HoldFor > 0) {
		p.Errorf("Capabilities.HoldFor is %s, and CanReserve is %t", c.HoldFor, c.Can.Has(numbers.CanReserve))
	}
	if c.SearchFields != 0 && !c.Can.Has(numbers.CanSearch) {
		p.Errorf("Capabilities.SearchFields is %s, and CanSearch is not set", c.SearchFields)
	}
	if c.AssignsOwned != 0 && !c.Can.Has(numbers.CanAssign) {
		p.Errorf("Capabilities.AssignsOwned is %s, and CanAssign is not set", c.AssignsOwned)
	}
	if c.AssignsOwned == 0 && c.Can.Has(numbers.CanAssign) {
		p.Error("CanAssign is set, and Capabilities.AssignsOwned is empty")
	}
}

// ability is a call of an optional interface; call is nil where the Orderer has
// not the method.
type ability struct {
	can  numbers.Ability
	name string
	call func() error
}

// abilities exercises each ability once: on a number that the account has, and
// an order of it.
func abilities(p *probe, own *numbers.Number, order *numbers.Order) []ability {
	ctx := p.Context()
	quote := func(o numbers.Quoter) error {
		q, err := o.Quote(ctx, p.request(400))
		if err == nil && (q == nil || q.Vendor != p.caps.Vendor) {
			p.Errorf("Quote returned %+v without an error", q)
		}
		return err
	}
	reserve := func(o numbers.Reserver) error {
		r, err := o.Reserve(ctx, numbers.ReserveRequest{Numbers: p.numbers(401, 1)})
		if err == nil && (r == nil || len(r.Items) != 1 || !r.Items[0].Held || r.Items[0].Expires.IsZero()) {
			p.Errorf("Reserve returned %+v without an error", r)
		}
		return err
	}
	cancel := func(o numbers.Canceler) error {
		c, err := o.Cancel(ctx, order)
		if err == nil && (c == nil || c.ID != order.ID) {
			p.Errorf("Cancel returned %+v without an error", c)
		}
		return err
	}
	assign := func(o numbers.Assigner) error {
		n, err := o.Assign(ctx, own, p.assignment(p.caps.AssignsOwned))
		if err == nil && (n == nil || n.ID != own.ID) {
			p.Errorf("Assign returned %+v without an error", n)
		}
		return err
	}
	return []ability{
		{numbers.CanSearch, "Search", method(p, func(o numbers.Searcher) error { return last(o.Search(ctx, p.query())) })},
		{numbers.CanQuote, "Quote", method(p, quote)},
		{numbers.CanReserve, "Reserve", method(p, reserve)},
		{numbers.CanCancel, "Cancel", method(p, cancel)},
		{numbers.CanListOwned, "Owned", method(p, func(o numbers.Inventory) error { return last(o.Owned(ctx, numbers.OwnedQuery{})) })},
		{numbers.CanAssign, "Assign", method(p, assign)},
		{numbers.CanRelease, "Release", method(p, func(o numbers.Releaser) error { return o.Release(ctx, own) })},
		{numbers.CanResolve, "ResolveAll", method(p, func(o numbers.Resolver) error {
			_, errs := o.ResolveAll(ctx, []numbers.Attempt{{Vendor: p.caps.Vendor, Numbers: p.numbers(402, 1), Started: time.Now()}})
			return errors.Join(errs...)
		})},
	}
}

// method is a call of an optional interface; nil where the Orderer does not have it.
func method[T any](p *probe, call func(T) error) func() error {
	o, ok := driver.As[T](p.Orderer)
	if !ok {
		return nil
	}
	return func() error { return call(o) }
}

func undeclared(p *probe) {
	own := &numbers.Number{Vendor: p.caps.Vendor, ID: "an-id", E164: p.Number(0), VendorNumber: string(p.Number(0))}
	order := &numbers.Order{Vendor: p.caps.Vendor, ID: "an-id"}
	for _, a := range abilities(p, own, order) {
		if a.call != nil && !p.caps.Can.Has(a.can) {
			p.unsupported(a.name, a.call)
		}
	}
}

func declared(p *probe) {
	for i := range abilities(p, &numbers.Number{}, &numbers.Order{}) {
		p.fresh()
		own, order := &numbers.Number{}, p.settled(0)
		if p.caps.Can.Has(numbers.CanListOwned) {
			own = p.find(p.Number(0))
		}
		a := abilities(p, own, order)[i]
		if !p.caps.Can.Has(a.can) {
			continue
		}
		if a.call == nil {
			p.Errorf("%s is declared, and the Orderer has not the method", a.name)
			continue
		}
		if own.ID == "" && (a.can == numbers.CanRelease || a.can == numbers.CanAssign) {
			p.Errorf("%s is declared, and no number can be looked up for it", a.name)
			continue
		}
		var err error
		sent := p.requests(func() { err = a.call() })
		// Canceling what has settled may be refused, as long as the vendor is
		// asked.
		refused := a.can == numbers.CanCancel && (errors.Is(err, numbers.ErrConflict) || errors.Is(err, numbers.ErrInvalid))
		refused = refused || a.can == numbers.CanAssign && noSuchID(err, p.assignment(p.caps.AssignsOwned), sent)
		if err != nil && !refused {
			p.Errorf("%s is declared and fails: %v", a.name, err)
		}
		if sent == 0 {
			p.Errorf("%s is declared and sends nothing", a.name)
		}
	}
}

// named demands that everything names the vendor, and leaves the account's name to
// account.Account.
func named(p *probe) {
	same := func(what, vendor, account string) {
		if vendor != p.caps.Vendor || account != "" {
			p.Errorf("%s names the account %q at %q; it is %q, and the account's name is left empty", what, account, vendor, p.caps.Vendor)
		}
	}
	placed := p.place(0)
	same("the placed order", placed.Vendor, placed.Account)
	read := p.wait(placed)
	same("the order read", read.Vendor, read.Account)
	for o, err := range p.Orderer.Orders(p.Context(), numbers.OrderQuery{}) {
		if err == nil {
			same("a listed order", o.Vendor, o.Account)
		}
	}
	for n, err := range p.owned(p.Context(), numbers.OwnedQuery{}) {
		if err == nil {
			same("a listed number", n.Vendor, n.Account)
		}
	}
	for offer, err := range p.search(p.Context(), p.query()) {
		if err == nil {
			same("an offer", offer.Vendor, offer.Account)
		}
	}
	if q, err := p.quote(p.Context(), p.request(400)); err == nil {
		same("a quotation", q.Vendor, q.Account)
	}
	for _, f := range []Fault{{Kind: StatusBefore, Status: 403}, {Kind: LostReply}} {
		p.Inject(f)
		_, err := p.Orderer.Place(p.Context(), p.request(1))
		e, ok := errors.AsType[*numbers.Error](err)
		if !ok {
			continue // another check reports it
		}
		same("an error", e.Vendor, e.Account)
		if e.Attempt != nil {
			same("an attempt", e.Attempt.Vendor, e.Attempt.Account)
		}
	}
}
