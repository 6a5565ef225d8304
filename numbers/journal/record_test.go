package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

// recorded is a file with four records of three entries.
func recorded(t *testing.T) []byte {
	t.Helper()
	d := &disk{room: plenty}
	j := loaded(t, d)
	for _, id := range []string{"1", "2"} {
		require.NoError(t, begin(t, j, job(id)))
	}
	require.NoError(t, end(t, j, "2", numbers.JournalEnd{Status: numbers.EntryUnknown, Reason: "lost\n \u2028\"reply\""}))
	require.NoError(t, begin(t, j, job("3")))
	return d.data
}

// lastRecord is where the last one begins.
func lastRecord(data []byte) int { return bytes.LastIndexByte(data[:len(data)-1], '\n') + 1 }

func reload(data []byte) (*Journal, *disk, error) {
	d := &disk{room: plenty, data: bytes.Clone(data)}
	j, err := load(d, int64(len(d.data)))
	return j, d, err
}

func TestTornRecordIsDropped(t *testing.T) {
	data := recorded(t)
	last := lastRecord(data)
	for cut := last; cut < len(data); cut++ {
		for _, tail := range [][]byte{nil, make([]byte, 4096)} { // cut off, or zeros that the disk never got
			j, d, err := reload(append(bytes.Clone(data[:cut]), tail...))
			require.NoError(t, err, "cut at %d", cut-last)
			assert.Equal(t, int64(cut-last+len(tail)), j.Torn())
			assert.Len(t, statuses(t, j), 2)
			assert.Equal(t, data[:last], d.data)
			require.NoError(t, begin(t, j, job("3")))
			assert.Equal(t, data, d.data)
		}
	}
}

func TestCorruptionIsReported(t *testing.T) {
	data := recorded(t)
	for k := range 2 * len(data) {
		i := k / 2
		bad := bytes.Clone(data)
		bad[i] ^= []byte{0x15, 0x20}[k%2] // the latter makes capitals of letters
		j, d, err := reload(bad)
		if err == nil { // only what looks cut off may be dropped, and that is the last record alone
			assert.Positive(t, j.Torn(), "byte %d", i)
			assert.GreaterOrEqual(t, len(statuses(t, j)), 2, "byte %d", i)
			continue
		}
		assert.ErrorIs(t, err, ErrCorrupt, "byte %d", i)
		assert.Equal(t, bad, d.data, "a corrupt journal is left as it is")
	}
}

// TestCorruptLengthIsReported: one that reaches past the end of the file looks
// like a record that was cut off, and would take all the others with it.
func TestCorruptLengthIsReported(t *testing.T) {
	data := recorded(t)
	for start := 0; start < len(data); start += bytes.IndexByte(data[start:], '\n') + 1 {
		for i := start; data[i] != ' '; i++ {
			for digit := byte('0'); digit <= '9'; digit++ {
				longer := bytes.Join([][]byte{data[:i], {digit}, data[i:]}, nil)
				other := bytes.Clone(data)
				other[i] = digit
				for _, bad := range [][]byte{longer, other} {
					if bytes.Equal(bad, data) || bad[start] == '0' {
						continue
					}
					_, _, err := reload(bad)
					require.ErrorIs(t, err, ErrCorrupt, "byte %d is %c", i, digit)
				}
			}
		}
	}
}

// TestCorruptionBeforeZeros: zeros at the end of the file excuse the record that
// they cut off, and none before it.
func TestCorruptionBeforeZeros(t *testing.T) {
	data := recorded(t)
	last := lastRecord(data)
	for _, cut := range []int{last, last + 1, (last + len(data)) / 2, len(data) - 1} {
		for i := range last {
			bad := append(bytes.Clone(data[:cut]), make([]byte, 512)...)
			bad[i] ^= 0x15
			_, _, err := reload(bad)
			require.ErrorIs(t, err, ErrCorrupt, "byte %d, cut at %d", i, cut-last)
		}
	}
}

// TestRecordsThatAreNone are corruption, with and without an escape sequence in them.
func TestRecordsThatAreNone(t *testing.T) {
	for _, body := range []string{
		`{}`, `{"attempt":{"id":""}}`, `{"attempt":{"id":"1"},"forgotten":{"account":"main","order":"o"}}`,
		`[]`, `{"attempt":`, `{"attempt":{"id":"1"}}x`, `{"attempt":{"id":1}}`, `{"attempt":{"id":"1","started":"now"}}`,
	} {
		for _, body := range []string{body, strings.Replace(body, "{", `{"\u0061":"\"",`, 1), strings.ReplaceAll(body, ":", " : ")} {
			d := &disk{room: plenty, data: fmt.Appendf(nil, "%d %08x %s\n", len(body), checksum([]byte(body)), body)}
			_, err := load(d, int64(len(d.data)))
			assert.ErrorIs(t, err, ErrCorrupt, body)
		}
	}
}

