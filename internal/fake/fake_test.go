package fake_test

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shop is a vendor that counts what it sells.
type shop struct {
	srv    *fake.Server
	sold   int
	during func(r *http.Request) // runs in the handler
}

func newShop(tb testing.TB, cfg fake.Config) *shop {
	shop := &shop{}
	cfg.Name = "shop"
	if cfg.TB == nil {
		cfg.TB = tb
	}
	cfg.Classify = func(r *http.Request) (string, bool) {
		if r.Method == http.MethodPost {
			return "create order", true
		}
		return "list orders", false
	}
	cfg.FaultBody = func(status int) (string, []byte) {
		return "application/problem+json", fmt.Appendf(nil, `{"error":%d}`, status)
	}
	cfg.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if shop.during != nil {
			shop.during(r)
		}
		w.Header().Set("Vendor", "yes")
		if r.Method != http.MethodPost {
			fake.JSON(w, http.StatusOK, fake.Object{{Key: "sold", Value: shop.sold}})
			return
		}
		shop.sold++
		fake.JSON(w, http.StatusCreated, fake.Object{{Key: "order", Value: "one"}})
	})
	srv, err := fake.New(cfg)
	require.NoError(tb, err)
	shop.srv = srv
	return shop
}

func (s *shop) Sold() int {
	s.srv.Lock()
	defer s.srv.Unlock()
	return s.sold
}

// awaitFault returns when the fault has struck the first request, and the vendor was asked if the fault lets it.
func (s *shop) awaitFault(f numberstest.Fault) {
	for {
		rows := s.srv.Requests()
		if len(rows) == 1 && len(rows[0].Faults) == 1 && rows[0].Committed == f.Commits() {
			return
		}
		runtime.Gosched()
	}
}

// order buys, and reads the answer to its end.
func (s *shop) order(t *testing.T) *http.Response {
	t.Helper()
	resp, err := s.srv.HTTPClient().Post(s.srv.URL()+"/orders", "application/json", strings.NewReader("{}"))
	require.NoError(t, err)
	defer resp.Body.Close()
	_, err = io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp
}

