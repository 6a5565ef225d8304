package account_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

// simJob is what a customer wants: some numbers, or any n.
type simJob struct {
	reference string // "" = the customer gives none, and the job is delivered once
	numbers   []numbers.E164
	any       int
	noWait    bool

	mu         sync.Mutex
	deliveries int
	results    []simResult
}

// simResult is what one delivery of a job came to.
type simResult struct {
	purchase *account.Purchase
	err      error
	killed   bool
}

func (j *simJob) String() string {
	if j.any > 0 {
		return fmt.Sprintf("%q any %d", j.reference, j.any)
	}
	return fmt.Sprintf("%q %v", j.reference, j.numbers)
}

// drawJob draws a job.
func (w *simWorld) drawJob(d *rand.Rand, reference string) *simJob {
	j := &simJob{reference: reference, noWait: d.IntN(3) == 0}
	if d.IntN(8) == 0 {
		j.reference = ""
	}
	if happens(d, w.any) {
		j.any = 1 + d.IntN(3)
		return j
	}
	j.numbers = slices.Clone(w.pool)
	d.Shuffle(len(j.numbers), func(a, b int) { j.numbers[a], j.numbers[b] = j.numbers[b], j.numbers[a] })
	j.numbers = j.numbers[:1+d.IntN(min(4, len(j.numbers)))]
	return j
}

// deliver delivers a job to a process.
func (w *simWorld) deliver(p *simProcess, j *simJob, patience time.Duration) simResult {
	w.count("deliveries")
	w.logf("%s gets %s for %s", p.name, j, patience)
	j.mu.Lock()
	j.deliveries++
	actor := fmt.Sprint(j, " ", j.deliveries)
	j.mu.Unlock()
	ctx, cancel := context.WithTimeout(p.as(actor), patience)
	defer cancel()
	var r simResult
	opts := account.BuyOptions{NoWait: j.noWait, Wait: account.WaitOptions{MaxInterval: 5 * time.Minute}}
	if j.any > 0 {
		r.purchase, r.err = p.acct.BuyAny(ctx, numbers.SearchQuery{Country: "US"}, j.any, &account.BuyAnyOptions{BuyOptions: opts, Reference: j.reference})
	} else {
		r.purchase, r.err = p.acct.Buy(ctx, numbers.OrderRequest{Numbers: j.numbers, Reference: j.reference}, &opts)
	}
	r.killed = p.ctx.Err() != nil
	if r.killed {
		r.purchase, r.err = nil, errKilled // nobody hears of it
	}
	w.logf("%s: %s got %s", p.name, j, w.describe(r))
	j.mu.Lock()
	defer j.mu.Unlock()
	j.results = append(j.results, r)
	return r
}

// describe is a result without what is random in it.
func (w *simWorld) describe(r simResult) string {
	var parts []string
	if r.purchase != nil {
		for _, o := range r.purchase.Orders {
			parts = append(parts, fmt.Sprintf("%s %s %v", o.ID, o.State, o.Numbers()))
		}
		for _, a := range r.purchase.Unknown {
			parts = append(parts, fmt.Sprintf("unknown %s %v", w.reference(a.Reference), a.Numbers))
		}
	}
	if e, ok := any(r.err).(*account.PurchaseError); ok {
		for _, err := range e.Errs {
			parts = append(parts, numbers.KindOf(err).Error())
		}
	} else if r.err != nil {
		parts = append(parts, numbers.KindOf(r.err).Error())
	}
	slices.Sort(parts)
	return strings.Join(parts, "; ")
}

// live lets the customers and replicas live until every delivery has ended.
func (w *simWorld) live() []*simJob {
	jobs := make([]*simJob, 0, w.customers)
	var wg sync.WaitGroup
	var mu sync.Mutex
	add := func(j *simJob) {
		mu.Lock()
		defer mu.Unlock()
		jobs = append(jobs, j)
	}
	for i := range w.customers {
		d := w.dice(fmt.Sprintf("customer %d", i))
		j := w.drawJob(d, fmt.Sprintf("k%d", i))
		add(j)
		deliveries := pick(d, 1, 1, 2, 3)
		if j.reference == "" {
			deliveries = 1
		}
		first := upTo(d, w.spread)
		for n := range deliveries {
			d := rand.New(rand.NewPCG(d.Uint64(), 0))
			wg.Go(func() {
				time.Sleep(first)
				if n > 0 {
					time.Sleep(upTo(d, pick(d, 100*time.Millisecond, 10*time.Second, w.spread)))
				}
				w.serve(d, j, add)
			})
		}
	}
	for i := range w.recovers {
		d := w.dice(fmt.Sprintf("recover %d", i))
		wg.Go(func() {
			time.Sleep(upTo(d, w.spread+10*time.Minute))
			w.recover(d, fmt.Sprint("recovery ", i))
		})
	}
	wg.Wait()
	return jobs
}

// anyone is a replica's process.
func (w *simWorld) anyone(d *rand.Rand) *simProcess { return pick(d, w.machines...).running() }

