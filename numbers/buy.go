package numbers

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// BuyOptions are the options of [Buy]. The zero value means the defaults.
type BuyOptions struct {
	// MaxUpfront and MaxMonthly cap what the whole request may cost, with what
	// an earlier call by the same reference has ordered; nil = no cap. Where a
	// cap is set, a price that the vendor does not state, or states in another
	// currency or in none, refuses the purchase before anything is sent.
	// Where an order costs nothing (Registers) there is nothing to cap.
	MaxUpfront, MaxMonthly *Money
	// Concurrency is how many requests are under way at once; 0 = 4.
	Concurrency int
	// NoWait returns when the vendor has accepted the orders, without waiting
	// for them to settle. Orders that are still pending are no error then. An
	// assignment that the order itself can't make is refused.
	NoWait bool
	// Wait are the options for waiting.
	Wait WaitOptions
	// OnEvent is called at every step, by one goroutine at a time. The purchase
	// does not go on before it returns.
	OnEvent func(Event)
}

// Buy orders numbers and sees the order through:
//
//  1. A reference that the vendor or a journal knows: that order is taken up,
//     and nothing is sent. A number that the account has: ErrAlreadyOwned, and
//     it is not ordered. One that stands in an order that has not ended, at a
//     vendor that keeps no references: ErrConflict, and it is not ordered.
//  2. The price is held against the caps.
//  3. The rest is split into orders of Capabilities.MaxNumbers, which are
//     placed side by side, each sent at most once. Where there are several,
//     the reference gets a suffix, "-1", "-2", …; no other purchase may have
//     such a name. A 429 means that nothing was done: the order is tried again
//     later, and all others are held back.
//  4. What has an unclear outcome is resolved by reading.
//  5. Orders are waited for until they settle.
//  6. What the order could not assign is assigned to the numbers.
//
// err is nil where every number is bought: Complete, or Pending in an order
// that is Final. Otherwise it is a *PurchaseError beside the purchase; numbers
// that it does not name were bought. One failure neither stops nor hides the
// others, and where ctx ends, every order that was sent is in the Purchase or
// in its Unknown. A refusal of the whole request before anything was sent
// (invalid, over the cap) is an *Error; the Purchase is then nil, but where an
// earlier call by the same reference has ordered something.
//
// A job that is delivered twice, one delivery after the other, gets the same
// order again where the Orderer is [Journaled], or where the vendor keeps
// references and lists the order by then. Two deliveries at the same time share
// an order only where both are Journaled by one journal. Elsewhere a number that
// the first delivery got is ErrAlreadyOwned, ErrConflict or ErrNumberUnavailable
// to the second; and if both come at the same moment, nothing but the vendor's
// refusal to sell a number twice prevents a double purchase.
func Buy(ctx context.Context, o Orderer, r OrderRequest, opts *BuyOptions) (*Purchase, error) {
	b, err := newBuyer("Buy", o, r, opts)
	if err != nil {
		return nil, err
	}
	return b.run(ctx)
}

func (b *buyer) run(ctx context.Context) (*Purchase, error) {
	if err := b.plan(ctx); err != nil {
		return b.knownAlready(), err
	}
	if err := b.afford(ctx); err != nil {
		return b.knownAlready(), err
	}
	b.placeAll(ctx)
	return b.finish(ctx)
}

// finish sees through what was ordered.
func (b *buyer) finish(ctx context.Context) (*Purchase, error) {
	b.resolveAll(ctx)
	if !b.opts.NoWait {
		b.waitAll(ctx)
		b.assignAll(ctx)
	}
	return b.result()
}

// buyer is one Buy under way.
type buyer struct {
	op     string // what the caller called
	named  bool   // the reference is the caller's
	o      Orderer
	caps   Capabilities
	r      OrderRequest
	opts   BuyOptions
	later  Assignment // what is assigned after the order
	left   []E164     // numbers that a known reference was used without
	before []string
	owned  []*Number
	quote  *Quotation
	offers map[E164]*Price // what a BuyAny was offered
	parts  []*part
	pace   pace

	mu   sync.Mutex // for what goes on side by side; the caller's functions run under it
	errs []error    // of numbers that no part has
}

// part is one order of a purchase.
type part struct {
	r       OrderRequest
	known   bool   // taken up, not sent
	price   *Price // as it was quoted or offered
	order   *Order
	attempt *Attempt // set while the outcome is unknown
	err     error    // why it was not placed, or is unknown
	waitErr error
	other   error   // the order is for other numbers than were asked for
	also    []error // what else went wrong with an order that was placed
}

func (o BuyOptions) withDefaults() BuyOptions {
	if o.Concurrency <= 0 {
		o.Concurrency = 4
	}
	return o
}

