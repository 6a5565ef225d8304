package fleet_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/fleet"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// faults are what can go wrong with an order, drawn from a seed.
func faults(d *rand.Rand) (list []numberstest.Fault) {
	for range d.IntN(3) {
		f := numberstest.Fault{After: d.IntN(3)}
		switch d.IntN(7) {
		case 0:
			f.Kind = numberstest.LostReply
		case 1:
			f.Kind = numberstest.DroppedRequest
		case 2:
			f.Kind, f.Delay = numberstest.LateCommit, time.Duration(d.IntN(50))*time.Second
		case 3:
			f.Kind, f.Delay = numberstest.LateListing, time.Duration(d.IntN(50))*time.Second
		case 4:
			f.Kind, f.Delay = numberstest.DelayedReply, time.Duration(d.IntN(70))*time.Second
		case 5:
			f.Kind, f.RetryAfter = numberstest.RateLimited, fmt.Sprint(d.IntN(90))
		default:
			f.Kind = numberstest.PartialOrder
		}
		list = append(list, f)
	}
	return list
}

// Two replicas deliver one job, with other policies and at other times, and another customer
// wants some of the same numbers, while answers are lost, orders arrive late and rows appear
// late. Whatever happens, no number is bought twice, and every result tells the truth.
func TestReplicasNeverBuyTwice(t *testing.T) {
	histories := 150
	if testing.Short() {
		histories = 30
	}
	for seed := range uint64(histories) {
		synctest.Test(t, func(t *testing.T) {
			d := rand.New(rand.NewPCG(seed, 7))
			shops := []*shop{newShop(nil), newShop(nil), newShop(nil)}
			for _, s := range shops {
				s.takes = time.Duration(d.IntN(20)) * time.Second
				if d.IntN(2) == 0 {
					s.stock = slices.DeleteFunc(several(6), func(numbers.E164) bool { return d.IntN(3) == 0 })
				}
				s.Inject(faults(d)...)
			}
			j := new(account.MemoryJournal)
			policies := []fleet.Policy{fleet.First(), fleet.Only("b"), fleet.Only("c"), fleet.First()}
			references := []string{"job", "job", "job", "another"}
			results, errs := make([]*account.Purchase, 4), make([]error, 4)
			var wg sync.WaitGroup
			for i := range results {
				f := open(t, j, shops[0], shops[1], shops[2]) // a process
				begin, opts := time.Duration(d.IntN(100))*time.Second, &fleet.BuyOptions{Policy: policies[i]}
				wg.Go(func() {
					time.Sleep(begin)
					results[i], errs[i] = f.Buy(t.Context(), numbers.OrderRequest{Numbers: several(3 + i%2), Reference: references[i]}, opts)
				})
			}
			wg.Wait()
			name := fmt.Sprintf("seed %d: %v", seed, errs)
			owner := make(map[numbers.E164]string)
			for _, n := range several(6) {
				require.LessOrEqual(t, bought(n, shops...), 1, "%s: %s", name, n)
			}
			for i, p := range results {
				if p == nil {
					continue
				}
				for _, n := range p.Bought() {
					require.Equal(t, 1, bought(n, shops...), "%s: %s", name, n)
					require.Contains(t, []string{"", references[i]}, owner[n], "%s: %s has two customers", name, n)
					owner[n] = references[i]
				}
				for n := range missing(errs[i]) {
					require.NotContains(t, p.Bought(), n, name)
				}
			}
		})
	}
}

// The same for any numbers: never more than were wanted, over all accounts.
func TestReplicasNeverBuyMoreThanWanted(t *testing.T) {
	histories := 100
	if testing.Short() {
		histories = 20
	}
	for seed := range uint64(histories) {
		synctest.Test(t, func(t *testing.T) {
			d := rand.New(rand.NewPCG(seed, 8))
			shops := []*shop{newShop(nil, several(3)...), newShop(nil, several(6)[2:]...), newShop(nil, several(9)[5:]...)}
			for _, s := range shops {
				s.takes = time.Duration(d.IntN(20)) * time.Second
				s.Inject(faults(d)...)
			}
			j := new(account.MemoryJournal)
			const wanted = 5
			results, errs := make([]*account.Purchase, 3), make([]error, 3)
			var wg sync.WaitGroup
			for i := range results {
				f := open(t, j, shops[0], shops[1], shops[2])
				begin := time.Duration(d.IntN(60)) * time.Second
				wg.Go(func() {
					time.Sleep(begin)
					opts := &fleet.BuyAnyOptions{Policy: []fleet.Policy{fleet.First(), fleet.Only("b"), fleet.Cheapest()}[i]}
					opts.Reference = "job"
					results[i], errs[i] = f.BuyAny(t.Context(), numbers.SearchQuery{}, wanted, opts)
				})
			}
			wg.Wait()
			name := fmt.Sprintf("seed %d: %v", seed, errs)
			total := 0
			for _, n := range several(9) {
				require.LessOrEqual(t, bought(n, shops...), 1, "%s: %s", name, n)
				total += bought(n, shops...)
			}
			require.LessOrEqual(t, total, wanted, name)
			for i, p := range results {
				if errs[i] == nil {
					assert.Len(t, p.Bought(), wanted, name)
				}
			}
		})
	}
}
