package voipbintest_test

import (
	"fmt"
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
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

// The tests of this file are of what the server of 2026 does, found by running it.

const otherCustomer = "0b266038-844b-11ec-97d8-63ba531361ce"

func TestWordsOfRefusals(t *testing.T) {
	srv := voipbintest.NewServer(t)
	for path, message := range map[string]string{
		"/v1.0/available_numbers":             "country_code is required for non-virtual number queries.",
		"/v1.0/available_numbers?type=normal": "country_code is required for non-virtual number queries.",
	} {
		a := send(t, srv, "GET", path, "")
		a.envelope(t, 400, "INVALID_ARGUMENT", "INVALID_ARGUMENT")
		assert.Contains(t, a.body, `"message":"`+message+`"`)
	}
	assert.Contains(t, send(t, srv, "POST", "/v1.0/numbers", `{}`).body, `"message":"The request is invalid."`)
}

func TestParametersGivenTwice(t *testing.T) {
	srv := voipbintest.NewServer(t)
	for _, path := range []string{
		"/v1.0/numbers?page_size=10&page_size=10", "/v1.0/numbers?page_token=2026-01-01T00:00:00.000000Z&page_token=2026-01-01T00:00:00.000000Z",
		"/v1.0/available_numbers?country_code=US&page_size=1&page_size=2",
	} {
		send(t, srv, "GET", path, "").envelope(t, 400, "INVALID_ARGUMENT", "INVALID_REQUEST_PARAMETER")
	}
}

func TestPreflight(t *testing.T) {
	srv := voipbintest.NewServer(t)
	for _, path := range []string{"/v1.0/numbers", "/v1.0/nowhere"} {
		anonymous(t, srv, "OPTIONS", path, "", "Origin", "https://admin.example.com", "Access-Control-Request-Method", "GET").empty(t, 204)
	}
	anonymous(t, srv, "OPTIONS", "/v1.0/numbers", "").envelope(t, 404, "NOT_FOUND", "ROUTE_NOT_FOUND")
}

// Only a whole PUT looks at whose the flows are.
func TestForeignFlows(t *testing.T) {
	srv := voipbintest.NewServer(t)
	srv.AddFlow("", flowA)
	srv.AddFlow(otherCustomer, flowB)
	id := srv.AddNumber(numberstest.Owned{Number: "+12025550100", Name: "kept", Assignment: numbers.Assignment{CallFlow: flowB}})[0]
	path := "/v1.0/numbers/" + id
	for _, body := range []string{
		`{"call_flow_id":"` + flowB + `","name":"new"}`, `{"message_flow_id":"` + flowB + `"}`,
		`{"call_flow_id":"` + flowA + `","message_flow_id":"` + unknownID + `"}`,
	} {
		send(t, srv, "PUT", path, body).envelope(t, 500, "INTERNAL", "INTERNAL")
		assert.Equal(t, "kept", srv.Rows()[0].Name)
		assert.Equal(t, flowB, srv.Rows()[0].CallFlowID)
	}
	assert.Equal(t, flowB, send(t, srv, "PUT", path+"/flow_ids", `{"call_flow_id":"`+flowB+`"}`).number(t).CallFlowID)
	assert.Equal(t, unknownID, send(t, srv, "POST", "/v1.0/numbers", `{"number":"+12025550101","call_flow_id":"`+unknownID+`"}`).number(t).CallFlowID)
	n := send(t, srv, "PUT", path, `{"call_flow_id":"`+flowA+`","name":"new"}`).number(t)
	assert.Equal(t, []string{flowA, "new"}, []string{n.CallFlowID, n.Name})
	send(t, srv, "PUT", path, `{}`).number(t)
}

// A flow that a caller can't read is one that his whole PUT can't name; the vendor's own people read all.
func TestWhoseFlowsAre(t *testing.T) {
	clock := newClock(time.Date(2026, 3, 12, 10, 35, 0, 500000, time.UTC))
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	srv.AddAccount(voipbintest.Account{Username: "super", Password: "x", Role: voipbintest.RoleSuperAdmin})
	srv.AddAccount(voipbintest.Account{Username: "agent", Password: "x", Role: voipbintest.RoleAgent})
	srv.AddFlow("", flowA)
	srv.AddFlow(otherCustomer, flowB)
	const path = "/v1.0/flows/"
	assert.Equal(t, `{"id":"`+flowA+`","customer_id":"5e4a0680-804e-11ec-8477-2fea5968d85b","type":"flow","on_complete_flow_id":"`+noID+`",`+
		`"tm_create":"2026-03-12T10:35:00.0005Z","tm_update":null,"tm_delete":null}`, send(t, srv, "GET", path+flowA, "").body)
	send(t, srv, "GET", path+flowB, "").envelope(t, 403, "PERMISSION_DENIED", "PERMISSION_DENIED")
	send(t, srv, "GET", path+unknownID, "").envelope(t, 404, "NOT_FOUND", "FLOW_NOT_FOUND")
	send(t, srv, "GET", path+"x", "").envelope(t, 400, "INVALID_ARGUMENT", "INVALID_ID")
	sendAs(t, srv, "agent", "GET", path+flowA, "").envelope(t, 403, "PERMISSION_DENIED", "PERMISSION_DENIED")

	id := srv.AddRow(voipbintest.Row{Number: "+12025550100", CustomerID: otherCustomer})[0]
	assert.Equal(t, 200, sendAs(t, srv, "super", "GET", path+flowB, "").status)
	sendAs(t, srv, "super", "PUT", "/v1.0/numbers/"+id, `{"call_flow_id":"`+flowB+`"}`).envelope(t, 500, "INTERNAL", "INTERNAL")
	sendAs(t, srv, "super", "PUT", "/v1.0/numbers/"+id, `{"call_flow_id":"`+flowA+`"}`).number(t)
}

func TestLongDetails(t *testing.T) {
	srv := voipbintest.NewServer(t)
	detail := strings.Repeat("d", 65_535)
	id := send(t, srv, "POST", "/v1.0/numbers", `{"number":"+12025550100","detail":"`+detail+`"}`).number(t).ID
	send(t, srv, "PUT", "/v1.0/numbers/"+id, `{"detail":"`+detail+`d"}`).envelope(t, 500, "INTERNAL", "INTERNAL")
	assert.Equal(t, detail, srv.Rows()[0].Detail)
}

func TestLongNames(t *testing.T) {
	srv := voipbintest.NewServer(t)
	name := strings.Repeat("é", 255)
	id := send(t, srv, "POST", "/v1.0/numbers", `{"number":"+12025550100","name":"`+name+`"}`).number(t).ID
	send(t, srv, "PUT", "/v1.0/numbers/"+id, `{"name":"`+name+`x"}`).envelope(t, 500, "INTERNAL", "INTERNAL")
	assert.Equal(t, name, srv.Rows()[0].Name)

	body := `{"number":"+12025550101","name":"` + name + `x"}`
	send(t, srv, "POST", "/v1.0/numbers", body).envelope(t, 500, "INTERNAL", "INTERNAL")
	assert.Equal(t, 1, srv.Books().Bought("+12025550101"))
	assert.Len(t, srv.Books().Owned(), 1, "the carrier took it back")
	send(t, srv, "POST", "/v1.0/numbers", `{"number":"+12025550101"}`).number(t)
	assert.Empty(t, srv.Books().Duplicates())

	send(t, srv, "POST", "/v1.0/numbers", `{"number":"+899100000001","type":"virtual","name":"`+name+`x"}`).envelope(t, 500, "INTERNAL", "INTERNAL")
	assert.Zero(t, srv.Books().Bought("+899100000001"))
}

func TestNullTimesOfANewRow(t *testing.T) {
	srv := voipbintest.NewServer(t)
	a := send(t, srv, "POST", "/v1.0/numbers", `{"number":"+12025550100"}`)
	assert.Contains(t, a.body, `"tm_update":null,"tm_delete":null}`)
}

// The vendor stops waiting after 15 seconds, and the order goes on.
func TestSlowCarrierOfAllOrders(t *testing.T) {
	for path, answered := range map[string]time.Duration{"/v1.0/numbers": 15100 * time.Millisecond, "/v1.0/order_numbers": 15 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, OrderTakes: 53 * time.Second})
			began := time.Now()
			a := order(t, srv, path)
			if path == "/v1.0/numbers" {
				a.envelope(t, 503, "UNAVAILABLE", "REQUEST_TIMEOUT")
			} else {
				a.empty(t, 400)
			}
			assert.Equal(t, answered, time.Since(began))
			time.Sleep(53*time.Second - time.Since(began) - time.Millisecond)
			assert.Empty(t, send(t, srv, "GET", path, "").page(t).numbers())
			time.Sleep(2 * time.Millisecond)
			assert.Equal(t, []string{wanted}, send(t, srv, "GET", path, "").page(t).numbers())
			assert.Equal(t, 1, srv.Books().Bought(wanted))
		})
	}
}

