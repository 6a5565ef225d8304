package opentact

import (
	"slices"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// fate is what an order tells of one of its numbers.
type fate struct {
	tn     wire.TN
	word   string // the vendor's own state, where it has one for this number
	reason string // why it failed
	bought bool   // it stands among the accepted items or the leases
	state  numbers.State
}

// tally collects the fates of an order's numbers, in the order in which they
// were asked for.
type tally struct {
	list  []*fate
	index map[string]*fate
}

// of returns the fate of a number, which it adds where it is new.
func (t *tally) of(tn wire.TN) *fate {
	name := tn.Digits()
	if name == "" {
		name = "literally " + tn.Literal()
	}
	f, ok := t.index[name]
	switch {
	case ok:
	case tn.IsZero():
		f = new(fate) // of no number
	default:
		f = &fate{tn: tn}
		t.index[name] = f
		t.list = append(t.list, f)
	}
	return f
}

// readFates reads what an order tells of each of its numbers, in whatever
// generation it is written. There are none where a list leaves them out.
func readFates(v *Order) []*fate {
	t := &tally{index: make(map[string]*fate)}
	if v.Request != nil {
		for _, tn := range v.Request.TNs {
			t.of(tn)
		}
		for _, item := range v.Request.Items {
			t.of(item.TN)
		}
	}
	for _, item := range v.TNItems {
		f := t.of(item.TN)
		f.word, f.state = item.State, stateOfWord(item.State)
		if item.Reason != nil {
			f.reason = *item.Reason
		}
	}
	for _, e := range v.Errors {
		f := t.of(e.Item.TN)
		f.state, f.reason = numbers.StateFailed, e.Reason
		if e.Description != nil && *e.Description != "" {
			f.reason += ": " + *e.Description
		}
	}
	for _, item := range v.Items {
		t.of(item.TN).bought = true
	}
	for _, lease := range v.TNLeases {
		if lease.Object != nil {
			t.of(numberOf(lease.Object.TN)).bought = true
		}
	}
	for _, tn := range v.TNs {
		t.of(numberOf(tn))
	}
	settle(v, t.list)
	return t.list
}

// numberOf is the number of a TN inside another object.
func numberOf(tn Related[TN]) wire.TN {
	if tn.Object != nil {
		return tn.Object.TN
	}
	return tn.Ref
}

// settle decides the numbers whose state the order does not tell by itself.
func settle(v *Order, list []*fate) {
	word := stateOfWord(v.State)
	some := slices.ContainsFunc(list, func(f *fate) bool { return f.bought })
	for _, f := range list {
		switch {
		case f.state != "":
		case word == numbers.StatePending:
			f.state = word
		case f.bought:
			f.state = numbers.StateComplete
		case some, word == numbers.StateFailed:
			f.state = numbers.StateFailed // others were bought, and this one was not
		case fewer(v, len(list)):
			f.state = numbers.StatePending // some were not, and nothing tells which
		default:
			f.state = word
		}
	}
}

// fewer reports whether an order has brought fewer numbers than were asked for,
// by what it tells without naming them.
func fewer(v *Order, asked int) bool {
	return deref(v.Failed) > 0 ||
		v.Success != nil && *v.Success > 0 && *v.Success < max(asked, deref(v.Total)) ||
		len(v.TNLeases) > 0 && len(v.TNLeases) < asked
}

func stateOfWord(word string) numbers.State {
	switch word {
	case OrderSuccess:
		return numbers.StateComplete
	case OrderFailed:
		return numbers.StateFailed
	}
	return numbers.StatePending
}

// stateOf is the state of an order. The vendor's word success may hide numbers
// that failed.
func stateOf(v *Order, list []*fate) numbers.State {
	word := stateOfWord(v.State)
	if word == numbers.StatePending {
		return word
	}
	bought, not := 0, 0
	if len(list) == 0 {
		bought, not = deref(v.Success), deref(v.Failed)
		if bought > 0 {
			not = max(not, deref(v.Total)-bought)
		}
	}
	for _, f := range list {
		if f.state == numbers.StateComplete {
			bought++
		} else {
			not++
		}
	}
	switch {
	case bought > 0 && not > 0:
		return numbers.StatePartial
	case bought > 0:
		return numbers.StateComplete
	case not > 0 && !slices.ContainsFunc(list, func(f *fate) bool { return f.state == numbers.StatePending }):
		return numbers.StateFailed
	case not > 0, len(v.Errors) > 0:
		return numbers.StatePartial
	}
	return word
}

// tellsNumbers reports whether an order tells all numbers that were asked for.
// Those that were accepted, refused or bought so far may be fewer.
func tellsNumbers(v *Order) bool {
	if r := v.Request; r != nil && len(r.TNs)+len(r.Items) > 0 {
		return true
	}
	return len(v.TNItems) > 0 && v.Total != nil && len(v.TNItems) >= *v.Total
}

// tellsState reports whether an order tells the state of all its numbers, or of
// itself by counters. A list of 2020 does not: a success may be partial.
func tellsState(v *Order, list []*fate) bool {
	if stateOfWord(v.State) == numbers.StatePending || v.Success != nil && v.Failed != nil {
		return true
	}
	return len(list) > 0 && (len(v.TNItems) > 0 || len(v.Items)+len(v.Errors) > 0 ||
		slices.ContainsFunc(list, func(f *fate) bool { return f.bought }))
}
