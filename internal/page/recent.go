package page

// remembered is how many rows a walk remembers at least: more than may be inserted
// while it reads.
const remembered = 1 << 14

// recent remembers the rows that came last, at least most and at most twice as
// many: the generation that is filled, and the full one before it. Rows that are
// inserted push others back by as many places, so a row comes again before more
// rows have come than were inserted.
type recent struct {
	most       int
	young, old map[string]struct{}
}

// expect makes room for a page of rows, of a list that has so many in all.
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
