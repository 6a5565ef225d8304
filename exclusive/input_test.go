package exclusive_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
)

func TestBadRequestsAreRefusedBeforeAnythingIsSent(t *testing.T) {
	srv := serve(t, vendortest.Text("{}"))
	c := srv.client(t).Numbers
	long, wordy := strings.Repeat("ä", 65), strings.Repeat("ö", 1025)
	create := func(r *exclusive.CreateNumberRequest) error {
		_, err := c.Create(ctx, r)
		_, both := c.CreateAndGet(ctx, r)
		require.ErrorIs(t, both, numbers.ErrInvalid)
		return err
	}
	change := func(r *exclusive.UpdateNumberRequest) error {
		_, err := c.Modify(ctx, "1", r)
		require.ErrorIs(t, err, numbers.ErrInvalid)
		return c.Update(ctx, "1", r)
	}
	assertInvalid(t, create(nil), "request")
	assertInvalid(t, create(&exclusive.CreateNumberRequest{}), "Number")
	assertInvalid(t, create(&exclusive.CreateNumberRequest{Number: long}), "Number")
	assertInvalid(t, create(&exclusive.CreateNumberRequest{Number: "1", Description: &wordy}), "Description")
	assertInvalid(t, change(nil), "request")
	assertInvalid(t, change(&exclusive.UpdateNumberRequest{}), "request")
	assertInvalid(t, change(&exclusive.UpdateNumberRequest{Number: new("")}), "Number")
	assertInvalid(t, change(&exclusive.UpdateNumberRequest{Number: &long}), "Number")
	assertInvalid(t, change(&exclusive.UpdateNumberRequest{Description: &wordy}), "Description")
	assertInvalid(t, c.SetAgents(ctx, "1", "2", nil), "request")
	assertInvalid(t, c.SetAgents(ctx, "1", "2", &exclusive.SetAgentsRequest{}), "Items")
	assertInvalid(t, c.SetAgents(ctx, "1", "2", &exclusive.SetAgentsRequest{Items: []string{"101", ""}}), "Items[1]")
	assert.Empty(t, srv.Received())
}

func TestTheLimitsThemselvesPassAndCountCharacters(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"id":"1"}`))
	c := srv.client(t).Numbers
	_, err := c.Create(ctx, &exclusive.CreateNumberRequest{Number: strings.Repeat("ä", 64), Description: new(strings.Repeat("ö", 1024))})
	require.NoError(t, err)
	require.NoError(t, c.Update(ctx, "1", &exclusive.UpdateNumberRequest{Number: new(strings.Repeat("ä", 64))}))
}

func TestFalseAndEmptyAreSent(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"id":"1"}`))
	c := srv.client(t).Numbers
	_, err := c.Create(ctx, &exclusive.CreateNumberRequest{Number: "text", Enabled: new(false), Description: new("")})
	require.NoError(t, err)
	require.NoError(t, c.Update(ctx, "1", &exclusive.UpdateNumberRequest{Enabled: new(false), Description: new("")}))
	_, err = c.Create(ctx, &exclusive.CreateNumberRequest{Number: "text"})
	require.NoError(t, err)
	var bodies []string
	for _, r := range srv.Received() {
		bodies = append(bodies, r.Body)
	}
	assert.Equal(t, []string{
		`{"number":"text","enabled":false,"description":""}`,
		`{"enabled":false,"description":""}`,
		`{"number":"text"}`,
	}, bodies)
}

func TestIDsThatReachAnotherEndpointAreRefused(t *testing.T) {
	srv := serve(t, vendortest.Text("{}"))
	c := srv.client(t).Numbers
	agents := &exclusive.SetAgentsRequest{Items: []string{"101"}}
	for _, bad := range []string{"", ".", "..", "a/../..", "export"} {
		for name, call := range map[string]func(id string) error{
			"Get":    func(id string) error { _, err := c.Get(ctx, id); return err },
			"Update": func(id string) error { return c.Update(ctx, id, &exclusive.UpdateNumberRequest{Number: new("1")}) },
			"Modify": func(id string) error {
				_, err := c.Modify(ctx, id, &exclusive.UpdateNumberRequest{Number: new("1")})
				return err
			},
			"Delete":         func(id string) error { return c.Delete(ctx, id) },
			"ListCallQueues": func(id string) error { _, err := c.ListCallQueues(ctx, id); return err },
			"ListAgents":     func(id string) error { _, err := c.ListAgents(ctx, id, "7"); return err },
			"SetAgents":      func(id string) error { return c.SetAgents(ctx, id, "7", agents) },
			"ClearAgents":    func(id string) error { return c.ClearAgents(ctx, id, "7") },
		} {
			t.Run(name+"/"+bad, func(t *testing.T) { assertInvalid(t, call(bad), "id") })
		}
		if bad == "export" {
			continue // a queue may have that id
		}
		_, err := c.ListAgents(ctx, "1", bad)
		assertInvalid(t, err, "queue_id")
		assertInvalid(t, c.SetAgents(ctx, "1", bad, agents), "queue_id")
		assertInvalid(t, c.ClearAgents(ctx, "1", bad), "queue_id")
	}
	assert.Empty(t, srv.Received())
}

