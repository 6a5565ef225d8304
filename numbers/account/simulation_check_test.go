package account_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// end ends a history: nothing goes wrong any more, every job is delivered until it is
// done, and what everybody has is compared with the vendor's books.
func (w *simWorld) end(jobs []*simJob) {
	w.calm.Store(true)
	w.logf("all is calm")
	healthy := newSimReplica(w, len(w.machines))
	w.machines = append(w.machines, healthy)
	p := healthy.running()
	if w.dice("end").IntN(2) == 0 {
		w.recoverAll(p)
	}
	var wg sync.WaitGroup
	for i, j := range jobs {
		wg.Go(func() {
			time.Sleep(time.Duration(i+1) * 37 * time.Millisecond)
			w.finish(p, j)
		})
	}
	wg.Wait()
	w.recoverAll(p)
	w.dismiss(p)
	for _, j := range jobs {
		w.finish(p, j)
	}
	time.Sleep(w.vendor.SettleAfter + w.vendor.Capabilities.ListingDelay + 3*numbers.ClockSlack) // all orders settle, and holds end
	w.checkFree(p)
	for _, r := range w.machines {
		for _, p := range r.all {
			err := p.acct.Close()
			if p.ctx.Err() == nil && err != nil {
				w.fail("blocked for ever", "%s could not record what it knows: %v", p.name, err)
			}
			p.kill()
		}
	}
	w.checkBooks(jobs)
}

// recoverAll recovers when nothing goes wrong.
func (w *simWorld) recoverAll(p *simProcess) {
	ctx, cancel := context.WithTimeout(p.as("last recovery"), 6*time.Hour)
	defer cancel()
	if _, err := p.acct.Recover(ctx); err != nil {
		w.fail("blocked for ever", "Recover: %v", err)
	}
	for e, err := range w.book.Entries(ctx, numbers.JournalQuery{Open: true}) {
		if err != nil || e.End.Status == "" || e.End.Status == numbers.EntryUnknown && len(e.End.Held) > 0 {
			w.fail("blocked for ever", "after Recover, %s of %v is %q", w.reference(e.Reference), e.Numbers, e.End.Status)
		}
	}
}

// finish delivers a job until it is done.
func (w *simWorld) finish(p *simProcess, j *simJob) {
	if j.reference == "" {
		return
	}
	const most = 8
	for i := 1; ; i++ {
		r := w.deliver(p, j, 12*time.Hour)
		why := w.unfinished(r)
		if why == "" {
			return
		}
		if i == most {
			w.fail("blocked for ever", "%s is not done: %s: %v", j, why, r.err)
			return
		}
		time.Sleep(time.Minute)
	}
}

// unfinished returns why a job has to be delivered again, or "".
func (w *simWorld) unfinished(r simResult) string {
	if r.err == nil {
		return ""
	}
	e, ok := errors.AsType[*account.PurchaseError](r.err)
	if !ok {
		return "it was refused"
	}
	for _, err := range e.Errs {
		for _, final := range []error{
			numbers.ErrAlreadyOwned, numbers.ErrConflict, numbers.ErrNumberUnavailable, numbers.ErrNotFound,
			numbers.ErrOutcomeUnknown,
		} {
			if ok = errors.Is(err, final); ok {
				break
			}
		}
		if !ok {
			return numbers.KindOf(err).Error()
		}
	}
	return ""
}

// checkFree buys every number that nobody has.
func (w *simWorld) checkFree(p *simProcess) {
	for _, n := range w.pool {
		if w.isOwned(n) || w.isOrphaned(n) {
			continue
		}
		j := &simJob{reference: "fresh" + string(n), numbers: []numbers.E164{n}}
		r := w.deliver(p, j, 12*time.Hour)
		if e, ok := errors.AsType[*numbers.Error](r.err); ok && e.RetryAfter > 0 { // only now it is seen that nobody has it
			time.Sleep(e.RetryAfter + time.Minute)
			r = w.deliver(p, j, 12*time.Hour)
		}
		if r.err != nil {
			w.fail("blocked for ever", "nobody has %s, and it can't be bought: %v", n, r.err)
		}
	}
}

func (w *simWorld) isOwned(n numbers.E164) bool {
	return slices.ContainsFunc(w.sale.Books().Owned(), func(b numberstest.Purchase) bool { return b.Number == string(n) })
}

// isOrphaned reports whether a number is held until a person decides.
func (w *simWorld) isOrphaned(n numbers.E164) bool {
	for e, err := range w.book.Entries(context.Background(), numbers.JournalQuery{Numbers: []numbers.E164{n}}) {
		if err == nil && e.End.Status == numbers.EntryOrphaned {
			return true
		}
	}
	return false
}

