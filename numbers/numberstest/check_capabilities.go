package numberstest

import (
	"errors"
	"reflect"

	"github.com/tnkit/tnkit/numbers"
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
	if _, ok := numbers.As[numbers.Resolver](p.Orderer); c.Can.Has(numbers.CanResolve) && !ok {
		p.Error("CanResolve is set, and the Orderer is no Resolver")
	}
	if c.AssignsOwned == 0 && c.Can.Has(numbers.CanAssign) {
		p.Error("CanAssign is set, and Capabilities.AssignsOwned is empty")
	}
}

// ability is a way to exercise one ability: by the function that users call,
// and where the Orderer itself has it, by the method below.
type ability struct {
	can    numbers.Ability
	name   string
	call   func() error
	method func() error
}

// abilities exercises each ability once: on a number that the account has, and
// an order of it.
func abilities(p *probe, own *numbers.Number, order *numbers.Order) []ability {
	ctx, o := p.Context(), p.Orderer
	quote := func(q *numbers.Quotation, err error) error {
		if err == nil && (q == nil || q.Vendor != p.caps.Vendor) {
			p.Errorf("Quote returned %+v without an error", q)
		}
		return err
	}
	reserve := func(r *numbers.Reservation, err error) error {
		if err == nil && (r == nil || len(r.Items) != 1 || !r.Items[0].Held || r.Items[0].Expires.IsZero()) {
			p.Errorf("Reserve returned %+v without an error", r)
		}
		return err
	}
	cancel := func(c *numbers.Order, err error) error {
		if err == nil && (c == nil || c.ID != order.ID) {
			p.Errorf("Cancel returned %+v without an error", c)
		}
		return err
	}
	assign := func(n *numbers.Number, err error) error {
		if err == nil && (n == nil || n.ID != own.ID) {
			p.Errorf("Assign returned %+v without an error", n)
		}
		return err
	}
	reservation, a, query := numbers.ReserveRequest{Numbers: p.numbers(401, 1)}, p.assignment(p.caps.AssignsOwned), p.query()
	return []ability{
		{numbers.CanSearch, "Search", func() error { _, err := first(p.search(ctx, query)); return err },
			method(o, func(s numbers.Searcher) error { _, err := first(s.Search(ctx, query)); return err })},
		{numbers.CanQuote, "Quote", func() error { return quote(p.quote(ctx, p.request(400))) },
			method(o, func(q numbers.Quoter) error { return quote(q.Quote(ctx, p.request(400))) })},
		{numbers.CanReserve, "Reserve", func() error { return reserve(p.reserve(ctx, reservation)) },
			method(o, func(r numbers.Reserver) error { return reserve(r.Reserve(ctx, reservation)) })},
		{numbers.CanCancel, "Cancel", func() error { return cancel(p.cancel(ctx, order)) },
			method(o, func(c numbers.Canceler) error { return cancel(c.Cancel(ctx, order)) })},
		{numbers.CanListOwned, "Owned", func() error { _, err := first(p.owned(ctx, numbers.OwnedQuery{})); return err },
			method(o, func(i numbers.Inventory) error { _, err := first(i.Owned(ctx, numbers.OwnedQuery{})); return err })},
		{numbers.CanAssign, "Assign", func() error { return assign(p.assign(ctx, own, a)) },
			method(o, func(s numbers.Assigner) error { return assign(s.Assign(ctx, own, a)) })},
		{numbers.CanRelease, "Release", func() error { return p.release(ctx, own) },
			method(o, func(r numbers.Releaser) error { return r.Release(ctx, own) })},
	}
}

// method is a call of an optional interface that o itself has; nil where it has
// not. What stands below a decorator is not asked.
func method[T any](o numbers.Orderer, call func(T) error) func() error {
	able, ok := o.(T)
	if !ok {
		return nil
	}
	return func() error { return call(able) }
}

func undeclared(p *probe) {
	own := &numbers.Number{Vendor: p.caps.Vendor, ID: "an-id", E164: p.Number(0), VendorNumber: string(p.Number(0))}
	order := &numbers.Order{Vendor: p.caps.Vendor, ID: "an-id"}
	for _, a := range abilities(p, own, order) {
		if p.caps.Can.Has(a.can) {
			continue
		}
		p.unsupported("numbers."+a.name, a.call)
		if a.method != nil {
			p.unsupported("the method "+a.name, a.method)
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
		if own.ID == "" && (a.can == numbers.CanRelease || a.can == numbers.CanAssign) {
			p.Errorf("%s is declared, and no number can be looked up for it", a.name)
			continue
		}
		var err error
		sent := p.requests(func() { err = a.call() })
		// Cancelling what has settled may be refused, as long as the vendor is
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
			continue // told by another check
		}
		same("an error", e.Vendor, e.Account)
		if e.Attempt != nil {
			same("an attempt", e.Attempt.Vendor, e.Attempt.Account)
		}
	}
}
