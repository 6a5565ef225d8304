package decode

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMemoryIsBounded measures the peak of the heap while an answer of 2 MiB is
// read, whatever is in it. It is twice what is read without counting, so that what it
// takes in memory grows with its size alone.
func TestMemoryIsBounded(t *testing.T) {
	const size = 2 << 20
	for name, element := range map[string]string{
		"empty objects": "{},", "nulls": "null,", "numbers": "0,", "empty lists": "[],", "nested lists": "[[[[[[]]]]]],", "rows": `{"id":"abcdefgh"},`,
		"rows with pointers": `{"id":"a","kind":"","cost":1},`, "long rows": `{"id":"` + strings.Repeat("x", 200) + `"},`, "strings": `"",`,
	} {
		for _, member := range []string{"parts", "pointers", "part_ids", "unknown"} {
			for _, salvage := range []bool{false, true} {
				text := []byte(`{"id":"a","` + member + `":[` + strings.Repeat(element, size/len(element)))
				text[len(text)-1] = ']'
				text = append(text, '}')
				limits := Default()
				limits.Salvage = salvage
				got := new(document)
				var err error
				peak := peakOf(func() { _, err = Into(t.Context(), text, got, nil, limits) })
				assert.LessOrEqual(t, peak/len(text), 16, "%s of %s, %v", member, name, err)
				if salvage {
					require.NoError(t, err)
					assert.Equal(t, "a", got.ID)
				}
			}
		}
	}
}

// peakOf returns by how much the heap grew at most while f ran.
func peakOf(f func()) int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, peak := m.HeapAlloc, m.HeapAlloc
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapAlloc)
			}
		}
	}()
	f()
	close(stop)
	<-stopped
	return int(peak - before)
}
