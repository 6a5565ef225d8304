package opentacttest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

// stock is small enough to name every number.
var stock = []numberstest.Offer{
	{Number: "12345672334", Region: "IL", Locality: "Chicago", RateCenter: "CHICAGO", PostalCode: "60601"},
	{Number: "12331231234", Region: "IL", Locality: "Aurora", RateCenter: "AURORA", PostalCode: "60502", Features: []string{"voice"}},
	{Number: "12342337556", Region: "NJ", Locality: "Newark", RateCenter: "NEWARK"},
	{Number: "17892334559", Country: "CA", Region: "ON", Locality: "Toronto"},
	{Number: "18885556463", Profile: "US Toll Free"},
}

// stocked starts a server that has only the stock.
func stocked(t *testing.T, g opentacttest.Generation) *opentacttest.Server {
	t.Helper()
	s := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{NoOffers: true}, Generation: g})
	s.AddOffer(stock...)
	return s
}

func found(t *testing.T, s *opentacttest.Server, path, body string) []string {
	t.Helper()
	out := []string{}
	for _, row := range at(t, ask(t, s, "POST", "/tn/search"+path, body).payload(), "data").([]any) {
		out = append(out, at(t, row, "tn").(interface{ String() string }).String())
	}
	return out
}

func TestSearchNumbers2020(t *testing.T) {
	s := stocked(t, opentacttest.Gen2020)
	for body, want := range map[string][]string{
		``:                   {"12345672334", "12331231234", "12342337556", "17892334559", "18885556463"},
		`{"pattern":"*"}`:    {"12345672334", "12331231234", "12342337556", "17892334559", "18885556463"},
		`{"pattern":"*233"}`: {"12345672334", "12331231234", "12342337556", "17892334559"},
		// The two that the documentation names.
		`{"pattern":"233%55"}`:                       {"12342337556", "17892334559"},
		`{"pattern":"MINE","abcSearch":true}`:        {"18885556463"},
		`{"province":"IL","city":"Chicago"}`:         {"12345672334"},
		`{"rateCenter":"AURORA"}`:                    {"12331231234"},
		`{"postalCode":"60601"}`:                     {"12345672334"},
		`{"profile":"US Toll Free"}`:                 {"18885556463"},
		`{"pattern":"*233*1234","province":"IL"}`:    {"12331231234"},
		`{"province":"NJ","rateCenter":"SOMEWHERE"}`: {},
	} {
		assert.Equal(t, want, found(t, s, "", body), body)
	}
	a := ask(t, s, "POST", "/tn/search?page=2&size=2", "{}")
	assert.Contains(t, a.Body, `{"success":true,"payload":{"take":2,"skip":2,"total":5,"data":[{"tn":12342337556,"registered":false,"profile":{"created_on":`, "asked by page, answered by skip")
	assert.Empty(t, found(t, s, "?page=4&size=2", "{}"))

	ask(t, s, "POST", "/tn/search", `{"profile":"Mars"}`).refused(404, "Profile not found")
	ask(t, s, "POST", "/tn/search", `{"pattern":""}`).refused(400, "pattern: minLength 1")
	ask(t, s, "POST", "/tn/search", `{"pattern":"MINE"}`).refused(400, "pattern: invalid pattern")
	ask(t, s, "POST", "/tn/search", `{"province":"Illinois"}`).refused(400, "province: maxLength 2")
	ask(t, s, "POST", "/tn/search?size=101", `{}`).refused(400, "size: invalid integer number, min 1, max 100")
	ask(t, s, "POST", "/tn/search?page=0", `{}`).refused(400, "page: invalid integer number, min 1, max 2147483647")
}

