package account

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/tnkit/tnkit/internal/pace"
	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// BuyOptions are the options of Account.Buy. The zero value means the defaults.
type BuyOptions struct {
	// MaxUpfront and MaxMonthly are the most that the whole purchase may cost,
	// including what earlier calls with the same reference ordered; nil = no cap.
	// With a cap, the purchase is refused before anything is sent if the vendor does
	// not state the price, or states it without a currency or in another currency.
	// Caps are ignored if orders are free (Registers).
	MaxUpfront, MaxMonthly *numbers.Money
	// Scope is the range within which the purchase's reference is unique, if several
	// accounts share one journal: the name of a fleet. A number that this purchase
	// has at another account, or that another purchase holds there, is then
	// ErrConflict and is not ordered. "" = the account.
	Scope string
	// Concurrency is how many orders, and how many readings of orders, run at the
	// same time; 0 = 4, and up to 64 orders while the vendor accepts them.
	Concurrency int
	// NoWait makes Buy return when the vendor has accepted the orders, before they
	// settle. A pending order is then not an error. An assignment that the order
	// itself can't make is refused.
	NoWait bool
	// Wait are the options for waiting.
	Wait WaitOptions
	// OnEvent is called at every step, by one goroutine at a time. The purchase waits
	// until it returns.
	OnEvent func(numbers.Event)
}

// Buy orders numbers and waits until the orders settle:
//
//  1. Orders that this purchase (r.Reference) already began are continued, also if
//     another process began them. Their numbers are not ordered again.
//  2. A number that another purchase holds is ErrConflict, and is not ordered.
//     Error.HeldBy is the reference of that purchase. If the attempt of the holder
//     has ended, it is resolved first.
//  3. A number that the account owns is ErrAlreadyOwned. A number in an order that
//     has not settled is ErrConflict. Neither is ordered. A number that another
//     purchase has just bought is ErrConflict by step 2 until the hold of that
//     purchase ends (Capabilities.ListingDelay and numbers.ClockSlack after the order
//     settled), and ErrAlreadyOwned after that.
//  4. The price is compared with the caps.
//  5. The other numbers are split into orders of at most Capabilities.MaxNumbers,
//     which are placed in parallel. Each order claims its numbers in the journal. It
//     is sent at most once, within 15 seconds after its claim or not at all. After a
//     429, nothing was ordered: the order is placed again later, all other orders
//     wait, and then the orders are sent at a rate that the vendor accepts. If the
//     vendor refuses an order because of some of its numbers, the order is placed
//     again without them.
//  6. An unclear outcome is resolved by reading the vendor's lists.
//  7. Buy waits until the orders settle.
//  8. An assignment that the order could not make is made for each number.
//
// err is nil if every number is bought: Complete, or Pending in a Final order, at no
// more than the cap. Otherwise it is a *PurchaseError, and the Purchase is returned
// with it. Numbers that the error does not name were bought. A failure does not stop
// the other orders, and all failures are in the error. If ctx ends, every order that
// was sent is in the Purchase or in its Unknown. If the whole request is refused
// before anything was sent (invalid, over the cap), the error is an *Error. The
// Purchase is then nil, unless an earlier call already ordered something.
//
// r.Reference is the caller's name for this purchase, at most 200 bytes of UTF-8. A
// job that is delivered twice buys once, also at the same time and in two processes
// that share a journal. "" = a new reference from numbers.NewReference. A reference
// with the suffix of an order ("~1", "~r1", "~r1~2") is ErrInvalid.
func (a *Account) Buy(ctx context.Context, r numbers.OrderRequest, opts *BuyOptions) (*Purchase, error) {
	if err := a.check(ctx, "Buy"); err != nil {
		return nil, err
	}
	b, err := a.newBuyer("Buy", r, opts)
	if err != nil {
		return nil, err
	}
	return b.run(ctx)
}

