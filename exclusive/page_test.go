package exclusive_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
)

// roster is a PBX that has a list, and may page it in odd ways. It is an
// http.RoundTripper.
type roster struct {
	mu      sync.Mutex
	ids     []string
	queries []string

	largest      int // page, whatever top says; 0 = 100
	ignoreSkip   bool
	ignoreAll    bool // the whole list, whatever is asked for
	refuseParams bool
	notFound     bool                                 // behind the last row
	count        func(page []string, skip int) string // the JSON; nil = the truth
	before       func(r *roster, query url.Values)    // with the lock held
	repeatLast   bool                                 // the last row of a page comes twice
}

func ids(from, to int) (list []string) {
	for i := from; i <= to; i++ {
		list = append(list, strconv.Itoa(i))
	}
	return list
}

func (r *roster) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queries = append(r.queries, req.URL.RawQuery)
	q := req.URL.Query()
	if r.before != nil {
		r.before(r, q)
	}
	status, body := http.StatusOK, r.page(q)
	if r.refuseParams && len(q) > 0 {
		status, body = http.StatusBadRequest, coded("VALIDATE_FAILED")
	}
	if skip, _ := strconv.Atoi(q.Get("skip")); r.notFound && skip >= len(r.ids) {
		status, body = http.StatusNotFound, coded("UNKNOWN")
	}
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
}

func (r *roster) page(q url.Values) string {
	skip, _ := strconv.Atoi(q.Get("skip"))
	top := 100
	if q.Has("top") {
		top, _ = strconv.Atoi(q.Get("top"))
	}
	if r.largest > 0 {
		top = min(top, r.largest)
	}
	at := min(skip, len(r.ids))
	if r.ignoreSkip {
		at = 0
	}
	page := r.ids[at:min(at+top, len(r.ids))]
	if r.ignoreAll || r.refuseParams {
		page = r.ids
	}
	count := strconv.Itoa(len(r.ids))
	if r.count != nil {
		count = r.count(page, skip)
	}
	rows := []string{}
	for _, id := range page {
		rows = append(rows, fmt.Sprintf(`{"id":%q,"number":"+49%s"}`, id, id))
	}
	if r.repeatLast && len(rows) > 0 {
		rows = append(rows, rows[len(rows)-1])
	}
	return `{"count":` + count + `,"items":[` + strings.Join(rows, ",") + `]}`
}

func (r *roster) client(t testing.TB) *exclusive.Client {
	t.Helper()
	c, err := exclusive.New("https://pbx.example:8887", exclusive.TokenAuth(bearer), &numbers.ClientOptions{
		HTTPClient: &http.Client{Transport: r}, Retry: numbers.Retry{Attempts: 1},
	})
	require.NoError(t, err)
	return c
}

func (r *roster) walk(t testing.TB, from *exclusive.ListNumbersRequest, opts ...numbers.PageOption) ([]string, error) {
	t.Helper()
	all, err := vendortest.Collect(r.client(t).Numbers.All(ctx, from, opts...))
	var got []string
	for _, n := range all {
		got = append(got, n.ID)
	}
	return got, err
}

// ofPage counts the page instead of the list.
func ofPage(page []string, _ int) string { return strconv.Itoa(len(page)) }

// fixedCount claims a count whatever there is.
func fixedCount(json string) func([]string, int) string {
	return func([]string, int) string { return json }
}

