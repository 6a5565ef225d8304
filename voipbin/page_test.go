package voipbin_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/voipbin"
)

// table lists rows as the vendor's server does: those created before the token,
// the newest first, no more than page_size, 10 or 100 of them where the size is
// out of range; the token of the last row, whether or not another follows.
type table struct {
	rows []row // the newest first
	old  bool  // March 2021
	// shuffle gives rows of equal time in another order each time, as a
	// database may.
	shuffle bool

	mu    sync.Mutex
	sizes []int
	asked int
	after func(asked int) // called after each page
}

type row struct {
	ID string `json:"id"`
	// Number must not be empty.
	Number string `json:"number"`
	Create string `json:"tm_create"`
	at     time.Time
}

const (
	oldForm = "2006-01-02 15:04:05.000000"
	newForm = "2006-01-02T15:04:05.999999Z07:00" // trailing zeros are trimmed
	tokens  = "2006-01-02T15:04:05.000000Z"
)

// rowsAt makes a row for each time, given as microseconds after base.
func rowsAt(base time.Time, old bool, micros ...int) []row {
	form := newForm
	if old {
		form = oldForm
	}
	list := []row{}
	for i, m := range micros {
		at := base.Add(time.Duration(m) * time.Microsecond)
		list = append(list, row{ID: fmt.Sprintf("row-%d", i), Number: "+12025550142", Create: at.Format(form), at: at})
	}
	slices.SortStableFunc(list, func(a, b row) int { return b.at.Compare(a.at) })
	return list
}

func (s *table) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.after != nil {
		defer s.after(s.asked)
	}
	usual := 100
	if s.old {
		usual = 10
	}
	size, err := strconv.Atoi(r.URL.Query().Get("page_size"))
	if err != nil || size <= 0 || size > 100 {
		size = usual
	}
	s.sizes = append(s.sizes, size)
	page := struct {
		Result []row  `json:"result"`
		Next   string `json:"next_page_token"`
	}{Result: []row{}}
	before := time.Now().Add(1000 * time.Hour)
	if token := r.URL.Query().Get("page_token"); token != "" {
		bare := strings.TrimSuffix(strings.Replace(token, "T", " ", 1), "Z")
		if before, err = time.Parse("2006-01-02 15:04:05", bare); err != nil {
			_ = json.NewEncoder(w).Encode(page) // garbage is an empty page
			return
		}
	}
	rows := slices.Clone(s.rows)
	if s.shuffle {
		slices.Reverse(rows)
		rows = slices.Concat(rows[s.asked%max(len(rows), 1):], rows[:s.asked%max(len(rows), 1)])
		slices.SortStableFunc(rows, func(a, b row) int { return b.at.Compare(a.at) })
	}
	for _, one := range rows {
		if one.at.Before(before) && len(page.Result) < size {
			page.Result = append(page.Result, one)
		}
	}
	if n := len(page.Result); n > 0 {
		page.Next = page.Result[n-1].at.Format(oldForm)
		if !s.old {
			page.Next = page.Result[n-1].at.Format(tokens)
		}
	}
	_ = json.NewEncoder(w).Encode(page)
}

// walks returns both services' walks over the table.
func (s *table) walk(t *testing.T, size int, opts ...numbers.PageOption) iter.Seq2[*voipbin.Number, error] {
	t.Helper()
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	c := client(t, srv.URL)
	if s.old {
		return c.OrderNumbers.All(t.Context(), &voipbin.ListOrderNumbersRequest{PageSize: size}, opts...)
	}
	return c.Numbers.All(t.Context(), &voipbin.ListNumbersRequest{PageSize: size}, opts...)
}

// ids walks to the end.
func ids(seq iter.Seq2[*voipbin.Number, error]) (list []string, err error) {
	for n, e := range seq {
		if e != nil {
			err = e
			continue
		}
		list = append(list, n.ID)
	}
	return list, err
}

func (s *table) ids() []string {
	var list []string
	for _, one := range s.rows {
		list = append(list, one.ID)
	}
	return list
}

// eras runs a test for both forms of times.
func eras(t *testing.T, f func(t *testing.T, old bool)) {
	t.Run("2021", func(t *testing.T) { f(t, true) })
	t.Run("today", func(t *testing.T) { f(t, false) })
}

func base() time.Time { return time.Date(2021, 3, 3, 6, 34, 9, 733_751_000, time.UTC) }

func repeat(micros, times int) []int {
	return slices.Repeat([]int{micros}, times)
}

