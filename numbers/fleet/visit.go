package fleet

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

// visit is what came of a purchase at one account. An account returns all that it has of
// the purchase, so that its latest visit replaces what earlier ones returned.
type visit struct {
	a        *account.Account
	purchase account.Purchase
	err      error
	none     bool // there is no purchase
	refused  bool // err is about the whole request

	any     bool                   // it was a BuyAny
	asked   set.Set[numbers.E164]  // what was asked for; empty by BuyAny
	covered set.Set[numbers.E164]  // what the account has, or may have
	missing map[numbers.E164]error // what was definitely not bought, and why
	away    set.Set[numbers.E164]  // what another delivery of this purchase has, or had
	errs    []error                // what went wrong, one by one
}

func newVisit(a *account.Account, list []numbers.E164, reference string, p *account.Purchase, err error) *visit {
	v := &visit{
		a: a, err: err, none: p == nil, any: len(list) == 0,
		asked: set.Of(list), covered: make(set.Set[numbers.E164]), away: make(set.Set[numbers.E164]),
	}
	if p != nil {
		v.purchase = *p
	}
	for _, o := range v.purchase.Orders {
		for _, item := range o.Items {
			if !lost(item.State) {
				v.covered.Add(item.E164)
			}
		}
	}
	for _, a := range v.purchase.Unknown {
		v.covered.Add(a.Numbers...)
	}
	if failed, ok := errors.AsType[*account.PurchaseError](err); ok {
		v.missing, v.errs = failed.Missing(), failed.Errs
	} else if err != nil { // the whole request was refused
		v.refused = true
		v.missing, v.errs = make(map[numbers.E164]error), []error{err}
		for n := range v.asked {
			if !v.covered.Has(n) {
				v.missing[n] = err
			}
		}
	}
	for _, e := range v.errs {
		if heldBy(e) == reference {
			v.away.Add(errorIn(e).Numbers...)
		}
	}
	return v
}

// movable reports whether a number that was asked for may be tried at another account: it
// was definitely not bought, and no other purchase holds it. One that another delivery of
// this purchase holds is followed there first.
func (v *visit) movable(n numbers.E164) bool {
	if v.covered.Has(n) {
		return false
	}
	reason, missing := v.missing[n]
	return v.away.Has(n) || missing && heldBy(reason) == ""
}

// heldBy is the purchase that holds what an error is about; "" where that is not the
// reason.
func heldBy(err error) string {
	if e := errorIn(err); e != nil {
		return e.HeldBy
	}
	return ""
}

// stops returns why nothing may be ordered elsewhere after this visit, or "".
func (v *visit) stops() string {
	if len(v.purchase.Unknown) > 0 {
		return "an outcome is unknown"
	}
	if _, partly := errors.AsType[*account.PurchaseError](v.err); partly {
		if v.any && slices.ContainsFunc(v.errs, func(err error) bool { return errors.Is(err, numbers.ErrNotFound) }) {
			return "a number was bought, and is gone," // BuyAny does not replace it
		}
		return ""
	}
	switch e := errorIn(v.err); {
	case e == nil:
	case errors.Is(e, numbers.ErrConflict):
		return "the request contradicts an earlier one"
	case errors.Is(e, numbers.ErrInvalid) && e.Status == 0 && e.Field != "Native" && e.Field != "NoWait":
		return "the request is wrong"
	}
	return ""
}

// latest is the last visit to each account, in the order in which they were first
// visited.
func (b *buying) latest() []*visit {
	var list []*visit
	for _, v := range b.visits {
		if i := slices.IndexFunc(list, func(known *visit) bool { return known.a == v.a }); i >= 0 {
			list[i] = v
		} else {
			list = append(list, v)
		}
	}
	return list
}

// knows reports whether an entry is among what the visits returned.
func (b *buying) knows(e numbers.JournalEntry) bool {
	return slices.ContainsFunc(b.visits, func(v *visit) bool {
		return v.a.Name() == e.Account &&
			(slices.ContainsFunc(v.purchase.Orders, func(o *numbers.Order) bool { return strings.EqualFold(o.ID, e.End.OrderID) }) ||
				slices.ContainsFunc(v.purchase.Unknown, func(a numbers.Attempt) bool { return a.ID == e.ID }))
	})
}

// result adds everything up. err is why the purchase ended early.
func (b *buying) result(err error) (*account.Purchase, error) {
	err = cmp.Or(err, b.refusal)
	switch {
	case len(b.visits) == 0:
		return nil, err
	case len(b.visits) == 1 && b.visits[0].none && err == nil:
		return nil, b.visits[0].err // as the account refused it
	}
	p := &account.Purchase{Reference: b.reference}
	at := make(map[numbers.E164]*account.Account) // where a number is, or may be
	for _, v := range b.latest() {
		p.Orders = append(p.Orders, v.purchase.Orders...)
		p.Unknown = append(p.Unknown, v.purchase.Unknown...)
		p.Owned = append(p.Owned, v.purchase.Owned...)
		for n := range v.covered {
			at[n] = v.a
		}
	}
	errs, missing := b.failures(at)
	if err != nil {
		errs = append(errs, err)
		for _, n := range b.wanted {
			if !slices.ContainsFunc(b.visits, func(v *visit) bool { return v.asked.Has(n) }) {
				missing[n] = err
			}
		}
	}
	maps.DeleteFunc(missing, func(n numbers.E164, _ error) bool { return at[n] != nil })
	if len(errs) == 0 {
		return p, nil
	}
	return p, account.NewPurchaseError(errs, missing)
}

// failures are what went wrong at the accounts and still holds, and the numbers that were
// not bought there.
func (b *buying) failures(at map[numbers.E164]*account.Account) (errs []error, missing map[numbers.E164]error) {
	missing = make(map[numbers.E164]error)
	short := b.short()
	for i, v := range b.visits {
		// A later visit to the account shows what became of these.
		later := slices.DeleteFunc(slices.Clone(b.visits[i+1:]), func(other *visit) bool { return other.a != v.a })
		over := func(n numbers.E164) bool {
			return slices.ContainsFunc(later, func(l *visit) bool { return l.any || l.asked.Has(n) })
		}
		for n, reason := range v.missing {
			if !over(n) {
				missing[n] = reason
			}
		}
		if v.any && len(later) > 0 {
			continue
		}
		for _, err := range v.errs {
			err = v.left(err, func(n numbers.E164) bool {
				return !over(n) && (at[n] == v.a || at[n] == nil && (short || !v.any))
			}, short)
			if err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errs, missing
}

// left returns an error of the visit without the numbers that it does not hold for any
// more, nil where that is all. What is not about numbers holds, but where a BuyAny got what
// it wanted elsewhere.
func (v *visit) left(err error, holds func(numbers.E164) bool, short bool) error {
	e := errorIn(err)
	switch {
	case v.refused && !v.any:
		for n := range v.missing {
			if holds(n) {
				return err
			}
		}
		return nil
	case e == nil || len(e.Numbers) == 0:
		if v.any && !short {
			return nil
		}
		return err
	}
	list := slices.DeleteFunc(slices.Clone(e.Numbers), func(n numbers.E164) bool { return !holds(n) })
	switch len(list) {
	case 0:
		return nil
	case len(e.Numbers):
		return err
	}
	part := *e
	part.Numbers = list
	return &part
}

// pause lets another delivery go first, or not: both draw how long they wait.
func pause(ctx context.Context) error {
	timer := time.NewTimer(50*time.Millisecond + rand.N(50*time.Millisecond))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctxerr.Of(ctx)
	}
}
