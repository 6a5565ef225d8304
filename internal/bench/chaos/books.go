package main

import (
	"context"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// outcome is what came of a run: the fake's books against what the client
// believes.
type outcome struct {
	Vendor  string
	Numbers int
	// Bought are the numbers that both say were bought, once.
	Bought int
	// Twice were bought twice, by the books.
	Twice int
	// Lost were bought, and the client would buy them again, or believes that
	// their orders are still pending. Missing it did not get, and would go on
	// trying.
	Lost, Missing int
	// Unknown are those of which the client does not know what became.
	Unknown int
	// Invented are not in the books, and the client believes in them; or in two
	// orders of which the books have one; or it reports one as an orphan that is
	// none.
	Invented int
	// Orphans are in the books, and listed nowhere; Reported are those of them
	// that the client reports.
	Orphans, Reported int
	// Waiting are numbers in orders that never settle, Pending the orders that
	// the client believes to be pending, Stuck those that the fake let stick.
	Waiting, Pending, Stuck int
	// DiedAt are the events at which the client was killed, Kills counts its
	// deaths at random moments.
	DiedAt []numbers.EventKind
	Kills  int
	strikes
	Took time.Duration
}

// ok reports whether the books and the client's belief are the same.
func (o outcome) ok() bool {
	return o.Twice+o.Lost+o.Missing+o.Unknown+o.Invented == 0 &&
		o.Reported == o.Orphans && o.Pending == o.Stuck && o.Bought+o.Orphans+o.Waiting == o.Numbers
}

// compare holds the fake's books against what the client believes.
func (r *run) compare(ctx context.Context) (outcome, error) {
	out := outcome{Vendor: r.subject.name, Numbers: r.numbers}
	j, err := journal.Open(r.job.Journal)
	if err != nil {
		return out, err
	}
	defer j.Close()
	seen, err := openNotes(r.job.Notes)
	if err != nil {
		return out, err
	}
	defer seen.file.Close()
	known, err := believe(ctx, j, seen)
	if err != nil {
		return out, err
	}
	l := readLedger(r.srv.Books())
	for i := range r.numbers {
		out.weigh(l, number(i), known.of[number(i)])
	}
	out.Invented += len(known.contradictions)
	out.Pending = len(known.pending)
	out.Stuck = r.stuckOrders(l)
	out.strikes = countStrikes(r.srv.Requests(), r.injected, r.srv.Unused())
	return out, nil
}

// ledger are a fake's books, by number.
type ledger struct {
	owned  map[numbers.E164]int
	orphan map[numbers.E164]bool
}

func readLedger(books numberstest.Books) ledger {
	l := ledger{owned: make(map[numbers.E164]int), orphan: make(map[numbers.E164]bool)}
	for _, p := range books.Owned() {
		n := numbers.E164(p.Number)
		l.owned[n]++
		l.orphan[n] = l.orphan[n] || !p.Listed
	}
	return l
}

// weigh compares what the books and the client say of one number.
func (o *outcome) weigh(l ledger, n numbers.E164, believed standing) {
	sold := l.owned[n] > 0
	if l.owned[n] > 1 {
		o.Twice++
	}
	if l.orphan[n] {
		o.Orphans++
	}
	switch {
	case believed == bought && sold && !l.orphan[n]:
		o.Bought++
	case believed == orphaned && l.orphan[n]:
		o.Reported++
	case believed == bought, believed == orphaned, believed == gone && !sold:
		o.Invented++
	case believed == unknown:
		o.Unknown++
	case sold:
		o.Lost++
	case believed == pending:
		o.Waiting++
	default:
		o.Missing++
	}
}

// stuckOrders counts the orders that the fake let stick. Each such fault names
// one number; it did not stick where another fault let its order go on.
func (r *run) stuckOrders(l ledger) int {
	struck := make(map[numbers.E164]int)
	count := func(list []numberstest.Fault, by int) {
		for _, f := range list {
			if f.Kind == numberstest.StuckPending {
				struck[numbers.E164(f.Numbers[0])] += by
			}
		}
	}
	count(r.injected, 1)
	count(r.srv.Unused(), -1)
	final := r.subject.never[numbers.EventPending] != "" // it is sold, and called pending for good
	stuck := 0
	for n, times := range struck {
		if times > 0 && (final || l.owned[n] == 0) {
			stuck++
		}
	}
	return stuck
}
