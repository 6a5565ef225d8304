package numberstest

import (
	"context"
	"errors"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

func failingChecks() []check {
	return []check{
		{name: "a failing call returns an error", run: failing},
		{name: "a 404 that is not the vendor's shows nothing", run: foreign404},
		{name: "hostile ids find nothing", run: hostileIDs},
	}
}

// failing lets every request go wrong, before the vendor does anything: no call
// may take that for an answer.
func failing(p *probe) {
	faults := []Fault{{Kind: StatusBefore, Status: 500}, {Kind: StatusBefore, Status: 403}, {Kind: DroppedRequest}}
	for _, f := range []Fault{{Kind: GarbageBody, BeforeCommit: true}, {Kind: EmptyBody, BeforeCommit: true}, {Kind: HTMLBody, BeforeCommit: true}} {
		if p.takes(f.Kind) {
			faults = append(faults, f)
		}
	}
	for _, f := range faults {
		p.fresh()
		pending := p.place(1)
		own := &numbers.Number{}
		p.settled(0)
		if p.caps.Can.Has(numbers.CanListOwned) {
			own = p.find(p.Number(0))
		}
		f.On, f.Times = Match{PathPrefix: "/"}, -1
		p.Inject(f)
		for name, call := range p.calls(pending, own) {
			if name != "Release" { // which has checks of its own, and may be done
				_ = p.fails(nameOf(f)+": "+name, call)
			}
		}
	}
}

// foreign404 lets a proxy answer every request with a 404 of its own: an order or a
// number that exists must not look gone, nor released.
func foreign404(p *probe) {
	for _, f := range []Fault{
		{NoBody: true}, {Body: "<html><body>404 Not Found</body></html>"}, {Body: `{"message":"no Route matched with those values"}`},
	} {
		p.fresh()
		pending := p.place(1)
		own := &numbers.Number{}
		p.settled(0)
		if p.caps.Can.Has(numbers.CanListOwned) {
			own = p.find(p.Number(0))
		}
		f.Kind, f.Status, f.On, f.Times = StatusBefore, 404, Match{PathPrefix: "/"}, -1
		p.Inject(f)
		for name, call := range p.calls(pending, own) {
			if name == "Orders" || name == "Owned" {
				continue // a 404 of a list is a check of its own
			}
			what := "a 404 of a proxy: " + name
			if err := p.fails(what, call); err != nil && !errors.Is(err, numbers.ErrVendor) {
				p.Errorf("%s returned %v, which is not ErrVendor", what, err)
			}
		}
	}
}

// fails demands an error that proves only that the call failed, and returns it.
func (p *probe) fails(what string, call func(context.Context) error) error {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), 5*time.Minute)
	defer cancel()
	err := call(ctx)
	switch {
	case err == nil:
		p.Errorf("%s returned no error, and no request was answered", what)
	case errors.Is(err, numbers.ErrNotFound), errors.Is(err, errors.ErrUnsupported), errors.Is(err, numbers.ErrOutcomeUnknown):
		p.Errorf("%s returned %v, and no request was answered", what, err)
	default:
		_ = p.typed(what, err)
	}
	return err
}

// calls are what the Orderer can do, except Place: on an order and a number that
// the account has.
func (p *probe) calls(order *numbers.Order, own *numbers.Number) map[string]func(context.Context) error {
	o, can := p.Orderer, p.caps.Can.Has
	calls := map[string]func(context.Context) error{
		"Order":  func(ctx context.Context) error { _, err := o.Order(ctx, order.ID); return err },
		"Orders": func(ctx context.Context) error { return last(o.Orders(ctx, numbers.OrderQuery{})) },
	}
	if can(numbers.CanSearch) {
		calls["Search"] = func(ctx context.Context) error { return last(p.search(ctx, p.query())) }
	}
	if can(numbers.CanQuote) {
		calls["Quote"] = func(ctx context.Context) error { _, err := p.quote(ctx, p.request(2)); return err }
	}
	if can(numbers.CanReserve) {
		calls["Reserve"] = func(ctx context.Context) error {
			_, err := p.reserve(ctx, numbers.ReserveRequest{Numbers: p.numbers(3, 1)})
			return err
		}
	}
	if can(numbers.CanCancel) {
		calls["Cancel"] = func(ctx context.Context) error { _, err := p.cancel(ctx, order); return err }
	}
	if can(numbers.CanListOwned) {
		calls["Owned"] = func(ctx context.Context) error { return last(p.owned(ctx, numbers.OwnedQuery{})) }
	}
	if can(numbers.CanListOwned | numbers.CanAssign) {
		calls["Assign"] = func(ctx context.Context) error {
			_, err := p.assign(ctx, own, p.assignment(p.caps.AssignsOwned))
			return err
		}
	}
	if can(numbers.CanListOwned | numbers.CanRelease) {
		calls["Release"] = func(ctx context.Context) error { return p.release(ctx, own) }
	}
	return calls
}

// last returns the error that a sequence ends with.
func last[T any](seq func(yield func(*T, error) bool)) (err error) {
	for _, err = range seq {
		if err != nil {
			break
		}
	}
	return err
}

// hostileIDs asks for orders by what is made of an order's id: put into a path
// as it is, some of it leads to that order, and some elsewhere.
func hostileIDs(p *probe) {
	o := p.settled(0)
	for _, id := range []string{
		o.ID + "?x=1", o.ID + "#x", o.ID + "/", o.ID + "/.", "./" + o.ID, "x/../" + o.ID, "../" + o.ID, "%2e%2e/" + o.ID, o.ID + "%3Fx",
		o.ID + "\x00", o.ID + "\n", " " + o.ID, o.ID + " ", "?", "#", "/", "//", "a/b", "%", "%zz", "../../..", "\xff", "'", `"`, "*", "0", "-1",
	} {
		found, err := p.Orderer.Order(p.Context(), id)
		switch {
		case found != nil || err == nil:
			p.Errorf("Order %q returned the order %+v, error %v", id, found, err)
		case errors.Is(err, numbers.ErrOutcomeUnknown):
			p.Errorf("Order %q: %v; a reading has no unknown outcome", id, err)
		default:
			_ = p.typed("Order of a hostile id", err)
		}
	}
}
