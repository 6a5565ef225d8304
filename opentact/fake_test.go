package opentact_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/opentact"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

func TestTheFakeServesTheSeedLetterForLetter(t *testing.T) {
	srv := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{Seed: true}})
	c := srv.Client()
	same := func(name string, result any) {
		t.Helper()
		assert.Equal(t, payload(t, []string{vendortest.Fixture(t, name)}), vendortest.Tree(t, vendortest.Encode(t, result)))
	}
	price, err := c.Orders.Price(ctx, seedRequest())
	require.NoError(t, err)
	same("order.price.response.json", price)
	list, err := c.Orders.List(ctx)
	require.NoError(t, err)
	same("order.list.response.json", list)
	order, err := c.Orders.Get(ctx, "string")
	require.NoError(t, err)
	same("order.get.response.json", order)
	r := seedRequest()
	r.Profile, r.SIPConnection, r.SIPControlApp = nil, nil, nil
	made, err := c.Orders.Create(ctx, r)
	require.NoError(t, err)
	same("order.create.response.json", made)
}

// everyGeneration runs a test at a fake of each generation, in virtual time.
func everyGeneration(t *testing.T, test func(t *testing.T, srv *opentacttest.Server, o *opentact.Orderer)) {
	t.Helper()
	for generation, opts := range map[opentacttest.Generation]*opentact.OrdererOptions{
		opentacttest.Gen2020: nil, opentacttest.Gen2021: gen2021, opentacttest.Gen2024: gen2024,
	} {
		t.Run(string(generation), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, Generation: generation, StepAfter: time.Second})
				test(t, srv, opentact.NewOrderer(srv.Client(), opts))
			})
		})
	}
}

// accountOf is the account that people use.
func accountOf(t *testing.T, o *opentact.Orderer) *account.Account {
	t.Helper()
	acct, err := account.New("main", o, nil)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, acct.Close()) })
	return acct
}

const (
	stocked     = numbers.E164("+12029822917")
	alsoStocked = numbers.E164("+12029822918")
)

func TestBuyAtTheFakeWithLostReplies(t *testing.T) {
	for kind, want := range map[numberstest.FaultKind]int{
		numberstest.LostReply: 1, numberstest.StatusAfter: 1, numberstest.StatusBefore: 0, numberstest.DroppedRequest: 0,
	} {
		t.Run(string(kind), func(t *testing.T) {
			everyGeneration(t, func(t *testing.T, srv *opentacttest.Server, o *opentact.Orderer) {
				srv.Inject(numberstest.Fault{Kind: kind, On: numberstest.Match{Buys: true}})
				p, err := accountOf(t, o).Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{stocked, alsoStocked}}, nil)
				if want == 1 {
					require.NoError(t, err)
					assert.Equal(t, numbers.StateComplete, p.Orders[0].State)
				} else {
					require.ErrorIs(t, err, numbers.ErrNotPlaced)
				}
				srv.Settle()
				assert.Equal(t, want, srv.Books().Bought(string(stocked)))
				assert.Empty(t, p.Unknown)
			})
		})
	}
}

// The same number is bought, released, and bought again with a lost reply: the
// first order must not be taken for the second.
func TestANumberThatIsBoughtASecondTime(t *testing.T) {
	for _, kind := range []numberstest.FaultKind{numberstest.LostReply, numberstest.DroppedRequest} {
		for _, between := range []time.Duration{time.Second, time.Hour} {
			everyGeneration(t, func(t *testing.T, srv *opentacttest.Server, o *opentact.Orderer) {
				acct := accountOf(t, o)
				r := numbers.OrderRequest{Numbers: []numbers.E164{stocked}}
				first, err := acct.Buy(ctx, r, nil)
				require.NoError(t, err)
				n, err := acct.Find(ctx, stocked)
				require.NoError(t, err)
				require.NoError(t, acct.Release(ctx, n))
				require.NoError(t, acct.Release(ctx, n), "again")
				time.Sleep(between)

				srv.Inject(numberstest.Fault{Kind: kind, On: numberstest.Match{Buys: true}})
				second, err := acct.Buy(ctx, r, nil)
				if kind == numberstest.LostReply {
					require.NoError(t, err)
					require.Len(t, second.Orders, 1)
					assert.NotEqual(t, first.Orders[0].ID, second.Orders[0].ID)
					assert.Equal(t, 2, srv.Books().Bought(string(stocked)))
				} else {
					require.ErrorIs(t, err, numbers.ErrNotPlaced)
					assert.Equal(t, 1, srv.Books().Bought(string(stocked)))
				}
			})
		}
	}
}

