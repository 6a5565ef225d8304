package fleet

import (
	"cmp"
	"iter"
	"sort"
	"strconv"

	"github.com/tnkit/tnkit/numbers"
)

// books has the rows of the caller's books, packed into 16 bytes each. Rows that come in
// the order of their numbers are found by binary search, the others by a map.
type books struct {
	sorted blocks
	others blocks
	index  map[uint64]uint32 // the position of a row in others
	// A profile has the values that many rows have in common.
	profiles []profile
	known    map[profile]uint32
}

// blocks is a list that grows without copying.
type blocks [][]row

const blockSize = 4096

func (b *blocks) add(r row) {
	if n := len(*b); n == 0 || len((*b)[n-1]) == blockSize {
		*b = append(*b, make([]row, 0, blockSize))
	}
	end := &(*b)[len(*b)-1]
	*end = append(*end, r)
}

func (b blocks) len() int {
	if len(b) == 0 {
		return 0
	}
	return (len(b)-1)*blockSize + len(b[len(b)-1])
}

func (b blocks) at(i int) *row { return &b[i/blockSize][i%blockSize] }

// last returns the number of the last row; 0 = no rows.
func (b blocks) last() uint64 {
	if len(b) == 0 {
		return 0
	}
	return b.at(b.len() - 1).digits
}

// profile is the assignment and state that a row expects of its number.
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

func newBooks() *books {
	return &books{index: make(map[uint64]uint32), known: make(map[profile]uint32)}
}

func digitsOf(n numbers.E164) uint64 {
	digits, err := strconv.ParseUint(n.Digits(), 10, 64)
	if err != nil {
		return 0 // the books can't have such a number
	}
	return digits
}

// add adds a valid row. It returns false if the books already have the number.
func (b *books) add(r Record, account int) bool {
	packed := row{digits: digitsOf(r.Number), profile: b.profileOf(r), expected: int16(account), seen: -1}
	if packed.digits > b.sorted.last() {
		b.sorted.add(packed)
		return true
	}
	if b.find(packed.digits) != nil {
		return false
	}
	b.index[packed.digits] = uint32(b.others.len())
	b.others.add(packed)
	return true
}

func (b *books) profileOf(r Record) uint32 {
	p := profile{r.Assignment, r.State}
	i, ok := b.known[p]
	if !ok {
		i = uint32(len(b.profiles))
		b.profiles = append(b.profiles, p)
		b.known[p] = i
	}
	return i
}

// find returns the row of a number, or nil.
func (b *books) find(digits uint64) *row {
	if i, ok := b.index[digits]; ok {
		return b.others.at(int(i))
	}
	i, found := sort.Find(b.sorted.len(), func(i int) int { return cmp.Compare(digits, b.sorted.at(i).digits) })
	if !found {
		return nil
	}
	return b.sorted.at(i)
}

func (b *books) has(n numbers.E164) bool { return b.find(digitsOf(n)) != nil }

// see records that an account has a number. It returns the row, and the account that was
// recorded before; -1 = none.
func (b *books) see(n numbers.E164, account int) (r row, before int, known bool) {
	found := b.find(digitsOf(n))
	if found == nil {
		return r, -1, false
	}
	before = int(found.seen)
	found.seen = int16(account)
	return *found, before, true
}

// unseen yields the rows that no account has, the sorted ones first.
func (b *books) unseen() iter.Seq[row] {
	return func(yield func(row) bool) {
		for _, list := range []blocks{b.sorted, b.others} {
			for i := range list.len() {
				if r := *list.at(i); r.seen < 0 && !yield(r) {
					return
				}
			}
		}
	}
}

// record returns the row as a Record without its account.
func (b *books) record(r row) Record {
	p := b.profiles[r.profile]
	return Record{Number: r.number(), Assignment: p.assignment, State: p.state}
}
