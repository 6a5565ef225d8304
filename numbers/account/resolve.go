package account

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Resolved is an attempt and its outcome.
type Resolved struct {
	Attempt    numbers.Attempt    `json:"attempt"`
	Resolution numbers.Resolution `json:"resolution"`
	// Err is the reason why the outcome is not known yet.
	Err error `json:"-"`
}

// Resolve finds the outcome of attempts whose answers were lost. Resolve only reads, and
// never sends an order. It returns one Resolved for each attempt, in the order of
// attempts, and the joined errors.
//
// An order that exists is Placed as soon as a reading shows it. A missing order takes
// longer: the attempt must have ended, then the vendor's listing delay must pass, and
// then a complete and error-free reading must not show the order. Until then Resolve
// repeats its readings, with longer and longer pauses. It records the outcome only of
// attempts that the Account's journal has. An attempt of another vendor or account is
// ErrInvalid.
func (a *Account) Resolve(ctx context.Context, attempts ...numbers.Attempt) ([]Resolved, error) {
	const op = "Resolve"
	if err := a.check(ctx, op); err != nil {
		return nil, err
	}
	list := make([]*open, len(attempts))
	for i, attempt := range attempts {
		list[i] = a.opened(ctx, op, attempt)
	}
	a.resolve(ctx, op, list)
	return resolvedOf(list)
}

// opened prepares an attempt for resolving, with its entry if the journal has one.
func (a *Account) opened(ctx context.Context, op string, attempt numbers.Attempt) *open {
	o := &open{entry: numbers.JournalEntry{Attempt: attempt}}
	switch {
	case attempt.Vendor != a.caps.Vendor:
		o.err = a.err(op, numbers.ErrInvalid, "Attempt", "it belongs to another vendor: "+quote(attempt.Vendor), attempt.Numbers...)
	case attempt.Account != "" && attempt.Account != a.name:
		o.err = a.err(op, numbers.ErrInvalid, "Attempt", "it belongs to another account: "+quote(attempt.Account), attempt.Numbers...)
	case len(attempt.Numbers) == 0:
		o.err = a.err(op, numbers.ErrInvalid, "Attempt.Numbers", "the list is empty")
	default:
		e, ok, err := a.entry(ctx, attempt.ID)
		switch {
		case err != nil:
			o.err = err
		case ok:
			o.entry, o.recorded = e, true
		default:
			o.over = overAlone(attempt, a.now())
		}
	}
	return o
}

// overAlone returns the latest time at which an attempt is over that the journal does not
// have.
func overAlone(a numbers.Attempt, now time.Time) time.Time {
	switch {
	case hasMonotonic(a.Ended): // this process saw it end
		return a.Ended
	case !a.Ended.IsZero():
		return earlier(now, bySlack(a.Ended))
	}
	deadline := cmpTime(a.Deadline, a.Started.Add(sendWithin+time.Minute))
	return earlier(now.Add(max(deadline.Sub(a.Started), 0)), bySlack(deadline))
}

// hasMonotonic reports whether this process read the time from its clock.
func hasMonotonic(t time.Time) bool { return !t.IsZero() && t != t.Round(0) }

func resolvedOf(list []*open) ([]Resolved, error) {
	out := make([]Resolved, len(list))
	var errs []error
	for i, o := range list {
		out[i] = Resolved{Attempt: o.entry.Attempt, Resolution: o.resolution, Err: o.err}
		if o.err != nil {
			errs = append(errs, o.err)
		}
	}
	return out, errors.Join(errs...)
}

// open is an attempt whose outcome is to be found.
type open struct {
	entry     numbers.JournalEntry
	recorded  bool      // the journal has it
	over      time.Time // the time from which it can't send, by this machine's clock; zero = it may still send
	others    []string  // orders that belong to other attempts
	failures  int       // readings that failed in a row since it was due
	conflicts int       // readings that contradicted themselves

	resolution numbers.Resolution
	elsewhere  bool  // another reader, or its owner, recorded the outcome
	earlier    bool  // its outcome was shown by a later attempt
	journalErr error // the outcome could not be recorded
	err        error // why the outcome is unknown, and further readings are useless
}

func (o *open) done() bool { return o.err != nil || o.resolution.Outcome != "" }

// resolving is one run of resolve.
type resolving struct {
	a     *Account
	op    string
	list  []*open
	began time.Time
	poll  time.Time              // when the next reading is due without a notification
	early bool                   // the reading is made before that
	wait  time.Duration          // the pause that the vendor asks for
	ended []numbers.JournalEntry // earlier attempts whose outcome was shown
}

