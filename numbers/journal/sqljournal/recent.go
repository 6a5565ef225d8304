package sqljournal

import (
	"slices"
	"sync"

	"github.com/tnkit/tnkit/numbers"
)

// version is an entry as the table had it, with its revision.
type version struct {
	entry    numbers.JournalEntry
	revision int64
}

// recent has the open entries that this process has written, so that End need not read
// them first. It is only a guess: a step with a revision that is out of date changes
// nothing.
type recent struct {
	mu       sync.Mutex
	versions map[string]version
}

// maxRecent bounds the memory. An entry that is left out is read when it ends.
const maxRecent = 4096

// put remembers an entry.
func (r *recent) put(v version) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.versions == nil {
		r.versions = make(map[string]version)
	}
	e := &v.entry // a caller may change its lists
	e.Numbers, e.Before, e.End.Held = slices.Clone(e.Numbers), slices.Clone(e.Before), slices.Clone(e.End.Held)
	delete(r.versions, e.ID)
	for id := range r.versions { // one of them is as good as another
		if len(r.versions) < maxRecent {
			break
		}
		delete(r.versions, id)
	}
	r.versions[e.ID] = v
}

// take returns an entry and forgets it.
func (r *recent) take(id string) (v version, found bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, found = r.versions[id]
	delete(r.versions, id)
	return v, found
}
