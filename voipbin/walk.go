package voipbin

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/internal/page"
	"github.com/tnkit/tnkit/numbers"
)

// The server gives the rows that were created before the page token, the
// newest first, and offers the last row's time as the next token. Rows of that
// very time that did not fit into the page are then lost. The walk asks from a
// microsecond later instead, the precision of the times: the rows of that time
// come again, together with those that were cut off, and what was seen already
// is dropped. Where a full page brings nothing but rows seen already, the next
// is asked for twice as large.

// cursor is a place in the walk.
type cursor struct {
	size  int
	token string
	// at is when the last row was created, to the microsecond; zero before the
	// first page. seen are the rows that may come again from there.
	at   time.Time
	seen []string
	// past is set where the walk gave up on the rows of a microsecond that no
	// page can hold, and went on behind them.
	past bool
	// since is the time that ends the walk: behind a page whose last row is older;
	// zero = none.
	since time.Time
}

// lister reads a page of either list.
type lister func(ctx context.Context, r *pageRequest) (*NumberPage, error)

// walk walks a list from r on, which may be nil. With since it ends behind the
// first page whose last row was created before since.
func walk(ctx context.Context, op string, r *pageRequest, since time.Time, list lister, opts []numbers.PageOption) iter.Seq2[*Number, error] {
	first := cursor{size: MaxPageSize, since: since}
	if r != nil {
		first.size, first.token = cmp.Or(r.PageSize, MaxPageSize), r.PageToken
	}
	w := page.Walk[*Number, cursor]{
		Vendor: vendor,
		Op:     op,
		First:  first,
		Fetch: func(ctx context.Context, at cursor) (page.Page[*Number, cursor], error) {
			return at.fetch(ctx, list)
		},
		Key:       func(n *Number) string { return n.ID },
		ReadAhead: numbers.NewPageOptions(opts...).ReadAhead,
	}
	return w.All(ctx)
}

// fetch gets the next page that brings something new. The last page of a list
// does not tell that it is: the walk ends where a page that is not full brings
// nothing new.
func (c cursor) fetch(ctx context.Context, list lister) (page.Page[*Number, cursor], error) {
	out := page.Page[*Number, cursor]{Count: -1}
	for {
		got, err := list(ctx, &pageRequest{PageSize: c.size, PageToken: c.token})
		if err != nil {
			return out, err
		}
		out.Items = c.fresh(got.Result)
		full := len(got.Result) >= c.size
		switch {
		case len(out.Items) > 0:
			out.Short = !full
			if out.Next, out.More = c.after(got.Result); !out.More && full {
				out.Gap = "the last row of a page has no time of creation to go on from"
			}
			out.More = out.More && !out.Next.at.Before(c.since)
			return out, nil
		case !full:
			return out, nil
		case c.size < MaxPageSize:
			c.size = min(2*c.size, MaxPageSize)
		case c.past || c.at.IsZero():
			out.Gap = "the vendor lists the same rows whatever page is asked for"
			return out, nil
		default:
			c.token, c.past = format(c.at, c.token), true
			out.Gap = "a page is full of rows created in one microsecond, and there may be more of them"
		}
	}
}

// fresh are the rows that were not seen before.
func (c cursor) fresh(rows []Number) []*Number {
	var list []*Number
	for i := range rows {
		if !slices.Contains(c.seen, rows[i].ID) {
			list = append(list, &rows[i])
		}
	}
	return list
}

// after is the place behind rows. ok is false where the last of them has no
// time.
func (c cursor) after(rows []Number) (next cursor, ok bool) {
	last := rows[len(rows)-1].TMCreate
	known, ok := last.Known()
	if !ok {
		return cursor{}, false
	}
	next = cursor{size: c.size, at: known.Truncate(time.Microsecond), since: c.since}
	next.token = format(next.at.Add(time.Microsecond), last.Literal())
	if next.at.Equal(c.at) {
		next.seen = slices.Clip(c.seen)
	}
	for i := range rows {
		if !slices.Contains(next.seen, rows[i].ID) {
			next.seen = append(next.seen, rows[i].ID)
		}
	}
	return next, true
}

// format writes a page token in the form of the server's own times: like is
// one of them.
func format(t time.Time, like string) string {
	if strings.Contains(like, "T") {
		return t.UTC().Format("2006-01-02T15:04:05.000000Z")
	}
	return t.UTC().Format("2006-01-02 15:04:05.000000")
}
