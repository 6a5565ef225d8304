package telnyx_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/telnyx"
)

// shelf is a list of orders that is paged as Telnyx pages.
type shelf struct {
	*httptest.Server
	mu     sync.Mutex
	ids    []string
	served int
	// before is called before the n-th page (from 1) is made, with the lock held.
	before func(s *shelf, n int)
	// meta changes the page's meta; nil removes it.
	meta func(m *telnyx.Meta) *telnyx.Meta
}

func newShelf(t *testing.T, n int) *shelf {
	t.Helper()
	s := &shelf{}
	for i := range n {
		s.ids = append(s.ids, fmt.Sprintf("old-%d", i))
	}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.served++
	if s.before != nil {
		s.before(s, s.served)
	}
	number, _ := strconv.Atoi(r.URL.Query().Get("page[number]"))
	size, _ := strconv.Atoi(r.URL.Query().Get("page[size]"))
	rows := []telnyx.NumberOrder{}
	for i := (number - 1) * size; i < min(number*size, len(s.ids)); i++ {
		rows = append(rows, telnyx.NumberOrder{ID: s.ids[i]})
	}
	m := metaOf(number, size, (len(s.ids)+size-1)/size, len(s.ids))
	if s.meta != nil {
		m = s.meta(m)
	}
	_ = json.NewEncoder(w).Encode(telnyx.Page[telnyx.NumberOrder]{Data: rows, Meta: m})
}

func metaOf(number, size, pages, total int) *telnyx.Meta {
	return &telnyx.Meta{PageNumber: count(number), PageSize: count(size), TotalPages: count(pages), TotalResults: count(total)}
}

func count(n int) wire.Count { return wire.NewCount(int64(n)) }

// walk reads all ids in pages of a size.
func (s *shelf) walk(t *testing.T, size, ahead int) ([]string, error) {
	t.Helper()
	var ids []string
	seq := clientAt(t, s.URL).NumberOrders.All(ctx, &telnyx.ListNumberOrdersRequest{Page: telnyx.PageParams{Size: size}}, numbers.ReadAhead(ahead))
	for o, err := range seq {
		if err != nil {
			return ids, err
		}
		ids = append(ids, o.ID)
	}
	return ids, nil
}

// assertSwept checks that all rows of the start came exactly once.
func assertSwept(t *testing.T, n int, ids []string) {
	t.Helper()
	count := map[string]int{}
	for _, id := range ids {
		count[id]++
	}
	for i := range n {
		assert.Equal(t, 1, count[fmt.Sprintf("old-%d", i)], "old-%d", i)
	}
	for id, times := range count {
		assert.Equal(t, 1, times, id)
	}
}

func TestAWalkYieldsEveryOrderOnceInOrder(t *testing.T) {
	for _, n := range []int{0, 1, 9, 10, 11, 20, 95} {
		for _, ahead := range []int{0, 1, 8} {
			s := newShelf(t, n)
			ids, err := s.walk(t, 10, ahead)
			require.NoError(t, err, "%d rows, %d ahead", n, ahead)
			assertSwept(t, n, ids)
			assert.Len(t, ids, n)
			for i, id := range ids {
				require.Equal(t, fmt.Sprintf("old-%d", i), id)
			}
		}
	}
}