func TestIDsAreEscaped(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"id":"a/b?c#d e"}`))
	_, err := srv.client(t).Numbers.Get(ctx, "a/b?c#d e")
	require.NoError(t, err)
	assert.Equal(t, []string{"GET /api/exclusive_numbers/a%2Fb%3Fc%23d%20e"}, srv.Targets())
}

func TestNewRefusesWhatMakesNoSense(t *testing.T) {
	good := exclusive.TokenAuth(bearer)
	for _, bad := range []struct {
		name, base, field string
		auth              exclusive.Auth
		opts              *numbers.ClientOptions
	}{
		{"no base", "", "BaseURL", good, nil},
		{"a host alone", "pbx.example", "BaseURL", good, nil},
		{"plain http", "http://pbx.example:8888", "BaseURL", good, nil},
		{"a user", "https://me:secret@pbx.example", "BaseURL", good, nil},
		{"a query", "https://pbx.example?x=1", "BaseURL", good, nil},
		{"a fragment", "https://pbx.example#x", "BaseURL", good, nil},
		{"two bases", "https://pbx.example", "BaseURL", good, &numbers.ClientOptions{BaseURL: "https://other.example"}},
		{"no credential", "https://pbx.example", "auth", exclusive.Auth{}, nil},
		{"an empty token", "https://pbx.example", "auth", exclusive.TokenAuth(""), nil},
		{"a broken token", "https://pbx.example", "auth", exclusive.TokenAuth("a\nb"), nil},
		{"bad options", "https://pbx.example", "Retry", good, &numbers.ClientOptions{Retry: numbers.Retry{Attempts: -1}}},
	} {
		t.Run(bad.name, func(t *testing.T) {
			c, err := exclusive.New(bad.base, bad.auth, bad.opts)
			assert.Nil(t, c)
			assertInvalid(t, err, bad.field)
			assert.NotContains(t, err.Error(), "secret")
		})
	}
	_, err := exclusive.New("http://pbx.example:8888", good, &numbers.ClientOptions{AllowHTTP: true})
	require.NoError(t, err)
}

func TestTheBaseMayHaveThePrefixOrNot(t *testing.T) {
	for _, suffix := range []string{"", "/", "/api", "/api/"} {
		srv := serve(t, vendortest.Text(`{"count":0,"items":[]}`))
		c, err := exclusive.New(srv.URL+suffix, exclusive.TokenAuth(bearer), nil)
		require.NoError(t, err)
		_, err = c.Numbers.List(ctx, nil)
		require.NoError(t, err)
		assert.Equal(t, []string{"GET /api/exclusive_numbers"}, srv.Targets())
	}
}

func TestDoReachesOtherEndpoints(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"count":0}`), vendortest.Failing(404, coded("UNKNOWN")))
	c := srv.client(t)
	r, err := c.Do(ctx, &numbers.RawRequest{Method: "GET", Path: "/vip_numbers", Query: map[string][]string{"top": {"1"}}})
	require.NoError(t, err)
	assert.JSONEq(t, `{"count":0}`, string(r.Body))
	_, err = c.Do(ctx, &numbers.RawRequest{Method: "POST", Path: "/vip_numbers", Body: strings.NewReader("{}")})
	require.ErrorIs(t, err, numbers.ErrVendor, "it may be about anything")
	assert.Equal(t, []string{"GET /api/vip_numbers?top=1", "POST /api/vip_numbers"}, srv.Targets())
	assert.Equal(t, "Bearer "+bearer, srv.Received()[0].Header.Get("Authorization"))
}

