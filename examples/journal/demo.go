package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal"
)

// openDemo makes a journal that has one entry of each kind, and opens it.
func (p *program) openDemo(ctx context.Context, b *book) error {
	path, err := b.temporary()
	if err != nil {
		return err
	}
	j, err := journal.Open(path)
	if err != nil {
		return err
	}
	b.Journal, b.copied, b.closes = j, true, append(b.closes, j.Close)
	for _, e := range demo(p.now()) {
		inTheWay, err := j.Begin(ctx, e.Attempt)
		if err == nil && len(inTheWay) > 0 {
			err = errors.New("the demo contradicts itself")
		}
		if err == nil && e.End.Status != "" {
			err = j.End(ctx, e, e.End)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// demo is what a shop did in the last days.
func demo(now time.Time) []numbers.JournalEntry {
	entry := func(id, purchase string, ago time.Duration, end numbers.JournalEnd, list ...numbers.E164) numbers.JournalEntry {
		started := now.Add(-ago)
		a := numbers.Attempt{
			ID: id, Vendor: "telnyx", Account: "main", Purchase: purchase, Reference: purchase, Numbers: list,
			Started: started, SendBy: started.Add(15 * time.Second), Deadline: started.Add(75 * time.Second),
		}
		if end.Status != "" {
			end.Time, a.Ended = started.Add(2*time.Second), started.Add(2*time.Second)
		}
		return numbers.JournalEntry{Attempt: a, End: end}
	}
	const day = 24 * time.Hour
	placed := func(order string, until time.Duration, list ...numbers.E164) numbers.JournalEnd {
		end := numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: order, Held: list}
		if until != 0 {
			end.HeldUntil = now.Add(until)
		}
		return end
	}
	unclear := entry("DEMO4", "job-104", 3*time.Hour, numbers.JournalEnd{Status: numbers.EntryUnknown, Held: []numbers.E164{"+13125550104"}, Reason: "the answer was lost"}, "+13125550104")
	unclear.Status = 504
	orphan := entry("DEMO5", "job-105", 2*time.Hour, numbers.JournalEnd{Status: numbers.EntryOrphaned, Reason: "the vendor may sell what it does not list"}, "+13125550105")
	orphan.Vendor, orphan.Account = "voipbin", "second"
	return []numbers.JournalEntry{
		entry("DEMO1", "job-101", 9*day, placed("ord-1", -8*day, "+13125550101", "+13125550102"), "+13125550101", "+13125550102"),
		entry("DEMO2", "job-102", 3*day, numbers.JournalEnd{Status: numbers.EntryRefused, Reason: "insufficient funds"}, "+13125550103"),
		entry("DEMO3", "job-103", 2*day, numbers.JournalEnd{Status: numbers.EntryNotPlaced, Reason: "dismissed: the vendor has no such order (ticket 4711)"}, "+13125550103"),
		unclear,
		orphan,
		entry("DEMO6", "job-106", time.Hour, placed("ord-6", 0, "+13125550106"), "+13125550106"),
		entry("DEMO7", "job-107", 2*time.Minute, placed("ord-7", 10*time.Minute, "+13125550107"), "+13125550107"),
		entry("DEMO8", "job-108", 5*time.Second, numbers.JournalEnd{}, "+13125550108"),
	}
}

// tour shows what the commands do, on the demo.
func (p *program) tour(ctx context.Context, b *book) error {
	fmt.Fprintln(p.out, "A demo journal: -journal names a real one, -h shows all commands.")
	for _, step := range []struct {
		command string
		do      func() error
	}{
		{"list", func() error { return p.list(ctx, b, numbers.JournalQuery{}) }},
		{"list -open", func() error { return p.list(ctx, b, numbers.JournalQuery{Open: true}) }},
		{"holder +13125550105", func() error { return p.holder(ctx, b, "+13125550105") }},
		{"holder +13125550103", func() error { return p.holder(ctx, b, "+13125550103") }},
		{"explain DEMO7", func() error { return p.explain(ctx, b, "DEMO7") }},
	} {
		fmt.Fprintf(p.out, "\n$ journal %s\n", step.command)
		if err := step.do(); err != nil && !errors.Is(err, errNothing) {
			return err
		}
	}
	return nil
}
