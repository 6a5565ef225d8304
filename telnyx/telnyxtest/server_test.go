package telnyxtest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

func TestTransports(t *testing.T) {
	for _, opts := range []telnyxtest.Options{{}, {ServerOptions: numberstest.ServerOptions{TLS: true}}, {ServerOptions: numberstest.ServerOptions{HTTP2: true}}, {ServerOptions: numberstest.ServerOptions{TLS: true, HTTP2: true}}, {ServerOptions: numberstest.ServerOptions{InMemory: true}}, {ServerOptions: numberstest.ServerOptions{InMemory: true, TLS: true, HTTP2: true}}} {
		t.Run(fmt.Sprintf("%+v", opts), func(t *testing.T) {
			s := telnyxtest.NewServer(t, opts)
			assert.True(t, strings.HasSuffix(s.URL(), "/v2"))
			assert.Equal(t, opts.TLS, strings.HasPrefix(s.URL(), "https://"))
			order(t, s, "R", "+19705550001")
			want := "HTTP/1.1"
			if opts.HTTP2 {
				want = "HTTP/2.0"
			}
			r := s.Requests()
			require.Len(t, r, 1)
			assert.Equal(t, []any{want, "POST", "/v2/number_orders", "create order", true, 200, true}, []any{r[0].Proto, r[0].Method, r[0].Path, r[0].Op, r[0].Buys, r[0].Status, r[0].Committed})
		})
	}
}

func TestStart(t *testing.T) {
	s, err := telnyxtest.Start(telnyxtest.Options{APIKey: "KEYother"})
	require.NoError(t, err)
	defer s.Close()
	failed(t, get(t, s, "/balance"), 401, "10009", "")
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL()+"/balance", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer KEYother")
	assert.Equal(t, 200, do(t, s, r).status)
	s.Close()
	s.Close()
}

func TestFaultsHaveTheVendorsBodies(t *testing.T) {
	s := telnyxtest.NewServer(t)
	for status, code := range map[int]string{401: "10009", 403: "10010", 404: "10005", 408: "10008", 409: "10036", 422: "10027", 429: "10011", 500: "10007", 503: "10007", 400: "10015"} {
		s.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: status})
		failed(t, send(t, s, "POST", "/number_orders", `{"phone_numbers":[{"phone_number":"+19705550001"}]}`), status, code, "")
	}
	for _, status := range []int{502, 504} {
		s.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: status})
		a := send(t, s, "POST", "/number_orders", `{"phone_numbers":[{"phone_number":"+19705550001"}]}`)
		assert.Equal(t, []any{status, "text/html"}, []any{a.status, a.header.Get("Content-Type")})
	}
	assert.Empty(t, in[objects](t, get(t, s, "/number_orders"), 200).Data)
	s.Inject(numberstest.Fault{Kind: numberstest.StatusAfter, Status: 500})
	failed(t, send(t, s, "POST", "/number_orders", `{"phone_numbers":[{"phone_number":"+19705550001"}]}`), 500, "10007", "")
	assert.Equal(t, 1, s.Books().Bought("+19705550001"))
	s.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, On: numberstest.Match{Op: "get balance"}})
	assert.Len(t, s.Unused(), 1)
	failed(t, get(t, s, "/balance"), 503, "10007", "")
	assert.Empty(t, s.Unused())
}

func TestLateCommitBuysLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		s.Inject(numberstest.Fault{Kind: numberstest.LateCommit, Delay: time.Minute})
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL()+"/number_orders", io.NopCloser(strings.NewReader(`{"phone_numbers":[{"phone_number":"+19705550001"}]}`)))
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+telnyxtest.APIKey)
		r.Header.Set("Content-Type", "application/json")
		resp, err := s.HTTPClient().Do(r)
		if err == nil {
			resp.Body.Close()
		}
		require.Error(t, err)
		assert.Empty(t, in[objects](t, get(t, s, "/number_orders"), 200).Data)
		time.Sleep(time.Minute)
		o := in[objects](t, get(t, s, "/number_orders"), 200).Data
		require.Len(t, o, 1)
		assert.Equal(t, time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"), o[0]["created_at"])
		assert.Equal(t, 1, s.Books().Bought("+19705550001"))
	})
}

func TestUnfittingFaultIsRefused(t *testing.T) {
	tb := &recorder{TB: t}
	s := telnyxtest.NewServer(tb)
	s.Inject(numberstest.Fault{Kind: numberstest.OrphanPurchase})
	assert.Len(t, tb.Errors(), 1)
}

