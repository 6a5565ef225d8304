package telnyxtest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// FuzzRequests sends what nobody should send: the fake may refuse it, and must not break.
func FuzzRequests(f *testing.F) {
	for _, seed := range [][4]string{
		{"POST", "/number_orders", "", `{"phone_numbers":[{"phone_number":"+19705555098","requirement_group_id":null}]}`},
		{"POST", "/number_orders", "", `{"phone_numbers":[null]}`},
		{"PATCH", "/number_orders/x", "", `null`},
		{"GET", "/number_orders", "page[number]=1099511627776&page[size]=250", ""},
		{"GET", "/number_orders", "filter[created_at][gt]=0001-01-01T00:00:00Z&%zz", ""},
		{"GET", "/available_phone_numbers", "filter[features]=,&filter[limit]=9223372036854775807&filter[best_effort]=true", ""},
		{"GET", "/phone_numbers", "filter[phone_number]=555&sort=", ""},
		{"PATCH", "/phone_numbers/+13125550001", "", `{"tags":null,"external_pin":null,"id":""}`},
		{"PATCH", "/phone_numbers/+13125550001/voice", "", `{"call_forwarding":null}`},
		{"POST", "/number_block_orders", "", `{"starting_number":"+999999999999999","range":10000}`},
		{"POST", "/inexplicit_number_orders", "", `{"ordering_groups":[{"country_iso":"US","count_requested":"1","phone_number_type":"local","phone_number":null}]}`},
		{"POST", "/advanced_orders", "", `{"features":null}`},
		{"POST", "/numbers_features", "", `{"phone_numbers":["+1"]}`},
		{"POST", "/requirement_groups", "", `{"country_code":"DE","phone_number_type":"local","action":"ordering","regulatory_requirements":[{}]}`},
		{"GET", "/phone_numbers_regulatory_requirements", "filter[phone_number]=,", ""},
		{"GET", "/inventory_coverage", "filter[npa]=999&filter[nxx]=0&filter[count]=true", ""},
		{"POST", "/sub_number_orders_report", "", `{"created_at_gt":""}`},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	f.Fuzz(func(t *testing.T, method, path, query, body string) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true, Lenient: true}})
		s.AddNumber(numberstest.Owned{Number: "+13125550001"})
		r, err := http.NewRequestWithContext(t.Context(), method, s.URL(), strings.NewReader(body))
		if err != nil || !strings.HasPrefix(path, "/") || method == http.MethodConnect {
			return
		}
		r.URL.Path, r.URL.RawQuery = "/v2"+path, query
		if _, err := url.ParseRequestURI(r.URL.RequestURI()); err != nil {
			return
		}
		r.Header.Set("Authorization", "Bearer "+telnyxtest.APIKey)
		r.Header.Set("Content-Type", "application/json")
		resp, err := s.HTTPClient().Do(r)
		if err != nil {
			return
		}
		defer resp.Body.Close()
		assert.NotEqual(t, http.StatusInternalServerError, resp.StatusCode)
		s.Settle()
		s.Books()
	})
}
