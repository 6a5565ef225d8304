package account

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// entries reads the journal's entries of this account that match q.
func (a *Account) entries(ctx context.Context, q numbers.JournalQuery) ([]numbers.JournalEntry, error) {
	q.Account = a.name
	return a.allEntries(ctx, q)
}

// allEntries reads the journal's entries of all accounts that match q.
func (a *Account) allEntries(ctx context.Context, q numbers.JournalQuery) ([]numbers.JournalEntry, error) {
	var list []numbers.JournalEntry
	for e, err := range a.journal.Entries(ctx, q) {
		if err != nil {
			return nil, because(a.err("Journal", numbers.ErrIncomplete, "", "the journal can't be read"), err)
		}
		list = append(list, e)
	}
	return list, nil
}

// entry reads one entry. ok is false if the journal does not have it.
func (a *Account) entry(ctx context.Context, id string) (e numbers.JournalEntry, ok bool, err error) {
	if id == "" {
		return e, false, nil
	}
	list, err := a.entries(ctx, numbers.JournalQuery{IDs: []string{id}})
	if err != nil || len(list) == 0 {
		return e, false, err
	}
	return list[0], true, nil
}

// credited returns the ids of the orders that other attempts made for these numbers.
func (a *Account) credited(ctx context.Context, list []numbers.E164) (map[numbers.E164][]string, error) {
	entries, err := a.entries(ctx, numbers.JournalQuery{Numbers: list})
	if err != nil {
		return nil, err
	}
	ids := make(map[numbers.E164][]string)
	for _, e := range entries {
		if e.End.Status == numbers.EntryPlaced {
			for _, n := range e.Numbers {
				ids[n] = append(ids[n], e.End.OrderID)
			}
		}
	}
	return ids, nil
}

// recordWithin is the time limit of a write to the journal that continues after its
// context has ended.
const recordWithin = 30 * time.Second

// end records the outcome of an entry. It does so also if ctx has ended, because the
// outcome must not be lost when the caller stops waiting. If the End fails, end returns
// the error and tries again in the background until Close. refused is true if the journal
// refused the End with ErrConflict: a later End is recorded already, or another entry has
// the order.
func (a *Account) end(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) (refused bool, err error) {
	if end.Time.IsZero() {
		end.Time = a.now()
	}
	err = a.record(ctx, e, end)
	switch {
	case err == nil:
		a.ends.done(e.ID, end)
		if end.Status != numbers.EntryUnknown {
			a.watch.forget(e.ID)
		}
		return false, nil
	case errors.Is(err, numbers.ErrConflict):
		return true, nil
	}
	a.ends.add(a, pendingEnd{entry: e, end: end}) //nolint:contextcheck // the retries continue after the purchase, until Close
	return false, because(a.err("Journal", numbers.ErrIncomplete, "", "the journal can't record that the order is "+cmp.Or(string(end.Status), "open"), e.Numbers...), err)
}

func (a *Account) record(ctx context.Context, e numbers.JournalEntry, end numbers.JournalEnd) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	return a.journal.End(ctx, e, end)
}

// errCredited means that another attempt made the order.
var errCredited = errors.New("the order belongs to another purchase")

// credit records that an entry made an order. The error is errCredited if another entry
// has the order. Any other error means that the journal failed.
func (a *Account) credit(ctx context.Context, e numbers.JournalEntry, o *numbers.Order) error {
	refused, err := a.end(ctx, e, a.placedEnd(e, o))
	if !refused {
		return err
	}
	now, ok, err := a.entry(context.WithoutCancel(ctx), e.ID)
	if err == nil && ok && now.End.Status == numbers.EntryPlaced && strings.EqualFold(now.End.OrderID, o.ID) {
		return nil
	}
	return errCredited
}

// placedEnd returns the End of an entry that made the order o. Numbers that failed are
// free. The other numbers are held until the order has settled, and then for as long as a
// listing may miss them.
func (a *Account) placedEnd(e numbers.JournalEntry, o *numbers.Order) numbers.JournalEnd {
	end := numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: o.ID, Time: a.now()}
	gone := make(set.Set[numbers.E164])
	for _, item := range o.Items {
		if lost(item.State) {
			gone.Add(item.E164)
		}
	}
	whole := len(o.Items) == 0 && lost(o.State)
	for _, n := range e.Numbers {
		if !whole && !gone.Has(n) {
			end.Held = append(end.Held, n)
		}
	}
	if len(end.Held) > 0 && o.Settled() && o.State != numbers.StateActionRequired {
		end.HeldUntil = a.listedBy()
	}
	return end
}

// listedBy returns the time from which every reading that a claim relies on shows a
// number that is bought by now, on any clock. A listing may miss the number for the
// listing delay, and the reading may be older than the claim.
func (a *Account) listedBy() time.Time {
	return a.now().Add(a.caps.ListingDelay + freshness + numbers.ClockSlack)
}

// lost reports whether a number was not bought and will not be bought.
func lost(s numbers.State) bool { return s == numbers.StateFailed || s == numbers.StateCanceled }

