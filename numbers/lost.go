package numbers

import (
	"context"
	"time"
)

// mostReadings bounds how often a resolving is tried whose readings fail.
const mostReadings = 5

// resolveAll finds out what became of the orders whose outcome is unknown.
func (b *buyer) resolveAll(ctx context.Context) {
	var open []*part
	for _, p := range b.parts {
		if p.attempt != nil {
			open = append(open, p)
			b.tell(EventResolving, p, nil)
		}
	}
	b.each(func(p *part) {
		if p.attempt != nil && p.attempt.underWay() {
			b.follow(ctx, p)
		}
	})
	for try := 1; len(open) > 0; try++ {
		attempts := make([]Attempt, 0, len(open))
		var asked, again []*part
		for _, p := range open {
			if p.attempt != nil {
				asked, attempts = append(asked, p), append(attempts, *p.attempt)
			}
		}
		resolutions, errs := b.ask(ctx, asked, attempts)
		for i, p := range asked {
			if errs[i] != nil && mayPass(errs[i]) && try < mostReadings && ctx.Err() == nil {
				again = append(again, p)
				continue
			}
			b.resolved(ctx, p, resolutions[i], errs[i])
		}
		if open = again; len(open) > 0 {
			_ = sleep(ctx, time.Second<<try) // where ctx ends, the next reading says so
		}
	}
}

// ask resolves the attempts of the parts asked. What the journal knows of their
// numbers is put into the parts, for whoever resolves them without it later.
func (b *buyer) ask(ctx context.Context, asked []*part, attempts []Attempt) ([]Resolution, []error) {
	known, err := noted(ctx, b.o, attempts)
	if err != nil {
		return nothingKnown(b.o, attempts, err)
	}
	for i, p := range asked {
		p.attempt.Unanswered = known[i].Unanswered
	}
	return resolveAll(ctx, b.o, known)
}

// resolved records what has become of a part.
func (b *buyer) resolved(ctx context.Context, p *part, r Resolution, err error) {
	if err == nil {
		b.journalResolution(ctx, p, r)
	}
	switch {
	case err != nil:
		p.err = b.stillUnknown(p, "and resolving it failed: "+err.Error(), p.err)
	case r.Outcome == Placed:
		p.order, p.attempt, p.err = r.Order, nil, nil
	case r.Outcome == NotPlaced:
		p.err = b.notPlaced(p, "its answer was lost, and a complete reading shows that it was not placed")
		p.attempt = nil
	default:
		p.err = b.stillUnknown(p, "the vendor lists nothing, yet may have bought; ask its support and don't buy again", p.err)
	}
	e := p.event(EventResolved, err)
	e.Outcome = r.Outcome
	b.event(e)
}

func (b *buyer) notPlaced(p *part, message string) error {
	return b.caps.err("Place", ErrNotPlaced, "", message, p.r.Numbers...)
}

func (b *buyer) stillUnknown(p *part, message string, cause error) error {
	e := b.caps.err("Place", ErrOutcomeUnknown, "", message, p.r.Numbers...)
	e.Status, e.Attempt, e.Err = p.attempt.Status, p.attempt, cause
	if p.attempt.Account != "" {
		e.Account = p.attempt.Account
	}
	return e
}

// follow waits for an attempt that may be under way elsewhere: until the
// journal says how it ended, the vendor has the order, or it must be over. What
// is still unknown then is resolved as any other.
func (b *buyer) follow(ctx context.Context, p *part) {
	d, ok := As[*journaled](b.o)
	for pause := time.Second; ok && p.attempt.underWay(); pause = min(2*pause, 30*time.Second) {
		entry, found, err := d.journal.Find(ctx, d.account, p.attempt.Reference)
		if err == nil && found && entry.End.Status != "" {
			b.ended(ctx, p, entry)
			return
		}
		until := time.Now().Add(pause)
		look, cancel := context.WithDeadline(ctx, until)
		r, err := Resolve(look, b.o, *p.attempt)
		cancel()
		if err == nil && r.Outcome == Placed {
			b.resolved(ctx, p, r, nil)
			return
		}
		if sleepUntil(ctx, until) != nil {
			return
		}
	}
}

// ended takes over what somebody else has recorded of a part.
func (b *buyer) ended(ctx context.Context, p *part, entry JournalEntry) {
	e := Event{}
	switch {
	case entry.End.Status == EntryPlaced:
		p.order, _ = readPlaced(ctx, b.o, entry)
		p.attempt, p.err = nil, nil
		e.Outcome = Placed
	case entry.free():
		p.err = b.notPlaced(p, "another purchase by this reference was under way, and it was not placed: "+entry.End.Reason)
		p.attempt = nil
		e.Outcome = NotPlaced
	default:
		p.attempt = entry.lost()
		return
	}
	outcome := e.Outcome
	e = p.event(EventResolved, nil)
	e.Outcome = outcome
	b.event(e)
}

// journalResolution closes the journal's entry of a part that was resolved. It
// is not that of a later attempt by the same reference, which may be under way:
// somebody else resolved this one before.
func (b *buyer) journalResolution(ctx context.Context, p *part, r Resolution) {
	d, ok := As[*journaled](b.o)
	if !ok {
		return
	}
	ctx = context.WithoutCancel(ctx)
	entry, found, err := d.journal.Find(ctx, d.account, p.attempt.Reference)
	if err != nil || !found || !entry.Open() && entry.End.Status != EntryOrphaned || !entry.Attempt.began(p.attempt.Started) {
		return
	}
	// Where this fails the entry stays open, and Recover reads again.
	_ = d.journal.End(ctx, entry.ID, resolvedEnd(r))
}
