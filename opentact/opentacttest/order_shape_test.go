package opentacttest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

// The shapes of lists, the empty price, clocks that differ and limited logins are what a client must live with.

func TestShapesOfLeases(t *testing.T) {
	for shape, want := range map[opentacttest.ListShape]string{
		opentacttest.ListArray: `"payload":[{`, opentacttest.ListObject: `"payload":{"created_on":`,
		opentacttest.ListPaged: `"payload":{"take":12,"skip":0,"total":12,"data":[{`, opentacttest.ListUncounted: `"payload":{"take":10,"skip":0,"data":[{`,
	} {
		s := opentacttest.NewServer(t, opentacttest.Options{Leases: shape})
		var numbers []numberstest.Owned
		for i := range 12 {
			numbers = append(numbers, numberstest.Owned{Number: fmt.Sprintf("131255501%02d", i)})
		}
		ids := s.AddNumber(numbers...)
		a := ask(t, s, "GET", "/lease/tn", "")
		assert.Equal(t, http.StatusOK, a.Status)
		assert.Contains(t, a.Body, want, shape)
		assert.Contains(t, a.Body, ids[0])
		assert.Equal(t, shape != opentacttest.ListObject, strings.Contains(a.Body, ids[9]), shape)
		assert.Equal(t, shape == opentacttest.ListArray || shape == opentacttest.ListPaged, strings.Contains(a.Body, ids[11]), shape)

		s.SetGeneration(opentacttest.Gen2021)
		a = ask(t, s, "POST", "/lease/tn/search?take=100", `{}`)
		assert.Equal(t, shape != opentacttest.ListUncounted, strings.Contains(a.Body, `"total":12`), shape)
	}
	s := opentacttest.NewServer(t, opentacttest.Options{Leases: opentacttest.ListObject})
	assert.Equal(t, `{"success":true,"payload":null}`, ask(t, s, "GET", "/lease/tn", "").Body)
	_, err := opentacttest.Start(opentacttest.Options{Leases: "heap"})
	assert.Error(t, err)
}

// The generation of 2020 lists leases by GET alone, the later ones by POST.
func TestLeasesOf2020ByGET(t *testing.T) {
	s := opentacttest.NewServer(t)
	ask(t, s, "GET", "/lease/tn", "").payload()
	ask(t, s, "POST", "/lease/tn/search", `{}`).refused(404, "Not found")
	s.SetGeneration(opentacttest.Gen2021)
	ask(t, s, "POST", "/lease/tn/search", `{}`).payload()
	ask(t, s, "GET", "/lease/tn", "").refused(404, "Not found")
}

func TestZeroPrices(t *testing.T) {
	s := opentacttest.NewServer(t, opentacttest.Options{ZeroPrices: true})
	uuid := str(t, ask(t, s, "POST", "/order/tn", `{"tns":[12029822917]}`).payload(), "uuid")
	assert.Contains(t, ask(t, s, "GET", "/order/"+uuid, "").Body, `"price":{"nrc":0,"mrc":0,"items":[]}`)
	assert.NotContains(t, ask(t, s, "POST", "/order/price", `{"tns":[12029822918]}`).Body, `"nrc":0,"mrc":0,"items":[]`)
	assert.NotEqual(t, "1000", s.Balance(), "the number is not free")
}

func TestClocksDiffer(t *testing.T) {
	clock := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	s := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{Now: func() time.Time { return clock }}, DateAhead: 3 * time.Minute})
	a := ask(t, s, "POST", "/order/tn", `{"tns":[12029822917]}`)
	assert.Equal(t, "2026-01-31T12:00:00.000Z", str(t, a.payload(), "created_on"))
	assert.Equal(t, "Sat, 31 Jan 2026 12:03:00 GMT", a.Header.Get("Date"))
	assert.Equal(t, "Sat, 31 Jan 2026 12:03:00 GMT", ask(t, s, "GET", "/order/nothing", "").Header.Get("Date"))
}

func TestLoginLimit(t *testing.T) {
	clock := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	s := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{Now: func() time.Time { return clock }}, LoginLimit: 2})
	login := func(password string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/auth", nil)
		require.NoError(t, err)
		r.SetBasicAuth(opentacttest.Email, password)
		resp, err := s.HTTPClient().Do(r)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp.StatusCode, resp.Header.Get("Retry-After")
	}
	for _, c := range []struct {
		password string
		status   int
		after    string
		pass     time.Duration
	}{
		{opentacttest.Password, 200, "", 0}, {"wrong", 401, "", 20500 * time.Millisecond}, {opentacttest.Password, 429, "40", 39 * time.Second},
		{opentacttest.Password, 429, "1", 500 * time.Millisecond}, {opentacttest.Password, 200, "", 0},
	} {
		status, after := login(c.password)
		assert.Equal(t, c.status, status)
		assert.Equal(t, c.after, after)
		clock = clock.Add(c.pass)
	}
}

// What the description refuses in an order of 2020.
func TestWhatAnOrderOf2020Refuses(t *testing.T) {
	for body, message := range map[string]string{
		`{"tns":[12029822917,12029822917]}`:                    "tns.$1: should be unique",
		`{"tns":[12029822917,1.2029822917e10]}`:                "tns.$1: should be unique",
		`{"tns":[]}`:                                           "tns: minItems 1",
		`{}`:                                                   "tns: 'tns' is required",
		`{"tns":[12029822917],"voice":"true"}`:                 "voice: invalid boolean value",
		`{"tns":[12029822917],"autorenew":null}`:               "autorenew: invalid boolean value",
		`{"tns":["12029822917"]}`:                              "tns.$0: invalid number value",
		`{"tns":[1.5]}`:                                        "tns.$0: invalid integer number",
		`{"tns":[-1]}`:                                         "tns.$0: invalid integer number",
		`{"tns":12029822917}`:                                  "tns: invalid array value",
		`{"tns":[12029822917],"profile":""}`:                   "profile: minLength 1",
		`{"tns":[12029822917],"sip_connection":"string"}`:      "sip_connection: ",
		`{"tns":[12029822917],"sip_control_app":"00000000-A"}`: "sip_control_app: ",
	} {
		s := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}})
		a := ask(t, s, "POST", "/order/tn", body)
		assert.Equal(t, 400, a.Status, body)
		assert.Contains(t, a.Body, `"message":"`+message, body)
		s.Settle()
		assert.Empty(t, s.Books().Purchases)
	}
}

// No source says that the later generations refuse a number that is in an order twice.
func TestANumberTwiceInLaterGenerationsIsReported(t *testing.T) {
	for gen, path := range map[opentacttest.Generation]string{opentacttest.Gen2021: "/order/tn", opentacttest.Gen2024: "/order"} {
		s := opentacttest.NewServer(t, opentacttest.Options{Generation: gen, ServerOptions: numberstest.ServerOptions{Lenient: true}})
		ask(t, s, "POST", path, `{"items":[{"tn":12029822917},{"tn":12029822918}]}`)
		assert.Empty(t, s.Reports())
		ask(t, s, "POST", path, `{"items":[{"tn":12029822919},{"tn":1.2029822919e10}]}`)
		assert.Len(t, s.Reports(), 1)
		assert.Contains(t, s.Reports()[0], "items.$1: the number 12029822919 is in the order twice")
	}
}
