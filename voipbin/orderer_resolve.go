package voipbin

import (
	"context"
	"net/http"
	"slices"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// ResolveAll finds out by one listing what became of orders. What it means that an
// order is missing depends on the answer to the attempt, since VoIPBin may fail to
// record a number that the carrier has sold, and the carrier refuses to sell a
// number twice:
//
//   - PossiblyOrphaned at /v1.0/numbers after a 500, a 503, or a 2xx without a
//     number: the same failures can follow each of them. Also after an empty 400,
//     with which servers before April 2026 answered what is a 500 today.
//   - PossiblyOrphaned at /v1.0/order_numbers after a 500, or a 2xx with a zero
//     object. A 400 is NotPlaced there: in those days a number that was not
//     recorded was answered with a 2xx.
//   - NotPlaced after a 401, and always for a virtual number, which does not come
//     from a carrier.
//   - Repeatable where there was no answer, or one that is not VoIPBin's word on the
//     order (a gateway's 502): ordering the number again is safe, and its answer
//     shows what became of this order.
//
// MaybeSold is set after the answer that VoIPBin also gives for a number that the
// carrier has sold already: a 500 or an empty 400 at /v1.0/numbers, a 400 at
// /v1.0/order_numbers.
//
// From VoIPBin's published servers of March 2021 and of August 2026.
func (o *Orderer) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	return driver.ResolveByListing(ctx, o, attempts, o.absent)
}

// absent is what it means that the order of an attempt that has ended is missing.
func (o *Orderer) absent(a numbers.Attempt) numbers.Resolution {
	r := numbers.Resolution{Outcome: numbers.Repeatable}
	switch {
	case slices.ContainsFunc(a.Numbers, isVirtual), a.Status == http.StatusUnauthorized:
		r.Outcome = numbers.NotPlaced
	case a.Status == http.StatusBadRequest:
		r.Outcome, r.MaybeSold = numbers.PossiblyOrphaned, true
		if o.old {
			r.Outcome = numbers.NotPlaced
		}
	case a.Status == http.StatusInternalServerError:
		r.Outcome, r.MaybeSold = numbers.PossiblyOrphaned, !o.old
	case a.Status == http.StatusServiceUnavailable && !o.old, a.Status >= 200 && a.Status < 300:
		r.Outcome = numbers.PossiblyOrphaned
	}
	return r
}
