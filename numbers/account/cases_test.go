package account_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact"
	"github.com/tnkit/tnkit/opentact/opentacttest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

// Two customers who buy any number at the same time get two numbers, never one.
func TestTwoCustomersNeverGetOneNumber(t *testing.T) {
	for _, g := range []voipbin.Generation{voipbin.GenerationNumbers, voipbin.GenerationOrderNumbers} {
		for _, shared := range []bool{true, false} {
			t.Run(fmt.Sprintf("generation %d, shared journal %t", g, shared), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					v := fakeVoIPBin(t, g)
					one := v.account(t, new(account.MemoryJournal), nil)
					two := one
					if shared {
						book := new(account.MemoryJournal)
						one, two = v.account(t, book, nil), v.account(t, book, nil)
					}
					var wg sync.WaitGroup
					bought := make([][]numbers.E164, 2)
					for i, a := range []*account.Account{one, two} {
						wg.Go(func() {
							time.Sleep(time.Duration(i) * 300 * time.Millisecond)
							p, err := a.BuyAny(t.Context(), numbers.SearchQuery{Country: "US"}, 1, &account.BuyAnyOptions{Reference: fmt.Sprint("customer-", i)})
							assert.NoError(t, err)
							bought[i] = p.Bought()
						})
					}
					wg.Wait()
					require.Len(t, bought[0], 1)
					require.Len(t, bought[1], 1)
					assert.NotEqual(t, bought[0], bought[1])
					assert.Len(t, v.books().Purchases, 2)
				})
			})
		}
	}
}

// Six purchases of one number at once under six references: one buys, five are told
// who holds it.
func TestSixReferencesBuyOnce(t *testing.T) {
	for _, given := range []bool{true, false} {
		t.Run(fmt.Sprintf("journal given %t", given), func(t *testing.T) {
			atEveryVendor(t, func(t *testing.T, v *fakeVendor) {
				var book numbers.Journal
				if given {
					book = new(account.MemoryJournal)
				}
				a := v.account(t, book, nil)
				var wg sync.WaitGroup
				var mu sync.Mutex
				won, held := "", 0
				holders := map[string]bool{}
				for i := range 6 {
					wg.Go(func() {
						reference := fmt.Sprint("customer-", i)
						p, err := a.Buy(t.Context(), request(reference, someNumber(0)), nil)
						mu.Lock()
						defer mu.Unlock()
						if err == nil {
							assert.Empty(t, won)
							won = p.Reference
							return
						}
						require.ErrorIs(t, err, numbers.ErrConflict)
						e, ok := errors.AsType[*numbers.Error](err)
						require.True(t, ok)
						holders[e.HeldBy] = true
						held++
					})
				}
				wg.Wait()
				assert.Equal(t, 5, held)
				assert.Equal(t, map[string]bool{won: true}, holders)
				assert.Len(t, v.books().Purchases, 1)
				assert.Equal(t, 1, v.buys())
			})
		})
	}
}

// An entry of a process that died before it sent is never given the order that another
// customer placed for the same number.
func TestADeadOwnersEntryDoesNotGetAnothersOrder(t *testing.T) {
	atEveryVendor(t, func(t *testing.T, v *fakeVendor) {
		book := new(account.MemoryJournal)
		dead := begun(v, "customer-0", someNumber(0))
		require.Empty(t, mustBegin(t, book, dead))
		time.Sleep(time.Hour)
		a := v.account(t, book, nil)
		p, err := a.Buy(t.Context(), request("customer-1", someNumber(0)), nil)
		require.NoError(t, err)
		require.Len(t, p.Bought(), 1)
		found, err := a.Recover(t.Context())
		require.NoError(t, err)
		for _, r := range found {
			assert.NotEqual(t, numbers.Placed, r.Resolution.Outcome)
		}
		e := entryOf(t, book, dead.ID)
		assert.Equal(t, numbers.EntryNotPlaced, e.End.Status)
	})
}

