package opentact_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

// What a list shows depends on its shape: one object shows a row, and never that there is
// no other one; a full page without a total has the same limit.
func TestWhatTheShapeOfAListProves(t *testing.T) {
	for shape, complete := range map[opentacttest.ListShape]func(rows int) bool{
		opentacttest.ListArray:     func(int) bool { return true },
		opentacttest.ListPaged:     func(int) bool { return true },
		opentacttest.ListObject:    func(rows int) bool { return rows == 0 },
		opentacttest.ListUncounted: func(rows int) bool { return rows < 10 },
	} {
		for _, rows := range []int{0, 1, 9, 10, 12} {
			t.Run(fmt.Sprint(shape, " of ", rows), func(t *testing.T) {
				srv := opentacttest.NewServer(t, opentacttest.Options{List: shape, Leases: shape})
				for i := range rows {
					n := fmt.Sprintf("+131255501%02d", i)
					srv.AddNumber(numberstest.Owned{Number: n})
					srv.AddOrder(numberstest.PastOrder{Numbers: []string{n}})
				}
				o := opentact.NewOrderer(srv.Client(), nil)
				orders, ordersErr := vendortest.Collect(o.Orders(ctx, numbers.OrderQuery{}))
				owned, ownedErr := vendortest.Collect(o.Owned(ctx, numbers.OwnedQuery{}))
				for _, err := range []error{ordersErr, ownedErr} {
					if complete(rows) {
						require.NoError(t, err)
					} else {
						require.ErrorIs(t, err, numbers.ErrIncomplete)
					}
				}
				if complete(rows) {
					assert.Len(t, orders, rows)
					assert.Len(t, owned, rows)
				} else {
					assert.NotEmpty(t, orders, "what is shown is there")
					assert.NotEmpty(t, owned)
				}
			})
		}
	}
}

// The clock that dates rows and the one of the Date header differ by minutes.
func TestAPurchaseWhereTheVendorsClocksDiffer(t *testing.T) {
	for _, ahead := range []time.Duration{-3 * time.Minute, 3 * time.Minute, 9 * time.Minute} {
		for _, gen := range []opentacttest.Generation{opentacttest.Gen2020, opentacttest.Gen2024} {
			synctest.Test(t, func(t *testing.T) {
				srv := opentacttest.NewServer(t, opentacttest.Options{
					Generation: gen, DateAhead: ahead, ServerOptions: numberstest.ServerOptions{InMemory: true},
				})
				generation := opentact.Generation2020
				if gen == opentacttest.Gen2024 {
					generation = opentact.Generation2024
				}
				acct := accountOf(t, opentact.NewOrderer(srv.Client(), &opentact.OrdererOptions{Generation: generation}))
				srv.Inject(numberstest.Fault{Kind: numberstest.LostReply, On: numberstest.Match{Buys: true}})
				p, err := acct.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{stocked}}, nil)
				require.NoError(t, err, "%s %s", gen, ahead)
				assert.Equal(t, []numbers.E164{stocked}, p.Bought())
				assert.Equal(t, 1, srv.Books().Bought(string(stocked)))
			})
		}
	}
}

// The empty price of the sample is no price: the quotation counts, and a cap holds.
func TestAnEmptyPriceIsNoPriceAtTheFake(t *testing.T) {
	srv := opentacttest.NewServer(t, opentacttest.Options{ZeroPrices: true})
	acct := accountOf(t, opentact.NewOrderer(srv.Client(), &opentact.OrdererOptions{Currency: "USD"}))
	capped := func(amount string) *account.BuyOptions {
		return &account.BuyOptions{MaxUpfront: &numbers.Money{Amount: decimal(t, amount), Currency: "USD"}}
	}
	r := numbers.OrderRequest{Numbers: []numbers.E164{stocked}}
	_, err := acct.Buy(ctx, r, capped("0.01"))
	require.ErrorIs(t, err, numbers.ErrOverCap)
	assert.Zero(t, srv.Books().Bought(string(stocked)))
	p, err := acct.Buy(ctx, r, capped("100"))
	require.NoError(t, err)
	assert.Nil(t, p.Orders[0].Price, "the order does not state one")
}

// A wrong password is final; a 429 of the login has a Retry-After, which is obeyed.
func TestLoginsAtTheFake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := opentacttest.NewServer(t, opentacttest.Options{LoginLimit: 1, ServerOptions: numberstest.ServerOptions{InMemory: true}})
		read := func(password string) func() error {
			c, err := opentact.New(opentact.LoginAuth(opentacttest.Email, password), &numbers.ClientOptions{
				BaseURL: srv.URL(), HTTPClient: srv.HTTPClient(), Retry: numbers.Retry{Attempts: 1},
			})
			require.NoError(t, err)
			return func() error { _, err := c.Orders.List(ctx); return err }
		}
		logins := func() (n int) {
			for _, r := range srv.Requests() {
				if r.Op == "log in" {
					n++
				}
			}
			return n
		}
		wrong := read("wrong")
		for range 10 {
			require.ErrorIs(t, wrong(), numbers.ErrUnauthorized)
			time.Sleep(time.Hour)
		}
		assert.Equal(t, 1, logins())

		first, second := read(opentacttest.Password), read(opentacttest.Password)
		require.NoError(t, first())
		for range 10 {
			err := second()
			require.ErrorIs(t, err, numbers.ErrRateLimited)
			e, ok := errors.AsType[*numbers.Error](err)
			require.True(t, ok)
			assert.Equal(t, http.StatusTooManyRequests, e.Status)
			assert.InDelta(t, time.Minute, e.RetryAfter, float64(time.Second))
		}
		assert.Equal(t, 3, logins())
		time.Sleep(time.Minute + time.Second)
		require.NoError(t, second())
		assert.Equal(t, 4, logins())
	})
}
