package numberstest

import (
	"errors"
	"slices"
	"strings"

	"github.com/tnkit/tnkit/numbers"
)

// placeSeveral orders more than one number, in an order that is not sorted
// either way.
func (p *probe) placeSeveral() {
	list := p.numbers(2, p.several())
	if most := p.caps.MaxNumbers; most == 0 || most > 2 {
		list = []numbers.E164{p.Number(3), p.Number(4), p.Number(2)}
	}
	given := slices.Clone(list)
	var o *numbers.Order
	var err error
	if n := p.buys(func() {
		o, err = p.Orderer.Place(p.Context(), numbers.OrderRequest{Numbers: given, Reference: numbers.NewReference()})
	}); n != 1 {
		p.Errorf("Place of %d numbers sent %d requests that could buy, not 1", len(list), n)
	}
	if err != nil || o == nil {
		p.Fatalf("Place of %d numbers: order %v, error %v", len(list), o, err)
	}
	if !slices.Equal(given, list) {
		p.Errorf("Place changed the caller's numbers from %v to %v", list, given)
	}
	if o.Count != len(list) {
		p.Errorf("an order of %d numbers counts %d", len(list), o.Count)
	}
}

func verbatim(p *probe) {
	if p.caps.FoundBy != numbers.ByReference {
		return // the vendor keeps none
	}
	r := numbers.OrderRequest{Numbers: p.numbers(0, 1), Reference: "Job 7/ä & b=1?#%20+ "}
	o, err := p.Orderer.Place(p.Context(), r)
	if err != nil || o == nil {
		p.Fatalf("Place with the reference %q: order %v, error %v", r.Reference, o, err)
	}
	if read := p.wait(o); o.Reference != r.Reference || read.Reference != r.Reference {
		p.Errorf("the reference %q is kept as %q, and read as %q", r.Reference, o.Reference, read.Reference)
	}
	if got := p.orders(numbers.OrderQuery{Reference: r.Reference}); len(got) != 1 || got[0].ID != o.ID {
		p.Errorf("Orders by the reference %q yields %d orders", r.Reference, len(got))
	}
}

// longReferences sends references that some vendor or database has no room for:
// a part of one finds another's order.
func longReferences(p *probe) {
	if p.caps.FoundBy != numbers.ByReference {
		return // the vendor keeps none
	}
	for i, length := range []int{33, 37, 41, 51, 65, 101, 129, 256, 257, 513, 1025} {
		p.fresh()
		r := p.request(i)
		r.Reference += strings.Repeat("x", length-len(r.Reference)-1) + "y"
		o, err := p.Orderer.Place(p.Context(), r)
		if err != nil || o == nil {
			if errors.Is(err, numbers.ErrOutcomeUnknown) || p.bought(r.Numbers[0]) != 0 {
				p.Errorf("Place with a reference of %d bytes: order %v, error %v, and the number is %d times in the books", length, o, err, p.bought(r.Numbers[0]))
			}
			continue // it is too long for this vendor, and that is said
		}
		if read := p.wait(o); o.Reference != r.Reference || read.Reference != r.Reference {
			p.Errorf("a reference of %d bytes is returned with %d, and read with %d", length, len(o.Reference), len(read.Reference))
		}
		if got := p.orders(numbers.OrderQuery{Reference: r.Reference}); len(got) != 1 {
			p.Errorf("Orders by a reference of %d bytes yields %d orders", length, len(got))
		}
	}
}

// mostNumbers fills an order: it is one request, however many numbers it has.
func mostNumbers(p *probe) {
	const many = 100
	n := p.caps.MaxNumbers
	if n == 0 || n > many {
		n = many
	}
	if n < 2 {
		return // one is what every order has
	}
	r := numbers.OrderRequest{Numbers: p.numbers(0, n), Reference: numbers.NewReference()}
	var o *numbers.Order
	var err error
	if sent := p.buys(func() { o, err = p.Orderer.Place(p.Context(), r) }); sent != 1 {
		p.Errorf("Place of %d numbers sent %d requests that could buy; MaxNumbers is %d", n, sent, p.caps.MaxNumbers)
	}
	if err != nil || o == nil {
		p.Fatalf("Place of %d numbers, and MaxNumbers is %d: order %v, error %v", n, p.caps.MaxNumbers, o, err)
	}
	if o = p.wait(o); o.Count != n {
		p.Errorf("an order of %d numbers counts %d", n, o.Count)
	}
	if bought := len(p.Books().Owned()); bought != n {
		p.Errorf("an order of %d numbers bought %d", n, bought)
	}
	if got := p.orders(numbers.OrderQuery{}); len(got) != 1 {
		p.Errorf("an order of %d numbers is listed as %d orders", n, len(got))
	}
}