func TestAllFollowsThePages(t *testing.T) {
	for _, c := range []struct {
		name    string
		roster  *roster
		from    exclusive.ListNumbersRequest
		want    []string
		queries []string
	}{
		{"nothing", &roster{}, exclusive.ListNumbersRequest{}, nil, []string{""}},
		{"one number", &roster{ids: ids(1, 1)}, exclusive.ListNumbersRequest{}, ids(1, 1), []string{"", "skip=1&top=100"}},
		{"one page", &roster{ids: ids(1, 99)}, exclusive.ListNumbersRequest{}, ids(1, 99), []string{"", "skip=98&top=2"}},
		{"three pages", &roster{ids: ids(1, 250)}, exclusive.ListNumbersRequest{}, ids(1, 250), []string{"", "skip=100&top=100", "skip=200&top=100"}},
		{
			"a full last page is followed by another", &roster{ids: ids(1, 200)}, exclusive.ListNumbersRequest{},
			ids(1, 200), []string{"", "skip=100&top=100", "skip=200&top=100"},
		},
		{
			"from a place on", &roster{ids: ids(1, 25)}, exclusive.ListNumbersRequest{Skip: 10, Top: 8, Search: "x", OrderBy: "number", Filter: "f"},
			ids(11, 25), []string{"filter=f&orderby=number&search=x&skip=10&top=8", "filter=f&orderby=number&search=x&skip=18&top=8"},
		},
		{"from a place on, without a size", &roster{ids: ids(1, 150)}, exclusive.ListNumbersRequest{Skip: 30}, ids(31, 150), []string{"skip=30", "skip=130&top=100"}},
		{"smaller pages than asked for", &roster{ids: ids(1, 25), largest: 10}, exclusive.ListNumbersRequest{}, ids(1, 25), []string{"", "skip=10&top=100", "skip=20&top=100"}},
		{"everything at once", &roster{ids: ids(1, 250), ignoreAll: true}, exclusive.ListNumbersRequest{}, ids(1, 250), []string{""}},
		{"everything at once, as many as a page", &roster{ids: ids(1, 100), ignoreAll: true}, exclusive.ListNumbersRequest{}, ids(1, 100), []string{"", "skip=99&top=2"}},
		{"everything at once, two", &roster{ids: ids(1, 2), ignoreAll: true}, exclusive.ListNumbersRequest{}, ids(1, 2), []string{"", "skip=1&top=2"}},
		{"not found behind the last row", &roster{ids: ids(1, 100), notFound: true}, exclusive.ListNumbersRequest{}, ids(1, 100), []string{"", "skip=99&top=2"}},
		{"not found behind a full page", &roster{ids: ids(1, 200), notFound: true}, exclusive.ListNumbersRequest{}, ids(1, 200), []string{"", "skip=100&top=100", "skip=200&top=100"}},
		{"no count", &roster{ids: ids(1, 120), count: fixedCount("null")}, exclusive.ListNumbersRequest{}, ids(1, 120), []string{"", "skip=99&top=100"}},
		{"a count that is too small", &roster{ids: ids(1, 150), count: fixedCount("7")}, exclusive.ListNumbersRequest{}, ids(1, 150), []string{"", "skip=99&top=100"}},
		{"a count that is too small, and small pages", &roster{ids: ids(1, 15), count: fixedCount("7"), largest: 10}, exclusive.ListNumbersRequest{}, ids(1, 15), []string{"", "skip=9&top=100"}},
		{"a count of the page", &roster{ids: ids(1, 250), count: ofPage}, exclusive.ListNumbersRequest{}, ids(1, 250), []string{"", "skip=99&top=2", "skip=100&top=100", "skip=199&top=100"}},
		{"a count of the page, and small pages", &roster{ids: ids(1, 25), count: ofPage, largest: 10}, exclusive.ListNumbersRequest{}, ids(1, 25), []string{"", "skip=9&top=2", "skip=10&top=100", "skip=19&top=100"}},
		{"rows that come twice", &roster{ids: ids(1, 150), repeatLast: true}, exclusive.ListNumbersRequest{}, ids(1, 150), []string{"", "skip=100&top=100"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.roster.walk(t, &c.from)
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
			assert.Equal(t, c.queries, c.roster.queries)
			for _, ahead := range []int{1, 3, 64} {
				got, err := c.roster.walk(t, &c.from, numbers.ReadAhead(ahead))
				require.NoError(t, err, "ahead %d", ahead)
				assert.Equal(t, c.want, got, "ahead %d", ahead)
			}
		})
	}
}

