package driver_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

// A server that is generated of a vendor's description answers every order with
// the same example, which is for other numbers and of another day. So would a
// cache in the way, or a vendor that mixes up its answers.

// documented is how a vendor's lists look when they are empty, and how the
// examples of an order are called.
type documented struct {
	create string // path
	none   map[string]string
	place  string
	order  string // the id of the example
}

func documentation() map[string]documented {
	const noLeases = `{"success":true,"payload":{"take":100,"skip":0,"total":0,"data":[]}}`
	leases := map[string]string{"/lease/tn": `{"success":true,"payload":[]}`, "/lease/tn/search": noLeases, "/order": `{"success":true,"payload":[]}`}
	return map[string]documented{
		"telnyx": {
			"/number_orders", map[string]string{"": `{"data":[],"meta":{"page_number":1,"page_size":250,"total_pages":0,"total_results":0}}`},
			"telnyx/testdata/number_orders.create.response.json", "7b4f0d8e-52a1-4b0c-8d2f-91c0a6e5f301",
		},
		"voipbin": {
			"/v1.0/numbers", map[string]string{"": `{"result":[],"next_page_token":""}`},
			"voipbin/testdata/numbers.create.response.json", "9f1d6c3e-2b7a-4c58-8e40-5d3b1a7f6c02",
		},
		"voipbin of 2021": {
			"/v1.0/order_numbers", map[string]string{"": `{"result":[],"next_page_token":""}`},
			"voipbin/testdata/order_numbers.create.response.json", "5b7c1f0e-3a52-4d19-9c57-0b6a8f1d2e34",
		},
		"opentact":       {"/order/tn", leases, "opentact/testdata/order.create.response.json", "e7fad289-f977-45bb-bc42-448d1290555c"},
		"opentact of 21": {"/order/tn", leases, "opentact/testdata/order.create_items.response.json", "0b9c7d53-0d3a-4a36-9d1c-6f6d1b1a2c01"},
		"opentact of 24": {
			"/order", map[string]string{"/lease/tn/search": noLeases, "/order/search": noLeases},
			"opentact/testdata/order.create_order.response.json", "0b9c7d53-0d3a-4a36-9d1c-6f6d1b1a2c01",
		},
	}
}

// serve answers orders, and readings of one order, with the example.
func (d documented) serve(t *testing.T) (base string, orders *atomic.Int32) {
	example, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(d.place)))
	require.NoError(t, err)
	orders = new(atomic.Int32)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		switch list, ok := d.none[r.URL.Path]; {
		case r.Method == http.MethodPost && r.URL.Path == d.create:
			orders.Add(1)
			_, _ = w.Write(example)
		case ok:
			_, _ = io.WriteString(w, list)
		case strings.Contains(r.URL.Path, "-"): // an id
			_, _ = w.Write(example)
		default:
			_, _ = io.WriteString(w, d.none[""])
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL, orders
}

func TestTheDocumentedExampleIsNotTakenForAnOrder(t *testing.T) {
	made := adapters()
	for name, d := range documentation() {
		t.Run(name, func(t *testing.T) {
			base, sent := d.serve(t)
			o := made[name](t, base)
			request := numbers.OrderRequest{Numbers: []numbers.E164{aNumber}}

			order, err := o.Place(t.Context(), request)
			require.ErrorIs(t, err, numbers.ErrConflict)
			require.NotNil(t, order, "it was placed, whatever it is")
			assert.Equal(t, d.order, order.ID)

			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			sent.Store(0)
			a, err := account.New("main", o, nil)
			require.NoError(t, err)
			purchase, err := a.Buy(ctx, request, nil)
			require.ErrorIs(t, err, numbers.ErrConflict)
			failed, ok := errors.AsType[*account.PurchaseError](err)
			require.True(t, ok, "%T", err)
			assert.Empty(t, failed.Missing(), "it may have been bought")
			require.Len(t, purchase.Orders, 1)
			assert.Equal(t, d.order, purchase.Orders[0].ID)
			assert.NotContains(t, purchase.Bought(), aNumber)
			assert.EqualValues(t, 1, sent.Load())

			_, err = o.Order(t.Context(), "00000000-0000-4000-8000-000000000001")
			require.ErrorIs(t, err, numbers.ErrVendor, "another order than was asked for")
			assert.ErrorContains(t, err, d.order)
		})
	}
}

// TestAListWithoutEndEnds: each page has one new row, and says that there are
// many more.
func TestAListWithoutEndEnds(t *testing.T) {
	const many = 1<<31 - 1
	id := func(n int64) string { return fmt.Sprintf("00000000-0000-4000-8000-%012x", n) }
	leases := func(skip string, n int64) string {
		return fmt.Sprintf(`{"success":true,"payload":{"take":100,"skip":%s,"total":%d,"data":[{"uuid":%q,"state":"created","tn":{"tn":13125550123}}]}}`, cmp.Or(skip, "0"), many, id(n))
	}
	row := func(r *http.Request, n int64) string {
		created := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(-time.Duration(n) * time.Second)
		switch q := r.URL.Query(); r.URL.Path {
		case "/number_orders", "/phone_numbers":
			return fmt.Sprintf(`{"data":[{"id":%q,"phone_number":"+13125550123"}],"meta":{"page_number":%s,"page_size":250,"total_pages":%d,"total_results":%d}}`, id(n), cmp.Or(q.Get("page[number]"), "1"), many, many)
		case "/v1.0/numbers":
			return fmt.Sprintf(`{"result":[{"id":%q,"number":"+13125550123","tm_create":%q}],"next_page_token":"x"}`, id(n), created.Format("2006-01-02T15:04:05.000000Z"))
		case "/v1.0/order_numbers": // in one and the same microsecond
			return fmt.Sprintf(`{"result":[{"id":%q,"number":"+13125550123","tm_create":"2021-03-03 06:34:09.733751"}],"next_page_token":"x"}`, id(n))
		case "/lease/tn", "/lease/tn/search":
			return leases(q.Get("skip"), n)
		case "/api/exclusive_numbers":
			return fmt.Sprintf(`{"count":%d,"items":[{"id":%q,"number":"+13125550123","enabled":true}]}`, many, id(n))
		}
		return `{}`
	}
	each(t, func(t *testing.T, make adapter) {
		var n atomic.Int64
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, row(r, n.Add(1)))
		}))
		t.Cleanup(srv.Close)
		inventory, ok := make(t, srv.URL).(numbers.Inventory)
		require.True(t, ok)
		require.ErrorIs(t, lastOf(inventory.Owned(t.Context(), numbers.OwnedQuery{})), numbers.ErrIncomplete)
		assert.Less(t, n.Load(), int64(1100))
	})
}
