package vendortest

import (
	"iter"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// Lies are what a vendor says of a list instead of the truth: of each page, and of
// each count on it, another byte picks what.
type Lies []byte

// Count returns the JSON literal of the k-th count of the n-th page (from 0), which
// is in truth n.
func (l Lies) Count(page, k, truth int) string {
	if len(l) == 0 {
		return strconv.Itoa(truth)
	}
	of := []string{
		strconv.Itoa(truth), "-9223372036854775808", "-1", "0", "1", strconv.Itoa(truth - 1), strconv.Itoa(truth + 1),
		"9223372036854775807", "2147483648", "99999999999999999999", `"` + strconv.Itoa(truth) + `"`, "null",
		strconv.Itoa(truth / 2), strconv.Itoa(2 * truth), "1e3", "10", "250", "100", strconv.Itoa(page), strconv.Itoa(100 * (page + 1)),
	}
	return of[int(l[(page*4+k)%len(l)])%len(of)]
}

// Row names the i-th row of a list.
func Row(i int) string { return "row-" + strconv.Itoa(i) }

// Rows returns the rows from a position on, at most size, of a list of total rows,
// each made by format.
func Rows(total, from, size int, format func(i int) string) string {
	var list []string
	for i := max(from, 0); i < min(from+size, total); i++ {
		list = append(list, format(i))
	}
	return "[" + strings.Join(list, ",") + "]"
}

// Parameter returns a number of a request's query; otherwise if there is none.
func Parameter(r *http.Request, name string, otherwise int) int {
	if n, err := strconv.Atoi(r.URL.Query().Get(name)); err == nil {
		return n
	}
	return otherwise
}

// Walked walks a list of total rows, which are named by Row, and asserts what holds
// whatever the vendor says of it: the walk ends, a row comes once, the error comes
// last, and there is one unless all rows came.
func Walked[T any](tb testing.TB, rows iter.Seq2[*T, error], key func(*T) string, total int) {
	tb.Helper()
	seen := make(map[string]bool, total)
	var last error
	for row, err := range rows {
		require.NoError(tb, last, "the error comes last")
		if last = err; err != nil {
			continue
		}
		require.False(tb, seen[key(row)], "%s comes twice", key(row))
		seen[key(row)] = true
		require.LessOrEqual(tb, len(seen), total)
	}
	if last == nil {
		assert.Len(tb, seen, total, "no error")
		return
	}
	require.ErrorIs(tb, last, numbers.ErrIncomplete)
}
