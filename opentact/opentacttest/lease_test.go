package opentacttest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

func TestLeaseOfAnOrder(t *testing.T) {
	s, _ := stepping(t, opentacttest.Options{})
	connection := s.AddConnection("trunk")
	order := str(t, ask(t, s, "POST", "/order/tn", `{"tns":[12029822917],"autorenew":false,"sip_connection":"`+connection+`"}`).payload(), "uuid")
	ask(t, s, "GET", "/lease/tn/12029822917/tn", "").refused(404, "TNLease not found")
	s.Settle()
	byTN := ask(t, s, "GET", "/lease/tn/12029822917/tn", "")
	l := byTN.payload()
	assert.Equal(t, []string{
		"created_on", "modified_on", "uuid", "tn", "account", "tnorder", "expired_on", "autorenew", "messaging_profile",
		"class4_product_item_id", "sip_connection", "sip_control_app", "created_by", "modified_by",
	}, keys(t, byTN.Body, "payload"))
	assert.EqualValues(t, "12029822917", at(t, l, "tn", "tn"))
	assert.Equal(t, true, at(t, l, "tn", "registered"))
	assert.Equal(t, order, at(t, l, "tnorder", "uuid"))
	assert.Equal(t, false, at(t, l, "autorenew"))
	assert.Equal(t, connection, at(t, l, "sip_connection", "uuid"))
	assert.Nil(t, at(t, l, "sip_control_app"))
	assert.Equal(t, opentacttest.LeakedToken, at(t, l, "created_by", "token"))
	assert.Equal(t, byTN.Body, ask(t, s, "GET", "/lease/tn/"+str(t, l, "uuid"), "").Body)
	assert.Len(t, ask(t, s, "GET", "/lease/tn", "").payload(), 1)

	ask(t, s, "GET", "/lease/tn/12029822917/route", "").refused(401, "Forbidden")
	ask(t, s, "GET", "/lease/tn/number/tn", "").refused(400, "tn: invalid integer number")
	ask(t, s, "GET", "/lease/tn/b243f4a2-1bf0-4173-b822-0426486edf3a", "").refused(404, "TNLease not found")
	ask(t, s, "GET", "/lease/tn/"+str(t, l, "uuid"), "", "X-Auth-Token", opentacttest.OtherToken).refused(404, "TNLease not found")
}

func TestPatchLease(t *testing.T) {
	s := opentacttest.NewServer(t)
	uuid, connection, app, messaging := s.AddNumber(numberstest.Owned{Number: "12029822917"})[0], s.AddConnection("trunk"), s.AddApp("ivr"), s.AddMessagingProfile("texts")
	patch := func(body string) answer { return ask(t, s, "PATCH", "/lease/tn/"+uuid, body) }

	l := patch(`{"autorenew":false,"sip_connection":"` + connection + `","messaging_profile":"` + messaging + `","voice":false}`).payload()
	assert.Equal(t, false, at(t, l, "autorenew"))
	assert.Equal(t, connection, at(t, l, "sip_connection", "uuid"))
	assert.Equal(t, messaging, at(t, l, "messaging_profile", "uuid"))
	l = patch(`{"sip_control_app":"` + app + `"}`).payload()
	assert.Equal(t, connection, at(t, l, "sip_connection", "uuid"), "what is absent stays")
	assert.Equal(t, false, at(t, l, "autorenew"))
	l = patch(`{"sip_connection":null}`).payload()
	assert.Nil(t, at(t, l, "sip_connection"), "null detaches")
	assert.Equal(t, app, at(t, l, "sip_control_app", "uuid"))
	patch(`{}`).payload()

	patch(`{"autorenew":true,"sip_connection":"b243f4a2-1bf0-4173-b822-0426486edf3a"}`).refused(404, "Not found")
	patch(`{"messaging_profile":"none"}`).refused(404, "Not found")
	patch(`{"sip_connection":"x"}`).refused(400, "sip_connection: Not match in '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'")
	assert.Equal(t, false, at(t, ask(t, s, "GET", "/lease/tn/"+uuid, "").payload(), "autorenew"), "all or nothing")
	ask(t, s, "PATCH", "/lease/tn/"+uuid, `{}`, "X-Auth-Token", opentacttest.OtherToken).refused(401, "Forbidden")
	ask(t, s, "PATCH", "/lease/tn/none", `{}`).refused(404, "TNLease not found")
}