func TestModifyKeepsWhatIsNotSet(t *testing.T) {
	disabled := `{"id":"1","number":"+4930","enabled":false,"description":"keep"}`
	for _, step := range []struct {
		name    string
		read    string
		request exclusive.UpdateNumberRequest
		sent    string
	}{
		{"a disabled number stays disabled", disabled, exclusive.UpdateNumberRequest{Number: new("+4931")}, `{"number":"+4931","enabled":false,"description":"keep"}`},
		{"enabled", disabled, exclusive.UpdateNumberRequest{Enabled: new(true)}, `{"number":"+4930","enabled":true,"description":"keep"}`},
		{"blank", `{"id":"1","number":"+4930","enabled":true,"description":null}`, exclusive.UpdateNumberRequest{Enabled: new(false)}, `{"number":"+4930","enabled":false}`},
		{"cleared", disabled, exclusive.UpdateNumberRequest{Description: new("")}, `{"number":"+4930","enabled":false,"description":""}`},
		{"enabled where nothing is said", `{"id":"1","number":"+4930"}`, exclusive.UpdateNumberRequest{Enabled: new(true)}, `{"number":"+4930","enabled":true}`},
	} {
		t.Run(step.name, func(t *testing.T) {
			srv := serve(t, vendortest.Text(step.read), answer{})
			n, err := srv.client(t).Numbers.Modify(ctx, "1", &step.request)
			require.NoError(t, err)
			require.Len(t, srv.Received(), 2)
			assert.JSONEq(t, step.sent, srv.Received()[1].Body)
			assert.Equal(t, "1", n.ID)
			assert.JSONEq(t, step.sent, vendortest.Encode(t, exclusive.UpdateNumberRequest{Number: &n.Number, Enabled: n.Enabled, Description: n.Description}))
		})
	}
}

// A PBX, or a cache before it, that answers with another row: Modify would write that
// row's content.
func TestAnotherNumberThanTheRequestedOne(t *testing.T) {
	for _, id := range []string{"2", "NZAW", "nzaw"} {
		srv := serve(t, vendortest.Text(`{"id":"NzAw","number":"+4930","enabled":true}`))
		c := srv.client(t).Numbers
		n, err := c.Get(ctx, id)
		assert.Nil(t, n)
		require.ErrorIs(t, err, numbers.ErrVendor)
		n, err = c.Modify(ctx, id, &exclusive.UpdateNumberRequest{Enabled: new(false)})
		assert.Nil(t, n)
		require.ErrorIs(t, err, numbers.ErrVendor)
		assert.Equal(t, []string{"GET /api/exclusive_numbers/" + id, "GET /api/exclusive_numbers/" + id}, srv.Targets(), "nothing was updated")

		srv = serve(t, vendortest.Text(`{"id":"NzAw"}`), vendortest.Text(`{"id":"`+id+`","number":"+4930","enabled":true}`))
		n, err = srv.client(t).Numbers.CreateAndGet(ctx, &exclusive.CreateNumberRequest{Number: "+4930"})
		require.ErrorIs(t, err, numbers.ErrVendor)
		assert.Equal(t, "NzAw", n.ID, "it is registered")
	}
}

func TestModifyDoesNotGuessWhetherANumberIsEnabled(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"id":"1","number":"+4930","enabled":null}`))
	n, err := srv.client(t).Numbers.Modify(ctx, "1", &exclusive.UpdateNumberRequest{Number: new("+4931")})
	require.ErrorIs(t, err, numbers.ErrVendor)
	assert.Contains(t, err.Error(), "set Enabled")
	assert.Nil(t, n)
	assert.Len(t, srv.Received(), 1, "nothing but the reading")
}

func TestACancelledReadBackSaysSoAndNamesTheNumber(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"id":"77"}`))
	stopped, cancel := context.WithCancel(ctx)
	c := srv.client(t, func(o *numbers.ClientOptions) {
		o.OnAttempt = func(context.Context, numbers.AttemptInfo) { cancel() }
	})
	n, err := c.Numbers.CreateAndGet(stopped, &exclusive.CreateNumberRequest{Number: "x"})
	require.ErrorIs(t, err, context.Canceled)
	assert.NotErrorIs(t, err, numbers.ErrUnreachable)
	require.NotNil(t, n)
	assert.Equal(t, "77", n.ID)
	assert.Len(t, srv.Received(), 1)
}
