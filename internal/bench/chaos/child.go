package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/journal"
)

// buyer is the client: an application that was killed before, and that has nothing but
// its journal and its reports.
type buyer struct {
	job
	subject subject
	acct    *account.Account
	journal *journal.Journal
	told    reports
	out     *bufio.Writer

	mu   sync.Mutex
	seen int
}

const (
	// quiet is how long nothing may happen in a purchase before it is given up: the next
	// delivery continues it.
	quiet = 5 * settle
	// rounds is how often the client tries without getting any further. What is missing
	// then is the parent's to say.
	rounds = 20
	// atOnce is how many customers are served at a time.
	atOnce = 6
)

func (b *buyer) run(ctx context.Context) error {
	if _, err := b.acct.Recover(ctx); err != nil {
		b.say("recovering: %.300s", err.Error()) // what is left is left open
	}
	all := customers(b.subject, b.Numbers)
	least := len(all) + 1
	for idle := 0; idle < rounds && ctx.Err() == nil; idle++ {
		waiting := b.waiting(all)
		if len(waiting) == 0 {
			if err := b.finish(ctx); err == nil {
				b.say("done")
				return nil
			} else if b.say("%v", err); idle == rounds-1 {
				return err
			}
			time.Sleep(settle)
			b.serveAll(ctx, b.pending(all)) // what was pending has settled late
			continue
		}
		if len(waiting) < least {
			least, idle = len(waiting), 0
		}
		b.serveAll(ctx, waiting)
	}
	return ctx.Err()
}

// waiting are the customers of this life that are not done, in random order.
func (b *buyer) waiting(all []customer) []customer {
	taken := b.told.taken()
	list := slices.DeleteFunc(slices.Clone(all), func(c customer) bool { return !c.active(all, b.Active) || b.told.done(c, taken) })
	rand.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
	return list
}

// pending are the customers of this life that were told that a number is pending.
func (b *buyer) pending(all []customer) []customer {
	told := make(map[int]bool)
	for _, one := range b.told.all() {
		told[one.Customer] = len(one.Pending) > 0
	}
	return slices.DeleteFunc(slices.Clone(all), func(c customer) bool { return !c.active(all, b.Active) || !told[c.id] })
}

func (b *buyer) serveAll(ctx context.Context, list []customer) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for _, c := range list {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := b.serve(ctx, c); err != nil {
				b.say("%v", err)
			}
		})
	}
	wg.Wait()
}

// serve delivers a customer's job once, and at times twice at once, and reports to him.
func (b *buyer) serve(ctx context.Context, c customer) error {
	if c.id%7 == 3 {
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = b.deliver(ctx, c) }) // the other delivery is told
		defer wg.Wait()
	}
	p, err := b.deliver(ctx, c)
	told, err := b.report(ctx, c, p, err)
	if err != nil {
		return err
	}
	return b.told.add(told)
}

// deliver is one delivery of a customer's job, which is given up when nothing happens in
// it.
func (b *buyer) deliver(ctx context.Context, c customer) (*account.Purchase, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	idle := time.AfterFunc(quiet, cancel)
	defer idle.Stop()
	opts := account.BuyOptions{
		Concurrency: 2,
		Wait:        account.WaitOptions{MinInterval: 5 * time.Millisecond, MaxInterval: 50 * time.Millisecond},
		OnEvent: func(e numbers.Event) {
			if e.Kind != numbers.EventPending {
				idle.Reset(quiet)
			}
			b.event(e)
		},
	}
	if c.any > 0 {
		return b.acct.BuyAny(ctx, *b.subject.search, c.any, &account.BuyAnyOptions{BuyOptions: opts, Reference: c.reference(), Assign: b.Assign})
	}
	return b.acct.Buy(ctx, numbers.OrderRequest{Numbers: c.wants, Reference: c.reference(), Assign: b.Assign}, &opts)
}

