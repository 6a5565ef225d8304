package voipbintest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

const (
	seedPending = "b7ee1086-fcbc-4f6f-96e5-7f9271e25279"
	seedActive  = "d5532488-0b2d-11eb-b18c-172ab8f2d3d8"
	unknownID   = "00000000-0000-4000-8000-000000000001"
)

// thenServers are the servers that speak the paths of 2021.
func thenServers() map[string]voipbintest.Era {
	return map[string]voipbintest.Era{"that era": voipbintest.EraSeed, "both eras": ""}
}

func TestSeedDocumentLetterForLetter(t *testing.T) {
	for name, era := range thenServers() {
		t.Run(name, func(t *testing.T) {
			srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Seed: true, Now: newClock(then()).Now}, Era: era})
			list := send(t, srv, "GET", "/v1.0/order_numbers?page_size=10", "")
			assert.Equal(t, 200, list.status)
			assert.Equal(t, "application/json; charset=utf-8", list.header.Get("Content-Type"))
			assert.Equal(t, fixture(t, "order_numbers.list.response.json"), list.body)

			get := send(t, srv, "GET", "/v1.0/order_numbers/"+seedActive, "")
			assert.Equal(t, fixture(t, "order_numbers.get.response.json"), get.body)

			del := send(t, srv, "DELETE", "/v1.0/order_numbers/"+seedPending, "")
			assert.Equal(t, 200, del.status)
			assert.Equal(t, fixture(t, "order_numbers.delete.response.json"), del.body)
			assert.Equal(t, []string{"+16195734778"}, send(t, srv, "GET", "/v1.0/order_numbers", "").page(t).numbers())
		})
	}
}

func TestSeedIsListedBeforeItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // where it is the year 2000
		srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Seed: true, InMemory: true}})
		body := send(t, srv, "GET", "/v1.0/order_numbers", "").body
		assert.Equal(t, fixture(t, "order_numbers.list.response.json"), body)
	})
}

func TestDeletedOrderNumberStaysReadable(t *testing.T) {
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Seed: true}})
	path := "/v1.0/order_numbers/" + seedPending
	first := send(t, srv, "DELETE", path, "")
	require.Equal(t, 200, first.status)
	send(t, srv, "DELETE", path, "").empty(t, 400)
	assert.Equal(t, first.body, send(t, srv, "GET", path, "").body)

	again := send(t, srv, "POST", "/v1.0/order_numbers", `{"number":"+16062067563"}`).number(t)
	assert.NotEqual(t, seedPending, again.ID, "the same number ordered again is another row")
	send(t, srv, "DELETE", path, "").empty(t, 400)
	assert.Len(t, srv.Books().Owned(), 1, "the old id does not release the new row")
}

