package numberstest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// snapshot is everything that can be seen of a value.
func snapshot(v any) string {
	if v == nil {
		return ""
	}
	encoded, _ := json.Marshal(v) // what can't be encoded is in the other half
	return fmt.Sprintf("%+v %s", reflect.Indirect(reflect.ValueOf(v)), encoded)
}

// templates orders twice with one template: a second order must not see what
// the first has put in.
func templates(p *probe) {
	if p.Template == nil {
		return // the Orderer takes none
	}
	before := snapshot(p.Template)
	for i := range 2 {
		r := p.request(i)
		r.Native = p.Template
		o, err := p.Orderer.Place(p.Context(), r)
		if err != nil || o == nil {
			p.Errorf("Place with a template, time %d: order %v, error %v", i+1, o, err)
			continue
		}
		read := p.wait(o)
		if p.Templated != nil && !p.Templated(read) {
			p.Errorf("Place with a template, time %d: the order is not what the template asks for", i+1)
		}
		if p.caps.FoundBy == numbers.ByReference && read.Reference != r.Reference {
			p.Errorf("Place with a template, time %d: the order's reference is %q, not %q", i+1, read.Reference, r.Reference)
		}
		if p.bought(r.Numbers[0]) != 1 {
			p.Errorf("Place with a template, time %d: the number is %d times in the books", i+1, p.bought(r.Numbers[0]))
		}
	}
	p.noTemplate()
	if after := snapshot(p.Template); after != before {
		p.Errorf("Place changed the caller's template:\n%s\n%s", before, after)
	}
}

// noTemplate orders with a nil pointer of the template's type, which many a
// caller has in a variable: it counts as no template, or is refused, and does not panic.
func (p *probe) noTemplate() {
	if reflect.TypeOf(p.Template).Kind() != reflect.Pointer {
		return
	}
	r := p.request(2)
	r.Native = reflect.Zero(reflect.TypeOf(p.Template)).Interface()
	if o, err := p.Orderer.Place(p.Context(), r); (err != nil || o == nil) && !errors.Is(err, numbers.ErrInvalid) {
		p.Errorf("Place with a Native that is a nil pointer: order %v, error %v; it must be no template, or ErrInvalid", o, err)
	}
}

func native(p *probe) {
	if p.HasNative == nil {
		return // the vendor has no orders of its own
	}
	o := p.place(0)
	if !p.HasNative(o) {
		p.Errorf("the placed order carries no order of the vendor's own: %T", o.Native)
	}
	if read := p.wait(o); !p.HasNative(read) {
		p.Errorf("the order read carries no order of the vendor's own: %T", read.Native)
	}
	for _, o := range p.orders(numbers.OrderQuery{}) {
		if !p.HasNative(o) {
			p.Errorf("a listed order carries no order of the vendor's own: %T", o.Native)
		}
	}
}

func secrets(p *probe) {
	if len(p.Secrets) == 0 {
		return // an Orderer without credentials
	}
	var heard texts
	o := p.settled(0)
	read, err := p.Orderer.Order(p.Context(), o.ID)
	heard.add(o, o.Native, read, err, p.Orderer, p.caps)
	if read != nil {
		heard.add(read.Native)
	}
	for n, err := range p.owned(p.Context(), numbers.OwnedQuery{}) {
		if heard.add(n, err); n != nil {
			heard.add(n.Native)
		}
	}
	for i, kind := range p.Faults {
		if !kind.Semantic() {
			p.failing(i, kind, &heard)
		}
	}
	if text, ok := heard.leak(p.Secrets); ok {
		p.Errorf("a secret shows up in: %s", text)
	}
}

// failing collects what is said of an order and of readings that meet with a fault.
func (p *probe) failing(i int, kind FaultKind, heard *texts) {
	p.fresh()
	p.Inject(Fault{Kind: kind, Delay: delayOf(kind)})
	order, err := p.Orderer.Place(p.Context(), p.request(i))
	heard.add(order, err)
	p.fresh()
	p.Inject(Fault{Kind: kind, Delay: delayOf(kind), On: Match{PathPrefix: "/"}, Times: -1})
	for _, err := range p.readings() {
		heard.add(err)
	}
}

// texts are what a caller could print of the values that it was given.
type texts []string

func (t *texts) add(values ...any) {
	for _, v := range values {
		*t = append(*t, fmt.Sprintf("%v %+v %#v %s %q %d", v, v, v, v, v, v), snapshot(v))
		if err, ok := v.(error); ok && err != nil {
			*t = append(*t, chain(err)...)
		}
	}
}

// leak returns the first text that has a secret, with the secret blotted out, and whether there
// is one.
func (t texts) leak(secrets []string) (string, bool) {
	for _, text := range t {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				return strings.ReplaceAll(text, secret, "<SECRET>"), true
			}
		}
	}
	return "", false
}

// readings asks for what can be read, a while each, and returns the errors.
func (p *probe) readings() (errs []error) {
	ctx, cancel := context.WithTimeout(p.Context(), time.Minute)
	defer cancel()
	_, err := p.Orderer.Order(ctx, "an-id")
	errs = append(errs, err)
	_, err = first(p.Orderer.Orders(ctx, numbers.OrderQuery{}))
	errs = append(errs, err)
	_, err = first(p.owned(ctx, numbers.OwnedQuery{}))
	errs = append(errs, err)
	_, err = first(p.search(ctx, p.query()))
	errs = append(errs, err)
	_, err = p.quote(ctx, p.request(0))
	return append(errs, err)
}

// chain returns the texts of all errors below err.
func chain(err error) []string {
	list := []string{err.Error(), fmt.Sprintf("%+v %#v", err, err)}
	switch u := any(err).(type) { // it walks the whole tree by itself
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
