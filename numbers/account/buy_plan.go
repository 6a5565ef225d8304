package account

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Plan describes what Buy would do.
type Plan struct {
	// Known are the orders that the purchase already has.
	Known []*numbers.Order `json:"known,omitempty"`
	// Unknown are attempts of the purchase whose outcome the journal does not have.
	// Buy would resolve them.
	Unknown []numbers.Attempt `json:"unknown,omitempty"`
	// Owned are numbers that the account already owns.
	Owned []*numbers.Number `json:"owned,omitempty"`
	// Requests are the orders that would be placed.
	Requests []numbers.OrderRequest `json:"requests,omitempty"`
	// Quotation is the price of the Requests; nil if the vendor does not state a price.
	Quotation *numbers.Quotation `json:"quotation,omitempty"`
}

// Plan does the steps of Buy that come before it claims or sends anything. It validates
// the request. It finds the orders of the purchase, the numbers that other purchases
// hold, and the numbers that the account owns. It splits the rest into orders, asks for
// the price if the vendor states prices, and compares it with the caps. It buys nothing.
// If the caps forbid the purchase, the error is ErrOverCap or ErrPriceUnknown, and the
// Plan is returned with it.
func (a *Account) Plan(ctx context.Context, r numbers.OrderRequest, opts *BuyOptions) (*Plan, error) {
	if err := a.check(ctx, "Plan"); err != nil {
		return nil, err
	}
	b, err := a.newBuyer("Plan", r, opts)
	if err != nil {
		return nil, err
	}
	b.opts.OnEvent = nil
	if err = b.plan(ctx); err == nil {
		err = b.checkPrice(ctx)
	}
	p := &Plan{Owned: b.owned, Quotation: b.quote}
	for _, part := range b.parts {
		switch {
		case part.order != nil:
			p.Known = append(p.Known, part.order)
		case part.attempt != nil:
			p.Unknown = append(p.Unknown, *part.attempt)
		case !part.gone:
			p.Requests = append(p.Requests, part.r)
		}
	}
	return p, err
}

// plan reads what already exists, and makes parts for the numbers that must be ordered.
func (b *buyer) plan(ctx context.Context) error {
	if err := b.takeUp(ctx); err != nil || b.taken {
		return err
	}
	b.dropAbroad()
	if err := b.dropHeld(ctx); err != nil {
		return err
	}
	left := b.left()
	if len(left) == 0 {
		return nil
	}
	if err := b.read(ctx, left); err != nil {
		return err
	}
	if err := b.dropTaken(ctx); err != nil || b.taken {
		return err
	}
	b.split(b.left())
	return nil
}

// takeUp makes parts for the orders that the purchase has already begun.
func (b *buyer) takeUp(ctx context.Context) error {
	entries, err := b.entries(ctx, numbers.JournalQuery{Scope: b.scope, Purchase: b.purchase})
	if err != nil {
		return because(b.refuse(numbers.ErrNotPlaced, "", "nothing was sent"), err)
	}
	entries = b.keepAbroad(entries)
	for _, e := range entries { // all entries, because a refusal is also returned with what was ordered
		if failed := b.adopt(ctx, e); err == nil {
			err = failed
		}
	}
	if err != nil {
		return err
	}
	if err := b.lookUp(ctx); err != nil {
		return err
	}
	return b.settleAgain(ctx)
}

// adopt makes a part for an entry of the purchase. The error is ErrConflict if the entry
// has numbers that were not requested.
func (b *buyer) adopt(ctx context.Context, e numbers.JournalEntry) error {
	if e.Free() || slices.ContainsFunc(b.parts, func(p *part) bool { return p.entry.ID == e.ID }) {
		return nil
	}
	if b.base != b.purchase { // a round of BuyAny: all its orders belong to it
		b.taken = b.taken || isUnder(e.Reference, b.base)
		return nil
	}
	p := &part{r: b.r, entry: e, known: true, sent: true}
	p.r.Numbers, p.r.Reference = e.Numbers, e.Reference
	if e.End.Status != numbers.EntryPlaced {
		attempt := e.Attempt
		p.attempt, p.again = &attempt, isRepeatable(e)
		p.err = b.unknown(p, notRecorded, nil)
		b.parts = append(b.parts, p)
		return b.otherNumbers(e)
	}
	order, err := b.a.readPlaced(ctx, b.op, e)
	switch {
	case order == nil:
		p.gone, p.waitErr = true, err
	default:
		p.order = b.withoutReleased(p, order)
		if err != nil && b.opts.NoWait && !errors.Is(err, numbers.ErrNotFound) { // otherwise it is read again
			p.also = append(p.also, err)
		}
		b.journalFailed(p, b.a.hold(ctx, &p.entry, order))
	}
	b.parts = append(b.parts, p)
	return b.otherNumbers(e)
}