func TestCreateOrderNumber(t *testing.T) {
	clock := newClock(time.Date(2021, 3, 3, 12, 0, 0, 52823061, time.UTC))
	srv := voipbintest.NewServer(t, voipbintest.Options{Era: voipbintest.EraSeed, ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	created := send(t, srv, "POST", "/v1.0/order_numbers", `{"number":"+16062067564"}`)
	id := created.number(t).ID
	assert.Equal(t, `{"id":"`+id+`","number":"+16062067564","flow_id":"00000000-0000-0000-0000-000000000000",`+
		`"user_id":1,"status":"active","t38_enabled":true,"emergency_enabled":false,`+
		`"tm_purchase":"2021-03-03 12:00:00.000000","tm_create":"2021-03-03 12:00:00.052823","tm_update":"","tm_delete":""}`, created.body)
	assert.Equal(t, created.body, send(t, srv, "GET", "/v1.0/order_numbers/"+id, "").body)

	bare := send(t, srv, "POST", "/v1.0/order_numbers", `{"number":"6062067565"}`).number(t)
	assert.Equal(t, "6062067565", bare.Number, "nobody looks at the number's form")

	srv.SetCredit(false) // nobody asked in 2021
	send(t, srv, "POST", "/v1.0/order_numbers", `{"number":"+16062067566"}`).number(t)
	for _, number := range []string{"123456", "0123456789", "1234567890123456"} {
		send(t, srv, "POST", "/v1.0/order_numbers", `{"number":"`+number+`"}`).empty(t, 400) // the carrier looks
	}
	books := srv.Books()
	require.Len(t, books.Purchases, 3)
	assert.Equal(t, "+16062067564", books.Purchases[0].Number)
	assert.Equal(t, id, books.Purchases[0].OrderID)
	assert.True(t, books.Purchases[0].Listed)
	send(t, srv, "DELETE", "/v1.0/order_numbers/"+id, "").number(t)
	assert.Len(t, srv.Books().Owned(), 2)
}

func TestOrderNumberErrorsAreEmpty(t *testing.T) {
	for name, era := range thenServers() {
		t.Run(name, func(t *testing.T) {
			srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Seed: true}, Era: era})
			srv.AddAccount(voipbintest.Account{Username: "other", Password: "x", UserID: 2})
			srv.RemoveOffer("+12025550100")
			for _, c := range []struct{ method, path, body string }{
				{"GET", "/v1.0/order_numbers?page_size=-1", ""},
				{"GET", "/v1.0/order_numbers?page_size=ten", ""},
				{"GET", "/v1.0/order_numbers/" + unknownID, ""},
				{"GET", "/v1.0/order_numbers/no-uuid", ""},
				{"DELETE", "/v1.0/order_numbers/" + unknownID, ""},
				{"POST", "/v1.0/order_numbers", `{"number":`},
				{"POST", "/v1.0/order_numbers", `{"number":7}`},
				{"POST", "/v1.0/order_numbers", `{}`},
				{"POST", "/v1.0/order_numbers", `{"number":"+12025550100"}`},
				{"POST", "/v1.0/order_numbers", `{"number":"six oh six"}`},
			} {
				send(t, srv, c.method, c.path, c.body).empty(t, 400)
			}
			sendAs(t, srv, "other", "GET", "/v1.0/order_numbers/"+seedActive, "").empty(t, 400)
			anonymous(t, srv, "GET", "/v1.0/order_numbers", "").empty(t, 401)
			put := send(t, srv, "PUT", "/v1.0/order_numbers/"+seedActive, "{}")
			assert.Equal(t, 404, put.status)
			assert.Equal(t, "404 page not found", put.body)
			assert.Equal(t, "text/plain", put.header.Get("Content-Type"))
			assert.Empty(t, srv.Books().Purchases)
		})
	}
}

func TestErasAreApart(t *testing.T) {
	old := voipbintest.NewServer(t, voipbintest.Options{Era: voipbintest.EraSeed})
	for _, path := range []string{"/v1.0/numbers", "/v1.0/nothing", "/v1.0/order_numbers/a/b"} {
		assert.Equal(t, "404 page not found", send(t, old, "GET", path, "").body)
	}
	today := voipbintest.NewServer(t, voipbintest.Options{Era: voipbintest.EraToday})
	send(t, today, "GET", "/v1.0/order_numbers", "").envelope(t, 404, "NOT_FOUND", "ROUTE_NOT_FOUND")

	both := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Seed: true}})
	n := send(t, both, "GET", "/v1.0/numbers/"+seedActive, "").number(t)
	assert.Equal(t, "decc2634-0b2a-11eb-b38d-87a8f1051188", n.CallFlowID)
	assert.Equal(t, "2020-10-11T01:00:00.000001Z", n.TMCreate)
	assert.Nil(t, n.TMPurchase)
	made := send(t, both, "POST", "/v1.0/numbers", `{"number":"+12025550111","call_flow_id":"decc2634-0b2a-11eb-b38d-87a8f1051188"}`).number(t)
	assert.Equal(t, "decc2634-0b2a-11eb-b38d-87a8f1051188",
		send(t, both, "GET", "/v1.0/order_numbers/"+made.ID, "").number(t).FlowID, "one store")

	_, err := voipbintest.Start(voipbintest.Options{Era: "1999"})
	assert.ErrorContains(t, err, "1999")
}

func TestTrailingSlashRepeatsTheQuery(t *testing.T) {
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}})
	get := anonymous(t, srv, "GET", "/v1.0/order_numbers/?token=SECRET", "")
	assert.Equal(t, 301, get.status)
	assert.Equal(t, "/v1.0/order_numbers?token=SECRET", get.header.Get("Location"))
	assert.Contains(t, get.body, "SECRET")
	post := anonymous(t, srv, "POST", "/v1.0/order_numbers/?token=SECRET", `{"number":"+12025550100"}`)
	assert.Equal(t, 307, post.status)
	assert.Equal(t, "/v1.0/order_numbers?token=SECRET", post.header.Get("Location"))
	assert.Empty(t, srv.Books().Purchases)
}
