package sqljournal

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/numbers"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

// TestHoldsAreThoseOfTheEntry: the table's words agree with JournalEntry.Holds.
func TestHoldsAreThoseOfTheEntry(t *testing.T) {
	list := []numbers.E164{"+1", "+2", "+3"}
	a := numbers.Attempt{ID: "a", Account: "main", Scope: "fleet", Reference: "job", Numbers: list[:2], Started: start}
	for _, status := range []numbers.EntryStatus{"", numbers.EntryUnknown, numbers.EntryOrphaned, numbers.EntryPlaced, numbers.EntryRefused, numbers.EntryNotPlaced} {
		for _, until := range []time.Time{{}, start, start.Add(time.Hour)} {
			e := numbers.JournalEntry{Attempt: a, End: numbers.JournalEnd{Status: status, OrderID: "O", Held: list[1:], HeldUntil: until}}
			holds := holdsOf(e)
			for _, n := range list {
				for _, now := range []time.Time{start, start.Add(time.Hour - 1), start.Add(time.Hour), start.Add(100 * 365 * 24 * time.Hour)} {
					u, held := holds[hold{Kind: kindNumber, Key: string(n), Space: "main"}]
					assert.Equal(t, e.Holds(n, now), held && u > stamp(now), "%s %s %v %v", status, n, until, now)
				}
			}
			_, referred := holds[hold{Kind: kindReference, Key: "job", Space: "fleet"}]
			assert.Equal(t, !e.Free(), referred)
			assert.Contains(t, holds, hold{Kind: kindOrder, Key: "o", Space: "main"})
		}
	}
}

func TestChangedIsSortedAndOnce(t *testing.T) {
	h := func(kind, key string) hold { return hold{Kind: kind, Key: key, Space: "s"} }
	before := map[hold]int64{h("n", "b"): far, h("n", "a"): 5, h("r", "k"): far}
	after := map[hold]int64{h("n", "b"): 7, h("o", "1"): far, h("r", "k"): far}
	var got []string
	for _, c := range changed(before, after) {
		until := "gone"
		if c.Until != nil {
			until = fmt.Sprint(*c.Until)
		}
		got = append(got, c.Kind+" "+c.Key+" "+until)
	}
	assert.Equal(t, []string{"n a gone", "n b 7", fmt.Sprint("o 1 ", int64(far))}, got)
}

func TestKey(t *testing.T) {
	for _, s := range []string{"", "job", "ü/日本", strings.Repeat("x", maxKey)} {
		assert.Equal(t, s, key(s))
	}
	hashed := []string{"a\x00b", strings.Repeat("x", maxKey+1), strings.Repeat("x", 9000), hashedKey + "x", key("a\x00b")}
	seen := make(map[string]bool)
	for _, s := range hashed {
		k := key(s)
		assert.NotEqual(t, s, k)
		assert.Len(t, k, len(hashedKey)+64)
		assert.False(t, seen[k])
		seen[k] = true
	}
	assert.Equal(t, "k\ufffd\ufffd", key("k\xff\xfe"), "as JSON has it")
	assert.Equal(t, []string{"a", "b"}, keys([]string{"b", "a", "b"}))
}

func TestStamp(t *testing.T) {
	times := []time.Time{{}, time.Unix(0, math.MinInt64), time.Unix(0, 0), start, start.Add(1), time.Unix(0, math.MaxInt64-1), start.AddDate(300, 0, 0)}
	stamps := make([]int64, len(times))
	for i, at := range times {
		stamps[i] = stamp(at)
	}
	assert.True(t, slices.IsSorted(stamps))
	assert.Equal(t, start.UnixNano(), stamp(start))
	assert.Less(t, stamps[len(stamps)-1], int64(far))
}

func TestTextOfNothing(t *testing.T) {
	assert.Equal(t, "[]", text[hold](nil))
	assert.JSONEq(t, `[{"kind":"n","key":"+1","space":"main","until":null}]`, text([]hold{{Kind: "n", Key: "+1", Space: "main"}}))
}