// otherNumbers returns ErrConflict if an entry has numbers that were not requested.
func (b *buyer) otherNumbers(e numbers.JournalEntry) error {
	wanted := set.Of(b.r.Numbers)
	for _, n := range e.Numbers {
		if len(wanted) > 0 && !wanted.Has(n) {
			return b.refuse(numbers.ErrConflict, "Reference", "the reference was used for other numbers: "+string(n))
		}
	}
	return nil
}

// notRecorded is the message for an order that the purchase has begun and whose outcome
// is not recorded.
const notRecorded = "the journal does not have its outcome"

// lookUp finds orders by the purchase's references, once, at a vendor that keeps
// references. It does so only without Options.Journal, because another process may then
// have placed them.
func (b *buyer) lookUp(ctx context.Context) error {
	if b.looked || !b.named || b.a.shared || b.a.caps.FoundBy != numbers.ByReference || b.base != b.purchase || len(b.parts) > 0 {
		return nil
	}
	b.looked = true
	n := len(b.r.Numbers)
	gaps := min(n, 2) // one order has the reference without a suffix; MaxNumbers may have been another
	return b.a.eachUnder(ctx, b.op, b.base, gaps, b.a.partsOf(n), func(order *numbers.Order) error { return b.adoptOrder(ctx, order) })
}

// adoptOrder claims an order of this purchase that the journal does not have, and makes a
// part for it.
func (b *buyer) adoptOrder(ctx context.Context, order *numbers.Order) error {
	list := order.Numbers()
	if len(list) < max(order.Count, len(order.Items), 1) && len(b.r.Numbers) > 0 { // the order leaves numbers out, or its spelling is not E.164
		if reason := driver.Mismatch(order, b.r.Numbers); reason != "" {
			return b.refuse(numbers.ErrConflict, "Reference", "the reference was used for order "+quote(order.ID)+", and "+reason)
		}
		list = b.r.Numbers
	}
	now := b.a.now()
	e := numbers.JournalEntry{Attempt: numbers.Attempt{
		ID: newID(), Vendor: b.a.caps.Vendor, Account: b.a.name, Scope: b.attemptScope(), Purchase: b.purchase, Reference: order.Reference, Numbers: list,
		Started: now, SendBy: now, Deadline: now, Ended: now,
	}}
	inTheWay, err := b.a.journal.Begin(ctx, e.Attempt)
	switch {
	case err != nil:
		return because(b.refuse(numbers.ErrNotPlaced, "", "nothing was sent: the journal can't record the order that the vendor already has"), err)
	case len(inTheWay) > 0 && inTheWay[0].Purchase == b.purchase:
		return nil // another delivery found it at the same time
	case len(inTheWay) > 0:
		return b.a.heldError(b.op, inTheWay[0], list...)
	}
	if err := b.a.credit(ctx, e, order); err != nil {
		_, _ = b.a.end(ctx, e, numbers.JournalEnd{Status: numbers.EntryNotPlaced, Reason: "its order belongs to another purchase"})
		return because(b.refuse(numbers.ErrConflict, "Reference", "order "+quote(order.ID)), err)
	}
	e.End = b.a.placedEnd(e, order)
	return b.adopt(ctx, e)
}

