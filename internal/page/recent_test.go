package page

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRecent compares the memory of a walk with one that forgets nothing.
func TestRecent(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, total := range []int{0, 10, 5000} {
		var r recent
		r.expect(10, total)
		seen := map[string]bool{}
		for range remembered {
			k := fmt.Sprint(random.IntN(remembered))
			require.Equal(t, !seen[k], r.add(k))
			seen[k] = true
		}
	}
}

// TestRecentForgets asserts what is remembered at least, and at most.
func TestRecentForgets(t *testing.T) {
	var r recent
	r.expect(1, 0)
	const rows = 10 * remembered
	for i := range rows {
		require.True(t, r.add(fmt.Sprint(i)))
		assert.LessOrEqual(t, len(r.young.list)+len(r.old.list), 2*remembered)
	}
	for i := rows - remembered; i < rows; i++ {
		require.False(t, r.add(fmt.Sprint(i)))
	}
	assert.True(t, r.add("0"), "it came ten times as many rows ago")
}
