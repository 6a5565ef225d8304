package numberstest

import (
	"errors"

	"github.com/tnkit/tnkit/numbers"
)

func releaseChecks() []check {
	return []check{
		{"release gives a number back", func(p *probe) { ifReleases(p, releases) }},
		{"release can be repeated", func(p *probe) { ifReleases(p, releaseAgain) }},
		{"release refuses another number", func(p *probe) { ifReleases(p, releaseOther) }},
		{"release refuses another account's number", func(p *probe) { ifReleases(p, releaseForeign) }},
		{"release is confirmed", func(p *probe) { ifReleases(p, releaseConfirmed) }},
	}
}

// ifReleases runs do with two numbers of the account, where it can release.
func ifReleases(p *probe, do func(p *probe, own, other *numbers.Number)) {
	if !p.caps.Can.Has(numbers.CanRelease | numbers.CanListOwned) {
		return
	}
	p.settled(0)
	p.settled(1)
	do(p, find(p, p.Number(0)), find(p, p.Number(1)))
}

// owns counts how often a number is still owned, by the books.
func (p *probe) owns(n numbers.E164) int {
	count := 0
	for _, purchase := range p.Books().Owned() {
		if digits(purchase.Number) == n.Digits() {
			count++
		}
	}
	return count
}

func releases(p *probe, own, other *numbers.Number) {
	if err := numbers.Release(p.Context(), p.Orderer, own); err != nil {
		p.Fatalf("Release: %v", err)
	}
	if p.owns(own.E164) != 0 {
		p.Error("Release returned nil, and by the books the number is still owned")
	}
	if p.owns(other.E164) != 1 {
		p.Error("Release gave another number back, too")
	}
	if _, err := numbers.Find(p.Context(), p.Orderer, own.E164); !errors.Is(err, numbers.ErrNotFound) {
		p.Errorf("Find of a released number: %v, not ErrNotFound", err)
	}
}

func releaseAgain(p *probe, own, _ *numbers.Number) {
	for i := range 2 {
		if err := numbers.Release(p.Context(), p.Orderer, own); err != nil {
			p.Errorf("Release, time %d: %v", i+1, err)
		}
	}
}

func releaseOther(p *probe, own, other *numbers.Number) {
	wrong := *own
	wrong.E164, wrong.VendorNumber = other.E164, other.VendorNumber
	if err := numbers.Release(p.Context(), p.Orderer, &wrong); err == nil {
		p.Error("Release of an id that is another number's returned nil")
	}
	if p.owns(own.E164) != 1 || p.owns(other.E164) != 1 {
		p.Error("Release of an id that is another number's gave a number back")
	}
}

func releaseForeign(p *probe, own, _ *numbers.Number) {
	for name, change := range map[string]func(*numbers.Number){
		"of another vendor":  func(n *numbers.Number) { n.Vendor = "another vendor" },
		"of another account": func(n *numbers.Number) { n.Account += "another account" },
		"without an id":      func(n *numbers.Number) { n.ID = "" },
	} {
		n := *own
		change(&n)
		p.invalid("Release of a number "+name, func() error { return numbers.Release(p.Context(), p.Orderer, &n) })
	}
	p.invalid("Release of nil", func() error { return numbers.Release(p.Context(), p.Orderer, nil) })
}

func releaseConfirmed(p *probe, own, _ *numbers.Number) {
	p.Inject(Fault{Kind: StatusBefore, Status: 500, On: Match{PathPrefix: "/"}, Times: -1})
	err := numbers.Release(p.Context(), p.Orderer, own)
	if err == nil {
		p.Error("Release returned nil though the vendor refused everything")
	}
	if p.owns(own.E164) != 1 {
		p.Error("the number is gone though the vendor refused everything")
	}
}