// purchaseOf is the purchase that an order's reference belongs to.
func purchaseOf(reference string) string {
	purchase, _, _ := strings.Cut(reference, "~")
	return purchase
}

// checkBooks compares what was sold with the journal and with what the customers were
// told.
func (w *simWorld) checkBooks(jobs []*simJob) {
	books := w.sale.Books()
	for _, n := range books.Duplicates() {
		w.fail("bought twice", "%s", n)
	}
	sold := make(map[string]int)                    // by purchase
	each := make(map[string]int)                    // by purchase and number
	owner := make(map[string]string)                // the purchase that an order was made for
	credits := make(map[string][]string)            // the purchases that an order is credited to
	open := make(map[string][]numbers.JournalEntry) // by purchase
	for e, err := range w.book.Entries(context.Background(), numbers.JournalQuery{}) {
		switch {
		case err != nil:
			w.fail("lost", "the journal can't be read: %v", err)
		case e.End.Status == numbers.EntryPlaced:
			id := strings.ToLower(e.End.OrderID)
			credits[id] = append(credits[id], e.Purchase)
		case e.Open():
			open[e.Purchase] = append(open[e.Purchase], e)
		}
	}
	for id, list := range credits {
		if len(list) > 1 {
			w.fail("credited twice", "%s: %v", id, list)
		}
	}
	for _, b := range books.Purchases {
		purchase := purchaseOf(b.Reference)
		owner[b.OrderID] = purchase
		if purchase == outsider {
			if len(credits[b.OrderID]) > 0 {
				w.fail("credited twice", "%s of an outsider is credited to %s", b.OrderID, w.reference(credits[b.OrderID][0]))
			}
			continue
		}
		if w.canceled[b.OrderID] {
			continue
		}
		if w.vendor.Capabilities.OrdersAreOwned && !b.Owns() && len(credits[b.OrderID]) == 0 {
			continue // nothing shows any more that it was bought
		}
		sold[purchase]++
		each[purchase+" "+b.Number]++
		if each[purchase+" "+b.Number] == 2 {
			w.fail("bought twice", "%s by %s", b.Number, purchase)
		}
		switch {
		case b.OrderID == "":
			if !slices.ContainsFunc(open[purchase], func(e numbers.JournalEntry) bool { return slices.Contains(e.Numbers, numbers.E164(b.Number)) }) {
				w.fail("lost", "the orphan %s of %s is reported to nobody", b.Number, w.reference(b.Reference))
			}
		case len(credits[b.OrderID]) == 0:
			w.fail("lost", "%s (%s) of %s is credited to nobody", b.OrderID, b.Number, w.reference(b.Reference))
		case credits[b.OrderID][0] != purchase:
			w.fail("credited twice", "%s of %s is credited to %s", b.OrderID, w.reference(b.Reference), w.reference(credits[b.OrderID][0]))
		}
	}
	for _, j := range jobs {
		w.checkJob(j, books, owner)
		if j.any > 0 && sold[j.reference] > j.any && j.reference != "" {
			w.fail("bought twice", "%s has %d numbers", j, sold[j.reference])
		}
	}
}

// checkJob compares what a customer was told with the books.
func (w *simWorld) checkJob(j *simJob, books numberstest.Books, owner map[string]string) {
	for _, r := range j.results {
		if r.purchase == nil {
			continue
		}
		for _, o := range r.purchase.Orders {
			if of := owner[o.ID]; of != "" && of != r.purchase.Reference {
				w.fail("credited twice", "%s was told of %s, which %s ordered", j, o.ID, of)
			}
		}
	}
	if j.reference == "" {
		return
	}
	last := j.results[len(j.results)-1]
	for _, b := range books.Owned() {
		if purchaseOf(b.Reference) != j.reference {
			continue
		}
		n := numbers.E164(b.Number)
		told := slices.Contains(last.purchase.Bought(), n)
		if last.purchase != nil && !told {
			told = slices.ContainsFunc(last.purchase.Unknown, func(a numbers.Attempt) bool { return slices.Contains(a.Numbers, n) }) ||
				j.noWait && slices.ContainsFunc(last.purchase.Orders, func(o *numbers.Order) bool { return o.ID == b.OrderID })
		}
		if !told {
			w.fail("lost", "%s was not told of %s (%s): %s", j, n, b.OrderID, w.describe(last))
		}
	}
}
