package opentact_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/opentact"
)

// document2020 is an OpenTact made of the page "Order Telephone Number" alone: create,
// price, list and get, with the shapes of its samples. Its list is one order, the latest.
// What the page does not show is chosen by array and leases.
type document2020 struct {
	orders []map[string]any
	array  bool // lists all orders
	leases bool // has GET /lease/tn, as another page of the same documentation
}

func (d *document2020) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body map[string]any
	if r.Method == http.MethodPost {
		dec := json.NewDecoder(r.Body)
		dec.UseNumber()
		_ = dec.Decode(&body)
	}
	id, isOne := strings.CutPrefix(r.URL.Path, "/rest/order/")
	switch request := r.Method + " " + r.URL.Path; {
	case r.Header.Get("X-Auth-Token") != token:
		d.refuse(w, http.StatusUnauthorized, "Unauthorized")
	case request == "POST /rest/order/tn":
		now := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
		order := map[string]any{
			"voice": true, "fax": false, "sms": true, "mms": false, "emergency": false, "autorenew": true, "state": "created",
			"request": body, "uuid": fmt.Sprintf("e7fad289-f977-45bb-bc42-448d1290%04d", len(d.orders)), "price": nil,
			"created_on": now, "modified_on": now,
		}
		d.orders = append(d.orders, order)
		d.answer(w, order)
	case request == "POST /rest/order/price":
		d.answer(w, map[string]any{"nrc": 1, "mrc": 2, "items": []any{map[string]any{"nrc": "1", "mrc": "2"}}})
	case request == "GET /rest/order" && d.array:
		list := []any{}
		for _, order := range d.orders {
			list = append(list, d.shallow(order))
		}
		d.answer(w, list)
	case request == "GET /rest/order" && len(d.orders) == 0:
		d.answer(w, nil)
	case request == "GET /rest/order":
		d.answer(w, d.shallow(d.orders[len(d.orders)-1]))
	case request == "GET /rest/lease/tn" && d.leases:
		list := []any{}
		for _, order := range d.orders {
			list = append(list, d.whole(order)["tnleases"].([]any)...)
		}
		d.answer(w, list)
	case r.Method == http.MethodGet && isOne:
		for _, order := range d.orders {
			if order["uuid"] == id {
				d.answer(w, d.whole(order))
				return
			}
		}
		d.refuse(w, http.StatusNotFound, "Order not found")
	default:
		d.refuse(w, http.StatusNotFound, "Not found")
	}
}

// shallow is an order as the page lists it.
func (d *document2020) shallow(order map[string]any) map[string]any {
	out := map[string]any{"state": "success", "tns": []any{}, "tnleases": []any{}, "autorenew": true}
	for _, name := range []string{"account", "profile", "sip_connection", "sip_control_app", "created_by", "modified_by", "request", "price"} {
		out[name] = map[string]any{}
	}
	for _, name := range []string{"created_on", "modified_on", "uuid"} {
		out[name] = order[name]
	}
	return out
}

// whole is an order as the page shows it by its uuid, with the empty price of the sample.
func (d *document2020) whole(order map[string]any) map[string]any {
	out := d.shallow(order)
	out["request"] = order["request"]
	out["price"] = map[string]any{"nrc": 0, "mrc": 0, "items": []any{}}
	leases := []any{}
	request, _ := order["request"].(map[string]any)
	tns, _ := request["tns"].([]any)
	for _, tn := range tns {
		leases = append(leases, map[string]any{"uuid": fmt.Sprint("lease-", tn), "tn": map[string]any{"tn": tn}})
	}
	out["tnleases"] = leases
	return out
}

func (*document2020) answer(w http.ResponseWriter, payload any) {
	_ = json.NewEncoder(w).Encode(map[string]any{"success": true, "payload": payload})
}

func (*document2020) refuse(w http.ResponseWriter, status int, message string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"success": false, "message": message, "status": status})
}

// at2020 runs a test with an account at a server, in virtual time.
func at2020(t *testing.T, server *document2020, f func(t *testing.T, raw *vendortest.Raw, acct *account.Account)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		raw := &vendortest.Raw{Handler: server}
		c, err := opentact.New(opentact.TokenAuth(token), &numbers.ClientOptions{HTTPClient: &http.Client{Transport: raw}, Strict: true})
		require.NoError(t, err)
		acct, err := account.New("main", opentact.NewOrderer(c, nil), nil)
		require.NoError(t, err)
		defer acct.Close()
		f(t, raw, acct)
	})
}

func buyAt(acct *account.Account, n numbers.E164, reference string) (*account.Purchase, error) {
	return acct.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{n}, Reference: reference}, nil)
}

const createdAt2020 = "POST /rest/order/tn"

func TestAtAServerMadeOfTheDocumentOf2020(t *testing.T) {
	server := &document2020{array: true, leases: true}
	at2020(t, server, func(t *testing.T, raw *vendortest.Raw, acct *account.Account) {
		lost := false
		raw.Lose = func(r *http.Request) bool {
			was := lost
			lost = lost || strings.HasSuffix(r.URL.Path, "/order/tn")
			return lost && !was
		}
		for _, n := range []numbers.E164{one, two} { // the answer to the first is lost
			for range 2 {
				purchase, err := buyAt(acct, n, string(n))
				require.NoError(t, err)
				assert.Equal(t, []numbers.E164{n}, purchase.Bought())
			}
			_, err := buyAt(acct, n, "another")
			require.Error(t, err)
		}
		assert.Equal(t, 2, raw.Count(createdAt2020))
		assert.Len(t, server.orders, 2)
	})
}

// A list of one order shows that the order is there, and never that another one is not:
// what is lost is found, and nothing is ordered that may have been ordered before.
func TestAtAServerWhoseListIsOneOrder(t *testing.T) {
	server := &document2020{leases: true}
	at2020(t, server, func(t *testing.T, raw *vendortest.Raw, acct *account.Account) {
		raw.Lose = func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/order/tn") }
		for range 3 {
			purchase, err := buyAt(acct, one, "k")
			require.NoError(t, err)
			assert.Equal(t, []numbers.E164{one}, purchase.Bought())
			_, err = buyAt(acct, one, "another")
			require.ErrorIs(t, err, numbers.ErrConflict)
			_, err = buyAt(acct, two, "l")
			require.ErrorIs(t, err, numbers.ErrIncomplete)
		}
		assert.Equal(t, 1, raw.Count(createdAt2020))
	})
}

// Where the leases can't be listed, nothing shows that a number is not owned already.
func TestAtAServerWithoutLeases(t *testing.T) {
	at2020(t, &document2020{array: true}, func(t *testing.T, raw *vendortest.Raw, acct *account.Account) {
		_, err := buyAt(acct, one, "k")
		require.ErrorIs(t, err, numbers.ErrVendor)
		assert.Zero(t, raw.Count(createdAt2020))
	})
}