func TestConcurrentBuyersGetANumberOnce(t *testing.T) {
	s := telnyxtest.NewServer(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 20 {
		wg.Go(func() {
			a := send(t, s, "POST", "/number_orders", fmt.Sprintf(`{"phone_numbers":[{"phone_number":"+1970555%04d"}]}`, i%5))
			get(t, s, "/phone_numbers", "sort", "phone_number")
			s.Books()
			mu.Lock()
			defer mu.Unlock()
			if a.status == 200 {
				won++
			}
		})
	}
	wg.Wait()
	assert.Equal(t, 5, won)
	assert.Len(t, s.Books().Owned(), 5)
	assert.Empty(t, s.Books().Duplicates())
}

// TestManyRows walks 2,600 orders and 1,300 owned numbers in pages of 250.
func TestManyRows(t *testing.T) {
	s := telnyxtest.NewServer(t)
	orders, owned := make([]numberstest.PastOrder, 2600), make([]numberstest.Owned, 1300)
	for i := range orders {
		number := fmt.Sprintf("+1312%07d", 2_000_000+i)
		orders[i] = numberstest.PastOrder{Numbers: []string{number}, Reference: number}
		if i < len(owned) {
			owned[i] = numberstest.Owned{Number: number}
		}
	}
	ids := s.AddOrder(orders...)
	s.AddNumber(owned...)
	for path, want := range map[string]int{"/number_orders?": len(orders), "/phone_numbers?sort=phone_number&": len(owned)} {
		seen := map[string]bool{}
		for page := 1; ; page++ {
			list := in[struct {
				Data []struct{ ID string }
				Meta struct {
					Pages int `json:"total_pages"`
				}
			}](t, send(t, s, "GET", fmt.Sprintf("%spage[size]=250&page[number]=%d", path, page), ""), 200)
			for _, row := range list.Data {
				seen[row.ID] = true
			}
			if page >= list.Meta.Pages {
				break
			}
		}
		assert.Equal(t, want, len(seen), path)
	}
	assert.Equal(t, "success", in[object](t, get(t, s, "/number_orders/"+ids[0]), 200).Data["status"])
	assert.Empty(t, s.Books().Purchases)
	assert.Empty(t, s.Reports())
}

// TestGeneratedClient sends what the vendor's own generated clients send: arrays with commas, escaped
// brackets, and headers of their own.
func TestGeneratedClient(t *testing.T) {
	s := telnyxtest.NewServer(t, telnyxtest.Options{RequireSearch: true})
	call := func(method, path, body string, into any) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
		require.NoError(t, err)
		for k, v := range map[string]string{
			"Authorization": "Bearer " + telnyxtest.APIKey, "Accept": "application/json", "User-Agent": "Telnyx/Go 4.97.0", "X-Stainless-Lang": "go",
			"X-Stainless-Package-Version": "4.97.0", "X-Stainless-OS": "Linux", "X-Stainless-Arch": "x64", "X-Stainless-Runtime": "go",
			"X-Stainless-Runtime-Version": "go1.26", "X-Stainless-Retry-Count": "0", "X-Stainless-Timeout": "60",
		} {
			r.Header.Set(k, v)
		}
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		a := do(t, s, r)
		require.Equal(t, 200, a.status, a.body)
		require.NoError(t, json.Unmarshal([]byte(a.body), into))
	}
	var found, list objects
	var one object
	call("GET", "/available_phone_numbers?filter%5Bcountry_code%5D=US&filter%5Bfeatures%5D=sms%2Cvoice&filter%5Blimit%5D=2&filter%5Bphone_number%5D%5Bends_with%5D=5", "", &found)
	require.Len(t, found.Data, 2)
	number := found.Data[0]["phone_number"].(string)
	call("POST", "/number_reservations", `{"customer_reference":"MY REF","phone_numbers":[{"phone_number":"`+number+`"}]}`, &one)
	call("POST", "/number_reservations/"+one.Data["id"].(string)+"/actions/extend", "", &one)
	call("POST", "/number_orders", `{"customer_reference":"MY REF","phone_numbers":[{"phone_number":"`+number+`"}]}`, &one)
	call("GET", "/number_orders/"+one.Data["id"].(string), "", &one)
	assert.Equal(t, []string{"success", "success"}, statuses(one.Data))
	call("GET", "/number_orders?filter%5Bcustomer_reference%5D=MY+REF&filter%5Bcreated_at%5D%5Bgt%5D=2018-01-01T00%3A00%3A00Z&page%5Bnumber%5D=1&page%5Bsize%5D=25", "", &list)
	require.Len(t, list.Data, 1)
	call("GET", "/phone_numbers?filter%5Bphone_number%5D="+number[1:], "", &list)
	require.Len(t, list.Data, 1)
	call("DELETE", "/phone_numbers/"+list.Data[0]["id"].(string), "", &one)
	assert.Empty(t, s.Books().Owned())
	assert.Empty(t, s.Reports())
}

