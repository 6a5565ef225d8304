package opentact_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/opentact"
)

var (
	gen2021 = &opentact.OrdererOptions{Generation: opentact.Generation2021}
	gen2024 = &opentact.OrdererOptions{Generation: opentact.Generation2024}
)

func TestTheStateOfAnOrderSince2021(t *testing.T) {
	const (
		asked                              = `"request":{"items":[{"tn":12025550143},{"tn":12025550144}]}`
		pending, complete, failed, partial = numbers.StatePending, numbers.StateComplete, numbers.StateFailed, numbers.StatePartial
	)
	for name, c := range map[string]struct {
		body  string
		want  numbers.State
		items []numbers.State
	}{
		"2021 created":                  {`"state":"created",` + asked + `,"items":[],"errors":[]`, pending, []numbers.State{pending, pending}},
		"2021 accepted is not bought":   {`"state":"processing",` + asked + `,"items":[{"tn":12025550143}],"errors":[{"item":{"tn":12025550144},"reason":"r"}]`, pending, []numbers.State{pending, failed}},
		"2021 partial":                  {`"state":"success",` + asked + `,"items":[{"tn":12025550143}],"errors":[{"item":{"tn":12025550144},"reason":"r"}],"tns":[{"tn":12025550143}],"tnleases":[]`, partial, []numbers.State{complete, failed}},
		"2021 success":                  {`"state":"success",` + asked + `,"items":[{"tn":12025550143},{"tn":12025550144}],"errors":[]`, complete, []numbers.State{complete, complete}},
		"2021 failed":                   {`"state":"failed",` + asked + `,"items":[],"errors":[{"item":{"tn":12025550143},"reason":"r"},{"item":{"tn":12025550144},"reason":"r"}]`, failed, []numbers.State{failed, failed}},
		"2024 processing":               {`"state":"processing","total":2,"success":1,"processing":1,"failed":0,"tn_items":[{"tn":12025550143,"state":"success"},{"tn":12025550144,"state":"processing"}]`, pending, []numbers.State{complete, pending}},
		"2024 partial":                  {`"state":"success","total":2,"success":1,"processing":0,"failed":1,` + asked + `,"tn_items":[{"tn":12025550143,"state":"success"},{"tn":12025550144,"state":"failed","reason":"r"}]`, partial, []numbers.State{complete, failed}},
		"2024 success":                  {`"state":"success","total":2,"success":2,"processing":0,"failed":0,` + asked + `,"tn_items":[{"tn":12025550143,"state":"success"},{"tn":12025550144,"state":"success"}]`, complete, []numbers.State{complete, complete}},
		"2024 failed":                   {`"state":"failed","total":2,"success":0,"processing":0,"failed":2,` + asked + `,"tn_items":[{"tn":12025550143,"state":"failed"},{"tn":12025550144,"state":"failed"}]`, failed, []numbers.State{failed, failed}},
		"2024 untold":                   {`"state":"success","total":2,"success":1,"processing":0,"failed":1,` + asked, partial, []numbers.State{pending, pending}},
		"2024 untold, failed with one":  {`"state":"failed","total":2,"success":1,"processing":0,"failed":1,` + asked, partial, []numbers.State{pending, pending}},
		"2024 untold, none":             {`"state":"success","total":2,"success":0,"processing":0,"failed":2,` + asked, failed, []numbers.State{failed, failed}},
		"2024 untold, all":              {`"state":"failed","total":2,"success":2,"processing":0,"failed":0,` + asked, complete, []numbers.State{complete, complete}},
		"2024 untold, not counted":      {`"state":"success","total":2,"success":0,"processing":0,"failed":0,` + asked, complete, []numbers.State{complete, complete}},
		"2024 only failures told":       {`"state":"success","total":2,"success":1,"processing":0,"failed":1,` + asked + `,"tn_items":[{"tn":12025550144,"state":"failed"}]`, partial, []numbers.State{complete, failed}},
		"2024 only successes told":      {`"state":"success","total":2,"success":1,"processing":0,"failed":1,` + asked + `,"tn_items":[{"tn":12025550144,"state":"success"}]`, partial, []numbers.State{failed, complete}},
		"2024 failures without numbers": {`"state":"success",` + asked + `,"tn_items":[{"state":"success"},{"state":"failed","reason":"r"}]`, partial, []numbers.State{pending, pending}},
		"2024 all fail without numbers": {`"state":"success",` + asked + `,"tn_items":[{"state":"failed"},{"state":"failed"}]`, failed, []numbers.State{failed, failed}},
		"2024 nothing has a number":     {`"state":"success","tn_items":[{"state":"success"},{"state":"failed","reason":"r"}]`, partial, nil},
		"2024 leases beside counters":   {`"state":"success","total":2,"success":2,"processing":0,"failed":0,` + asked + `,"tnleases":[{"uuid":"b","tn":{"tn":12025550144}}]`, complete, []numbers.State{complete, complete}},
		"2024 counters alone, partial":  {`"state":"success","total":2,"success":1,"processing":0,"failed":1`, partial, nil},
		"2024 counters alone, fewer":    {`"state":"success","total":2,"success":1,"processing":1,"failed":0`, partial, nil},
		"2024 counters alone, complete": {`"state":"success","total":2,"success":2,"processing":0,"failed":0`, complete, nil},
		"2024 counters alone, none":     {`"state":"success","total":2,"success":0,"processing":0,"failed":2`, failed, nil},
		"2024 counters alone, pending":  {`"state":"processing","total":2,"success":1,"processing":0,"failed":1`, pending, nil},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, ordered(`{"uuid":"u",`+c.body+`}`))
			o, err := opentact.NewOrderer(srv.client(t), nil).Order(ctx, "u")
			require.NoError(t, err)
			assert.Equal(t, c.want, o.State)
			assert.Equal(t, 2, o.Count)
			var have []numbers.State
			for _, item := range o.Items {
				have = append(have, item.State)
			}
			assert.Equal(t, c.items, have)
		})
	}
}