func TestSearchFollowsTheStock(t *testing.T) {
	s := stocked(t, opentacttest.Gen2020)
	ask(t, s, "POST", "/order/tn", `{"tns":[12345672334]}`).payload()
	assert.Equal(t, []string{"12331231234"}, found(t, s, "", `{"province":"IL"}`), "what is under order can't be found")
	s.RemoveOffer("12331231234")
	assert.Empty(t, found(t, s, "", `{"province":"IL"}`))
	ask(t, s, "POST", "/order/tn", `{"tns":[12331231234]}`).refused(404, "Not found")
	s.AddOffer(numberstest.Offer{Number: "+13125550000", Region: "IL"})
	assert.Equal(t, []string{"13125550000"}, found(t, s, "", `{"province":"IL"}`))
	ask(t, s, "DELETE", "/lease/tn/"+str(t, ask(t, s, "GET", "/lease/tn/12345672334/tn", "").payload(), "uuid"), "").payload()
	assert.Equal(t, []string{"12345672334", "13125550000"}, found(t, s, "", `{"province":"IL"}`))
}

func TestSearchNumbers2024(t *testing.T) {
	s := stocked(t, opentacttest.Gen2024)
	for body, want := range map[string][]string{
		`{"type":"long_code"}`:                                         {"12345672334", "12331231234", "12342337556", "17892334559"},
		`{"type":"long_code","take":1}`:                                {"12345672334"},
		`{"type":"long_code","country":"CA"}`:                          {"17892334559"},
		`{"type":"long_code","country":"US","state":"IL"}`:             {"12345672334", "12331231234"},
		`{"type":"long_code","state":"IL","features":["voice","sms"]}`: {"12345672334"},
		`{"type":"long_code","city":"Newark","rate_center":"NEWARK"}`:  {"12342337556"},
		`{"type":"long_code","npa":"234"}`:                             {"12345672334", "12342337556"},
		`{"type":"long_code","npa":234,"nxx":"233"}`:                   {"12342337556"},
		`{"type":"long_code","line":"x55X"}`:                           {"12342337556", "17892334559"},
		`{"type":"long_code","line":"xxxx","npa":"789"}`:               {"17892334559"},
		`{"type":"toll_free"}`:                                         {"18885556463"},
		`{"type":"toll_free","pattern":"555xxxx"}`:                     {"18885556463"},
		`{"type":"toll_free","pattern":"556xxxx"}`:                     {},
	} {
		assert.Equal(t, want, found(t, s, "", body), body)
	}
	for _, body := range []string{
		``, `{}`, `{"type":"short_code"}`, `{"type":"long_code","take":0}`, `{"type":"long_code","take":"10"}`, `{"type":"long_code","npa":"23"}`,
		`{"type":"long_code","line":"12345"}`, `{"type":"toll_free","pattern":"*"}`, `{"type":"long_code","features":["pigeon"]}`, `{"type":"long_code","country":"USA"}`,
	} {
		lenient := opentacttest.NewServer(t, opentacttest.Options{Generation: opentacttest.Gen2024, ServerOptions: numberstest.ServerOptions{Lenient: true}})
		assert.Equal(t, 400, ask(t, lenient, "POST", "/tn/search", body).Status, body)
	}
}

func TestDictionaries(t *testing.T) {
	s := stocked(t, opentacttest.Gen2024)
	assert.Len(t, ask(t, s, "GET", "/dict/country", "").payload(), 3)
	countries := ask(t, s, "GET", "/tn/search/countries", "").payload()
	assert.Len(t, countries, 2)
	assert.Equal(t, "CA", at(t, countries, 0, "a2"))
	assert.Equal(t, `{"success":true,"payload":["IL","NJ"]}`, ask(t, s, "GET", "/dict/lerg/states?country=US", "").Body)
	assert.Equal(t, `{"success":true,"payload":[{"rate_center":"CHICAGO","npa":"234","nxx":"567"},{"rate_center":"AURORA","npa":"233","nxx":"123"}]}`,
		ask(t, s, "GET", "/dict/lerg/ratecenters?state=IL", "").Body)
	assert.Equal(t, 400, ask(t, s, "GET", "/dict/lerg/states", "").Status)
	assert.Equal(t, 400, ask(t, s, "GET", "/dict/lerg/ratecenters", "").Status)
	s.SetGeneration(opentacttest.Gen2021)
	ask(t, s, "GET", "/tn/search/countries", "").refused(404, "Not found")
}
