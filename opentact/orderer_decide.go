package opentact

import (
	"slices"
	"sync"

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
func (o *Orderer) decide(row *Order, listed *numbers.Order, q numbers.OrderQuery) decision {
	rest := q
	rest.Numbers, rest.States = nil, nil
	if !rest.Match(listed) {
		return leave
	}
	told := len(listed.Items) == listed.Count
	exact := tellsState(row, readFates(row))
	if len(q.Numbers) > 0 {
		if has, ok := o.numbersOf(listed); ok && !share(has, q.Numbers) {
			return leave
		}
		if !told || !exact {
			return read
		}
	}
	if len(q.States) > 0 && !exact {
		if settled := []numbers.State{numbers.StateComplete, numbers.StatePartial, numbers.StateFailed}; !share(settled, q.States) {
			return leave
		}
		return read
	}
	if q.Match(listed) {
		return take
	}
	return leave
}

// numbersOf are the numbers of a listed order, told by the list or remembered.
func (o *Orderer) numbersOf(listed *numbers.Order) ([]numbers.E164, bool) {
	if len(listed.Items) == listed.Count {
		return listed.Numbers(), true
	}
	return o.known.get(listed.ID)
}

func share[T comparable](a, b []T) bool {
	return slices.ContainsFunc(a, func(v T) bool { return slices.Contains(b, v) })
}

// memo remembers the numbers of orders, which never change. It is bounded: a
// number that it forgets is read again.
type memo struct {
	mu      sync.Mutex
	numbers map[string][]numbers.E164
}

// remembered is how many orders a memo holds: some megabytes.
const remembered = 50_000

func (m *memo) get(id string) ([]numbers.E164, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	list, ok := m.numbers[id]
	return list, ok
}

func (m *memo) put(id string, list []numbers.E164) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.numbers[id]; ok {
		return
	}
	if m.numbers == nil {
		m.numbers = make(map[string][]numbers.E164)
	}
	if len(m.numbers) >= remembered {
		for some := range m.numbers {
			delete(m.numbers, some)
			break
		}
	}
	m.numbers[id] = list
}