// A limiter that holds the order back for longer than a redelivery takes does not make
// one job buy two numbers.
func TestASlowLimiterDoesNotBuyTwice(t *testing.T) {
	for _, shared := range []bool{true, false} {
		t.Run(fmt.Sprintf("two processes %t", shared), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := fakeVoIPBin(t, voipbin.GenerationNumbers)
				slow := &stalling{after: 1, stall: 15 * time.Minute} // the search passes, the order waits
				book := new(account.MemoryJournal)
				first := v.account(t, book, slow)
				second := first
				if shared {
					second = v.account(t, book, nil)
				}
				var wg sync.WaitGroup
				bought := make([][]numbers.E164, 2)
				for i, a := range []*account.Account{first, second} {
					wg.Go(func() {
						time.Sleep(time.Duration(i) * 11 * time.Minute)
						p, err := a.BuyAny(t.Context(), numbers.SearchQuery{Country: "US"}, 1, &account.BuyAnyOptions{Reference: "k"})
						assert.NoError(t, err)
						bought[i] = p.Bought()
					})
				}
				wg.Wait()
				assert.Equal(t, bought[0], bought[1])
				assert.Len(t, bought[0], 1)
				assert.Len(t, v.books().Purchases, 1)
			})
		})
	}
}

// A job whose first owner died after its claim goes on as soon as the attempt is over and
// the listing delay has passed, and buys.
func TestARedeliveryWaitsNoLongerThanItMust(t *testing.T) {
	atEveryVendor(t, func(t *testing.T, v *fakeVendor) {
		book := new(account.MemoryJournal)
		dead := begun(v, "k", someNumber(0))
		require.Empty(t, mustBegin(t, book, dead))
		time.Sleep(40 * time.Second)
		a := v.account(t, book, nil)
		began := time.Now()
		p, err := a.Buy(t.Context(), request("k", someNumber(0)), nil)
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 1)
		most := dead.Deadline.Sub(dead.Started) + a.Capabilities().ListingDelay
		assert.LessOrEqual(t, time.Since(began), most+30*time.Second, "settling included")
		assert.GreaterOrEqual(t, time.Since(began), most, "the claim may have been sent until then")
		assert.Len(t, v.books().Purchases, 1)
	})
}

// A journal that fails to record an end is reported by an event and in the result, and
// loses no purchase.
func TestAFailingEndIsReported(t *testing.T) {
	atEveryVendor(t, func(t *testing.T, v *fakeVendor) {
		full := errors.New("the disk is full")
		failing := true
		book := &numberstest.FaultyJournal{Journal: new(account.MemoryJournal), FailEnd: func(numbers.JournalEntry, numbers.JournalEnd) error {
			if failing {
				return full
			}
			return nil
		}}
		a := v.account(t, book, nil)
		var mu sync.Mutex
		reported := 0
		p, err := a.Buy(t.Context(), request("k", someNumber(0)), &account.BuyOptions{OnEvent: func(e numbers.Event) {
			mu.Lock()
			defer mu.Unlock()
			if e.Kind == numbers.EventJournal {
				assert.ErrorIs(t, e.Err, full)
				reported++
			}
		}})
		require.ErrorIs(t, err, full)
		assert.Len(t, p.Bought(), 1, "it was bought all the same")
		assert.Positive(t, reported)
		failing = false
		time.Sleep(time.Minute) // it is tried again
		again, err := a.Lookup(t.Context(), "k")
		require.NoError(t, err)
		assert.Equal(t, p.Bought(), again.Bought())
	})
}

// The references of a purchase's orders can't be another customer's.
func TestReferencesOfOrdersAreNotACallers(t *testing.T) {
	atEveryVendor(t, func(t *testing.T, v *fakeVendor) {
		book := new(account.MemoryJournal)
		a := v.account(t, book, nil)
		limited, err := account.New("main", atMost{v.client(nil), 1}, &account.Options{Journal: book})
		require.NoError(t, err)
		p, err := limited.Buy(t.Context(), request("k1", someNumber(0), someNumber(1)), nil)
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 2)
		p, err = a.Buy(t.Context(), request("k1-1", someNumber(2)), nil)
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 1)
		found, err := a.Lookup(t.Context(), "k1")
		require.NoError(t, err)
		assert.Len(t, found.Orders, 2)
		sent := v.buys()
		for _, reserved := range []string{"k1~1", "k1~r1", "k1~r1~2", "~1", "x~007"} {
			_, err = a.Buy(t.Context(), request(reserved, someNumber(3)), nil)
			require.ErrorIs(t, err, numbers.ErrInvalid, reserved)
		}
		assert.Equal(t, sent, v.buys())
	})
}

