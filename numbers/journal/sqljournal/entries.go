package sqljournal

import (
	"context"
	"iter"
	"math"
	"strconv"
	"strings"

	"github.com/tnkit/tnkit/internal/book"
	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
)

// pageRows is how many entries are read at a time.
const pageRows = 500

// Entries implements numbers.Journal. It reads pages and holds no connection while
// the loop body runs. If an entry changes during the loop, Entries yields it as it
// was before or after the change.
func (j *Journal) Entries(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
	return func(yield func(numbers.JournalEntry, error) bool) {
		for at := first(); ; {
			var page []row
			err := j.persist(ctx, "Entries", func(ctx context.Context) (done bool, err error) {
				page, err = j.store.page(ctx, q, at, pageRows)
				return err == nil, err
			})
			for _, r := range page {
				if err = ctxerr.Of(ctx); err != nil {
					break
				}
				if !yield(r.entry, nil) {
					return
				}
				at = r.position
			}
			if err != nil {
				yield(numbers.JournalEntry{}, err)
				return
			}
			if len(page) < pageRows {
				return
			}
		}
	}
}

// position is a place in the order of entries.
type position struct {
	started int64
	id      string
}

func first() position { return position{started: math.MinInt64} }

// row is an entry in the table.
type row struct {
	position
	revision int64
	entry    numbers.JournalEntry
}

// page returns the entries after a position that match q.
func (s store) page(ctx context.Context, q numbers.JournalQuery, after position, limit int) ([]row, error) {
	sel := s.selection(q)
	at := sel.order + ".started, " + sel.order + ".id"
	where := append(sel.where, "("+at+") > ("+sel.arg(after.started)+", "+sel.arg(after.id)+")")
	rows, err := s.query(ctx, sel.with+"select e.started, e.id, e.revision, e.body from "+sel.from+" where "+strings.Join(where, " and ")+
		" order by "+at+" limit "+strconv.Itoa(limit), sel.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var page []row
	for rows.Next() {
		var r row
		var data string
		if err := rows.Scan(&r.started, &r.id, &r.revision, &data); err != nil {
			return nil, err
		}
		if r.entry, err = decode(data); err != nil {
			return nil, err
		}
		page = append(page, r)
	}
	return page, rows.Err()
}

// selection is a query as SQL.
type selection struct {
	d     Dialect
	with  string
	from  string
	order string // the table whose index has the order of the entries
	where []string
	args  []any
}

// arg adds an argument.
func (s *selection) arg(v any) string {
	s.args = append(s.args, v)
	return "?" + strconv.Itoa(len(s.args))
}

// list adds a list, and returns the subquery of its values.
func (s *selection) list(values []string) string {
	if s.d == SQLite {
		return "(select value from json_each(" + s.arg(text(values)) + "))"
	}
	return "(select json_array_elements_text(" + s.arg(text(values)) + "::text::json))"
}

// selection uses an index for only one condition of q: the one that leaves the fewest
// entries. The other conditions are written so that the database can't use an index for
// them (column || ”). Otherwise a database without statistics of a table could use an
// index that leaves millions of entries.
func (s store) selection(q numbers.JournalQuery) *selection {
	sel := &selection{d: s.d, from: "{entries} e", order: "e"}
	led := false
	among := func(asked bool, subquery func() string) { // uses the ids that a subquery finds as the first condition
		switch {
		case asked && !led:
			sel.with = "with found(id) as materialized " + subquery() + " "
			sel.where = append(sel.where, "e.id in (select id from found)")
			led = true
		case asked:
			sel.where = append(sel.where, "(e.id || '') in "+subquery())
		}
	}
	equals := func(column, value string) {
		switch {
		case value == "":
		case led:
			sel.where = append(sel.where, "(e."+column+" || '') = "+sel.arg(key(value)))
		default:
			sel.where = append(sel.where, "e."+column+" = "+sel.arg(key(value)))
			led = true
		}
	}
	among(len(q.IDs) > 0, func() string { return sel.list(keys(q.IDs)) })
	among(len(q.OrderIDs) > 0, func() string { return sel.credited(q.OrderIDs) })
	equals("purchase", q.Purchase)
	among(len(q.Numbers) > 0, func() string {
		return "(select entry from {history} where number in " + sel.list(keys(q.Numbers)) + ")"
	})
	if q.Open {
		sel.open(led)
		led = true
	}
	equals("account", q.Account)
	equals("scope", q.Scope)
	if !q.StartedFrom.IsZero() {
		sel.where = append(sel.where, "e.started >= "+sel.arg(stamp(q.StartedFrom)))
	}
	if !q.StartedBefore.IsZero() {
		sel.where = append(sel.where, "e.started < "+sel.arg(stamp(q.StartedBefore)))
	}
	return sel
}

// open keeps the entries that are open. They lead, unless another condition does.
func (s *selection) open(led bool) {
	switch {
	case s.d == SQLite:
		s.where = append(s.where, "e.open")
	case led:
		s.where = append(s.where, "exists (select from {open} o where o.started = e.started and o.id = e.id)")
	default:
		s.from, s.order = "{open} o join {entries} e on e.id = o.id", "o"
	}
}

// credited returns the subquery of the entries that have one of these orders.
func (s *selection) credited(orders []string) string {
	folded := make([]string, len(orders))
	for i, id := range orders {
		folded[i] = book.Fold(id)
	}
	if s.d == SQLite {
		return "(select u.key from {holds} h, json_each(h.holders) u where h.kind = 'o' and h.key in " + s.list(keys(folded)) + ")"
	}
	return "(select jsonb_object_keys(h.holders) from {holds} h where h.kind = 'o' and h.key in " + s.list(keys(folded)) + ")"
}
