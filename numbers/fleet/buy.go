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
	// BuyOptions apply to the whole purchase. A cap limits the sum of the prices at all
	// accounts. Scope may be "" or the fleet's name.
	account.BuyOptions
	// Policy is the order in which the accounts are tried.
	Policy Policy
}

// Buy orders numbers at the accounts of the fleet and waits until the orders settle, as
// account.Account.Buy does at one account:
//
//  1. Buy continues the orders that this purchase (r.Reference) has already begun, each
//     at its account.
//  2. It orders the other numbers at the first account of the policy.
//  3. It orders the numbers that this account definitely did not sell at the next
//     account, and so on. It first resolves orders whose outcome is unknown. If that
//     fails, nothing more is ordered.
//
// A number is not tried at another account if another purchase holds it, or if an account
// that was tried already has it. The caps apply to all accounts together. The price of
// the numbers that one account sold reduces the caps for the next account. If the account
// did not state the price, nothing more is ordered.
//
// The results are those of account.Account.Buy. Order.Account, Attempt.Account and
// numbers.Error.Account are the name of the account. PurchaseError.Missing returns the
// numbers that no account sold. A job that is delivered twice buys once, also if both
// deliveries run at the same time in two processes that share the journal.
//
// r.Native is a template for one vendor. Accounts at other vendors refuse it.
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

// quoted returns the price of an order at an account, or nil if it is unknown.
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

// buying is one running purchase of a fleet.
type buying struct {
	f         *Fleet
	op        string
	reference string
	opts      account.BuyOptions
	wanted    []numbers.E164 // the numbers of a Buy
	choose    func(context.Context) ([]*account.Account, error)
	order     func(context.Context, *account.Account, []numbers.E164, account.BuyOptions) (*account.Purchase, error)
	short     func() bool // reports whether more is wanted, from what the accounts returned

	accounts []*account.Account // in the policy's order; set when it is first needed
	ledger   ledger
	visits   []*visit
	sold     []*numbers.Order // with a cap, the orders of accounts that were not visited yet
	seen     set.Set[string]  // entries that a visit has continued
	tried    set.Set[string]  // accounts that were visited because of the policy
	paused   bool             // an account has withdrawn its claim because of another delivery
	refusal  error            // why no further account is tried
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

// mostVisits is the largest count of visits to accounts in one purchase.
const mostVisits = 100

// run visits the accounts until nothing more is wanted: first those where the purchase
// has orders, then those of the policy. It reads the journal again after each visit,
// because another delivery may have begun an order at another account.
func (b *buying) run(ctx context.Context) (*account.Purchase, error) {
	for range mostVisits {
		entries, err := b.entries(ctx)
		if err != nil {
			return b.result(err)
		}
		if a := b.unseen(entries); a != nil {
			b.readSold(ctx, entries, a)
			clear(b.tried) // its orders there may have failed
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
		if b.paused { // the other delivery may also have withdrawn its claim
			b.paused = false
			if pause(ctx) != nil {
				return b.result(nil)
			}
		}
		b.tried.Add(a.Name())
		b.visit(ctx, a, entriesOf(entries, a), b.rest())
	}
	return b.result(b.f.err(b.op, numbers.ErrConflict, "", "other deliveries of this purchase were running at the same time; call Buy again with the same reference"))
}

// entries returns the entries of the purchase that are not free.
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

// unseen returns the first account with an entry that no visit has continued.
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

// untried returns the next account of the policy, or nil if all were visited.
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

// visit continues the orders that the purchase has at an account, and orders more numbers
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

// paid returns the orders of other accounts that cost something.
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

// readSold reads the orders that the other accounts have sold before, if there is a cap.
// They count before the first visit, because the first account may order numbers again
// that were not placed there.
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

// stopped reports whether nothing more may be ordered although more is wanted.
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

// rest returns the numbers of a Buy that may be tried at another account: no account has
// them, may have them or holds them.
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
