package journal

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

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

// TestRecordsThatContradictTheFile are corruption.
func TestRecordsThatContradictTheFile(t *testing.T) {
	one, none := job("1"), job("")
	for name, records := range map[string][]record{
		"begins twice":      {{Begin: &one}, {Begin: &one}},
		"ends what is not":  {{Begin: &one}, {End: &ending{ID: "2"}}},
		"has no id":         {{Begin: &none}},
		"is nothing at all": {{Begin: &one}, {}},
		"is two":            {{Begin: &one, End: &ending{ID: "1"}}},
	} {
		d := &disk{room: plenty}
		for _, r := range records {
			line, err := encode(r)
			require.NoError(t, err)
			d.data = append(d.data, line...)
		}
		_, err := load(d, int64(len(d.data)))
		assert.ErrorIs(t, err, ErrCorrupt, name)
	}
}

func FuzzDecode(f *testing.F) {
	a := job("1")
	for _, r := range []record{{Begin: &a}, {End: &ending{ID: "1", Status: 503}}} {
		line, err := encode(r)
		require.NoError(f, err)
		f.Add(line)
	}
	f.Add([]byte("12"))
	f.Add([]byte("2147483647 00000000 {}\n")) // with the rest of the line, more than an int of 32 bits
	f.Add([]byte("2 00000000 {}\n"))
	f.Add(append([]byte("12 "), 0, 0, 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, n, err := decode(data)
		if err != nil {
			return
		}
		if n <= 0 || n > len(data) || (r.Begin == nil) == (r.End == nil) {
			t.Fatalf("record of %d bytes out of %d: %+v", n, len(data), r)
		}
	})
}
