package fleet

import (
	"context"
	"slices"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/driver"
)

// BuyOptions are the options of Fleet.Buy. The zero value means the defaults.
type BuyOptions struct {
	// BuyOptions hold for the whole purchase: one cap for what all accounts sell. Scope is
	// the fleet's name, and need not be set.
	account.BuyOptions
	// Policy is the order in which the accounts are tried.
	Policy Policy
}

// Buy orders numbers at the accounts of the fleet and sees the orders through, as
// account.Account.Buy does at one:
//
//  1. What this purchase (r.Reference) has begun already, at whichever account, is
//     continued there.
//  2. What is left is ordered at the first account of the policy.
//  3. Numbers that it definitely did not sell are ordered at the next one, and so on. An
//     outcome that is not known is resolved first. If that fails, nothing more is ordered.
//
// A number is not tried at another account if another purchase holds it, or if an account
// of the fleet that was tried has it already. The caps are for all accounts together: what
// one account sold leaves less for the next, and nothing if it did not state its price.
//
// The results are those of account.Account.Buy: Order.Account, Attempt.Account and
// numbers.Error.Account name the account, and PurchaseError.Missing returns what no account
// sold. A job that is delivered twice, also at the same time, and also to two processes
// that share the journal, buys once.
//
// r.Native is a template for one vendor; accounts at other vendors refuse it.
func (f *Fleet) Buy(ctx context.Context, r numbers.OrderRequest, opts *BuyOptions) (*account.Purchase, error) {
	const op = "Buy"
	if opts == nil {
		opts = &BuyOptions{}
	}
	b, err := f.newBuying(ctx, op, r.Reference, opts.BuyOptions)
	if err != nil {
		return nil, err
	}
	if err := driver.CheckRequest(numbers.Capabilities{Assigns: ^numbers.AssignField(0)}, op, r); err != nil {
		return nil, err
	}
	r.Reference, r.Begin = b.reference, nil
	b.wanted = r.Numbers
	b.choose = func(ctx context.Context) ([]*account.Account, error) {
		return f.choose(op, opts.Policy, &b.opts, func(a *account.Account) *numbers.Price { return quoted(ctx, a, r) })
	}
	b.order = func(ctx context.Context, a *account.Account, list []numbers.E164, opts account.BuyOptions) (*account.Purchase, error) {
		r := r
		r.Numbers = list
		return a.Buy(ctx, r, &opts)
	}
	b.short = func() bool { return len(b.rest()) > 0 }
	return b.run(ctx)
}

// quoted is what an order would cost at an account; nil where it can't be known.
func quoted(ctx context.Context, a *account.Account, r numbers.OrderRequest) *numbers.Price {
	caps := a.Capabilities()
	if !caps.Can.Has(numbers.CanQuote) {
		return nil
	}
	size := caps.MaxNumbers
	if size <= 0 {
		size = len(r.Numbers)
	}
	var list []*numbers.Price
	r.Assign = nil // the account may set it after the order
	for chunk := range slices.Chunk(r.Numbers, size) {
		r.Numbers = chunk
		q, err := a.Quote(ctx, r)
		if err != nil || q == nil {
			return nil
		}
		list = append(list, q.Price)
	}
	return sum(list)
}

// buying is one purchase of a fleet under way.
type buying struct {
	f         *Fleet
	op        string
	reference string
	opts      account.BuyOptions
	wanted    []numbers.E164 // of a Buy
	choose    func(context.Context) ([]*account.Account, error)
	order     func(context.Context, *account.Account, []numbers.E164, account.BuyOptions) (*account.Purchase, error)
	short     func() bool // more is wanted, by what the accounts returned

	accounts []*account.Account // in the policy's order, once it was asked for
	ledger   ledger
	visits   []*visit
	sold     []*numbers.Order // under a cap, what accounts have sold that were not visited yet
	seen     set.Set[string]  // entries that a visit has taken up
	tried    set.Set[string]  // accounts at which the policy had its turn
	paused   bool             // an account gave way to another delivery
	refusal  error            // why no account is tried any more
}

