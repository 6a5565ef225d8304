package page_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/page"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// TestWhereAWalkEnds has vendors that say less, more, or something else than the
// truth, of a list of 60 rows in pages of 10 at most.
func TestWhereAWalkEnds(t *testing.T) {
	total := func(f func(pg *aPage, at int) page.Count) func(*aPage, int) {
		return func(pg *aPage, at int) { pg.Total, pg.More = f(pg, at), false }
	}
	for name, c := range map[string]struct {
		after    func(pg *aPage, at int)
		complete []string // the walks that all rows can be shown to have come by
		rows     int      // that come at least
	}{
		"the truth":            {nil, []string{"numbered", "offset"}, 60},
		"a total of the page":  {total(func(pg *aPage, _ int) page.Count { return page.Of(len(pg.Rows)) }), []string{"offset"}, 60},
		"a total so far":       {total(func(pg *aPage, at int) page.Count { return page.Of(at + len(pg.Rows)) }), []string{"offset"}, 60},
		"a total of 1":         {total(func(*aPage, int) page.Count { return page.Of(1) }), []string{"offset"}, 60},
		"too small a total":    {total(func(*aPage, int) page.Count { return page.Of(59) }), nil, 60},
		"too large a total":    {total(func(*aPage, int) page.Count { return page.Of(61) }), nil, 60},
		"no total, and a size": {total(func(*aPage, int) page.Count { return page.Count{} }), []string{"numbered", "offset"}, 60},
		"no total":             {func(pg *aPage, _ int) { pg.Total, pg.Size, pg.More = page.Count{}, page.Count{}, false }, []string{"offset"}, 60},
		"a negative total":     {total(func(*aPage, int) page.Count { return page.Said(wire.NewCount(-1 << 63)) }), []string{"offset"}, 60},
		"a total once": {total(func(pg *aPage, at int) page.Count {
			if at > 1 {
				return page.Count{}
			}
			return pg.Total
		}), nil, 60},
		"another place": {func(pg *aPage, _ int) { pg.At = page.Of(3) }, nil, 60},
		"another page":  {func(pg *aPage, _ int) { pg.Rows = old(0, 10) }, nil, 10},
		"an empty page that has more": {func(pg *aPage, at int) {
			if at == 3 || at == 20 {
				pg.Rows, pg.More = nil, true
			}
		}, nil, 20},
		"rows that can't be read": {func(pg *aPage, at int) {
			if at == 2 || at == 10 {
				pg.Rows, pg.Lost = nil, page.Lost{Rows: 10, Reason: "they have no id"}
			}
		}, nil, 50},
		"a row twice in a page": {func(pg *aPage, _ int) { pg.Rows = append(pg.Rows, pg.Rows[max(0, len(pg.Rows)-1):]...) }, []string{"numbered", "offset"}, 60},
	} {
		for _, walk := range []string{"numbered", "offset"} {
			t.Run(name+", "+walk, func(t *testing.T) {
				for ahead, opts := range aheads() {
					l := newListing(60, 10)
					l.after = c.after
					items, err := collect(walks(l)[walk](opts...), t.Context())
					assert.GreaterOrEqual(t, len(items), c.rows)
					assert.Len(t, slices.Compact(slices.Sorted(slices.Values(items))), len(items), "each once")
					if slices.Contains(c.complete, walk) {
						require.NoError(t, err, "ahead %s", ahead)
						assert.Equal(t, l.rows, items)
					} else {
						require.ErrorIs(t, err, numbers.ErrIncomplete, "ahead %s", ahead)
					}
				}
			})
		}
	}
}

