package numbers

import (
	"context"
	"iter"
)

// Orderer is one account at one vendor: what a vendor's adapter implements.
// Methods are never added to it; what only some vendors can do is an optional
// interface with one method. People use an Orderer through account.Account,
// which makes sure that a number has one buyer and an order one customer.
//
// An Orderer can be used alone. Place is then still sent at most once, but
// nothing keeps two callers, or one job that is delivered twice, from ordering
// the same number; nothing is recorded that survives a crash; and an unknown
// outcome is the caller's to resolve.
//
// Implementations are safe for concurrent use, obey ctx, and return *Error. They
// don't set the Account of what they return: account.Account does.
type Orderer interface {
	// Capabilities are fixed when the Orderer is made; no request is sent.
	Capabilities() Capabilities

	// Place orders numbers: exactly one request that may cost money, sent at most
	// once. It calls r.Begin, where that is set, once: after all that may delay the
	// request (a limiter, a login) and immediately before it is sent. If Begin
	// returns an error, nothing is sent. After the time that Begin returns, not a
	// byte of the body is sent.
	//
	// An order that is not nil was placed, whatever its state: look at it first. An
	// error beside it says what else went wrong (for example, the vendor did not
	// connect the number). Without an order, err says what happened: if
	// errors.Is(err, ErrOutcomeUnknown), the order may have been placed, and
	// Error.Attempt has what is needed to find out; any other error means that
	// nothing was bought.
	Place(ctx context.Context, r OrderRequest) (*Order, error)

	// Order reads one order, as fully as the vendor shows it. An id that the
	// vendor does not know is ErrNotFound; "", "." and ".." are ErrInvalid, with
	// no request sent.
	Order(ctx context.Context, id string) (*Order, error)

	// Orders walks all orders that match q, each once. No request is sent
	// before the first step; break stops it; the same sequence can be ranged
	// over again. Orders come first and the error last: ErrIncomplete where
	// the walk can't be shown to be complete.
	Orders(ctx context.Context, q OrderQuery) iter.Seq2[*Order, error]
}

// Searcher is an Orderer that finds numbers for sale.
type Searcher interface {
	// Search yields offers that match q until q.Limit, or the vendor's stock,
	// is reached.
	Search(ctx context.Context, q SearchQuery) iter.Seq2[*Offer, error]
}

// Quoter is an Orderer that states prices before an order.
type Quoter interface {
	// Quote returns what r would cost. It buys nothing.
	Quote(ctx context.Context, r OrderRequest) (*Quotation, error)
}

// Reserver is an Orderer that reserves numbers for a while.
type Reserver interface {
	// Reserve reserves numbers for Capabilities.HoldFor.
	Reserve(ctx context.Context, r ReserveRequest) (*Reservation, error)
}

// Resolver is an Orderer that finds out what became of attempts. An Orderer
// without it is resolved by its listings (driver.ResolveByListing).
type Resolver interface {
	// ResolveAll makes one complete reading and returns what it shows of each
	// attempt: Placed, with the order; or else what it means at this vendor that
	// the order is missing: NotPlaced, PossiblyOrphaned or Repeatable. Of an attempt
	// without Ended, which may be under way, it returns Placed or "". It reads, and
	// never sends an order. Both slices are as long as attempts; an error means
	// that the reading shows nothing of that attempt.
	//
	// An order under one of Attempt.Before is not the attempt's. Account adds the
	// orders that other attempts made, repeats readings, and believes an absence
	// only when the attempt is over and Capabilities.ListingDelay has passed.
	ResolveAll(ctx context.Context, attempts []Attempt) ([]Resolution, []error)
}

// Canceler is an Orderer whose pending orders can be canceled.
type Canceler interface {
	// Cancel cancels what is still pending of o and returns the order as it is
	// afterwards. What is complete stays complete.
	Cancel(ctx context.Context, o *Order) (*Order, error)
}

// Inventory is an Orderer that lists the account's numbers.
type Inventory interface {
	// Owned walks the account's numbers that match q, under the rules of
	// Orderer.Orders. Released numbers are left out unless q.States names
	// them.
	Owned(ctx context.Context, q OwnedQuery) iter.Seq2[*Number, error]
}

// Releaser is an Orderer that gives numbers back.
type Releaser interface {
	// Release gives n back. It reads n again first and refuses where the
	// number under n.ID is another one (ErrConflict) or locked (ErrLocked).
	// nil means that a reading shows the number gone; releasing a number that
	// is gone already is nil, too.
	Release(ctx context.Context, n *Number) error
}

// Assigner is an Orderer that connects owned numbers.
type Assigner interface {
	// Assign sets the fields of a that are not "" and returns the number as it is
	// afterwards.
	Assign(ctx context.Context, n *Number, a Assignment) (*Number, error)
}
