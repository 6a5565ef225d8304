package numberstest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/tnkit/tnkit/numbers"
)

func placeChecks() []check {
	return []check{
		{"place is one buy and tells the order", placeOnce},
		{"place refuses bad input before sending", badInput},
		{"place honours its context", cancelledPlace},
		{"an order is read back", readBack},
		{"an unknown order is not found", unknownOrder},
		{"native orders and templates", native},
		{"concurrent orders keep apart", concurrent},
		{"secrets stay secret", secrets},
	}
}

func placeOnce(p *probe) {
	r := p.request(0)
	var o *numbers.Order
	var err error
	if n := p.buys(func() { o, err = p.Orderer.Place(p.Context(), r) }); n != 1 {
		p.Errorf("Place sent %d requests that could buy, not 1", n)
	}
	if err != nil || o == nil {
		p.Fatalf("Place: order %v, error %v", o, err)
	}
	if o.ID == "" || o.Vendor != p.caps.Vendor || o.State == "" {
		p.Errorf("Place returned an order without an id, a vendor or a state: %+v", o)
	}
	if o.Account != p.caps.Account {
		p.Errorf("the order's account is %q, and Capabilities.Account %q", o.Account, p.caps.Account)
	}
	if p.caps.Recognises == numbers.ByReference && o.Reference != r.Reference {
		p.Errorf("the order's reference is %q, not %q", o.Reference, r.Reference)
	}
	if o.Count != 1 || len(o.Items) > 1 || len(o.Items) == 1 && o.Items[0].E164 != r.Numbers[0] {
		p.Errorf("the order has %d numbers (%+v), not the one that was ordered", o.Count, o.Items)
	}
	if o.Price != nil && (o.Price.Upfront == nil && o.Price.Monthly == nil) {
		p.Error("the order has a price of nothing; unknown is nil")
	}
	o = p.wait(o)
	if o.State != numbers.StateComplete && !o.Final {
		p.Errorf("the order settled as %s", o.State)
	}
	if n := p.bought(r.Numbers[0]); n != 1 {
		p.Errorf("the number stands %d times in the books", n)
	}
}

// wait waits for an order that has no fault.
func (p *probe) wait(o *numbers.Order) *numbers.Order {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), p.SettleWithin+p.caps.Settle+settleSlack)
	defer cancel()
	out, err := numbers.Wait(ctx, p.Orderer, o.ID, nil)
	if err != nil || out == nil {
		p.Fatalf("Wait for order %s: order %v, error %v", o.ID, out, err)
	}
	return out
}

func badInput(p *probe) {
	n := p.numbers(0, 2)
	type foreign struct{ Numbers []string }
	cases := map[string]numbers.OrderRequest{
		"no numbers":        {},
		"no E.164":          {Numbers: []numbers.E164{"12025550100"}},
		"letters":           {Numbers: []numbers.E164{"+1202555CALL"}},
		"an empty number":   {Numbers: []numbers.E164{""}},
		"a doubled number":  {Numbers: []numbers.E164{n[0], n[0]}},
		"a foreign Native":  {Numbers: n[:1], Native: &foreign{}},
		"a Native by value": {Numbers: n[:1], Native: foreign{}},
	}
	if most := p.caps.MaxNumbers; most > 0 {
		cases["more than MaxNumbers"] = numbers.OrderRequest{Numbers: p.numbers(0, most+1)}
	}
	for name, r := range cases {
		p.invalid("Place with "+name, func() error {
			_, err := p.Orderer.Place(p.Context(), r)
			return err
		})
	}
	for _, id := range []string{"", ".", ".."} {
		p.invalid(fmt.Sprintf("Order %q", id), func() error {
			_, err := p.Orderer.Order(p.Context(), id)
			return err
		})
	}
}

func cancelledPlace(p *probe) {
	ctx, cancel := context.WithCancel(p.Context())
	cancel()
	p.silently("Place with a cancelled context", func() {
		_, err := p.Orderer.Place(ctx, p.request(0))
		if !errors.Is(err, context.Canceled) || errors.Is(err, numbers.ErrOutcomeUnknown) {
			p.Errorf("Place with a cancelled context: %v; it must be context.Canceled, and known not to be placed", err)
		}
	})
}

