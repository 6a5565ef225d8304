package main

import (
	"slices"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// strikes are what was injected, and what it struck.
type strikes struct {
	// Orders are the requests that may buy, OrderFaults those of them whose
	// reply was faulted, and OrderCommits those of these that the vendor acted
	// on all the same.
	Orders, OrderFaults, OrderCommits int
	// Reads are all other requests, ReadFaults those whose reply was faulted.
	Reads, ReadFaults int
	// HTTP2 are requests over HTTP/2.
	HTTP2  int
	Faults map[numberstest.FaultKind]tally
}

// tally counts a kind of fault: on orders, on other requests, and over HTTP/2.
type tally struct {
	Injected, Orders, Committed, Reads, HTTP2 int
	// Struck counts the strikes of a semantic fault, also those that belong to
	// no request.
	Struck int
}

func countStrikes(requests []numberstest.Request, injected, unused []numberstest.Fault) strikes {
	s := strikes{Faults: make(map[numberstest.FaultKind]tally)}
	change := func(kind numberstest.FaultKind, do func(*tally)) {
		t := s.Faults[kind]
		do(&t)
		s.Faults[kind] = t
	}
	for _, f := range injected {
		change(f.Kind, func(t *tally) { t.Injected, t.Struck = t.Injected+1, t.Struck+1 })
	}
	for _, f := range unused {
		change(f.Kind, func(t *tally) { t.Struck-- })
	}
	for _, r := range requests {
		s.count(r)
		for _, kind := range r.Faults {
			change(kind, func(t *tally) { t.add(r) })
		}
	}
	return s
}

// count counts a request.
func (s *strikes) count(r numberstest.Request) {
	faulted := slices.ContainsFunc(r.Faults, damages)
	switch {
	case r.Buys && faulted && r.Committed:
		s.Orders, s.OrderFaults, s.OrderCommits = s.Orders+1, s.OrderFaults+1, s.OrderCommits+1
	case r.Buys && faulted:
		s.Orders, s.OrderFaults = s.Orders+1, s.OrderFaults+1
	case r.Buys:
		s.Orders++
	case faulted:
		s.Reads, s.ReadFaults = s.Reads+1, s.ReadFaults+1
	default:
		s.Reads++
	}
	if r.Proto == "HTTP/2.0" {
		s.HTTP2++
	}
}

func (t *tally) add(r numberstest.Request) {
	switch {
	case r.Buys && r.Committed:
		t.Orders, t.Committed = t.Orders+1, t.Committed+1
	case r.Buys:
		t.Orders++
	default:
		t.Reads++
	}
	if r.Proto == "HTTP/2.0" {
		t.HTTP2++
	}
}

// damages reports whether a fault makes an answer unfit: all of the wire do,
// and the vendor's own lies.
func damages(kind numberstest.FaultKind) bool {
	return !kind.Semantic() || slices.Contains([]numberstest.FaultKind{
		numberstest.ZeroObject, numberstest.MisleadingStatus, numberstest.OrphanPurchase,
	}, kind)
}
