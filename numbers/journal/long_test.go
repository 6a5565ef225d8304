package journal

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// BenchmarkOpen opens a journal of 730,000 purchases, a thousand a day for two years, and
// reports the live heap that it has then. With -short it has a hundredth of that.
func BenchmarkOpen(b *testing.B) {
	purchases := 730_000
	if testing.Short() {
		purchases /= 100
	}
	path := filepath.Join(b.TempDir(), "j")
	writeLong(b, path, purchases)
	before := liveHeap()
	var j *Journal
	for b.Loop() {
		if j != nil {
			require.NoError(b, j.Close())
		}
		var err error
		j, err = Open(path)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(liveHeap()-before)/(1<<20), "MiB-live")
	require.Len(b, j.index.slots, purchases)
	require.NoError(b, j.Close())
}

func liveHeap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func writeLong(b *testing.B, path string, purchases int) {
	b.Helper()
	f, err := os.Create(path)
	require.NoError(b, err)
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	for i := range purchases {
		at := start.Add(time.Duration(i) * 86 * time.Second)
		n := numbers.E164(fmt.Sprintf("+1%010d", 2000000000+i))
		reference := "tnkit-" + rand.Text()
		line, err := encodeEntry(numbers.JournalEntry{
			Attempt: numbers.Attempt{
				ID: rand.Text(), Vendor: "telnyx", Account: "main", Purchase: reference, Reference: reference, Numbers: []numbers.E164{n},
				Started: at, SendBy: at.Add(15 * time.Second), Deadline: at.Add(75 * time.Second), Ended: at.Add(time.Second),
			},
			End: numbers.JournalEnd{
				Status: numbers.EntryPlaced, OrderID: fmt.Sprintf("12ade33a-21c0-473b-b055-%012d", i), Held: []numbers.E164{n},
				HeldUntil: at.Add(12 * time.Minute), Time: at.Add(2 * time.Second),
			},
		})
		require.NoError(b, err)
		_, err = w.Write(line)
		require.NoError(b, err)
	}
	require.NoError(b, w.Flush())
}
