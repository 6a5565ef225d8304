package opentacttest_test

import (
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

var epoch = time.Date(2026, 1, 31, 12, 0, 0, 250_000_000, time.UTC)

// stepping is a server whose orders take an hour a state, and its clock.
func stepping(t *testing.T, o opentacttest.Options) (*opentacttest.Server, *fake.Clock) {
	clock := fake.NewClock(epoch)
	o.Now, o.StepAfter = clock.Now, time.Hour
	return opentacttest.NewServer(t, o), clock
}

func TestCreateAppliesTheVendorsDefaults(t *testing.T) {
	s, _ := stepping(t, opentacttest.Options{})
	a := ask(t, s, "POST", "/order/tn", `{"tns":[12029822917]}`)
	assert.Equal(t, http.StatusOK, a.Status)
	assert.Equal(t, "application/json; charset=utf-8", a.Header.Get("Content-Type"))
	uuid := str(t, a.payload(), "uuid")
	assert.Equal(t, `{"success":true,"payload":{"voice":true,"fax":false,"sms":true,"mms":false,"emergency":false,`+
		`"autorenew":true,"state":"created","request":{"voice":true,"sms":true,"tns":[12029822917],"autorenew":true,"profile":"US"},`+
		`"uuid":"`+uuid+`","price":null,"created_on":"2026-01-31T12:00:00.250Z","modified_on":"2026-01-31T12:00:00.250Z"}}`, a.Body)

	off := ask(t, s, "POST", "/order/tn", `{"tns":[12029822918],"voice":false,"sms":false,"fax":true,"autorenew":false}`).payload()
	for key, want := range map[string]bool{"voice": false, "sms": false, "fax": true, "mms": false, "autorenew": false} {
		assert.Equal(t, want, at(t, off, key), key)
	}
	assert.Equal(t, false, at(t, off, "request", "voice"), "false is not taken for absent")
	off = ask(t, s, "GET", "/order/"+str(t, off, "uuid"), "").payload()
	assert.Equal(t, "false", at(t, off, "request", "voice"))
	assert.Equal(t, false, at(t, off, "autorenew"))
}

func TestOrderMovesOnTheClock(t *testing.T) {
	s, clock := stepping(t, opentacttest.Options{})
	uuid := str(t, ask(t, s, "POST", "/order/tn", `{"tns":[12029822917]}`).payload(), "uuid")
	get := func() any { return ask(t, s, "GET", "/order/"+uuid, "").payload() }

	o := get()
	assert.Equal(t, "created", at(t, o, "state"))
	assert.Nil(t, at(t, o, "price"))
	assert.Empty(t, at(t, o, "tnleases"))
	for _, want := range []string{"verify", "processing", "success"} {
		assert.Empty(t, s.Books().Purchases, "nothing is bought before the end")
		clock.Advance(time.Hour)
		o = get()
		assert.Equal(t, want, at(t, o, "state"))
		assert.NotNil(t, at(t, o, "price"))
	}
	assert.Equal(t, "2026-01-31T15:00:00.250Z", at(t, o, "modified_on"), "modified when it was due, not when it was looked at")
	assert.Equal(t, 1, s.Books().Bought("12029822917"))
	assert.Equal(t, uuid, s.Books().Owned()[0].OrderID)
	assert.Equal(t, "+12029822917", s.Books().Owned()[0].Number)
}

func TestOrderHasTheShapeOfTheSample(t *testing.T) {
	s := opentacttest.NewServer(t)
	connection, app := s.AddConnection("trunk"), s.AddApp("ivr")
	body := `{"tns":[12029822917],"fax":true,"mms":false,"emergency":false,"profile":"US","sip_connection":"` + connection + `","sip_control_app":"` + app + `"}`
	created := ask(t, s, "POST", "/order/tn", body).payload()
	assert.Equal(t, connection, at(t, created, "request", "sip_connection"))
	got := ask(t, s, "GET", "/order/"+str(t, created, "uuid"), "")
	sample, err := os.ReadFile("seed/order.get.response.json")
	require.NoError(t, err)

	o := got.payload()
	assert.Equal(t, "true", at(t, o, "request", "voice"), "a look-up writes voice as a string")
	assert.Equal(t, "true", at(t, o, "request", "sms"))
	assert.Equal(t, true, at(t, o, "request", "fax"))
	assert.Equal(t, connection, at(t, o, "sip_connection", "uuid"))
	assert.Equal(t, app, at(t, o, "sip_control_app", "uuid"))
	for _, user := range []any{at(t, o, "created_by"), at(t, o, "modified_by"), at(t, o, "account", "admin"), at(t, o, "account", "users", 0)} {
		assert.Equal(t, opentacttest.LeakedPassword, at(t, user, "password"))
		assert.Equal(t, opentacttest.LeakedToken, at(t, user, "token"))
	}
	// Key by key as in the sample, apart from what it leaves empty.
	assert.Equal(t, keys(t, string(sample), "payload"), keys(t, got.Body, "payload"))
	for _, object := range []string{"account", "profile", "sip_connection", "sip_control_app", "created_by", "modified_by", "request", "price"} {
		assert.Equal(t, keys(t, string(sample), "payload", object), keys(t, got.Body, "payload", object), object)
	}
}

func TestListIsShallow(t *testing.T) {
	s := opentacttest.NewServer(t)
	assert.Equal(t, `{"success":true,"payload":[]}`, ask(t, s, "GET", "/order", "").Body)
	first := s.AddOrder(numberstest.PastOrder{Numbers: []string{"12029822917"}})[0]
	second := s.AddOrder(numberstest.PastOrder{Numbers: []string{"12029822918"}})[0]
	a := ask(t, s, "GET", "/order", "")
	sample, err := os.ReadFile("seed/order.list.response.json")
	require.NoError(t, err)
	assert.Equal(t, first, at(t, a.payload(), 0, "uuid"), "rows keep the order in which they came")
	assert.Equal(t, second, at(t, a.payload(), 1, "uuid"))
	row := shape(t, string(sample))[len("{success:bool payload:"):]
	row = row[:len(row)-1]
	assert.Equal(t, "{success:bool payload:["+row+row+"]}", shape(t, a.Body))
}

func TestListShapes(t *testing.T) {
	s := opentacttest.NewServer(t, opentacttest.Options{List: opentacttest.ListObject})
	assert.Equal(t, `{"success":true,"payload":null}`, ask(t, s, "GET", "/order", "").Body)
	first := s.AddOrder(numberstest.PastOrder{Numbers: []string{"12029822917"}})[0]
	assert.Equal(t, first, at(t, ask(t, s, "GET", "/order", "").payload(), "uuid"))
	s.AddOrder(numberstest.PastOrder{Numbers: []string{"12029822918"}})
	assert.Equal(t, first, at(t, ask(t, s, "GET", "/order", "").payload(), "uuid"), "one of two")
	s.SetList(opentacttest.ListPaged)
	page := ask(t, s, "GET", "/order", "").payload()
	assert.EqualValues(t, "2", at(t, page, "total"))
	assert.Equal(t, first, at(t, page, "data", 0, "uuid"))
	for range 9 {
		s.AddOrder(numberstest.PastOrder{Numbers: []string{"12029822919"}})
	}
	s.SetList(opentacttest.ListUncounted)
	list := ask(t, s, "GET", "/order", "")
	assert.Equal(t, []string{"take", "skip", "data"}, keys(t, list.Body, "payload"))
	assert.Len(t, at(t, list.payload(), "data"), 10)
	s.SetGeneration(opentacttest.Gen2024)
	search := ask(t, s, "POST", "/order/search?take=100", "{}")
	assert.Equal(t, []string{"take", "skip", "data"}, keys(t, search.Body, "payload"))
	assert.Len(t, at(t, search.payload(), "data"), 11)
}

func TestPrice(t *testing.T) {
	s := opentacttest.NewServer(t)
	s.AddProfile(opentacttest.Profile{Name: "Gold", NRC: "0.1", MRC: "0.2", Prices: map[string]string{"voice_nrc": "0.01", "sms_mrc": "0.005", "fax_mrc": "7"}})
	p := ask(t, s, "POST", "/order/price", `{"tns":[12029822917,12029822918],"profile":"Gold","sms":false}`)
	assert.Contains(t, p.Body, `{"nrc":0.22,"mrc":0.4,"items":[{"nrc":"0.1","mrc":"0.2","voice_nrc":"0.01",`, "totals are numbers, lists are strings")
	assert.Len(t, at(t, p.payload(), "items"), 2)
	p = ask(t, s, "POST", "/order/price", `{"tns":[12029822917],"profile":"Gold","voice":false,"fax":true}`)
	assert.Contains(t, p.Body, `{"nrc":0.1,"mrc":7.205,"items":`)
	assert.Empty(t, s.Books().Purchases)
	assert.Equal(t, "1000", s.Balance())

	s.SetGeneration(opentacttest.Gen2021)
	p = ask(t, s, "POST", "/order/price", `{"items":[{"tn":12029822917,"profile":"Gold"}]}`)
	assert.Contains(t, p.Body, `{"nrc":0.11,"mrc":0.205,"items":[{"nrc":0.1,"mrc":0.2,"voice_nrc":0.01,`)
}

func TestBalanceRunsOut(t *testing.T) {
	s := opentacttest.NewServer(t, opentacttest.Options{Balance: "3"})
	// One number of US costs 1 at once, and 1.5 + 0.25 + 0.1 a month with voice and sms.
	ask(t, s, "POST", "/order/tn", `{"tns":[12029822917]}`).payload()
	assert.Equal(t, "0.15", s.Balance())
	ask(t, s, "POST", "/order/tn", `{"tns":[12029822918]}`).refused(402, "Not enough account balance")
	assert.Len(t, ask(t, s, "GET", "/order", "").payload(), 1, "what was refused left nothing behind")
	s.SetBalance("2.85")
	ask(t, s, "POST", "/order/tn", `{"tns":[12029822918]}`).payload()
	assert.Equal(t, "0", s.Balance())
}

func TestCreateFindsNothing(t *testing.T) {
	s := opentacttest.NewServer(t)
	for name, body := range map[string]string{
		"profile":    `{"tns":[12029822917],"profile":"Mars"}`,
		"number":     `{"tns":[12029822917,15555555555]}`,
		"connection": `{"tns":[12029822917],"sip_connection":"b243f4a2-1bf0-4173-b822-0426486edf3a"}`,
		"app":        `{"tns":[12029822917],"sip_control_app":"b243f4a2-1bf0-4173-b822-0426486edf3a"}`,
	} {
		t.Run(name, func(t *testing.T) {
			ask(t, s, "POST", "/order/tn", body).refused(404, "Not found")
		})
	}
	s.Settle()
	assert.Empty(t, s.Books().Purchases)
	assert.Equal(t, "1000", s.Balance())
}

func TestOtherAccountsOrders(t *testing.T) {
	s := opentacttest.NewServer(t)
	theirs := str(t, ask(t, s, "POST", "/order/tn", `{"tns":[12029822917]}`, "X-Auth-Token", opentacttest.OtherToken).payload(), "uuid")
	ask(t, s, "GET", "/order/"+theirs, "").refused(401, "Forbidden")
	ask(t, s, "GET", "/order/b243f4a2-1bf0-4173-b822-0426486edf3a", "").refused(404, "Order not found")
	assert.Empty(t, ask(t, s, "GET", "/order", "").payload())
	ask(t, s, "POST", "/order/tn", `{"tns":[12029822917]}`).refused(404, "Not found")
	assert.Len(t, ask(t, s, "GET", "/order", "", "X-Auth-Token", opentacttest.OtherToken).payload(), 1)
}

func TestOwnNumberIsSoldAgain(t *testing.T) {
	s := opentacttest.NewServer(t)
	for range 2 {
		ask(t, s, "POST", "/order/tn", `{"tns":[12029822917]}`).payload()
	}
	s.Settle()
	assert.Equal(t, []string{"+12029822917"}, s.Books().Duplicates())
	assert.Equal(t, "994.3", s.Balance())
}

func TestSettersMoveOrders(t *testing.T) {
	s := opentacttest.NewServer(t, opentacttest.Options{StepAfter: -1})
	place := func(body string) string { return str(t, ask(t, s, "POST", "/order/tn", body).payload(), "uuid") }
	state := func(uuid string) any { return at(t, ask(t, s, "GET", "/order/"+uuid, "").payload(), "state") }

	a := place(`{"tns":[12029822917,12029822918]}`)
	s.Settle()
	assert.Equal(t, "created", state(a))
	s.SetState(a, "waiting for documents")
	assert.Equal(t, "waiting for documents", state(a))
	s.Reject(a, "No longer available", "12029822918")
	assert.Equal(t, "success", state(a), "one number bought makes a success")
	o := ask(t, s, "GET", "/order/"+a, "").payload()
	assert.Len(t, at(t, o, "tns"), 2)
	assert.Len(t, at(t, o, "tnleases"), 1, "only what was bought has a lease")
	assert.EqualValues(t, "12029822917", at(t, o, "tnleases", 0, "tn", "tn"))
	assert.Equal(t, "997.15", s.Balance(), "what was not bought is given back")

	b := place(`{"tns":[12029822918]}`)
	s.Reject(b, "No longer available")
	assert.Equal(t, "failed", state(b))
	assert.Equal(t, "997.15", s.Balance())

	c := place(`{"tns":[12029822918]}`)
	s.SetState(c, "success")
	assert.Equal(t, "success", state(c))
	assert.Empty(t, s.Books().Duplicates())
}

func TestImmediate(t *testing.T) {
	s := opentacttest.NewServer(t, opentacttest.Options{Immediate: true, CreateStatus: 201})
	a := ask(t, s, "POST", "/order/tn", `{"tns":[12029822917]}`)
	assert.Equal(t, 201, a.Status)
	assert.Equal(t, "success", at(t, a.payload(), "state"))
	assert.Len(t, s.Books().Purchases, 1)
}
