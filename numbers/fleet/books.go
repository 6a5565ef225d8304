package fleet

import (
	"iter"
	"slices"
	"strconv"

	"github.com/tnkit/tnkit/numbers"
)

// books are the rows of the caller's books, packed: 16 bytes each. Rows that come in the
// order of their numbers are appended to blocks, which are searched in halves; the others
// are in a map.
type books struct {
	blocks [][]row
	last   uint64
	others map[uint64]*row
	// A profile is what many rows have in common.
	profiles []profile
	index    map[profile]uint32
}

// profile is what a row expects of its number.
type profile struct {
	assignment numbers.Assignment
	state      numbers.NumberState
}

// row is a row of the books. An E.164 number has at most 15 digits and no leading zero.
type row struct {
	digits   uint64
	profile  uint32
	expected int16 // the account that should have it; -1 = any
	seen     int16 // the account that has it; -1 = none so far
}

func (r row) number() numbers.E164 { return numbers.E164("+" + strconv.FormatUint(r.digits, 10)) }
func (r row) account() int         { return int(r.expected) }

const blockSize = 4096

func newBooks() *books {
	return &books{others: make(map[uint64]*row), index: make(map[profile]uint32)}
}

func digitsOf(n numbers.E164) uint64 {
	digits, err := strconv.ParseUint(n.Digits(), 10, 64)
	if err != nil {
		return 0 // not a number that the books can have
	}
	return digits
}

// add adds a valid row; it returns false where the number is there already.
func (b *books) add(r Record, account int) bool {
	packed := row{digits: digitsOf(r.Number), profile: b.profileOf(r), expected: int16(account), seen: -1}
	if packed.digits > b.last {
		b.last = packed.digits
		if n := len(b.blocks); n == 0 || len(b.blocks[n-1]) == blockSize {
			b.blocks = append(b.blocks, make([]row, 0, blockSize))
		}
		end := &b.blocks[len(b.blocks)-1]
		*end = append(*end, packed)
		return true
	}
	if b.find(packed.digits) != nil {
		return false
	}
	b.others[packed.digits] = &packed
	return true
}

func (b *books) profileOf(r Record) uint32 {
	p := profile{r.Assignment, r.State}
	i, ok := b.index[p]
	if !ok {
		i = uint32(len(b.profiles))
		b.profiles = append(b.profiles, p)
		b.index[p] = i
	}
	return i
}

// find returns the row of a number, or nil.
func (b *books) find(digits uint64) *row {
	if r := b.others[digits]; r != nil || digits > b.last {
		return r
	}
	at, found := slices.BinarySearchFunc(b.blocks, digits, func(block []row, digits uint64) int {
		return compare(block[len(block)-1].digits, digits)
	})
	if !found && at == len(b.blocks) {
		return nil
	}
	i, found := slices.BinarySearchFunc(b.blocks[at], digits, func(r row, digits uint64) int { return compare(r.digits, digits) })
	if !found {
		return nil
	}
	return &b.blocks[at][i]
}

func compare(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (b *books) has(n numbers.E164) bool { return b.find(digitsOf(n)) != nil }

// see notes that an account has a number. It returns the row, and the account that was
// noted before, -1 where none was.
func (b *books) see(n numbers.E164, account int) (r row, before int, known bool) {
	found := b.find(digitsOf(n))
	if found == nil {
		return r, -1, false
	}
	before = int(found.seen)
	found.seen = int16(account)
	return *found, before, true
}

// unseen yields the rows that no account has: first the sorted ones.
func (b *books) unseen() iter.Seq[row] {
	return func(yield func(row) bool) {
		for _, block := range b.blocks {
			for _, r := range block {
				if r.seen < 0 && !yield(r) {
					return
				}
			}
		}
		for _, r := range b.others {
			if r.seen < 0 && !yield(*r) {
				return
			}
		}
	}
}

// record is the row without its account.
func (b *books) record(r row) Record {
	p := b.profiles[r.profile]
	return Record{Number: r.number(), Assignment: p.assignment, State: p.state}
}
