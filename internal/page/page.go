// Package page walks the pages of a listing. It is the only pager: what the
// vendors do differently is in a fetch function, and what must never go wrong
// (a walk that loops, one that ends early in silence, a goroutine left behind)
// is here.
package page

import (
	"context"
	"hash/maphash"
	"iter"

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
}

// Walk says how a listing is walked.
type Walk[T, C any] struct {
	// Vendor and Op go into errors.
	Vendor, Op string
	// First is where the first page is.
	First C
	// Fetch gets one page.
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
// walk with numbers.ErrIncomplete: the items come first, the error last.
func (w Walk[T, C]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		guard := guard[T]{key: w.Key, seed: maphash.MakeSeed()}
		at, seen := w.First, 0
		for {
			if ctx.Err() != nil {
				yield(none, w.stopped(ctx))
				return
			}
			pg, err := w.Fetch(ctx, at)
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
			if !pg.More {
				if pg.Count > seen {
					yield(none, w.incomplete("the vendor counts more items than it listed"))
				}
				return
			}
			at = pg.Next
		}
	}
}

func (w Walk[T, C]) stopped(ctx context.Context) error {
	return &numbers.Error{Op: w.Op, Vendor: w.Vendor, Kind: numbers.ErrUnreachable, Message: "the walk was stopped", Err: context.Cause(ctx)}
}

func (w Walk[T, C]) incomplete(reason string) error {
	return &numbers.Error{Op: w.Op, Vendor: w.Vendor, Kind: numbers.ErrIncomplete, Message: reason}
}

// guard finds a walk that goes round in circles, in constant memory: by
// Brent's method it holds every page against one earlier page, which moves
// forward at each power of two.
type guard[T any] struct {
	key      func(T) string
	seed     maphash.Seed
	tortoise uint64
	steps    int
	next     int
}

func (g *guard[T]) check(items []T, more bool) (reason string) {
	if len(items) == 0 {
		if more {
			return "the vendor sent an empty page and says that there is more"
		}
		return ""
	}
	var h maphash.Hash
	h.SetSeed(g.seed)
	for _, item := range items {
		h.WriteString(g.key(item))
		h.WriteByte(0)
	}
	print := h.Sum64()
	if g.steps > 0 && print == g.tortoise {
		return "the vendor sent a page a second time"
	}
	if g.steps >= g.next {
		g.tortoise, g.next = print, max(1, 2*g.next)
	}
	g.steps++
	return ""
}
