package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// record is a line of the file: a beginning or an end.
type record struct {
	Begin *numbers.Attempt `json:"begin,omitempty"`
	End   *ending          `json:"end,omitempty"`
}

// ending is what End stores in the entry with this id: the attempt's Ended and
// Status, and the End.
type ending struct {
	ID     string             `json:"id"`
	Ended  time.Time          `json:"ended,omitzero"`
	Status int                `json:"status,omitempty"`
	End    numbers.JournalEnd `json:"end"`
}

// errTorn is a record that was cut off.
var errTorn = errors.New("the record is cut off")

func checksum(data []byte) uint32 { return crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)) }

// encode returns the line of a record.
func encode(r record) ([]byte, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%d %08x %s\n", len(data), checksum(data), data), nil
}

// decode reads the first record of data and returns how long its line is. A
// line that ends too early is errTorn; anything else that is wrong is not.
func decode(data []byte) (r record, n int, err error) {
	head, rest, found := bytes.Cut(data, []byte{' '})
	if !found {
		if len(data) > 20 || !allDigits(data) {
			return record{}, 0, torn(data, "it has no length")
		}
		return record{}, 0, errTorn
	}
	size, err := strconv.ParseUint(string(head), 10, 31)
	if err != nil || !allDigits(head) {
		return record{}, 0, torn(data, "its length is no number")
	}
	if uint64(len(rest)) < 8+1+size+1 { // before it is an int: n may be too large for one
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			return record{}, 0, errors.New("its length is wrong")
		}
		return record{}, 0, errTorn
	}
	n = len(head) + 1 + 8 + 1 + int(size) + 1
	line := data[:n]
	switch line[n-1] {
	case '\n':
	case 0:
		return record{}, 0, torn(data, "it does not end with a line break")
	default:
		return record{}, 0, errors.New("it does not end with a line break")
	}
	body := rest[9 : 9+size]
	if string(rest[:9]) != fmt.Sprintf("%08x ", checksum(body)) {
		return record{}, 0, errors.New("its checksum is wrong")
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return record{}, 0, errors.New("it is no JSON of a record")
	}
	if (r.Begin == nil) == (r.End == nil) {
		return record{}, 0, errors.New("it neither begins nor ends an entry")
	}
	return r, n, nil
}

// torn tells a tail that the disk never got (zeros up to the end of the file,
// after a crash of the machine) from corruption. It is of one record: what has a
// line break is whole.
func torn(data []byte, reason string) error {
	i := bytes.IndexByte(data, 0)
	if i >= 0 && len(bytes.Trim(data[i:], "\x00")) == 0 && !bytes.ContainsRune(data[:i], '\n') {
		return errTorn
	}
	return errors.New(reason)
}

func allDigits(b []byte) bool {
	return len(bytes.Trim(b, "0123456789")) == 0
}
