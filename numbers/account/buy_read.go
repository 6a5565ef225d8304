package account

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// reading is the state of some numbers at the vendor at one time.
type reading struct {
	at     time.Time
	of     set.Set[numbers.E164]
	owned  map[numbers.E164]*numbers.Number
	open   map[numbers.E164]*numbers.Order // the order that a number is in and that has not settled
	before map[numbers.E164][]string       // ids that the vendor has for a number
}

// read reads the state of the numbers at the vendor, unless there is a fresh reading.
func (b *buyer) read(ctx context.Context, list []numbers.E164) error {
	if r := b.reading; r != nil && b.a.now().Sub(r.at) < freshness/2 && !slices.ContainsFunc(list, func(n numbers.E164) bool { return !r.of.Has(n) }) {
		return nil
	}
	r, err := b.a.readNumbers(ctx, b.op, list)
	if err != nil {
		return err
	}
	b.reading = r
	return nil
}

// readNumbers makes one reading of the inventory and, where orders are found by their
// numbers, of the orders. It shows which numbers the account owns or has in an order, and
// the ids that a later attempt did not make.
func (a *Account) readNumbers(ctx context.Context, op string, list []numbers.E164) (*reading, error) {
	r := &reading{
		at: a.now(), // the time when it began; it may miss later changes
		of: set.Of(list), owned: make(map[numbers.E164]*numbers.Number), open: make(map[numbers.E164]*numbers.Order),
		before: make(map[numbers.E164][]string),
	}
	if a.caps.OrdersAreOwned || a.caps.FoundBy != numbers.ByReference {
		q := numbers.OrderQuery{Numbers: list}
		if !a.caps.OrdersAreOwned { // otherwise an old order is an owned number
			q.Recent = a.now()
		}
		for order, err := range a.Orders(ctx, q) {
			switch {
			case err != nil:
			case order == nil:
				err = a.err(op, numbers.ErrVendor, "", "the listing has an order that is nil", list...)
			case !order.HasAllItems():
				order, err = a.readOrder(ctx, op, order.ID)
			}
			if err != nil {
				return nil, err
			}
			r.addOrder(order, a.caps.OrdersAreOwned)
		}
	}
	if !a.caps.OrdersAreOwned {
		owned, err := a.ownedOf(ctx, op, list)
		if err != nil {
			return nil, err
		}
		for _, n := range owned {
			r.owned[n.E164] = n
			r.before[n.E164] = append(r.before[n.E164], n.ID)
		}
	}
	return r, nil
}

func (r *reading) addOrder(o *numbers.Order, areOwned bool) {
	for _, item := range o.Items {
		if !r.of.Has(item.E164) {
			continue
		}
		r.before[item.E164] = append(r.before[item.E164], o.ID)
		switch {
		case lost(item.State):
		case areOwned && item.Owned != nil:
			if item.Owned.State != numbers.NumberReleased {
				r.owned[item.E164] = item.Owned
			}
		case !o.State.Terminal() && !item.State.Terminal():
			r.open[item.E164] = o
		}
	}
}

// ids returns the ids that the numbers had before an attempt.
func (r *reading) ids(list []numbers.E164) []string {
	var ids []string
	for _, n := range list {
		for _, id := range r.before[n] {
			if !slices.ContainsFunc(ids, func(known string) bool { return strings.EqualFold(known, id) }) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// taken reports whether the account owns a number or has it in an order.
func (r *reading) taken(n numbers.E164) bool { return r.owned[n] != nil || r.open[n] != nil }

// dropTaken leaves out the numbers that the account owns or has in an order. It first
// looks for another delivery of this purchase that has such a number.
func (b *buyer) dropTaken(ctx context.Context) error {
	if !slices.ContainsFunc(b.left(), b.reading.taken) {
		return nil
	}
	b.looked = false
	if err := b.takeUp(ctx); err != nil || b.taken {
		return err
	}
	if err := b.dropHeld(ctx); err != nil { // another purchase may have claimed it since
		return err
	}
	for _, n := range b.left() {
		if own := b.reading.owned[n]; own != nil {
			b.owned = append(b.owned, own)
			b.fail(b.a.err(b.op, numbers.ErrAlreadyOwned, "", "", n), n)
		} else if order := b.reading.open[n]; order != nil {
			b.fail(b.onOrder(ctx, n, order), n)
		}
	}
	return nil
}

// errOnOrder is the cause of an ErrConflict of a number that is in an order already.
// Another number may succeed.
var errOnOrder = errors.New("already on order")

func (b *buyer) onOrder(ctx context.Context, n numbers.E164, order *numbers.Order) error {
	e := b.a.err(b.op, numbers.ErrConflict, "", "order "+quote(order.ID)+" for it is "+string(order.State), n)
	e.Err = errOnOrder
	if list, err := b.a.entries(ctx, numbers.JournalQuery{OrderIDs: []string{order.ID}}); err == nil && len(list) > 0 {
		e.HeldBy = list[0].Purchase
	}
	return e
}

// freshen repeats the reading for a claim if it is too old, because a limiter or a 429
// may have delayed the claim. It refuses numbers that were taken since.
func (b *buyer) freshen(ctx context.Context, p *part) (*reading, error) {
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return nil, ctxerr.Of(ctx)
	}
	if b.a.now().Sub(b.reading.at) > freshness {
		fresh, err := b.a.readNumbers(ctx, b.op, slices.Sorted(maps.Keys(b.reading.of)))
		if err != nil {
			return nil, err
		}
		b.reading = fresh
	}
	if slices.ContainsFunc(p.r.Numbers, b.reading.taken) {
		return nil, errTaken
	}
	return b.reading, nil
}

// errTaken means that a number of an order was taken while the order waited.
var errTaken = errors.New("another purchase took a number")
