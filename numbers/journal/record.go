package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"

	"github.com/tnkit/tnkit/numbers"
)

// record is a line of the file: an entry, which replaces an earlier entry with the same
// id, or the credit of an entry that was removed.
type record struct {
	numbers.JournalEntry
	Forgotten *credit `json:"forgotten,omitempty"`
}

// credit is the order of an entry that was removed.
type credit struct {
	Account string `json:"account"`
	Order   string `json:"order"`
}

// errTorn is the error of a record that was cut off.
var errTorn = errors.New("the record is incomplete")

func checksum(data []byte) uint32 { return crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)) }

// encodeEntry returns the line of an entry.
func encodeEntry(e numbers.JournalEntry) ([]byte, error) { return encode(e) }

// encodeCredit returns the line of a credit.
func encodeCredit(c credit) ([]byte, error) {
	return encode(struct {
		Forgotten credit `json:"forgotten"`
	}{c})
}

func encode(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%d %08x %s\n", len(data), checksum(data), data), nil
}

// decode reads the first record of data and returns how long its line is. Its errors are
// those of frame.
func decode(data []byte) (r record, n int, err error) {
	body, n, err := frame(data)
	if err != nil {
		return record{}, 0, err
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return record{}, 0, errors.New("it is not the JSON of a record")
	}
	if (r.ID == "") == (r.Forgotten == nil) {
		return record{}, 0, errors.New("it is neither an entry with an id nor a credit")
	}
	return r, n, nil
}

// frame returns the JSON of the first record of data and how long its line is. The error
// is errTorn if the line ends too early.
func frame(data []byte) (body []byte, n int, err error) {
	head, _, found := bytes.Cut(data[:min(len(data), 24)], []byte{' '})
	if !found {
		if len(data) > 20 || !allDigits(data) {
			return nil, 0, torn(data, "it has no length")
		}
		return nil, 0, errTorn
	}
	size, err := strconv.ParseUint(string(head), 10, 31)
	if err != nil || !allDigits(head) {
		return nil, 0, torn(data, "its length is not a number")
	}
	rest := data[len(head)+1:]
	if uint64(len(rest)) < 8+1+size+1 { // compared before the conversion, because n may be too large for an int
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			return nil, 0, errors.New("its length is wrong")
		}
		return nil, 0, errTorn
	}
	n = len(head) + 1 + 8 + 1 + int(size) + 1
	switch data[n-1] {
	case '\n':
	case 0:
		return nil, 0, torn(data, "it does not end with a line break")
	default:
		return nil, 0, errors.New("it does not end with a line break")
	}
	body = rest[9 : 9+size]
	if !isHex(rest[:8], checksum(body)) || rest[8] != ' ' {
		return nil, 0, errors.New("its checksum is wrong")
	}
	return body, n, nil
}

// isHex reports whether text is v in eight hexadecimal digits.
func isHex(text []byte, v uint32) bool {
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] != "0123456789abcdef"[v&15] {
			return false
		}
		v >>= 4
	}
	return true
}

// torn returns errTorn for a tail that was never written to the disk: zeros up to the end
// of the file, after a crash of the machine. Otherwise it returns reason, which means
// corruption. The tail is part of one record, because a record with a line break is
// complete.
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
