package voipbintest_test

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

// bothPaths are the list operations of the two eras.
func bothPaths() []string { return []string{"/v1.0/order_numbers", "/v1.0/numbers"} }

// walk reads a list as the vendor's documentation suggests: token after token, until a page is empty.
func walk(t *testing.T, srv *voipbintest.Server, path string, size int) (numbers []string, pages int) {
	t.Helper()
	auth := "Bearer " + srv.Token(voipbintest.Username)
	token := ""
	for {
		a := anonymous(t, srv, "GET", path+"?page_size="+strconv.Itoa(size)+"&page_token="+url.QueryEscape(token), "", "Authorization", auth)
		require.Equal(t, 200, a.status)
		p := a.page(t)
		if len(p.Result) == 0 {
			require.Empty(t, p.NextPageToken)
			return numbers, pages
		}
		require.NotEmpty(t, p.NextPageToken, "it is set on the last page, too")
		numbers, token, pages = append(numbers, p.numbers()...), p.NextPageToken, pages+1
	}
}

func numbersAt(t time.Time, first, count int) []voipbintest.Row {
	rows := make([]voipbintest.Row, count)
	for i := range rows {
		rows[i] = voipbintest.Row{Number: fmt.Sprintf("+1202555%04d", first+i), Created: t}
	}
	return rows
}

func TestListsNewestFirst(t *testing.T) {
	for _, path := range bothPaths() {
		srv := voipbintest.NewServer(t)
		base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		for _, i := range []int{2, 0, 4, 1, 3} {
			srv.AddRow(numbersAt(base.Add(time.Duration(i)*time.Microsecond), i, 1)...)
		}
		srv.AddRow(voipbintest.Row{Number: "+12025559999", Created: base, UserID: 2, CustomerID: flowA})
		srv.AddRow(voipbintest.Row{Number: "+12025559998", Created: base, Deleted: base})
		got, pages := walk(t, srv, path, 2)
		assert.Equal(t, []string{"+12025550004", "+12025550003", "+12025550002", "+12025550001", "+12025550000"}, got)
		assert.Equal(t, 3, pages)
	}
}

func TestTiedRowsAreLost(t *testing.T) {
	base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, path := range bothPaths() {
		srv := voipbintest.NewServer(t)
		srv.AddRow(numbersAt(base, 0, 3)...)
		srv.AddRow(numbersAt(base.Add(time.Second), 3, 3)...)
		got, _ := walk(t, srv, path, 2)
		assert.Equal(t, []string{"+12025550003", "+12025550004", "+12025550000", "+12025550001"}, got, "4 of 6")

		srv = voipbintest.NewServer(t)
		for i := range 4 {
			srv.AddRow(numbersAt(base.Add(time.Duration(i)*time.Second), 10*i, 10)...)
		}
		got, _ = walk(t, srv, path, 5)
		assert.Len(t, got, 20, "of 40")
		// What the vendor's lists do give, if the token is a microsecond later and the page large enough.
		token := url.QueryEscape("2026-01-01T00:00:03.000001Z")
		all := send(t, srv, "GET", path+"?page_size=100&page_token="+token, "").page(t)
		assert.Len(t, all.Result, 40)
	}
}

func TestPageTokens(t *testing.T) {
	at := time.Date(2026, 1, 1, 12, 30, 15, 123456000, time.UTC)
	for _, path := range bothPaths() {
		srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}})
		srv.AddRow(numbersAt(at, 1, 1)...)
		for token, want := range map[string]int{
			"2026-01-01 12:30:15.123456":     0, // exclusive
			"2026-01-01 12:30:15.123457":     1,
			"2026-01-01T12:30:15.123457Z":    1,
			"2026-01-01T12:30:15.123457":     1,
			"2026-01-01 12:30:15.123457Z":    1,
			"2026-01-01 12:30:15.1234571234": 1,
			"2026-01-01 12:30:15.1234561":    0, // rounded
			"2026-01-01 12:30:15.1234569":    1,
			"2026-01-01 12:30:16":            1,
			"2026-01-01 12:30":               0,
			"2026-01-02":                     1,
			"":                               1, // now
		} {
			p := send(t, srv, "GET", path+"?page_token="+url.QueryEscape(token), "").page(t)
			assert.Len(t, p.Result, want, token)
		}
		assert.Empty(t, srv.Reports())
		garbage := send(t, srv, "GET", path+"?page_token=next", "")
		assert.Equal(t, `{"result":[],"next_page_token":""}`, garbage.body)
		assert.Len(t, srv.Reports(), 1)
	}
}

func TestPageSizes(t *testing.T) {
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}})
	srv.AddRow(numbersAt(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 0, 120)...)
	for query, want := range map[string]struct{ then, today int }{
		"":               {10, 100},
		"?page_size=":    {10, -1},
		"?page_size=0":   {10, 100},
		"?page_size=7":   {7, 7},
		"?page_size=100": {100, 100},
		"?page_size=101": {10, 100},
		"?page_size=-1":  {-1, 100},
		"?page_size=1e1": {-1, -1},
	} {
		for i, path := range bothPaths() {
			n := []int{want.then, want.today}[i]
			a := send(t, srv, "GET", path+query, "")
			if n < 0 {
				assert.Equal(t, 400, a.status, path+query)
				continue
			}
			assert.Len(t, a.page(t).Result, n, path+query)
		}
	}
	// The vendor replaced "", 0 and 101 in 2021, and replaces 0, 101 and -1 today.
	assert.Len(t, srv.Reports(), 6)
}

// A row that was created in this very microsecond is not there yet.
func TestNowIsExclusive(t *testing.T) {
	clock := newClock(time.Date(2026, 1, 1, 0, 0, 0, 999_999_999, time.UTC))
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	first := send(t, srv, "POST", "/v1.0/numbers", `{"number":"+12025550100"}`).number(t)
	second := send(t, srv, "POST", "/v1.0/order_numbers", `{"number":"+12025550101"}`).number(t)
	assert.Equal(t, "2026-01-01T00:00:00.999999Z", first.TMCreate)
	assert.Equal(t, "2026-01-01 00:00:01.000000", second.TMCreate, "two orders never share a microsecond")
	for _, path := range bothPaths() {
		assert.Empty(t, send(t, srv, "GET", path, "").page(t).Result)
	}
	clock.Advance(time.Microsecond)
	for _, path := range bothPaths() {
		assert.Equal(t, []string{"+12025550100"}, send(t, srv, "GET", path, "").page(t).numbers())
	}
	clock.Advance(time.Microsecond)
	for _, path := range bothPaths() {
		assert.Equal(t, []string{"+12025550101", "+12025550100"}, send(t, srv, "GET", path, "").page(t).numbers())
	}
}

func TestManyRows(t *testing.T) {
	const count = 30_000
	synctest.Test(t, func(t *testing.T) {
		srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		rows := make([]voipbintest.Row, count)
		want := make([]string, count)
		for i := range rows {
			rows[i].Number = fmt.Sprintf("+1%010d", 2_000_000_000+i)
			want[count-1-i] = rows[i].Number
		}
		ids := srv.AddRow(rows...)
		got, pages := walk(t, srv, "/v1.0/numbers", 100)
		assert.True(t, slices.Equal(want, got))
		assert.Equal(t, count/100, pages)
		for _, id := range ids[:50] {
			send(t, srv, "DELETE", "/v1.0/numbers/"+id, "").number(t)
		}
		assert.Len(t, srv.Rows(), count)
	})
}
