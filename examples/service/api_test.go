package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// README.md shows what the program really prints, apart from times.
func TestReadmeShowsTheRealOutput(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), nil, func(string) string { return "" }, &out, io.Discard))
	times := regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z|"retry_after": \d+`)
	same := func(text string) string { return times.ReplaceAllString(text, "TIME") }
	for _, part := range strings.Split(same(out.String()), "# ")[1:] {
		assert.Contains(t, same(string(readme)), strings.TrimSpace(part[strings.Index(part, "\n"):]))
	}
}

func TestRequestsThatAreRefused(t *testing.T) {
	srv := fakeTelnyx(t, 0)
	config := configFor(t, srv)
	config.token = "secret"
	c, _ := here(t, config, io.Discard)
	assert.Equal(t, http.StatusUnauthorized, c.do(t, http.MethodGet, "/v1/offers", "", "").status)
	c.token = "another"
	assert.Equal(t, "/problems/unauthorized", c.do(t, http.MethodPost, purchases, "job", wants(number)).problem(t).Type)
	c.token = "secret"
	for _, refused := range []struct {
		method, path, key, body string
		status                  int
		slug                    string
	}{
		{http.MethodPost, purchases, "", wants(number), 400, "invalid"},
		{http.MethodPost, purchases, strings.Repeat("k", 201), wants(number), 400, "invalid"},
		{http.MethodPost, purchases, "k~1", wants(number), 400, "invalid"},
		{http.MethodPost, purchases, "k", wants(), 400, "invalid"},
		{http.MethodPost, purchases, "k", wants("3125550100"), 400, "invalid"},
		{http.MethodPost, purchases, "k", `{"numbers": [`, 400, "invalid"},
		{http.MethodPost, purchases, "k", wants(number) + "x", 400, "invalid"},
		{http.MethodPost, purchases, "k", `{"number": "+13125550100"}`, 400, "invalid"},
		{http.MethodPost, purchases, "k", `{"numbers": ["+13125550100"], "max_monthly": {"amount": "0.10", "currency": "USD"}}`, 422, "over-cap"},
		{http.MethodPost, "/v1/quotes", "", "", 400, "invalid"},
		{http.MethodGet, purchases + "/nobody", "", "", 404, "not-found"},
		{http.MethodGet, "/v1/offers?limit=0", "", "", 400, "invalid"},
		{http.MethodDelete, "/v1/numbers/7", "", "", 400, "invalid"},
		{http.MethodDelete, "/v1/numbers/+13125559999", "", "", 404, "not-found"},
	} {
		got := c.do(t, refused.method, refused.path, refused.key, refused.body)
		assert.Equal(t, refused.status, got.status, "%+v: %s", refused, got.body)
		p := got.problem(t)
		assert.Equal(t, problemPath+refused.slug, p.Type)
		page := c.do(t, http.MethodGet, p.Type, "", "")
		assert.Equal(t, http.StatusOK, page.status)
	}
	assert.Zero(t, orders(srv))
}

// The vendor's failure is a problem, and the same key buys later.
func TestVendorFails(t *testing.T) {
	srv := fakeTelnyx(t, 0)
	srv.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, Status: http.StatusPaymentRequired})
	c, _ := here(t, configFor(t, srv), io.Discard)
	got := c.do(t, http.MethodPost, purchases, "job", wants(number))
	p := got.problem(t)
	assert.NotEqual(t, http.StatusOK, got.status)
	require.NotNil(t, p.Purchase)
	assert.Equal(t, "incomplete", p.Purchase.State)
	assert.Contains(t, p.Purchase.NotBought, numbers.E164(number))
	status := c.do(t, http.MethodGet, purchases+"/job", "", "")
	assert.Equal(t, string(got.body), string(status.body))

	assert.Equal(t, http.StatusOK, c.do(t, http.MethodPost, purchases, "job", wants(number)).status)
	assert.Equal(t, "complete", c.do(t, http.MethodGet, purchases+"/job", "", "").view(t).State)
	soldOnce(t, srv, number)
}

// What was bought and given back is not complete.
func TestReleasedPurchase(t *testing.T) {
	srv := fakeTelnyx(t, 0)
	c, _ := here(t, configFor(t, srv), io.Discard)
	require.Equal(t, http.StatusOK, c.do(t, http.MethodPost, purchases, "job", wants(number)).status)
	require.Equal(t, http.StatusNoContent, c.do(t, http.MethodDelete, "/v1/numbers/"+number, "", "").status)
	got := c.do(t, http.MethodGet, purchases+"/job", "", "")
	assert.Equal(t, http.StatusNotFound, got.status)
	assert.Equal(t, "incomplete", got.problem(t).Purchase.State)
}

func TestRateLimit(t *testing.T) {
	srv := fakeTelnyx(t, 0)
	config := configFor(t, srv)
	config.rate = 0.001
	c, _ := here(t, config, io.Discard)
	c.do(t, http.MethodGet, purchases+"/k", "", "")
	got := c.do(t, http.MethodGet, purchases+"/k", "", "")
	assert.Equal(t, http.StatusTooManyRequests, got.status)
	assert.Equal(t, "1", got.header.Get("Retry-After"))
	assert.Equal(t, "/problems/too-many-requests", got.problem(t).Type)
	for _, path := range []string{"/healthz", "/readyz"} {
		assert.Equal(t, http.StatusOK, c.do(t, http.MethodGet, path, "", "").status, "health is not limited")
	}
}

// Every kind has one problem type.
func TestKinds(t *testing.T) {
	slugs := make(map[string]bool)
	for _, k := range append(kinds(), ownKinds()...) {
		assert.False(t, slugs[k.slug], k.slug)
		slugs[k.slug] = true
		p := problemOf(fmt.Errorf("wrapped: %w", k.err))
		assert.Equal(t, problemPath+k.slug, p.Type)
		assert.Equal(t, k.status, p.Status)
		assert.NotEmpty(t, p.Title)
		assert.NotEmpty(t, p.Detail)
	}
	assert.Equal(t, problemPath+"vendor-error", problemOf(errors.New("anything")).Type)
	unknown := &numbers.Error{Kind: numbers.ErrOutcomeUnknown, Err: numbers.ErrRateLimited}
	assert.Equal(t, problemPath+"outcome-unknown", problemOf(unknown).Type)
}

func TestCommandLine(t *testing.T) {
	env := func(values ...string) func(string) string {
		return func(name string) string {
			for i := 0; i < len(values); i += 2 {
				if values[i] == name {
					return values[i+1]
				}
			}
			return ""
		}
	}
	for _, wrong := range [][]string{{"x"}, {"-unknown"}, {"-telemetry", "file"}, {"-rate", "0"}, {"-listen", ":8080"}, {"-listen", "192.0.2.1:80"}} {
		_, err := parse(wrong, env(), io.Discard)
		assert.ErrorIs(t, err, errUsage, wrong)
	}
	_, err := parse(nil, env("TNKIT_TELNYX_API_KEY", "KEYx"), io.Discard)
	require.ErrorIs(t, err, errUsage, "the conversation spends no money")
	_, err = parse([]string{"-listen", ":8080"}, env("TNKIT_SERVICE_TOKEN", "secret"), io.Discard)
	require.NoError(t, err)
	require.ErrorIs(t, run(t.Context(), []string{"-h"}, env(), io.Discard, io.Discard), flag.ErrHelp)
}
