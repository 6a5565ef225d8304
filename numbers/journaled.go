package numbers

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
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
	if err := usable("Journaled", o); err != nil {
		return refuser{err}
	}
	if isNil(j) {
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
	r.Numbers = slices.Clone(r.Numbers) // the journal keeps them
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
		return nil, caps.err("Place", ErrNotPlaced, "", "the journal can't record it, and so nothing was sent", r.Numbers...).because(err)
	}
	if !begun {
		return d.known(ctx, entry, r)
	}
	order, err := d.inner.Place(ctx, r)
	if order != nil && order.ID == "" || order == nil && err == nil {
		order, err = nil, caps.err("Place", ErrOutcomeUnknown, "", "the Orderer returned no order and no error", r.Numbers...)
	}
	if order == nil && unclear(err) {
		err = d.complete(err, attempt)
	}
	// The outcome is recorded even if ctx has ended meanwhile. Where that
	// fails, the intent stays open in the journal, and Recover finds out; the
	// answer is worth more than the failure to write it down.
	_ = d.journal.End(context.WithoutCancel(ctx), entry.ID, endOf(order, err))
	return order, err
}

// known answers a Place whose reference the journal has.
func (d *journaled) known(ctx context.Context, entry JournalEntry, r OrderRequest) (*Order, error) {
	caps := d.inner.Capabilities()
	switch {
	case !maps.Equal(setOf(entry.Attempt.Numbers), setOf(r.Numbers)):
		return nil, caps.err("Place", ErrConflict, "Reference", "the journal knows the reference with other numbers", r.Numbers...)
	case entry.End.Status == EntryPlaced:
		return readPlaced(ctx, d.inner, entry)
	}
	e := caps.err("Place", ErrOutcomeUnknown, "", "the journal knows the reference, and not what became of it", r.Numbers...)
	e.Account, e.Attempt = d.account, entry.lost()
	return nil, e
}

// before are the ids that the numbers have now, from the context of a Buy that
// has read them already, or by a reading of its own where the vendor keeps no
// reference to recognise the order by.
func (d *journaled) before(ctx context.Context, list []E164) ([]string, error) {
	if ids, ok := ctx.Value(beforeKey{}).([]string); ok {
		return ids, nil
	}
	if d.inner.Capabilities().FoundBy == ByReference {
		return nil, nil
	}
	owned, err := ownedOf(ctx, d.inner, list)
	if err != nil {
		return nil, err
	}
	return idsBefore(ctx, d.inner, list, owned)
}

// complete puts into an unknown outcome what the adapter did not know.
func (d *journaled) complete(err error, attempt Attempt) error {
	var out Error
	if e := errorIn(err); e != nil && errors.Is(e, ErrOutcomeUnknown) {
		out = *e
	} else {
		out = Error{Op: "Place", Vendor: attempt.Vendor, Numbers: attempt.Numbers, Err: err}
	}
	attempt.Status, attempt.Ended = out.Status, time.Now()
	if own := out.Attempt; own != nil {
		if own.Status != 0 {
			attempt.Status = own.Status
		}
		if !own.Ended.IsZero() {
			attempt.Ended = own.Ended
		}
	}
	out.Kind, out.Account, out.Attempt = ErrOutcomeUnknown, d.account, &attempt
	return &out
}

// endOf is what a Place records; an unknown outcome has its Attempt.
func endOf(order *Order, err error) JournalEnd {
	end := JournalEnd{Time: time.Now()}
	switch {
	case order != nil:
		end.Status, end.OrderID = EntryPlaced, order.ID
	case errors.Is(err, ErrOutcomeUnknown):
		end.Status, end.Reason = EntryUnknown, err.Error()
		if e := errorIn(err); e != nil {
			end.Attempt = e.Attempt
		}
	default:
		end.Status, end.Reason = EntryRefused, err.Error()
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
