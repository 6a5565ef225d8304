package account

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tnkit/tnkit/numbers"
)

// resolveAll finds the outcome of the orders whose outcome is unknown.
func (b *buyer) resolveAll(ctx context.Context) {
	var list []*part
	for _, p := range b.parts {
		if p.attempt != nil && !(p.again && p.known) {
			list = append(list, p)
		}
	}
	b.resolveParts(ctx, list)
}

func (b *buyer) resolveParts(ctx context.Context, list []*part) {
	if len(list) == 0 {
		return
	}
	attempts := make([]*open, len(list))
	for i, p := range list {
		b.step(numbers.EventResolving, p, nil)
		attempts[i] = &open{entry: p.entry, recorded: p.entry.ID != ""}
		if !attempts[i].recorded {
			attempts[i].entry.Attempt = *p.attempt
			attempts[i].over = overAlone(*p.attempt, b.a.now())
		} else if hasMonotonic(p.entry.Ended) {
			attempts[i].over = p.entry.Ended
		}
	}
	ended := b.a.resolve(ctx, "Resolve", attempts)
	for i, p := range list {
		b.resolved(p, attempts[i])
	}
	b.settledEarlier(ended)
	b.parts = slices.DeleteFunc(b.parts, func(p *part) bool { return p.order == nil && p.attempt == nil && !p.gone && p.sent })
}

// resolved updates a part with its outcome.
func (b *buyer) resolved(p *part, o *open) {
	p.entry, p.again, p.shown = o.entry, false, o.err == nil
	b.journalFailed(p, o.journalErr)
	switch {
	case errors.Is(o.err, numbers.ErrNotFound):
		p.attempt, p.err, p.gone, p.waitErr = nil, nil, true, o.err
	case o.err != nil:
		p.err = b.unknown(p, "resolving it failed: "+o.err.Error(), p.err)
		if e, stopped := errorIn(p.err), errorIn(o.err); stopped != nil && ended(stopped.Err) {
			e.Err = errors.Join(e.Err, stopped.Err)
		}
	case o.resolution.Outcome == numbers.Placed:
		p.order, p.attempt, p.err = o.resolution.Order, nil, nil
		p.entry.End = b.a.placedEnd(p.entry, p.order)
	case o.resolution.Outcome == numbers.NotPlaced:
		b.wasNotPlaced(p, o)
	case o.resolution.Outcome == numbers.Repeatable:
		p.again = true
		p.err = b.unknown(p, "there was no clear answer, and the vendor does not list the order; ordering the same numbers again with the same reference is safe, and shows the outcome", p.err)
	default:
		p.err = b.unknown(p, orphanedMessage, p.err)
	}
	e := p.event(numbers.EventResolved, o.err)
	e.Outcome = o.resolution.Outcome
	b.emit(e)
}

// ended reports whether an error comes from a context, and so is no statement about a
// purchase.
func ended(err error) bool {
	return !numbers.HasKind(err) && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded))
}

const orphanedMessage = "the vendor does not list the order, but may have sold the numbers; ask its support before you order again"

// wasNotPlaced ends a part that was shown not to have been placed. If another delivery
// had begun it, this buyer orders its numbers once.
func (b *buyer) wasNotPlaced(p *part, o *open) {
	p.attempt = nil
	if p.known {
		first := false
		for _, n := range p.r.Numbers {
			first = first || !b.tookUp.Has(n)
		}
		b.tookUp.Add(p.r.Numbers...)
		if first {
			return
		}
	}
	e := b.a.err("Place", numbers.ErrNotPlaced, "", "there was no answer, and a complete reading shows that the order was not placed", p.r.Numbers...)
	e.Err = errAbsent
	if was := errorIn(p.err); was != nil && (was.Status != 0 || was.Message != "") {
		// The vendor's own message has the reason.
		e.Status, e.Code, e.RequestID = was.Status, was.Code, was.RequestID
		e.Message = fmt.Sprintf("the answer was unclear (%s), and a complete reading shows that the order was not placed", words(was))
		if inner := was.Err; inner != nil && !errors.Is(inner, numbers.ErrOutcomeUnknown) {
			e.Err = errors.Join(errAbsent, inner)
		}
	}
	if p.known && o.elsewhere && o.entry.End.Reason != "" {
		e.Message = "another delivery of this purchase had claimed it, and did not place it: " + o.entry.End.Reason
	}
	p.err = e
	b.fail(e, p.r.Numbers...)
}

// errAbsent is the cause of an ErrNotPlaced of an order that may have been sent.
var errAbsent = errors.New("the vendor does not list the order")

// words returns the text of the vendor's unclear answer.
func words(e *numbers.Error) string {
	switch {
	case e.Message != "":
		return e.Message
	case e.Err != nil:
		return e.Err.Error()
	}
	return fmt.Sprintf("HTTP %d", e.Status)
}

// unknown returns the error of a part whose outcome is unknown.
func (b *buyer) unknown(p *part, message string, cause error) error {
	e := b.a.err("Place", numbers.ErrOutcomeUnknown, "", message, p.r.Numbers...)
	e.Attempt, e.Err = p.attempt, cause
	if p.attempt != nil {
		e.Status = p.attempt.Status
	}
	if was := errorIn(cause); was != nil && was.Message != notRecorded {
		e.Code, e.RequestID, e.Err = was.Code, was.RequestID, was.Err
		if was.Status != 0 {
			e.Status = was.Status
		}
		if was.Message != "" && was.Status != 0 {
			e.Message += " (its answer was: " + was.Message + ")"
		}
	}
	return e
}

// settledEarlier updates the parts of earlier attempts whose outcome a later order
// showed.
func (b *buyer) settledEarlier(ended []numbers.JournalEntry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range ended {
		for _, p := range b.parts {
			switch {
			case p.entry.ID != e.ID || p.attempt == nil:
			case e.Free():
				p.entry, p.attempt, p.err, p.again = e, nil, nil, false
			default:
				p.entry, p.again = e, false
				p.err = b.unknown(p, orphanedMessage, p.err)
			}
		}
	}
}

// refresh reads the journal again for attempts whose numbers are safe to order again,
// because other deliveries may have found their outcome.
func (b *buyer) refresh(ctx context.Context) {
	var ids []string
	for _, p := range b.parts {
		if p.attempt != nil && p.again {
			ids = append(ids, p.entry.ID)
		}
	}
	if len(ids) == 0 {
		return
	}
	entries, err := b.a.entries(context.WithoutCancel(ctx), numbers.JournalQuery{IDs: ids})
	if err != nil {
		return // their outcome stays unknown
	}
	b.settledEarlier(slices.DeleteFunc(entries, func(e numbers.JournalEntry) bool {
		return !e.Free() && e.End.Status != numbers.EntryOrphaned
	}))
}
