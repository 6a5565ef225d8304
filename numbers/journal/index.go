package journal

import (
	"cmp"
	"hash/maphash"
	"math"
	"slices"
	"time"

	"github.com/tnkit/tnkit/internal/book"
	"github.com/tnkit/tnkit/numbers"
)

// index finds records in the file. It keeps hashes and positions, not entries: about 90
// bytes for each. A slot that it finds may belong to another key with the same hash, or
// may have changed since. So the caller must check the record itself.
type index struct {
	seed  maphash.Seed
	slots []slot   // in the order in which they began
	order []uint32 // slots of entries in the order of Started

	ids, references, numbers, purchases, orders table

	open  map[uint32]struct{} // slots of entries that are open
	names map[string]uint32   // of accounts and scopes
}

// slot is the position of an entry, and the facts that are needed before it is read.
type slot struct {
	offset         int64
	started        int64
	size           uint32
	account, scope uint32
	is             flags
}

type flags uint8

const (
	isCredit    flags = 1 << iota // not an entry, but the credit of an entry that was removed
	isFree                        // its reference may be used again
	mayHold                       // it may hold numbers
	hasEnd                        // its status is not ""
	isInherited                   // without an end, from before the journal was opened
)

func newIndex(entries int) *index {
	x := &index{seed: maphash.MakeSeed(), open: make(map[uint32]struct{}), names: make(map[string]uint32), slots: make([]slot, 0, entries), order: make([]uint32, 0, entries)}
	for _, t := range []*table{&x.ids, &x.references, &x.numbers, &x.purchases, &x.orders} {
		t.grow(entries)
	}
	return x
}

// slotOf returns the slot of the entry with f's id; -1 = none.
func (x *index) slotOf(f *facts, idOf func(slot) ([]byte, error)) (int, error) {
	if f.credit {
		return -1, nil
	}
	for _, n := range x.ids.find(x.hash(f.id)) {
		id, err := idOf(x.slots[n])
		if err != nil {
			return -1, err
		}
		if string(id) == string(f.id) {
			return int(n), nil
		}
	}
	return -1, nil
}

// inherit marks the entries without an end, because the process that began them has
// ended.
func (x *index) inherit() {
	for n := range x.open {
		if s := &x.slots[n]; s.is&hasEnd == 0 {
			s.is |= isInherited
		}
	}
}

// put adds a record. If the slot was is not negative, the record replaces the entry in
// it.
func (x *index) put(f *facts, offset int64, size int, was int) {
	n := was
	if n < 0 {
		n = len(x.slots)
		x.slots = append(x.slots, slot{account: x.name(f.account)})
	}
	id, s := uint32(n), &x.slots[n]
	s.offset, s.size = offset, uint32(size)
	if len(f.order) > 0 {
		x.orders.add(x.hash([]byte(book.Fold(string(f.order)))), id)
	}
	if f.credit {
		s.is = isCredit
		return
	}
	e := numbers.JournalEntry{End: numbers.JournalEnd{Status: f.status}}
	s.is = 0
	if e.Free() {
		s.is |= isFree
	}
	if f.status != "" {
		s.is |= hasEnd
	}
	switch f.status {
	case "", numbers.EntryOrphaned:
		s.is |= mayHold
	case numbers.EntryUnknown, numbers.EntryPlaced:
		if f.held {
			s.is |= mayHold
		}
	case numbers.EntryRefused, numbers.EntryNotPlaced: // nothing was ordered
	}
	if delete(x.open, id); e.Open() {
		x.open[id] = struct{}{}
	}
	for _, number := range f.numbers {
		x.numbers.add(x.hash(number), id)
	}
	if was >= 0 {
		return
	}
	s.scope, s.started = x.name(f.scope), stamp(f.started)
	x.ids.add(x.hash(f.id), id)
	if len(f.reference) > 0 {
		x.references.add(x.hash(f.reference), id)
	}
	if len(f.purchase) > 0 {
		x.purchases.add(x.hash(f.purchase), id)
	}
	at := len(x.order)
	if at > 0 && x.slots[x.order[at-1]].started > s.started {
		at, _ = slices.BinarySearchFunc(x.order, s.started+1, func(o uint32, t int64) int { return cmp.Compare(x.slots[o].started, t) })
	}
	x.order = slices.Insert(x.order, at, id)
}

// stamp is a time in nanoseconds. Times that don't fit are the first or the last.
func stamp(t time.Time) int64 {
	switch {
	case t.Before(time.Unix(0, math.MinInt64)):
		return math.MinInt64
	case t.After(time.Unix(0, math.MaxInt64-1)):
		return math.MaxInt64 - 1
	}
	return t.UnixNano()
}

func (x *index) hash(text []byte) uint32 { return uint32(maphash.Bytes(x.seed, text)) }

