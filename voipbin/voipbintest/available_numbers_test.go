package voipbintest_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

// offer is a number for sale, as it is answered.
type offer struct {
	Number     string   `json:"number"`
	Country    string   `json:"country"`
	Region     string   `json:"region"`
	PostalCode string   `json:"postal_code"`
	Features   []string `json:"features"`
}

func offers(t *testing.T, a answer) []offer {
	t.Helper()
	require.Equal(t, 200, a.status, a.body)
	var list struct {
		Result []offer `json:"result"`
	}
	require.NoError(t, json.Unmarshal([]byte(a.body), &list))
	require.NotNil(t, list.Result)
	return list.Result
}

func TestAvailableNumbers(t *testing.T) {
	srv := voipbintest.NewServer(t)
	assert.Equal(t, `{"result":[{"number":"+12182558711","country":"US","region":"MN","postal_code":"",`+
		`"features":["emergency","fax","voice","sms","mms"]}]}`,
		send(t, srv, "GET", "/v1.0/available_numbers?country_code=US&page_size=1", "").body)
	assert.Len(t, offers(t, send(t, srv, "GET", "/v1.0/available_numbers?country_code=US&page_size=50", "")), 10, "the carrier's cap")
	assert.Len(t, offers(t, send(t, srv, "GET", "/v1.0/available_numbers?country_code=US", "")), 10)
	assert.Equal(t, `{"result":[]}`, send(t, srv, "GET", "/v1.0/available_numbers?country_code=ZZ", "").body)

	send(t, srv, "POST", "/v1.0/numbers", `{"number":"+12182558711"}`).number(t)
	srv.RemoveOffer("+12182558712")
	assert.Equal(t, "+12182558713", offers(t, send(t, srv, "GET", "/v1.0/available_numbers?country_code=US", ""))[0].Number)

	srv.AddOffer(numberstest.Offer{Number: "+442071838750", Country: "GB"})
	assert.Equal(t, `{"result":[{"number":"+442071838750","country":"GB","region":"","postal_code":"","features":[]}]}`,
		send(t, srv, "GET", "/v1.0/available_numbers?country_code=GB", "").body)
}

func TestAvailableVirtualNumbers(t *testing.T) {
	srv := voipbintest.NewServer(t)
	seen := map[string]bool{}
	for range 30 { // enough to meet a reserved number, of which there is one in a thousand
		list := offers(t, send(t, srv, "GET", "/v1.0/available_numbers?type=virtual&page_size=100", ""))
		require.Len(t, list, 100)
		for _, o := range list {
			require.Regexp(t, `^\+899[0-9]{9}$`, o.Number)
			require.NotContains(t, o.Number, "+899000")
			require.Equal(t, offer{Number: o.Number, Country: "899", Features: []string{"voice"}}, o)
			seen[o.Number] = true
		}
	}
	assert.Len(t, seen, 3000)
	for number := range seen {
		send(t, srv, "POST", "/v1.0/numbers", `{"type":"virtual","number":"`+number+`"}`).number(t)
		break
	}
}

// Two servers make up the same numbers, so the second one shows that what is owned is not offered.
func TestOwnedVirtualNumbersAreNotOffered(t *testing.T) {
	const path = "/v1.0/available_numbers?type=virtual&page_size=5"
	one := offers(t, send(t, voipbintest.NewServer(t), "GET", path, ""))
	srv := voipbintest.NewServer(t)
	srv.AddNumber(numberstest.Owned{ID: unknownID, Number: one[0].Number})
	assert.Equal(t, one[1:], offers(t, send(t, srv, "GET", path, ""))[:4])
}

func TestAvailableNumbersOf2021RepeatTheLast(t *testing.T) {
	srv := voipbintest.NewServer(t, voipbintest.Options{Era: voipbintest.EraSeed})
	list := offers(t, send(t, srv, "GET", "/v1.0/available_numbers?country_code=US&page_size=3", ""))
	require.Len(t, list, 3)
	for _, o := range list {
		assert.Equal(t, "+12182558713", o.Number)
	}
	send(t, srv, "GET", "/v1.0/available_numbers", "").empty(t, 400)
	send(t, srv, "GET", "/v1.0/available_numbers?country_code=US&page_size=x", "").empty(t, 400)
}
