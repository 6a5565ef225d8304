package voipbintest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

const (
	flowA = "decc2634-0b2a-11eb-b38d-87a8f1051188"
	flowB = "d157ce07-0360-4cad-9007-c8ab89fccf9c"
	noID  = "00000000-0000-0000-0000-000000000000"
)

func TestCreateNumber(t *testing.T) {
	clock := newClock(time.Date(2026, 11, 21, 16, 12, 52, 909440000, time.UTC))
	srv := voipbintest.NewServer(t, voipbintest.Options{Era: voipbintest.EraToday, ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	created := send(t, srv, "POST", "/v1.0/numbers",
		`{"number":"+16062067564","call_flow_id":"`+flowA+`","message_flow_id":"`+noID+`","name":"R&D <1>","detail":"d"}`)
	id := created.number(t).ID
	const at = `"2026-11-21T16:12:52.90944Z"` // trailing zeros are trimmed
	assert.Equal(t, `{"id":"`+id+`","customer_id":"5e4a0680-804e-11ec-8477-2fea5968d85b","number":"+16062067564","type":"normal",`+
		`"call_flow_id":"`+flowA+`","message_flow_id":"`+noID+`","name":"R\u0026D \u003c1\u003e","detail":"d","status":"active",`+
		`"t38_enabled":true,"emergency_enabled":false,"metadata":{"rtp_debug":false},"tm_purchase":`+at+`,"tm_renew":`+at+`,`+
		`"tm_create":`+at+`,"tm_update":null,"tm_delete":null}`, created.body)
	assert.Equal(t, "application/json; charset=utf-8", created.header.Get("Content-Type"))
	assert.Equal(t, created.body, send(t, srv, "GET", "/v1.0/numbers/"+id, "").body)

	clock.Advance(time.Microsecond)
	list := send(t, srv, "GET", "/v1.0/numbers", "")
	assert.Equal(t, `{"result":[`+created.body+`],"next_page_token":"2026-11-21T16:12:52.909440Z"}`, list.body)

	clock.Advance(time.Second)
	deleted := send(t, srv, "DELETE", "/v1.0/numbers/"+id, "")
	assert.Equal(t, strings.NewReplacer(`"active"`, `"deleted"`,
		`"tm_update":null,"tm_delete":null`, `"tm_update":"2026-11-21T16:12:53.909441Z","tm_delete":"2026-11-21T16:12:53.909441Z"`,
	).Replace(created.body), deleted.body)
	for _, method := range []string{"GET", "DELETE"} {
		send(t, srv, method, "/v1.0/numbers/"+id, "").envelope(t, 404, "NOT_FOUND", "RESOURCE_NOT_FOUND")
	}
	send(t, srv, "PUT", "/v1.0/numbers/"+id, "{}").envelope(t, 404, "NOT_FOUND", "RESOURCE_NOT_FOUND")
	assert.Equal(t, `{"result":[],"next_page_token":""}`, send(t, srv, "GET", "/v1.0/numbers", "").body)
	assert.Empty(t, srv.Books().Owned())
}

func TestVirtualNumbers(t *testing.T) {
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}})
	n := send(t, srv, "POST", "/v1.0/numbers", `{"number":"+899100000001","type":"virtual"}`).number(t)
	assert.Equal(t, "virtual", n.Type)
	assert.Nil(t, n.TMPurchase)
	assert.Nil(t, n.TMRenew)
	assert.Equal(t, 1, srv.Books().Bought("+899100000001"))
	assert.Empty(t, srv.Reports())

	for _, body := range []string{
		`{"number":"+89910000000","type":"virtual"}`,   // too short
		`{"number":"+8991000000011","type":"virtual"}`, // too long
		`{"number":"+899000000001","type":"virtual"}`,  // reserved
		`{"number":"+16062067564","type":"virtual"}`,
		`{"number":"+899100000001","type":"virtual"}`, // a duplicate
		`{"number":"+899100000002"}`,                  // from the carrier
	} {
		send(t, srv, "POST", "/v1.0/numbers", body).envelope(t, 500, "INTERNAL", "INTERNAL")
	}
	assert.Len(t, srv.Books().Purchases, 1)
	reports := strings.Join(srv.Reports(), "\n")
	assert.Len(t, srv.Reports(), 2, reports)
	assert.Contains(t, reports, "+899100000001 is ordered, though it is owned")
	assert.Contains(t, reports, `+899100000002 without the type "virtual"`)

	send(t, srv, "DELETE", "/v1.0/numbers/"+n.ID, "").number(t)
	send(t, srv, "POST", "/v1.0/numbers", `{"number":"+899100000001","type":"virtual"}`).number(t)
}

