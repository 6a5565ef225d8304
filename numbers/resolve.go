package numbers

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"
)

// BatchResolver is a [Resolver] that resolves many attempts with fewer
// readings than one by one; use [ResolveAll].
type BatchResolver interface {
	// ResolveAll resolves each attempt. Both slices are as long as attempts.
	ResolveAll(ctx context.Context, attempts []Attempt) ([]Resolution, []error)
}

// Resolve finds out what became of an attempt whose answer was lost. It reads,
// and never sends an order. Where the order is found, the answer is Placed at
// once. Otherwise it waits until the vendor's settle time is over and reads
// again: only a complete and error-free reading after that makes NotPlaced. An
// error means that nothing is known yet; ask again later.
//
// An order is found by its numbers, and by its reference where the vendor
// keeps one, among what did not exist before the attempt. Two that match are
// ErrConflict: none is picked.
func Resolve(ctx context.Context, o Orderer, a Attempt) (Resolution, error) {
	resolutions, errs := ResolveAll(ctx, o, []Attempt{a})
	return resolutions[0], errs[0]
}

// ResolveAll is [Resolve] for many attempts at one account; one complete
// reading may do for all. Both results are as long as attempts, and either the
// resolution or the error of each is set.
func ResolveAll(ctx context.Context, o Orderer, attempts []Attempt) ([]Resolution, []error) {
	if err := checkAttempts(o, attempts); err != nil {
		return make([]Resolution, len(attempts)), repeat(err, len(attempts))
	}
	if len(attempts) == 0 {
		return nil, nil
	}
	if o.Capabilities().Can.Has(CanResolve) {
		if batch, ok := As[BatchResolver](o); ok {
			return batch.ResolveAll(ctx, attempts)
		}
		if single, ok := As[Resolver](o); ok {
			resolutions, errs := make([]Resolution, len(attempts)), make([]error, len(attempts))
			for i, a := range attempts {
				resolutions[i], errs[i] = single.Resolve(ctx, a)
			}
			return resolutions, errs
		}
	}
	return ResolveByListing(ctx, o, attempts, ListingRules{})
}

func checkAttempts(o Orderer, attempts []Attempt) error {
	if o == nil {
		return &Error{Op: "Resolve", Kind: ErrInvalid, Field: "Orderer", Message: "the Orderer is nil"}
	}
	vendor := o.Capabilities().Vendor
	for _, a := range attempts {
		if err := sameVendor("Resolve", o, "Attempt", a.Vendor, a.Numbers); err != nil {
			return err
		}
		if len(a.Numbers) == 0 {
			return &Error{Op: "Resolve", Vendor: vendor, Kind: ErrInvalid, Field: "Attempt.Numbers", Message: "there are none"}
		}
	}
	return nil
}

func repeat(err error, n int) []error {
	list := make([]error, n)
	for i := range list {
		list[i] = err
	}
	return list
}

// ListingRules say how a vendor's adapter deviates in [ResolveByListing]. The
// zero value is right for a vendor without surprises.
type ListingRules struct {
	// Orders reads the orders that may be among the attempts', each with all
	// its numbers; nil = Orderer.Orders, by reference where there is one.
	Orders func(ctx context.Context, attempts []Attempt) iter.Seq2[*Order, error]
	// OrdersAreOwned says that the orders are the inventory's rows, so that
	// reading the inventory as well would show nothing else.
	OrdersAreOwned bool
	// Orphaned reports whether the vendor may have bought although it will
	// never list it; nil = never.
	Orphaned func(Attempt) bool
}

// ResolveByListing resolves attempts by listings alone. Adapters use it to
// implement [Resolver]; others call [Resolve].
func ResolveByListing(ctx context.Context, o Orderer, attempts []Attempt, rules ListingRules) ([]Resolution, []error) {
	r := &listing{o: o, caps: o.Capabilities(), rules: rules, attempts: attempts,
		results: make([]Resolution, len(attempts)), errs: make([]error, len(attempts))}
	asked := time.Now()
	open := make([]int, len(attempts))
	for i := range open {
		open[i] = i
	}
	open = r.read(ctx, open)
	for len(open) > 0 {
		// The next to settle are read for together with all that settle within
		// a tenth of the settle time after it.
		wake := r.wake(open, asked)
		if err := sleepUntil(ctx, wake); err != nil {
			r.fail(open, &Error{Op: "Resolve", Vendor: r.caps.Vendor, Kind: ErrUnreachable, Message: "stopped before the settle time was over", Err: err})
			break
		}
		var due, later []int
		for _, i := range open {
			if attempts[i].settled(r.caps.Settle, asked).After(wake) {
				later = append(later, i)
			} else {
				due = append(due, i)
			}
		}
		for _, i := range r.notOwned(ctx, r.read(ctx, due)) {
			r.results[i] = Resolution{Outcome: NotPlaced}
			if rules.Orphaned != nil && rules.Orphaned(attempts[i]) {
				r.results[i].Outcome = PossiblyOrphaned
			}
		}
		open = later
	}
	return r.results, r.errs
}

// listing is one run of ResolveByListing.
type listing struct {
	o        Orderer
	caps     Capabilities
	rules    ListingRules
	attempts []Attempt
	results  []Resolution
	errs     []error
}

func (r *listing) wake(open []int, asked time.Time) time.Time {
	first := r.attempts[open[0]].settled(r.caps.Settle, asked)
	for _, i := range open[1:] {
		if t := r.attempts[i].settled(r.caps.Settle, asked); t.Before(first) {
			first = t
		}
	}
	return first.Add(r.caps.Settle / 10)
}

