package voipbin

import (
	"context"
	"net/http"
	"slices"

	"github.com/tnkit/tnkit/numbers"
)

// Resolve finds out by listing what became of an order, once the settle time
// is over. An order that is not listed is PossiblyOrphaned after an answer behind
// which the carrier may have sold a number that VoIPBin never recorded:
//
//   - a 500, or a 2xx that told of no number;
//   - a 400 at /v1.0/numbers, where a server of before April 2026 answered so
//     what today's answers with a 500;
//   - a 400 at /v1.0/order_numbers, if the same number was ordered before and no
//     answer came (Attempt.Unanswered, which a journal fills in): the carrier may
//     have refused it because it was sold then. In those days the answer to a
//     number that was not recorded was a 2xx with a zero object.
//
// After anything else it is NotPlaced. That is so also where no answer came:
// then nothing tells a number that was sold and not recorded from one that never
// reached the carrier. Ordered again, the first of them is refused, and a journal
// makes that refusal PossiblyOrphaned. Virtual numbers come from no carrier, and
// are never orphans.
func (o *Orderer) Resolve(ctx context.Context, a numbers.Attempt) (numbers.Resolution, error) {
	resolutions, errs := o.ResolveAll(ctx, []numbers.Attempt{a})
	return resolutions[0], errs[0]
}

// ResolveAll is Resolve for many orders, with one listing.
func (o *Orderer) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	return numbers.ResolveByListing(ctx, o, attempts, numbers.ListingRules{OrdersAreOwned: true, Orphaned: o.orphaned})
}

// orphaned reports whether a carrier may have sold a number of a that is never
// listed: by this attempt, or by one before it that is the reason for the
// refusal.
func (o *Orderer) orphaned(a numbers.Attempt) bool {
	unrecorded := a.Status == http.StatusInternalServerError || a.Status >= 200 && a.Status < 300
	taken := a.Status == http.StatusBadRequest && (!o.old || len(a.Unanswered) > 0)
	return (unrecorded || taken) && !slices.ContainsFunc(a.Numbers, isVirtual)
}

// Before returns the ids of the rows that have one of the numbers of list, by
// one listing: orders and owned numbers are the same rows.
func (o *Orderer) Before(ctx context.Context, list []numbers.E164) ([]string, error) {
	ids := []string{}
	for n, err := range o.Owned(ctx, numbers.OwnedQuery{Numbers: list}) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, n.ID)
	}
	return ids, nil
}