func TestPlaceSince2021(t *testing.T) {
	both := numbers.OrderRequest{Numbers: []numbers.E164{one, two}}
	srv := serve(t, ordered(`{"uuid":"u","state":"created","request":{"items":[{"tn":12025550143},{"tn":12025550144}]},"items":[],"errors":[]}`))
	r := both
	r.Native = &opentact.CreateItemsRequest{Items: []opentact.CreateItem{{Voice: new(false), Profile: new("US")}}}
	o, err := opentact.NewOrderer(srv.client(t), gen2021).Place(ctx, r)
	require.NoError(t, err)
	assert.Equal(t, numbers.StatePending, o.State)
	assert.Equal(t, "/rest/order/tn", srv.Received()[0].Path)
	assert.Equal(t, `{"items":[{"tn":12025550143,"voice":false,"profile":"US"},{"tn":12025550144,"voice":false,"profile":"US"}]}`, srv.Received()[0].Body)

	srv = serve(t, ordered(`{"nrc":1,"mrc":2,"items":[]}`))
	q, err := opentact.NewOrderer(srv.client(t), gen2021).Quote(ctx, r)
	require.NoError(t, err)
	assert.Equal(t, "1 upfront, 2 monthly", q.Price.String())
	assert.Equal(t, `{"items":[{"tn":12025550143,"voice":false,"profile":"US"},{"tn":12025550144,"voice":false,"profile":"US"}]}`, srv.Received()[0].Body)

	for body, want := range map[string][2]numbers.State{
		`"state":"created","total":2,"success":0,"processing":2,"failed":0`: {numbers.StatePending, numbers.StatePending},
		`"state":"success","total":2,"success":2,"processing":0,"failed":0`: {numbers.StateComplete, numbers.StateComplete},
		`"state":"success","total":2,"success":1,"processing":0,"failed":1`: {numbers.StatePartial, numbers.StatePending},
		`"state":"failed","total":2,"success":0,"processing":0,"failed":2`:  {numbers.StateFailed, numbers.StateFailed},
	} {
		srv = serve(t, answer{Status: 201, Body: `{"success":true,"payload":{"uuid":"u",` + body + `}}`})
		r.Native = &opentact.CreateOrderRequest{Items: []opentact.CreateOrderItem{{Features: []string{"voice"}, AutoRenew: new(false)}}}
		o, err = opentact.NewOrderer(srv.client(t), gen2024).Place(ctx, r)
		require.NoError(t, err)
		assert.Equal(t, want[0], o.State)
		assert.Equal(t, both.Numbers, o.Numbers(), "the answer tells none of them")
		assert.Equal(t, want[1], o.Items[1].State)
		assert.Equal(t, 2, o.Count)
		require.Len(t, srv.Received(), 1)
		assert.Equal(t, "/rest/order", srv.Received()[0].Path)
		assert.Equal(t, `{"items":[{"tn":12025550143,"features":["voice"],"autorenew":false},{"tn":12025550144,"features":["voice"],"autorenew":false}]}`, srv.Received()[0].Body)
	}
}

