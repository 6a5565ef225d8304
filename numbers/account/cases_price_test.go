package account_test

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

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
	srv := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, SellsAnything: true})
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
