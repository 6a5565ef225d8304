package numbers

import "context"

// Outcome is what became of an attempt whose answer was lost.
type Outcome string

const (
	// Placed: the vendor has the order.
	Placed Outcome = "placed"
	// NotPlaced: a complete, error-free reading after the settle time shows
	// that the vendor has no such order. It may be placed again.
	NotPlaced Outcome = "not-placed"
	// PossiblyOrphaned: the vendor lists nothing, yet may have bought. It must
	// not be placed again; ask the vendor's support.
	PossiblyOrphaned Outcome = "possibly-orphaned"
)

// Resolution says what became of an attempt.
type Resolution struct {
	Outcome Outcome
	// Order is set where Outcome is Placed.
	Order *Order
}

// Resolver is an Orderer that knows a better way than listing to find out what
// became of an attempt; use [Resolve].
type Resolver interface {
	// Resolve reads, and never sends an order. An error means that nothing is
	// known yet. It must not say NotPlaced before Capabilities.ListingDelay has passed
	// since a.Ended, which may lie ahead.
	Resolve(ctx context.Context, a Attempt) (Resolution, error)
}

// BatchResolver is a [Resolver] that resolves many attempts with fewer
// readings than one by one; use [ResolveAll].
type BatchResolver interface {
	// ResolveAll resolves each attempt. Both slices are as long as attempts.
	ResolveAll(ctx context.Context, attempts []Attempt) ([]Resolution, []error)
}
