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

// MaxPageSize is the largest page_size that the server honours. It took any
// other for the default, 10, in 2021, and takes it for 100 today.
const MaxPageSize = 100

// Page is one page of a list, exactly as sent: the newest row first. Only rows without
// an id are left out: List then returns the other rows together with ErrIncomplete.
type Page[T any] struct {
	Result []T `json:"result"`
	// NextPageToken is the time of creation of the last row of this page, on the
	// last page too; "" where the page is empty. Rows of the very same time that did
	// not fit into this page are in no other page that is asked for by this token;
	// All loses none.
	NextPageToken string `json:"next_page_token"`
}

// window asks for one page of a list. It is ListNumbersRequest, and
// ListOrderNumbersRequest.
type window struct {
	PageSize  int
	PageToken string
}

// check refuses what the server would take for something else: a page size
// out of range for its default, a token that is not a time for the end of the
// list.
func (w window) check(op string) error {
	switch {
	case w.PageSize < 0 || w.PageSize > MaxPageSize:
		return api.Invalid(vendor, op, "PageSize", "it must be from 1 to 100")
	case w.PageToken != "" && !isTime(w.PageToken):
		return api.Invalid(vendor, op, "PageToken", `it is no time in UTC such as "2026-08-04T00:00:00Z"; the server answers what it can't read with an empty page`)
	}
	return nil
}

// enlarge asks for large pages where nothing else is asked for.
func (w *window) enlarge() {
	if w.PageSize == 0 {
		w.PageSize = MaxPageSize
	}
}

// all walks the rows of all pages from first on, and with since to the first page
// whose last row is older; zero = to the end. fetch reads one page.
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

// said returns what the page says of itself and of its list.
func (p *Page[T]) said(lost page.Lost) page.Page[T] {
	return page.Page[T]{Rows: p.Result, Lost: lost}
}

// cursor is a place in a list.
//
// The server gives the rows that were created before the page token, the newest
// first, and offers the last row's time as the next token. Rows of that very time
// that did not fit into the page are then lost. The walk asks from a microsecond later
// instead, the precision of the times: the rows of that time come again, together with
// those that were cut off. If a full page brings nothing but rows that came before, the
// next one is requested twice as large.
type cursor struct {
	window
	// at is when the last row was created, to the microsecond; zero before the first
	// page.
	at time.Time
	// past is set if the walk gave up on the rows of a microsecond that no page can
	// hold, and went on behind them.
	past  bool
	since time.Time
}

// next returns the place behind a page. The last page of a list does not say that it
// is: the walk ends if a page that is not full brings nothing new.
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
		return c, false, "the vendor lists the same rows whatever page is asked for"
	}
	c.PageToken, c.past = format(c.at, c.PageToken), true
	return c, true, "a page is full of rows created in one microsecond, and there may be more of them"
}

// after returns the place behind the last of some rows.
func (c cursor) after(rows []Number, full bool) (next cursor, more bool, gap string) {
	last := rows[len(rows)-1].TMCreate
	created, ok := last.Known()
	if !ok {
		if full {
			gap = "the last row of a page has no time of creation to go on from"
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

// newestFirst reports whether rows come in the order of their creation.
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

// format writes a page token in the form of the server's own times: like is
// one of them.
func format(t time.Time, like string) string {
	if strings.Contains(like, "T") {
		return t.UTC().Format("2006-01-02T15:04:05.000000Z")
	}
	return t.UTC().Format("2006-01-02 15:04:05.000000")
}

// isTime reports whether the server reads a page token as a time: a T or a
// space between date and time, any fraction or none, a Z or nothing.
func isTime(token string) bool {
	const (
		space = len("2006-01-02")
		colon = len("2006-01-02T15")
	)
	b := []byte(strings.TrimSuffix(token, "Z") + "Z")
	if len(b) <= colon || b[colon] != ':' || bytes.IndexByte(b, ',') >= 0 {
		return false // package time lets an hour of one digit and a comma pass
	}
	if b[space] == ' ' {
		b[space] = 'T'
	}
	return new(time.Time).UnmarshalText(b) == nil
}