func (r *listing) fail(list []int, err *Error) {
	for _, i := range list {
		e := *err
		e.Numbers = r.attempts[i].Numbers
		r.errs[i] = &e
	}
}

// read makes one complete reading for the attempts of list, and returns those
// that it does not show. What it finds, and what goes wrong, is recorded.
func (r *listing) read(ctx context.Context, list []int) (unseen []int) {
	if len(list) == 0 {
		return nil
	}
	byNumber := make(map[E164][]int)
	attempts := make([]Attempt, 0, len(list))
	for _, i := range list {
		attempts = append(attempts, r.attempts[i])
		for _, n := range r.attempts[i].Numbers {
			byNumber[n] = append(byNumber[n], i)
		}
	}
	matches := make(map[int][]*Order)
	for order, err := range r.orders(ctx, attempts) {
		if err != nil {
			r.failed(list, err)
			return nil
		}
		if err := r.match(ctx, order, byNumber, matches); err != nil {
			r.failed(list, err)
			return nil
		}
	}
	for _, i := range list {
		switch found := matches[i]; len(found) {
		case 0:
			unseen = append(unseen, i)
		case 1:
			r.results[i] = Resolution{Outcome: Placed, Order: found[0]}
		default:
			r.fail([]int{i}, &Error{
				Op: "Resolve", Vendor: r.caps.Vendor, Account: r.attempts[i].Account, Kind: ErrConflict,
				Message: fmt.Sprintf("%d orders match, %s and %s among them", len(found), quote(found[0].ID), quote(found[1].ID)),
			})
		}
	}
	return unseen
}

// notOwned returns those of list whose numbers the account does not have
// either. A number that it has since, by an order that no listing shows, is
// a contradiction that time or a person must solve.
func (r *listing) notOwned(ctx context.Context, list []int) []int {
	inventory, ok := As[Inventory](r.o)
	if len(list) == 0 || r.rules.OrdersAreOwned || !ok || !r.caps.Can.Has(CanListOwned) {
		return list
	}
	var all []E164
	for _, i := range list {
		all = append(all, r.attempts[i].Numbers...)
	}
	owned := make(map[E164]string)
	for n, err := range inventory.Owned(ctx, OwnedQuery{Numbers: all}) {
		if err != nil {
			r.failed(list, err)
			return nil
		}
		if n.State != NumberReleased {
			owned[n.E164] = n.ID
		}
	}
	var absent []int
	for _, i := range list {
		a := r.attempts[i]
		if !slices.ContainsFunc(a.Numbers, func(n E164) bool {
			id, has := owned[n]
			return has && !slices.Contains(a.Before, id)
		}) {
			absent = append(absent, i)
			continue
		}
		r.fail([]int{i}, &Error{
			Op: "Resolve", Vendor: r.caps.Vendor, Account: a.Account, Kind: ErrConflict,
			Message: "the account has a number of this attempt, and no order of it is listed",
		})
	}
	return absent
}

// failed records a reading that broke off: nothing is known of any attempt.
func (r *listing) failed(list []int, err error) {
	r.fail(list, &Error{Op: "Resolve", Vendor: r.caps.Vendor, Kind: kindOf(err), Message: "the reading failed: " + err.Error(), Err: err})
}

func (r *listing) orders(ctx context.Context, attempts []Attempt) iter.Seq2[*Order, error] {
	if r.rules.Orders != nil {
		return r.rules.Orders(ctx, attempts)
	}
	var all []E164
	byReference := r.caps.Recognises == ByReference
	for _, a := range attempts {
		all = append(all, a.Numbers...)
		byReference = byReference && a.Reference != ""
	}
	const fewer = 20 // from here on one full listing is cheaper
	if !byReference || len(attempts) > fewer {
		return r.o.Orders(ctx, OrderQuery{Numbers: all})
	}
	return func(yield func(*Order, error) bool) {
		for _, a := range attempts {
			for order, err := range r.o.Orders(ctx, OrderQuery{Reference: a.Reference}) {
				if !yield(order, err) || err != nil {
					return
				}
			}
		}
	}
}

// match adds order to the attempts that it answers.
func (r *listing) match(ctx context.Context, order *Order, byNumber map[E164][]int, matches map[int][]*Order) error {
	if len(order.Items) < order.Count { // a shallow row: read it whole
		full, err := r.o.Order(ctx, order.ID)
		if err != nil {
			return err
		}
		order = full
	}
	candidates := make(map[int]bool)
	for _, n := range order.Numbers() {
		for _, i := range byNumber[n] {
			candidates[i] = true
		}
	}
	for i := range candidates {
		if r.answers(order, r.attempts[i]) && !slices.ContainsFunc(matches[i], func(o *Order) bool { return o.ID == order.ID }) {
			matches[i] = append(matches[i], order)
		}
	}
	return nil
}

// answers reports whether order is what a made: the same numbers, the same
// reference where the vendor keeps one, and not from before.
func (r *listing) answers(order *Order, a Attempt) bool {
	if slices.Contains(a.Before, order.ID) {
		return false
	}
	if r.caps.Recognises == ByReference && order.Reference != a.Reference {
		return false
	}
	return sameNumbers(order.Numbers(), a.Numbers)
}

func sameNumbers(a, b []E164) bool {
	if len(a) != len(b) {
		return false
	}
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// sleepUntil waits, or returns why ctx ended.
func sleepUntil(ctx context.Context, t time.Time) error { return sleep(ctx, time.Until(t)) }

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
