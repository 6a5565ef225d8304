package opentact

import (
	"slices"

	"github.com/tnkit/tnkit/numbers"
)

// decision is what a listed row is to the walk of a query.
type decision int

const (
	leave decision = iota // it does not match
	take                  // it matches as it is listed
	read                  // only the whole order tells
)

// decide says what becomes of a row that is listed as listed.
// wanted are the numbers of q.
func (o *Orderer) decide(row *Order, listed *numbers.Order, q numbers.OrderQuery, wanted set) decision {
	rest := q
	rest.Numbers, rest.States = nil, nil
	if !rest.Match(listed) {
		return leave
	}
	exact := tellsState(row, readFates(row, o.known.bought(row.UUID)))
	if len(q.Numbers) > 0 {
		if has, ok := o.numbersOf(row, listed); ok && !wanted.any(has) {
			return leave
		}
		if !exact || !tellsNumbers(row) {
			return read
		}
	}
	if len(q.States) > 0 && !exact {
		if !slices.ContainsFunc(q.States, canBe) {
			return leave
		}
		return read
	}
	if q.Match(listed) {
		return take
	}
	return leave
}

// canBe reports whether a settled order can be in a state. There is no
// cancelling at this vendor.
func canBe(s numbers.State) bool { return s.Terminal() && s != numbers.StateCanceled }

// numbersOf are the numbers of a listed order, told by the list or remembered.
func (o *Orderer) numbersOf(row *Order, listed *numbers.Order) ([]numbers.E164, bool) {
	if tellsNumbers(row) {
		return listed.Numbers(), true
	}
	return o.known.numbers(listed.ID)
}

// set is a set of numbers.
type set map[numbers.E164]struct{}

func setOf(list []numbers.E164) set {
	s := make(set, len(list))
	for _, n := range list {
		s[n] = struct{}{}
	}
	return s
}

// any reports whether one of the list is in the set.
func (s set) any(list []numbers.E164) bool {
	return slices.ContainsFunc(list, func(n numbers.E164) bool { _, ok := s[n]; return ok })
}
