package exclusive_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
)

// answering is a client of a PBX that always gives the same answer, to
// everything but a login.
func answering(t testing.TB, auth exclusive.Auth, status int, body string) *exclusive.Client {
	t.Helper()
	c, err := exclusive.New("https://pbx.example", auth, &numbers.ClientOptions{
		Retry:      numbers.Retry{Attempts: 1},
		HTTPClient: &http.Client{Transport: vendortest.RoundTrip(func(*http.Request) answer { return answer{Status: status, Body: body} })},
	})
	require.NoError(t, err)
	return c
}

// Whatever a PBX answers: an error of the right type, or a result that says
// something, and that survives another round trip.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		`{"count":1,"items":[{"id":"1","number":"x","created_at":"","enabled":null,"description":"d"}]}`,
		`{"id":"1","number":"x","created_at":"2017-07-21T17:32:28Z","enabled":true}`, `{"items":null}`, `{"items":[{}]}`, `{}`, `null`, ``, `[]`,
		`{"items":[{"id":"1","name":"n","display_name":null,"extension_number":"101"}]}`, "<html>", `{"id":1}`, "\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		c := answering(t, exclusive.TokenAuth(bearer), 200, body).Numbers
		page, err := c.List(ctx, nil)
		survives(t, page, err)
		if err == nil {
			assert.False(t, page.Count.IsZero() && page.Items == nil)
			for _, n := range page.Items {
				assert.NotEmpty(t, n.ID)
			}
		}
		n, err := c.Get(ctx, "1")
		survives(t, n, err)
		assert.True(t, err != nil || n.ID != "")
		queues, err := c.ListCallQueues(ctx, "1")
		survives(t, queues, err)
		agents, err := c.ListAgents(ctx, "1", "2")
		survives(t, agents, err)
		created, err := c.Create(ctx, &exclusive.CreateNumberRequest{Number: "1"})
		survives(t, created, err)
		assert.True(t, err == nil || errors.Is(err, numbers.ErrOutcomeUnknown))
		rows := 0
		for _, err := range c.All(ctx, nil) {
			if rows++; rows > 100_000 {
				t.Fatal("the walk loops")
			}
			if err != nil {
				break
			}
		}
	})
}

func survives[T any](t *testing.T, result *T, err error) {
	t.Helper()
	if err != nil {
		if !errors.Is(err, numbers.ErrIncomplete) { // a list keeps the rows that it could read
			assert.Nil(t, result)
		}
		_, ok := errors.AsType[*numbers.Error](err)
		assert.True(t, ok)
		return
	}
	first, err := json.Marshal(result)
	require.NoError(t, err)
	again := new(T)
	require.NoError(t, json.Unmarshal(first, again))
	second, err := json.Marshal(again)
	require.NoError(t, err)
	assert.Equal(t, string(first), string(second))
}

func FuzzErrorBodies(f *testing.F) {
	for _, seed := range []string{
		`{"errors":[{"code":"DENIED","message":"m","detail":{"a":[1]}}]}`, `{"code":"UNAUTHORIZED","message":"m"}`, `{"errors":[null]}`,
		`{ }`, ``, `<html>`, `{"errors":{}}`, `{"errors":[{"code":7}]}`,
	} {
		f.Add(400, seed)
		f.Add(502, seed)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		status = 400 + (status%200+200)%200
		_, err := answering(t, exclusive.TokenAuth(bearer), status, body).Numbers.Get(ctx, "1")
		e, ok := errors.AsType[*exclusive.Error](err)
		require.True(t, ok)
		assert.Equal(t, status, e.Status)
		assert.NotContains(t, err.Error(), "\n")
		wrapped, _ := errors.AsType[*numbers.Error](err)
		require.NotNil(t, wrapped)
		require.Error(t, wrapped.Kind)
	})
}

func FuzzLogins(f *testing.F) {
	for _, seed := range []string{
		tokens, twoFactor, `{"access_token":"a b"}`, `{"access_token":"A","expires_in":-1}`, `{"access_token":"A","expires_in":1e60}`,
		`{"access_token":"A","expires_at":"0001-01-01T00:00:00Z"}`, `{}`, ``,
	} {
		f.Add(200, seed)
		f.Add(400, seed)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		status = 200 + (status%400+400)%400
		err := list(answering(t, exclusive.LoginAuth(domain, username, password), status, body))
		if err == nil {
			assert.True(t, strings.Contains(body, "access_token") || strings.Contains(strings.ToLower(body), "access"))
			return
		}
		e, ok := errors.AsType[*numbers.Error](err)
		require.True(t, ok)
		assert.Nil(t, e.Attempt)
	})
}

// FuzzWalk walks a list whose pages say anything of it. limit is the largest page,
// whatever is requested; 0 = 100.
func FuzzWalk(f *testing.F) {
	for _, lies := range []string{"", "\x00", "\x01", "\x07", "\x0b", "\x0c\x0d", "\x0f", "\x13", "\x05\x06\x00\x03"} {
		f.Add([]byte(lies), uint16(2000), uint8(0), uint8(0), uint8(0))
		f.Add([]byte(lies), uint16(250), uint8(4), uint8(9), uint8(10))
	}
	f.Fuzz(func(t *testing.T, lies []byte, rows uint16, ahead, top, limit uint8) {
		total := int(rows) % 2001
		var pages atomic.Int64 // pages are read ahead at once
		if limit == 0 || limit > exclusive.MaxPageSize {
			limit = exclusive.MaxPageSize
		}
		c, err := exclusive.New("https://pbx.example", exclusive.TokenAuth(bearer), &numbers.ClientOptions{
			Retry: numbers.Retry{Attempts: 1},
			HTTPClient: &http.Client{Transport: vendortest.RoundTrip(func(r *http.Request) answer {
				skip, size := vendortest.Parameter(r, "skip", 0), min(int(limit), vendortest.Parameter(r, "top", exclusive.MaxPageSize))
				page := int(pages.Add(1))
				return answer{Body: fmt.Sprintf(`{"count":%s,"items":%s}`, vendortest.Lies(lies).Count(page, 0, total),
					vendortest.Rows(total, skip, size, func(i int) string { return fmt.Sprintf(`{"id":%q,"number":"1"}`, vendortest.Row(i)) }))}
			})},
		})
		require.NoError(t, err)
		var opts []numbers.PageOption
		if ahead > 0 {
			opts = append(opts, numbers.ReadAhead(int(ahead)-1))
		}
		all := c.Numbers.All(ctx, &exclusive.ListNumbersRequest{Top: int(top) % (exclusive.MaxPageSize + 1)}, opts...)
		vendortest.Walked(t, all, func(n *exclusive.Number) string { return n.ID }, total)
	})
}
