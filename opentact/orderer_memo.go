package opentact

import (
	"sync"

	"github.com/tnkit/tnkit/numbers"
)

// memo remembers of orders what does not change: their numbers, and which of
// these were bought. An order of 2020 tells the latter by its leases alone, and
// would tell something else when one of them has ended. It is bounded: what it
// forgets is read again.
type memo struct {
	mu     sync.Mutex
	orders map[string]facts
}

// facts are what is remembered of an order.
type facts struct {
	known   bool // its numbers are
	numbers []numbers.E164
	bought  []string // digits
}

// remembered is how many orders a memo holds: some megabytes.
const remembered = 50_000

func (m *memo) numbers(id string) ([]numbers.E164, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.orders[id]
	return f.numbers, f.known
}

func (m *memo) bought(id string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.orders[id].bought
}

func (m *memo) putNumbers(id string, list []numbers.E164) {
	m.put(id, func(f *facts) {
		if !f.known {
			f.known, f.numbers = true, list
		}
	})
}

// putBought remembers those numbers of a settled order that were bought, as far
// as it is known.
func (m *memo) putBought(id string, fates []*fate) {
	var list []string
	for _, f := range fates {
		if f.bought {
			list = append(list, f.tn.Digits())
		}
	}
	if len(list) > 0 {
		m.put(id, func(f *facts) { f.bought = list })
	}
}

func (m *memo) put(id string, change func(*facts)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.orders[id]
	if !ok && len(m.orders) >= remembered {
		for some := range m.orders {
			delete(m.orders, some)
			break
		}
	}
	if m.orders == nil {
		m.orders = make(map[string]facts)
	}
	change(&f)
	m.orders[id] = f
}
