// Package page reads the pages of a listing. All vendor packages use it.
//
// Vendors page in three ways: by number ([Numbered]), by position ([Offset]), and by a
// token or a time that a page shows ([Cursor]). A vendor package defines how one page is
// read, and converts its counts: a [Page]. Everything else is in this package, for all
// three:
//
//   - A row is yielded once, however often the vendor sends it. Rows that are inserted
//     during the walk move others to later pages, where they are repeated. The walk
//     remembers as many rows as can be repeated, not all of them.
//   - Rows that leave the list during the walk move others to pages that were already
//     read. A total that becomes smaller shows this. If the vendor does not count its
//     rows, or counts only those of a page, the walk by position requests each page from
//     one row earlier, and must see the last row of the page before again.
//   - After a full page, the walk requests another page, whatever the vendor counts,
//     because it may count only the page. The last page is a page that is not full.
//   - The walk always ends. It reads at most the rows that the first page announced and
//     10,000 that may be inserted during the walk. Without an announcement it reads at
//     most 100,000 rows. It reads at most 1,000 short pages in a row, and does not
//     continue after pages without new rows. The counts of later pages do not raise these
//     limits.
//   - The items come first and the error last. The error is numbers.ErrIncomplete if the
//     walk may be incomplete: counted rows are missing; more rows were listed than
//     counted; the list became shorter; a page is not the requested one; a count is
//     missing that is needed as proof; or a page has a Gap.
//   - Pages are read ahead ([numbers.ReadAhead]). A page that was read before the page
//     before it may lack rows that moved into it later. Its smaller total shows this, and
//     it is read again.
//   - No request is sent before the loop starts. The sequence can be used again. When the
//     loop has ended, no goroutine of it is running.
//
// Every count in an answer becomes a [Count], which limits it.
package page

import (
	"context"
	"iter"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
)

// Page is one page, with what the vendor states about it and its list.
type Page[T any] struct {
	Rows []T
	// At is the number or the position of the page, Size is the count of rows of a full
	// page, and Total is the count of rows of the list, all as the vendor states them.
	At, Size, Total Count
	// Lost are rows that were left out because they can't be used. The walk continues,
	// and ends with numbers.ErrIncomplete.
	Lost Lost
	// More is true if the vendor announces another page.
	More bool
	// Gap is the reason why rows are missing that no page has: they can't be read, or the
	// answer does not have the shape of a list. The walk continues, and ends with
	// numbers.ErrIncomplete. "" = no row is known to be missing.
	Gap string
}

// Lost has the count of rows of a page that were left out, and the reason.
type Lost struct {
	Rows   int
	Reason string
}

// List has the fields that all walks need.
type List[T any] struct {
	// Vendor and Op are fields of errors.
	Vendor, Op string
	// Key identifies a row.
	Key func(*T) string
	// Options are the caller's options.
	Options []numbers.PageOption
}

// The counts of pages that are read ahead. Without an option, one page is read ahead from
// the third page on, so that a caller who stops at the first match causes no extra
// request.
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

// batch is the result of one step of a walk.
type batch[T any] struct {
	rows  []T
	again []bool // the rows that came before; nil = none did
	done  bool
	err   error // the end of the walk
}

// end is the batch as the last one.
func (b batch[T]) end(err error) batch[T] {
	b.done, b.err = true, err
	return b
}

// steps reads and evaluates one page after the other.
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

// yieldAll yields the rows of a walk that has begun. under is canceled when the loop
// ends. ctx is the caller's context.
func (l List[T]) yieldAll(ctx, under context.Context, walk steps[T], yield func(*T, error) bool) {
	for {
		if ctx.Err() != nil {
			yield(nil, l.stopped(ctx))
			return
		}
		b := walk.step(under)
		for i := range b.rows {
			if (b.again == nil || !b.again[i]) && !yield(&b.rows[i], nil) {
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
