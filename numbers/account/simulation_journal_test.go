package account_test

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/tnkit/tnkit/internal/book"
	"github.com/tnkit/tnkit/numbers"
)

// simJournal is the journal as one process has it: over a network that can be slow, and
// lose what is sent and what is answered.
type simJournal struct{ p *simProcess }

var errSimJournal = errors.New("the connection to the journal was lost")

// simBegun is the key under which Place finds what its Begin has claimed.
type simBegun struct{}

func (j *simJournal) Begin(ctx context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
	p, w := j.p, j.p.w
	name := w.alias("e", a.ID)
	d := p.dice(ctx, "Begin", w.reference(a.Reference))
	if begun, ok := ctx.Value(simBegun{}).(*numbers.Attempt); ok {
		*begun = a
	}
	if err := p.step(ctx, d, 10*time.Millisecond, 2); err != nil {
		return nil, err
	}
	how := w.fault(d, w.failBegin)
	if how == simDropped {
		w.count("beginnings that failed")
		w.logf("%s Begin %s %s %v fails", p.name, name, w.reference(a.Reference), a.Numbers)
		return nil, errSimJournal
	}
	inTheWay, err := w.book.Begin(ctx, a)
	w.count("beginnings")
	w.logf("%s Begin %s %s %v: %d in the way, %v", p.name, name, w.reference(a.Reference), a.Numbers, len(inTheWay), err)
	if stopped := p.step(ctx, d, 10*time.Millisecond, 2); stopped != nil {
		return nil, stopped
	}
	if how == simLost {
		w.count("beginnings whose answer was lost")
		return nil, errSimJournal
	}
	return inTheWay, err
}

func (j *simJournal) End(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
	p, w := j.p, j.p.w
	name := w.alias("e", e.ID)
	d := p.dice(ctx, "End", w.reference(e.Reference))
	if err := p.step(ctx, d, 10*time.Millisecond, 2); err != nil {
		return err
	}
	how := w.fault(d, w.failEnd)
	if how == simDropped {
		w.count("ends that failed")
		w.logf("%s End %s %s %s fails", p.name, name, w.reference(e.Reference), end.Status)
		return errSimJournal
	}
	err := w.book.End(ctx, e, end)
	w.count("ends")
	w.logf("%s End %s %s %s %s held %v for %s: %v", p.name, name, w.reference(e.Reference), end.Status, end.OrderID, end.Held, end.HeldUntil.Sub(end.Time), numbers.KindOf(err))
	if stopped := p.step(ctx, d, 10*time.Millisecond, 1); stopped != nil {
		return stopped
	}
	if how == simLost {
		w.count("ends whose answer was lost")
		return errSimJournal
	}
	return err
}

func (j *simJournal) Entries(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
	return func(yield func(numbers.JournalEntry, error) bool) {
		p, w := j.p, j.p.w
		key := w.reference(q.Purchase)
		for _, id := range q.IDs {
			key += w.alias("e", id)
		}
		for _, n := range q.Numbers {
			key += string(n)
		}
		d := p.dice(ctx, "Entries", key)
		err := p.step(ctx, d, 10*time.Millisecond, 1)
		if err == nil && w.fault(d, w.failEntries) != "" {
			w.count("readings of the journal that failed")
			err = errSimJournal
		}
		if err != nil {
			yield(numbers.JournalEntry{}, err)
			return
		}
		w.book.Entries(ctx, q)(yield)
	}
}

// What can become of a request to the journal or the vendor.
const (
	simDropped = "dropped" // it did not arrive
	simLost    = "lost"    // its answer did not arrive
)

// fault draws whether a request is lost, and which way; "" = it is not.
func (w *simWorld) fault(d *rand.Rand, probability float64) string {
	switch {
	case w.calm.Load() || !happens(d, probability):
		return ""
	case d.IntN(2) == 0:
		return simDropped
	}
	return simLost
}

// simWrongJournal is a journal that breaks one rule.
type simWrongJournal struct {
	mu   sync.Mutex
	book book.Book
	// inTheWay filters what is in the way of an attempt.
	inTheWay func(a numbers.Attempt, e numbers.JournalEntry) bool
	// end changes an End before it is recorded.
	end func(numbers.JournalEnd) numbers.JournalEnd
	// accepts reports whether an End is recorded that must be refused.
	accepts func(now numbers.JournalEntry, end numbers.JournalEnd) bool
}

func (j *simWrongJournal) Begin(_ context.Context, a numbers.Attempt) ([]numbers.JournalEntry, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	list, begun, err := j.book.InTheWay(a)
	if j.inTheWay != nil {
		kept := list[:0]
		for _, e := range list {
			if j.inTheWay(a, e) {
				kept = append(kept, e)
			}
		}
		list = kept
	}
	if err == nil && !begun && len(list) == 0 {
		j.book.Put(numbers.JournalEntry{Attempt: a})
	}
	return list, err
}

func (j *simWrongJournal) End(_ context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.end != nil {
		end = j.end(end)
	}
	ended, err := j.book.Ending(e, end)
	if err != nil && j.accepts != nil {
		if now, ok := j.book.Entry(e.ID); ok && j.accepts(now, end) {
			now.Ended, now.Status, now.End = e.Ended, e.Status, end
			ended, err = now, nil
		}
	}
	if err == nil {
		j.book.Put(ended)
	}
	return err
}

func (j *simWrongJournal) Entries(ctx context.Context, q numbers.JournalQuery) iter.Seq2[numbers.JournalEntry, error] {
	return func(yield func(numbers.JournalEntry, error) bool) {
		j.mu.Lock()
		selected := j.book.Select(q)
		j.mu.Unlock()
		selected.Entries(ctx)(yield)
	}
}
