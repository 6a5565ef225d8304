package fleet

import (
	"context"
	"fmt"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

// BuyAnyOptions are the options of Fleet.BuyAny. The zero value means the defaults.
type BuyAnyOptions struct {
	// BuyAnyOptions apply to the whole purchase, as in [BuyOptions].
	account.BuyAnyOptions
	// Policy is the order in which the accounts are tried.
	Policy Policy
}

// BuyAny buys any n numbers that match q at the accounts of the fleet, as
// account.Account.BuyAny does at one account, by the rules of [Fleet.Buy]. It continues
// and counts the orders that the purchase has already begun at any account. Then it buys
// at each account of the policy until there are n numbers. For [Cheapest], the price of
// an account is the mean of its first n offers.
//
// The numbers that were bought, or may have been bought, are never more than n. If an
// outcome stays unknown, no other account is tried. BuyAnyOptions.MaxOrphans applies to
// each account.
func (f *Fleet) BuyAny(ctx context.Context, q numbers.SearchQuery, n int, opts *BuyAnyOptions) (*account.Purchase, error) {
	const op = "BuyAny"
	if opts == nil {
		opts = &BuyAnyOptions{}
	}
	if n <= 0 {
		return nil, f.invalid(op, "n", "it must be positive")
	}
	b, err := f.newBuying(ctx, op, opts.Reference, opts.BuyOptions)
	if err != nil {
		return nil, err
	}
	b.choose = func(ctx context.Context) ([]*account.Account, error) {
		return f.choose(op, opts.Policy, &b.opts, func(a *account.Account) *numbers.Price { return offered(ctx, a, q, n) })
	}
	b.order = func(ctx context.Context, a *account.Account, _ []numbers.E164, buy account.BuyOptions) (*account.Purchase, error) {
		all := opts.BuyAnyOptions
		all.BuyOptions, all.Reference = buy, b.reference
		return a.BuyAny(ctx, q, n, &all)
	}
	b.short = func() bool { return b.count(opts.MaxOrphans) < n }
	p, err := b.run(ctx)
	if err == nil && b.short() {
		return p, account.NewPurchaseError([]error{f.err(op, numbers.ErrNumberUnavailable, "",
			fmt.Sprintf("%d more numbers are needed, and no account has more offers", n-b.count(opts.MaxOrphans)))}, nil)
	}
	return p, err
}

// count returns how many numbers are bought, may have been bought, or can still be
// bought.
func (b *buying) count(maxOrphans int) (n int) {
	for _, v := range b.latest() {
		for _, o := range v.purchase.Orders {
			n += held(o)
		}
		unknown := make(set.Set[numbers.E164])
		for _, a := range v.purchase.Unknown {
			unknown.Add(a.Numbers...)
		}
		n += max(len(unknown)-maxOrphans, 0)
	}
	return n
}

// offered returns the mean price of the first n offers of an account, or nil if it is
// unknown.
func offered(ctx context.Context, a *account.Account, q numbers.SearchQuery, n int) *numbers.Price {
	q.Limit = n
	var prices []*numbers.Price
	for offer, err := range a.Search(ctx, q) {
		if err != nil {
			return nil
		}
		price := offer.Price
		if price == nil && a.Capabilities().Can.Has(numbers.CanQuote) && offer.E164.Valid() {
			price = quoted(ctx, a, numbers.OrderRequest{Numbers: []numbers.E164{offer.E164}})
		}
		if prices = append(prices, price); len(prices) == n {
			break
		}
	}
	return mean(prices)
}
