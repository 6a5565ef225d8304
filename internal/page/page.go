// Package page walks the pages of a listing. It is the only pager: what the
// vendors do differently is in a fetch function, and what must never go wrong
// (a walk that loops, one that ends early in silence, a goroutine left behind)
// is here.
package page

import (
	"context"
	"iter"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
)

// Page is one page of a listing.
type Page[T, C any] struct {
	Items []T
	// Next is where the next page is, if there is one.
	Next C
	More bool
	// Count is how many items the vendor says there are in all; -1 = it does
	// not say.
	Count int
	// Rest is how many pages follow, where the vendor says so; 0 = it does
	// not. Pages are then fetched ahead no further than to the last one.
	Rest int
	// Gap says why items are missing that no page can bring. The walk goes on,
	// and ends with numbers.ErrIncomplete. "" = none are known to be missing.
	Gap string
	// Short says that the page has fewer items than a page of the vendor's has,
	// although there is more. A vendor that goes on so makes the list up.
	Short bool
}

// mostShort is how many short pages in a row a walk puts up with.
const mostShort = 1000

// Walk says how a listing is walked.
type Walk[T, C any] struct {
	// Vendor and Op go into errors.
	Vendor, Op string
	// First is where the first page is.
	First C
	// Fetch gets one page. It depends on at alone, so that a sequence can be
	// ranged over again, and it returns soon once ctx has ended. With ReadAhead
	// it is called from other goroutines, with Jump from several at once.
	Fetch func(ctx context.Context, at C) (Page[T, C], error)
	// Key identifies an item.
	Key func(T) string
	// Jump says where the page n pages after at is, where that is known
	// beforehand (numbered pages): such pages may be fetched in parallel. nil
	// where a page must be seen to know the next.
	Jump func(at C, n int) C
	// ReadAhead is how many pages may be fetched before they are needed.
	ReadAhead int
}

// All yields the items of all pages, in order. No request is sent before the
// first step, break stops it, and the sequence can be ranged over again. A page
// that brings nothing new although the vendor says that there is more ends the
// walk with numbers.ErrIncomplete: the items come first, the error last. When
// the loop is left, by whatever way, no goroutine of it is left.
func (w Walk[T, C]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		if ctx == nil {
			var none T
			yield(none, &numbers.Error{Op: w.Op, Vendor: w.Vendor, Kind: numbers.ErrInvalid, Field: "ctx", Message: "it is nil"})
			return
		}
		next, stop := w.source(ctx)
		defer stop()
		w.walk(ctx, next, yield)
	}
}

func (w Walk[T, C]) walk(ctx context.Context, next func() (Page[T, C], error), yield func(T, error) bool) {
	var none T
	guard, seen, short, gap := newGuard(w.Key), 0, 0, ""
	for {
		if ctx.Err() != nil {
			yield(none, w.stopped(ctx))
			return
		}
		pg, err := next()
		if err != nil {
			yield(none, err)
			return
		}
		if reason := guard.check(pg.Items, pg.More); reason != "" {
			yield(none, w.incomplete(reason))
			return
		}
		for _, item := range pg.Items {
			if !yield(item, nil) {
				return
			}
		}
		seen += len(pg.Items)
		if gap == "" {
			gap = pg.Gap
		}
		if short++; !pg.Short {
			short = 0
		}
		switch {
		case short == mostShort:
			yield(none, w.incomplete("the vendor's pages are short and have no end; the walk was given up"))
			return
		case pg.More:
			continue
		}
		if gap == "" && pg.Count > seen {
			gap = "the vendor counts more items than it listed"
		}
		if gap != "" {
			yield(none, w.incomplete(gap))
		}
		return
	}
}

func (w Walk[T, C]) stopped(ctx context.Context) error {
	return &numbers.Error{Op: w.Op, Vendor: w.Vendor, Kind: numbers.ErrUnreachable, Message: "the walk was stopped", Err: ctxerr.Of(ctx)}
}

func (w Walk[T, C]) incomplete(reason string) error {
	return &numbers.Error{Op: w.Op, Vendor: w.Vendor, Kind: numbers.ErrIncomplete, Message: reason}
}
