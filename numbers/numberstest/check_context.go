package numberstest

import (
	"context"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// givesUp ends the caller's patience while a request is under way, in each of
// these calls that the Orderer has.
func (p *probe) givesUp(names ...string) {
	if !p.takes(HangBefore) {
		return // the answers of this vendor don't take long
	}
	const patience, slack = 3 * time.Second, 10 * time.Second
	for _, name := range names {
		p.fresh()
		pending, own := p.place(1), &numbers.Number{}
		if p.settled(2); p.caps.Can.Has(numbers.CanListOwned) {
			own = p.find(p.Number(2))
		}
		call := p.calls(pending, own)[name]
		if name == "Place" {
			call = func(ctx context.Context) error { _, err := p.Orderer.Place(ctx, p.request(0)); return err }
		}
		if call == nil {
			continue
		}
		p.Inject(Fault{Kind: HangBefore, On: Match{PathPrefix: "/"}, Times: -1})
		began := time.Now()
		ctx, cancel := context.WithTimeout(p.Context(), patience)
		err := call(ctx)
		cancel()
		if took := time.Since(began); took > patience+slack || err == nil && name != "Place" {
			p.Errorf("%s with a context of %s, and no answer, took %s, error %v", name, patience, took, err)
		}
	}
}
