package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
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
func benchServer(b *testing.B) string {
	b.Helper()
	page := `{"data":[` + strings.TrimSuffix(strings.Repeat(benchOrderJSON+",", 250), ",") + `]}`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		body := page
		if r.Method == http.MethodPost {
			body = benchOrderJSON
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = io.WriteString(w, body)
	}))
	b.Cleanup(srv.Close)
	return srv.URL
}

func benchClient(b *testing.B, url string) *Client {
	return newTestClient(b, Config{Auth: Static{Header: "Authorization", Prefix: "Bearer ", Secret: wire.NewSecret("KEY0123456789")}},
		url, &numbers.ClientOptions{}, nil)
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

// BenchmarkCreate is one order.
func BenchmarkCreate(b *testing.B) {
	url := benchServer(b)
	body := benchOrder{Numbers: []benchItem{{Number: "+12025550101"}, {Number: "+12025550102"}}}
	b.Run("api", func(b *testing.B) {
		c := benchClient(b, url)
		b.ReportAllocs()
		for b.Loop() {
			_, err := Get[benchOrder](b.Context(), c, &Call{
				Op: "Create", Class: Buy, Method: http.MethodPost, Path: "/orders", Body: &body, Numbers: testNumbers,
			})
			require.NoError(b, err)
		}
	})
	b.Run("by hand", func(b *testing.B) {
		transport := &http.Transport{}
		defer transport.CloseIdleConnections()
		c := &http.Client{Transport: transport, Timeout: time.Minute}
		b.ReportAllocs()
		for b.Loop() {
			var order benchOrder
			require.NoError(b, byHand(b.Context(), c, http.MethodPost, url+"/orders", &body, &order))
		}
	})
}

// BenchmarkList is one page of 250 orders.
func BenchmarkList(b *testing.B) {
	url := benchServer(b)
	b.Run("api", func(b *testing.B) {
		c := benchClient(b, url)
		b.ReportAllocs()
		for b.Loop() {
			_, err := Get[benchPage](b.Context(), c, &Call{
				Op: "List", Class: Read, Method: http.MethodGet, Path: "/orders", Query: params{Name: "x"},
			})
			require.NoError(b, err)
		}
	})
	b.Run("by hand", func(b *testing.B) {
		transport := &http.Transport{}
		defer transport.CloseIdleConnections()
		c := &http.Client{Transport: transport, Timeout: time.Minute}
		b.ReportAllocs()
		for b.Loop() {
			var page benchPage
			require.NoError(b, byHand(b.Context(), c, http.MethodGet, url+"/orders?name=x", nil, &page))
		}
	})
}