func TestAllSaysWhereItIsIncomplete(t *testing.T) {
	for _, c := range []struct {
		name     string
		roster   func() *roster
		want     []string
		requests int
		message  string
	}{
		{"the documented sample", func() *roster { return &roster{ids: ids(1, 1), count: fixedCount("100"), ignoreAll: true} }, ids(1, 1), 2, "a page has no new rows"},
		{"an empty page", func() *roster { return &roster{ids: ids(1, 120), count: fixedCount("130")} }, ids(1, 120), 3, "counts more"},
		{"an empty list that counts", func() *roster { return &roster{count: fixedCount("3")} }, nil, 1, "counts more"},
		{"skip is ignored", func() *roster { return &roster{ids: ids(1, 250), ignoreSkip: true} }, ids(1, 100), 2, "a page has no new rows"},
		{"skip is ignored and the count too small", func() *roster { return &roster{ids: ids(1, 250), ignoreSkip: true, count: fixedCount("3")} }, ids(1, 100), 2, "a page has no new rows"},
		{"skip is ignored and nothing counted", func() *roster { return &roster{ids: ids(1, 20), ignoreSkip: true, count: fixedCount("null")} }, ids(1, 20), 2, "a page has no new rows"},
		{"an absurd count", func() *roster { return &roster{ids: ids(1, 20), count: fixedCount("9223372036854775807")} }, ids(1, 20), 2, "counts more"},
		{"parameters are refused", func() *roster { return &roster{ids: ids(1, 100), refuseParams: true} }, ids(1, 100), 2, "refuses to send another page"},
		{"a count of the page, and skip is ignored", func() *roster {
			return &roster{ids: ids(1, 250), count: ofPage, largest: 10, ignoreSkip: true}
		}, ids(1, 10), 3, "a page has no new rows"},
		{"in no stable order", func() *roster {
			return &roster{ids: ids(1, 250), before: func(r *roster, _ url.Values) { r.ids = append(r.ids[70:], r.ids[:70]...) }}
		}, nil, 3, "counts more"},
		{"a count that grows with the asking", func() *roster {
			return &roster{ids: ids(1, 20), count: func(page []string, skip int) string { return strconv.Itoa(skip + 100) }}
		}, ids(1, 20), 2, "counts more"},
		{"rows are destroyed", func() *roster {
			return &roster{ids: ids(1, 150), before: func(r *roster, q url.Values) {
				if q.Get("skip") == "100" {
					r.ids = r.ids[5:]
				}
			}}
		}, append(ids(1, 100), ids(106, 150)...), 2, "became shorter"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := c.roster()
			got, err := r.walk(t, nil)
			require.ErrorIs(t, err, numbers.ErrIncomplete)
			e, _ := any(err).(*numbers.Error) // it must be this type itself
			require.NotNil(t, e)
			assert.Contains(t, []string{"Numbers.All", "Numbers.List"}, e.Op)
			assert.Equal(t, "exclusive", e.Vendor)
			assert.Contains(t, e.Message, c.message)
			if c.want != nil {
				assert.Equal(t, c.want, got)
			}
			assert.Len(t, r.queries, c.requests)

			r = c.roster()
			got, err = r.walk(t, nil, numbers.ReadAhead(4))
			if err == nil && c.name == "rows are destroyed" { // the second page was read before the first
				assert.Equal(t, r.ids, got)
				return
			}
			require.ErrorIs(t, err, numbers.ErrIncomplete)
			assert.Subset(t, ids(1, 250), got)
			assert.Len(t, slices.Compact(slices.Sorted(slices.Values(got))), len(got), "each once")
		})
	}
}

// Pages that refuse the parameters are no end where the count says that there
// is more.
func TestARefusedPageIsAnErrorWhereThereIsMore(t *testing.T) {
	r := &roster{ids: ids(1, 100), refuseParams: true, count: fixedCount("101")}
	got, err := r.walk(t, nil)
	require.ErrorIs(t, err, numbers.ErrIncomplete)
	require.NotErrorIs(t, err, numbers.ErrInvalid)
	assert.Equal(t, ids(1, 100), got)

	r = &roster{ids: ids(1, 100), refuseParams: true}
	got, err = r.walk(t, &exclusive.ListNumbersRequest{Search: "x"})
	require.ErrorIs(t, err, numbers.ErrInvalid)
	assert.Empty(t, got)
}

// Who ignores the caller's own skip can't be paged either.
func TestASkipOfTheCallerThatIsIgnoredIsNoticed(t *testing.T) {
	r := &roster{ids: ids(1, 100), ignoreSkip: true}
	_, err := r.walk(t, &exclusive.ListNumbersRequest{Skip: 10})
	require.ErrorIs(t, err, numbers.ErrIncomplete)
	assert.Len(t, r.queries, 2)
}