// The vendor's clock is minutes off, and ours is right.
func TestAVendorsClockThatIsOff(t *testing.T) {
	for _, off := range []time.Duration{-9 * time.Minute, 9 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			srv := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true, Now: func() time.Time { return time.Now().Add(off) }}})
			acct := accountOf(t, opentact.NewOrderer(srv.Client(), nil))
			r := numbers.OrderRequest{Numbers: []numbers.E164{stocked}}
			for i := range 3 { // each time the number has an older order
				srv.Inject(numberstest.Fault{Kind: numberstest.LostReply, On: numberstest.Match{Buys: true}})
				p, err := acct.Buy(ctx, r, nil)
				require.NoError(t, err)
				require.Len(t, p.Orders, 1)
				n, err := acct.Find(ctx, stocked)
				require.NoError(t, err)
				require.NoError(t, acct.Release(ctx, n))
				assert.Equal(t, i+1, srv.Books().Bought(string(stocked)))
				time.Sleep(time.Hour)
			}
		})
	}
}

func TestRefusalsOfTheFake(t *testing.T) {
	everyGeneration(t, func(t *testing.T, srv *opentacttest.Server, o *opentact.Orderer) {
		srv.SetBalance("0.01")
		_, err := o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{stocked}})
		require.ErrorIs(t, err, numbers.ErrInsufficientFunds)
		assert.Zero(t, srv.Books().Bought(string(stocked)))

		c, err := srv.NewClient(nil)
		require.NoError(t, err)
		_, err = c.Orders.Get(ctx, "00000000-0000-4000-8000-000000000000")
		require.ErrorIs(t, err, numbers.ErrNotFound)
		theirs, err := opentact.New(opentact.TokenAuth(opentacttest.OtherToken), &numbers.ClientOptions{BaseURL: srv.URL(), HTTPClient: srv.HTTPClient()})
		require.NoError(t, err)
		_, err = theirs.Leases.Update(ctx, srv.AddNumber(numberstest.Owned{Number: "12029822919"})[0], &opentact.UpdateLeaseRequest{SMS: new(false)})
		require.ErrorIs(t, err, numbers.ErrForbidden)
		wrong, err := opentact.New(opentact.TokenAuth("wrong"), &numbers.ClientOptions{BaseURL: srv.URL(), HTTPClient: srv.HTTPClient()})
		require.NoError(t, err)
		_, err = wrong.Orders.List(ctx)
		require.ErrorIs(t, err, numbers.ErrUnauthorized)
	})
}

func TestLeasesAtTheFake(t *testing.T) {
	srv := opentacttest.NewServer(t, opentacttest.Options{Generation: opentacttest.Gen2021})
	c := srv.Client()
	connection, app := srv.AddConnection("c"), srv.AddApp("a")
	ids := []string{srv.AddNumber(numberstest.Owned{Number: "12029822917"})[0], srv.AddNumber(numberstest.Owned{Number: "12029822918"})[0], srv.AddNumber(numberstest.Owned{Number: "12029822919"})[0]}

	all, err := vendortest.Collect(c.Leases.All(ctx, &opentact.SearchLeasesRequest{Take: 2}))
	require.NoError(t, err)
	assert.Len(t, all, 3)
	srv.SetGeneration(opentacttest.Gen2020)
	pg, err := c.Leases.List(ctx)
	require.NoError(t, err)
	assert.Len(t, pg.Data, 3)
	srv.SetGeneration(opentacttest.Gen2021)
	lease, err := c.Leases.GetByTN(ctx, 12029822918)
	require.NoError(t, err)
	assert.Equal(t, ids[1], lease.UUID)

	changed, err := c.SIPConnections.ChangeLeases(ctx, connection, &opentact.ChangeLeasesRequest{Add: ids[:2]})
	require.NoError(t, err)
	assert.Len(t, changed, 2)
	_, err = c.SIPControlApps.ChangeLeases(ctx, app, &opentact.ChangeLeasesRequest{Add: ids[2:]})
	require.NoError(t, err)
	all, err = vendortest.Collect(c.Leases.All(ctx, &opentact.SearchLeasesRequest{SIPConnection: &connection}))
	require.NoError(t, err)
	assert.Len(t, all, 2)
	lease, err = c.Leases.Update(ctx, ids[0], &opentact.UpdateLeaseRequest{SIPConnection: wire.NullNow[string](), AutoRenew: new(false)})
	require.NoError(t, err)
	assert.True(t, lease.SIPConnection.Null, "null detaches")
	renew, _ := lease.AutoRenew.Bool()
	assert.False(t, renew)
	_, err = c.Leases.Release(ctx, ids[0])
	require.NoError(t, err)
	_, err = c.Leases.Get(ctx, ids[0])
	require.ErrorIs(t, err, numbers.ErrNotFound)
}

