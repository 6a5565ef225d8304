package sqljournal

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tnkit/tnkit/internal/book"
	"github.com/tnkit/tnkit/numbers"
)

// hold is something that an entry holds: a reference in its scope, a number at its
// account, or an order at its account. Until is nil if the entry no longer holds it.
type hold struct {
	Kind  string `json:"kind"`
	Key   string `json:"key"`
	Space string `json:"space"`
	Until *int64 `json:"until"`
}

const (
	kindNumber    = "n"
	kindOrder     = "o"
	kindReference = "r"
)

// far is later than every time.
const far = math.MaxInt64

// stamp is a time in nanoseconds. Times that don't fit are the first or the last.
func stamp(t time.Time) int64 {
	switch first, last := time.Unix(0, math.MinInt64), time.Unix(0, far-1); {
	case t.Before(first):
		return math.MinInt64
	case t.After(last):
		return far - 1
	}
	return t.UnixNano()
}

// maxKey is the longest text that is used as a key unchanged, because PostgreSQL limits
// the size of index rows.
const (
	maxKey    = 200
	hashedKey = "sha256:"
)

// key returns s, or a hash of s if a database can't store s as a key. Bytes that are not
// UTF-8 are replaced as JSON replaces them.
func key(s string) string {
	if !utf8.ValidString(s) {
		s = strings.Map(func(r rune) rune { return r }, s)
	}
	if len(s) <= maxKey && !strings.ContainsRune(s, 0) && !strings.HasPrefix(s, hashedKey) {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return hashedKey + hex.EncodeToString(sum[:])
}

func keys[S ~string](list []S) []string {
	all := make([]string, len(list))
	for i, s := range list {
		all[i] = key(string(s))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// holdsOf returns what an entry holds, by the rules of numbers.JournalEntry.Holds and
// InTheWay.
func holdsOf(e numbers.JournalEntry) map[hold]int64 {
	all := make(map[hold]int64)
	if e.Reference != "" && !e.Free() {
		all[hold{Kind: kindReference, Key: key(e.Reference), Space: key(e.ReferenceScope())}] = far
	}
	held, until := e.End.Held, int64(far)
	switch e.End.Status {
	case "", numbers.EntryOrphaned:
		held = e.Numbers
	case numbers.EntryUnknown, numbers.EntryPlaced:
		if !e.End.HeldUntil.IsZero() {
			until = stamp(e.End.HeldUntil)
		}
	default:
		held = nil
	}
	for _, n := range held {
		all[hold{Kind: kindNumber, Key: key(string(n)), Space: key(e.Account)}] = until
	}
	if e.End.OrderID != "" {
		all[hold{Kind: kindOrder, Key: key(book.Fold(e.End.OrderID)), Space: key(e.Account)}] = far
	}
	return all
}

// changed returns the changes to the table of holds. They are sorted, so that no two
// statements wait for each other.
func changed(before, after map[hold]int64) []hold {
	var list []hold
	for h := range before {
		if _, still := after[h]; !still {
			list = append(list, h)
		}
	}
	for h, until := range after {
		if was, held := before[h]; !held || was != until {
			h.Until = &until
			list = append(list, h)
		}
	}
	slices.SortFunc(list, func(a, b hold) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Space, b.Space))
	})
	return list
}

// text returns a list as JSON, because every driver accepts a list in this form.
func text[T any](list []T) string {
	data, err := json.Marshal(list)
	if err != nil || list == nil { // holds and keys always have a JSON form
		return "[]"
	}
	return string(data)
}