// report is what a customer is told of a purchase.
func (b *buyer) report(ctx context.Context, c customer, p *account.Purchase, err error) (report, error) {
	var missing map[numbers.E164]error
	if failed, ok := errors.AsType[*account.PurchaseError](err); ok {
		missing = failed.Missing()
		b.say("%s: %d of %d: %.300v", c.reference(), len(failed.Errs), len(c.wants), failed.Errs[0])
	} else if err != nil {
		b.say("%s: %.300v", c.reference(), err)
	}
	told := telling{report: report{Customer: c.id, Bought: p.Bought()}}
	told.known = set.Of(told.Bought)
	if p != nil {
		told.unbought(p.Orders)
	}
	if err := b.attempts(ctx, c, &told); err != nil {
		return told.report, err
	}
	told.rest(c.wants, missing)
	if c.any > 0 {
		told.Short = max(c.any-len(told.Bought)-len(told.Pending)-len(told.Orphaned), 0)
	}
	return told.report, nil
}

// telling is a report that is being written: a number stays where it was noted first.
type telling struct {
	report
	known set.Set[numbers.E164]
}

func (t *telling) note(to *[]numbers.E164, n numbers.E164) {
	if !t.known.Has(n) {
		t.known.Add(n)
		*to = append(*to, n)
	}
}

// unbought notes what failed in the orders, and what is pending in them.
func (t *telling) unbought(orders []*numbers.Order) {
	for _, o := range orders {
		for _, item := range o.Items {
			switch item.State {
			case numbers.StateFailed, numbers.StateCanceled:
				t.note(&t.Failed, item.E164)
			case numbers.StatePending:
				t.note(&t.Pending, item.E164)
			default:
			}
		}
	}
}

// attempts notes the numbers of the customer's open attempts: which of these are possibly
// orphaned the journal says.
func (b *buyer) attempts(ctx context.Context, c customer, told *telling) error {
	var open []numbers.E164
	for e, err := range b.journal.Entries(context.WithoutCancel(ctx), numbers.JournalQuery{Purchase: c.reference(), Open: true}) {
		if err != nil {
			return err
		}
		if e.End.Status != numbers.EntryOrphaned {
			open = append(open, e.Numbers...)
			continue
		}
		for _, n := range e.Numbers {
			told.note(&told.Orphaned, n)
		}
	}
	for _, n := range open {
		told.note(&told.Open, n)
	}
	return nil
}

// rest notes the numbers of which nothing else is known than why they are missing.
func (t *telling) rest(wants []numbers.E164, missing map[numbers.E164]error) {
	for _, n := range wants {
		if why := missing[n]; errors.Is(why, numbers.ErrConflict) || errors.Is(why, numbers.ErrAlreadyOwned) {
			t.note(&t.Elsewhere, n)
		} else {
			t.note(&t.Open, n)
		}
	}
}

// event dies where the parent asked for it, as a machine does: at once.
func (b *buyer) event(e numbers.Event) {
	if e.Kind != b.DieAt {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.seen++; b.seen >= b.DieAfter {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
}

// finish compares what the customers were told with the vendor's inventory, when all are
// done. What the vendor does not list is not compared: orphans and what is pending.
func (b *buyer) finish(ctx context.Context) error {
	told := make(map[numbers.E164]int)
	for _, one := range b.told.all() {
		for _, n := range one.Bought {
			told[n]++
		}
	}
	owned := make(map[numbers.E164]int)
	for n, err := range b.acct.Owned(ctx, numbers.OwnedQuery{}) {
		if err != nil {
			return err
		}
		owned[n.E164]++
	}
	for i := range b.Active {
		if n := number(i); owned[n] != told[n] {
			return fmt.Errorf("the account owns %s %d times, and %d customers were told so", n, owned[n], told[n])
		}
	}
	return nil
}

func (b *buyer) say(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fmt.Fprintf(b.out, format+"\n", args...)
	b.out.Flush()
}
