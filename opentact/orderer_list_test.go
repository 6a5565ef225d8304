package opentact_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/opentact"
)

// row is an order at the account below: its list shows no numbers.
type row struct {
	id, state, created string
	tns                string
	more               string // members of the whole order
}

// account serves GET /order and GET /order/{uuid}, and counts.
type account struct {
	*httptest.Server
	rows []row
	date string // of the Date header; "" for none

	leases []string

	mu    sync.Mutex
	reads map[string]int
	lists int
}

func newAccount(t *testing.T, date string, rows ...row) *account {
	t.Helper()
	a := &account{rows: rows, date: date, reads: map[string]int{}}
	a.Server = httptest.NewServer(a)
	t.Cleanup(a.Close)
	return a
}

func (a *account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header()["Date"] = nil
	if a.date != "" {
		w.Header()["Date"] = []string{a.date}
	}
	if r.URL.Path == "/rest/order" {
		a.lists++
		var list []string
		for _, o := range a.rows {
			list = append(list, fmt.Sprintf(`{"uuid":%q,"state":%q,"created_on":%q,"tns":[],"request":{},"price":{},"tnleases":[]}`, o.id, o.state, o.created))
		}
		fmt.Fprintf(w, `{"success":true,"payload":[%s]}`, strings.Join(list, ","))
		return
	}
	if r.URL.Path == "/rest/lease/tn/search" {
		fmt.Fprintf(w, `{"success":true,"payload":{"take":100,"skip":0,"total":%d,"data":[%s]}}`, len(a.leases), strings.Join(a.leases, ","))
		return
	}
	id := strings.TrimPrefix(r.URL.Path, "/rest/order/")
	a.reads[id]++
	for _, o := range a.rows {
		if o.id == id && id != "missing" {
			fmt.Fprintf(w, `{"success":true,"payload":{"uuid":%q,"state":%q,"created_on":%q,"request":{"tns":[%s]}%s}}`, o.id, o.state, o.created, o.tns, o.more)
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
}

func (a *account) orderer(t *testing.T, o *opentact.OrdererOptions) *opentact.Orderer {
	t.Helper()
	c, err := opentact.New(opentact.TokenAuth(token), &numbers.ClientOptions{BaseURL: a.URL + "/rest", Retry: numbers.Retry{Attempts: 1}})
	require.NoError(t, err)
	return opentact.NewOrderer(c, o)
}

func (a *account) took() map[string]int {
	a.mu.Lock()
	defer a.mu.Unlock()
	reads := a.reads
	a.reads = map[string]int{}
	return reads
}

func ids(orders []*numbers.Order) []string {
	var list []string
	for _, o := range orders {
		list = append(list, o.ID)
	}
	return list
}

func someOrders(t *testing.T) *account {
	t.Helper()
	lease := `,"tnleases":[{"uuid":"l","tn":{"tn":12025550143}}]`
	return newAccount(t, "",
		row{"full", "success", "2021-03-01T00:00:00Z", "12025550143", lease},
		row{"part", "success", "2021-03-02T00:00:00Z", "12025550143,12025550144", lease},
		row{"part", "success", "2021-03-02T00:00:00Z", "12025550143,12025550144", lease}, // listed twice
		row{"none", "failed", "2021-03-03T00:00:00Z", "12025550144", ""},
		row{"open", "verify", "2021-03-04T00:00:00Z", "12025550145", ""},
		row{"news", "paused", "2021-03-05T00:00:00Z", "12025550146", ""},
	)
}

func TestAListAloneReadsNoOrder(t *testing.T) {
	a := someOrders(t)
	all, err := vendortest.Collect(a.orderer(t, nil).Orders(ctx, numbers.OrderQuery{}))
	require.NoError(t, err)
	assert.Equal(t, []string{"full", "part", "none", "open", "news"}, ids(all))
	for _, o := range all {
		assert.Nil(t, o.Items)
		assert.Positive(t, o.Count, "readers see that items are missing")
		assert.Nil(t, o.Price)
	}
	assert.Empty(t, a.took())
	found, err := vendortest.Collect(a.orderer(t, nil).Orders(ctx, numbers.OrderQuery{
		CreatedAfter: time.Date(2021, 3, 1, 0, 0, 0, 0, time.UTC), CreatedBefore: time.Date(2021, 3, 3, 0, 0, 0, 0, time.UTC),
	}))
	require.NoError(t, err)
	assert.Equal(t, []string{"part"}, ids(found))
	assert.Empty(t, a.took())
	found, err = vendortest.Collect(a.orderer(t, nil).Orders(ctx, numbers.OrderQuery{Reference: "r", Numbers: []numbers.E164{one}}))
	require.NoError(t, err)
	assert.Empty(t, found, "no order has a reference")
	assert.Empty(t, a.took())
}

func TestAQueryReadsEachOrderThatItHangsOnOnce(t *testing.T) {
	a := someOrders(t)
	for _, c := range []struct {
		q     numbers.OrderQuery
		found []string
		reads []string
	}{
		{numbers.OrderQuery{States: []numbers.State{numbers.StatePending}}, []string{"open", "news"}, nil},
		{numbers.OrderQuery{States: []numbers.State{numbers.StateComplete}}, []string{"full"}, []string{"full", "part", "none"}},
		{numbers.OrderQuery{States: []numbers.State{numbers.StatePartial, numbers.StateFailed}}, []string{"part", "none"}, []string{"full", "part", "none"}},
		{numbers.OrderQuery{States: []numbers.State{numbers.StateCanceled}}, nil, nil},
		{numbers.OrderQuery{Numbers: []numbers.E164{two}}, []string{"part", "none"}, []string{"full", "part", "none", "open", "news"}},
		{numbers.OrderQuery{Numbers: []numbers.E164{two}, States: []numbers.State{numbers.StateFailed}, CreatedAfter: time.Date(2021, 3, 2, 0, 0, 0, 0, time.UTC)}, []string{"none"}, []string{"none", "open", "news"}},
	} {
		found, err := vendortest.Collect(a.orderer(t, nil).Orders(ctx, c.q))
		require.NoError(t, err)
		assert.Equal(t, c.found, ids(found), "%+v", c.q)
		reads := a.took()
		for _, n := range reads {
			assert.Equal(t, 1, n)
		}
		for _, id := range c.reads {
			assert.Contains(t, reads, id, "%+v", c.q)
		}
		if c.reads == nil {
			assert.Empty(t, reads, "%+v", c.q)
		}
	}
}

func TestTheNumbersOfAnOrderAreReadOnce(t *testing.T) {
	a := someOrders(t)
	orderer := a.orderer(t, nil)
	for i, reads := range []int{5, 2} {
		found, err := vendortest.Collect(orderer.Orders(ctx, numbers.OrderQuery{Numbers: []numbers.E164{two}}))
		require.NoError(t, err)
		assert.Equal(t, []string{"part", "none"}, ids(found))
		assert.Len(t, a.took(), reads, "walk %d", i)
	}
}

func TestAnOrderThatCantBeReadEndsTheWalk(t *testing.T) {
	a := newAccount(t, "", row{"full", "created", "", "12025550143", ""}, row{"missing", "success", "", "", ""}, row{"part", "created", "", "12025550143", ""})
	orderer := a.orderer(t, &opentact.OrdererOptions{Account: "main"})
	found, err := vendortest.Collect(orderer.Orders(ctx, numbers.OrderQuery{Numbers: []numbers.E164{one}}))
	require.ErrorIs(t, err, numbers.ErrNotFound)
	assert.ErrorContains(t, err, "opentact/main: Orders")
	assert.Equal(t, []string{"full"}, ids(found))
	for _, err := range orderer.Orders(ctx, numbers.OrderQuery{Numbers: []numbers.E164{one}}) {
		require.NoError(t, err)
		break
	}
	assert.Equal(t, map[string]int{"full": 2, "missing": 1}, a.took(), "break stops the walk")
}

// A list may show what was accepted so far: there may be more numbers.
func TestAListThatShowsSomeNumbersIsNotTrusted(t *testing.T) {
	srv := serve(t,
		ordered(`[{"uuid":"u","state":"processing","request":{},"items":[{"tn":12025550143}],"errors":[]}]`),
		ordered(`{"uuid":"u","state":"processing","request":{"items":[{"tn":12025550143},{"tn":12025550144}]},"items":[{"tn":12025550143}],"errors":[]}`))
	found, err := vendortest.Collect(opentact.NewOrderer(srv.client(t), gen2021).Orders(ctx, numbers.OrderQuery{Numbers: []numbers.E164{two}}))
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.Equal(t, []numbers.E164{one, two}, found[0].Numbers())

	// Where it shows all, nothing more is read.
	srv = serve(t, ordered(`[{"uuid":"u","state":"processing","request":{"items":[{"tn":12025550144}]}},{"uuid":"v","state":"failed","request":{"items":[{"tn":12025550143}]}}]`))
	found, err = vendortest.Collect(opentact.NewOrderer(srv.client(t), gen2021).Orders(ctx, numbers.OrderQuery{Numbers: []numbers.E164{two}}))
	require.NoError(t, err)
	assert.Equal(t, []string{"u"}, ids(found))
	assert.Len(t, srv.Received(), 1)
}
