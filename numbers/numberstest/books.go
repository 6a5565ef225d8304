package numberstest

import (
	"slices"
	"strings"
	"time"
)

// Books are the records of what a fake vendor really sold. Compare a client's result with
// them.
type Books struct {
	// Purchases are in the order in which they were made.
	Purchases []Purchase
}

// Purchase is one purchase of one number.
type Purchase struct {
	// Number is in E.164, or in the vendor's spelling if that is not E.164.
	Number string
	// OrderID is the vendor's id of the order, or of the number if the vendor has no
	// orders.
	OrderID string
	// Reference is the customer's reference, if the vendor keeps references.
	Reference string
	// At is the time of the purchase. Released is the time of the release; zero = the
	// account still owns the number.
	At, Released time.Time
	// Listed is false for an orphan: it was paid for, and no list and no reading by id
	// shows it.
	Listed bool
}

// Owns reports whether the purchase was not released.
func (p Purchase) Owns() bool { return p.Released.IsZero() }

// Bought returns how often a number was bought, including purchases that were released. A
// leading "+" is ignored.
func (b Books) Bought(number string) int {
	n, wanted := 0, digits(number)
	for _, p := range b.Purchases {
		if digits(p.Number) == wanted {
			n++
		}
	}
	return n
}

// Duplicates returns the numbers that were bought again while the account still owned
// them. Each number is in the list once, and the list is sorted.
func (b Books) Duplicates() []string {
	type history struct {
		owned    bool
		released time.Time // the latest
		twice    bool
	}
	var twice []string
	seen := make(map[string]*history)
	for _, p := range b.Purchases {
		h := seen[digits(p.Number)]
		if h == nil {
			h = &history{}
			seen[digits(p.Number)] = h
		} else if !h.twice && (h.owned || h.released.After(p.At)) {
			h.twice = true
			twice = append(twice, p.Number)
		}
		if h.owned = h.owned || p.Owns(); p.Released.After(h.released) {
			h.released = p.Released
		}
	}
	slices.Sort(twice)
	return twice
}

// Orphans returns the owned purchases that no list shows.
func (b Books) Orphans() []Purchase {
	return b.filter(func(p Purchase) bool { return p.Owns() && !p.Listed })
}

// Owned returns the purchases that were not released, orphans included.
func (b Books) Owned() []Purchase { return b.filter(Purchase.Owns) }

func (b Books) filter(keep func(Purchase) bool) []Purchase {
	var out []Purchase
	for _, p := range b.Purchases {
		if keep(p) {
			out = append(out, p)
		}
	}
	return out
}

func digits(number string) string { return strings.TrimPrefix(number, "+") }
