package numbers

import "context"

// beforeKey is the context key of the ids that a Buy has read.
type beforeKey struct{}

// Precedent is an Orderer that knows a better way than listing to tell which
// ids some numbers have already. [Buy] and [Journaled] ask it before an order.
type Precedent interface {
	// Before returns the ids of all orders and owned numbers that an attempt
	// for these numbers could later be mistaken for.
	Before(ctx context.Context, list []E164) ([]string, error)
}

// idsBefore reads which ids the numbers have now.
func idsBefore(ctx context.Context, o Orderer, list []E164) ([]string, error) {
	if p, ok := As[Precedent](o); ok {
		return p.Before(ctx, list)
	}
	ids := []string{}
	for order, err := range o.Orders(ctx, OrderQuery{Numbers: list}) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, order.ID)
	}
	inventory, ok := As[Inventory](o)
	if !ok || !o.Capabilities().Can.Has(CanListOwned) {
		return ids, nil
	}
	for n, err := range inventory.Owned(ctx, OwnedQuery{Numbers: list}) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, n.ID)
	}
	return ids, nil
}
