package account_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestSmoke(t *testing.T) {
	for _, by := range []numbers.Recognition{numbers.ByReference, numbers.ByNumber} {
		synctest.Test(t, func(t *testing.T) {
			m := numberstest.NewMemory(numberstest.MemoryOptions{SettleAfter: 10 * time.Second, SellsTwice: true, Capabilities: numbers.Capabilities{FoundBy: by, ListingDelay: time.Minute}})
			book := new(account.MemoryJournal)
			a, err := account.New("main", m, &account.Options{Journal: book})
			require.NoError(t, err)
			defer a.Close()
			p, err := a.Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{"+12025550100"}, Reference: "k"}, nil)
			require.NoError(t, err)
			assert.Len(t, p.Bought(), 1)
			t.Log(m.Calls())
			m.Inject(numberstest.Fault{Kind: numberstest.LostReply})
			p, err = a.Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{"+12025550101"}, Reference: "k2"}, nil)
			require.NoError(t, err)
			assert.Len(t, p.Bought(), 1)
			m.Inject(numberstest.Fault{Kind: numberstest.DroppedRequest})
			began := time.Now()
			_, err = a.Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{"+12025550102"}, Reference: "k3"}, nil)
			require.ErrorIs(t, err, numbers.ErrNotPlaced)
			t.Log(err, time.Since(began))
			var wg sync.WaitGroup
			for i := range 6 {
				wg.Go(func() {
					_, err := a.Buy(context.Background(), numbers.OrderRequest{Numbers: []numbers.E164{"+12025550103"}, Reference: fmt.Sprint("r", i)}, nil)
					t.Log(err)
				})
			}
			wg.Wait()
			assert.Equal(t, 1, m.Books().Bought("+12025550103"))
			assert.Empty(t, m.Books().Duplicates())
		})
	}
}