// A number that is possibly orphaned is not sent under another reference until a person
// dismisses the entry.
func TestAPossibleOrphanIsHeldUntilDismissed(t *testing.T) {
	for _, g := range []voipbin.Generation{voipbin.GenerationNumbers, voipbin.GenerationOrderNumbers} {
		synctest.Test(t, func(t *testing.T) {
			v := fakeVoIPBin(t, g, lenient) // it reports an order of a sold number
			a := v.account(t, new(account.MemoryJournal), nil)
			v.inject(numberstest.Fault{Kind: numberstest.OrphanPurchase})
			p, err := a.Buy(t.Context(), request("k1", someNumber(0)), nil)
			require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
			require.Len(t, p.Unknown, 1)
			sent := v.buys()
			_, err = a.Buy(t.Context(), request("k2", someNumber(0)), nil)
			require.ErrorIs(t, err, numbers.ErrConflict)
			assert.ErrorContains(t, err, p.Unknown[0].ID)
			time.Sleep(24 * time.Hour)
			_, err = a.Buy(t.Context(), request("k2", someNumber(0)), nil)
			require.ErrorIs(t, err, numbers.ErrConflict)
			assert.Equal(t, sent, v.buys())
			require.NoError(t, a.Dismiss(t.Context(), p.Unknown[0].ID, "support: not sold"))
			_, err = a.Buy(t.Context(), request("k2", someNumber(0)), nil)
			require.Error(t, err, "the carrier refuses what it has sold")
			assert.Greater(t, v.buys(), sent)
		})
	}
}

// A list in a shape that can't show absence proves nothing: a lost order is not bought
// again.
func TestAListThatCanNotShowAbsenceProvesNothing(t *testing.T) {
	for _, shape := range []opentacttest.ListShape{opentacttest.ListObject, opentacttest.ListUncounted} {
		synctest.Test(t, func(t *testing.T) {
			srv := opentacttest.NewServer(t, opentacttest.Options{InMemory: true, SellsAnything: true})
			c, err := srv.NewClient(once(nil))
			require.NoError(t, err)
			a, err := account.New("main", opentact.NewOrderer(c, nil), nil)
			require.NoError(t, err)
			for i := range 12 {
				_, err := a.Buy(t.Context(), request(fmt.Sprint("k", i), someNumber(i)), nil)
				require.NoError(t, err)
			}
			srv.Inject(numberstest.Fault{Kind: numberstest.LostReply})
			_, err = a.Buy(t.Context(), request("lost", someNumber(20)), &account.BuyOptions{OnEvent: func(e numbers.Event) {
				if e.Kind == numbers.EventUnknown {
					srv.SetList(shape)
				}
			}})
			require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
			assert.ErrorContains(t, err, "incomplete")
			srv.SetList(shape)
			_, err = a.Buy(t.Context(), request("lost", someNumber(20)), nil)
			require.Error(t, err)
			_, err = a.Buy(t.Context(), request("other", someNumber(20)), nil)
			require.Error(t, err)
			assert.Equal(t, 1, srv.Books().Bought(string(someNumber(20))))
		})
	}
}

// A row that appears 53 s after an order was sent, 38 s after its refusal, is found.
func TestALateRowIsFound(t *testing.T) {
	for _, g := range []voipbin.Generation{voipbin.GenerationNumbers, voipbin.GenerationOrderNumbers} {
		for _, any := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				v := fakeVoIPBin(t, g)
				a := v.account(t, nil, nil)
				v.inject(voipbintest.SlowCarrier(38 * time.Second)...)
				began := time.Now()
				var p *account.Purchase
				var err error
				if any {
					p, err = a.BuyAny(t.Context(), numbers.SearchQuery{Country: "US"}, 1, nil)
				} else {
					p, err = a.Buy(t.Context(), request("k", someNumber(0)), nil)
				}
				require.NoError(t, err)
				assert.Len(t, p.Bought(), 1)
				assert.Len(t, v.books().Purchases, 1)
				assert.LessOrEqual(t, time.Since(began), 53*time.Second+27*time.Second, "half of the time that it took to appear")
			})
		}
	}
}

