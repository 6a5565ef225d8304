package exclusive

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"slices"
	"strings"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Orders lists orders by GET /exclusive_numbers. It applies the query itself, also
// with OrdererOptions.Narrow.
func (o *Orderer) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	asked := o.spellings(q.Numbers)
	rows := o.rows(ctx, o.spelled(q.Numbers), q.ReadAhead)
	return driver.Orders(rows, q, func(n *Number) (*numbers.Order, error) { return o.order(n, asked), nil })
}

// spelled returns how rows of these numbers may be spelled.
func (o *Orderer) spelled(list []numbers.E164) []string {
	all := make([]string, 0, len(list))
	has := make(set.Set[string], len(list))
	for _, n := range list {
		if n == "" {
			continue
		}
		for _, spelling := range []string{o.spell(n), string(n)} {
			if !has.Has(spelling) {
				has.Add(spelling)
				all = append(all, spelling)
			}
		}
	}
	return all
}

// rows walks the PBX's rows; with Narrow, if spelled is not empty, those that the PBX
// lists for these spellings. The walk is as complete for the spellings as the whole
// list would be.
func (o *Orderer) rows(ctx context.Context, spelled []string, ahead int) iter.Seq2[*Number, error] {
	if o.narrow == NarrowNot || len(spelled) == 0 {
		return o.client.Numbers.All(ctx, nil, driver.ReadAhead(ahead)...)
	}
	return func(yield func(*Number, error) bool) {
		for chunk := range slices.Chunk(spelled, mostNarrowed) {
			if !o.yieldNarrowed(ctx, chunk, ahead, yield) {
				return
			}
		}
		if err := o.checkNarrowing(ctx); err != nil {
			yield(nil, err)
		}
	}
}

// yieldNarrowed yields the rows with some spellings. It returns false if the loop was
// left, or an error was yielded. If the listing can't be shown to be complete, as with
// more than two rows at a PBX that ignores skip, it reads again, for half of the
// spellings at a time. A row may then come twice.
func (o *Orderer) yieldNarrowed(ctx context.Context, spelled []string, ahead int, yield func(*Number, error) bool) bool {
	half := len(spelled) / 2
	for row, err := range o.client.Numbers.All(ctx, o.narrowed(spelled), driver.ReadAhead(ahead)...) {
		switch {
		case half > 0 && errors.Is(err, numbers.ErrIncomplete):
			return o.yieldNarrowed(ctx, spelled[:half], ahead, yield) && o.yieldNarrowed(ctx, spelled[half:], ahead, yield)
		case err != nil:
			yield(nil, o.cantNarrow(err))
			return false
		case slices.Contains(spelled, row.Number):
			o.shown.Store(true)
		case o.narrow == NarrowByFilter:
			half = 0 // the PBX ignores the filter
		}
		if !yield(row, nil) {
			return false
		}
	}
	return true
}

// mostNarrowed is how many spellings a request names, so that its query stays short.
const mostNarrowed = 20

// narrowed asks for the rows with these spellings.
func (o *Orderer) narrowed(spelled []string) *ListNumbersRequest {
	if o.narrow == NarrowBySearch {
		return &ListNumbersRequest{Search: strings.Join(spelled, " or ")}
	}
	terms := make([]string, len(spelled))
	for i, s := range spelled {
		terms[i] = "number eq '" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return &ListNumbersRequest{Filter: strings.Join(terms, " or ")}
}

// cantNarrow is the error of a narrowed listing. A PBX that refuses its parameters
// says nothing of the request that the listing is for.
func (o *Orderer) cantNarrow(err error) error {
	if e, ok := errors.AsType[*Error](err); ok && e.Status == http.StatusBadRequest {
		return incomplete("the PBX refuses to narrow its list; see OrdererOptions.Narrow", e)
	}
	return err
}

// checkNarrowing returns an error unless the PBX is known to list what it is asked
// for, or has no row by which that could be known.
func (o *Orderer) checkNarrowing(ctx context.Context) error {
	if o.shown.Load() {
		return nil
	}
	page, err := o.client.Numbers.List(ctx, nil)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(page.Items, func(n Number) bool { return n.Number != "" })
	if at < 0 {
		if n, ok := page.Count.Int64(); !ok || n == 0 {
			return nil
		}
		return incomplete("the PBX does not list the rows that it counts", nil)
	}
	known := page.Items[at]
	for row, err := range o.client.Numbers.All(ctx, o.narrowed([]string{known.Number})) {
		if err != nil {
			return o.cantNarrow(err)
		}
		if row.ID == known.ID {
			o.shown.Store(true)
			return nil
		}
	}
	return incomplete("the PBX does not list a number that it has if it is asked for it; see OrdererOptions.Narrow", nil)
}

func incomplete(message string, cause error) error {
	return &numbers.Error{Op: "Numbers.All", Vendor: vendor, Kind: numbers.ErrIncomplete, Message: message, Err: cause}
}
