package main

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// statuses answers alike with each of these.
func statuses(kind numberstest.FaultKind, list ...int) []numberstest.Fault {
	var faults []numberstest.Fault
	for _, status := range list {
		faults = append(faults, numberstest.Fault{Kind: kind, Status: status})
	}
	return faults
}

// frames ends HTTP/2 streams and connections. After codes 1 and 7, and after a
// GOAWAY that knows of no stream, net/http sends again by itself.
func frames(before bool) []numberstest.Fault {
	var faults []numberstest.Fault
	for _, kind := range []numberstest.FaultKind{numberstest.HTTP2Reset, numberstest.HTTP2GoAway} {
		for _, code := range []uint32{0, 1, 7} {
			faults = append(faults, numberstest.Fault{Kind: kind, HTTP2Code: code, BeforeCommit: before})
		}
	}
	return faults
}

// between are the pauses between the bytes of a slow answer: a short one comes
// in time, a long one does not.
const between = 50 * time.Microsecond

// committedFaults are answers to orders that were placed all the same. None of
// them may mean "definitely not".
func committedFaults() []numberstest.Fault {
	return slices.Concat([]numberstest.Fault{
		{Kind: numberstest.LostReply},
		{Kind: numberstest.LateCommit, Delay: lateness}, {Kind: numberstest.LateCommit, Delay: lateness / 4},
		{Kind: numberstest.DelayedReply, Delay: 2 * patience}, {Kind: numberstest.DelayedReply, Delay: patience / 3},
		{Kind: numberstest.HangAfter},
		{Kind: numberstest.StatusAfter, Status: http.StatusInternalServerError, NoBody: true},
		{Kind: numberstest.HalfBody}, {Kind: numberstest.StalledBody}, {Kind: numberstest.SlowBody, Delay: between},
		{Kind: numberstest.GarbageBody}, {Kind: numberstest.HTMLBody}, {Kind: numberstest.EmptyBody}, {Kind: numberstest.WrongType},
	},
		statuses(numberstest.StatusAfter, 502, 503, 504, http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTemporaryRedirect),
		frames(false),
	)
}

// lostFaults are answers to orders that were not placed.
func (s subject) lostFaults() []numberstest.Fault {
	// Where a vendor may buy what it never lists, a 500 and a success that says
	// nothing mean that it has perhaps: the order would be reported, and rightly.
	status := 0
	if s.orphans {
		status = http.StatusBadGateway
	}
	list := slices.Concat([]numberstest.Fault{
		{Kind: numberstest.DroppedRequest}, {Kind: numberstest.HangBefore},
		{Kind: numberstest.RateLimited, RetryAfter: "0.02"},
		{Kind: numberstest.GarbageBody, BeforeCommit: true, Status: status}, {Kind: numberstest.HTMLBody, BeforeCommit: true, Status: status},
		{Kind: numberstest.EmptyBody, BeforeCommit: true, Status: status}, {Kind: numberstest.WrongType, BeforeCommit: true, Status: status},
		{Kind: numberstest.StatusBefore, Status: http.StatusServiceUnavailable, RetryAfter: "0.02"},
	},
		statuses(numberstest.StatusBefore, 502, 504, http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTemporaryRedirect),
		statuses(numberstest.StatusBefore, http.StatusForbidden, http.StatusUnprocessableEntity), // definitely not
		frames(true),
	)
	if !s.orphans {
		list = append(list, numberstest.Fault{Kind: numberstest.StatusBefore, Status: http.StatusInternalServerError, NoBody: true})
	}
	return list
}

// deck deals faults: each of them once, in random order, before any comes
// again.
type deck struct{ all, left []numberstest.Fault }

func (d *deck) deal(dice *rand.Rand) numberstest.Fault {
	if len(d.left) == 0 {
		d.left = slices.Clone(d.all)
		dice.Shuffle(len(d.left), func(i, k int) { d.left[i], d.left[k] = d.left[k], d.left[i] })
	}
	f := d.left[0]
	d.left = d.left[1:]
	return f
}

