package voipbin

import (
	"context"
	"net/http"
	"slices"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// ResolveAll finds the outcomes of attempts by one listing. The outcome of an attempt
// whose order is missing depends on the answer to the attempt, because VoIPBin may fail
// to record a number that the carrier has sold, and the carrier refuses to sell a number
// twice:
//
//   - PossiblyOrphaned at /v1.0/numbers after a 500, a 503, or a 2xx without a number,
//     because each of them may be a purchase that was not recorded. Also after an empty
//     400, because servers before April 2026 returned it for today's 500.
//   - PossiblyOrphaned at /v1.0/order_numbers after a 500, or a 2xx with a zero object.
//     There a 400 is NotPlaced, because servers of that time answered with a 2xx for a
//     number that was not recorded.
//   - NotPlaced after a 401, and always for a virtual number, which does not come
//     from a carrier.
//   - Repeatable if there was no answer, or an answer that is not from VoIPBin (a
//     gateway's 502). Ordering the number again is safe, and the new answer shows the
//     outcome of this attempt.
//
// MaybeSold is true after an answer that VoIPBin also gives for a number that the carrier
// has already sold: a 500 or an empty 400 at /v1.0/numbers, and a 400 at
// /v1.0/order_numbers.
//
// Source: VoIPBin's published servers of March 2021 and of August 2026.
func (o *Orderer) ResolveAll(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	return driver.ResolveByListing(ctx, o, attempts, o.absent)
}

// absent returns the outcome of an attempt that has ended and whose order is missing.
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
