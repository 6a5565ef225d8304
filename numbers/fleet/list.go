package fleet

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

// Orders yields the orders of all accounts that match q. Order.Account is the name of the
// account.
//
// Up to 16 accounts are read at the same time. The memory does not grow with the count of
// orders. The orders of one account keep their sequence. If all accounts list their
// orders by time (numbers.Order.Created), all oldest first or all newest first, Orders
// yields the orders of all accounts by time. To do so, an order waits until no account
// can list an order that comes before it. An order without a time does not wait, nor does
// an order of an account that does not list by time.
//
// If an account fails, the sequence yields an *AccountError and continues with the other
// accounts. It then ends with ErrIncomplete, which wraps the *AccountError of each
// account that failed. If the sequence ends without an error, the listing of every
// account was complete. If the loop stops early, all goroutines end.
func (f *Fleet) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	return merged(ctx, f, "Orders", f.accounts, func(ctx context.Context, a *account.Account) iter.Seq2[*numbers.Order, error] {
		return a.Orders(ctx, q)
	}, func(o *numbers.Order) time.Time { return o.Created })
}

// Owned yields the numbers of all accounts that match q, by the rules of [Fleet.Orders].
// Number.Account is the name of the account. A number that two accounts have is yielded
// twice. An account whose vendor can't list owned numbers fails with
// errors.ErrUnsupported.
func (f *Fleet) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	return merged(ctx, f, "Owned", f.accounts, func(ctx context.Context, a *account.Account) iter.Seq2[*numbers.Number, error] {
		return a.Owned(ctx, q)
	}, func(n *numbers.Number) time.Time { return n.Created })
}

// Search yields the numbers that the accounts have for sale, at most q.Limit offers of
// all accounts together, by the rules of [Fleet.Orders]. It yields an offer when it
// arrives. The offers of one account keep their sequence. Search leaves out accounts that
// sell nothing (numbers.Registers, without numbers.CanSearch). An account that can't
// search by a field of q fails with errors.ErrUnsupported.
func (f *Fleet) Search(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
	var sellers []*account.Account
	for _, a := range f.accounts {
		if caps := a.Capabilities(); caps.Billing == numbers.Buys || caps.Can.Has(numbers.CanSearch) {
			sellers = append(sellers, a)
		}
	}
	if len(sellers) == 0 {
		return failed[numbers.Offer](f.err("Search", errors.ErrUnsupported, "", "no account of the fleet sells numbers"))
	}
	all := merged(ctx, f, "Search", sellers, func(ctx context.Context, a *account.Account) iter.Seq2[*numbers.Offer, error] {
		return a.Search(ctx, q)
	}, func(*numbers.Offer) time.Time { return time.Time{} })
	if q.Limit <= 0 {
		return all
	}
	return func(yield func(*numbers.Offer, error) bool) {
		left := q.Limit
		for offer, err := range all {
			if offer != nil {
				left--
			}
			if !yield(offer, err) || left == 0 {
				return
			}
		}
	}
}

// failed returns a sequence that yields only an error.
func failed[T any](err error) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) { yield(nil, err) }
}

// merged returns one sequence of the sequences of all accounts.
func merged[T any](ctx context.Context, f *Fleet, op string, accounts []*account.Account,
	list func(context.Context, *account.Account) iter.Seq2[*T, error], at func(*T) time.Time,
) iter.Seq2[*T, error] {
	if ctx == nil {
		return failed[T](f.invalid(op, "ctx", "it is nil"))
	}
	return func(yield func(*T, error) bool) {
		m := newMerge(ctx, len(accounts), at)
		defer m.stop()
		for i, a := range accounts {
			m.start(i, func(ctx context.Context) iter.Seq2[*T, error] { return list(ctx, a) })
		}
		var errs []error
		for {
			i, item, err := m.next()
			switch {
			case i < 0:
				if len(errs) > 0 {
					yield(nil, f.incomplete(op, len(accounts), errs))
				}
				return
			case err != nil:
				err = failure(accounts[i], err)
				errs = append(errs, err)
			}
			if !yield(item, err) {
				return
			}
		}
	}
}

// incomplete returns the error that ends a listing in which accounts failed.
func (f *Fleet) incomplete(op string, of int, errs []error) error {
	return because(f.err(op, numbers.ErrIncomplete, "", fmt.Sprintf("%d of %d accounts failed", len(errs), of)), errors.Join(errs...))
}
