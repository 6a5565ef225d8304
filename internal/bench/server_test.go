package bench

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/telnyx"
)

const pageSize = 250

// order is a row as the vendor sends it.
func order(i int) string {
	return fmt.Sprintf(`{"id":"12ade33a-21c0-473b-b055-%012d","record_type":"number_order","phone_numbers_count":1,`+
		`"connection_id":"346789098765567","messaging_profile_id":"abc85f64-5717-4562-b3fc-2c9600","billing_group_id":"abc85f64-5717-4562-b3fc-2c9600",`+
		`"phone_numbers":[{"phone_number":"+1970555%04d","id":"dc8e4d67-33a0-4cbb-af74-%012d"}],"sub_number_orders_ids":["bb8e4d67-33a0-4cbb-af74-%012d"],`+
		`"status":"pending","customer_reference":"MY REF %d","created_at":"2018-01-01T00:00:00.000000Z","updated_at":"2018-01-01T00:00:00.000000Z","requirements_met":true}`,
		i, i%10000, i, i, i)
}

// listServer serves total orders in pages, after a delay. The first 10,000 are made
// beforehand.
func listServer(tb testing.TB, total int, delay time.Duration) *httptest.Server {
	tb.Helper()
	pages := (total + pageSize - 1) / pageSize
	serve := func(n int) []byte {
		body := append(make([]byte, 0, pageSize*900), `{"data":[`...)
		for i := (n - 1) * pageSize; i < min(n*pageSize, total); i++ {
			if i > (n-1)*pageSize {
				body = append(body, ',')
			}
			body = append(body, order(i)...)
		}
		return fmt.Appendf(body, `],"meta":{"page_number":%d,"page_size":%d,"total_pages":%d,"total_results":%d}}`, n, pageSize, pages, total)
	}
	bodies := make(map[int][]byte)
	for n := 1; n <= min(pages, 40); n++ {
		bodies[n] = serve(n)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(delay)
		n, _ := strconv.Atoi(r.URL.Query().Get("page[number]"))
		page, ok := bodies[n]
		if !ok {
			page = serve(n)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(page)))
		_, _ = w.Write(page)
	}))
	tb.Cleanup(srv.Close)
	return srv
}

// createServer answers every order.
func createServer(tb testing.TB) *httptest.Server {
	tb.Helper()
	body := []byte(`{"data":` + order(1) + `}`)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			PhoneNumbers []struct {
				PhoneNumber string `json:"phone_number"`
			} `json:"phone_numbers"`
		}
		if json.NewDecoder(r.Body).Decode(&in) != nil || len(in.PhoneNumbers) != 1 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}))
	tb.Cleanup(srv.Close)
	return srv
}

// transport has enough connections for both sides.
func transport(tb testing.TB) *http.Transport {
	t := &http.Transport{MaxIdleConnsPerHost: 16}
	tb.Cleanup(t.CloseIdleConnections)
	return t
}

func client(tb testing.TB, srv *httptest.Server) *telnyx.Client {
	tb.Helper()
	c, err := telnyx.New(telnyx.APIKeyAuth("KEYbench"), &numbers.ClientOptions{
		BaseURL: srv.URL, HTTPClient: &http.Client{Transport: transport(tb)},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}