func readBack(p *probe) {
	placed := p.settled(0)
	read, err := p.Orderer.Order(p.Context(), placed.ID)
	if err != nil || read == nil {
		p.Fatalf("Order %s: %v, error %v", placed.ID, read, err)
	}
	if read.ID != placed.ID || read.Vendor != p.caps.Vendor || read.Count != 1 {
		p.Errorf("Order %s returned %+v", placed.ID, read)
	}
	if len(read.Items) != 1 || read.Items[0].E164 != p.Number(0) || read.Items[0].State != read.State {
		p.Errorf("the order read back has the items %+v", read.Items)
	}
}

func unknownOrder(p *probe) {
	p.place(0)
	_, err := p.Orderer.Order(p.Context(), "99999999-9999-4999-8999-999999999999")
	if !errors.Is(err, numbers.ErrNotFound) {
		p.Errorf("Order of an unknown id: %v, not ErrNotFound", err)
	}
	p.typed("Order of an unknown id", err)
}

func native(p *probe) {
	r := p.request(0)
	if p.Template != nil {
		r.Native = p.Template
		before := fmt.Sprintf("%+v", reflect.Indirect(reflect.ValueOf(p.Template)).Interface())
		defer func() {
			if after := fmt.Sprintf("%+v", reflect.Indirect(reflect.ValueOf(p.Template)).Interface()); after != before {
				p.Errorf("Place changed the caller's template:\n%s\n%s", before, after)
			}
		}()
	}
	o, err := p.Orderer.Place(p.Context(), r)
	if err != nil {
		p.Fatalf("Place with a template: %v", err)
	}
	if p.bought(r.Numbers[0]) == 0 && p.wait(o) != nil && p.bought(r.Numbers[0]) == 0 {
		p.Error("Place with a template bought nothing")
	}
	if p.HasNative == nil {
		return
	}
	if !p.HasNative(o) {
		p.Errorf("the placed order carries no order of the vendor's own: %T", o.Native)
	}
	if read, err := p.Orderer.Order(p.Context(), o.ID); err == nil && !p.HasNative(read) {
		p.Errorf("the order read carries no order of the vendor's own: %T", read.Native)
	}
}

func concurrent(p *probe) {
	const many = 20
	var wg sync.WaitGroup
	orders, errs := make([]*numbers.Order, many), make([]error, many)
	for i := range many {
		wg.Go(func() { orders[i], errs[i] = p.Orderer.Place(p.Context(), p.request(i)) })
	}
	wg.Wait()
	ids := make(map[string]int)
	for i, o := range orders {
		if errs[i] != nil || o == nil {
			p.Errorf("concurrent Place %d: order %v, error %v", i, o, errs[i])
			continue
		}
		if other, twice := ids[o.ID]; twice {
			p.Errorf("orders %d and %d have one id, %s", other, i, o.ID)
		}
		ids[o.ID] = i
		if len(o.Items) == 1 && o.Items[0].E164 != p.Number(i) {
			p.Errorf("concurrent Place %d returned the order of %s", i, o.Items[0].E164)
		}
		p.wait(o)
		if n := p.bought(p.Number(i)); n != 1 {
			p.Errorf("number %d stands %d times in the books", i, n)
		}
	}
}

func secrets(p *probe) {
	if len(p.Secrets) == 0 {
		return // an Orderer without credentials
	}
	var texts []string
	say := func(values ...any) {
		for _, v := range values {
			texts = append(texts, fmt.Sprintf("%v %+v %#v", v, v, v))
			if err, ok := v.(error); ok && err != nil {
				texts = append(texts, chain(err)...)
			}
		}
	}
	o := p.settled(0)
	read, err := p.Orderer.Order(p.Context(), o.ID)
	say(o, o.Native, read, err, p.Orderer, p.caps)
	if read != nil {
		say(read.Native)
	}
	for i, kind := range p.Faults {
		if kind.Semantic() {
			continue
		}
		p.fresh()
		p.Inject(Fault{Kind: kind, Delay: delayOf(kind)})
		order, err := p.Orderer.Place(p.Context(), p.request(i))
		say(order, err)
	}
	for _, text := range texts {
		for _, secret := range p.Secrets {
			if strings.Contains(text, secret) {
				p.Errorf("a secret shows up in: %s", strings.ReplaceAll(text, secret, "<SECRET>"))
				return
			}
		}
	}
}

// chain returns the texts of all errors below err.
func chain(err error) []string {
	list := []string{err.Error(), fmt.Sprintf("%+v %#v", err, err)}
	switch u := err.(type) { //nolint:errorlint // it walks the whole tree by itself
	case interface{ Unwrap() error }:
		if inner := u.Unwrap(); inner != nil {
			list = append(list, chain(inner)...)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range u.Unwrap() {
			list = append(list, chain(inner)...)
		}
	}
	return list
}