// serve delivers a job, and again if its process is killed. The customer may give back
// what he got, and buy it anew.
func (w *simWorld) serve(d *rand.Rand, j *simJob, add func(*simJob)) {
	var r simResult
	p := w.anyone(d)
	for try := 1; ; try++ {
		r = w.deliver(p, j, pick(d, 5*time.Second, 2*time.Minute, time.Hour, 6*time.Hour))
		if r.err == nil || j.reference == "" || try == 4 || d.IntN(5) == 0 {
			break
		}
		e, _ := errors.AsType[*numbers.Error](r.err)
		switch {
		case e == nil || e.RetryAfter == 0:
			p = w.anyone(d)
			time.Sleep(upTo(d, time.Minute))
		case d.IntN(3) > 0: // just when it is free, as this replica counts it
			p = p.r.running()
			time.Sleep(e.RetryAfter + upTo(d, 5*time.Second))
		default:
			p = w.anyone(d)
			time.Sleep(upTo(d, e.RetryAfter+10*time.Second))
		}
	}
	if r.purchase == nil {
		return
	}
	w.lookup(d, j)
	if len(r.purchase.Unknown) > 0 && d.IntN(2) == 0 {
		w.count("resolved by a customer")
		p := w.anyone(d)
		ctx, cancel := context.WithTimeout(p.as("resolve "+j.reference), time.Hour)
		_, err := p.acct.Resolve(ctx, r.purchase.Unknown...)
		cancel()
		w.logf("%s: resolved %d of %s: %v", p.name, len(r.purchase.Unknown), j, err != nil)
	}
	for _, o := range r.purchase.Orders {
		if happens(d, w.release) {
			time.Sleep(upTo(d, pick(d, time.Second, time.Minute, 20*time.Minute)))
			w.giveBack(d, o)
			if d.IntN(2) == 0 {
				again := &simJob{reference: j.reference + "-" + o.ID, numbers: o.Numbers()}
				if j.reference == "" {
					again.reference = "u-" + o.ID
				}
				add(again)
				w.deliver(w.anyone(d), again, time.Hour)
			}
		}
	}
}

// giveBack releases the numbers of an order, or cancels it.
func (w *simWorld) giveBack(d *rand.Rand, o *numbers.Order) {
	p := w.anyone(d)
	if o.State == numbers.StatePending && p.acct.Capabilities().Can.Has(numbers.CanCancel) {
		w.count("orders canceled")
		_, _ = p.acct.Cancel(p.as("cancel "+o.ID), o) // what it came to is in the books
		return
	}
	ctx := p.as("release " + o.ID)
	for _, n := range o.Numbers() {
		own, err := p.acct.Find(ctx, n)
		if err != nil || own.ID != o.ID && !strings.HasSuffix(own.ID, "-"+o.ID) {
			continue // it is another customer's by now
		}
		w.count("numbers released")
		err = p.acct.Release(ctx, own)
		w.logf("%s: released %s of %s: %v", p.name, n, o.ID, numbers.KindOf(err))
		if d.IntN(4) == 0 { // the job that gives it back is delivered twice
			time.Sleep(upTo(d, pick(d, time.Minute, 20*time.Minute)))
			p := w.anyone(d)
			err = p.acct.Release(p.as("release "+o.ID+" again"), own)
			w.logf("released %s of %s again: %v", n, o.ID, numbers.KindOf(err))
		}
	}
}

// lookup looks at a job. What Lookup returns is of this job.
func (w *simWorld) lookup(d *rand.Rand, j *simJob) {
	if j.reference == "" || d.IntN(2) == 0 {
		return
	}
	p := w.anyone(d)
	purchase, err := p.acct.Lookup(p.as("lookup "+j.reference), j.reference)
	w.count("lookups")
	if p.ctx.Err() != nil {
		return
	}
	r := simResult{purchase: purchase, err: err}
	w.logf("%s: lookup of %s: %s", p.name, j, w.describe(r))
	j.mu.Lock()
	defer j.mu.Unlock()
	j.results = append(j.results, r)
}

// recover recovers at a replica, and lets a person decide about orphans.
func (w *simWorld) recover(d *rand.Rand, actor string) {
	p := w.anyone(d)
	ctx, cancel := context.WithTimeout(p.as(actor), pick(d, time.Minute, time.Hour))
	defer cancel()
	w.count("recoveries")
	found, err := p.acct.Recover(ctx)
	w.logf("%s: recovered %d, %v", p.name, len(found), err != nil)
	w.dismiss(p)
}

// dismiss ends what is possibly orphaned, as a person does who was told by the vendor
// that it was not bought.
func (w *simWorld) dismiss(p *simProcess) {
	for e, err := range w.book.Entries(context.Background(), numbers.JournalQuery{Open: true}) {
		if err != nil || e.End.Status != numbers.EntryOrphaned || w.mayHaveSold(e) {
			continue
		}
		err := p.acct.Dismiss(p.as("dismiss"), e.ID, "the vendor did not sell it")
		w.count("orphans dismissed")
		w.logf("%s: dismissed %s: %v", p.name, w.reference(e.Reference), err)
	}
}

// mayHaveSold reports whether the vendor has an order of an entry.
func (w *simWorld) mayHaveSold(e numbers.JournalEntry) bool {
	for _, b := range w.sale.Books().Purchases {
		if b.Reference == e.Reference && slices.Contains(e.Numbers, numbers.E164(b.Number)) {
			return true
		}
	}
	return false
}