// resolve finds the outcomes of the attempts of list, and records them. Readings are
// repeated so that an order is found soon after it appears: within 2 s, or half of the
// time that it took to appear, whichever is more. It returns the entries of earlier
// attempts that it also ended. A notification about a number makes it read at once.
func (a *Account) resolve(ctx context.Context, op string, list []*open) (ended []numbers.JournalEntry) {
	r := &resolving{a: a, op: op, list: list, began: a.now(), poll: time.Now()}
	reader := a.wake.join("", nil)
	defer reader.leave()
	for _, o := range r.pending() {
		reader.alsoNumbers(o.entry.Numbers)
	}
	for {
		r.follow(ctx)
		pending := r.pending()
		if len(pending) == 0 {
			return r.ended
		}
		r.early = time.Now().Before(r.poll)
		r.read(ctx, pending, a.now())
		if pending = r.pending(); len(pending) == 0 {
			return r.ended
		}
		if !r.early {
			r.poll = time.Now().Add(r.pause(pending))
		}
		if cause := reader.sleepUntil(ctx, r.poll, r.wait); cause != nil {
			for _, o := range pending {
				o.err = because(r.unresolved(o, numbers.ErrUnreachable, "the reading was stopped before the outcome was known"), cause)
			}
			return r.ended
		}
	}
}

func (r *resolving) pending() []*open {
	return slices.DeleteFunc(slices.Clone(r.list), (*open).done)
}

func (r *resolving) unresolved(o *open, kind error, message string) *numbers.Error {
	return r.a.err(r.op, kind, "", message, o.entry.Numbers...)
}

// follow uses the outcomes that other readers have recorded since, and records which
// attempts are over.
func (r *resolving) follow(ctx context.Context) {
	if err := r.readJournal(ctx); err != nil {
		return // the next round reads it again, and nothing is concluded before that
	}
	for _, o := range r.pending() {
		if o.recorded {
			if over, ok := r.a.watch.see(o.entry, r.a.now()); ok && (o.over.IsZero() || over.Before(o.over)) {
				o.over = over
			}
		}
	}
}