func TestTokensAtTheFake(t *testing.T) {
	srv := opentacttest.NewServer(t)
	c := srv.Client()
	made, err := c.Tokens.Create(ctx, &opentact.CreateTokenRequest{Name: "n", TTL: 3600})
	require.NoError(t, err)
	own, err := opentact.New(opentact.TokenAuth(made.Token.Reveal()), &numbers.ClientOptions{BaseURL: srv.URL(), HTTPClient: srv.HTTPClient()})
	require.NoError(t, err)
	_, err = own.Orders.List(ctx)
	require.NoError(t, err)
	require.NoError(t, c.Tokens.Update(ctx, made.UUID, &opentact.UpdateTokenRequest{Name: new("m")}))
	list, err := c.Tokens.List(ctx)
	require.NoError(t, err)
	require.Len(t, list.Data, 1)
	assert.Equal(t, "m", *list.Data[0].Name)
	require.NoError(t, c.Tokens.Delete(ctx, made.Token))
	_, err = own.Orders.List(ctx)
	require.ErrorIs(t, err, numbers.ErrUnauthorized)
	require.NoError(t, c.Tokens.DeleteAll(ctx))
}

func TestNumbersForSaleAtTheFake(t *testing.T) {
	everyGeneration(t, func(t *testing.T, _ *opentacttest.Server, o *opentact.Orderer) {
		offers, err := vendortest.Collect(o.Search(ctx, numbers.SearchQuery{AreaCode: "202", Limit: 3}))
		require.NoError(t, err)
		require.NotEmpty(t, offers)
		for _, offer := range offers {
			assert.Contains(t, string(offer.E164), "+1202")
		}
	})
	srv := opentacttest.NewServer(t, opentacttest.Options{Generation: opentacttest.Gen2024})
	for _, read := range []func() (*opentact.Page[wire.Raw], error){
		func() (*opentact.Page[wire.Raw], error) { return srv.Client().TNs.ListCountries(ctx) },
		func() (*opentact.Page[wire.Raw], error) { return srv.Client().TNs.ListStates(ctx, "US") },
		func() (*opentact.Page[wire.Raw], error) { return srv.Client().TNs.ListRateCenters(ctx, "IL") },
	} {
		pg, err := read()
		require.NoError(t, err)
		assert.NotEmpty(t, pg.Data)
	}
}

// A cap holds against prices in a currency that the caller vouches for.
func TestACapNeedsACurrency(t *testing.T) {
	srv := opentacttest.NewServer(t)
	cap := func(amount string) *account.BuyOptions {
		return &account.BuyOptions{MaxUpfront: &numbers.Money{Amount: decimal(t, amount), Currency: "USD"}}
	}
	r := numbers.OrderRequest{Numbers: []numbers.E164{stocked}}
	_, err := accountOf(t, opentact.NewOrderer(srv.Client(), nil)).Buy(ctx, r, cap("100"))
	require.ErrorIs(t, err, numbers.ErrPriceUnknown)
	vouched := accountOf(t, opentact.NewOrderer(srv.Client(), &opentact.OrdererOptions{Currency: "USD"}))
	_, err = vouched.Buy(ctx, r, cap("0.01"))
	require.ErrorIs(t, err, numbers.ErrOverCap)
	_, err = vouched.Buy(ctx, r, cap("100"))
	require.NoError(t, err)
	assert.Equal(t, 1, srv.Books().Bought(string(stocked)))
}