func TestUpdateNumber(t *testing.T) {
	clock := newClock(time.Date(2026, 3, 12, 10, 35, 0, 0, time.UTC))
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	id := srv.AddNumber(numberstest.Owned{Number: "+16195734778", Name: "n", Description: "d", Assignment: numbers.Assignment{CallFlow: flowA, MessageFlow: flowB}})[0]
	path := "/v1.0/numbers/" + id
	srv.AddFlow("", flowA, flowB)

	n := send(t, srv, "PUT", path, `{"call_flow_id":"`+flowB+`","name":"Support"}`).number(t)
	assert.Equal(t, []string{flowB, noID, "Support", ""}, []string{n.CallFlowID, n.MessageFlowID, n.Name, n.Detail}, "absent is cleared")
	assert.Equal(t, "2026-03-12T10:35:00Z", *n.TMUpdate)

	n = send(t, srv, "PUT", path+"/flow_ids", `{"message_flow_id":"`+flowA+`"}`).number(t)
	assert.Equal(t, []string{noID, flowA, "Support"}, []string{n.CallFlowID, n.MessageFlowID, n.Name})

	meta := send(t, srv, "PUT", path+"/metadata", `{"rtp_debug":true}`)
	assert.Contains(t, meta.body, `"metadata":{"rtp_debug":true}`)
	assert.Equal(t, meta.body, send(t, srv, "GET", path, "").body)

	send(t, srv, "PUT", path+"/flow_id", `{}`).envelope(t, 404, "NOT_FOUND", "ROUTE_NOT_FOUND")
	send(t, srv, "PATCH", path, `{}`).envelope(t, 404, "NOT_FOUND", "ROUTE_NOT_FOUND")
	for _, p := range []string{path, path + "/flow_ids", path + "/metadata"} {
		bad := send(t, srv, "PUT", p, `[]`)
		bad.envelope(t, 400, "INVALID_ARGUMENT", "INVALID_JSON_BODY")
		assert.Equal(t, "text/plain; charset=utf-8", bad.header.Get("Content-Type"))
	}
	all := srv.Rows()
	require.Len(t, all, 1)
	assert.Equal(t, "Support", all[0].Name)
	assert.True(t, all[0].RTPDebug)
}

