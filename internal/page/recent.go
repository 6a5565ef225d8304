package page

// remembered is how many rows a walk remembers at least.
const remembered = 1 << 14

// recent remembers the rows that came last, at least most and at most twice as
// many: the generation that is filled, and the full one before it. Rows that are
// inserted push others back by as many places, so a row comes again before more
// rows have come than were inserted.
type recent struct {
	most       int
	young, old map[string]int // the page in which a row came last
}

// add reports whether a row is new, and whether it is the first of its key in this
// page.
func (r *recent) add(key string, page int) (fresh, first bool) {
	last, again := r.young[key]
	if !again {
		last, again = r.old[key]
	}
	if again && last == page {
		return false, false
	}
	if r.young == nil {
		r.young = make(map[string]int)
	}
	if len(r.young) >= r.most {
		r.young, r.old = r.old, r.young
		clear(r.young)
		if r.young == nil {
			r.young = make(map[string]int)
		}
	}
	r.young[key] = page
	return !again, true
}