func TestRowsThatAreInsertedMeanwhileHideNone(t *testing.T) {
	for _, ahead := range []int{0, 1, 2, 8} {
		t.Run(strconv.Itoa(ahead), func(t *testing.T) {
			inserted := 0
			r := &roster{ids: ids(1, 550), before: func(r *roster, q url.Values) {
				if q.Has("skip") && inserted < 40 {
					inserted++
					r.ids = append([]string{"new" + strconv.Itoa(inserted)}, r.ids...)
				}
			}}
			got, err := r.walk(t, nil, numbers.ReadAhead(ahead))
			require.NoError(t, err)
			old := slices.DeleteFunc(slices.Clone(got), func(id string) bool { return strings.HasPrefix(id, "new") })
			assert.ElementsMatch(t, ids(1, 550), old, "every row that was there comes once")
			assert.Positive(t, inserted)
		})
	}
}

func TestAllSendsNothingBeforeTheFirstStepAndStopsAtABreak(t *testing.T) {
	r := &roster{ids: ids(1, 250)}
	seq := r.client(t).Numbers.All(ctx, nil)
	assert.Empty(t, r.queries)
	for n, err := range seq {
		require.NoError(t, err)
		if n.ID == "100" {
			break
		}
	}
	assert.Equal(t, []string{""}, r.queries)
	for range 2 {
		all, err := vendortest.Collect(seq)
		require.NoError(t, err)
		assert.Len(t, all, 250, "it can be ranged over again")
	}
}

func TestAllChecksTheContextBetweenPages(t *testing.T) {
	for _, ahead := range []int{0, 4} {
		r := &roster{ids: ids(1, 250)}
		stopped, cancel := context.WithCancel(ctx)
		var got int
		var last error
		for _, err := range r.client(t).Numbers.All(stopped, nil, numbers.ReadAhead(ahead)) {
			if err != nil {
				last = err
				continue
			}
			if got++; got == 50 {
				cancel()
			}
		}
		cancel()
		require.ErrorIs(t, last, context.Canceled)
		assert.Equal(t, 100, got)
	}
}

func TestACountOfAnotherTypeHidesNoRows(t *testing.T) {
	r := &roster{ids: ids(1, 250), before: func(r *roster, q url.Values) {
		if q.Get("skip") == "200" {
			r.count = fixedCount(`"many"`)
		}
	}}
	got, err := r.walk(t, nil)
	require.ErrorIs(t, err, numbers.ErrIncomplete)
	assert.Equal(t, ids(1, 250), got)
}

// A PBX that has new rows for every page has no end, unless its count is
// believed at some point.
func TestRowsWithoutEndAreGivenUp(t *testing.T) {
	for count, ahead := range map[string]int{"0": 4, "100": 0} {
		r := &roster{count: fixedCount(count)}
		r.before = func(r *roster, q url.Values) {
			skip, _ := strconv.Atoi(q.Get("skip"))
			r.ids = ids(1, skip+97)
		}
		seen := 0
		var last error
		for _, err := range r.client(t).Numbers.All(ctx, nil, numbers.ReadAhead(ahead)) {
			if last = err; err != nil {
				break
			}
			if seen++; seen > 11_000 {
				break
			}
		}
		require.ErrorIs(t, last, numbers.ErrIncomplete, "count %s, ahead %d", count, ahead)
		assert.ErrorContains(t, last, "far more")
	}
}

// TestSwollenPages has answers that no memory would hold.
func TestSwollenPages(t *testing.T) {
	vendortest.Swelling[exclusive.Number]{
		All: func(ctx context.Context, transport http.RoundTripper) iter.Seq2[*exclusive.Number, error] {
			c, err := exclusive.New("https://pbx.example", exclusive.TokenAuth(bearer), &numbers.ClientOptions{
				Retry: numbers.Retry{Attempts: 1}, HTTPClient: &http.Client{Transport: transport},
			})
			require.NoError(t, err)
			return c.Numbers.All(ctx, nil, numbers.ReadAhead(0))
		},
		Page: func(rows string, total int) string {
			return fmt.Sprintf(`{"count":%d,"items":%s}`, total, rows)
		},
		Row: func(i int) string { return fmt.Sprintf(`{"id":%q,"number":"1"}`, vendortest.Row(i)) },
		Key: func(row *exclusive.Number) string { return row.ID },
	}.Check(t)
}
