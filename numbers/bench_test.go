package numbers_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// manyNumbers is as many as one purchase is meant to take.
const manyNumbers = 10_000

func tenThousand() []numbers.E164 {
	list := make([]numbers.E164, manyNumbers)
	for i := range list {
		list[i] = numbers.E164(fmt.Sprintf("+1202%07d", i))
	}
	return list
}

// BenchmarkBuy buys 10,000 numbers, in one order and one by one. What grows with
// the square of the numbers shows.
func BenchmarkBuy(b *testing.B) {
	list := tenThousand()
	for _, most := range []int{0, 100, 1} {
		for _, by := range []numbers.Recognition{numbers.ByNumber, numbers.ByReference} {
			b.Run(fmt.Sprintf("%d an order, by %s", most, by), func(b *testing.B) {
				for b.Loop() {
					m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{MaxNumbers: most, FoundBy: by}})
					o := numbers.Orderer(m)
					if by == numbers.ByNumber {
						o = numbers.Journaled(m, "main", &numberstest.MemoryJournal{})
					}
					p, err := numbers.Buy(context.Background(), o, numbers.OrderRequest{Numbers: list, Reference: "job"}, nil)
					if err != nil || len(p.Bought()) != manyNumbers {
						b.Fatal(len(p.Bought()), err)
					}
				}
			})
		}
	}
}

// BenchmarkResolveAll resolves 10,000 attempts, all of which were placed.
func BenchmarkResolveAll(b *testing.B) {
	var rows []*numbers.Order
	var attempts []numbers.Attempt
	for i, n := range tenThousand() {
		rows = append(rows, complete(fmt.Sprint("o", i), "", n))
		attempts = append(attempts, attempt("", n))
	}
	o := &scripted{caps: numbers.Capabilities{FoundBy: numbers.ByNumber, ListingDelay: time.Minute}, list: always(rows...)}
	for b.Loop() {
		if _, errs := numbers.ResolveAll(context.Background(), o, attempts); errs[manyNumbers-1] != nil {
			b.Fatal(errs[manyNumbers-1])
		}
	}
}
