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
	// MaxUpfront and MaxMonthly are the largest prices of the whole purchase, including
	// the orders of earlier calls with the same reference; nil = no cap. With a cap, the
	// purchase is refused before anything is sent if the vendor does not state the price,
	// or states it without a currency or in another currency. Caps are ignored if orders
	// are free (Registers).
	MaxUpfront, MaxMonthly *numbers.Money
	// Scope is the range within which the purchase's reference is unique, if several
	// accounts share one journal. A fleet sets it to its name. If this purchase has a
	// number at another account of the scope, or another purchase holds the number there,
	// the error is ErrConflict, and the number is not ordered. "" = the account.
	Scope string
	// Concurrency is the largest count of orders, and of readings of orders, that run at
	// the same time. 0 = 4 readings, and from 4 up to 64 orders as long as the vendor
	// accepts them.
	Concurrency int
	// NoWait makes Buy return when the vendor has accepted the orders, before they
	// settle. A pending order is then not an error. If r.Assign has a field that an order
	// can't set, Buy refuses the request.
	NoWait bool
	// Wait are the options for waiting.
	Wait WaitOptions
	// OnEvent is called at every step, by one goroutine at a time. The purchase waits
	// until OnEvent returns.
	OnEvent func(numbers.Event)
}

// Buy orders numbers and waits until the orders settle:
//
//  1. Buy continues the orders that this purchase (r.Reference) already began, also if
//     another process began them. It does not order their numbers again.
//  2. If another purchase holds a number, the error is ErrConflict, and the number is not
//     ordered. Error.HeldBy is the reference of that purchase. If the attempt of that
//     purchase has ended, Buy resolves it first.
//  3. If the account owns a number, the error is ErrAlreadyOwned. If a number is in an
//     order that has not settled, the error is ErrConflict. Neither number is ordered. A
//     number that another purchase has just bought is ErrConflict by step 2 until the
//     hold of that purchase ends (Capabilities.ListingDelay and numbers.ClockSlack after
//     the order settled). After that it is ErrAlreadyOwned.
//  4. Buy compares the price with the caps.
//  5. Buy splits the other numbers into orders of at most Capabilities.MaxNumbers
//     numbers, and places the orders in parallel. Each order claims its numbers in the
//     journal. It is sent at most once, within 15 seconds after its claim or not at all.
//     After a 429, nothing was ordered: Buy places the order again later. All other
//     orders wait, and are then sent at a rate that the vendor accepts. If the vendor
//     refuses an order because of some of its numbers, Buy places the order again without
//     them.
//  6. Buy resolves an unclear outcome by reading the vendor's lists.
//  7. Buy waits until the orders settle.
//  8. For each number, Buy sets the fields of r.Assign that the order could not set.
//
// The error is nil if every number is bought: Complete, or Pending in a Final order, at
// no more than the cap. Otherwise the error is a *PurchaseError, and the Purchase is
// returned with it. Numbers that the error does not name were bought. A failure does not
// stop the other orders, and the error has all failures. If ctx ends, every order that
// was sent is in Purchase.Orders or Purchase.Unknown. If the whole request is refused
// before anything was sent (invalid, over the cap), the error is an *Error. The Purchase
// is then nil, unless an earlier call already ordered something.
//
// r.Reference is the caller's name for this purchase, at most 200 bytes of UTF-8. A job
// that is delivered twice buys once, also if both deliveries run at the same time in two
// processes that share a journal. "" = a new reference from numbers.NewReference. A
// reference that ends with the suffix of an order ("~1", "~r1", "~r1~2") is ErrInvalid.
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

// run is the whole algorithm. If a round leaves numbers without an order and without an
// error, another round follows: another delivery of the same purchase had these numbers,
// or began an order for them and did not place it.
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

// finish waits for the orders, assigns their numbers, and returns the result.
func (b *buyer) finish(ctx context.Context) (*Purchase, error) {
	if !b.opts.NoWait {
		b.waitAll(ctx)
		b.assignAll(ctx)
	}
	b.refresh(ctx)
	return b.result(ctx)
}

