package voipbin

import (
	"context"
	"net/http"
	"slices"

	"github.com/tnkit/tnkit/numbers"
)

// Resolve finds out by listing what became of an order, once the settle time
// is over. Where nothing is listed after a 500 or a 200 that told of no
// number, the carrier may have sold one that VoIPBin will never list:
// PossiblyOrphaned. So may it after a 400, where /v1.0/numbers is a server of
// before April 2026: it answered 400 where today's answers 500, and only in the
// days of /order_numbers with the zero object. Where that answer was lost too, nothing tells such a number
// from one that was never ordered: it is NotPlaced. Whoever orders it again is
// refused by the carrier, with a 400 for everything until April 2026. Where a
// journal knows of the attempt without an answer (Attempt.Unanswered), that
// refusal is PossiblyOrphaned, too.
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
// refusal. Virtual numbers come from no carrier.
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