func TestWhatAGenerationCantDoIsRefused(t *testing.T) {
	srv := serve(t, vendortest.Text("{}"))
	plain := numbers.OrderRequest{Numbers: []numbers.E164{one}}
	o := opentact.NewOrderer(srv.client(t), gen2024)
	_, err := o.Quote(ctx, plain)
	require.ErrorIs(t, err, errors.ErrUnsupported)
	for _, opts := range []*opentact.OrdererOptions{gen2021, gen2024} {
		o := opentact.NewOrderer(srv.client(t), opts)
		r := plain
		r.Assign = &numbers.Assignment{Connection: "c"}
		_, err := o.Place(ctx, r)
		require.ErrorIs(t, err, errors.ErrUnsupported)
		for _, native := range []any{
			&opentact.CreateTNOrderRequest{}, &opentact.CreateItemsRequest{Items: []opentact.CreateItem{{TN: 1}}},
			&opentact.CreateOrderRequest{Items: []opentact.CreateOrderItem{{}, {}}},
		} {
			r = plain
			r.Native = native
			_, err = o.Place(ctx, r)
			assertInvalidIn(t, err, "Native")
		}
	}
	assert.Empty(t, srv.Received())
	srv = serve(t, vendortest.Failing(404, `{"success":false,"message":"Not found"}`))
	_, err = opentact.NewOrderer(srv.client(t), gen2024).Place(ctx, plain)
	require.ErrorIs(t, err, numbers.ErrVendor, "since 2021 a 404 does not mean the numbers")
}

func assertInvalidIn(t *testing.T, err error, field string) {
	t.Helper()
	require.ErrorIs(t, err, numbers.ErrInvalid)
	e, _ := errors.AsType[*numbers.Error](err)
	require.NotNil(t, e)
	assert.Equal(t, field, e.Field)
}

// archive serves POST /order/search over many old orders, and counts.
func archive(t *testing.T, n int, created func(i int) time.Time, lists, reads *atomic.Int64) *opentact.Client {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", httpDate())
		switch {
		case r.URL.Path == "/rest/order/search":
			lists.Add(1)
			skip, _ := strconv.Atoi(r.URL.Query().Get("skip"))
			var rows []string
			for i := skip; i < min(skip+100, n); i++ {
				rows = append(rows, fmt.Sprintf(`{"uuid":"u%d","state":"success","created_on":%q,"total":1,"success":1,"processing":0,"failed":0}`,
					i, created(i).UTC().Format(time.RFC3339)))
			}
			fmt.Fprintf(w, `{"success":true,"payload":{"take":100,"skip":%d,"total":%d,"data":[%s]}}`, skip, n, strings.Join(rows, ","))
		case strings.HasPrefix(r.URL.Path, "/rest/order/"):
			reads.Add(1)
			id := strings.TrimPrefix(r.URL.Path, "/rest/order/")
			fmt.Fprintf(w, `{"success":true,"payload":{"uuid":%q,"state":"success","total":1,"success":1,"processing":0,"failed":0,"request":{"items":[{"tn":1202555%04s}]}}}`, id, id[1:])
		default:
			fmt.Fprint(w, `{"success":true,"payload":{"take":100,"skip":0,"total":0,"data":[]}}`)
		}
	}))
	t.Cleanup(srv.Close)
	c, err := opentact.New(opentact.TokenAuth(token), &numbers.ClientOptions{BaseURL: srv.URL + "/rest"})
	require.NoError(t, err)
	return c
}

func TestRecentOrdersAreSearchedNewestFirst(t *testing.T) {
	for name, c := range map[string]struct {
		created func(i int) time.Time
		lists   int
	}{
		"newest first": {func(i int) time.Time { return theirs(time.Duration(i) * time.Minute) }, 1},
		"oldest first": {func(i int) time.Time { return theirs(time.Duration(999-i) * time.Minute) }, 11},
		"in no order":  {func(i int) time.Time { return theirs(time.Duration((i*37)%1000) * time.Minute) }, 11},
	} {
		t.Run(name, func(t *testing.T) {
			var lists, reads atomic.Int64 // pages are read ahead
			o := opentact.NewOrderer(archive(t, 1000, c.created, &lists, &reads), gen2024)
			for range 2 {
				q := numbers.OrderQuery{Numbers: []numbers.E164{"+12129990000"}, Recent: time.Now()}
				found, err := vendortest.Collect(o.Orders(ctx, q))
				require.NoError(t, err)
				assert.Empty(t, found)
				assert.EqualValues(t, 13, reads.Load(), "the orders of the latest ten minutes, once: their numbers are remembered")
			}
			assert.EqualValues(t, 2*c.lists, lists.Load())
		})
	}
}