func TestNumberErrors(t *testing.T) {
	srv := voipbintest.NewServer(t)
	foreign := srv.AddRow(voipbintest.Row{Number: "+12025550123", CustomerID: "0b266038-844b-11ec-97d8-63ba531361ce"})[0]
	own := srv.AddNumber(numberstest.Owned{Number: "+12025550124"})[0]
	srv.AddAccount(voipbintest.Account{Username: "agent", Password: "x", Role: voipbintest.RoleAgent})
	srv.AddAccount(voipbintest.Account{Username: "manager", Password: "x", Role: voipbintest.RoleManager})
	srv.AddAccount(voipbintest.Account{Username: "super", Password: "x", Role: voipbintest.RoleSuperAdmin})

	send(t, srv, "GET", "/v1.0/numbers?page_size=abc", "").envelope(t, 400, "INVALID_ARGUMENT", "INVALID_REQUEST_PARAMETER")
	send(t, srv, "GET", "/v1.0/numbers?page_size=", "").envelope(t, 400, "INVALID_ARGUMENT", "INVALID_REQUEST_PARAMETER")
	send(t, srv, "GET", "/v1.0/numbers/no-uuid", "").envelope(t, 400, "INVALID_ARGUMENT", "INVALID_ID")
	send(t, srv, "GET", "/v1.0/numbers/"+unknownID, "").envelope(t, 404, "NOT_FOUND", "NUMBER_NOT_FOUND")
	send(t, srv, "POST", "/v1.0/numbers", `{"number":7}`).envelope(t, 400, "INVALID_ARGUMENT", "INVALID_JSON_BODY")
	send(t, srv, "POST", "/v1.0/numbers", `{}`).envelope(t, 400, "INVALID_ARGUMENT", "INVALID_ARGUMENT")
	send(t, srv, "POST", "/v1.0/numbers", `{"number":"abc"}`).envelope(t, 500, "INTERNAL", "INTERNAL")
	send(t, srv, "GET", "/v1.0/available_numbers", "").envelope(t, 400, "INVALID_ARGUMENT", "INVALID_ARGUMENT")
	send(t, srv, "POST", "/v1.0/numbers", `{"number":"+12025550123"}`).envelope(t, 500, "INTERNAL", "INTERNAL") // another's
	send(t, srv, "GET", "/v1.0/numbers/"+foreign, "").envelope(t, 403, "PERMISSION_DENIED", "PERMISSION_DENIED")
	send(t, srv, "DELETE", "/v1.0/numbers/"+foreign, "").envelope(t, 403, "PERMISSION_DENIED", "PERMISSION_DENIED")
	send(t, srv, "POST", "/v1.0/auth/login", "").envelope(t, 404, "NOT_FOUND", "ROUTE_NOT_FOUND")

	sendAs(t, srv, "manager", "GET", "/v1.0/numbers/"+own, "").number(t)
	sendAs(t, srv, "super", "GET", "/v1.0/numbers/"+foreign, "").number(t)
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/v1.0/numbers", ""},
		{"GET", "/v1.0/numbers/" + own, ""},
		{"DELETE", "/v1.0/numbers/" + own, ""},
		{"POST", "/v1.0/numbers", `{"number":"+12025550125"}`},
		{"GET", "/v1.0/available_numbers?country_code=US", ""},
		{"POST", "/v1.0/numbers/renew", `{"tm_renew":"2026-01-01"}`},
	} {
		sendAs(t, srv, "agent", c.method, c.path, c.body).envelope(t, 403, "PERMISSION_DENIED", "PERMISSION_DENIED")
	}
	assert.Empty(t, srv.Books().Purchases)
}

func TestFormsOfAnID(t *testing.T) {
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Seed: true}})
	for _, id := range []string{
		seedActive, strings.ToUpper(seedActive), strings.ReplaceAll(seedActive, "-", ""), "{" + seedActive + "}", "urn:uuid:" + seedActive,
	} {
		for _, path := range bothPaths() {
			assert.Equal(t, seedActive, send(t, srv, "GET", path+"/"+id, "").number(t).ID)
		}
	}
	for _, id := range []string{noID, seedActive + "0", "g" + seedActive[1:], seedActive[:35] + "-"} {
		send(t, srv, "GET", "/v1.0/numbers/"+id, "").envelope(t, 400, "INVALID_ARGUMENT", "INVALID_ID")
	}
}

func TestAddNumbersCompletes(t *testing.T) {
	clock := newClock(time.Date(2026, 1, 1, 1, 0, 0, 0, time.UTC))
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	srv.AddRow(
		voipbintest.Row{Number: "+12025550100", Created: time.Date(2025, 1, 1, 0, 0, 0, 1999, time.FixedZone("", 3600))},
		voipbintest.Row{Number: "+899100000001"},
		voipbintest.Row{Number: "+899100000001", Type: voipbintest.TypeNormal, Deleted: clock.Now()},
	)
	all := srv.Rows()
	assert.Equal(t, time.Date(2024, 12, 31, 23, 0, 0, 1000, time.UTC), all[0].Created)
	assert.Equal(t, "normal", all[0].Type)
	assert.Equal(t, "virtual", all[1].Type)
	assert.Equal(t, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), all[1].Created)
	assert.Equal(t, "active", all[1].Status)
	assert.Equal(t, "normal", all[2].Type)
	assert.Equal(t, "deleted", all[2].Status)
	assert.Equal(t, time.Microsecond, all[2].Created.Sub(all[1].Created))
}