// Without a count, an empty first page is the whole list. One row and then an empty page
// are, if the row comes again where the walk began.
func TestAListOfNoneOrOneWithoutACount(t *testing.T) {
	for name, c := range map[string]struct {
		pages    []aPage // in the order of the requests; the last one from then on
		want     []string
		requests []int // the places
		complete bool
	}{
		"none":              {[]aPage{{}}, nil, []int{0}, true},
		"one":               {[]aPage{{Rows: old(0, 1)}, {}, {Rows: old(0, 1)}}, old(0, 1), []int{0, 1, 0}, true},
		"its page's count":  {[]aPage{{Rows: old(0, 1), Total: page.Of(1)}, {Total: page.Of(0)}, {Rows: old(0, 1), Total: page.Of(1)}}, old(0, 1), []int{0, 1, 0}, true},
		"counted":           {[]aPage{{Rows: old(0, 1), Total: page.Of(1)}, {Total: page.Of(1)}}, old(0, 1), []int{0, 1}, true},
		"another one":       {[]aPage{{Rows: old(0, 1)}, {}, {Rows: old(1, 2)}, {}}, old(0, 2), []int{0, 1, 0, 1}, false},
		"gone":              {[]aPage{{Rows: old(0, 1)}, {}, {}}, old(0, 1), []int{0, 1, 0}, false},
		"two after all":     {[]aPage{{Rows: old(0, 1)}, {}, {Rows: old(0, 2)}, {Rows: old(1, 2)}}, old(0, 2), []int{0, 1, 0, 1}, true},
		"of which one lost": {[]aPage{{Rows: old(0, 1), Lost: page.Lost{Rows: 1, Reason: "it has no id"}}, {}}, old(0, 1), []int{0, 1}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var places []int
			w := page.Offset[string]{
				List: page.List[string]{Vendor: "v", Op: "All", Key: func(s *string) string { return *s }},
				Size: 10,
				Fetch: func(_ context.Context, skip, _ int) (aPage, error) {
					places = append(places, skip)
					return c.pages[min(len(places), len(c.pages))-1], nil
				},
			}
			items, err := collect(w, t.Context())
			assert.Equal(t, c.want, items)
			assert.Equal(t, c.requests, places)
			if c.complete {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, numbers.ErrIncomplete)
			}
		})
	}
}

// serve is a vendor whose pages are made by a function, and read by a cursor.
func serve(f func(at int) aPage, more func(at int) (int, bool), opts ...numbers.PageOption) page.Cursor[string, int] {
	return page.Cursor[string, int]{
		List:  (&listing{}).list(opts),
		First: 1,
		Size:  2,
		Fetch: func(_ context.Context, at int) (aPage, error) { return f(at), nil },
		Next: func(at int, _ *aPage, _ int) (int, bool, string) {
			next, more := more(at)
			return next, more, ""
		},
	}
}

func TestShortPagesWithoutEndAreGivenUp(t *testing.T) {
	one := func(at int) aPage { return aPage{Rows: []string{strconv.Itoa(at)}} }
	for _, opts := range aheads() {
		items, err := collect(serve(one, func(at int) (int, bool) { return at + 1, true }, opts...), t.Context())
		require.ErrorIs(t, err, numbers.ErrIncomplete)
		assert.ErrorContains(t, err, "short pages without an end")
		assert.Len(t, items, 1000, "what came is not held back")

		items, err = collect(serve(one, func(at int) (int, bool) { return at + 1, at < 999 }, opts...), t.Context())
		require.NoError(t, err)
		assert.Len(t, items, 999)

		items, err = collect(serve(func(at int) aPage {
			if at%1000 == 0 {
				return aPage{Rows: []string{strconv.Itoa(at), strconv.Itoa(-at)}}
			}
			return one(at)
		}, func(at int) (int, bool) { return at + 1, at < 5000 }, opts...), t.Context())
		require.NoError(t, err, "a full page in between shows that the vendor counts")
		assert.Len(t, items, 5005)
	}
}

