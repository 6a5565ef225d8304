package numbers

import (
	"context"
	"sync"
)

// Resolve finds out what became of an attempt whose answer was lost. It reads,
// and never sends an order. Where the order is found, the answer is Placed at
// once. Otherwise it waits until the vendor's settle time is over and reads
// again: only a complete and error-free reading after that makes NotPlaced. An
// error means that nothing is known yet; ask again later.
//
// An order is found by its numbers, and by its reference where the vendor
// keeps one, among what did not exist before the attempt. Two that match are
// ErrConflict: none is picked.
//
// The attempt must be over: Place has returned, or the process that called it
// is gone. One that may still be under way elsewhere needs an Ended that is
// late enough.
//
// Where o is [Journaled] and its vendor may buy what it never lists, the journal
// tells what was ordered before ([Attempt].Unanswered).
func Resolve(ctx context.Context, o Orderer, a Attempt) (Resolution, error) {
	resolutions, errs := ResolveAll(ctx, o, []Attempt{a})
	return resolutions[0], errs[0]
}

// ResolveAll is [Resolve] for many attempts at one account; one complete
// reading may do for all. Both results are as long as attempts, and either the
// resolution or the error of each is set.
func ResolveAll(ctx context.Context, o Orderer, attempts []Attempt) ([]Resolution, []error) {
	if usable("Resolve", o) == nil {
		known, err := noted(ctx, o, attempts)
		if err != nil {
			return nothingKnown(o, attempts, err)
		}
		attempts = known
	}
	return resolveAll(ctx, o, attempts)
}

// nothingKnown is the answer where the journal can't be read.
func nothingKnown(o Orderer, attempts []Attempt, cause error) ([]Resolution, []error) {
	errs := make([]error, len(attempts))
	for i, a := range attempts {
		errs[i] = o.Capabilities().unresolved(ErrIncomplete, "the journal can't be read", a).because(cause)
	}
	return make([]Resolution, len(attempts)), errs
}

func resolveAll(ctx context.Context, o Orderer, attempts []Attempt) ([]Resolution, []error) {
	resolutions, errs := make([]Resolution, len(attempts)), make([]error, len(attempts))
	unusable := usable("Resolve", o)
	var caps Capabilities
	if unusable == nil {
		caps = o.Capabilities()
	}
	var open []int
	var asked []Attempt
	for i, a := range attempts {
		if errs[i] = unusable; errs[i] == nil {
			errs[i] = caps.checkAttempt(a)
		}
		if errs[i] == nil {
			open, asked = append(open, i), append(asked, a)
		}
	}
	if len(open) == 0 {
		return resolutions, errs
	}
	found, failures := resolver(o, caps)(ctx, asked)
	for k, i := range open {
		if k >= len(found) || k >= len(failures) {
			errs[i] = caps.unresolved(ErrVendor, "the Orderer answered for fewer attempts than it was asked", attempts[i])
			continue
		}
		resolutions[i], errs[i] = caps.sound(found[k], failures[k], attempts[i])
	}
	return resolutions, errs
}

func (c Capabilities) unresolved(kind error, message string, a Attempt) *Error {
	return c.err("Resolve", kind, "", message, a.Numbers...)
}

func (c Capabilities) checkAttempt(a Attempt) error {
	switch {
	case a.Vendor != c.Vendor:
		return c.err("Resolve", ErrInvalid, "Attempt", "it belongs to another vendor: "+quote(a.Vendor), a.Numbers...)
	case len(a.Numbers) == 0:
		return c.err("Resolve", ErrInvalid, "Attempt.Numbers", "there are none")
	}
	return nil
}

// sound lets nothing pass for an answer that is none.
func (c Capabilities) sound(r Resolution, err error, a Attempt) (Resolution, error) {
	switch {
	case err != nil:
		return Resolution{}, err
	case r.Outcome == Placed && r.Order != nil && r.Order.ID != "":
		return r, nil
	case r.Outcome == NotPlaced, r.Outcome == PossiblyOrphaned:
		return Resolution{Outcome: r.Outcome}, nil
	}
	return Resolution{}, c.unresolved(ErrVendor, "the Orderer answered "+quote(string(r.Outcome))+" without an order", a)
}

// resolver is the best way that o has.
func resolver(o Orderer, caps Capabilities) func(context.Context, []Attempt) ([]Resolution, []error) {
	if caps.Can.Has(CanResolve) {
		if batch, ok := As[BatchResolver](o); ok {
			return batch.ResolveAll
		}
		if single, ok := As[Resolver](o); ok {
			return func(ctx context.Context, attempts []Attempt) ([]Resolution, []error) {
				return oneByOne(ctx, single, attempts)
			}
		}
	}
	return func(ctx context.Context, attempts []Attempt) ([]Resolution, []error) {
		return ResolveByListing(ctx, o, attempts, ListingRules{})
	}
}

// oneByOne resolves side by side: each waits for the settle time.
func oneByOne(ctx context.Context, r Resolver, attempts []Attempt) ([]Resolution, []error) {
	const most = 16
	resolutions, errs := make([]Resolution, len(attempts)), make([]error, len(attempts))
	slots := make(chan struct{}, most)
	var wg sync.WaitGroup
	for i, a := range attempts {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			resolutions[i], errs[i] = r.Resolve(ctx, a)
		})
	}
	wg.Wait()
	return resolutions, errs
}