func TestRelease(t *testing.T) {
	s := opentacttest.NewServer(t, opentacttest.Options{Generation: opentacttest.Gen2024})
	uuid := s.AddNumber(numberstest.Owned{Number: "12017771234"})[0]
	assert.Nil(t, at(t, ask(t, s, "GET", "/lease/tn/"+uuid, "").payload(), "tnorder"), "no order of ours bought it")
	a := ask(t, s, "DELETE", "/lease/tn/"+uuid, "")
	assert.Equal(t, []string{"uuid", "created_on", "modified_on", "expired_on", "autorenew", "tn", "subscriptions"}, keys(t, a.Body, "payload"))
	assert.Equal(t, []string{"tn", "created_on", "modified_on", "deleted_on"}, keys(t, a.Body, "payload", "tn"))
	assert.Equal(t, uuid, at(t, a.payload(), "uuid"))
	assert.Empty(t, s.Books().Owned())
	assert.Equal(t, 404, ask(t, s, "DELETE", "/lease/tn/"+uuid, "").Status)
	assert.Equal(t, 404, ask(t, s, "GET", "/lease/tn/"+uuid, "").Status)

	s.AddNumber(numberstest.Owned{Number: "12029822917"})
	assert.Equal(t, 404, ask(t, s, "DELETE", "/lease/tn/12029822917", "", "X-Auth-Token", opentacttest.OtherToken).Status)
	ask(t, s, "DELETE", "/lease/tn/12029822917", "").payload()
	assert.Empty(t, s.Books().Owned())
	// What was given back can be ordered again.
	ask(t, s, "POST", "/order", `{"items":[{"tn":12029822917}]}`).payload()
	s.Settle()
	l := ask(t, s, "GET", "/lease/tn/12029822917/tn", "")
	assert.Equal(t, []string{"uuid", "created_on", "modified_on", "expired_on", "autorenew", "tn", "tnorder", "sip_connection", "sip_control_app", "subscriptions"}, keys(t, l.Body, "payload"))
	assert.EqualValues(t, "1", at(t, l.payload(), "tnorder", "success"))
	assert.Equal(t, 1, s.Books().Bought("12029822917"), "AddNumber buys nothing")
	assert.Empty(t, s.Books().Duplicates())
}

func TestReleaseByNumberIsReportedBefore2024(t *testing.T) {
	s := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}})
	s.AddNumber(numberstest.Owned{Number: "12029822917"})
	ask(t, s, "DELETE", "/lease/tn/12029822917", "").payload()
	assert.Len(t, s.Reports(), 1)
}

func TestLeasesLastAMonth(t *testing.T) {
	clock := fake.NewClock(epoch)
	s := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	ask(t, s, "POST", "/order/tn", `{"tns":[12029822917],"autorenew":false}`).payload()
	ask(t, s, "POST", "/order/tn", `{"tns":[12029822918]}`).payload()
	s.Settle()
	assert.Equal(t, "994.3", s.Balance())
	l := ask(t, s, "GET", "/lease/tn/12029822918/tn", "").payload()
	assert.Equal(t, "2026-03-03T12:00:00.250Z", at(t, l, "expired_on"))
	clock.Advance(31*24*time.Hour - time.Millisecond)
	assert.Len(t, s.Books().Owned(), 2)
	clock.Advance(time.Millisecond)
	assert.Len(t, s.Books().Owned(), 1, "what is not renewed is released")
	ask(t, s, "GET", "/lease/tn/12029822917/tn", "").refused(404, "TNLease not found")
	assert.Equal(t, "2026-04-03T12:00:00.250Z", at(t, ask(t, s, "GET", "/lease/tn/12029822918/tn", "").payload(), "expired_on"))
	assert.Equal(t, "992.45", s.Balance())
	clock.Advance(365 * 24 * time.Hour)
	assert.Len(t, s.Books().Owned(), 1)
	assert.Equal(t, "970.25", s.Balance())
}

