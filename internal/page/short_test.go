package page_test

import (
	"context"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// rows is a vendor that gives one new item a page, and has pages of them; all
// but every n-th page are short.
func rows(pages, n int) aWalk {
	return aWalk{
		Vendor: "acme", Op: "Things.All", First: 1, Key: func(s string) string { return s },
		Fetch: func(_ context.Context, at int) (aPage, error) {
			return aPage{Items: []string{strconv.Itoa(at)}, Next: at + 1, More: at < pages, Count: -1, Short: at%n != 0}, nil
		},
	}
}

func TestShortPagesWithoutEndAreGivenUp(t *testing.T) {
	for _, ahead := range []int{0, 4} {
		w := rows(math.MaxInt, math.MaxInt)
		w.ReadAhead = ahead
		items, err := collect(w, t.Context())
		require.ErrorIs(t, err, numbers.ErrIncomplete)
		assert.ErrorContains(t, err, "have no end")
		assert.Len(t, items, 1000, "what came is not held back")
	}
}

func TestShortPagesThatEndArePutUpWith(t *testing.T) {
	items, err := collect(rows(999, math.MaxInt), t.Context())
	require.NoError(t, err)
	assert.Len(t, items, 999)

	items, err = collect(rows(5000, 1000), t.Context())
	require.NoError(t, err, "a full page in between shows that the vendor counts")
	assert.Len(t, items, 5000)
}