// Of 45 orders at once, ten are worked on at a time.
func TestWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, OrderTakes: 10 * time.Second, Workers: 10})
		var wg sync.WaitGroup
		var mu sync.Mutex
		statuses := map[int]int{}
		began := time.Now()
		for i := range 45 {
			wg.Go(func() {
				a := send(t, srv, "POST", "/v1.0/numbers", fmt.Sprintf(`{"number":"+120255501%02d"}`, i))
				mu.Lock()
				defer mu.Unlock()
				statuses[a.status]++
			})
		}
		wg.Wait()
		assert.Equal(t, map[int]int{200: 10, 503: 35}, statuses)
		for _, c := range []struct {
			after time.Duration
			rows  int
		}{{15100 * time.Millisecond, 10}, {20 * time.Second, 20}, {30 * time.Second, 30}, {49 * time.Second, 40}, {51 * time.Second, 45}} {
			time.Sleep(c.after - time.Since(began))
			assert.Len(t, srv.Books().Owned(), c.rows, "after %s", c.after)
		}
	})
}

func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, OrderTakes: 20 * time.Second, Breaker: true})
		slow := func(i int) {
			send(t, srv, "POST", "/v1.0/numbers", fmt.Sprintf(`{"number":"+120255501%02d"}`, i)).envelope(t, 503, "UNAVAILABLE", "REQUEST_TIMEOUT")
		}
		for i := range 4 {
			slow(i)
		}
		send(t, srv, "GET", "/v1.0/numbers", "").page(t) // four in a row, and a success
		for i := range 5 {
			slow(10 + i)
		}
		for _, c := range []struct{ method, path, body string }{
			{"GET", "/v1.0/numbers", ""}, {"GET", "/v1.0/available_numbers?country_code=US", ""}, {"POST", "/v1.0/numbers", `{"number":"+12025550190"}`},
			{"GET", "/v1.0/numbers/" + unknownID, ""},
		} {
			send(t, srv, c.method, c.path, c.body).envelope(t, 500, "INTERNAL", "INTERNAL")
		}
		assert.Equal(t, http.StatusOK, anonymous(t, srv, "GET", "/ping", "").status)
		time.Sleep(30 * time.Second)
		assert.Len(t, send(t, srv, "GET", "/v1.0/numbers", "").page(t).numbers(), 9, "what was on its way is there")
		assert.Zero(t, srv.Books().Bought("+12025550190"))
	})
}

func TestTripBreaker(t *testing.T) {
	clock := newClock(time.Date(2026, 3, 12, 10, 35, 0, 0, time.UTC))
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	srv.TripBreaker()
	send(t, srv, "GET", "/v1.0/numbers", "").envelope(t, 500, "INTERNAL", "INTERNAL")
	send(t, srv, "GET", "/v1.0/order_numbers", "").page(t)
	clock.Advance(30*time.Second - 1)
	send(t, srv, "GET", "/v1.0/numbers", "").envelope(t, 500, "INTERNAL", "INTERNAL")
	clock.Advance(1)
	send(t, srv, "GET", "/v1.0/numbers", "").page(t)
	require.Empty(t, srv.Reports())
}