func TestRequestID(t *testing.T) {
	srv := voipbintest.NewServer(t)
	mine := anonymous(t, srv, "GET", "/v1.0/numbers", "", "X-Request-Id", "my_request-7")
	assert.Equal(t, `{"error":{"message":"Authentication is required.","reason":"AUTHENTICATION_REQUIRED",`+
		`"request_id":"my_request-7","status":"UNAUTHENTICATED"}}`, mine.body)
	for _, id := range []string{"", "has space", strings.Repeat("x", 65)} {
		a := anonymous(t, srv, "GET", "/v1.0/numbers", "", "X-Request-Id", id)
		assert.Regexp(t, `^req_[A-Z2-7]{26}$`, a.header.Get("X-Request-Id"))
	}
}

func TestRefusedOrders(t *testing.T) {
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}})
	body := `{"number":"+12025550100"}`
	srv.RemoveOffer("+12025550100")
	send(t, srv, "POST", "/v1.0/numbers", body).envelope(t, 500, "INTERNAL", "INTERNAL")

	body = `{"number":"+12025550101"}`
	srv.SetCredit(false)
	send(t, srv, "POST", "/v1.0/numbers", body).envelope(t, 500, "INTERNAL", "INTERNAL")
	send(t, srv, "POST", "/v1.0/numbers", `{"number":"+899100000001","type":"virtual"}`).number(t)
	srv.SetCredit(true)
	srv.SetIdentityVerified(false)
	send(t, srv, "POST", "/v1.0/numbers", body).envelope(t, 403, "PERMISSION_DENIED", "IDENTITY_VERIFICATION_REQUIRED")
	send(t, srv, "POST", "/v1.0/numbers", `{"number":"+899100000002","type":"virtual"}`).number(t)
	srv.SetIdentityVerified(true)
	assert.Zero(t, srv.Books().Bought("+12025550101"))
	assert.Empty(t, srv.Reports())

	id := send(t, srv, "POST", "/v1.0/numbers", body).number(t).ID
	send(t, srv, "POST", "/v1.0/numbers", body).envelope(t, 500, "INTERNAL", "INTERNAL")
	send(t, srv, "POST", "/v1.0/order_numbers", `{"number":"12025550101"}`).empty(t, 400)
	assert.Equal(t, 1, srv.Books().Bought("+12025550101"))
	assert.Len(t, srv.Reports(), 2)

	srv.RefuseRelease("+12025550101")
	send(t, srv, "DELETE", "/v1.0/numbers/"+id, "").envelope(t, 500, "INTERNAL", "INTERNAL")
	send(t, srv, "DELETE", "/v1.0/order_numbers/"+id, "").empty(t, 400)
	assert.Equal(t, "active", send(t, srv, "GET", "/v1.0/numbers/"+id, "").number(t).Status)
}

func TestFrozenAccount(t *testing.T) {
	clock := newClock(time.Date(2026, 11, 21, 16, 12, 53, 23217763, time.UTC))
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	srv.AddAccount(voipbintest.Account{Username: "super", Password: "x", Role: voipbintest.RoleSuperAdmin})
	srv.SetFrozen(true)
	a := send(t, srv, "GET", "/v1.0/numbers", "")
	a.envelope(t, 403, "PERMISSION_DENIED", "ACCOUNT_FROZEN")
	assert.Contains(t, a.body, `{"error":{"details":[{"deletion_effective_at":"2026-12-21T16:12:53.023217763Z",`+
		`"deletion_scheduled_at":"2026-11-21T16:12:53.023217763Z","recovery_endpoint":"DELETE /auth/unregister"}],`)
	assert.Equal(t, 200, sendAs(t, srv, "super", "GET", "/v1.0/numbers", "").status)
	srv.SetFrozen(false)
	assert.Equal(t, 200, send(t, srv, "GET", "/v1.0/numbers", "").status)
}

