package numberstest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/tnkit/tnkit/numbers"
)

// snapshot is everything that can be seen of a value.
func snapshot(v any) string {
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
		p.wait(o)
		if p.bought(r.Numbers[0]) != 1 {
			p.Errorf("Place with a template, time %d: the number stands %d times in the books", i+1, p.bought(r.Numbers[0]))
		}
	}
	if after := snapshot(p.Template); after != before {
		p.Errorf("Place changed the caller's template:\n%s\n%s", before, after)
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