func (s *shop) get(t *testing.T, path string) (status int, body string) {
	t.Helper()
	resp, err := s.srv.HTTPClient().Get(s.srv.URL() + path)
	require.NoError(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(b)
}

func TestServes(t *testing.T) {
	for name, cfg := range map[string]fake.Config{
		"socket":             {},
		"memory":             {ServerOptions: numberstest.ServerOptions{InMemory: true}},
		"TLS":                {ServerOptions: numberstest.ServerOptions{TLS: true}},
		"TLS in memory":      {ServerOptions: numberstest.ServerOptions{TLS: true, InMemory: true}},
		"HTTP/2":             {ServerOptions: numberstest.ServerOptions{HTTP2: true}},
		"HTTP/2 TLS":         {ServerOptions: numberstest.ServerOptions{HTTP2: true, TLS: true}},
		"HTTP/2 memory":      {ServerOptions: numberstest.ServerOptions{HTTP2: true, InMemory: true}},
		"HTTP/2 TLS, memory": {ServerOptions: numberstest.ServerOptions{HTTP2: true, TLS: true, InMemory: true}},
	} {
		t.Run(name, func(t *testing.T) {
			serve := func(t *testing.T) {
				clock := fake.NewClock(time.Date(2020, 2, 3, 4, 5, 6, 7, time.UTC))
				cfg.Now = clock.Now
				shop := newShop(t, cfg)
				long := strings.Repeat("x", 1<<20+1)
				req, err := http.NewRequest(http.MethodPost, shop.srv.URL()+"/orders/a%2Fb?a=b&c", strings.NewReader(long))
				require.NoError(t, err)
				req.Header.Set("Authorization", "Bearer key")
				resp, err := shop.srv.HTTPClient().Do(req)
				require.NoError(t, err)
				defer resp.Body.Close()
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				assert.Equal(t, vendorBody, string(body))
				assert.Equal(t, "Mon, 03 Feb 2020 04:05:06 GMT", resp.Header.Get("Date"))

				rows := shop.srv.Requests()
				require.Len(t, rows, 1)
				row := rows[0]
				assert.Equal(t, map[bool]string{false: "HTTP/1.1", true: "HTTP/2.0"}[cfg.HTTP2], row.Proto)
				assert.Equal(t, "key", strings.TrimPrefix(row.Header.Get("Authorization"), "Bearer "))
				assert.True(t, long[1:] == string(row.Body), "the first mebibyte of the body")
				row.Body[0], row.Header["Authorization"][0] = 'y', "mine" // a copy
				assert.Equal(t, byte('x'), shop.srv.Requests()[0].Body[0])
				assert.Equal(t, "Bearer key", shop.srv.Requests()[0].Header.Get("Authorization"))
				row.Proto, row.Header, row.Body = "", nil, nil
				assert.Equal(t, numberstest.Request{
					Time: clock.Now(), Method: "POST", Host: req.URL.Host, Path: "/orders/a%2Fb", RawQuery: "a=b&c",
					Op: "create order", Buys: true, Status: 201, Committed: true,
				}, row)
			}
			if cfg.InMemory {
				synctest.Test(t, serve)
			} else {
				serve(t)
			}
		})
	}
}

func TestNewNeedsItsConfig(t *testing.T) {
	h := http.NotFoundHandler()
	classify := func(*http.Request) (string, bool) { return "", false }
	for _, cfg := range []fake.Config{
		{Handler: h, Classify: classify},
		{Name: "shop", Classify: classify},
		{Name: "shop", Handler: h},
	} {
		_, err := fake.New(cfg)
		assert.ErrorContains(t, err, "Config.")
	}
}

func TestCloseTwiceAndThenNobodyAnswers(t *testing.T) {
	for _, memory := range []bool{false, true} {
		shop := newShop(t, fake.Config{ServerOptions: numberstest.ServerOptions{InMemory: memory}})
		shop.order(t)
		shop.srv.Close()
		shop.srv.Close()
		_, err := shop.srv.HTTPClient().Get(shop.srv.URL() + "/orders")
		assert.Error(t, err)
		assert.Len(t, shop.srv.Requests(), 1)
	}
}

func TestInMemoryClientReachesNothingElse(t *testing.T) {
	shop := newShop(t, fake.Config{ServerOptions: numberstest.ServerOptions{InMemory: true}})
	_, err := shop.srv.HTTPClient().Get("http://localhost:2/")
	assert.ErrorContains(t, err, "reaches only itself")
}

func TestAnswersArriveAsTheHandlerWroteThem(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		write := func(w http.ResponseWriter) {}
		srv, err := fake.New(fake.Config{
			Name: "raw", TB: t, ServerOptions: numberstest.ServerOptions{HTTP2: http2},
			Classify: func(*http.Request) (string, bool) { return "", false },
			Handler:  http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { write(w) }),
		})
		require.NoError(t, err)
		answer := func(method string, f func(w http.ResponseWriter)) (*http.Response, string) {
			write = f
			req, err := http.NewRequest(method, srv.URL(), nil)
			require.NoError(t, err)
			resp, err := srv.HTTPClient().Do(req)
			require.NoError(t, err)
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			return resp, string(body)
		}

		resp, body := answer("GET", func(w http.ResponseWriter) { w.WriteHeader(400) })
		assert.Equal(t, 400, resp.StatusCode)
		assert.Empty(t, body)
		assert.NotContains(t, resp.Header, "Content-Type")

		resp, body = answer("GET", func(w http.ResponseWriter) { w.Write([]byte("<html>")) })
		assert.Equal(t, 200, resp.StatusCode)
		assert.Equal(t, "<html>", body)
		assert.NotContains(t, resp.Header, "Content-Type", "no guess from the body")

		resp, body = answer("DELETE", func(w http.ResponseWriter) { w.WriteHeader(204) })
		assert.Equal(t, 204, resp.StatusCode)
		assert.Empty(t, body)

		resp, body = answer("HEAD", func(w http.ResponseWriter) { fake.JSON(w, 200, 1) })
		assert.Equal(t, "application/json", resp.Header.Get("Content-Type"))
		assert.Empty(t, body)

		resp, _ = answer("GET", func(w http.ResponseWriter) {
			w.WriteHeader(201)
			w.WriteHeader(500)
			w.Header().Set("Late", "yes")
		})
		assert.Equal(t, 201, resp.StatusCode)
		assert.NotContains(t, resp.Header, "Late")
	}
}

func TestTooLongBody(t *testing.T) {
	shop := newShop(t, fake.Config{})
	resp, err := shop.srv.HTTPClient().Post(shop.srv.URL()+"/orders", "text/plain", strings.NewReader(strings.Repeat("x", 8<<20+1)))
	if err == nil { // else the connection was closed while the body was on its way
		resp.Body.Close()
		assert.Equal(t, http.StatusRequestEntityTooLarge, resp.StatusCode)
	}
	assert.Zero(t, shop.Sold())
	require.Len(t, shop.srv.Requests(), 1)
	assert.Equal(t, http.StatusRequestEntityTooLarge, shop.srv.Requests()[0].Status)
}

func TestManyClientsAtOnce(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		shop := newShop(t, fake.Config{ServerOptions: numberstest.ServerOptions{HTTP2: http2}})
		shop.srv.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Times: 10})
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 10 {
					resp, err := shop.srv.HTTPClient().Post(shop.srv.URL()+"/orders", "application/json", strings.NewReader("{}"))
					if assert.NoError(t, err) {
						resp.Body.Close()
					}
					shop.srv.Requests()
					shop.srv.Books()
				}
			})
		}
		wg.Wait()
		assert.Equal(t, 70, shop.Sold())
		assert.Len(t, shop.srv.Requests(), 80)
		assert.Empty(t, shop.srv.Unused())
	}
}
