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
// generation it is written. There are none where a list leaves them out. had are
// the digits of those that were bought by an earlier reading.
func readFates(v *Order, had []string) []*fate {
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
	for _, digits := range had {
		if f, ok := t.index[digits]; ok {
			f.bought = true
		}
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
	rest := untold(v, list)
	for _, f := range list {
		switch {
		case f.state != "":
		case stateOfWord(v.State) == numbers.StatePending:
			f.state = numbers.StatePending
		case f.bought:
			f.state = numbers.StateComplete
		default:
			f.state = rest
		}
	}
}

// untold is the state of those numbers of a settled order of which it tells
// nothing: by its counters, by what it tells of the others, and else by its own
// state. Pending = some of them were bought, and nothing tells which.
func untold(v *Order, list []*fate) numbers.State {
	bought, rest := 0, 0
	for _, f := range list {
		switch {
		case f.state == numbers.StateComplete, f.state == "" && f.bought:
			bought++
		case f.state == "":
			rest++
		}
	}
	if least, most, ok := counted(v, len(list)); ok {
		switch {
		case least-bought >= rest:
			return numbers.StateComplete
		case most-bought <= 0:
			return numbers.StateFailed
		}
		return numbers.StatePending
	}
	switch leases := len(v.TNLeases); {
	case bought > 0:
		return numbers.StateFailed // others were bought, and these were not
	case leases > 0 && leases < len(list):
		return numbers.StatePending
	}
	return stateOfWord(v.State)
}

// counted is how many numbers a settled order has bought, without naming them:
// by its counters, or by items that have a state and no number.
func counted(v *Order, asked int) (least, most int, ok bool) {
	least, lost := deref(v.Success), deref(v.Failed)
	if least == 0 && lost == 0 && slices.ContainsFunc(v.TNItems, func(i OrderTNItem) bool { return i.TN.IsZero() }) {
		for _, item := range v.TNItems {
			switch stateOfWord(item.State) {
			case numbers.StateComplete:
				least++
			case numbers.StateFailed:
				lost++
			}
		}
	}
	if most = max(asked, deref(v.Total), len(v.TNItems)) - lost; least > 0 {
		most = least // it is settled: none is to come
	}
	return least, most, least > 0 || lost > 0
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
	if least, most, ok := counted(v, 0); ok && len(list) == 0 {
		bought, not = least, max(deref(v.Total), len(v.TNItems), deref(v.Failed))-most
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
