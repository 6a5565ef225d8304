package voipbin

import (
	"bytes"
	"context"
	"iter"
	"strings"
	"time"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/page"
	"github.com/tnkit/tnkit/numbers"
)

// MaxPageSize is the largest page_size that the server accepts. For a larger value it
// uses its default: 10 in 2021, and 100 today.
const MaxPageSize = 100

// Page is one page of a list, exactly as sent: the newest row first. Rows without an id
// are left out, and List then returns the other rows together with ErrIncomplete.
type Page[T any] struct {
	Result []T `json:"result"`
	// NextPageToken is the time of creation of the last row of this page, also on the
	// last page. It is "" if the page is empty. The page after this token does not have
	// the rows of exactly the same time that did not fit into this page. All does not
	// lose these rows.
	NextPageToken string `json:"next_page_token"`
}

// window selects one page of a list. It is ListNumbersRequest, and
// ListOrderNumbersRequest.
type window struct {
	PageSize  int
	PageToken string
}

// check refuses values that the server would replace without an error: a page size out of
// range, and a token that is not a time, for which it returns an empty page.
func (w window) check(op string) error {
	switch {
	case w.PageSize < 0 || w.PageSize > MaxPageSize:
		return api.Invalid(vendor, op, "PageSize", "it must be from 1 to 100")
	case w.PageToken != "" && !isTime(w.PageToken):
		return api.Invalid(vendor, op, "PageToken", `it is not a time in UTC such as "2026-08-04T00:00:00Z"; the server would return an empty page`)
	}
	return nil
}

// enlarge sets the largest page size if no size is set.
func (w *window) enlarge() {
	if w.PageSize == 0 {
		w.PageSize = MaxPageSize
	}
}

// all yields the rows of all pages from first on, up to the first page whose last row is
// older than since; zero = up to the end. fetch reads one page.
func all(ctx context.Context, op string, first window, since time.Time, fetch func(context.Context, window) (*Page[Number], error), key func(*Number) string, opts []numbers.PageOption) iter.Seq2[*Number, error] {
	first.enlarge()
	return page.Cursor[Number, cursor]{
		List:  page.List[Number]{Vendor: vendor, Op: op, Key: key, Options: opts},
		First: cursor{window: first, since: since},
		Size:  first.PageSize,
		Fetch: func(ctx context.Context, at cursor) (page.Page[Number], error) {
			pg, err := fetch(ctx, at.window)
			lost, err := api.Lost(err)
			if err != nil {
				return page.Page[Number]{}, err
			}
			return pg.said(lost), nil
		},
		Next: cursor.next,
	}.All(ctx)
}

// said converts the page for the walk.
func (p *Page[T]) said(lost page.Lost) page.Page[T] {
	return page.Page[T]{Rows: p.Result, Lost: lost}
}

// cursor is a position in a list.
//
// The server returns the rows that were created before the page token, the newest first.
// Its next token is the time of the last row. With this token, rows of exactly that time
// that did not fit into the page are lost. The walk therefore uses a time that is one
// microsecond later, which is the precision of the times. The rows of that time are then
// repeated, together with the rows that were cut off. If a full page has only repeated
// rows, the next request asks for twice as many.
type cursor struct {
	window
	// at is the time of creation of the last row, to the microsecond; zero before the
	// first page.
	at time.Time
	// past is set if more rows have the time of one microsecond than a page can have, and
	// the walk continued after them.
	past  bool
	since time.Time
}

// next returns the position after a page. The server does not mark the last page. The
// walk ends if a page that is not full has no new rows.
func (c cursor) next(pg *page.Page[Number], fresh int) (next cursor, more bool, gap string) {
	full := len(pg.Rows)+pg.Lost.Rows >= c.PageSize
	switch {
	case fresh > 0:
		return c.after(pg.Rows, full)
	case !full:
		return c, false, ""
	case c.PageSize < MaxPageSize:
		c.PageSize = min(2*c.PageSize, MaxPageSize)
		return c, true, ""
	case c.past || c.at.IsZero():
		return c, false, "the vendor returns the same rows for every page"
	}
	c.PageToken, c.past = format(c.at, c.PageToken), true
	return c, true, "a page is full of rows created in one microsecond, and there may be more of them"
}

// after returns the position after the last of some rows.
func (c cursor) after(rows []Number, full bool) (next cursor, more bool, gap string) {
	last := rows[len(rows)-1].TMCreate
	created, ok := last.Known()
	if !ok {
		if full {
			gap = "the last row of a page has no time of creation, so the next page is unknown"
		}
		return c, false, gap
	}
	next = cursor{window: c.window, at: created.Truncate(time.Microsecond), since: c.since}
	next.PageToken = format(next.at.Add(time.Microsecond), last.Literal())
	if !newestFirst(rows) || !c.at.IsZero() && next.at.After(c.at) {
		gap = "the vendor does not list the newest rows first"
	}
	return next, !next.at.Before(c.since), gap
}

// newestFirst reports whether rows are in the order of their creation, the newest first.
func newestFirst(rows []Number) bool {
	var before time.Time
	for i := range rows {
		created, ok := rows[i].TMCreate.Known()
		if ok && !before.IsZero() && created.After(before) {
			return false
		}
		if ok {
			before = created
		}
	}
	return true
}

// format returns t as a page token in the form of like, which is a time of the server.
func format(t time.Time, like string) string {
	if strings.Contains(like, "T") {
		return t.UTC().Format("2006-01-02T15:04:05.000000Z")
	}
	return t.UTC().Format("2006-01-02 15:04:05.000000")
}

// isTime reports whether the server reads a page token as a time. It has a T or a space
// between date and time, any fraction or none, and a Z or no zone.
func isTime(token string) bool {
	const (
		space = len("2006-01-02")
		colon = len("2006-01-02T15")
	)
	b := []byte(strings.TrimSuffix(token, "Z") + "Z")
	if len(b) <= colon || b[colon] != ':' || bytes.IndexByte(b, ',') >= 0 {
		return false // package time accepts an hour of one digit, and a comma
	}
	if b[space] == ' ' {
		b[space] = 'T'
	}
	return new(time.Time).UnmarshalText(b) == nil
}
