package voipbintest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

func TestRateLimits(t *testing.T) {
	clock := newClock(then())
	srv := voipbintest.NewServer(t, voipbintest.Options{RateLimits: true, ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	auth := "Bearer " + srv.Token(voipbintest.Username)
	get := func(path string) answer { return anonymous(t, srv, "GET", path, "", "Authorization", auth) }
	for range 33 {
		assert.Equal(t, 200, get("/v1.0/numbers").status)
	}
	a := get("/v1.0/numbers")
	a.envelope(t, 429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED")
	assert.Equal(t, "1", a.header.Get("Retry-After"))
	assert.Contains(t, a.body, `{"error":{"details":[{"limited_by":"customer"}],`)
	assert.Equal(t, 200, get("/v1.0/order_numbers").status, "there were no limits in 2021")
	clock.Advance(time.Second)
	for range 17 {
		assert.Equal(t, 200, get("/v1.0/numbers").status)
	}
	assert.Equal(t, 429, get("/v1.0/numbers").status)

	for range 20 {
		assert.Equal(t, 400, anonymous(t, srv, "POST", "/auth/login", "{}").status)
	}
	a = anonymous(t, srv, "POST", "/auth/login", "{}")
	assert.Equal(t, 429, a.status)
	assert.Contains(t, a.body, `"limited_by":"ip"`)

	for range 400 - 18 { // of the address's; 18 are used in this second
		assert.Equal(t, 401, anonymous(t, srv, "GET", "/v1.0/numbers", "").status)
	}
	a = anonymous(t, srv, "GET", "/v1.0/numbers", "")
	assert.Equal(t, 429, a.status)
	assert.Contains(t, a.body, `"limited_by":"ip"`)
}