// TestEveryOperationIsGuarded calls each operation without a key: none may answer, and all have a name.
func TestEveryOperationIsGuarded(t *testing.T) {
	s := telnyxtest.NewServer(t)
	for _, op := range strings.Split(strings.TrimSpace(`
POST /number_orders|GET /number_orders|GET /number_orders/1|PATCH /number_orders/1|GET /sub_number_orders|GET /sub_number_orders/1|PATCH /sub_number_orders/1|PATCH /sub_number_orders/1/cancel|
POST /sub_number_orders/1/requirement_group|POST /sub_number_orders_report|GET /sub_number_orders_report/1|GET /sub_number_orders_report/1/download|
GET /number_order_phone_numbers|GET /number_order_phone_numbers/1|PATCH /number_order_phone_numbers/1|POST /number_order_phone_numbers/1/requirement_group|
GET /available_phone_numbers|GET /available_phone_number_blocks|POST /number_reservations|GET /number_reservations|GET /number_reservations/1|POST /number_reservations/1/actions/extend|
GET /phone_numbers|GET /phone_numbers/slim|GET /phone_numbers/1|PATCH /phone_numbers/1|DELETE /phone_numbers/1|GET /phone_numbers/1/voice|PATCH /phone_numbers/1/voice|
GET /phone_numbers/1/messaging|PATCH /phone_numbers/1/messaging|GET /inventory_coverage|GET /country_coverage|GET /country_coverage/countries/US|POST /numbers_features|
POST /number_block_orders|GET /number_block_orders|GET /number_block_orders/1|POST /inexplicit_number_orders|GET /inexplicit_number_orders|GET /inexplicit_number_orders/1|
POST /advanced_orders|GET /advanced_orders|GET /advanced_orders/1|PATCH /advanced_orders/1/requirement_group|
GET /requirement_groups|POST /requirement_groups|GET /requirement_groups/1|PATCH /requirement_groups/1|DELETE /requirement_groups/1|POST /requirement_groups/1/submit_for_approval|
GET /regulatory_requirements|GET /phone_numbers_regulatory_requirements|GET /comments|POST /comments|GET /comments/1|PATCH /comments/1/read|GET /balance|
GET /addresses|POST /addresses|POST /addresses/actions/validate|GET /addresses/1|DELETE /addresses/1|POST /addresses/1/actions/accept_suggestions|
GET /documents|POST /documents|GET /documents/1|PATCH /documents/1|DELETE /documents/1|GET /documents/1/download|GET /documents/1/download_link|
GET /requirements|GET /requirements/1|GET /requirement_types|GET /requirement_types/1|GET /phone_numbers/jobs|GET /phone_numbers/jobs/1|
POST /phone_numbers/jobs/update_phone_numbers|POST /phone_numbers/jobs/delete_phone_numbers|POST /phone_numbers/jobs/update_emergency_settings`), "|") {
		op = strings.TrimSpace(op)
		method, path, _ := strings.Cut(op, " ")
		r, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(`{}`))
		require.NoError(t, err)
		failed(t, do(t, s, r), 401, "10009", "")
		log := s.Requests()
		assert.NotEmpty(t, log[len(log)-1].Op, op)
		assert.Equal(t, strings.HasPrefix(op, "POST ") && strings.HasSuffix(path, "_orders"), log[len(log)-1].Buys, op)
	}
}

func TestMisuse(t *testing.T) {
	tb := &recorder{TB: t}
	s := telnyxtest.NewServer(tb, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}})
	s.AddNumber(numberstest.Owned{Number: "+13125550001"})
	for name, misuse := range map[string]func(){
		"owned twice":   func() { s.AddNumber(numberstest.Owned{Number: "+13125550001"}) },
		"no number":     func() { s.AddNumber(numberstest.Owned{Number: "13125550003"}) },
		"no such field": func() { s.AddNumber(numberstest.Owned{Number: "+13125550003", Description: "desk"}) },
		"no flows": func() {
			s.AddNumber(numberstest.Owned{Number: "+13125550003", Assignment: numbers.Assignment{CallFlow: "f"}})
		},
		"offer":           func() { s.AddOffer(numberstest.Offer{Number: "1"}) },
		"offer's profile": func() { s.AddOffer(numberstest.Offer{Number: "+13125550003", Profile: "US"}) },
		"order's state":   func() { s.SetState("x", "deleted") },
		"number's state":  func() { s.SetState("+13125550002", "active") },
		"locked":          func() { s.SetLocked("+13125550002", true) },
		"approve":         func() { s.Approve("+13125550001") },
		"advanced order":  func() { s.SetAdvancedOrder("x", "ordered") },
		"balance":         func() { s.SetBalance("much") },
		"credit limit":    func() { s.SetCreditLimit("much") },
	} {
		misuse()
		assert.Len(t, tb.Errors(), 1, name)
		tb.clear()
	}
	assert.Equal(t, []string{""}, s.AddNumber(numberstest.Owned{Number: "+13125550001"}))
	assert.Len(t, in[objects](t, get(t, s, "/phone_numbers"), 200).Data, 1)
}