// orderFaults strike a third of the orders. At least half of these are
// committed all the same.
func (p plan) orderFaults(dice *rand.Rand) []numberstest.Fault {
	committed, lost, lies := &deck{all: committedFaults()}, &deck{all: p.subject.lostFaults()}, &deck{all: p.subject.lies}
	var list []numberstest.Fault
	ahead := 0 // how many more of list are committed than are not
	for i := range p.numbers / p.subject.most * 4 / 3 {
		if dice.IntN(8) >= 3 { // some of the others find no order left to strike
			continue
		}
		from := committed
		switch throw := dice.IntN(5); {
		case throw < 2 && ahead > 0:
			from = lost
			ahead -= 2
		case throw == 2 && len(lies.all) > 0:
			from = lies
		}
		ahead++
		f := from.deal(dice)
		f.After = i
		if f.Kind.Semantic() {
			f.After *= p.subject.most // it counts numbers
		}
		list = append(list, f)
	}
	return list
}

// damagedReads are answers to readings.
func damagedReads() []numberstest.Fault {
	return slices.Concat([]numberstest.Fault{
		{Kind: numberstest.LostReply}, {Kind: numberstest.DroppedRequest}, {Kind: numberstest.HangBefore}, {Kind: numberstest.HangAfter},
		{Kind: numberstest.DelayedReply, Delay: 2 * patience}, {Kind: numberstest.DelayedReply, Delay: patience / 3},
		{Kind: numberstest.HalfBody}, {Kind: numberstest.StalledBody}, {Kind: numberstest.SlowBody, Delay: between},
		{Kind: numberstest.GarbageBody}, {Kind: numberstest.HTMLBody}, {Kind: numberstest.EmptyBody}, {Kind: numberstest.WrongType},
		{Kind: numberstest.RateLimited, RetryAfter: "0.01"}, {Kind: numberstest.RateLimited, RetryAfter: "1"},
		{Kind: numberstest.StatusBefore, Status: http.StatusServiceUnavailable, RetryAfter: "0.01"},
	},
		statuses(numberstest.StatusBefore, 500, 502, 504),
		frames(false),
	)
}

// readFaults strike some of the next readings.
func (r *run) readFaults(count, within int) []numberstest.Fault {
	var list []numberstest.Fault
	for range count {
		f := r.reads.deal(r.dice)
		f.On, f.After = r.subject.reads[r.dice.IntN(len(r.subject.reads))], r.dice.IntN(within)
		list = append(list, f)
	}
	return list
}

// oddFaults are what the vendor does at times beside its right answers.
func (p plan) oddFaults(dice *rand.Rand) []numberstest.Fault {
	var list []numberstest.Fault
	spread := func(f numberstest.Fault, count, within int) {
		for range count {
			f.After = dice.IntN(within)
			list = append(list, f)
		}
	}
	sold := p.numbers * 9 / 10 // every number is sold once, some are asked for again
	for _, kind := range p.subject.odd {
		f := numberstest.Fault{Kind: kind}
		switch kind {
		case numberstest.PartialOrder:
			spread(f, p.numbers/50+1, sold)
		case numberstest.LateListing:
			f.Delay = lateness
			spread(f, p.numbers/20+1, sold)
		case numberstest.InsertWhileListing, numberstest.DuplicateListing: // they count pages
			spread(f, p.numbers/100+2, p.numbers/20+1)
		case numberstest.StuckPending:
			for range p.stuck() {
				f.Numbers = []string{string(number(dice.IntN(p.numbers)))}
				list = append(list, f)
			}
		default:
		}
	}
	return list
}

// stuck is how many orders never leave their first state. Where the client
// waits for them they cost time.
func (p plan) stuck() int {
	if p.subject.never[numbers.EventPending] != "" {
		return p.numbers / 50
	}
	return p.numbers / 1000
}