func (f *Fleet) newBuying(ctx context.Context, op, reference string, opts account.BuyOptions) (*buying, error) {
	switch {
	case ctx == nil:
		return nil, f.invalid(op, "ctx", "it is nil")
	case opts.Scope != "" && opts.Scope != f.name:
		return nil, f.invalid(op, "Scope", "it is not the fleet's name")
	}
	b := &buying{f: f, op: op, reference: reference, opts: opts, seen: make(set.Set[string]), tried: make(set.Set[string])}
	if b.reference == "" {
		b.reference = numbers.NewReference()
	}
	b.opts.Scope = f.name
	report := b.opts.OnEvent
	b.opts.OnEvent = func(e numbers.Event) {
		b.ledger.note(e)
		if report != nil {
			report(e)
		}
	}
	return b, nil
}

// mostVisits bounds how often accounts are asked in one purchase.
const mostVisits = 100

// run visits the accounts: first those where the purchase has something, then those of the
// policy, until nothing more is wanted. After each visit the journal is read again: another
// delivery may have begun something elsewhere.
func (b *buying) run(ctx context.Context) (*account.Purchase, error) {
	for range mostVisits {
		entries, err := b.entries(ctx)
		if err != nil {
			return b.result(err)
		}
		if a := b.unseen(entries); a != nil {
			b.readSold(ctx, entries, a)
			clear(b.tried) // what it has there may have failed
			b.visit(ctx, a, entriesOf(entries, a), nil)
			continue
		}
		if !b.short() || b.stopped(ctx) {
			return b.result(nil)
		}
		a, err := b.untried(ctx)
		if a == nil || err != nil {
			return b.result(err)
		}
		if b.paused { // the other delivery may have given way, too
			b.paused = false
			if pause(ctx) != nil {
				return b.result(nil)
			}
		}
		b.tried.Add(a.Name())
		b.visit(ctx, a, entriesOf(entries, a), b.rest())
	}
	return b.result(b.f.err(b.op, numbers.ErrConflict, "", "other deliveries of this purchase were in the way"))
}

// entries are what the journal has of the purchase and was not refused.
func (b *buying) entries(ctx context.Context) ([]numbers.JournalEntry, error) {
	wanted := set.Of(b.wanted)
	var list []numbers.JournalEntry
	for e, err := range b.f.journal.Entries(ctx, numbers.JournalQuery{Scope: b.f.name, Purchase: b.reference}) {
		if err != nil {
			return nil, because(b.f.err(b.op, numbers.ErrNotPlaced, "", "the journal can't be read, and nothing more was sent"), err)
		}
		if e.Free() {
			continue
		}
		if b.f.index(e.Account) < 0 {
			return nil, b.f.err(b.op, numbers.ErrConflict, "Reference", "the purchase has an order at account "+quote(e.Account)+", which is not in the fleet", e.Numbers...)
		}
		for _, n := range e.Numbers {
			if len(wanted) > 0 && !wanted.Has(n) {
				return nil, b.f.err(b.op, numbers.ErrConflict, "Reference", "the reference was used for other numbers: "+string(n), b.wanted...)
			}
		}
		list = append(list, e)
	}
	return list, nil
}

// unseen is the first account with an entry that no visit has taken up.
func (b *buying) unseen(entries []numbers.JournalEntry) *account.Account {
	for _, a := range b.f.accounts {
		if slices.ContainsFunc(entriesOf(entries, a), func(e numbers.JournalEntry) bool { return !b.seen.Has(e.ID) && !b.knows(e) }) {
			return a
		}
	}
	return nil
}

func entriesOf(entries []numbers.JournalEntry, a *account.Account) (list []numbers.JournalEntry) {
	for _, e := range entries {
		if e.Account == a.Name() {
			list = append(list, e)
		}
	}
	return list
}

