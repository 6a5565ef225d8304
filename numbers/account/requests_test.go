package account_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

// sentBy returns the requests of a purchase: "GET /phone_numbers", each path without ids.
func sentBy(v *fakeVendor, do func()) []string {
	before := len(v.requests())
	do()
	var list []string
	for _, r := range v.requests()[before:] {
		path := r.Path
		for _, id := range strings.Split(path, "/") {
			if len(id) > 20 || strings.Count(id, "-") == 4 {
				path = strings.ReplaceAll(path, id, "{id}")
			}
		}
		list = append(list, r.Method+" "+path)
	}
	return list
}

// A purchase of one number reads each list once.
func TestRequestsOfAPurchase(t *testing.T) {
	want := map[string][]string{
		"telnyx":           {"GET /v2/phone_numbers", "POST /v2/number_orders", "GET /v2/number_orders/{id}"},
		"voipbin":          {"GET /v1.0/numbers", "POST /v1.0/numbers"},
		"voipbin of 2021":  {"GET /v1.0/order_numbers", "POST /v1.0/order_numbers"},
		"opentact":         {"GET /rest/order", "GET /rest/lease/tn", "POST /rest/order/tn", "GET /rest/order/{id}"},
		"opentact of 2021": {"GET /rest/order", "POST /rest/lease/tn/search", "POST /rest/order/tn", "GET /rest/order/{id}"},
		"opentact of 2024": {"POST /rest/order/search", "POST /rest/lease/tn/search", "POST /rest/order", "GET /rest/order/{id}"},
		"exclusive":        {"GET /api/exclusive_numbers", "POST /api/exclusive_numbers"},
	}
	for _, form := range []string{"with a journal", "without a journal", "a caller's reference without a journal"} {
		t.Run(form, func(t *testing.T) {
			atEveryVendor(t, func(t *testing.T, v *fakeVendor) {
				var book numbers.Journal
				if form == "with a journal" {
					book = new(account.MemoryJournal)
				}
				a := v.account(t, book, nil)
				_, _ = a.Buy(t.Context(), request("", someNumber(9)), nil) // logs in
				r := request("", someNumber(0))
				if form != "without a journal" {
					r.Reference = "k"
				}
				got := sentBy(v, func() {
					// One poll: the first reading comes when the order has settled.
					_, err := a.Buy(t.Context(), r, &account.BuyOptions{Wait: account.WaitOptions{MinInterval: time.Minute}, OnEvent: func(e numbers.Event) {
						if e.Kind == numbers.EventSent {
							time.Sleep(time.Minute)
						}
					}})
					require.NoError(t, err)
				})
				expected := want[v.name]
				if v.name == "telnyx" && form == "a caller's reference without a journal" {
					expected = append([]string{"GET /v2/number_orders"}, expected...)
				}
				assert.Equal(t, expected, slices.Compact(got), "the pages of one listing count once")
			})
		})
	}
}

// With 5,000 rows in the account, a purchase reads the one listing once.
func TestRequestsOfAPurchaseInALargeAccount(t *testing.T) {
	const rows, page = 5000, 100
	synctest.Test(t, func(t *testing.T) {
		srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		for i := range rows {
			srv.AddNumber(numberstest.Owned{Number: fmt.Sprintf("+1415%07d", i)})
		}
		c, err := srv.NewClient(once(nil))
		require.NoError(t, err)
		a, err := account.New("main", voipbin.NewOrderer(c, nil), nil)
		require.NoError(t, err)
		before := len(srv.Requests())
		_, err = a.Buy(t.Context(), request("k", someNumber(0)), nil)
		require.NoError(t, err)
		assert.LessOrEqual(t, len(srv.Requests())-before, rows/page+3, "its pages, which overlap by a row, the one that shows the end, and the order")
	})
	synctest.Test(t, func(t *testing.T) {
		srv := exclusivetest.NewServer(t, exclusivetest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		list := make([]exclusivetest.Row, rows)
		for i := range list {
			list[i].Number = fmt.Sprintf("+1415%07d", i)
		}
		srv.AddRow(list...)
		c, err := srv.NewClient(once(nil))
		require.NoError(t, err)
		a, err := account.New("main", exclusive.NewOrderer(c, nil), nil)
		require.NoError(t, err)
		_, err = c.Numbers.List(t.Context(), nil) // logs in
		require.NoError(t, err)
		before := len(srv.Requests())
		_, err = a.Buy(t.Context(), request("k", someNumber(0)), nil)
		require.NoError(t, err)
		assert.LessOrEqual(t, len(srv.Requests())-before, rows/page+2)
	})
}
