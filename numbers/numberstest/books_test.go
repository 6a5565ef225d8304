package numberstest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestBooks(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 1, 2, hour, 0, 0, 0, time.UTC) }
	const a, b, c = "+12025550101", "+12025550102", "+12025550103"
	buy := func(number string, bought int) numberstest.Purchase {
		return numberstest.Purchase{Number: number, At: at(bought), Listed: true}
	}
	released := func(p numberstest.Purchase, hour int) numberstest.Purchase {
		p.Released = at(hour)
		return p
	}
	orphan := func(p numberstest.Purchase) numberstest.Purchase {
		p.Listed = false
		return p
	}
	for _, tc := range []struct {
		name      string
		purchases []numberstest.Purchase
		bought    int // of a
		twice     []string
		orphans   int
		owned     int
	}{
		{"empty", nil, 0, nil, 0, 0},
		{"each once", []numberstest.Purchase{buy(a, 1), buy(b, 1)}, 1, nil, 0, 2},
		{"twice", []numberstest.Purchase{buy(a, 1), buy(b, 2), buy(a, 3)}, 2, []string{a}, 0, 3},
		{"thrice is named once", []numberstest.Purchase{buy(a, 1), buy(a, 1), buy(a, 1)}, 3, []string{a}, 0, 3},
		{"sorted", []numberstest.Purchase{buy(c, 1), buy(b, 1), buy(c, 1), buy(b, 1)}, 0, []string{b, c}, 0, 4},
		{"again after a release", []numberstest.Purchase{released(buy(a, 1), 2), buy(a, 2)}, 2, nil, 0, 1},
		{"again before the release", []numberstest.Purchase{released(buy(a, 1), 3), released(buy(a, 2), 4)}, 2, []string{a}, 0, 0},
		{"in two spellings", []numberstest.Purchase{buy("12025550101", 1), buy(a, 2)}, 2, []string{a}, 0, 2},
		{"orphan", []numberstest.Purchase{orphan(buy(a, 1)), released(orphan(buy(b, 1)), 2)}, 1, nil, 1, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			books := numberstest.Books{Purchases: tc.purchases}
			assert.Equal(t, tc.bought, books.Bought(a))
			assert.Equal(t, tc.bought, books.Bought("12025550101"))
			assert.Equal(t, tc.twice, books.Duplicates())
			assert.Len(t, books.Orphans(), tc.orphans)
			assert.Len(t, books.Owned(), tc.owned)
			for _, p := range books.Orphans() {
				assert.Equal(t, tc.purchases[0], p)
			}
		})
	}
}