// another reports whether another round is needed because numbers are left. It pauses
// before that round.
func (b *buyer) another(ctx context.Context, round int) bool {
	const most = 50
	left := b.left()
	if len(left) == 0 {
		return false
	}
	pause := time.Duration(round) * 20 * time.Millisecond
	if b.scoped() {
		pause += b.a.jitter(pause) // another account of the scope may also have withdrawn its claim
	}
	if round == most || sleep(ctx, pause) != nil {
		for _, n := range left {
			b.fail(b.a.err(b.op, numbers.ErrNotPlaced, "", "the order was not sent: another delivery of this purchase held the number", n), n)
		}
		return false
	}
	return true
}

// buyer is one running Buy.
type buyer struct {
	a        *Account
	op       string // the method that the caller called
	purchase string // the caller's reference
	scope    string // the range within which the reference is unique
	base     string // the first reference of this buyer's orders: that of the purchase, or of a round of BuyAny
	named    bool   // the caller set the reference
	r        numbers.OrderRequest
	opts     BuyOptions
	later    numbers.Assignment // the fields that are assigned after the order
	enough   func(context.Context, numbers.JournalEntry) error

	parts    []*part
	abroad   []numbers.JournalEntry // entries of the purchase at other accounts of its scope
	reading  *reading
	owned    []*numbers.Number
	quote    *numbers.Quotation
	offers   map[numbers.E164]*numbers.Price // the prices of the offers of a BuyAny
	tookUp   set.Set[numbers.E164]           // numbers that this buyer orders after another delivery did not place their order
	used     set.Set[string]                 // references of this buyer's orders
	lastUsed int                             // the index of the last reference that was chosen
	looked   bool                            // the vendor's orders were searched by the reference
	taken    bool                            // another delivery has this round of a BuyAny
	yielded  bool                            // another delivery has begun enough orders
	pace     pace.Pace                       // of this purchase's orders
	atOnce   int                             // how many orders may run at the same time

	turn chan struct{} // a slot for one new reading; guards reading while orders are placed

	mu     sync.Mutex // guards what the orders share; the caller's functions run with it locked
	failed map[numbers.E164]error
	errs   []error
}

// part is one order of a purchase.
type part struct {
	r       numbers.OrderRequest
	entry   numbers.JournalEntry // the journal's entry; without an id if nothing was begun
	known   bool                 // begun by an earlier call or another delivery
	sent    bool                 // this call has finished sending it
	price   *numbers.Price       // the quoted or offered price
	items   []numbers.QuotedItem // the quoted prices of its numbers
	order   *numbers.Order
	attempt *numbers.Attempt // set while the outcome is unknown
	index   int              // the index of its reference under the base
	again   bool             // its outcome is unknown, and ordering its numbers again is safe
	shown   bool             // this call has read its outcome
	given   bool             // one of its numbers was bought and later released
	gone    bool             // it was placed, and the vendor no longer has it
	err     error            // why it was not placed, or why its outcome is unknown
	waitErr error
	other   error   // the order is for other numbers than were requested
	also    []error // other errors of an order that was placed
}

// covers reports whether the numbers of the part must not be ordered by another part.
func (p *part) covers() bool { return p.order != nil || p.gone || p.attempt != nil && !p.again }

// mostAtOnce is the largest count of orders that run at the same time if the caller does
// not set Concurrency.
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
		return nil, b.refuse(numbers.ErrInvalid, "NoWait", "an order at this vendor can't set "+b.later.Fields().String()+", and NoWait does not wait to set it afterwards")
	}
	return b, nil
}

func (b *buyer) refuse(kind error, field, message string) *numbers.Error {
	return b.a.err(b.op, kind, field, message, b.r.Numbers...)
}

// fail records err as the reason why the numbers were definitely not bought.
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

// left returns the numbers that no part covers and that have not failed, sorted.
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

// emit calls OnEvent.
func (b *buyer) emit(e numbers.Event) {
	if b.opts.OnEvent == nil {
		return
	}
	e.Time, e.Vendor, e.Account = b.a.now(), b.a.caps.Vendor, b.a.name
	b.mu.Lock()
	defer b.mu.Unlock()
	b.opts.OnEvent(e)
}

// step emits an event of a part.
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

// journalFailed reports that the journal did not record the outcome of a part.
func (b *buyer) journalFailed(p *part, err error) {
	if err == nil {
		return
	}
	b.mu.Lock()
	b.errs = append(b.errs, err)
	b.mu.Unlock()
	b.step(numbers.EventJournal, p, err)
}