// byReference finds the order with a reference, at a vendor that keeps references.
func (a *Account) byReference(ctx context.Context, op, reference string) (*numbers.Order, error) {
	var found *numbers.Order
	for order, err := range a.Orders(ctx, numbers.OrderQuery{Reference: reference}) {
		switch {
		case err != nil:
			return nil, err
		case order == nil, order.Reference != reference, found != nil && found.ID == order.ID:
			continue
		case found != nil:
			return nil, a.err(op, numbers.ErrConflict, "Reference",
				fmt.Sprintf("the vendor has two orders with the reference: %s and %s", quote(found.ID), quote(order.ID)), order.Numbers()...)
		}
		found = order
	}
	if found == nil || found.HasAllItems() {
		return found, nil
	}
	return a.readOrder(ctx, op, found.ID)
}

// settleAgain reads once more the outcome of attempts whose numbers are going to be
// ordered again, because the vendor may list their orders by now.
func (b *buyer) settleAgain(ctx context.Context) error {
	var list []*part
	for _, p := range b.parts {
		if p.again && p.known && !p.shown && b.op != "Plan" {
			list = append(list, p)
		}
	}
	if len(list) == 0 || len(b.left()) == 0 {
		return nil
	}
	b.resolveParts(ctx, list)
	for _, p := range list {
		if p.attempt != nil && !p.again {
			return p.err // it could not be read
		}
	}
	return nil
}

// split makes parts for the numbers that must be ordered.
func (b *buyer) split(list []numbers.E164) {
	b.parts = slices.DeleteFunc(b.parts, func(p *part) bool { return !p.known && !p.sent })
	b.used, b.lastUsed = make(set.Set[string]), 0
	for _, p := range b.parts {
		b.used.Add(p.r.Reference)
	}
	for _, e := range b.abroad {
		b.used.Add(e.Reference)
	}
	if len(list) == 0 {
		return
	}
	size := b.a.caps.MaxNumbers
	if size <= 0 {
		size = len(list)
	}
	list = slices.Sorted(slices.Values(list))
	first := 1
	if len(list) <= size && !slices.ContainsFunc(b.parts, func(p *part) bool { return p.covers() || p.again }) {
		first = 0 // the only order of the purchase has the purchase's own reference
	}
	for chunk := range slices.Chunk(list, size) {
		p := &part{r: b.r}
		p.r.Numbers = slices.Clone(chunk)
		p.r.Reference, p.index = b.reference(first)
		first = 1
		b.parts = append(b.parts, p)
	}
}

// reference returns the first of this buyer's references, from the i-th on, that no order
// of the purchase has.
func (b *buyer) reference(i int) (reference string, index int) {
	if i > 0 {
		i = max(i, b.lastUsed+1)
	}
	for ; ; i++ {
		reference := orderReference(b.base, i)
		if !b.used.Has(reference) {
			b.used.Add(reference)
			b.lastUsed = i
			return reference, i
		}
	}
}

// giveBack frees the reference of a part whose order was not made, and the next order of
// this buyer uses it. So the references at the vendor have no gap, and lookUp finds all
// of them one by one.
func (b *buyer) giveBack(p *part) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.r.Reference != "" {
		delete(b.used, p.r.Reference)
		b.lastUsed = min(b.lastUsed, p.index-1)
		p.r.Reference = ""
	}
}

// take sets the reference of a part without one to the first free reference.
func (b *buyer) take(p *part) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.r.Reference == "" {
		p.r.Reference, p.index = b.reference(min(p.index, 1))
	}
}

// planned refuses an order that was claimed although another delivery of the purchase has
// ordered one of its numbers since the plan was made. If that number was released since,
// no entry holds it and the account does not own it, so only this check finds it.
func (b *buyer) planned(ctx context.Context, mine numbers.JournalEntry) error {
	if err := b.checkAbroad(ctx, mine); err != nil {
		return err
	}
	entries, err := b.a.entries(ctx, numbers.JournalQuery{Scope: b.scope, Purchase: b.purchase, Numbers: mine.Numbers})
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range entries {
		if e.ID != mine.ID && !e.Free() && !slices.ContainsFunc(b.parts, func(p *part) bool { return p.entry.ID == e.ID }) {
			return errTaken
		}
	}
	return nil
}
