package opentacttest_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

// fakeTB notes what a server reports.
type fakeTB struct {
	testing.TB
	mu     sync.Mutex
	errors []string
}

func (f *fakeTB) Errorf(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.errors = append(f.errors, fmt.Sprintf(format, args...))
}

// reported returns and forgets what was reported since.
func (f *fakeTB) reported() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.errors
	f.errors = nil
	return out
}

func TestBodiesThatFailValidation(t *testing.T) {
	for _, c := range []struct {
		name, body, message string
		reported            string // what the report says; "" means that there is none
	}{
		{"no JSON", `{"tns":`, "Body is not a JSON object", ""},
		{"null", `null`, "Body is not a JSON object", ""},
		{"array", `[]`, "Body is not a JSON object", ""},
		{"no numbers", `{}`, "tns: 'tns' is required", ""},
		{"empty", `{"tns":[]}`, "tns: minItems 1", ""},
		{"number as string", `{"tns":["12029822917"]}`, "tns.$0: invalid number value", "tns.$0 must be a JSON number"},
		{"second number as string", `{"tns":[12029822917,"12029822918"]}`, "tns.$1: invalid number value", "tns.$1 must be a JSON number"},
		{"numbers as string", `{"tns":"12029822917"}`, "tns: invalid array value", "tns must be a JSON array"},
		{"fraction", `{"tns":[12029822917.5]}`, "tns.$0: invalid integer number", ""},
		{"negative", `{"tns":[-1]}`, "tns.$0: invalid integer number", ""},
		{"too great", `{"tns":[1e300]}`, "tns.$0: invalid integer number", ""},
		{"null number", `{"tns":[null]}`, "tns.$0: invalid number value", "tns.$0 must be a JSON number"},
		{"voice as string", `{"tns":[12029822917],"voice":"true"}`, "voice: invalid boolean value", "voice must be a JSON boolean"},
		{"autorenew as number", `{"tns":[12029822917],"autorenew":1}`, "autorenew: invalid boolean value", "autorenew must be a JSON boolean"},
		{"sms null", `{"tns":[12029822917],"sms":null}`, "sms: invalid boolean value", "sms must be a JSON boolean"},
		{"empty profile", `{"tns":[12029822917],"profile":""}`, "profile: minLength 1", ""},
		{"long profile", `{"tns":[12029822917],"profile":"` + strings.Repeat("x", 256) + `"}`, "profile: maxLength 255", ""},
		{"profile as number", `{"tns":[12029822917],"profile":7}`, "profile: invalid string value", "profile must be a JSON string"},
		{"connection", `{"tns":[12029822917],"sip_connection":"string"}`, "sip_connection: Not match in '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'", ""},
		{"app", `{"tns":[12029822917],"sip_control_app":"B243F4A2-1bf0-4173-b822-0426486edf3a"}`, "sip_control_app: Not match in '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'", ""},
		{"a number twice", `{"tns":[12029822917,12029822918,12029822917]}`, "tns.$2: should be unique", ""},
		{"items of 2021", `{"items":[{"tn":12029822917}]}`, "tns: 'tns' is required", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			tb := &fakeTB{TB: t}
			s := opentacttest.NewServer(tb)
			for _, path := range []string{"/order/tn", "/order/price"} {
				ask(t, s, "POST", path, c.body).refused(400, c.message)
				got := tb.reported()
				if c.reported == "" {
					assert.Empty(t, got)
					continue
				}
				require.Len(t, got, 1)
				assert.Equal(t, "opentact fake: POST /rest"+path+": "+c.reported, got[0])
			}
			s.Settle()
			assert.Empty(t, s.Books().Purchases)
			assert.Equal(t, "1000", s.Balance())
		})
	}
}

func TestWholeNumbersInAnyNotation(t *testing.T) {
	s := opentacttest.NewServer(t)
	for _, n := range []string{"12029822917", "12029822917.0", "1.2029822917e10"} {
		assert.EqualValues(t, "12029822917", at(t, ask(t, s, "POST", "/order/tn", `{"tns":[`+n+`]}`).payload(), "request", "tns", 0))
	}
}