// untried is the next account of the policy; nil where all had their turn.
func (b *buying) untried(ctx context.Context) (*account.Account, error) {
	if b.accounts == nil {
		accounts, err := b.choose(ctx)
		if err != nil {
			return nil, err
		}
		if len(accounts) == 0 {
			return nil, b.f.err(b.op, numbers.ErrPriceUnknown, "Policy", "a cap is set, and no account states a usable price", b.wanted...)
		}
		b.accounts = accounts
	}
	for _, a := range b.accounts {
		if !b.tried.Has(a.Name()) {
			return a, nil
		}
	}
	return nil, nil
}

// visit continues at an account what it has of the purchase, and orders more numbers
// there.
func (b *buying) visit(ctx context.Context, a *account.Account, has []numbers.JournalEntry, more []numbers.E164) {
	list := slices.Clone(more)
	for _, e := range has {
		b.seen.Add(e.ID)
		if len(b.wanted) > 0 {
			list = append(list, e.Numbers...)
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	opts := b.opts
	if a.Capabilities().Billing == numbers.Buys {
		left, err := b.ledger.left(opts, b.paid(a))
		if err != nil && len(has) == 0 {
			err.Op, err.Account, err.Numbers = b.op, b.f.name, more
			b.refusal = err
			return
		}
		opts = left
	}
	p, err := b.order(ctx, a, list, opts)
	v := newVisit(a, list, b.reference, p, err)
	if b.visits = append(b.visits, v); len(v.away) > 0 {
		b.paused = true
		delete(b.tried, a.Name())
	}
}

// paid are the orders of other accounts, as far as they cost something.
func (b *buying) paid(but *account.Account) (orders []*numbers.Order) {
	for _, v := range b.latest() {
		if v.a != but && v.a.Capabilities().Billing == numbers.Buys {
			orders = append(orders, v.purchase.Orders...)
		}
	}
	for _, o := range b.sold {
		if o.Account != but.Name() && !slices.ContainsFunc(b.visits, func(v *visit) bool { return v.a.Name() == o.Account }) {
			orders = append(orders, o)
		}
	}
	return orders
}

// readSold reads, under a cap, what the other accounts have sold before: the first account
// that is visited may order again what was not placed there.
func (b *buying) readSold(ctx context.Context, entries []numbers.JournalEntry, but *account.Account) {
	if len(b.visits) > 0 || b.opts.MaxUpfront == nil && b.opts.MaxMonthly == nil {
		return
	}
	for _, e := range entries {
		a, _ := b.f.Account(e.Account)
		if a == but || a.Capabilities().Billing != numbers.Buys {
			continue
		}
		o := &numbers.Order{Account: e.Account, State: numbers.StatePending, Count: len(e.Numbers)} // its price is not known
		if e.End.Status == numbers.EntryPlaced {
			if read, err := a.Order(ctx, e.End.OrderID); err == nil {
				o = read
			}
		}
		b.sold = append(b.sold, o)
	}
}

// stopped reports whether nothing more is ordered, although more is wanted.
func (b *buying) stopped(ctx context.Context) bool {
	if b.refusal != nil {
		return true
	}
	if ctx.Err() != nil {
		b.refusal = because(b.f.err(b.op, numbers.ErrNotPlaced, "", "the purchase was stopped", b.rest()...), ctx.Err())
		return true
	}
	for _, v := range b.latest() {
		if reason := v.stops(); reason != "" {
			b.refusal = b.f.err(b.op, numbers.ErrNotPlaced, "", "no other account was tried: "+reason+" at account "+quote(v.a.Name()), b.rest()...)
			return true
		}
	}
	return false
}

// rest are the numbers of a Buy that no account has, may have or holds, and that may be
// tried at another one.
func (b *buying) rest() []numbers.E164 {
	done := make(set.Set[numbers.E164])
	for i, v := range b.visits {
		for n := range v.asked {
			if !v.movable(n) && !slices.ContainsFunc(b.visits[i+1:], func(later *visit) bool { return later.a == v.a && later.asked.Has(n) }) {
				done.Add(n)
			}
		}
	}
	var list []numbers.E164
	for _, n := range b.wanted {
		if !done.Has(n) {
			list = append(list, n)
		}
	}
	return list
}