// run is the whole algorithm. A round that leaves numbers without an order and without
// an error is followed by another: another delivery of the same purchase had them, or
// began and did not place them.
func (b *buyer) run(ctx context.Context) (*Purchase, error) {
	for round := 1; ; round++ {
		err := b.plan(ctx)
		if err == nil {
			err = b.afford(ctx)
		}
		if err != nil {
			if p := b.soFar(); p == nil || round == 1 {
				return p, err
			}
			b.errs = append(b.errs, err) // earlier rounds ordered something
			break
		}
		b.placeAll(ctx)
		b.resolveAll(ctx)
		if b.taken || !b.another(ctx, round) {
			break
		}
	}
	return b.finish(ctx)
}

// finish sees through what was ordered.
func (b *buyer) finish(ctx context.Context) (*Purchase, error) {
	if !b.opts.NoWait {
		b.waitAll(ctx)
		b.assignAll(ctx)
	}
	b.refresh(ctx)
	return b.result(ctx)
}

// another reports whether numbers are left that need another round, and pauses before
// it.
func (b *buyer) another(ctx context.Context, round int) bool {
	const most = 50
	left := b.left()
	if len(left) == 0 {
		return false
	}
	pause := time.Duration(round) * 20 * time.Millisecond
	if b.scoped() {
		pause += b.a.jitter(pause) // another account of the scope also gave way
	}
	if round == most || sleep(ctx, pause) != nil {
		for _, n := range left {
			b.fail(b.a.err(b.op, numbers.ErrNotPlaced, "", "it was not sent: another delivery of this purchase held the number", n), n)
		}
		return false
	}
	return true
}

// buyer is one Buy under way.
type buyer struct {
	a        *Account
	op       string // what the caller called
	purchase string // the caller's reference
	scope    string // what the reference is unique in
	base     string // the first reference of this buyer's orders: the purchase's, or that of a round of BuyAny
	named    bool   // the reference is the caller's
	r        numbers.OrderRequest
	opts     BuyOptions
	later    numbers.Assignment // what is assigned after the order
	enough   func(context.Context, numbers.JournalEntry) error

	parts    []*part
	abroad   []numbers.JournalEntry // what the purchase has at other accounts of its scope
	reading  *reading
	owned    []*numbers.Number
	quote    *numbers.Quotation
	offers   map[numbers.E164]*numbers.Price // what a BuyAny was offered
	tookUp   set.Set[numbers.E164]           // ordered here after another delivery did not place it
	used     set.Set[string]                 // references of this buyer's orders
	lastUsed int                             // the last of them that was chosen
	looked   bool                            // the vendor was asked for the reference
	taken    bool                            // another delivery has this round of a BuyAny
	yielded  bool                            // another delivery has begun enough
	pace     pace.Pace                       // of this purchase's orders
	atOnce   int                             // how many of them may be under way

	turn chan struct{} // of whoever reads anew; guards reading while orders are placed

	mu     sync.Mutex // for what goes on side by side; the caller's functions run under it
	failed map[numbers.E164]error
	errs   []error
}

// part is one order of a purchase.
type part struct {
	r       numbers.OrderRequest
	entry   numbers.JournalEntry // what the journal has; without an id where nothing was begun
	known   bool                 // begun by an earlier call or another delivery
	sent    bool                 // this call has done with it
	price   *numbers.Price       // as it was quoted or offered
	items   []numbers.QuotedItem // the prices of its numbers, as they were quoted
	order   *numbers.Order
	attempt *numbers.Attempt // set while the outcome is unknown
	index   int              // of its reference under the base
	again   bool             // unknown, and ordering its numbers again is safe
	shown   bool             // this call has read what became of it
	given   bool             // a number of it was bought and given back since
	gone    bool             // it was placed, and the vendor does not have it any more
	err     error            // why it was not placed, or is unknown
	waitErr error
	other   error   // the order is for other numbers than were requested
	also    []error // what else went wrong with an order that was placed
}

// covers reports whether the part's numbers need no other order.
func (p *part) covers() bool { return p.order != nil || p.gone || p.attempt != nil && !p.again }

// mostAtOnce is how many orders are under way at once, where the caller has not said it.
const mostAtOnce = 64

func (o BuyOptions) withDefaults() BuyOptions {
	if o.Concurrency <= 0 {
		o.Concurrency = 4
	}
	return o
}

