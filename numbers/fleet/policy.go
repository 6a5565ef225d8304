package fleet

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/tnkit/tnkit/internal/parallel"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

// Policy sets the order in which a purchase tries the accounts. The zero value is
// [First].
type Policy struct {
	cheapest bool
	account  string
}

// First returns a Policy that tries the accounts in the order of [New]. The first account
// that has the numbers sells them.
func First() Policy { return Policy{} }

// Only returns a Policy that tries one account, by its name.
func Only(account string) Policy { return Policy{account: account} }

// Cheapest returns a Policy that asks all accounts for the price at the same time, and
// tries the cheapest account first. It compares the sum of Upfront and one Monthly.
// Accounts that state only one of the two come after those that state both. Accounts
// whose price is unknown come last. A price is also unknown if its currency is not that
// of the caps, or, without a cap, not that of the first account that states a price.
// Accounts with equal prices are in the order of [New]. If a cap limits a part of the
// price, accounts that do not state this part are not tried.
func Cheapest() Policy { return Policy{cheapest: true} }

// choose returns the accounts that a purchase tries, in order. price returns the price at
// an account; nil = unknown.
func (f *Fleet) choose(op string, p Policy, opts *account.BuyOptions, price func(*account.Account) *numbers.Price) ([]*account.Account, error) {
	switch {
	case p.account != "":
		a, ok := f.Account(p.account)
		if !ok {
			return nil, f.invalid(op, "Policy", "the fleet has no account "+quote(p.account))
		}
		return []*account.Account{a}, nil
	case !p.cheapest:
		return f.accounts, nil
	}
	quotes := make([]*numbers.Price, len(f.accounts))
	parallel.Do(atOnce, len(f.accounts), func(i int) { quotes[i] = price(f.accounts[i]) })
	return ranked(f.accounts, quotes, opts), nil
}

// ranked sorts accounts by their prices, and leaves out the accounts that a cap forbids.
func ranked(accounts []*account.Account, quotes []*numbers.Price, opts *account.BuyOptions) []*account.Account {
	currency := currencyOf(opts)
	var list []priced
	for i, a := range accounts {
		if a.Capabilities().Billing == numbers.Registers {
			list = append(list, priced{a: a, parts: 2}) // free
			continue
		}
		o := priced{a: a}
		for _, part := range []struct{ price, limit *numbers.Money }{
			{upfront(quotes[i]), opts.MaxUpfront}, {monthly(quotes[i]), opts.MaxMonthly},
		} {
			if part.price != nil {
				currency = cmp.Or(currency, part.price.Currency)
			}
			switch {
			case part.price != nil && part.price.Currency == currency && !part.price.Amount.IsNegative():
				o.parts++
				o.due = o.due.Add(part.price.Amount)
			case part.limit != nil:
				o.forbidden = true
			}
		}
		if !o.forbidden {
			list = append(list, o)
		}
	}
	slices.SortStableFunc(list, func(x, y priced) int {
		return cmp.Or(cmp.Compare(y.parts, x.parts), x.due.Cmp(y.due))
	})
	out := make([]*account.Account, len(list))
	for i, o := range list {
		out[i] = o.a
	}
	return out
}

// priced is an account and the price there.
type priced struct {
	a         *account.Account
	parts     int             // how many parts of the price are known
	due       decimal.Decimal // their sum
	forbidden bool            // a cap limits a part that is unknown
}

// currencyOf returns the currency of the caps; "" without a cap.
func currencyOf(opts *account.BuyOptions) (currency string) {
	for _, limit := range []*numbers.Money{opts.MaxUpfront, opts.MaxMonthly} {
		if limit != nil {
			currency = cmp.Or(currency, limit.Currency)
		}
	}
	return currency
}
