package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal"
)

// buyer is the client: an application that was killed before, and that knows
// nothing but what its journal and its notes say.
type buyer struct {
	job
	subject subject
	orderer numbers.Orderer
	journal *journal.Journal
	notes   notes
	out     *bufio.Writer
	seen    int
}

const (
	// perBuy is how many numbers one Buy asks for.
	perBuy = 200
	// quiet is how long nothing may happen in a purchase before it is given
	// up: its orders are waited for later, by their ids.
	quiet = 5 * settle
	// rounds is how often the client tries without getting any further. What
	// is missing then is the parent's to say.
	rounds = 20
	// atOnce is how many requests are under way at a time.
	atOnce = 8
)

func (b *buyer) run(ctx context.Context) error {
	least, idle := math.MaxInt, 0
	var doubt error // why it is not at its end, though nothing is left to do
	for ctx.Err() == nil && idle < rounds {
		known, err := b.recall(ctx)
		if err != nil {
			return err
		}
		missing := b.missing(known)
		left := len(missing) + len(known.unread) + known.attempts
		if left < least {
			least, idle = left, 0
		}
		idle++
		if left == 0 {
			if doubt = b.finish(ctx, known); doubt == nil {
				b.say("done")
				return nil
			}
			b.say("%v", doubt)
			time.Sleep(settle)
		}
		// Several rounds before the next look at the journal: it is long.
		for len(missing) > 0 && ctx.Err() == nil {
			n := min(perBuy, len(missing))
			if err := b.buy(ctx, missing[:n]); err != nil {
				return err
			}
			missing = missing[n:]
		}
	}
	return errors.Join(ctx.Err(), doubt)
}

// recall finds out what a crash or a failed reading left open, and returns what
// is known now.
func (b *buyer) recall(ctx context.Context) (belief, error) {
	recovered, err := numbers.Recover(ctx, b.journal, numbers.Account{Name: "main", Orderer: b.orderer})
	if err != nil {
		b.say("recovering: %.300s", err.Error()) // what is left is left open
	}
	for _, r := range recovered {
		if o := r.Resolution.Order; o.Settled() {
			if err := b.notes.add(o); err != nil {
				return belief{}, err
			}
		}
	}
	known, err := believe(ctx, b.journal, b.notes)
	if err != nil {
		return known, err
	}
	if len(known.unread) == 0 {
		return known, nil
	}
	if err := b.read(ctx, known.unread); err != nil {
		return known, err
	}
	return believe(ctx, b.journal, b.notes)
}

// read waits for orders by their ids, all side by side, and notes them.
func (b *buyer) read(ctx context.Context, entries []numbers.JournalEntry) error {
	ctx, cancel := context.WithTimeout(ctx, quiet)
	defer cancel()
	var wg sync.WaitGroup
	orders, errs := make([]*numbers.Order, len(entries)), make([]error, len(entries))
	o := throttled{Orderer: b.orderer, slots: make(chan struct{}, atOnce)}
	for i, e := range entries {
		wg.Go(func() { orders[i], errs[i] = numbers.Wait(ctx, o, e.End.OrderID, waiting()) })
	}
	wg.Wait()
	for i, o := range orders {
		var err error
		switch {
		case o != nil:
			err = b.notes.add(o)
		case errors.Is(errs[i], numbers.ErrNotFound):
			err = b.notes.lose(entries[i])
		default:
			b.say("reading: %v", errs[i])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func waiting() *numbers.WaitOptions {
	return &numbers.WaitOptions{MinInterval: 5 * time.Millisecond, MaxInterval: 50 * time.Millisecond}
}

// missing are the numbers that may be ordered: none is bought, possibly bought
// or in an order that may still buy it.
func (b *buyer) missing(known belief) []numbers.E164 {
	var list []numbers.E164
	for i := range b.Numbers {
		if n := number(i); known.of[n] == none {
			list = append(list, n)
		}
	}
	return list
}

// buy buys some numbers. An error of it is the machine's, not the purchase's.
func (b *buyer) buy(ctx context.Context, list []numbers.E164) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	idle := time.AfterFunc(quiet, cancel)
	defer idle.Stop()
	o := limited{Orderer: numbers.Journaled(b.orderer, "main", b.journal), most: b.subject.most}
	p, err := numbers.Buy(ctx, o, numbers.OrderRequest{Numbers: list, Assign: b.Assign}, &numbers.BuyOptions{
		Concurrency: atOnce,
		Wait:        *waiting(),
		OnEvent: func(e numbers.Event) {
			if e.Kind != numbers.EventPending {
				idle.Reset(quiet)
			}
			b.event(e)
		},
	})
	if pe, ok := errors.AsType[*numbers.PurchaseError](err); ok {
		b.say("%d of %d: %v", len(pe.Errs), len(list), pe.Errs[0])
	} else if err != nil {
		b.say("%v", err)
	}
	if p == nil {
		return nil
	}
	for _, order := range p.Orders {
		if order.Settled() || ctx.Err() != nil {
			if err := b.notes.add(order); err != nil {
				return err
			}
		}
	}
	return nil
}

// event dies where the parent asked for it, as a machine does: at once.
func (b *buyer) event(e numbers.Event) {
	if e.Kind != b.DieAt {
		return
	}
	if b.seen++; b.seen >= b.DieAfter {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
}

func (b *buyer) say(format string, args ...any) {
	fmt.Fprintf(b.out, format+"\n", args...)
	b.out.Flush()
}
