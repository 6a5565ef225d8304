package numbers

import (
	"context"
	"iter"
)

// Orderer is one account at one vendor: the least that every vendor can do.
// Methods are never added to it; what only some vendors can do is an optional
// interface with a function of the same verb in this package.
//
// Implementations are safe for concurrent use, honour ctx, and return *Error.
type Orderer interface {
	// Capabilities are fixed when the Orderer is made; no request is sent.
	Capabilities() Capabilities

	// Place orders numbers: exactly one request that may cost money, sent at
	// most once. An order that is not nil was placed, whatever its state: look
	// at it first. An error beside it says what else went wrong (the vendor
	// connected the number to nothing, say). Without an order, err says what
	// happened: where errors.Is(err, ErrOutcomeUnknown) the order may have been
	// placed, and Error.Attempt has what is needed to find out; any other error
	// means that nothing was bought.
	Place(ctx context.Context, r OrderRequest) (*Order, error)

	// Order reads one order, as fully as the vendor tells it. An id that the
	// vendor does not know is ErrNotFound; "", "." and ".." are ErrInvalid, with
	// no request sent.
	Order(ctx context.Context, id string) (*Order, error)

	// Orders walks all orders that match q, each once. No request is sent
	// before the first step; break stops it; the same sequence can be ranged
	// over again. Orders come first and the error last: ErrIncomplete where
	// the walk can't be shown to be complete.
	Orders(ctx context.Context, q OrderQuery) iter.Seq2[*Order, error]
}

// Searcher is an Orderer that finds numbers for sale; use [Search].
type Searcher interface {
	// Search yields offers that match q until q.Limit, or the vendor's stock,
	// is reached.
	Search(ctx context.Context, q SearchQuery) iter.Seq2[*Offer, error]
}

// Quoter is an Orderer that tells prices before an order; use [Quote].
type Quoter interface {
	// Quote says what r would cost. It buys nothing.
	Quote(ctx context.Context, r OrderRequest) (*Quotation, error)
}

// Reserver is an Orderer that holds numbers for a while; use [Reserve].
type Reserver interface {
	// Reserve holds numbers for Capabilities.HoldFor.
	Reserve(ctx context.Context, r ReserveRequest) (*Reservation, error)
}

// Canceler is an Orderer whose pending orders can be cancelled; use [Cancel].
type Canceler interface {
	// Cancel cancels what is still pending of o and returns the order as it
	// stands afterwards.
	Cancel(ctx context.Context, o *Order) (*Order, error)
}

// Inventory is an Orderer that lists the account's numbers; use [Owned] and
// [Find].
type Inventory interface {
	// Owned walks the account's numbers that match q, under the rules of
	// Orderer.Orders. Released numbers are left out unless q.States names
	// them.
	Owned(ctx context.Context, q OwnedQuery) iter.Seq2[*Number, error]
}

// Releaser is an Orderer that gives numbers back; use [Release].
type Releaser interface {
	// Release gives n back. It reads n again first and refuses where the
	// number under n.ID is another one (ErrConflict) or locked (ErrLocked).
	// nil means that a reading shows the number gone; releasing a number that
	// is gone already is nil, too.
	Release(ctx context.Context, n *Number) error
}

// Assigner is an Orderer that connects owned numbers; use [Assign].
type Assigner interface {
	// Assign sets the fields of a that are not "" and returns the number as it
	// stands afterwards.
	Assign(ctx context.Context, n *Number, a Assignment) (*Number, error)
}

// As finds the first Orderer in o's chain of Unwrap() Orderer methods that is
// a T, beginning with o itself.
func As[T any](o Orderer) (found T, ok bool) {
	for o != nil {
		if found, ok = o.(T); ok {
			return found, true
		}
		wrapper, wraps := o.(interface{ Unwrap() Orderer })
		if !wraps {
			break
		}
		o = wrapper.Unwrap()
	}
	return found, false
}