func newBuyer(op string, o Orderer, r OrderRequest, opts *BuyOptions) (*buyer, error) {
	if err := usable(op, o); err != nil {
		return nil, err
	}
	if opts == nil {
		opts = &BuyOptions{}
	}
	b := &buyer{op: op, named: r.Reference != "", o: o, caps: whereOf(o, o.Capabilities()), r: r, opts: opts.withDefaults()}
	whole := b.caps
	whole.MaxNumbers = 0 // more are split
	if b.caps.Can.Has(CanAssign | CanListOwned) {
		whole.Assigns |= b.caps.AssignsOwned
	}
	if err := r.Validate(op, whole); err != nil {
		return nil, err
	}
	if err := b.checkLimits(); err != nil {
		return nil, err
	}
	b.r.Numbers = slices.Clone(r.Numbers)
	if b.r.Reference == "" {
		b.r.Reference = NewReference()
	}
	b.splitAssignment()
	if b.opts.NoWait && !b.later.IsZero() {
		return nil, b.refuse(ErrInvalid, "NoWait", "the order can't set "+b.later.Fields().String()+", which is assigned when it has settled")
	}
	return b, nil
}

// whereOf names the account as the journal does where the Orderer has no name
// for it, so that events and errors say where.
func whereOf(o Orderer, c Capabilities) Capabilities {
	if d, ok := As[*journaled](o); ok && c.Account == "" {
		c.Account = d.account
	}
	return c
}

func (b *buyer) refuse(kind error, field, message string) *Error {
	return b.caps.err(b.op, kind, field, message, b.r.Numbers...)
}

// splitAssignment keeps in the order what the order can set, and the rest for
// afterwards.
func (b *buyer) splitAssignment() {
	if b.r.Assign == nil {
		return
	}
	now, later := b.r.Assign.split(b.caps.Assigns)
	b.r.Assign, b.later = nil, later
	if !now.IsZero() {
		b.r.Assign = &now
	}
}

// split divides r.Numbers into orders. The references depend on the request
// alone, and not on the order of its numbers, so that a job that is delivered
// twice finds its own orders.
func (b *buyer) split() {
	size := b.caps.MaxNumbers
	if size <= 0 || size >= len(b.r.Numbers) {
		b.parts = []*part{{r: b.r}}
		return
	}
	sorted := slices.Sorted(slices.Values(b.r.Numbers))
	for list := range slices.Chunk(sorted, size) {
		r := b.r
		r.Numbers, r.Reference = list, partReference(b.r.Reference, len(b.parts)+1)
		b.parts = append(b.parts, &part{r: r})
	}
}

// partReference is the reference of the i-th order of a split purchase.
func partReference(reference string, i int) string { return fmt.Sprintf("%s-%d", reference, i) }

func (b *buyer) event(e Event) {
	if b.opts.OnEvent == nil {
		return
	}
	e.Time, e.Vendor = time.Now(), b.caps.Vendor
	if e.Account == "" {
		e.Account = b.caps.Account
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.opts.OnEvent(e)
}

// tell reports a step of a part.
func (b *buyer) tell(kind EventKind, p *part, err error) { b.event(p.event(kind, err)) }

func (p *part) event(kind EventKind, err error) Event {
	e := Event{Kind: kind, Reference: p.r.Reference, Numbers: p.r.Numbers, Price: p.price, Err: err}
	if p.order != nil {
		e.Account, e.OrderID, e.State = p.order.Account, p.order.ID, p.order.State
		if p.order.Price != nil {
			e.Price = p.order.Price
		}
	}
	return e
}

// each runs do for every part, with bounded concurrency, and waits for all.
func (b *buyer) each(do func(*part)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, b.opts.Concurrency)
	for _, p := range b.parts {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			do(p)
		})
	}
	wg.Wait()
}

// split divides a into the fields of set and the others.
func (a Assignment) split(set AssignField) (in, out Assignment) {
	for _, f := range []struct {
		bit           AssignField
		from, in, out *string
	}{
		{AssignConnection, &a.Connection, &in.Connection, &out.Connection},
		{AssignApplication, &a.Application, &in.Application, &out.Application},
		{AssignMessagingProfile, &a.MessagingProfile, &in.MessagingProfile, &out.MessagingProfile},
		{AssignBillingGroup, &a.BillingGroup, &in.BillingGroup, &out.BillingGroup},
		{AssignCallFlow, &a.CallFlow, &in.CallFlow, &out.CallFlow},
		{AssignMessageFlow, &a.MessageFlow, &in.MessageFlow, &out.MessageFlow},
	} {
		if set&f.bit != 0 {
			*f.in = *f.from
		} else {
			*f.out = *f.from
		}
	}
	return in, out
}
