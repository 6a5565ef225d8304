package account

import (
	"context"
	"errors"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// Lookup returns the purchase of a reference: all its orders, read by their ids, and the
// attempts whose outcome the journal does not have. Lookup only reads. It never orders,
// resolves or assigns anything.
//
// It searches the journal first. If the journal does not have the reference, it searches
// the vendor's orders by reference. Without Options.Journal it searches only the vendor's
// orders. The error is ErrNotFound if there is no such reference. The error is
// errors.ErrUnsupported if there is no Options.Journal and the vendor does not keep
// references. The error is a *PurchaseError, and the Purchase is returned with it, if an
// order could not be read, failed, or has an unknown outcome, or if the vendor no longer
// has it (ErrNotFound). A pending order is not an error.
func (a *Account) Lookup(ctx context.Context, reference string) (*Purchase, error) {
	const op = "Lookup"
	if err := a.check(ctx, op); err != nil {
		return nil, err
	}
	if reason := badName(reference); reason != "" {
		return nil, a.err(op, numbers.ErrInvalid, "Reference", reason)
	}
	b := a.lookup(op, reference)
	entries, err := a.entries(ctx, numbers.JournalQuery{Scope: a.name, Purchase: reference})
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if err := b.adopt(ctx, e); err != nil {
			return nil, err
		}
	}
	if len(b.parts) == 0 && a.caps.FoundBy == numbers.ByReference {
		if err := b.findAll(ctx); err != nil {
			return nil, err
		}
	}
	switch {
	case len(b.parts) > 0:
		return b.result(ctx)
	case len(entries) == 0 && !a.shared && a.caps.FoundBy != numbers.ByReference:
		return nil, a.err(op, errors.ErrUnsupported, "", "without Options.Journal, and at a vendor that does not keep references, the orders of another process can't be found")
	}
	return nil, a.err(op, numbers.ErrNotFound, "", "there is no order with reference "+quote(reference))
}

// lookup returns a buyer that orders nothing and only reads the existing orders.
func (a *Account) lookup(op, reference string) *buyer {
	opts := BuyOptions{NoWait: true}
	return &buyer{
		a: a, op: op, scope: a.name, purchase: reference, base: reference, named: true, opts: opts.withDefaults(),
		r: numbers.OrderRequest{Reference: reference}, failed: make(map[numbers.E164]error),
		tookUp: make(set.Set[numbers.E164]), used: make(set.Set[string]),
	}
}

// findAll makes parts for the orders that the vendor has with the purchase's references:
// its own, those of its parts, and those of the rounds of a BuyAny.
func (b *buyer) findAll(ctx context.Context) error {
	if err := b.findUnder(ctx, b.purchase); err != nil {
		return err
	}
	for round := 1; ; round++ {
		before := len(b.parts)
		if err := b.findUnder(ctx, roundReference(b.purchase, round)); err != nil || len(b.parts) == before {
			return err
		}
	}
}

// findUnder finds the orders with a base reference and with the references of its parts.
func (b *buyer) findUnder(ctx context.Context, base string) error {
	return b.a.eachUnder(ctx, b.op, base, 2, 0, func(order *numbers.Order) error {
		b.parts = append(b.parts, &part{r: numbers.OrderRequest{Numbers: order.Numbers(), Reference: order.Reference}, known: true, sent: true, order: order})
		return nil
	})
}

// eachUnder calls f with each order that the vendor has with a base reference, or with
// the reference of one of its parts. It reads at least as many references as orders. It
// then continues until gaps references in a row have no order, because a part that was
// refused has no order.
func (a *Account) eachUnder(ctx context.Context, op, base string, gaps, orders int, f func(*numbers.Order) error) error {
	for i, missing := 0, 0; missing < gaps || i <= orders; i++ {
		order, err := a.byReference(ctx, op, orderReference(base, i))
		if err != nil {
			return err
		}
		if missing++; order == nil {
			continue
		}
		missing = 0
		if err := f(order); err != nil {
			return err
		}
	}
	return nil
}

// partsOf returns how many orders n numbers are split into; 0 = they are not split.
func (a *Account) partsOf(n int) int {
	if most := a.caps.MaxNumbers; most > 0 && n > most {
		return (n + most - 1) / most
	}
	return 0
}
