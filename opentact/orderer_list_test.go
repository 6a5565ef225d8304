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

// row is an order in the ledger below: its list shows no numbers.
type row struct {
	id, state, created string
	tns                string
	more               string // members of the whole order
}

// ledger serves GET /order and GET /order/{uuid}, and counts.
type ledger struct {
	*httptest.Server
	rows []row
	date string // of the Date header; "" for none

	leases []string

	mu    sync.Mutex
	reads map[string]int
	lists int
}

func newLedger(t *testing.T, date string, rows ...row) *ledger {
	t.Helper()
	a := &ledger{rows: rows, date: date, reads: map[string]int{}}
	a.Server = httptest.NewServer(a)
	t.Cleanup(a.Close)
	return a
}

func (a *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
	if r.URL.Path == "/rest/lease/tn" {
		fmt.Fprintf(w, `{"success":true,"payload":[%s]}`, strings.Join(a.leases, ","))
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
	fmt.Fprint(w, `{"success":false,"message":"Order not found","status":404}`)
}

func (a *ledger) orderer(t *testing.T) *opentact.Orderer {
	t.Helper()
	c, err := opentact.New(opentact.TokenAuth(token), &numbers.ClientOptions{BaseURL: a.URL + "/rest", Retry: numbers.Retry{Attempts: 1}})
	require.NoError(t, err)
	return opentact.NewOrderer(c, nil)
}

func (a *ledger) took() map[string]int {
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

func someOrders(t *testing.T) *ledger {
	t.Helper()
	lease := `,"tnleases":[{"uuid":"l","tn":{"tn":12025550143}}]`
	return newLedger(t, "",
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
	all, err := vendortest.Collect(a.orderer(t).Orders(ctx, numbers.OrderQuery{}))
	require.NoError(t, err)
	assert.Equal(t, []string{"full", "part", "none", "open", "news"}, ids(all))
	for _, o := range all {
		assert.Nil(t, o.Items)
		assert.Positive(t, o.Count, "readers see that items are missing")
		assert.Nil(t, o.Price)
	}
	assert.Empty(t, a.took())
	found, err := vendortest.Collect(a.orderer(t).Orders(ctx, numbers.OrderQuery{
		CreatedAfter: time.Date(2021, 3, 1, 0, 0, 0, 0, time.UTC), CreatedBefore: time.Date(2021, 3, 3, 0, 0, 0, 0, time.UTC),
	}))
	require.NoError(t, err)
	assert.Equal(t, []string{"part"}, ids(found))
	assert.Empty(t, a.took())
	found, err = vendortest.Collect(a.orderer(t).Orders(ctx, numbers.OrderQuery{Reference: "r", Numbers: []numbers.E164{one}}))
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
		found, err := vendortest.Collect(a.orderer(t).Orders(ctx, c.q))
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
	orderer := a.orderer(t)
	for i, reads := range []int{5, 2} {
		found, err := vendortest.Collect(orderer.Orders(ctx, numbers.OrderQuery{Numbers: []numbers.E164{two}}))
		require.NoError(t, err)
		assert.Equal(t, []string{"part", "none"}, ids(found))
		assert.Len(t, a.took(), reads, "walk %d", i)
	}
}

func TestAnOrderThatCantBeReadEndsTheWalk(t *testing.T) {
	a := newLedger(t, "", row{"full", "created", "", "12025550143", ""}, row{"missing", "success", "", "", ""}, row{"part", "created", "", "12025550143", ""})
	orderer := a.orderer(t)
	found, err := vendortest.Collect(orderer.Orders(ctx, numbers.OrderQuery{Numbers: []numbers.E164{one}}))
	require.ErrorIs(t, err, numbers.ErrNotFound)
	assert.ErrorContains(t, err, "opentact: Orders")
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

// theirs is the time at the vendor, whose clock is 150 s ahead of ours.
func theirs(ago time.Duration) time.Time { return time.Now().Add(150*time.Second - ago) }

func stamp(ago time.Duration) string { return theirs(ago).UTC().Format("2006-01-02T15:04:05.000Z") }

func httpDate() string { return theirs(0).UTC().Format(http.TimeFormat) }

func TestRecentLeavesOutWhatIsOldByEveryClock(t *testing.T) {
	const limit = numbers.ClockSlack
	dated := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	at := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(time.RFC3339Nano) }
	for name, c := range map[string]struct {
		date    string // of the answer
		created string
		recent  time.Duration // from now
		out     bool
	}{
		"just made":                          {dated(0), at(0), 0, false},
		"old":                                {dated(0), at(-limit - 2*time.Second), 0, true},
		"within the slack":                   {dated(0), at(-limit + 2*time.Second), 0, false},
		"recent is long ago":                 {dated(0), at(-limit - 2*time.Second), -time.Hour, false},
		"older than that":                    {dated(0), at(-limit - time.Hour - 2*time.Second), -time.Hour, true},
		"minutes older than the Date":        {dated(5 * time.Minute), at(-2 * time.Minute), 0, false},
		"no time":                            {dated(0), "", 0, false},
		"a time that is none":                {dated(0), "yesterday", 0, false},
		"no Date":                            {"", "2020-03-01T00:00:00Z", 0, false},
		"a Date that is none":                {"yesterday", "2020-03-01T00:00:00Z", 0, false},
		"the vendor's clocks are behind":     {dated(-time.Hour), at(-time.Hour), 0, false},
		"the vendor's Date is ahead":         {dated(time.Hour), at(-time.Minute), 0, false},
		"both ahead, and old by one of them": {dated(time.Hour), at(time.Hour - limit - time.Minute), 0, false},
		"recent is in the future":            {dated(0), at(-limit + 2*time.Second), time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			a := newLedger(t, c.date, row{"u", "success", c.created, "12025550143", ""})
			q := numbers.OrderQuery{Numbers: []numbers.E164{one}, Recent: time.Now().Add(c.recent)}
			found, err := vendortest.Collect(a.orderer(t).Orders(ctx, q))
			require.NoError(t, err)
			if c.out {
				assert.Empty(t, found)
				assert.Empty(t, a.took(), "it is not even read")
				return
			}
			assert.Equal(t, []string{"u"}, ids(found))
		})
	}
}

// Whether the order has the number can't be said.
func TestAnOrderWhoseNumbersAreNotShownMakesAQueryByNumbersIncomplete(t *testing.T) {
	a := newLedger(t, "", row{"dark", "success", "", "", ""}, row{"mine", "created", "", "12025550143", ""})
	found, err := vendortest.Collect(a.orderer(t).Orders(ctx, numbers.OrderQuery{Numbers: []numbers.E164{one}}))
	require.ErrorIs(t, err, numbers.ErrIncomplete)
	assert.ErrorContains(t, err, "dark")
	assert.Equal(t, []string{"mine"}, ids(found), "the orders come first")
	found, err = vendortest.Collect(a.orderer(t).Orders(ctx, numbers.OrderQuery{Numbers: []numbers.E164{one}, States: []numbers.State{numbers.StatePending}}))
	require.NoError(t, err, "it is in another state")
	assert.Equal(t, []string{"mine"}, ids(found))
}

func TestAListInAShapeThatCantShowAllIsIncomplete(t *testing.T) {
	const row = `{"uuid":"a","state":"created","request":{"tns":[12025550143]}}`
	const lease = `{"uuid":"a","tn":{"tn":12025550143}}`
	for name, c := range map[string]struct {
		shape    string // %s is a row
		rows     int
		complete bool
	}{
		"array":                    {`[%s]`, 1, true},
		"empty array":              {`[]`, 0, true},
		"null":                     {`null`, 0, true},
		"counted":                  {`{"take":10,"skip":0,"total":1,"data":[%s]}`, 1, true},
		"counted alone":            {`{"data":[%s],"total":1}`, 1, true},
		"counted, none":            {`{"total":0,"data":[]}`, 0, true},
		"a page that is not full":  {`{"take":10,"skip":0,"data":[%s]}`, 1, true},
		"a page without rows":      {`{"take":10,"skip":0,"data":[]}`, 0, true},
		"one object":               {`%s`, 1, false},
		"a full page":              {`{"take":1,"skip":0,"data":[%s]}`, 1, false},
		"rows and nothing else":    {`{"data":[%s]}`, 1, false},
		"more are counted":         {`{"take":1,"skip":0,"total":2,"data":[%s]}`, 1, false},
		"no total, written as one": {`{"take":1,"skip":0,"total":null,"data":[%s]}`, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			check := func(rows int, err error) {
				t.Helper()
				assert.Equal(t, c.rows, rows)
				if c.complete {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, numbers.ErrIncomplete)
				}
			}
			shape := func(row string) answer { return ordered(strings.Replace(c.shape, "%s", row, 1)) }
			orders, err := vendortest.Collect(opentact.NewOrderer(serve(t, shape(row)).client(t), nil).Orders(ctx, numbers.OrderQuery{}))
			check(len(orders), err)
			orders, err = vendortest.Collect(opentact.NewOrderer(serve(t, shape(row)).client(t), nil).Orders(ctx, numbers.OrderQuery{Numbers: []numbers.E164{one}, Recent: time.Now()}))
			check(len(orders), err)
			owned, err := vendortest.Collect(opentact.NewOrderer(serve(t, shape(lease)).client(t), nil).Owned(ctx, numbers.OwnedQuery{}))
			check(len(owned), err)
		})
	}
}

