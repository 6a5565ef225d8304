package page

import "fmt"

// The limits of a walk, in rows unless the name says otherwise.
const (
	allowance  = 10_000  // that may be inserted while the list is read
	uncounted  = 100_000 // of a list whose first page does not say how many it has
	mostShort  = 1000    // pages in a row that have fewer rows than fit
	mostStill  = 16      // pages in a row without new rows, for a cursor
	mostPushed = 3       // pages in a row that show that all rows were pushed back
)

// MostUnread is how many pages in a row may have only unusable rows. Then a walk ends.
const MostUnread = 16

// sweep is the state of a walk. All three walks use it.
type sweep struct {
	recent recent
	last   string // the key of the last row of the last page that had rows
	pages  int
	rows   int // new rows
	lost   int
	most   int // rows of the largest page
	short  int // pages in a row
	still  int // pages in a row without new rows
	unread int // pages in a row that have only unusable rows

	promised Count // the total of the first page
	total    int   // the largest total since
	shrunk   bool
	silent   bool // a later page has no total
	unsized  bool // a page does not state its size
	doubt    string
}

// sight has the counts of one page.
type sight struct {
	distinct int // rows, each key once
	fresh    int // of them, new rows
	lost     int // of them, unusable rows
	last     int // the index of the previous page's last row among the distinct rows; -1 = missing
}

// say records why the walk may be incomplete. The first reason counts.
func (s *sweep) say(reason string) {
	if s.doubt == "" {
		s.doubt = reason
	}
}

// take records a page and returns its rows, and which of them came before.
func take[T any](s *sweep, pg *Page[T], key func(*T) string) (batch[T], sight) {
	s.pages++
	s.count(pg.Total)
	if size, ok := pg.Size.Known(); !ok || size == 0 {
		s.unsized = true
	}
	if pg.Gap != "" {
		s.say(pg.Gap)
	}
	if pg.Lost.Rows > 0 {
		s.say(pg.Lost.Reason)
	}
	s.recent.expect(len(pg.Rows), s.total)
	b := batch[T]{rows: pg.Rows}
	saw := sight{last: -1}
	last := s.last
	var here map[string]struct{} // the keys of this page, as soon as one was seen before
	for i := range pg.Rows {
		k := key(&pg.Rows[i])
		isNew := s.recent.add(k)
		if !isNew && here == nil {
			here = keysOf(pg.Rows, i, key)
			b.again = make([]bool, len(pg.Rows))
		}
		if here != nil {
			b.again[i] = !isNew
			if _, twice := here[k]; twice {
				continue
			}
			here[k] = struct{}{}
		}
		if s.pages > 1 && k == last {
			saw.last = saw.distinct
		}
		saw.distinct++
		if isNew {
			saw.fresh++
			s.last = k
		}
	}
	saw.lost = pg.Lost.Rows
	saw.distinct += saw.lost
	s.rows += saw.fresh
	s.lost += saw.lost
	s.most = max(s.most, saw.distinct)
	return b, saw
}

// keysOf returns the keys of the first n rows of a page, in a set with room for all.
func keysOf[T any](rows []T, n int, key func(*T) string) map[string]struct{} {
	keys := make(map[string]struct{}, len(rows))
	for i := range n {
		keys[key(&rows[i])] = struct{}{}
	}
	return keys
}

// count records the total of a page.
func (s *sweep) count(total Count) {
	n, ok := total.Known()
	switch {
	case s.pages == 1:
		s.promised = total
	case !ok:
		s.silent = true
	case n < s.total:
		s.shrunk = true
	}
	s.total = max(s.total, n)
}

// inserted returns by how many rows the list has grown, up to the limit.
func (s *sweep) inserted() int {
	n, ok := s.promised.Known()
	if !ok {
		return 0
	}
	return max(0, min(s.total-n, allowance))
}

// limit returns the largest count of rows that the walk reads.
func (s *sweep) limit() int {
	if n, ok := s.promised.Known(); ok && n < mostCount {
		return n + allowance
	}
	return uncounted
}

// full reports whether a page is full, so that others may follow. A full page has as many
// rows as were requested, or as the vendor states, or otherwise as the largest page so
// far.
func (s *sweep) full(rows, asked int, size Count) bool {
	fit := s.most
	if n, ok := size.Known(); ok && n > 0 {
		fit = n
	}
	if asked > 0 {
		fit = min(fit, asked)
	}
	return rows > 0 && rows >= fit
}

// goesOn reports whether a walk may request another page. still is how many pages in a
// row may have no new rows.
func (s *sweep) goesOn(saw sight, isShort bool, still int) bool {
	if s.short++; !isShort {
		s.short = 0
	}
	if s.still++; saw.fresh+saw.lost > 0 {
		s.still = 0
	}
	if s.unread++; saw.fresh > 0 || saw.lost == 0 {
		s.unread = 0
	}
	switch {
	case s.unread >= MostUnread:
		s.say("none of the vendor's rows can be used; the listing was stopped")
	case s.still > still:
		s.say("a page has no new rows, but may not be the last page, so rows may be missing")
	case s.short >= mostShort:
		s.say("the vendor sends short pages without an end; the listing was stopped")
	case s.rows+s.lost > s.limit():
		s.say("the vendor lists far more rows than its first page announced; the listing was stopped")
	default:
		return true
	}
	return false
}

// misplaced records a page that is not the requested one.
func (s *sweep) misplaced(what string, at Count, asked int) {
	if n, ok := at.Known(); at.state != unsaid && (!ok || n != asked) {
		s.say(fmt.Sprintf("the vendor did not send the requested %s (%d)", what, asked))
	}
}

// lacks returns why the counts show that rows are missing, or "". before is how many rows
// of the list were not requested.
func (s *sweep) lacks(before int) string {
	if n, ok := s.promised.Known(); ok && s.rows < n-before {
		return "the vendor counts more rows than it listed"
	}
	return ""
}

// mismatch returns why the counts do not prove that no row moved during the walk, or "".
func (s *sweep) mismatch(before int) string {
	switch {
	case s.promised.state != said:
		return "the vendor does not state the number of rows"
	case s.shrunk:
		return "the list became shorter while it was read, so rows may be missing"
	case s.silent:
		return "a page does not state the number of rows"
	case s.rows > 0 && s.rows+before > s.total:
		return "the vendor lists more rows than it counts"
	}
	return ""
}

// firstOf returns the first reason that is not "".
func firstOf(reasons ...string) string {
	for _, r := range reasons {
		if r != "" {
			return r
		}
	}
	return ""
}