func (x *index) name(text []byte) uint32 {
	n, known := x.names[string(text)]
	if !known {
		n = uint32(len(x.names) + 1)
		x.names[string(text)] = n
	}
	return n
}

// sorted returns slots of entries, oldest first and each once.
func (x *index) sorted(slots []uint32) []uint32 {
	slices.SortFunc(slots, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(x.slots[a].started, x.slots[b].started), cmp.Compare(a, b))
	})
	return slices.Compact(slots)
}

// candidates returns the slots of the entries that may forbid a, oldest first.
func (x *index) candidates(a numbers.Attempt) []uint32 {
	var found []uint32
	if a.Reference != "" {
		scope := x.names[a.ReferenceScope()]
		for _, n := range x.references.find(x.hash([]byte(a.Reference))) {
			if s := x.slots[n]; s.scope == scope && s.is&isFree == 0 {
				found = append(found, n)
			}
		}
	}
	account := x.names[a.Account]
	for _, number := range a.Numbers {
		for _, n := range x.numbers.find(x.hash([]byte(number))) {
			if s := x.slots[n]; s.account == account && s.is&mayHold != 0 {
				found = append(found, n)
			}
		}
	}
	return x.sorted(found)
}

// query returns the slots of the entries that may match q, oldest first. It uses the
// index that leaves the fewest. The caller may change the result.
func (x *index) query(q numbers.JournalQuery) []uint32 {
	first, last := 0, len(x.order)
	at := func(t time.Time) int {
		i, _ := slices.BinarySearchFunc(x.order, stamp(t), func(o uint32, t int64) int { return cmp.Compare(x.slots[o].started, t) })
		return i
	}
	if !q.StartedFrom.IsZero() {
		first = at(q.StartedFrom)
	}
	if !q.StartedBefore.IsZero() {
		last = at(q.StartedBefore)
	}
	best := x.order[min(first, last):last]
	fewer := func(asked bool, found func() []uint32) {
		if asked && len(best) > 0 {
			if list := x.sorted(found()); len(list) < len(best) {
				best = list
			}
		}
	}
	fewer(len(q.IDs) > 0, func() []uint32 { return lookup(x, &x.ids, q.IDs) })
	fewer(len(q.OrderIDs) > 0, func() []uint32 {
		folded := make([]string, len(q.OrderIDs))
		for i, id := range q.OrderIDs {
			folded[i] = book.Fold(id)
		}
		return lookup(x, &x.orders, folded)
	})
	fewer(q.Purchase != "", func() []uint32 { return lookup(x, &x.purchases, []string{q.Purchase}) })
	fewer(len(q.Numbers) > 0, func() []uint32 { return lookup(x, &x.numbers, q.Numbers) })
	fewer(q.Open, func() []uint32 {
		list := make([]uint32, 0, len(x.open))
		for n := range x.open {
			list = append(list, n)
		}
		return list
	})
	list := make([]uint32, 0, len(best))
	for _, n := range best {
		s := x.slots[n]
		if s.is&isCredit == 0 && (q.Account == "" || s.account == x.names[q.Account]) && (q.Scope == "" || s.scope == x.names[q.Scope]) {
			list = append(list, n)
		}
	}
	return list
}

func lookup[S ~string](x *index, t *table, texts []S) (found []uint32) {
	for _, text := range texts {
		found = append(found, t.find(x.hash([]byte(text)))...)
	}
	return found
}

// table finds slots by a hash. It is an open addressing table with eight bytes for each
// place.
type table struct {
	places []place
	used   int
}

type place struct{ hash, slot uint32 } // slot+1; 0 = free

// grow makes room for n more.
func (t *table) grow(n int) {
	size := max(len(t.places), 64)
	for (t.used+n)*8 > size*7 {
		size *= 2
	}
	if size == len(t.places) {
		return
	}
	old := t.places
	t.places, t.used = make([]place, size), 0
	for _, p := range old {
		if p.slot != 0 {
			t.insert(p)
		}
	}
}

// add adds a slot, once.
func (t *table) add(hash, slot uint32) {
	if (t.used+1)*8 > len(t.places)*7 {
		t.grow(t.used + 1)
	}
	t.insert(place{hash, slot + 1})
}

func (t *table) insert(p place) {
	mask := uint32(len(t.places) - 1)
	for i := p.hash & mask; ; i = (i + 1) & mask {
		switch t.places[i] {
		case place{}:
			t.places[i] = p
			t.used++
			return
		case p:
			return
		}
	}
}

// find returns the slots with a hash.
func (t *table) find(hash uint32) (slots []uint32) {
	if len(t.places) == 0 {
		return nil
	}
	mask := uint32(len(t.places) - 1)
	for i := hash & mask; t.places[i] != (place{}); i = (i + 1) & mask {
		if t.places[i].hash == hash {
			slots = append(slots, t.places[i].slot-1)
		}
	}
	return slots
}
