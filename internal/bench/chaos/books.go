package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// outcome is what came of a run: the fake's books against what the customers were told.
type outcome struct {
	Vendor             string
	Numbers, Customers int
	// Bought are the numbers that the books and exactly one customer have.
	Bought int
	// Twice were bought twice, by the books.
	Twice int
	// Lost are in the books, and no customer was told of them. Missing were wanted, and
	// nobody has them.
	Lost, Missing int
	// Unknown are numbers and customers that are still waiting for an outcome.
	Unknown int
	// Shared are numbers that two customers were told to be theirs, and orders that two
	// entries of the journal have.
	Shared int
	// Invented were told to a customer, and are not in the books.
	Invented int
	// Late were sent after their fence.
	Late int
	// Orphans are in the books, and listed nowhere; Reported are those of them that a
	// customer was told of. Doubtful were reported as well, rightly: no answer of the
	// vendor's own came.
	Orphans, Reported, Doubtful int
	// Waiting are numbers in orders that have not settled, Failed those that nobody has
	// because their orders were refused in part.
	Waiting, Failed int
	// DiedAt are the events at which the client was killed, Kills counts its deaths at
	// random moments, Stops how often it was stopped for longer than the fence.
	DiedAt       []numbers.EventKind
	Kills, Stops int
	strikes
	Took time.Duration
}

// ok reports whether the books and what the customers were told are the same.
func (o outcome) ok() bool {
	return o.Twice+o.Lost+o.Missing+o.Unknown+o.Shared+o.Invented+o.Late == 0 && o.Reported == o.Orphans
}

// compare holds the fake's books against what the customers were told.
func (r *run) compare(ctx context.Context) (outcome, error) {
	out := outcome{Vendor: r.subject.name, Numbers: r.numbers}
	told, err := openReports(r.job.Reports)
	if err != nil {
		return out, err
	}
	defer told.file.Close()
	all := customers(r.subject, r.numbers)
	out.Customers = len(all)
	taken := told.taken()
	for _, c := range all {
		if !told.done(c, taken) {
			out.Unknown++
		}
	}
	requests := r.srv.Requests()
	l := readLedger(r.srv.Books(), requests)
	c := readClaims(told.all())
	wanted := make(map[numbers.E164]bool)
	for i := range r.numbers {
		wanted[number(i)] = true
	}
	for n := range c {
		wanted[n] = true
	}
	for n := range l.owned {
		wanted[n] = true
	}
	for n := range wanted {
		out.compareNumber(l, n, c[n])
	}
	if err := out.compareJournal(ctx, r.job.Journal, r.srv.Books()); err != nil {
		return out, err
	}
	out.strikes = countStrikes(requests, r.injected, r.srv.Unused())
	return out, nil
}

// ledger are a fake's books, by number.
type ledger struct {
	owned    map[numbers.E164]int
	orphan   map[numbers.E164]bool
	doubtful map[numbers.E164]bool // an order for it did not get the vendor's own answer
}

func readLedger(books numberstest.Books, requests []numberstest.Request) ledger {
	l := ledger{owned: make(map[numbers.E164]int), orphan: make(map[numbers.E164]bool), doubtful: make(map[numbers.E164]bool)}
	for _, p := range books.Owned() {
		n := numbers.E164("+" + strings.TrimPrefix(p.Number, "+"))
		l.owned[n]++
		l.orphan[n] = l.orphan[n] || !p.Listed
	}
	for _, r := range requests {
		if r.Buys && len(r.Faults) > 0 {
			for _, n := range numbersIn(string(r.Body)) {
				l.doubtful[n] = true
			}
		}
	}
	return l
}

// numbersIn are the numbers of this run that stand in a body.
func numbersIn(body string) []numbers.E164 {
	var list []numbers.E164
	for _, run := range strings.FieldsFunc(body, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(run) == 11 {
			list = append(list, numbers.E164("+"+run))
		}
	}
	return list
}

// claims are what customers were told of a number.
type claims struct{ bought, pending, orphaned, open, failed int }

func readClaims(list []report) map[numbers.E164]*claims {
	all := make(map[numbers.E164]*claims)
	count := func(numbersTold []numbers.E164, of func(*claims) *int) {
		for _, n := range numbersTold {
			if all[n] == nil {
				all[n] = new(claims)
			}
			*of(all[n])++
		}
	}
	for _, one := range list {
		count(one.Bought, func(c *claims) *int { return &c.bought })
		count(one.Pending, func(c *claims) *int { return &c.pending })
		count(one.Orphaned, func(c *claims) *int { return &c.orphaned })
		count(one.Open, func(c *claims) *int { return &c.open })
		count(one.Failed, func(c *claims) *int { return &c.failed })
	}
	return all
}

// compareNumber compares what the books have and what customers were told of one number.
func (o *outcome) compareNumber(l ledger, n numbers.E164, told *claims) {
	if told == nil {
		told = new(claims)
	}
	sold := l.owned[n] > 0
	if l.owned[n] > 1 {
		o.Twice++
	}
	if l.orphan[n] {
		o.Orphans++
	}
	if told.bought > 1 || told.bought > 0 && told.orphaned > 0 {
		o.Shared++
	}
	switch {
	case told.bought > 0 && sold && !l.orphan[n]:
		o.Bought++
	case told.bought > 0:
		o.Invented++
	case told.orphaned > 0 && l.orphan[n]:
		o.Reported++
	case told.orphaned > 0 && !sold && l.doubtful[n]:
		o.Doubtful++
	case told.orphaned > 0:
		o.Invented++
	case told.open > 0:
		o.Unknown++
	case told.pending > 0:
		o.Waiting++
	case sold:
		o.Lost++
	case told.failed > 0:
		o.Failed++
	default:
		o.Missing++
	}
}

// compareJournal looks for orders that two entries have, and for numbers that were sent
// after the fence of their attempt.
func (o *outcome) compareJournal(ctx context.Context, path string, books numberstest.Books) error {
	const slack = time.Second // from the last byte of an order to the books, and late commits
	j, err := journal.Open(path)
	if err != nil {
		return err
	}
	defer j.Close()
	entries := make(map[string][]numbers.JournalEntry)
	for e, err := range j.Entries(ctx, numbers.JournalQuery{}) {
		if err != nil {
			return err
		}
		if e.End.Status == numbers.EntryPlaced {
			id := strings.ToLower(e.End.OrderID)
			entries[id] = append(entries[id], e)
		}
	}
	for _, list := range entries {
		if len(list) > 1 {
			o.Shared++
		}
	}
	for _, p := range books.Purchases {
		n := numbers.E164("+" + strings.TrimPrefix(p.Number, "+"))
		for _, e := range entries[strings.ToLower(p.OrderID)] {
			if slices.Contains(e.Numbers, n) && p.At.After(e.SendBy.Add(slack)) {
				o.Late++
			}
		}
	}
	return nil
}