// TestScan: the facts are those of the decoded record.
func TestScan(t *testing.T) {
	at := start.Add(1)
	full := numbers.JournalEntry{
		Attempt: numbers.Attempt{
			ID: "id", Vendor: "v", Account: "main", Scope: "fleet", Purchase: "k", Reference: "k~1", Numbers: []numbers.E164{"+1", "+2"},
			Started: at, SendBy: at, Deadline: at, Ended: at, Status: 503, Before: []string{"x", "y"},
		},
		End: numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "O", Held: []numbers.E164{"+2"}, HeldUntil: at, Reason: "r", Time: at},
	}
	escaped, empty, ended := full, numbers.JournalEntry{}, numbers.JournalEntry{}
	escaped.ID, escaped.End.Reason = "i\"<d", "line\nbreak"
	empty.ID, ended.ID, ended.End.Status = "1", "2", numbers.EntryRefused
	for _, e := range []numbers.JournalEntry{full, escaped, empty, ended} {
		line, err := encodeEntry(e)
		require.NoError(t, err)
		body, _, err := frame(line)
		require.NoError(t, err)
		var got, want facts
		require.NoError(t, got.scan(body))
		want.of(record{JournalEntry: e})
		assert.Equal(t, fmt.Sprintf("%q %v", got.texts(), got.started.UTC()), fmt.Sprintf("%q %v", want.texts(), want.started.UTC()))
		assert.Equal(t, [3]any{want.status, want.held, false}, [3]any{got.status, got.held, got.credit})
	}
	line, err := encodeCredit(credit{Account: "main", Order: "o"})
	require.NoError(t, err)
	body, _, err := frame(line)
	require.NoError(t, err)
	var got facts
	require.NoError(t, got.scan(body))
	assert.True(t, got.credit)
	assert.Equal(t, "main o", string(got.account)+" "+string(got.order))
}

func (f *facts) texts() [][]byte {
	return append([][]byte{f.id, f.scope, f.account, f.purchase, f.reference, f.order}, f.numbers...)
}

func FuzzDecode(f *testing.F) {
	for _, e := range []numbers.JournalEntry{{Attempt: job("1")}, {Attempt: job("2"), End: numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o", Held: job("2").Numbers}}} {
		line, err := encodeEntry(e)
		require.NoError(f, err)
		f.Add(line)
	}
	line, err := encodeCredit(credit{"main", "o"})
	require.NoError(f, err)
	f.Add(line)
	f.Add([]byte("12"))
	f.Add([]byte("2147483647 00000000 {}\n")) // with the rest of the line, more than an int of 32 bits
	f.Add([]byte("2 00000000 {}\n"))
	f.Add(append([]byte("12 "), 0, 0, 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, n, err := decode(data)
		if err != nil {
			return
		}
		if n <= 0 || n > len(data) || (r.ID == "") == (r.Forgotten == nil) {
			t.Fatalf("record of %d bytes out of %d: %+v", n, len(data), r)
		}
	})
}

// FuzzScan: what is read of a record's JSON without decoding it is what decoding finds.
func FuzzScan(f *testing.F) {
	for _, e := range []numbers.JournalEntry{{Attempt: job("1")}, {Attempt: job("2"), End: numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o", Held: job("2").Numbers, Reason: "\n"}}} {
		f.Add(e.ID, e.Account, string(e.End.Status), e.End.OrderID, e.End.Reason, string(e.Numbers[0]))
	}
	f.Fuzz(func(t *testing.T, id, account, status, order, reason, number string) {
		e := numbers.JournalEntry{
			Attempt: numbers.Attempt{ID: id, Account: account, Purchase: reason, Reference: order, Numbers: []numbers.E164{numbers.E164(number)}},
			End:     numbers.JournalEnd{Status: numbers.EntryStatus(status), OrderID: order, Reason: reason, Held: []numbers.E164{numbers.E164(number)}},
		}
		data, err := json.Marshal(e)
		if err != nil || id == "" {
			return
		}
		var r record
		require.NoError(t, json.Unmarshal(data, &r))
		var got, want facts
		require.NoError(t, got.scan(data))
		want.of(r)
		assert.Equal(t, fmt.Sprintf("%q", want.texts()), fmt.Sprintf("%q", got.texts()))
		assert.Equal(t, want.status, got.status)
	})
}