func TestWhatTheVendorIgnoresIsReported(t *testing.T) {
	for _, c := range []struct{ name, method, path, body, report string }{
		{"query key", "GET", "/order?take=5", "", `GET /rest/order: the vendor ignores the query key "take"`},
		{"body field", "POST", "/order/tn", `{"tns":[12029822917],"features":["voice"]}`, `POST /rest/order/tn: the vendor ignores the body field "features"`},
		{"search of 2024", "POST", "/tn/search", `{"type":"long_code"}`, `POST /rest/tn/search: the vendor ignores the body field "type"`},
		{"list by POST", "POST", "/order", `{}`, "POST /rest/order: POST /order creates an order in the 2024 generation; the list is GET /order"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tb := &fakeTB{TB: t}
			s := opentacttest.NewServer(tb)
			a := ask(t, s, c.method, c.path, c.body)
			if c.path == "/order" {
				a.refused(404, "Not found")
			} else {
				a.payload() // ignored is accepted
			}
			assert.Equal(t, []string{"opentact fake: " + c.report}, tb.reported())
			assert.Equal(t, s.Reports(), []string{"opentact fake: " + c.report})
		})
	}
}

func TestALeaseFieldOfTheOldDocumentationIsReported(t *testing.T) {
	tb := &fakeTB{TB: t}
	s := opentacttest.NewServer(tb, opentacttest.Options{Generation: opentacttest.Gen2021})
	ask(t, s, "POST", "/lease/tn/search", `{"messaging_profile_uuid":"x"}`).payload()
	assert.Equal(t, []string{`opentact fake: POST /rest/lease/tn/search: the vendor ignores the body field "messaging_profile_uuid"`}, tb.reported())
}

func TestLenientOnlyNotes(t *testing.T) {
	tb := &fakeTB{TB: t}
	s := opentacttest.NewServer(tb, opentacttest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}})
	ask(t, s, "GET", "/order?take=5", "").payload()
	assert.Empty(t, tb.reported())
	assert.Len(t, s.Reports(), 1)
}

func TestContentTypeIsReported(t *testing.T) {
	tb := &fakeTB{TB: t}
	s := opentacttest.NewServer(tb)
	ask(t, s, "POST", "/order/tn", `{"tns":[12029822917]}`, "Content-Type", "text/plain").payload()
	require.Len(t, tb.reported(), 1)
}

func TestMisuseIsReported(t *testing.T) {
	tb := &fakeTB{TB: t}
	s := opentacttest.NewServer(tb)
	for name, misuse := range map[string]func(){
		"generation":   func() { s.SetGeneration("1999") },
		"list":         func() { s.SetList("heap") },
		"balance":      func() { s.SetBalance("much") },
		"offer":        func() { s.AddOffer(numberstest.Offer{Number: "12x"}) },
		"no offer":     func() { s.RemoveOffer("") },
		"same profile": func() { s.AddProfile(opentacttest.Profile{Name: "US"}) },
		"price":        func() { s.AddProfile(opentacttest.Profile{Name: "A", NRC: "-1"}) },
		"price key":    func() { s.AddProfile(opentacttest.Profile{Name: "B", Prices: map[string]string{"fun_nrc": "1"}}) },
		"owned":        func() { s.AddNumber(numberstest.Owned{Number: "+"}) },
		"order":        func() { s.AddOrder(numberstest.PastOrder{}) },
		"complete":     func() { s.SetState("nothing", "success") },
		"fail":         func() { s.Reject("nothing", "") },
		"state":        func() { s.SetState("nothing", "verify") },
	} {
		misuse()
		assert.Len(t, tb.reported(), 1, name)
	}
}

func TestStartRefusesBadOptions(t *testing.T) {
	for name, o := range map[string]opentacttest.Options{
		"generation": {Generation: "1999"},
		"list":       {List: "heap"},
		"balance":    {Balance: "much"},
	} {
		_, err := opentacttest.Start(o)
		assert.Error(t, err, name)
	}
}
