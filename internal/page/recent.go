package page

// remembered is the smallest count of rows that a walk remembers. It is more than may be
// inserted during the walk.
const remembered = 1 << 14

// recent remembers the latest rows, at least most and at most twice as many: the current
// generation, and the full one before it. Inserted rows move others back by their count,
// so a row is repeated before more rows have arrived than were inserted.
type recent struct {
	most       int
	young, old map[string]struct{}
}

// expect allocates memory for a page of rows, of a list with this total.
func (r *recent) expect(rows, total int) {
	r.most = max(r.most, remembered, 2*rows)
	if r.young == nil {
		r.young = make(map[string]struct{}, min(r.most, max(rows, total)))
	}
}

// add reports whether a row is new.
func (r *recent) add(key string) bool {
	if _, again := r.young[key]; again {
		return false
	}
	_, again := r.old[key]
	if len(r.young) >= r.most {
		r.young, r.old = r.old, r.young
		clear(r.young)
		if r.young == nil {
			r.young = make(map[string]struct{}, r.most)
		}
	}
	r.young[key] = struct{}{}
	return !again
}