func TestASearchInAShapeThatCantShowAllIsIncomplete(t *testing.T) {
	const row, other = `{"uuid":"a","state":"created"}`, `{"uuid":"b","state":"created"}`
	for name, c := range map[string]struct {
		pages    []string
		rows     int
		complete bool
	}{
		"counted":                         {[]string{`{"take":2,"skip":0,"total":1,"data":[` + row + `]}`}, 1, true},
		"array":                           {[]string{`[` + row + `]`}, 1, true},
		"a page that is not full":         {[]string{`{"take":2,"skip":0,"data":[` + row + `]}`}, 1, true},
		"a full page, and its last row":   {[]string{`{"take":2,"skip":0,"data":[` + row + `,` + other + `]}`, `{"take":2,"skip":1,"data":[` + other + `]}`}, 2, true},
		"a full page and an empty one":    {[]string{`{"take":2,"skip":0,"data":[` + row + `,` + other + `]}`, `{"take":2,"skip":1,"data":[]}`}, 2, false},
		"one object":                      {[]string{row}, 1, false},
		"pages that are full by and by":   {[]string{`{"take":1,"skip":0,"data":[` + row + `]}`}, 1, false},
		"rows and nothing else":           {[]string{`{"data":[` + row + `]}`}, 1, false},
		"the same page again":             {[]string{`{"take":2,"skip":0,"data":[` + row + `,` + other + `]}`}, 2, false},
		"a full page, and rows at last":   {[]string{`{"take":2,"skip":0,"data":[` + row + `,` + other + `]}`, `{"data":[{"uuid":"c","state":"created"}]}`}, 3, false},
		"a full page, and then an object": {[]string{`{"take":2,"skip":0,"data":[` + row + `,` + other + `]}`, `{"uuid":"c","state":"created"}`}, 3, false},
	} {
		t.Run(name, func(t *testing.T) {
			var pages []answer
			for _, p := range c.pages {
				pages = append(pages, ordered(p))
			}
			found, err := vendortest.Collect(serve(t, pages...).client(t).Orders.SearchAll(ctx, &opentact.SearchOrdersRequest{Take: 2}))
			assert.Len(t, found, c.rows)
			if c.complete {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, numbers.ErrIncomplete)
			}
		})
	}
}