func TestSearchLeases(t *testing.T) {
	clock := fake.NewClock(epoch)
	s := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{Now: clock.Now}, Generation: opentacttest.Gen2021})
	connection, app := s.AddConnection("trunk"), s.AddApp("ivr")
	var uuids []string
	for _, tn := range []string{"12029822918", "12029822917", "12017771234"} {
		uuids = append(uuids, s.AddNumber(numberstest.Owned{Number: tn})[0])
		clock.Advance(time.Hour)
	}
	ask(t, s, "PATCH", "/lease/tn/"+uuids[0], `{"sip_connection":"`+connection+`","autorenew":false}`).payload()
	ask(t, s, "PATCH", "/lease/tn/"+uuids[2], `{"sip_control_app":"`+app+`"}`).payload()
	search := func(path, body string) []string {
		data := at(t, ask(t, s, "POST", "/lease/tn/search"+path, body).payload(), "data").([]any)
		out := []string{}
		for i := range data {
			out = append(out, str(t, data[i], "uuid"))
		}
		return out
	}
	assert.Equal(t, uuids, search("", ""))
	assert.Equal(t, []string{uuids[2], uuids[1], uuids[0]}, search("", `{"order":{"tn":"ASC"}}`))
	assert.Equal(t, []string{uuids[0], uuids[2]}, search("", `{"modified_on_from":"2026-01-31T15:00:00Z"}`))
	assert.Equal(t, []string{uuids[0], uuids[2], uuids[1]}, search("", `{"order":{"modified_on":"DESC","tn":"DESC"}}`), "the second key decides among equals")
	assert.Equal(t, uuids[1:2], search("?take=1&skip=1", `{}`))
	assert.Equal(t, uuids[:2], search("", `{"tn":"*298%%9*"}`))
	assert.Equal(t, uuids[1:2], search("", `{"tn":"12029822917"}`))
	assert.Empty(t, search("", `{"tn":"2029822917"}`), "a mask without * is the whole number")
	assert.Equal(t, uuids[:1], search("", `{"autorenew":false}`))
	assert.Equal(t, uuids[:1], search("", `{"sip_connection":"`+connection+`"}`))
	assert.Equal(t, uuids[2:], search("", `{"sip_control_app":"`+app+`"}`))
	assert.Equal(t, uuids[1:], search("", `{"sip_connections_skip":["`+connection+`"]}`))
	assert.Equal(t, []string{uuids[0], uuids[2]}, search("", `{"mode":"OR","autorenew":false,"sip_control_app":"`+app+`"}`))
	assert.Equal(t, uuids[:2], search("", `{"created_on_to":"2026-01-31T13:30:00Z"}`))

	a := ask(t, s, "POST", "/lease/tn/search?take=1", "")
	assert.Equal(t, []string{"take", "skip", "total", "data"}, keys(t, a.Body, "payload"))
	assert.Contains(t, a.Body, `"account":{},"tnorder":{},`)
	ask(t, s, "POST", "/lease/tn/search?take=101", "").refused(400, "take: invalid integer number, min 1, max 100")
	assert.Empty(t, at(t, ask(t, s, "POST", "/lease/tn/search", "", "X-Auth-Token", opentacttest.OtherToken).payload(), "data"))

	s.SetGeneration(opentacttest.Gen2024)
	assert.Equal(t, []string{"uuid", "created_on", "modified_on", "expired_on", "autorenew", "tn", "sip_connection", "sip_control_app", "subscriptions"},
		keys(t, arrayElement(t, ask(t, s, "POST", "/lease/tn/search", "").Body)))
}

func TestWalkingManyRows(t *testing.T) {
	const n = 2345
	s := opentacttest.NewServer(t, opentacttest.Options{Generation: opentacttest.Gen2021})
	for i := range n {
		s.AddNumber(numberstest.Owned{Number: fmt.Sprint(12125550000 + int64(i))})
	}
	seen := map[string]bool{}
	for skip := 0; skip < n; skip += 100 {
		page := ask(t, s, "POST", fmt.Sprintf("/lease/tn/search?take=100&skip=%d", skip), `{"order":{"created_on":"DESC"}}`).payload()
		assert.EqualValues(t, "2345", at(t, page, "total"))
		for _, row := range at(t, page, "data").([]any) {
			seen[str(t, row, "uuid")] = true
		}
	}
	assert.Len(t, seen, n)
}

func TestAttach(t *testing.T) {
	for _, gen := range []opentacttest.Generation{opentacttest.Gen2020, opentacttest.Gen2021, opentacttest.Gen2024} {
		for _, kind := range []string{"connection", "app"} {
			t.Run(string(gen)+" "+kind, func(t *testing.T) {
				s := opentacttest.NewServer(t, opentacttest.Options{Generation: gen})
				a, b := s.AddNumber(numberstest.Owned{Number: "12029822917"})[0], s.AddNumber(numberstest.Owned{Number: "12029822918"})[0]
				to := s.AddConnection("trunk")
				if kind == "app" {
					to = s.AddApp("ivr")
				}
				path := "/sip/" + kind + "/" + to + "/tnlease"
				got := ask(t, s, "POST", path, `{"add":["`+a+`","`+b+`"]}`)
				if gen == opentacttest.Gen2024 {
					assert.Equal(t, `{"success":true,"payload":["`+a+`","`+b+`"]}`, got.Body)
				} else {
					assert.Equal(t, b, at(t, got.payload(), 1, "uuid"))
				}
				assert.Len(t, ask(t, s, "GET", path, "").payload(), 2)
				ask(t, s, "POST", path, `{"remove":["`+a+`"]}`).payload()
				left := ask(t, s, "GET", path, "").payload()
				assert.Len(t, left, 1)
				assert.Equal(t, b, at(t, left, 0, "uuid"))

				const none = "b243f4a2-1bf0-4173-b822-0426486edf3a"
				assert.Equal(t, 404, ask(t, s, "POST", path, `{"add":["`+a+`","`+none+`"]}`).Status)
				assert.Len(t, ask(t, s, "GET", path, "").payload(), 1, "all or nothing")
				assert.Equal(t, 404, ask(t, s, "POST", "/sip/"+kind+"/"+none+"/tnlease", `{"add":["`+a+`"]}`).Status)
				assert.Equal(t, 400, ask(t, s, "POST", path, `{"add":["string"]}`).Status)
			})
		}
	}
}
