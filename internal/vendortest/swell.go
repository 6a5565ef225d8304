package vendortest

import (
	"context"
	"iter"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// Swelling proves that no answer to a listing takes more memory or time than its size
// explains.
type Swelling[T any] struct {
	// All walks the vendor's largest list, over a transport.
	All func(ctx context.Context, transport http.RoundTripper) iter.Seq2[*T, error]
	// Page is the answer with these rows, of a list that has so many.
	Page func(rows string, total int) string
	// Row is a row, named by Row.
	Row func(i int) string
	// Key is the name of a row.
	Key func(*T) string
}

// half is half of the largest answer that a client reads by default.
const half = 16 << 20

// Check runs all checks.
func (s Swelling[T]) Check(t *testing.T) {
	t.Helper()
	t.Run("hollow", s.hollow)
	t.Run("deep", s.deep)
	t.Run("long", s.long)
	t.Run("large", s.large)
	t.Run("error", s.refusal)
}

// walk walks a list whose every page is body. It returns the names of the rows, how often
// the list was requested and how many bytes were allocated.
func (s Swelling[T]) walk(ctx context.Context, a Answer) (rows []string, requests int, bytes uint64, err error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	all := s.All(ctx, RoundTrip(func(*http.Request) Answer {
		requests++ // no page is read ahead
		return a
	}))
	for row, e := range all {
		if err = e; e == nil {
			rows = append(rows, s.Key(row))
		}
	}
	runtime.ReadMemStats(&after)
	return rows, requests, after.TotalAlloc - before.TotalAlloc, err
}

// hollow has rows of a few bytes, each of which would become a large struct. What is
// allocated in all is an upper bound of the peak of the heap.
func (s Swelling[T]) hollow(t *testing.T) {
	for _, row := range []string{"{},", "[],", "null,"} {
		body := s.Page("["+strings.Repeat(row, half/len(row))+row[:len(row)-1]+"]", half/len(row))
		_, requests, bytes, err := s.walk(t.Context(), Text(body))
		require.Error(t, err)
		assert.ErrorIs(t, err, numbers.ErrVendor)
		assert.Equal(t, 1, requests)
		assert.Less(t, bytes, uint64(16*len(body)), row)
	}
}

// deep has a row that is nested in itself.
func (s Swelling[T]) deep(t *testing.T) {
	for _, level := range [][2]string{{`{"a":`, "}"}, {"[", "]"}} {
		const levels = 1 << 20
		body := s.Page("["+strings.Repeat(level[0], levels)+"0"+strings.Repeat(level[1], levels)+"]", 1)
		_, requests, bytes, err := s.walk(t.Context(), Text(body))
		require.ErrorIs(t, err, numbers.ErrVendor)
		assert.Equal(t, 1, requests)
		assert.Less(t, bytes, uint64(16*len(body)))
	}
}

// long has a page of far more rows than were requested: it is refused, or each of its
// rows comes once.
func (s Swelling[T]) long(t *testing.T) {
	for _, total := range []int{20_000, 200_000} {
		body := s.Page(Rows(total, 0, total, s.Row), total)
		rows, requests, bytes, err := s.walk(t.Context(), Text(body))
		assert.LessOrEqual(t, requests, 3)
		assert.Less(t, bytes, uint64(16*requests*max(len(body), 1<<20)))
		if err == nil {
			assert.Len(t, rows, total)
		}
		distinct := map[string]bool{}
		for _, row := range rows {
			assert.False(t, distinct[row])
			distinct[row] = true
		}
	}
}

// large has an answer of half the cap with good rows, as few of which fit as the vendor's
// real ones.
func (s Swelling[T]) large(t *testing.T) {
	padded := func(i int) string {
		return strings.TrimSuffix(s.Row(i), "}") + `,"padding":"` + strings.Repeat("x", 1000) + `"}`
	}
	total := half / len(padded(0))
	body := s.Page(Rows(total, 0, total, padded), total)
	_, requests, bytes, err := s.walk(t.Context(), Text(body))
	if err != nil {
		require.ErrorIs(t, err, numbers.ErrIncomplete)
	}
	assert.Less(t, bytes, uint64(16*requests*len(body)))
}

// refusal has errors that are as large as the largest that is read.
func (s Swelling[T]) refusal(t *testing.T) {
	const size = 1 << 20
	for _, format := range []string{`{"errors":[%]}`, `{"errors":{%}}`, `{"fields":{%}}`, `{"error":[%]}`, `[%]`} {
		for _, item := range []string{"{}", `{"code":"1"}`, "[]", "null"} {
			if strings.Contains(format, "{%}") {
				item = `"a":` + item
			}
			body := strings.Replace(format, "%", strings.TrimSuffix(strings.Repeat(item+",", size/(len(item)+1)-10), ","), 1)
			rows, requests, bytes, err := s.walk(t.Context(), Failing(http.StatusBadRequest, body))
			require.Error(t, err)
			assert.Empty(t, rows)
			assert.Equal(t, 1, requests)
			assert.Less(t, bytes, uint64(16*size), body[:40])
		}
	}
}
