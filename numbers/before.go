package numbers

import (
	"context"
	"errors"
)

// beforeKey is the context key of the ids that a Buy has read.
type beforeKey struct{}

// Precedent is an Orderer that knows a better way than listing to tell which
// ids some numbers have already. [Buy] and [Journaled] ask it before an order.
type Precedent interface {
	// Before returns the ids of all orders and owned numbers that an attempt
	// for these numbers could later be mistaken for.
	Before(ctx context.Context, list []E164) ([]string, error)
}

// idsBefore reads which ids the numbers have now; owned are those of the
// inventory, where that has been read already. Where a reference tells the
// orders apart, they need no reading.
func idsBefore(ctx context.Context, o Orderer, list []E164, owned []*Number) ([]string, error) {
	if p, ok := As[Precedent](o); ok {
		return p.Before(ctx, list)
	}
	ids := make([]string, 0, len(owned))
	for _, n := range owned {
		ids = append(ids, n.ID)
	}
	if o.Capabilities().FoundBy == ByReference {
		return ids, nil
	}
	for order, err := range o.Orders(ctx, OrderQuery{Numbers: list}) {
		switch {
		case err != nil:
			return nil, err
		case order != nil:
			ids = append(ids, order.ID)
		}
	}
	return ids, nil
}

// onOrder reads which of the numbers stand in an order that has not ended yet,
// among those with these ids, and which were sold by one that has.
func onOrder(ctx context.Context, op string, o Orderer, list []E164, ids []string) (open map[E164]*Order, sold []E164, err error) {
	wanted := setOf(list)
	open = make(map[E164]*Order)
	for _, id := range ids {
		order, err := o.Order(ctx, id)
		order, err = o.Capabilities().theOne(order, err, op, id, list...)
		switch {
		case errors.Is(err, ErrNotFound):
			continue // not an order's id, or gone
		case err != nil:
			return nil, nil, err
		}
		for _, item := range order.Items {
			switch {
			case !wanted.has(item.E164), item.State == StateFailed, item.State == StateCanceled:
			case order.State.Terminal():
				sold = append(sold, item.E164)
			default:
				open[item.E164] = order
			}
		}
	}
	return open, sold, nil
}

// ownedOf reads which of the numbers the account has. Without an inventory it
// reads nothing.
func ownedOf(ctx context.Context, o Orderer, list []E164) ([]*Number, error) {
	caps := o.Capabilities()
	inventory, ok := As[Inventory](o)
	if !ok || !caps.Can.Has(CanListOwned) || len(list) == 0 {
		return nil, nil
	}
	wanted := setOf(list)
	var owned []*Number
	for n, err := range inventory.Owned(ctx, OwnedQuery{Numbers: list}) {
		switch {
		case err != nil:
			return nil, err
		case n != nil && n.State != NumberReleased && wanted.has(n.E164):
			owned = append(owned, n)
		}
	}
	return owned, nil
}