func (a *Account) newBuyer(op string, r numbers.OrderRequest, opts *BuyOptions) (*buyer, error) {
	if opts == nil {
		opts = &BuyOptions{}
	}
	b := &buyer{
		a: a, op: op, scope: cmp.Or(opts.Scope, a.name), named: r.Reference != "", r: r, opts: opts.withDefaults(),
		tookUp: make(set.Set[numbers.E164]), used: make(set.Set[string]), failed: make(map[numbers.E164]error),
		turn: make(chan struct{}, 1),
	}
	b.r.Begin = nil
	b.atOnce, b.pace.Window = opts.Concurrency, opts.Concurrency
	if opts.Concurrency <= 0 {
		b.atOnce, b.pace.Window = mostAtOnce, b.opts.Concurrency
	}
	assigns := a.caps.Assigns
	if a.caps.Can.Has(numbers.CanAssign | numbers.CanListOwned) {
		assigns |= a.caps.AssignsOwned
	}
	if err := a.validate(op, r, assigns); err != nil {
		return nil, err
	}
	if b.named {
		if err := a.checkReference(op, r.Reference); err != nil {
			return nil, err
		}
	}
	if err := b.checkLimits(); err != nil {
		return nil, err
	}
	if reason := badName(b.scope); reason != "" {
		return nil, b.refuse(numbers.ErrInvalid, "Scope", reason)
	}
	b.r.Numbers = slices.Clone(r.Numbers)
	if !b.named {
		b.r.Reference = numbers.NewReference()
	}
	b.purchase, b.base = b.r.Reference, b.r.Reference
	if (b.named || b.scoped()) && op == "Buy" {
		b.enough = b.planned
	}
	b.splitAssignment()
	if b.opts.NoWait && !b.later.IsZero() {
		return nil, b.refuse(numbers.ErrInvalid, "NoWait", "the order can't set "+b.later.Fields().String()+", which is assigned when it has settled")
	}
	return b, nil
}

func (b *buyer) refuse(kind error, field, message string) *numbers.Error {
	return b.a.err(b.op, kind, field, message, b.r.Numbers...)
}

// fail notes why numbers are not ordered: definitely not bought.
func (b *buyer) fail(err error, list ...numbers.E164) {
	b.mu.Lock()
	defer b.mu.Unlock()
	noted := false
	for _, n := range list {
		if b.failed[n] == nil {
			b.failed[n], noted = err, true
		}
	}
	if noted {
		b.errs = append(b.errs, err)
	}
}

// left are the numbers that no part covers and that have not failed, sorted.
func (b *buyer) left() []numbers.E164 {
	done := make(set.Set[numbers.E164])
	for _, p := range b.parts {
		if p.covers() || p.sent && !p.known {
			done.Add(p.r.Numbers...)
		}
	}
	var list []numbers.E164
	for _, n := range b.r.Numbers {
		if !done.Has(n) && b.failed[n] == nil {
			list = append(list, n)
		}
	}
	return list
}

// emit reports a step.
func (b *buyer) emit(e numbers.Event) {
	if b.opts.OnEvent == nil {
		return
	}
	e.Time, e.Vendor, e.Account = b.a.now(), b.a.caps.Vendor, b.a.name
	b.mu.Lock()
	defer b.mu.Unlock()
	b.opts.OnEvent(e)
}

// step reports a step of a part.
func (b *buyer) step(kind numbers.EventKind, p *part, err error) { b.emit(p.event(kind, err)) }

func (p *part) event(kind numbers.EventKind, err error) numbers.Event {
	e := numbers.Event{Kind: kind, Reference: p.r.Reference, Numbers: p.r.Numbers, Price: p.price, Err: err}
	if p.order != nil {
		e.OrderID, e.State = p.order.ID, p.order.State
		if p.order.Price != nil {
			e.Price = p.order.Price
		}
	}
	return e
}

// journalFailed reports that the journal did not record what became of a part.
func (b *buyer) journalFailed(p *part, err error) {
	if err == nil {
		return
	}
	b.mu.Lock()
	b.errs = append(b.errs, err)
	b.mu.Unlock()
	b.step(numbers.EventJournal, p, err)
}