// A carrier that sells a number twice makes today's server release the customer's live number.
func TestAcceptedDuplicate(t *testing.T) {
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}})
	srv.AcceptDuplicates(true)
	body := `{"number":"+12025550101"}`
	id := send(t, srv, "POST", "/v1.0/numbers", body).number(t).ID
	send(t, srv, "POST", "/v1.0/numbers", body).envelope(t, 500, "INTERNAL", "INTERNAL")
	assert.Equal(t, []string{"+12025550101"}, srv.Books().Duplicates())
	assert.Empty(t, srv.Books().Owned())
	assert.Equal(t, "active", send(t, srv, "GET", "/v1.0/numbers/"+id, "").number(t).Status)
	send(t, srv, "DELETE", "/v1.0/numbers/"+id, "").envelope(t, 500, "INTERNAL", "INTERNAL")

	old := `{"number":"+12025550102"}`
	one := send(t, srv, "POST", "/v1.0/order_numbers", old).number(t)
	two := send(t, srv, "POST", "/v1.0/order_numbers", old).number(t)
	assert.NotEqual(t, one.ID, two.ID)
	assert.Len(t, srv.Books().Owned(), 2)
	send(t, srv, "DELETE", "/v1.0/order_numbers/"+two.ID, "").number(t)
	send(t, srv, "DELETE", "/v1.0/order_numbers/"+one.ID, "").number(t)
	assert.Empty(t, srv.Books().Owned())
}

func TestRenew(t *testing.T) {
	clock := newClock(time.Date(2026, 3, 12, 0, 0, 0, 0, time.UTC))
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Now: clock.Now, Lenient: true}})
	srv.AddAccount(voipbintest.Account{Username: "super", Password: "x", Role: voipbintest.RoleSuperAdmin})
	day := func(d int) time.Time { return time.Date(2026, 2, d, 0, 0, 0, 0, time.UTC) }
	srv.AddRow(
		voipbintest.Row{Number: "+12025550101", Renewed: day(1)},
		voipbintest.Row{Number: "+12025550102", Renewed: day(2), CustomerID: flowA},
		voipbintest.Row{Number: "+12025550103", Renewed: day(3)},
		voipbintest.Row{Number: "+899100000001"},
	)
	send(t, srv, "POST", "/v1.0/numbers/renew", `{"tm_renew":"2026-02-03"}`).envelope(t, 403, "PERMISSION_DENIED", "PERMISSION_DENIED")
	sendAs(t, srv, "super", "POST", "/v1.0/numbers/renew", `{`).envelope(t, 400, "INVALID_ARGUMENT", "INVALID_JSON_BODY")
	sendAs(t, srv, "super", "POST", "/v1.0/numbers/renew", `{}`).envelope(t, 500, "INTERNAL", "INTERNAL")

	a := sendAs(t, srv, "super", "POST", "/v1.0/numbers/renew", `{"tm_renew":"2026-02-03T00:00:00.000000Z"}`)
	require.Equal(t, 200, a.status)
	assert.True(t, strings.HasPrefix(a.body, `[{"id":"`), "a bare array: %s", a.body)
	assert.Equal(t, 2, strings.Count(a.body, `"tm_renew":"2026-03-12T00:00:00Z"`))
	assert.NotContains(t, a.body, "+12025550103")
	assert.Equal(t, "[]", sendAs(t, srv, "super", "POST", "/v1.0/numbers/renew", `{"tm_renew":"soon"}`).body)
	assert.Len(t, srv.Reports(), 1)

	srv.SetCredit(false)
	assert.Equal(t, "[]", sendAs(t, srv, "super", "POST", "/v1.0/numbers/renew", `{"tm_renew":"2026-02-04"}`).body)
	assert.Equal(t, "deleted", srv.Rows()[2].Status)
}
