package fake_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shop is a vendor that counts what it sells.
type shop struct {
	srv  *fake.Server
	sold int
}

func newShop(tb testing.TB, cfg fake.Config) *shop {
	shop := &shop{}
	cfg.Name, cfg.TB = "shop", tb
	cfg.Classify = func(r *http.Request) (string, bool) {
		if r.Method == http.MethodPost {
			return "create order", true
		}
		return "list orders", false
	}
	cfg.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			shop.sold++
		}
		fake.JSON(w, http.StatusOK, fake.Object{{Key: "sold", Value: shop.sold}})
	})
	srv, err := fake.New(cfg)
	require.NoError(tb, err)
	shop.srv = srv
	return shop
}

func TestServes(t *testing.T) {
	for name, cfg := range map[string]fake.Config{
		"socket":             {},
		"memory":             {InMemory: true},
		"TLS":                {TLS: true},
		"TLS in memory":      {TLS: true, InMemory: true},
		"HTTP/2":             {HTTP2: true},
		"HTTP/2 TLS":         {HTTP2: true, TLS: true},
		"HTTP/2 memory":      {HTTP2: true, InMemory: true},
		"HTTP/2 TLS, memory": {HTTP2: true, TLS: true, InMemory: true},
	} {
		t.Run(name, func(t *testing.T) {
			serve := func(t *testing.T) {
				shop := newShop(t, cfg)
				resp, err := shop.srv.HTTPClient().Post(shop.srv.URL()+"/orders?a=b", "application/json", strings.NewReader("{}"))
				require.NoError(t, err)
				defer resp.Body.Close()
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				assert.Equal(t, `{"sold":1}`, string(body))
				rows := shop.srv.Requests()
				require.Len(t, rows, 1)
				assert.Equal(t, cfg.HTTP2, rows[0].Proto == "HTTP/2.0")
				assert.Equal(t, "create order", rows[0].Op)
				assert.Equal(t, "a=b", rows[0].RawQuery)
				assert.Equal(t, "{}", string(rows[0].Body))
				assert.Equal(t, 200, rows[0].Status)
			}
			if cfg.InMemory {
				synctest.Test(t, serve)
			} else {
				serve(t)
			}
		})
	}
}

func TestInjectedFaultStrikesOnce(t *testing.T) {
	shop := newShop(t, fake.Config{})
	shop.srv.Inject(numberstest.Fault{Kind: numberstest.LostReply})
	_, err := shop.srv.HTTPClient().Post(shop.srv.URL()+"/orders", "application/json", strings.NewReader("{}"))
	assert.Error(t, err)
	resp, err := shop.srv.HTTPClient().Post(shop.srv.URL()+"/orders", "application/json", strings.NewReader("{}"))
	require.NoError(t, err)
	resp.Body.Close()
	assert.Equal(t, 2, shop.sold)
}