// hold records what a later reading of a placed entry's order shows: numbers that failed
// since, or that the order settled. It writes only changes.
func (a *Account) hold(ctx context.Context, e *numbers.JournalEntry, o *numbers.Order) error {
	if e.ID == "" || e.End.Status != numbers.EntryPlaced || !strings.EqualFold(e.End.OrderID, o.ID) {
		return nil
	}
	end := a.placedEnd(*e, o)
	end.Held = slices.DeleteFunc(end.Held, func(n numbers.E164) bool { return !slices.Contains(e.End.Held, n) }) // a number that is free stays free
	if len(end.Held) == 0 {
		end.HeldUntil = time.Time{}
	}
	if len(end.Held) == len(e.End.Held) && (end.HeldUntil.IsZero() || !e.End.HeldUntil.IsZero()) {
		return nil
	}
	refused, err := a.end(ctx, *e, end)
	if !refused {
		e.End = end
	}
	return err
}

// holdGone sets an end for the hold of a placed entry whose order the vendor no longer
// has, because no reading will show that this order settled. A failure is ignored, as in
// noteOrder.
func (a *Account) holdGone(ctx context.Context, e numbers.JournalEntry) {
	if e.ID == "" || len(e.End.Held) == 0 || !e.End.HeldUntil.IsZero() {
		return
	}
	end := e.End
	end.Time, end.HeldUntil = a.now(), a.listedBy()
	_, _ = a.end(ctx, e, end)
}

// noteOrder records what a reading of an order shows, if the journal has the order. A
// failure is ignored, because the next reader does it.
func (a *Account) noteOrder(ctx context.Context, o *numbers.Order) {
	list, err := a.entries(ctx, numbers.JournalQuery{OrderIDs: []string{o.ID}})
	if err != nil {
		return
	}
	for _, e := range list {
		_ = a.hold(ctx, &e, o)
	}
}

// holderOf returns the id of the placed entry that bought a number and still holds it. It
// returns "" if this is not certain, and the hold then ends by itself. holderOf must be
// called while the account still has the number, because later another entry may hold it.
func (a *Account) holderOf(ctx context.Context, n *numbers.Number) (id string) {
	if n.E164 == "" {
		return ""
	}
	list, err := a.entries(ctx, numbers.JournalQuery{Numbers: []numbers.E164{n.E164}})
	if err != nil {
		return ""
	}
	for _, e := range list {
		switch {
		case e.End.Status != numbers.EntryPlaced || !slices.Contains(e.End.Held, n.E164):
		case !a.caps.OrdersAreOwned:
			id = e.ID
		case strings.EqualFold(e.End.OrderID, n.ID):
			return e.ID
		}
	}
	if id == "" {
		return ""
	}
	owned, err := a.ownedOf(ctx, "Release", []numbers.E164{n.E164})
	if err != nil || !slices.ContainsFunc(owned, func(own *numbers.Number) bool { return own.ID == n.ID }) {
		return ""
	}
	return id
}

// endHold ends an entry's hold of a number that was released.
func (a *Account) endHold(ctx context.Context, id string, n numbers.E164) {
	ctx = context.WithoutCancel(ctx)
	e, ok, err := a.entry(ctx, id)
	if err != nil || !ok {
		return // the hold ends by itself
	}
	if e.End.Status == numbers.EntryPlaced && slices.Contains(e.End.Held, n) {
		end := e.End
		end.Held = slices.DeleteFunc(slices.Clone(end.Held), func(h numbers.E164) bool { return h == n })
		end.Time = a.now()
		_, _ = a.end(ctx, e, end) // a failure is tried again
	}
}

// newID returns a new id of an attempt, with 130 random bits.
func newID() string { return rand.Text() }

// watch records when this Account first saw each attempt of another process, by its own
// clock. So it needs no other machine's clock to conclude that the attempt is over.
type watch struct {
	mu   sync.Mutex
	seen map[string]*sighting
	mine set.Set[string]
}

type sighting struct {
	first time.Time // seen without an end
	ended time.Time // seen with an end
}

// begin records that an attempt is running in this Account.
func (w *watch) begin(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.mine == nil {
		w.mine = make(set.Set[string])
	}
	w.mine.Add(id)
}

func (w *watch) end(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.mine, id)
}

// isMine reports whether an attempt is running in this Account.
func (w *watch) isMine(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.mine.Has(id)
}

func (w *watch) forget(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.seen, id)
}

// see returns the time at which the attempt was over, as far as this Account can
// conclude. ok is false while the attempt may be running.
func (w *watch) see(e numbers.JournalEntry, now time.Time) (over time.Time, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.seen[e.ID]
	if s == nil {
		if w.seen == nil {
			w.seen = make(map[string]*sighting)
		}
		s = &sighting{first: now}
		if e.ID != "" {
			w.seen[e.ID] = s
		}
	}
	if e.End.Status != "" || !e.Ended.IsZero() { // its end is recorded, or its journal has established that its owner is gone
		if s.ended.IsZero() {
			s.ended = now
		}
		return earlier(s.ended, bySlack(cmpTime(e.Ended, e.End.Time))), true
	}
	deadline := cmpTime(e.Deadline, e.Started.Add(sendWithin+time.Minute))
	if span := max(deadline.Sub(e.Started), 0); now.Sub(s.first) >= span {
		return s.first.Add(span), true
	}
	if late := bySlack(deadline); !now.Before(late) {
		return late, true
	}
	return time.Time{}, false
}

// bySlack returns the time on this machine's clock at which a time on another machine's
// clock has certainly passed.
func bySlack(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(numbers.ClockSlack)
}

// cmpTime returns the first time that is not zero.
func cmpTime(list ...time.Time) time.Time {
	for _, t := range list {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// earlier returns the earlier of two times. If the second is zero, it returns the first.
func earlier(a, b time.Time) time.Time {
	if b.IsZero() || a.Before(b) {
		return a
	}
	return b
}
