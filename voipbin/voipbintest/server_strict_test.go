package voipbintest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

func TestReports(t *testing.T) {
	const old, today = "/v1.0/order_numbers", "/v1.0/numbers"
	for _, c := range []struct {
		name, method, path, body, report string
		status                           int
	}{
		{"unknown query key", "GET", old + "?limit=5", "", `the vendor ignores the query key "limit"`, 200},
		{"unknown query key", "GET", today + "?number=1", "", `the vendor ignores the query key "number"`, 200},
		{"a type in the path", "GET", "/v1.0/available_numbers?country_code=US&type=toll_free", "", `the type "toll_free"`, 200},
		{"paging of offers", "GET", "/v1.0/available_numbers?country_code=US&page_token=x", "", `query key "page_token"`, 200},
		{"flow in 2021", "POST", old, `{"number":"+12025550100","flow_id":"` + flowA + `"}`, `"flow_id"`, 200},
		{"flow of 2021 today", "POST", today, `{"number":"+12025550100","flow_id":"` + flowA + `"}`, `"flow_id"`, 200},
		{"bad flow", "POST", today, `{"number":"+12025550100","call_flow_id":"main"}`, `the call_flow_id "main"`, 200},
		{"bad type", "POST", today, `{"number":"+12025550100","type":"mobile"}`, `the type "mobile"`, 200},
		{"duplicate", "POST", today, `{"number":"+16062067563"}`, `+16062067563 is ordered`, 500},
		{"duplicate in 2021", "POST", old, `{"number":"+16062067563"}`, `+16062067563 is ordered`, 400},
		{"too large a page", "GET", old + "?page_size=101", "", `the page_size 101 as 10`, 200},
		{"garbage token", "GET", today + "?page_token=x", "", `a page_token that is no time`, 200},
		{"query on a write", "DELETE", old + "/" + seedPending + "?force=1", "", `query key "force"`, 200},
		{"field too many", "PUT", today + "/" + seedPending + "/metadata", `{"debug":true}`, `"debug"`, 200},
		{"query token", "GET", today + "?token=TOP-SECRET", "", `a credential in the query (token)`, 401},
		{"query key", "GET", today + "?accesskey=" + voipbintest.AccessKey, "", `a credential in the query (accesskey)`, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &witness{}
			srv := voipbintest.NewServer(w, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Seed: true}})
			defer w.finish()
			a := send(t, srv, c.method, c.path, c.body)
			if c.status == 401 || c.name == "query key" {
				a = anonymous(t, srv, c.method, c.path, c.body)
				w.errors = w.errors[1:]
			}
			assert.Equal(t, c.status, a.status, a.body)
			require.Len(t, w.errors, 1)
			assert.Contains(t, w.errors[0], c.report)
			assert.NotContains(t, w.errors[0], "SECRET")
		})
	}
}

func TestLenientReportsAreKept(t *testing.T) {
	w := &witness{}
	defer w.finish()
	srv := voipbintest.NewServer(w, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}})
	send(t, srv, "GET", "/v1.0/numbers?limit=5", "")
	assert.Empty(t, w.errors)
	assert.Len(t, srv.Reports(), 1)
}

func TestNewServerTakesOneOptions(t *testing.T) {
	w := &witness{}
	defer w.finish()
	voipbintest.NewServer(w, voipbintest.Options{}, voipbintest.Options{})
	assert.Len(t, w.fatals, 1)
}

func TestStart(t *testing.T) {
	srv, err := voipbintest.Start(voipbintest.Options{ServerOptions: numberstest.ServerOptions{HTTP2: true, TLS: true}})
	require.NoError(t, err)
	assert.Equal(t, 200, send(t, srv, "GET", "/v1.0/numbers?limit=5", "").status)
	assert.Len(t, srv.Reports(), 1)
	require.Len(t, srv.Requests(), 1)
	row := srv.Requests()[0]
	assert.Equal(t, "HTTP/2.0", row.Proto)
	assert.Equal(t, "list numbers", row.Op)
	assert.False(t, row.Buys)
	srv.Close()
	srv.Close()
}

func TestMisuse(t *testing.T) {
	w := &witness{}
	srv := voipbintest.NewServer(w, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}})
	defer w.finish()
	for name, misuse := range map[string]func(){
		"no number":     func() { srv.AddNumber(numberstest.Owned{}) },
		"no such field": func() { srv.AddNumber(numberstest.Owned{Number: "+12025550100", Reference: "r"}) },
		"no profile": func() {
			srv.AddNumber(numberstest.Owned{Number: "+12025550100", Assignment: numbers.Assignment{MessagingProfile: "m"}})
		},
		"no offer": func() { srv.AddOffer(numberstest.Offer{Country: "US"}) },
		"no price": func() { srv.AddOffer(numberstest.Offer{Number: "+12025550100", MonthlyCost: "1"}) },
		"state":    func() { srv.SetState(unknownID, "active") },
	} {
		before := len(srv.Reports())
		misuse()
		assert.Len(t, srv.Reports(), before+1, name)
	}
	assert.Len(t, w.errors, 6, "though the server is lenient")
	assert.Empty(t, srv.Rows())
}
