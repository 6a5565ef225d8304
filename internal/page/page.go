// Package page walks the pages of a listing. It is the only pager.
//
// Vendors page in three ways: by number ([Numbered]), by position ([Offset]), and
// by a token or a time that a page shows ([Cursor]). A vendor package says how one
// page is fetched, and what that page says of its list: a [Page]. Everything else
// is here, for all three:
//
//   - A row is yielded once, however often the vendor sends it. Rows that are
//     inserted while the list is read move others to later pages, where they come
//     again. The walk remembers as many rows as can come again, not all of them.
//   - Rows that leave the list while it is read move others to pages that were read
//     already. A total that shrinks shows this. Where the vendor does not count its
//     rows, or counts those of a page, the walk by position asks for each page from
//     one row earlier, and must see the last row of the page before again.
//   - A full page is followed by another request, whatever the vendor counts: it may
//     count the page and not the list. The last page is one with fewer rows than fit.
//   - The walk ends. It does not read more rows than the first page announced and
//     10,000 that may be inserted meanwhile, without an announcement 100,000; no more
//     than 1,000 short pages in a row; and it does not go on from pages that bring
//     nothing new. What later pages count does not lengthen it.
//   - The items come first and the error last. The error is numbers.ErrIncomplete if
//     the walk can't be shown to be complete: rows are missing that were counted; more
//     were listed than counted; the list became shorter; a page is not the one that was
//     requested; a count is missing where only a count would show it; a page has a
//     Gap.
//   - Pages are read ahead ([numbers.ReadAhead]). A page that was fetched before the
//     one in front of it may lack rows that were moved into it. Its smaller total shows
//     that, and it is fetched again.
//   - No request is sent before the first step. The sequence can be ranged over again.
//     When the loop is left, in whatever way, nothing of it is running.
//
// All counts in an answer are a [Count]: they are bounded where they arrive.
package page

import (
	"context"
	"iter"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
)

// Page is one page, and what it says of itself and of its list.
type Page[T any] struct {
	Rows []T
	// At is the number or the position of the page, Size how many rows fit into it,
	// Total how many rows the list has: as the vendor says.
	At, Size, Total Count
	// Lost are rows that were sent and left out, because they can't be used. The walk
	// goes on, and ends with numbers.ErrIncomplete.
	Lost Lost
	// More means that the vendor says that another page follows.
	More bool
	// Gap says why rows are missing that no page can bring: they can't be read, or
	// the answer does not have the shape of a list. The walk goes on, and ends with
	// numbers.ErrIncomplete. "" = no row is known to be missing.
	Gap string
}

// Lost are rows of a page that were left out: how many, and why.
type Lost struct {
	Rows   int
	Reason string
}

// List is what all walks need.
type List[T any] struct {
	// Vendor and Op go into errors.
	Vendor, Op string
	// Key identifies a row.
	Key func(*T) string
	// Options are the caller's.
	Options []numbers.PageOption
}

// The pages that are read ahead. Without an option, one from the third page on:
// that costs nothing for a caller who stops at the first match.
const (
	defaultAhead = 1
	defaultFrom  = 3
	mostAhead    = 64
)

// ahead returns how many pages are read ahead, and from which page on.
func (l List[T]) ahead() (pages, from int) {
	if len(l.Options) == 0 {
		return defaultAhead, defaultFrom
	}
	return min(l.Options[len(l.Options)-1].Ahead(), mostAhead), 1
}

// batch is what one step of a walk came to.
type batch[T any] struct {
	rows []*T
	done bool
	err  error // the end of the walk
}

// steps fetches and judges one page after the other.
type steps[T any] interface {
	step(ctx context.Context) batch[T]
	stop()
}

// all yields the rows of all steps.
func (l List[T]) all(ctx context.Context, begin func(ctx context.Context) steps[T]) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		if ctx == nil {
			yield(nil, &numbers.Error{Op: l.Op, Vendor: l.Vendor, Kind: numbers.ErrInvalid, Field: "ctx", Message: "it is nil"})
			return
		}
		under, cancel := context.WithCancel(ctx)
		walk := begin(under)
		defer walk.stop()
		defer cancel()
		l.yieldAll(ctx, under, walk, yield)
	}
}

// yieldAll yields the rows of a walk that has begun. under is canceled when the loop is
// left, ctx is the caller's.
func (l List[T]) yieldAll(ctx, under context.Context, walk steps[T], yield func(*T, error) bool) {
	for {
		if ctx.Err() != nil {
			yield(nil, l.stopped(ctx))
			return
		}
		b := walk.step(under)
		for _, row := range b.rows {
			if !yield(row, nil) {
				return
			}
		}
		if b.done {
			if b.err != nil {
				yield(nil, b.err)
			}
			return
		}
	}
}

func (l List[T]) stopped(ctx context.Context) error {
	return &numbers.Error{Op: l.Op, Vendor: l.Vendor, Kind: numbers.ErrUnreachable, Message: "the listing was stopped", Err: ctxerr.Of(ctx)}
}

// end returns the error of a walk that has read its last page.
func (l List[T]) end(doubt string) error {
	if doubt == "" {
		return nil
	}
	return &numbers.Error{Op: l.Op, Vendor: l.Vendor, Kind: numbers.ErrIncomplete, Message: doubt}
}
