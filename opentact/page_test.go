package opentact_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/opentact"
)

// book is a list that is served by take and skip, or by page and size.
type book struct {
	*httptest.Server
	mu       sync.Mutex
	uuids    []string
	requests []string
	// change is called before each answer.
	change func(b *book, request int)
	// total replaces the true one.
	total func(int) string
	// skew is added to the skip of the answer.
	skew int
}

func newBook(t *testing.T, n int) *book {
	t.Helper()
	b := &book{total: strconv.Itoa}
	for i := range n {
		b.uuids = append(b.uuids, fmt.Sprint("u", i))
	}
	b.Server = httptest.NewServer(b)
	t.Cleanup(b.Close)
	return b
}

func (b *book) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.change != nil {
		b.change(b, len(b.requests))
	}
	b.requests = append(b.requests, r.URL.RawQuery)
	q := r.URL.Query()
	number := func(key string) int { n, _ := strconv.Atoi(q.Get(key)); return n }
	take, skip := number("take"), number("skip")
	if q.Has("page") {
		take = number("size")
		skip = (number("page") - 1) * take
	}
	list := []string{}
	for _, id := range b.uuids[min(skip, len(b.uuids)):min(skip+take, len(b.uuids))] {
		list = append(list, fmt.Sprintf(`{"uuid":%q,"tn":%s,"state":"success"}`, id, strings.TrimPrefix(id, "u")))
	}
	if strings.HasPrefix(r.URL.Path, "/rest/lease") {
		for i := range list {
			list[i] = strings.Replace(strings.Replace(list[i], `"tn":`, `"tn":{"tn":`, 1), `,"state"`, `},"state"`, 1)
		}
	}
	fmt.Fprintf(w, `{"success":true,"payload":{"take":%d,"skip":%d,"total":%s,"data":[%s]}}`, take, skip+b.skew, b.total(len(b.uuids)), strings.Join(list, ","))
}

func (b *book) client(t *testing.T) *opentact.Client {
	t.Helper()
	c, err := opentact.New(opentact.TokenAuth(token), &numbers.ClientOptions{BaseURL: b.URL + "/rest"})
	require.NoError(t, err)
	return c
}

func (b *book) walk(t *testing.T, r *opentact.SearchLeasesRequest, opts ...numbers.PageOption) ([]string, error) {
	t.Helper()
	all, err := vendortest.Collect(b.client(t).Leases.All(ctx, r, opts...))
	var list []string
	for _, l := range all {
		list = append(list, l.UUID)
	}
	return list, err
}

func TestAWalkReadsEveryPageOnce(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 4, 5, 250} {
		for _, ahead := range []int{0, 3} {
			b := newBook(t, n)
			list, err := b.walk(t, &opentact.SearchLeasesRequest{Take: 2}, numbers.ReadAhead(ahead))
			require.NoError(t, err)
			assert.ElementsMatch(t, b.uuids, list)
			if ahead == 0 {
				assert.Equal(t, b.uuids, append([]string(nil), list...))
				assert.Len(t, b.requests, n/2+1, "a full page is followed by another request")
			}
		}
	}
	b := newBook(t, 250)
	list, err := b.walk(t, &opentact.SearchLeasesRequest{Skip: 60})
	require.NoError(t, err)
	assert.Equal(t, b.uuids[60:], list)
	assert.Equal(t, []string{"skip=60&take=100", "skip=160&take=100"}, b.requests)
}

func TestAWalkThatBreaksOffSendsNoMore(t *testing.T) {
	b := newBook(t, 10)
	walk := b.client(t).Leases.All(ctx, &opentact.SearchLeasesRequest{Take: 2})
	assert.Empty(t, b.requests, "nothing is sent before the first step")
	for range 2 { // the same sequence can be ranged twice
		seen := 0
		for _, err := range walk {
			require.NoError(t, err)
			if seen++; seen == 3 {
				break
			}
		}
	}
	assert.Equal(t, []string{"take=2", "skip=2&take=2", "take=2", "skip=2&take=2"}, b.requests)
}

func TestAWalkThatCantBeCompleteSaysSo(t *testing.T) {
	for name, set := range map[string]func(*book){
		"rows are released meanwhile": func(b *book) {
			b.change = func(b *book, request int) {
				if request == 1 {
					b.uuids = b.uuids[1:]
				}
			}
		},
		"the vendor counts more":  func(b *book) { b.total = func(n int) string { return strconv.Itoa(n + 1) } },
		"the vendor skips others": func(b *book) { b.skew = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBook(t, 5)
			set(b)
			list, err := b.walk(t, &opentact.SearchLeasesRequest{Take: 2})
			require.ErrorIs(t, err, numbers.ErrIncomplete)
			assert.NotEmpty(t, list, "the rows come first")
		})
	}
}