func TestWalkLosesNoRowsOfEqualTimes(t *testing.T) {
	lastOfSecond := int(base().Truncate(time.Second).Add(time.Second-time.Microsecond).Sub(base()) / time.Microsecond)
	cases := map[string][]int{
		"none":                    {},
		"one":                     {0},
		"all different":           {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
		"three and three":         {5, 5, 5, 2, 2, 2},
		"all at once":             repeat(0, 30),
		"ninety-nine at once":     slices.Concat([]int{8}, repeat(4, 99), []int{1, 0}),
		"forty in tens":           slices.Concat(repeat(30, 10), repeat(20, 10), repeat(10, 10), repeat(0, 10)),
		"ties at both ends":       slices.Concat(repeat(9, 7), []int{5, 4}, repeat(1, 6)),
		"a second, a day, a year": {lastOfSecond, lastOfSecond, lastOfSecond, lastOfSecond + 1, lastOfSecond + 1, 0},
		"many pages of ties":      slices.Concat(repeat(300, 57), repeat(200, 3), repeat(100, 80), repeat(50, 2), repeat(0, 21)),
	}
	eras(t, func(t *testing.T, old bool) {
		for name, micros := range cases {
			for _, shuffle := range []bool{false, true} {
				for _, size := range []int{0, 1, 2, 3, 10, 99} {
					for _, ahead := range []int{0, 3} {
						s := &table{rows: rowsAt(base(), old, micros...), old: old, shuffle: shuffle}
						got, err := ids(s.walk(t, size, numbers.ReadAhead(ahead)))
						require.NoError(t, err, "%s, pages of %d", name, size)
						if shuffle {
							slices.Sort(got)
							assert.Equal(t, slices.Sorted(slices.Values(s.ids())), got, "%s, pages of %d, shuffled", name, size)
						} else {
							assert.Equal(t, s.ids(), got, "%s, pages of %d", name, size)
						}
						assert.LessOrEqual(t, slices.Max(s.sizes), 100)
					}
				}
			}
		}
	})
}

func TestWalkCarriesTheMicrosecond(t *testing.T) {
	for _, end := range []time.Time{
		time.Date(2021, 3, 3, 6, 34, 9, 999_999_000, time.UTC),
		time.Date(2021, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(2024, 2, 28, 23, 59, 59, 999_999_000, time.UTC),
	} {
		eras(t, func(t *testing.T, old bool) {
			s := &table{rows: rowsAt(end, old, 1, 0, 0, 0, -1), old: old}
			got, err := ids(s.walk(t, 2))
			require.NoError(t, err)
			assert.Equal(t, s.ids(), got)
		})
	}
}

func TestWalkOfMoreThanAPageInOneMicrosecondIsIncomplete(t *testing.T) {
	eras(t, func(t *testing.T, old bool) {
		for _, size := range []int{0, 1, 7, 100} {
			s := &table{rows: rowsAt(base(), old, slices.Concat([]int{9, 8}, repeat(5, 130), []int{3, 2, 2, 1})...), old: old}
			got, err := ids(s.walk(t, size))
			require.ErrorIs(t, err, numbers.ErrIncomplete)
			assert.Contains(t, err.Error(), "one microsecond")
			want := s.ids()
			assert.Equal(t, slices.Concat(want[:2+100], want[2+130:]), got, "all that can be had comes first, what is behind them too")
		}
	})
}

// With exactly a page of them nobody can tell whether there is another.
func TestWalkOfAPageInOneMicrosecondIsNotShownToBeComplete(t *testing.T) {
	eras(t, func(t *testing.T, old bool) {
		s := &table{rows: rowsAt(base(), old, slices.Concat(repeat(5, 100), []int{3})...), old: old}
		got, err := ids(s.walk(t, 0))
		require.ErrorIs(t, err, numbers.ErrIncomplete)
		assert.Equal(t, s.ids(), got)
	})
}

func TestWalkIsNotDisturbedByNewRows(t *testing.T) {
	eras(t, func(t *testing.T, old bool) {
		micros := slices.Concat(repeat(40, 6), repeat(20, 6))
		s := &table{rows: rowsAt(base(), old, micros...), old: old}
		want := s.ids()
		s.after = func(asked int) {
			fresh := rowsAt(base().Add(time.Hour), old, asked)
			fresh[0].ID = "new-" + strconv.Itoa(asked)
			s.rows = append(fresh, s.rows...)
		}
		got, err := ids(s.walk(t, 4))
		require.NoError(t, err)
		assert.Equal(t, want, got)
	})
}

func TestWalkIsNotDisturbedByDeletedRows(t *testing.T) {
	eras(t, func(t *testing.T, old bool) {
		s := &table{rows: rowsAt(base(), old, slices.Concat(repeat(40, 6), repeat(20, 6))...), old: old}
		want := s.ids()
		s.after = func(asked int) {
			if asked == 1 {
				s.rows = s.rows[4:] // those that were listed
			}
		}
		seq := s.walk(t, 4)
		got, err := ids(seq)
		require.NoError(t, err)
		assert.Equal(t, want, got)
		got, err = ids(seq)
		require.NoError(t, err)
		assert.Equal(t, want[4:], got, "it can be walked again")
	})
}

func TestWalkFromAToken(t *testing.T) {
	eras(t, func(t *testing.T, old bool) {
		s := &table{rows: rowsAt(base(), old, 9, 8, 8, 7, 6), old: old}
		srv := httptest.NewServer(s)
		t.Cleanup(srv.Close)
		c := client(t, srv.URL)
		from := base().Add(8 * time.Microsecond).Format(oldForm)
		var got []string
		var err error
		if old {
			got, err = ids(c.OrderNumbers.All(t.Context(), &voipbin.ListOrderNumbersRequest{PageToken: from}))
		} else {
			got, err = ids(c.Numbers.All(t.Context(), &voipbin.ListNumbersRequest{PageToken: from}))
		}
		require.NoError(t, err)
		assert.Equal(t, s.ids()[3:], got, "a token is exclusive")
	})
}

func TestWalkAsksNothingBeforeItsFirstStepAndStopsAtABreak(t *testing.T) {
	s := &table{rows: rowsAt(base(), false, 9, 8, 7, 6, 5, 4, 3, 2, 1)}
	seq := s.walk(t, 3)
	assert.Zero(t, s.asked)
	n := 0
	for _, err := range seq {
		require.NoError(t, err)
		if n++; n == 4 {
			break
		}
	}
	assert.Equal(t, 2, s.asked)
}

// A server that does not honour the token is found out, and not asked for
// ever.
func TestWalkOfAStuckServerEnds(t *testing.T) {
	full := func(n int) string {
		page := map[string]any{"result": rowsAt(base(), true, slices.Collect(countdown(n))...), "next_page_token": ""}
		return vendortest.Encode(t, page)
	}
	for n, complete := range map[int]bool{0: true, 1: true, 99: true, 100: false} {
		srv := serve(t, ok(full(n)))
		got, err := ids(client(t, srv.URL).OrderNumbers.All(t.Context(), nil))
		assert.Len(t, got, n, "each row once")
		if complete {
			require.NoError(t, err, "%d rows, a page that is not full: there are no others", n)
		} else {
			require.ErrorIs(t, err, numbers.ErrIncomplete, "%d rows", n)
		}
		assert.LessOrEqual(t, len(srv.Received()), 4)
	}
}

func countdown(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := n; i > 0; i-- {
			if !yield(i) {
				return
			}
		}
	}
}

func TestWalkWithoutTimesCannotGoOn(t *testing.T) {
	page := ok(`{"result":[{"id":"a","number":"1","tm_create":"2021-03-03 06:34:09.000001"},{"id":"b","number":"2","tm_create":""}],"next_page_token":""}`)
	got, err := ids(client(t, serve(t, page).URL).OrderNumbers.All(t.Context(), &voipbin.ListOrderNumbersRequest{PageSize: 2}))
	require.ErrorIs(t, err, numbers.ErrIncomplete)
	assert.Equal(t, []string{"a", "b"}, got)

	got, err = ids(client(t, serve(t, page).URL).OrderNumbers.All(t.Context(), nil))
	require.NoError(t, err, "the page is not full: nothing follows")
	assert.Equal(t, []string{"a", "b"}, got)
}

func TestWalkStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := &table{rows: rowsAt(base(), false, 9, 8, 7, 6, 5, 4, 3, 2, 1)}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	n := 0
	var failure error
	for _, err := range client(t, srv.URL).Numbers.All(ctx, &voipbin.ListNumbersRequest{PageSize: 3}) {
		if err != nil {
			failure = err
			continue
		}
		if n++; n == 3 {
			cancel()
		}
	}
	require.ErrorIs(t, failure, numbers.ErrUnreachable)
	require.ErrorIs(t, failure, context.Canceled)
	assert.Equal(t, 3, n)
}

// TestSwollenPages has answers that no memory would hold.
func TestSwollenPages(t *testing.T) {
	vendortest.Swelling[voipbin.Number]{
		All: func(ctx context.Context, transport http.RoundTripper) iter.Seq2[*voipbin.Number, error] {
			c, err := voipbin.New(voipbin.TokenAuth("a.b.c"), &numbers.ClientOptions{
				Retry: numbers.Retry{Attempts: 1}, HTTPClient: &http.Client{Transport: transport},
			})
			require.NoError(t, err)
			return c.Numbers.All(ctx, nil, numbers.ReadAhead(0))
		},
		Page: func(rows string, _ int) string {
			return `{"result":` + rows + `,"next_page_token":""}`
		},
		Row: func(i int) string {
			return fmt.Sprintf(`{"id":%q,"number":"+12025550100","tm_create":"2026-01-01T00:00:00Z"}`, vendortest.Row(i))
		},
		Key: func(row *voipbin.Number) string { return row.ID },
	}.Check(t)
}