// An order that is listed later than the listing delay is found by the next delivery, and
// not ordered again.
func TestAnOrderThatIsListedTooLateIsFound(t *testing.T) {
	for _, any := range []bool{false, true} {
		atEveryVendor(t, func(t *testing.T, v *fakeVendor) {
			a := v.account(t, new(account.MemoryJournal), nil)
			if any && !a.Capabilities().Orphans {
				return // there is no search, or what is not listed in time was not placed
			}
			buy := func() (*account.Purchase, error) {
				if any {
					return a.BuyAny(t.Context(), numbers.SearchQuery{Country: "US"}, 1, &account.BuyAnyOptions{Reference: "k"})
				}
				return a.Buy(t.Context(), request("k", someNumber(0)), nil)
			}
			v.inject(numberstest.Fault{Kind: numberstest.LateCommit, Delay: a.Capabilities().ListingDelay + 10*time.Second})
			_, err := buy()
			require.Error(t, err)
			time.Sleep(time.Minute)
			p, err := buy()
			if a.Capabilities().Orphans {
				require.NoError(t, err)
				assert.Len(t, p.Bought(), 1)
			}
			assert.Len(t, v.books().Purchases, 1)
		})
	}
}

// A batch with numbers that are gone is placed again without those that the vendor names.
func TestABatchIsPlacedAgainWithoutWhatIsGone(t *testing.T) {
	for gone := range 4 {
		synctest.Test(t, func(t *testing.T) {
			srv := telnyxtest.NewServer(t, telnyxtest.Options{InMemory: true})
			c, err := srv.NewClient(once(nil))
			require.NoError(t, err)
			a, err := account.New("main", telnyx.NewOrderer(c, nil), nil)
			require.NoError(t, err)
			list := someNumbers(100)
			for i := range gone {
				srv.RemoveStock(string(list[7*i+3]))
			}
			p, err := a.Buy(t.Context(), request("k", list...), nil)
			if gone > 0 {
				require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
				failed, ok := errors.AsType[*account.PurchaseError](err)
				require.True(t, ok)
				assert.Len(t, failed.Missing(), gone)
			} else {
				require.NoError(t, err)
			}
			assert.Len(t, p.Bought(), 100-gone)
			orders := 0
			for _, r := range srv.Requests() {
				if r.Buys {
					orders++
				}
			}
			assert.LessOrEqual(t, orders, 2+gone)
		})
	}
}

// rewriting changes the answers of a vendor on the way.
type rewriting struct {
	http.RoundTripper
	change func(method, path, body string) string
}

func (r rewriting) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.RoundTripper.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	_ = resp.Body.Close()
	body := r.change(req.Method, req.URL.Path, string(data))
	resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	resp.Header.Del("Content-Length")
	return resp, nil
}

// priced is an OpenTact account whose orders state a price of the test's.
func priced(t *testing.T, price string) (*account.Account, *opentacttest.Server) {
	srv := opentacttest.NewServer(t, opentacttest.Options{InMemory: true, SellsAnything: true})
	own := srv.HTTPClient()
	client := *own
	ofOrder := regexp.MustCompile(`"price":(null|\{[^{}]*(\[[^\]]*\])?[^{}]*\})`)
	client.Transport = rewriting{own.Transport, func(method, path, body string) string {
		if method == http.MethodGet && strings.Contains(path, "/order/") {
			return ofOrder.ReplaceAllString(body, `"price":`+price)
		}
		return body
	}}
	opts := once(nil)
	opts.HTTPClient = &client
	c, err := srv.NewClient(opts)
	require.NoError(t, err)
	a, err := account.New("main", opentact.NewOrderer(c, &opentact.OrdererOptions{Currency: "USD"}), nil)
	require.NoError(t, err)
	return a, srv
}

func inUSD(amount string) *numbers.Money {
	return &numbers.Money{Amount: decimal.RequireFromString(amount), Currency: "USD"}
}

// A price above the cap that turns out after the order is ErrOverCap, and comes with what
// was bought.
func TestAPriceAboveTheCapAfterTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, srv := priced(t, `{"nrc":50,"mrc":0,"items":[]}`)
		p, err := a.Buy(t.Context(), request("k", someNumber(0)), &account.BuyOptions{MaxUpfront: inUSD("3")})
		require.ErrorIs(t, err, numbers.ErrOverCap)
		assert.Len(t, p.Bought(), 1)
		assert.Len(t, srv.Books().Purchases, 1)
	})
}