// A walk that goes round in a circle ends, whatever the circle's length and wherever
// it begins, and yields no row twice.
func TestCirclesEnd(t *testing.T) {
	for _, lead := range []int{0, 1, 5} {
		for _, length := range []int{1, 2, 3, 7, 100} {
			items, err := collect(serve(func(at int) aPage {
				return aPage{Rows: []string{strconv.Itoa(at), strconv.Itoa(-at)}}
			}, func(at int) (int, bool) {
				if at == lead+length {
					return lead + 1, true
				}
				return at + 1, true
			}), t.Context())
			require.ErrorIs(t, err, numbers.ErrIncomplete, "lead %d, length %d", lead, length)
			assert.Len(t, items, 2*(lead+length))
		}
	}
}

func TestPagesWithACommonItemAreNoCircle(t *testing.T) {
	items, err := collect(serve(func(at int) aPage {
		return aPage{Rows: []string{"same", strconv.Itoa(at)}}
	}, func(at int) (int, bool) { return at + 1, at < 40 }), t.Context())
	require.NoError(t, err)
	assert.Len(t, items, 41)
}

// A vendor may refuse a page behind the last one, or all but the first.
func TestARefusedPageIsNoProof(t *testing.T) {
	refused := &numbers.Error{Vendor: "acme", Op: "Things.List", Kind: numbers.ErrNotFound, Status: http.StatusNotFound}
	for name, c := range map[string]struct {
		rows, total, page int
		complete          bool
	}{
		"behind the last of two":             {20, 20, 3, true},
		"behind the only one":                {10, 10, 2, false},
		"although there is more":             {30, 30, 3, false},
		"although the vendor does not count": {20, 0, 2, false},
	} {
		for _, walk := range []string{"numbered", "offset"} {
			t.Run(name+", "+walk, func(t *testing.T) {
				l := newListing(c.rows, 10)
				l.after = func(pg *aPage, _ int) {
					if pg.Total = page.Of(c.total); c.total == 0 {
						pg.Total = page.Count{}
					}
				}
				w := l.numbered(numbers.ReadAhead(0))
				fetch := func(ctx context.Context, place, skip, size int) (aPage, error) {
					pg, err := l.fetch(ctx, place, skip, size)
					if skip >= (c.page-1)*10-1 {
						return aPage{}, refused
					}
					return pg, err
				}
				var walker walker = page.Numbered[string]{List: w.List, Size: 10, Fetch: func(ctx context.Context, n int) (aPage, error) {
					return fetch(ctx, n, (n-1)*10, 10)
				}}
				if walk == "offset" {
					walker = page.Offset[string]{List: w.List, Size: 10, Fetch: func(ctx context.Context, skip, size int) (aPage, error) {
						return fetch(ctx, skip, skip, size)
					}}
				}
				items, err := collect(walker, t.Context())
				assert.Len(t, items, min(c.rows, (c.page-1)*10))
				if c.complete {
					require.NoError(t, err)
					return
				}
				require.ErrorIs(t, err, numbers.ErrIncomplete)
				require.NotErrorIs(t, err, numbers.ErrNotFound)
				e, ok := errors.AsType[*numbers.Error](err)
				require.True(t, ok)
				assert.Equal(t, http.StatusNotFound, e.Status)
			})
		}
	}
}

func TestCountsAreBounded(t *testing.T) {
	for literal, want := range map[string]page.Count{
		"null": {}, "0": page.Of(0), "7": page.Of(7), `"7"`: page.Of(7), "10000001": page.Of(10_000_000),
		"9223372036854775807": page.Of(10_000_000), "2.0": page.Of(2),
	} {
		var c wire.Count
		require.NoError(t, c.UnmarshalJSON([]byte(literal)))
		assert.Equal(t, want, page.Said(c), literal)
	}
	for _, literal := range []string{"-1", "-9223372036854775808", "99999999999999999999", "1.5"} {
		var c wire.Count
		require.NoError(t, c.UnmarshalJSON([]byte(literal)))
		_, known := page.Said(c).Known()
		assert.False(t, known, literal)
		assert.NotEqual(t, page.Count{}, page.Said(c), "it is not left out, either")
	}
}
