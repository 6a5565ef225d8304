package account_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
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

// BenchmarkBuy buys 10,000 numbers, in one order and one by one. It shows what grows with
// the square of the numbers.
func BenchmarkBuy(b *testing.B) {
	list := tenThousand()
	for _, most := range []int{0, 100, 1} {
		for _, by := range []numbers.Recognition{numbers.ByNumber, numbers.ByReference} {
			b.Run(fmt.Sprintf("%d an order, by %s", most, by), func(b *testing.B) {
				for b.Loop() {
					m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: numbers.Capabilities{MaxNumbers: most, FoundBy: by}})
					p, err := openWith(b, m, new(account.MemoryJournal)).Buy(context.Background(), numbers.OrderRequest{Numbers: list, Reference: "job"}, nil)
					require.NoError(b, err)
					assert.Len(b, p.Bought(), manyNumbers)
				}
			})
		}
	}
}

// BenchmarkResolve resolves 10,000 attempts, all of which were placed.
func BenchmarkResolve(b *testing.B) {
	var rows []*numbers.Order
	var attempts []numbers.Attempt
	for i, n := range tenThousand() {
		rows = append(rows, complete(fmt.Sprint("o", i), "", n))
		attempts = append(attempts, lost("", n))
	}
	a := open(b, &scripted{caps: byNumber(0), list: always(rows...)})
	for b.Loop() {
		all, err := a.Resolve(context.Background(), attempts...)
		require.NoError(b, err)
		assert.Equal(b, numbers.Placed, all[manyNumbers-1].Resolution.Outcome)
	}
}
