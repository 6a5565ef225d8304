package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

type benchOrder struct {
	ID      string      `json:"id"`
	Status  string      `json:"status"`
	Numbers []benchItem `json:"phone_numbers"`
	Created time.Time   `json:"created_at"`
}

type benchItem struct {
	ID     string `json:"id"`
	Number string `json:"phone_number"`
	Status string `json:"status"`
}

type benchPage struct {
	Data []benchOrder `json:"data"`
}

const benchOrderJSON = `{"id":"12ade33a-21c0-473b-b055-b3c836e1c292","status":"pending","created_at":"2026-01-01T00:00:00Z","phone_numbers":[` +
	`{"id":"1","phone_number":"+12025550101","status":"pending"},{"id":"2","phone_number":"+12025550102","status":"pending"}]}`

// benchServer answers POST with an order, and GET with a page of 250.
func benchServer(b *testing.B, http2 bool) (url string, transport func() *http.Transport) {
	b.Helper()
	page := `{"data":[` + strings.TrimSuffix(strings.Repeat(benchOrderJSON+",", 250), ",") + `]}`
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		body := page
		if r.Method == http.MethodPost {
			body = benchOrderJSON
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = io.WriteString(w, body)
	}))
	if http2 {
		srv.EnableHTTP2 = true
		srv.StartTLS()
	} else {
		srv.Start()
	}
	b.Cleanup(srv.Close)
	return srv.URL, func() *http.Transport {
		t := srv.Client().Transport.(*http.Transport).Clone()
		b.Cleanup(t.CloseIdleConnections)
		return t
	}
}

// byHand is what a careful programmer writes without this package.
func byHand(ctx context.Context, c *http.Client, method, url string, body, into any) error {
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return err
		}
		reader = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, reader)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer KEY0123456789")
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("HTTP %d", resp.StatusCode)
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// sides runs the same work by this package and by hand: each alone, which
// tells the allocations, and both in turns, which tells the ratio of their
// medians whatever else the machine does.
func sides(b *testing.B, work func(ctx context.Context, c *Client) error, hand func(ctx context.Context, c *http.Client, url string) error) {
	for _, http2 := range []bool{false, true} {
		url, transport := benchServer(b, http2)
		auth := Static{Header: "Authorization", Prefix: "Bearer ", Secret: wire.NewSecret("KEY0123456789")}
		ours := newTestClient(b, Config{Auth: auth}, url, &numbers.ClientOptions{}, transport())
		theirs := &http.Client{Transport: transport(), Timeout: time.Minute}
		name := map[bool]string{false: "HTTP1", true: "HTTP2"}[http2]
		b.Run(name+"/api", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, work(b.Context(), ours))
			}
		})
		b.Run(name+"/by hand", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, hand(b.Context(), theirs, url))
			}
		})
		b.Run(name+"/both", func(b *testing.B) {
			var a, z []time.Duration
			for b.Loop() {
				began := time.Now()
				require.NoError(b, work(b.Context(), ours))
				half := time.Now()
				require.NoError(b, hand(b.Context(), theirs, url))
				a, z = append(a, half.Sub(began)), append(z, time.Since(half))
			}
			slices.Sort(a)
			slices.Sort(z)
			b.ReportMetric(float64(a[len(a)/2])/float64(z[len(z)/2]), "ratio")
		})
	}
}

// BenchmarkCreate is one order.
func BenchmarkCreate(b *testing.B) {
	body := benchOrder{Numbers: []benchItem{{Number: "+12025550101"}, {Number: "+12025550102"}}}
	sides(b, func(ctx context.Context, c *Client) error {
		_, err := Get[benchOrder](ctx, c, &Call{
			Op: "Create", Class: Buy, Method: http.MethodPost, Path: "/orders", Body: &body, Numbers: testNumbers,
		})
		return err
	}, func(ctx context.Context, c *http.Client, url string) error {
		var order benchOrder
		return byHand(ctx, c, http.MethodPost, url+"/orders", &body, &order)
	})
}

// BenchmarkList is one page of 250 orders.
func BenchmarkList(b *testing.B) {
	sides(b, func(ctx context.Context, c *Client) error {
		_, err := Get[benchPage](ctx, c, &Call{
			Op: "List", Class: Read, Method: http.MethodGet, Path: "/orders", Query: params{Name: "x"},
		})
		return err
	}, func(ctx context.Context, c *http.Client, url string) error {
		var page benchPage
		return byHand(ctx, c, http.MethodGet, url+"/orders?name=x", nil, &page)
	})
}
