package numbers

import (
	"context"
	"errors"
	"iter"
	"time"
)

// Journaled wraps o so that every Place records its intent in j before the
// first byte is sent, and its outcome after. account names o in the journal;
// [Recover] finds the Orderer by it. A Place without a reference gets one of
// [NewReference].
//
// A reference that the journal knows is never sent again: Place returns the
// order that was placed by it, or ErrOutcomeUnknown while nobody knows. Where
// the intent can't be recorded, nothing is sent.
func Journaled(o Orderer, account string, j Journal) Orderer {
	switch {
	case o == nil:
		return refuser{&Error{Op: "Journaled", Account: account, Kind: ErrInvalid, Field: "Orderer", Message: "the Orderer is nil"}}
	case j == nil:
		return refuser{&Error{Op: "Journaled", Account: account, Kind: ErrInvalid, Field: "Journal", Message: "it is nil"}}
	}
	return &journaled{inner: o, account: account, journal: j}
}

type journaled struct {
	inner   Orderer
	account string
	journal Journal
}

// Unwrap returns the Orderer below, for As.
func (d *journaled) Unwrap() Orderer { return d.inner }

func (d *journaled) Capabilities() Capabilities { return d.inner.Capabilities() }

func (d *journaled) Order(ctx context.Context, id string) (*Order, error) {
	return d.inner.Order(ctx, id)
}

func (d *journaled) Orders(ctx context.Context, q OrderQuery) iter.Seq2[*Order, error] {
	return d.inner.Orders(ctx, q)
}

func (d *journaled) Place(ctx context.Context, r OrderRequest) (*Order, error) {
	caps := d.inner.Capabilities()
	if err := r.Validate("Place", caps); err != nil {
		return nil, err
	}
	if r.Reference == "" {
		r.Reference = NewReference()
	}
	before, err := d.before(ctx, r.Numbers)
	if err != nil {
		return nil, err
	}
	attempt := Attempt{
		Vendor: caps.Vendor, Account: d.account, Reference: r.Reference, Numbers: r.Numbers,
		Started: time.Now(), Before: before,
	}
	entry, begun, err := d.journal.Begin(ctx, attempt)
	if err != nil {
		return nil, &Error{
			Op: "Place", Vendor: caps.Vendor, Account: d.account, Kind: ErrNotPlaced, Numbers: r.Numbers,
			Message: "the journal can't record it, and so nothing was sent", Err: err,
		}
	}
	if !begun {
		return d.known(ctx, entry, r)
	}
	order, err := d.inner.Place(ctx, r)
	// The outcome is recorded even if ctx has ended meanwhile. Where that
	// fails, the intent stays open in the journal, and Recover finds out; the
	// answer is worth more than the failure to write it down.
	_ = d.journal.End(context.WithoutCancel(ctx), entry.ID, endOf(order, err, attempt))
	return order, d.complete(err, before)
}

// known answers a Place whose reference the journal has.
func (d *journaled) known(ctx context.Context, entry JournalEntry, r OrderRequest) (*Order, error) {
	e := &Error{Op: "Place", Vendor: entry.Attempt.Vendor, Account: d.account, Numbers: r.Numbers}
	switch {
	case !sameNumbers(entry.Attempt.Numbers, r.Numbers):
		e.Kind, e.Field, e.Message = ErrConflict, "Reference", "the journal knows the reference with other numbers"
	case entry.End.Status == EntryPlaced:
		return d.inner.Order(ctx, entry.End.OrderID)
	default:
		e.Kind, e.Message = ErrOutcomeUnknown, "the journal knows the reference, and not what became of it"
		attempt := entry.Attempt
		e.Attempt = &attempt
	}
	return nil, e
}

// before are the ids that the numbers have now, from the context of a Buy that
// has read them already, or by a reading of its own where the vendor keeps no
// reference to recognise the order by.
func (d *journaled) before(ctx context.Context, list []E164) ([]string, error) {
	if ids, ok := ctx.Value(beforeKey{}).([]string); ok {
		return ids, nil
	}
	if d.inner.Capabilities().Recognises == ByReference {
		return nil, nil
	}
	return idsBefore(ctx, d.inner, list)
}

// complete puts into an unknown outcome what the adapter did not know.
func (d *journaled) complete(err error, before []string) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Attempt == nil {
		return err
	}
	out, attempt := *e, *e.Attempt
	attempt.Account, attempt.Before = d.account, before
	out.Account, out.Attempt = d.account, &attempt
	return &out
}

func endOf(order *Order, err error, attempt Attempt) JournalEnd {
	end := JournalEnd{Time: time.Now()}
	switch {
	case order != nil:
		end.Status, end.OrderID = EntryPlaced, order.ID
	case errors.Is(err, ErrOutcomeUnknown):
		end.Status, end.Reason = EntryUnknown, err.Error()
		attempt.Ended = end.Time
		if e, ok := errors.AsType[*Error](err); ok {
			attempt.Status = e.Status
		}
		end.Attempt = &attempt
	case err != nil:
		end.Status, end.Reason = EntryRefused, err.Error()
	default:
		end.Status, end.Reason = EntryUnknown, "the Orderer returned neither an order nor an error"
	}
	return end
}

// refuser is an Orderer that can't be one: everything is its error.
type refuser struct{ err error }

func (r refuser) Capabilities() Capabilities                          { return Capabilities{} }
func (r refuser) Place(context.Context, OrderRequest) (*Order, error) { return nil, r.err }
func (r refuser) Order(context.Context, string) (*Order, error)       { return nil, r.err }
func (r refuser) Orders(context.Context, OrderQuery) iter.Seq2[*Order, error] {
	return failed[Order](r.err)
}