func TestAWalkThatMayHaveMissedSomethingSaysSo(t *testing.T) {
	for name, change := range map[string]func(s *shelf){
		"the list shrinks": func(s *shelf) {
			s.before = func(s *shelf, n int) {
				if n == 2 {
					s.ids = s.ids[1:]
				}
			}
		},
		"no meta":             func(s *shelf) { s.meta = func(*telnyx.Meta) *telnyx.Meta { return nil } },
		"another page":        func(s *shelf) { s.meta = func(m *telnyx.Meta) *telnyx.Meta { m.PageNumber = count(7); return m } },
		"more than is listed": func(s *shelf) { s.meta = func(m *telnyx.Meta) *telnyx.Meta { m.TotalResults = count(32); return m } },
		"an endless list":     func(s *shelf) { s.meta = func(m *telnyx.Meta) *telnyx.Meta { m.TotalPages = count(1 << 30); return m } },
		"the same page": func(s *shelf) {
			all := s.ids
			s.before = func(s *shelf, n int) { s.ids = append(append([]string(nil), all[:10]...), all...) }
			s.meta = func(m *telnyx.Meta) *telnyx.Meta { m.TotalResults = count(30); return m }
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t, 30)
			change(s)
			ids, err := s.walk(t, 10, 0)
			require.ErrorIs(t, err, numbers.ErrIncomplete)
			e, ok := any(err).(*numbers.Error) // it must be this type itself
			require.True(t, ok)
			assert.Equal(t, "NumberOrders.All", e.Op)
			assert.Equal(t, "telnyx", e.Vendor)
			assert.GreaterOrEqual(t, len(ids), 10, "the items come first")
		})
	}
}

// TestAWalkSurvivesAnAbsurdCount has rows enough for a walk to forget the first ones.
func TestAWalkSurvivesAnAbsurdCount(t *testing.T) {
	for _, total := range []int{math.MinInt, -1, math.MaxInt} {
		s := newShelf(t, 3000)
		s.meta = func(m *telnyx.Meta) *telnyx.Meta {
			if (m.PageNumber == count(1)) == (total < 0) {
				m.TotalResults = count(total)
			}
			return m
		}
		ids, err := s.walk(t, 250, 0)
		if total < 0 {
			require.ErrorIs(t, err, numbers.ErrIncomplete)
		} else {
			require.NoError(t, err)
		}
		assertSwept(t, 3000, ids)
	}
}

func TestAWalkIsLazyAndRestartableAndStops(t *testing.T) {
	s := newShelf(t, 30)
	seq := clientAt(t, s.URL).NumberOrders.All(ctx, &telnyx.ListNumberOrdersRequest{Page: telnyx.PageParams{Size: 10}})
	assert.Zero(t, s.served, "nothing is sent before the first step")
	for _, err := range seq {
		require.NoError(t, err)
		break
	}
	assert.Equal(t, 1, s.served)
	for range 2 {
		all, err := vendortest.Collect(seq)
		require.NoError(t, err)
		assert.Len(t, all, 30)
	}
	assert.Equal(t, 9, s.served, "a full page is followed by another request")

	stopped, stop := context.WithCancel(ctx)
	seen := 0
	for _, err := range clientAt(t, s.URL).NumberOrders.All(stopped, &telnyx.ListNumberOrdersRequest{Page: telnyx.PageParams{Size: 10}}) {
		if err != nil {
			require.ErrorIs(t, err, context.Canceled)
			break
		}
		seen++
		stop()
	}
	assert.Equal(t, 10, seen, "the context is asked between pages")
	stop()
	assert.Equal(t, 10, s.served)
}

// TestSwollenPages has pages that no memory would hold.
func TestSwollenPages(t *testing.T) {
	vendortest.Swelling[telnyx.NumberOrder]{
		All: func(ctx context.Context, transport http.RoundTripper) iter.Seq2[*telnyx.NumberOrder, error] {
			c, err := telnyx.New(telnyx.APIKeyAuth("KEY"), &numbers.ClientOptions{
				Retry: numbers.Retry{Attempts: 1}, HTTPClient: &http.Client{Transport: transport},
			})
			require.NoError(t, err)
			return c.NumberOrders.All(ctx, nil, numbers.ReadAhead(0))
		},
		Page: func(rows string, total int) string {
			return fmt.Sprintf(`{"data":%s,"meta":{"page_number":1,"page_size":250,"total_pages":1,"total_results":%d}}`, rows, total)
		},
		Row: func(i int) string { return fmt.Sprintf(`{"id":%q}`, vendortest.Row(i)) },
		Key: func(o *telnyx.NumberOrder) string { return o.ID },
	}.Check(t)
}
