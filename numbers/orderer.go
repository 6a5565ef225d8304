package numbers

import (
	"context"
	"iter"
)

// Orderer is one account at one vendor. A vendor's adapter implements it. No methods will
// be added to it: everything that only some vendors can do is an optional interface with
// one method. Programs use an Orderer through account.Account, which makes sure that a
// number has one buyer and an order has one customer.
//
// An Orderer can be used without an Account. Place is then still sent at most once.
// However, two callers, or one job that is delivered twice, can order the same
// number. No record survives a crash, and the caller must resolve an unknown outcome.
//
// Implementations are safe for concurrent use, obey ctx, and return *Error. They leave
// the Account field of their results empty: account.Account sets it.
type Orderer interface {
	// Capabilities returns what the Orderer can do. The result never changes, and no
	// request is sent.
	Capabilities() Capabilities

	// Place orders numbers. It sends exactly one request that may cost money, at most
	// once. If r.Begin is set, Place calls it once, immediately before the request is
	// sent and after everything that may delay the request (a limiter, a login). If
	// Begin returns an error, nothing is sent. No byte of the body is sent after the
	// time that Begin returns.
	//
	// If the returned order is not nil, it was placed, whatever its state is. So check
	// the order first. An error that is returned with an order is a later failure (for
	// example, the vendor did not connect the number). If the order is nil and
	// errors.Is(err, ErrOutcomeUnknown) is true, the order may have been placed, and
	// Error.Attempt has what is needed to find the outcome. Any other error means that
	// nothing was bought.
	Place(ctx context.Context, r OrderRequest) (*Order, error)

	// Order reads one order, with all the details that the vendor returns. If the
	// vendor has no such id, the error is ErrNotFound. The ids "", "." and ".." are
	// ErrInvalid, and no request is sent.
	Order(ctx context.Context, id string) (*Order, error)

	// Orders yields all orders that match q, each once. The first request is sent when
	// the loop starts. A break ends the listing. The sequence can be used again. It
	// yields the orders first and an error last. The error is ErrIncomplete if the
	// listing may be incomplete.
	Orders(ctx context.Context, q OrderQuery) iter.Seq2[*Order, error]
}

// Searcher is an Orderer that finds numbers for sale.
type Searcher interface {
	// Search yields offers that match q, up to q.Limit or to the end of the vendor's
	// stock.
	Search(ctx context.Context, q SearchQuery) iter.Seq2[*Offer, error]
}

// Quoter is an Orderer whose vendor states prices before an order.
type Quoter interface {
	// Quote returns what r would cost. It buys nothing.
	Quote(ctx context.Context, r OrderRequest) (*Quotation, error)
}

// Reserver is an Orderer that reserves numbers for a limited time.
type Reserver interface {
	// Reserve reserves numbers for Capabilities.HoldFor.
	Reserve(ctx context.Context, r ReserveRequest) (*Reservation, error)
}

// Resolver is an Orderer that finds the outcome of attempts. For an Orderer without
// it, Account uses driver.ResolveByListing.
type Resolver interface {
	// ResolveAll makes one complete reading and returns a Resolution and an error for
	// each attempt. If the reading shows the order, the outcome is Placed. If the order
	// is missing, the outcome is NotPlaced, PossiblyOrphaned or Repeatable, depending on
	// what this means at the vendor. For an attempt without Ended, which may be running,
	// the outcome is Placed or "". ResolveAll only reads, and never sends an order. Both
	// slices are as long as attempts. An error means that the reading shows nothing about
	// that attempt.
	//
	// An order whose id is in Attempt.Before does not belong to the attempt. Account adds
	// the ids of orders that other attempts made, and repeats readings. Account uses a
	// missing order as proof only after the attempt has ended and
	// Capabilities.ListingDelay has passed.
	ResolveAll(ctx context.Context, attempts []Attempt) ([]Resolution, []error)
}

// Canceler is an Orderer whose pending orders can be canceled.
type Canceler interface {
	// Cancel cancels the numbers of o that are still pending, and returns the order
	// as it is afterwards. Complete numbers stay complete.
	Cancel(ctx context.Context, o *Order) (*Order, error)
}

// Inventory is an Orderer that lists the account's numbers.
type Inventory interface {
	// Owned yields the account's numbers that match q, by the rules of
	// Orderer.Orders. Released numbers are left out, unless q.States has
	// NumberReleased.
	Owned(ctx context.Context, q OwnedQuery) iter.Seq2[*Number, error]
}

// Releaser is an Orderer that gives numbers back.
type Releaser interface {
	// Release gives n back. It reads n again first. The error is ErrConflict if n.ID is
	// now another number, and ErrLocked if the number is locked. It returns nil only
	// after a reading shows that the account no longer has the number. It also returns
	// nil for a number that the account has already released.
	Release(ctx context.Context, n *Number) error
}

// Assigner is an Orderer that connects owned numbers.
type Assigner interface {
	// Assign sets the fields of a that are not "" and returns the number as it is
	// afterwards.
	Assign(ctx context.Context, n *Number, a Assignment) (*Number, error)
}
