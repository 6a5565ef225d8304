package account_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// callsOf are the calls that reach the vendor meanwhile, each run of the same one as one.
func callsOf(m *numberstest.Memory, do func()) []string {
	before := len(m.Calls())
	do()
	var list []string
	for _, call := range m.Calls()[before:] {
		if len(list) == 0 || list[len(list)-1] != call {
			list = append(list, call)
		}
	}
	return list
}

// A purchase of one number reads each list once. Its readings serve its checks, its splits
// and what it notes as being there before.
func TestAPurchaseReadsEachListOnce(t *testing.T) {
	owned := numbers.Capabilities{OrdersAreOwned: true, ListingDelay: delay}
	for name, c := range map[string]struct {
		caps    numbers.Capabilities
		shared  bool
		request numbers.OrderRequest
		want    []string
	}{
		"by reference, without one":            {byReference(0), false, numbers.OrderRequest{}, []string{"Owned", "Place", "Order"}},
		"by reference, with one":               {byReference(0), false, numbers.OrderRequest{Reference: "job"}, []string{"Orders", "Owned", "Place", "Order"}},
		"by reference, with one and a journal": {byReference(0), true, numbers.OrderRequest{Reference: "job"}, []string{"Owned", "Place", "Order"}},
		"by number, without a reference":       {byNumber(0), false, numbers.OrderRequest{}, []string{"Orders", "Owned", "Place", "Order"}},
		"by number, with one":                  {byNumber(0), false, numbers.OrderRequest{Reference: "job"}, []string{"Orders", "Owned", "Place", "Order"}},
		"by number, with one and a journal":    {byNumber(0), true, numbers.OrderRequest{Reference: "job"}, []string{"Orders", "Owned", "Place", "Order"}},
		"orders are owned":                     {owned, false, numbers.OrderRequest{Reference: "job"}, []string{"Orders", "Place", "Order"}},
		"orders are owned, with a journal":     {owned, true, numbers.OrderRequest{Reference: "job"}, []string{"Orders", "Place", "Order"}},
		"with what the order can't set":        {byNumber(0), true, numbers.OrderRequest{Assign: both()}, []string{"Orders", "Owned", "Place", "Order", "Owned", "Assign"}},
		"settled at once":                      {byNumber(0), true, numbers.OrderRequest{Native: &numberstest.MemoryRequest{Note: "at once"}}, []string{"Orders", "Owned", "Place"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts := numberstest.MemoryOptions{SettleAfter: 30 * time.Second, Capabilities: c.caps}
				if name == "settled at once" {
					opts.SettleAfter = 0
				}
				m := numberstest.NewMemory(opts)
				var j numbers.Journal
				if c.shared {
					j = new(account.MemoryJournal)
				}
				a := openWith(t, m, j)
				c.request.Numbers = several(1)
				assert.Equal(t, c.want, callsOf(m, func() {
					_, err := a.Buy(t.Context(), c.request, nil)
					require.NoError(t, err)
				}))
			})
		})
	}
}

// One poll is enough where the order has settled by then.
func TestAPurchasePollsNoMoreThanItMust(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: 20 * time.Second, Capabilities: byReference(0)})
		a := open(t, m)
		_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, &account.BuyOptions{OnEvent: func(e numbers.Event) {
			if e.Kind == numbers.EventSent {
				time.Sleep(20 * time.Second)
			}
		}})
		require.NoError(t, err)
		assert.Equal(t, []string{"Owned", "Place", "Order"}, m.Calls())
	})
}

// In an account of 5,000 rows the listing is read once, not twice.
func TestAPurchaseInALargeAccountReadsItsListingOnce(t *testing.T) {
	const rows, page = 5000, 10
	for name, c := range map[string]struct {
		caps           numbers.Capabilities
		orders, owned  int // pages
		numbersInOrder int
	}{
		"by reference":     {byReference(0), 0, rows / page, 100},
		"by number":        {byNumber(0), rows / 100 / page, rows / page, 100},
		"orders are owned": {numbers.Capabilities{OrdersAreOwned: true, ListingDelay: delay}, rows / page, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: c.caps})
				var list []numbers.E164
				for i := range rows {
					list = append(list, numbers.E164(fmt.Sprintf("+1312%07d", i)))
				}
				for i := 0; i < rows; i += c.numbersInOrder {
					_, err := m.Place(t.Context(), numbers.OrderRequest{Numbers: list[i : i+c.numbersInOrder]})
					require.NoError(t, err)
				}
				a := open(t, m)
				_, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
				require.NoError(t, err)
				assert.Equal(t, c.orders, calls(m, "Orders"))
				assert.Equal(t, c.owned, calls(m, "Owned"))
			})
		})
	}
}

// A redelivery reads each order once, and nothing else.
func TestARedeliveryReadsItsOrders(t *testing.T) {
	for _, caps := range []numbers.Capabilities{byReference(2), byNumber(2)} {
		synctest.Test(t, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: caps})
			j := new(account.MemoryJournal)
			r := numbers.OrderRequest{Numbers: several(6), Reference: "job"}
			_, err := openWith(t, m, j).Buy(t.Context(), r, nil)
			require.NoError(t, err)
			before := len(m.Calls())
			_, err = openWith(t, m, j).Buy(t.Context(), r, nil)
			require.NoError(t, err)
			assert.Equal(t, []string{"Order", "Order", "Order"}, m.Calls()[before:])
		})
	}
}

// A lost answer costs one reading where the order is listed at once.
func TestALostAnswerCostsOneReading(t *testing.T) {
	for name, c := range map[string]struct {
		caps numbers.Capabilities
		want []string
	}{
		"by reference":     {byReference(0), []string{"Owned", "Place", "Orders"}},
		"by number":        {byNumber(0), []string{"Orders", "Owned", "Place", "Orders"}},
		"orders are owned": {numbers.Capabilities{OrdersAreOwned: true, ListingDelay: delay}, []string{"Orders", "Place", "Orders"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := numberstest.NewMemory(numberstest.MemoryOptions{Capabilities: c.caps})
				m.Inject(numberstest.Fault{Kind: numberstest.LostReply})
				_, err := open(t, m).Buy(t.Context(), numbers.OrderRequest{Numbers: several(1)}, nil)
				require.NoError(t, err)
				assert.Equal(t, c.want, m.Calls())
			})
		})
	}
}