// An order's price of zeros is unknown: what was quoted counts.
func TestAnEmptyPriceIsNotFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _ := priced(t, `{"nrc":0,"mrc":0,"items":[]}`)
		opts := &account.BuyOptions{MaxUpfront: inUSD("1.5")} // one is quoted at 1
		_, err := a.Buy(t.Context(), request("k", someNumber(0)), opts)
		require.NoError(t, err)
		p, err := a.Buy(t.Context(), request("k", someNumber(0), someNumber(1)), opts)
		require.Error(t, err, "two cost 2")
		require.NotNil(t, p)
		assert.Len(t, p.Bought(), 1)
	})
}

// Two numbers are offered at 2 each, one of them fails, the order's own price is 0, and the
// next offer is 4: with a cap of 5 it is not bought.
func TestAnOrdersPriceOfZeroLeavesNoRoomUnderTheCap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		offer := func(i int, price string) numbers.Offer {
			return numbers.Offer{E164: someNumber(i), Country: "US", Price: &numbers.Price{Upfront: inUSD(price)}}
		}
		m := numberstest.NewMemory(numberstest.MemoryOptions{
			Price: &numbers.Price{Upfront: inUSD("2")}, OrderPrice: &numbers.Price{Upfront: inUSD("0")},
			Offers: []numbers.Offer{offer(0, "2"), offer(1, "2"), offer(2, "4")},
		})
		a, err := account.New("main", m, nil)
		require.NoError(t, err)
		m.Inject(numberstest.Fault{Kind: numberstest.PartialOrder, Numbers: []string{string(someNumber(1))}})
		p, err := a.BuyAny(t.Context(), numbers.SearchQuery{Country: "US"}, 2, &account.BuyAnyOptions{BuyOptions: account.BuyOptions{MaxUpfront: inUSD("5")}})
		require.ErrorIs(t, err, numbers.ErrOverCap)
		assert.Equal(t, []numbers.E164{someNumber(0)}, p.Bought())
	})
}

// An order whose items have all settled has settled, whatever its own status says.
func TestAnOrderSettlesWithItsItems(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telnyxtest.NewServer(t, telnyxtest.Options{InMemory: true, SettleAfter: time.Second, Lenient: true})
		c, err := srv.NewClient(once(nil))
		require.NoError(t, err)
		a, err := account.New("main", telnyx.NewOrderer(c, nil), nil)
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		p, err := a.Buy(ctx, request("k", someNumber(0)), &account.BuyOptions{Wait: account.WaitOptions{OnPoll: func(o *numbers.Order) {
			require.NoError(t, srv.SetOrderStatus(o.ID, "partial_success"))
		}}})
		require.NoError(t, err)
		assert.Len(t, p.Bought(), 1)
	})
}

// begun is an attempt whose owner is gone.
func begun(v *fakeVendor, purchase string, list ...numbers.E164) numbers.Attempt {
	now := time.Now()
	return numbers.Attempt{
		ID: "dead-" + purchase, Vendor: v.client(nil).Capabilities().Vendor, Account: "main", Purchase: purchase, Reference: purchase,
		Numbers: list, Started: now, SendBy: now.Add(15 * time.Second), Deadline: now.Add(75 * time.Second),
	}
}

func mustBegin(t *testing.T, j numbers.Journal, a numbers.Attempt) []numbers.JournalEntry {
	t.Helper()
	inTheWay, err := j.Begin(t.Context(), a)
	require.NoError(t, err)
	return inTheWay
}

func entryOf(t *testing.T, j numbers.Journal, id string) numbers.JournalEntry {
	t.Helper()
	for e, err := range j.Entries(t.Context(), numbers.JournalQuery{IDs: []string{id}}) {
		require.NoError(t, err)
		return e
	}
	t.Fatalf("the journal has no entry %s", id)
	return numbers.JournalEntry{}
}

// stalling is a limiter that lets some requests pass, and holds one back.
type stalling struct {
	mu    sync.Mutex
	after int
	stall time.Duration
}

func (s *stalling) Wait(ctx context.Context) error {
	s.mu.Lock()
	s.after--
	wait := s.after == -2 // search, listing, then the order
	s.mu.Unlock()
	if !wait {
		return nil
	}
	select {
	case <-time.After(s.stall):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// atMost is an Orderer that takes fewer numbers in one order.
type atMost struct {
	numbers.Orderer
	most int
}

func (o atMost) Unwrap() numbers.Orderer { return o.Orderer }

func (o atMost) Capabilities() numbers.Capabilities {
	c := o.Orderer.Capabilities()
	c.MaxNumbers = o.most
	return c
}
