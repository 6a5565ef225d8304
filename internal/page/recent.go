package page

import "hash/maphash"

// remembered is the smallest count of rows that a walk remembers. It is more than may be
// inserted during the walk.
const remembered = 1 << 14

// recent remembers the latest rows, at least most and at most twice as many: the current
// generation, and the full one before it. Inserted rows move others back by their count,
// so a row is repeated before more rows have arrived than were inserted.
type recent struct {
	most       int
	young, old keys
}

// expect allocates memory for a page of rows, of a list with this total.
func (r *recent) expect(rows, total int) {
	r.most = max(r.most, remembered, 2*rows)
	if r.young.slots == nil {
		r.young.grow(min(r.most, max(rows, total)))
	}
}

// add reports whether a row is new.
func (r *recent) add(key string) bool {
	if r.young.has(key) {
		return false
	}
	again := r.old.has(key)
	if len(r.young.list) >= r.most {
		r.young, r.old = r.old, r.young
		r.young.clear()
	}
	r.young.add(key)
	return !again
}

// keys is a set of keys. It takes half the memory of a map.
type keys struct {
	list  []string
	slots []int32 // 1 + an index of list; 0 = free; a power of two of them
	seed  maphash.Seed
}

// grow makes room for n keys in all.
func (k *keys) grow(n int) {
	size := 16
	for size*3/4 < n {
		size *= 2
	}
	k.list = append(make([]string, 0, n), k.list...)
	k.slots = make([]int32, size)
	k.seed = maphash.MakeSeed()
	for i, key := range k.list {
		k.slots[k.slot(key)] = int32(i) + 1
	}
}

// slot returns the place of a key, or the free one where it belongs.
func (k *keys) slot(key string) int {
	mask := len(k.slots) - 1
	i := int(maphash.String(k.seed, key)) & mask
	for k.slots[i] != 0 && k.list[k.slots[i]-1] != key {
		i = (i + 1) & mask
	}
	return i
}

func (k *keys) has(key string) bool { return len(k.list) > 0 && k.slots[k.slot(key)] != 0 }

// add adds a key that is not in the set.
func (k *keys) add(key string) {
	if len(k.list) >= len(k.slots)*3/4 {
		k.grow(2*len(k.list) + 1)
	}
	k.list = append(k.list, key)
	k.slots[k.slot(key)] = int32(len(k.list))
}

func (k *keys) clear() {
	clear(k.list)
	k.list = k.list[:0]
	clear(k.slots)
}