func TestAWalkGoesOnWithoutATotal(t *testing.T) {
	b := newBook(t, 5)
	b.total = func(int) string { return "null" }
	list, err := b.walk(t, &opentact.SearchLeasesRequest{Take: 2})
	require.NoError(t, err)
	assert.Equal(t, b.uuids, list)
}

func TestAVendorThatPagesInCirclesIsLeft(t *testing.T) {
	b := newBook(t, 2)
	b.total = func(int) string { return "1000000" }
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.RawQuery = "take=2"
		b.ServeHTTP(w, r)
	}))
	defer srv.Close()
	c, err := opentact.New(opentact.TokenAuth(token), &numbers.ClientOptions{BaseURL: srv.URL + "/rest"})
	require.NoError(t, err)
	_, err = vendortest.Collect(c.Leases.All(ctx, &opentact.SearchLeasesRequest{Take: 2}))
	require.ErrorIs(t, err, numbers.ErrIncomplete)
	_, err = vendortest.Collect(c.TNs.All(ctx, &opentact.SearchTNsRequest{Size: 2}))
	require.ErrorIs(t, err, numbers.ErrIncomplete)
}

func TestOrdersMadeMeanwhileComeAtTheEnd(t *testing.T) {
	b := newBook(t, 4)
	b.change = func(b *book, request int) {
		if request == 1 {
			b.uuids = append(b.uuids, "u4")
		}
	}
	all, err := vendortest.Collect(b.client(t).Orders.SearchAll(ctx, &opentact.SearchOrdersRequest{Take: 2}))
	require.NoError(t, err)
	assert.Len(t, all, 5)
}

func TestNumbersAreWalkedByPageAndSize(t *testing.T) {
	b := newBook(t, 5)
	all, err := vendortest.Collect(b.client(t).TNs.All(ctx, &opentact.SearchTNsRequest{Size: 2}, numbers.ReadAhead(2)))
	require.NoError(t, err)
	require.Len(t, all, 5)
	for i, n := range all {
		assert.Equal(t, strconv.Itoa(i), n.TN.Literal())
	}
	b = newBook(t, 4)
	b.total = func(int) string { return "null" }
	all, err = vendortest.Collect(b.client(t).TNs.All(ctx, &opentact.SearchTNsRequest{Size: 2, Page: 2}))
	require.NoError(t, err)
	assert.Len(t, all, 2)
	assert.Equal(t, []string{"page=2&size=2", "page=3&size=2"}, b.requests)
	// The stock shrinks while it is read.
	b = newBook(t, 3)
	b.total = func(int) string { return "9" }
	all, err = vendortest.Collect(b.client(t).TNs.All(ctx, &opentact.SearchTNsRequest{Size: 2}))
	require.ErrorIs(t, err, numbers.ErrIncomplete)
	assert.Len(t, all, 3)
}

func TestTheSearchByTypeHasOnePage(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"success":true,"payload":{"take":1,"skip":0,"total":2,"data":[{"tn":1}]}}`))
	r := &opentact.SearchTNsByTypeRequest{Type: opentact.TypeTollFree, Take: 1}
	all, err := vendortest.Collect(srv.client(t).TNs.AllByType(ctx, r))
	require.ErrorIs(t, err, numbers.ErrIncomplete)
	assert.Len(t, all, 1)
	var body map[string]any
	require.NoError(t, json.Unmarshal([]byte(srv.Received()[0].Body), &body))
	assert.EqualValues(t, 1, body["take"])
	_, err = vendortest.Collect(srv.client(t).TNs.AllByType(ctx, nil))
	assertInvalid(t, err, "request")
}

// TestSwollenPages has answers that no memory would hold.
func TestSwollenPages(t *testing.T) {
	vendortest.Swelling[opentact.Order]{
		All: func(ctx context.Context, transport http.RoundTripper) iter.Seq2[*opentact.Order, error] {
			c, err := opentact.New(opentact.TokenAuth(token), &numbers.ClientOptions{
				Retry: numbers.Retry{Attempts: 1}, HTTPClient: &http.Client{Transport: transport},
			})
			require.NoError(t, err)
			return c.Orders.All(ctx)
		},
		Page: func(rows string, _ int) string {
			return `{"success":true,"payload":` + rows + `}`
		},
		Row: func(i int) string { return fmt.Sprintf(`{"uuid":%q}`, vendortest.Row(i)) },
		Key: func(row *opentact.Order) string { return row.UUID },
	}.Check(t)
}