// readJournal reads the entries of the pending attempts again, because others may have
// recorded an outcome since. If it returns an error, nothing has changed.
func (r *resolving) readJournal(ctx context.Context) error {
	var ids []string
	for _, o := range r.pending() {
		if o.recorded {
			ids = append(ids, o.entry.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	entries, err := r.a.entries(ctx, numbers.JournalQuery{IDs: ids})
	if err != nil {
		return err
	}
	byID := make(map[string]numbers.JournalEntry, len(entries))
	for _, e := range entries {
		byID[e.ID] = e
	}
	for _, o := range r.pending() {
		if e, ok := byID[o.entry.ID]; ok && o.recorded {
			o.entry = e
			r.takeOver(ctx, o)
		}
	}
	return nil
}

// takeOver uses an outcome that is already recorded.
func (r *resolving) takeOver(ctx context.Context, o *open) {
	switch end := o.entry.End; {
	case end.Status == numbers.EntryPlaced:
		order, err := r.a.readPlaced(ctx, r.op, o.entry)
		if err != nil && order == nil {
			o.err = err
			return
		}
		o.resolution, o.elsewhere = numbers.Resolution{Outcome: numbers.Placed, Order: order}, true
	case o.entry.Free():
		o.resolution, o.elsewhere = numbers.Resolution{Outcome: numbers.NotPlaced}, true
	}
}

// read makes one reading for all pending attempts.
func (r *resolving) read(ctx context.Context, pending []*open, at time.Time) {
	credited, err := r.a.creditedTo(ctx, pending)
	attempts := make([]numbers.Attempt, len(pending))
	for i, o := range pending {
		attempts[i] = o.entry.Attempt
		attempts[i].Account, attempts[i].Scope = "", ""
		attempts[i].Before = slices.Concat(o.entry.Before, o.others, credited[o])
		attempts[i].Ended = time.Time{}
		if r.due(o, at) {
			attempts[i].Ended = o.over
		}
	}
	resolutions, errs := make([]numbers.Resolution, len(pending)), make([]error, len(pending))
	if err == nil {
		resolutions, errs = r.a.resolver(ctx, attempts)
	}
	r.wait = 0
	for i, o := range pending {
		switch {
		case err != nil:
			r.failed(o, err, at)
		case i >= len(resolutions) || i >= len(errs):
			r.failed(o, r.unresolved(o, numbers.ErrVendor, "the Orderer returned fewer results than attempts"), at)
		case errs[i] != nil:
			r.failed(o, r.a.named(r.op, errs[i]), at)
		default:
			r.shown(ctx, o, resolutions[i], at)
		}
	}
}

// resolver resolves with the Orderer's own Resolver, or otherwise by listing orders.
func (a *Account) resolver(ctx context.Context, attempts []numbers.Attempt) ([]numbers.Resolution, []error) {
	if able, ok := driver.As[numbers.Resolver](a.o); ok && a.caps.Can.Has(numbers.CanResolve) {
		return able.ResolveAll(ctx, attempts)
	}
	return driver.ResolveByListing(ctx, a.o, attempts, nil)
}

// creditedTo returns, for each attempt, the orders that other attempts made for its
// numbers.
func (a *Account) creditedTo(ctx context.Context, list []*open) (map[*open][]string, error) {
	var all []numbers.E164
	for _, o := range list {
		all = append(all, o.entry.Numbers...)
	}
	ids, err := a.credited(ctx, all)
	if err != nil {
		return nil, err
	}
	out := make(map[*open][]string, len(list))
	for _, o := range list {
		for _, n := range o.entry.Numbers {
			out[o] = append(out[o], ids[n]...)
		}
	}
	return out, nil
}

// due reports whether a missing order in a reading made now proves something: the attempt
// is over, and the listing delay has passed since then.
func (r *resolving) due(o *open, at time.Time) bool {
	return !o.over.IsZero() && at.Sub(o.over) >= r.a.caps.ListingDelay
}

// credits records that the attempt made an order that a reading shows, unless another
// attempt has it. An error means that this is not certain.
func (r *resolving) credits(ctx context.Context, o *open, order *numbers.Order) (mine bool, err error) {
	if contested, err := r.contested(ctx, o); contested || err != nil {
		return false, err
	}
	if o.recorded {
		o.journalErr = r.a.credit(ctx, o.entry, order)
	} else {
		o.journalErr = r.a.free(ctx, order.ID)
	}
	if o.recorded && o.journalErr != nil && !errors.Is(o.journalErr, errCredited) {
		// The journal may have refused the order, and its answer was lost.
		list, err := r.a.entries(ctx, numbers.JournalQuery{OrderIDs: []string{order.ID}})
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(list, func(e numbers.JournalEntry) bool { return e.ID != o.entry.ID }) {
			o.journalErr = errCredited
		}
	}
	if errors.Is(o.journalErr, errCredited) {
		o.journalErr = nil
		return false, nil
	}
	return true, nil
}

// failed records a failed reading. The reading is repeated as long as it may succeed. The
// repetitions must last longer than half a minute, because a vendor may refuse everything
// for that time.
func (r *resolving) failed(o *open, err error, at time.Time) {
	const most = 7 // 1 + 2 + 4 + 8 + 16 + 30 s
	inner := stated(err)
	if inner != nil {
		r.wait = max(r.wait, inner.RetryAfter)
	}
	if r.early {
		return // notifications must not use up the tries
	}
	if r.due(o, at) {
		o.failures++
	}
	if errors.Is(numbers.KindOf(err), numbers.ErrConflict) {
		// Another delivery may have ordered the numbers between two listings. The next
		// reading shows that.
		if o.conflicts++; o.conflicts == 1 {
			return
		}
	}
	if !mayPass(err) || o.failures >= most {
		e := r.unresolved(o, kindOf(err), "the outcome could not be read")
		if inner != nil {
			e.Status, e.RetryAfter = inner.Status, inner.RetryAfter
		}
		o.err = because(e, err)
	}
}

// stated returns the first error in a chain that has a status or a RetryAfter of the
// vendor.
func stated(err error) *numbers.Error {
	for e := errorIn(err); e != nil; e = errorIn(e.Err) {
		if e.Status != 0 || e.RetryAfter > 0 {
			return e
		}
	}
	return nil
}

// pause returns how long to wait before the next reading.
func (r *resolving) pause(pending []*open) time.Duration {
	now := r.a.now()
	gap := max(2*time.Second, now.Sub(r.began)/2)
	failures := 0
	var first time.Time
	for _, o := range pending {
		failures = max(failures, o.failures)
		if due := o.over.Add(r.a.caps.ListingDelay); !o.over.IsZero() && due.After(now) && (first.IsZero() || due.Before(first)) {
			first = due
		}
	}
	if failures > 0 {
		gap = min(gap, min(time.Second<<min(failures-1, 5), 30*time.Second))
	}
	if !first.IsZero() && first.Sub(now) <= gap {
		// One reading is made for all attempts that are due soon after the first.
		last := first
		for _, o := range pending {
			if due := o.over.Add(r.a.caps.ListingDelay); !o.over.IsZero() && due.After(last) && !due.After(first.Add(r.a.caps.ListingDelay/10)) {
				last = due
			}
		}
		gap = last.Sub(now)
	}
	return max(gap, r.wait)
}
