package account_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// simPlan is what a history is made of. Each history has some kinds of trouble and not
// others, because a history with everything shows less of each.
type simPlan struct {
	vendor    numberstest.MemoryOptions
	customers int
	replicas  int
	pool      []numbers.E164 // what is ordered by its number, and what is offered
	spread    time.Duration  // the time in which the jobs are delivered
	limiter   time.Duration  // how long an order may wait before it begins

	// How often a step of a process is slow, stops it, or kills it.
	slow, stop, crash float64
	// How often a Begin, an End and a reading of the journal fails.
	failBegin, failEnd, failEntries float64
	// How often an order and a reading goes wrong at the vendor, and a search is stale.
	failOrder, failRead, stale float64
	// How often a customer gives back what he has bought, how often somebody did without
	// an Account before, and how often a job is BuyAny.
	release, outsider, any float64
	// hides is set where the inventory does not show what has not settled.
	hides bool
	// recovers is how often a replica recovers at a random time.
	recovers int
}

// drawPlan draws a plan from a seed.
func drawPlan(d *rand.Rand) simPlan {
	p := simPlan{
		customers:   2 + d.IntN(5),
		replicas:    1 + d.IntN(3),
		spread:      pick(d, time.Second, 20*time.Second, 3*time.Minute, 20*time.Minute),
		limiter:     pick(d, 20*time.Millisecond, 20*time.Millisecond, 5*time.Second, time.Minute),
		slow:        sometimes(d, 0.02, 0.1),
		stop:        sometimes(d, 0.004, 0.015),
		crash:       sometimes(d, 0.002, 0.008),
		failBegin:   sometimes(d, 0.05, 0.2),
		failEnd:     sometimes(d, 0.1, 0.3),
		failEntries: sometimes(d, 0.005, 0.02),
		failOrder:   sometimes(d, 0.2, 0.6),
		failRead:    sometimes(d, 0.01, 0.06),
		stale:       sometimes(d, 0.1, 0.8),
		release:     sometimes(d, 0.2, 0.6),
		outsider:    sometimes(d, 0.2, 0.8),
		any:         sometimes(d, 0.3, 1),
		hides:       d.IntN(2) == 0,
		recovers:    d.IntN(4),
	}
	for i := range pick(d, 1, 2, 2, 3, 4) {
		p.pool = append(p.pool, numbers.E164(fmt.Sprintf("+1202555%04d", 100+i)))
	}
	p.vendor = drawVendor(d)
	for _, n := range p.pool {
		p.vendor.Offers = append(p.vendor.Offers, numbers.Offer{E164: n, Country: "US"})
	}
	return p
}

// drawVendor draws one of the kinds of vendors that there are. Nearly all sell a number
// as often as it is ordered, so that nothing but the rules protects.
func drawVendor(d *rand.Rand) numberstest.MemoryOptions {
	o := numberstest.MemoryOptions{
		SettleAfter: pick(d, 0, 0, 5*time.Second, 3*time.Minute, time.Hour),
		SellsTwice:  true,
	}
	c := &o.Capabilities
	c.Can = numbers.CanSearch | numbers.CanResolve | numbers.CanListOwned | numbers.CanRelease
	c.ListingDelay = pick(d, time.Second, 10*time.Second, time.Minute, 2*time.Minute)
	switch d.IntN(9) {
	case 0, 1, 2:
		c.FoundBy = numbers.ByReference
	case 3, 4:
		c.FoundBy = numbers.ByNumber
	case 5:
		c.OrdersAreOwned = true
	case 6, 7:
		c.OrdersAreOwned = true
		o.Repeatable, o.SellsTwice = true, false
	case 8:
		c.FoundBy = pick(d, numbers.ByReference, numbers.ByNumber)
		o.SellsTwice, o.NamelessRefusals = false, d.IntN(2) == 0
	}
	if !c.OrdersAreOwned && d.IntN(2) == 0 {
		c.Can |= numbers.CanCancel
	}
	return o
}

// pick draws one of list.
func pick[T any](d *rand.Rand, list ...T) T { return list[d.IntN(len(list))] }

// sometimes is never, rarely or often, as it is drawn.
func sometimes(d *rand.Rand, rarely, often float64) float64 { return pick(d, 0, rarely, often) }

// happens draws whether something of this probability happens.
func happens(d *rand.Rand, probability float64) bool { return d.Float64() < probability }

// upTo draws a duration that is not zero.
func upTo(d *rand.Rand, most time.Duration) time.Duration {
	return 1 + time.Duration(d.Int64N(int64(max(most, 1))))
}

// drawFaults draws what goes wrong with an order at the vendor, and how long it is under
// way. Whatever that is, the order is listed within the listing delay after it was sent.
func (p *simPlan) drawFaults(d *rand.Rand, list []numbers.E164) (faults []numberstest.Fault, underWay time.Duration) {
	delay := p.vendor.Capabilities.ListingDelay
	third := delay * 33 / 100
	underWay = upTo(d, min(50*time.Millisecond, third))
	if happens(d, p.failOrder/4) {
		underWay = upTo(d, third)
	}
	var fault numberstest.Fault
	if happens(d, p.failOrder) {
		if fault = p.drawFault(d, list, third); fault.Kind != "" {
			faults = append(faults, fault)
		}
	}
	late := numberstest.Fault{Kind: numberstest.LateListing}
	switch {
	case !happens(d, p.failOrder):
		return faults, underWay
	case !p.vendor.SellsTwice: // if this order is refused, it makes another late, perhaps one that comes late already
		late.Delay = upTo(d, third)
	case fault.Kind == "" || fault.Commits() && fault.Kind != numberstest.LateCommit:
		late.Delay = upTo(d, delay-third)
	default:
		return faults, underWay
	}
	return append(faults, late), underWay
}

// drawFault draws one fault of an order.
func (p *simPlan) drawFault(d *rand.Rand, list []numbers.E164, late time.Duration) numberstest.Fault {
	switch d.IntN(12) {
	case 0:
		return numberstest.Fault{Kind: numberstest.LostReply}
	case 1:
		return numberstest.Fault{Kind: numberstest.LateCommit, Delay: upTo(d, late)}
	case 2:
		return numberstest.Fault{Kind: numberstest.DroppedRequest}
	case 3:
		return numberstest.Fault{Kind: numberstest.StatusBefore, Status: pick(d, 503, 504, 409)}
	case 4:
		return numberstest.Fault{Kind: numberstest.StatusAfter, Status: pick(d, 500, 503, 200)}
	case 5: // perhaps it was bought, as far as anybody can know
		return numberstest.Fault{Kind: numberstest.StatusBefore, Status: 500}
	case 6:
		return numberstest.Fault{Kind: numberstest.StatusBefore, Status: pick(d, 402, 422)}
	case 7:
		return numberstest.Fault{Kind: numberstest.RateLimited, RetryAfter: pick(d, "", "3", "1000", "3000")}
	case 8:
		return numberstest.Fault{Kind: pick(d, numberstest.HangBefore, numberstest.HangAfter)}
	case 9:
		if p.vendor.SellsTwice { // otherwise it could be refused, and strike another order
			return numberstest.Fault{Kind: numberstest.PartialOrder, Numbers: []string{string(pick(d, list...))}}
		}
	}
	if p.vendor.Repeatable { // elsewhere, a missing answer means that nothing was sold
		return numberstest.Fault{Kind: pick(d, numberstest.LostOrphan, numberstest.OrphanPurchase)}
	}
	return numberstest.Fault{}
}
