package telnyx

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// few is up to how many numbers are looked up one by one; reading everything
// is cheaper beyond.
const few = 20

// Owned walks GET /phone_numbers. A few numbers are looked up by
// filter[phone_number]; the states are filtered here.
func (o *Orderer) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	return driver.Owned(o.rows(ctx, q), q, func(n *PhoneNumber) (*numbers.Number, error) { return o.number(n), nil })
}

func (o *Orderer) rows(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*PhoneNumber, error] {
	if len(q.Numbers) == 0 || len(q.Numbers) > few {
		return o.client.PhoneNumbers.All(ctx, nil, numbers.ReadAhead(q.ReadAhead))
	}
	return func(yield func(*PhoneNumber, error) bool) {
		for _, n := range q.Numbers {
			for row, err := range o.named(ctx, n.Digits()) {
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}

// named walks the rows that have some digits in their number.
func (o *Orderer) named(ctx context.Context, digits string) iter.Seq2[*PhoneNumber, error] {
	return o.client.PhoneNumbers.All(ctx, &ListPhoneNumbersRequest{Filter: PhoneNumbersFilter{PhoneNumber: digits}})
}

// number converts an owned number.
func (o *Orderer) number(n *PhoneNumber) *numbers.Number {
	return &numbers.Number{
		Vendor: vendor,
		ID:     string(n.ID),
		E164:   driver.E164(n.PhoneNumber), VendorNumber: n.PhoneNumber,
		State: numberState(text(n.Status)), VendorState: text(n.Status),
		Locked: n.DeletionLockEnabled != nil && *n.DeletionLockEnabled,
		Assignment: numbers.Assignment{
			Connection: text(n.ConnectionID), MessagingProfile: text(n.MessagingProfileID), BillingGroup: text(n.BillingGroupID),
		},
		Created: n.CreatedAt.Time,
		Native:  n,
	}
}

func numberState(status string) numbers.NumberState {
	switch status {
	case NumberActive, NumberEmergencyOnly, NumberPortOutPending:
		return numbers.NumberActive
	case NumberPurchasePending, NumberProvisionPending, NumberPortPending,
		NumberRequirementInfoPending, NumberRequirementInfoUnderReview, NumberRequirementInfoException:
		return numbers.NumberPending
	case NumberDeleted, NumberPortedOut, NumberPurchaseFailed, NumberPortFailed:
		return numbers.NumberReleased
	}
	return numbers.NumberUnknown
}

// Release gives a number back by DELETE /phone_numbers/{id}, and is done when
// the list of owned numbers no longer has it.
func (o *Orderer) Release(ctx context.Context, n *numbers.Number) error {
	if err := driver.CheckNumber("Release", vendor, n); err != nil {
		return err
	}
	return driver.Error(o.release(ctx, n), "Release", []numbers.E164{n.E164})
}

func (o *Orderer) release(ctx context.Context, n *numbers.Number) error {
	if err := known(n); err != nil {
		return err
	}
	row, err := o.same(ctx, n)
	if errors.Is(err, numbers.ErrNotFound) {
		return o.gone(ctx, n)
	}
	if err != nil {
		return err
	}
	own := o.number(row)
	switch {
	case own.State == numbers.NumberReleased:
		return nil
	case own.Locked:
		return &numbers.Error{Vendor: vendor, Kind: numbers.ErrLocked, Message: "its deletion lock is enabled; the portal removes it"}
	}
	if _, deleteErr := o.client.PhoneNumbers.Delete(ctx, row.ID); deleteErr != nil && !errors.Is(deleteErr, numbers.ErrNotFound) {
		// The answer may be to the second of two attempts, of which the first
		// went through.
		if left, err := o.listed(ctx, n); err != nil || left {
			return deleteErr
		}
		return nil
	}
	return poll(ctx, o.caps.ListingDelay, func() (bool, error) {
		left, err := o.listed(ctx, n)
		return !left, err
	})
}

// same reads the number under n's id, and refuses where it is another one.
func (o *Orderer) same(ctx context.Context, n *numbers.Number) (*PhoneNumber, error) {
	row, err := o.client.PhoneNumbers.Get(ctx, PhoneNumberID(n.ID))
	switch {
	case err != nil:
		return nil, err
	case string(row.ID) != n.ID || !isNumber(row, n):
		return nil, &numbers.Error{Vendor: vendor, Kind: numbers.ErrConflict, Message: "under its id is another number now"}
	}
	return row, nil
}

// listed reports whether the list of owned numbers has the row of n's id.
func (o *Orderer) listed(ctx context.Context, n *numbers.Number) (bool, error) {
	for row, err := range o.named(ctx, digits(n)) {
		if err != nil {
			return false, err
		}
		if string(row.ID) == n.ID && numberState(text(row.Status)) != numbers.NumberReleased {
			return true, nil
		}
	}
	return false, nil
}

// gone is nil where the list of owned numbers shows that the account does not
// have the number, under whatever id.
func (o *Orderer) gone(ctx context.Context, n *numbers.Number) error {
	for row, err := range o.named(ctx, digits(n)) {
		if err != nil {
			return err
		}
		if isNumber(row, n) && numberState(text(row.Status)) != numbers.NumberReleased {
			return &numbers.Error{Vendor: vendor, Kind: numbers.ErrConflict, Message: "nothing is under its id, and the account has the number under another one"}
		}
	}
	return nil
}

// known refuses a number that was not looked up: nothing could be held against
// what is under its id.
func known(n *numbers.Number) error {
	if n.ID == "" || n.E164 == "" && n.VendorNumber == "" {
		return &numbers.Error{Vendor: vendor, Kind: numbers.ErrInvalid, Field: "Number", Message: "it has no id or no number; look it up"}
	}
	return nil
}

// isNumber reports whether a row is of the number n.
func isNumber(row *PhoneNumber, n *numbers.Number) bool {
	if n.E164 != "" {
		return driver.E164(row.PhoneNumber) == n.E164
	}
	return row.PhoneNumber == n.VendorNumber
}

// digits is what filter[phone_number] takes.
func digits(n *numbers.Number) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, cmp.Or(string(n.E164), n.VendorNumber))
}

// Assign sets the connection and the billing group by PATCH
// /phone_numbers/{id}, and the messaging profile by PATCH
// /phone_numbers/{id}/messaging. Where the second fails after the first, the
// number as it stands comes beside the error, which says what is not assigned.
func (o *Orderer) Assign(ctx context.Context, n *numbers.Number, a numbers.Assignment) (*numbers.Number, error) {
	if err := driver.CheckNumber("Assign", vendor, n); err != nil {
		return nil, err
	}
	if not := a.Fields() &^ o.caps.AssignsOwned; not != 0 {
		return nil, &numbers.Error{
			Op: "Assign", Vendor: vendor, Kind: errors.ErrUnsupported, Field: not.String(),
			Numbers: []numbers.E164{n.E164}, Message: "Telnyx can't set it",
		}
	}
	row, err := o.assign(ctx, n, a)
	err = driver.Error(err, "Assign", []numbers.E164{n.E164})
	if row == nil {
		return nil, err
	}
	return o.number(row), err
}

func (o *Orderer) assign(ctx context.Context, n *numbers.Number, a numbers.Assignment) (*PhoneNumber, error) {
	if err := known(n); err != nil {
		return nil, err
	}
	row, err := o.same(ctx, n)
	if err != nil {
		return nil, err
	}
	if a.Connection != "" || a.BillingGroup != "" {
		var r UpdatePhoneNumberRequest
		override(&r.ConnectionID, a.Connection)
		override(&r.BillingGroupID, a.BillingGroup)
		changed, err := o.client.PhoneNumbers.Update(ctx, row.ID, &r)
		if err != nil {
			return row, unassigned(err, "it is owned, and not assigned")
		}
		row = changed
	}
	if a.MessagingProfile != "" {
		settings, err := o.client.PhoneNumbers.UpdateMessaging(ctx, row.ID, &UpdateMessagingSettingsRequest{MessagingProfileID: &a.MessagingProfile})
		if err != nil {
			return row, unassigned(err, "it is owned, and not assigned to the messaging profile")
		}
		now := *row
		now.MessagingProfileID = settings.MessagingProfileID
		row = &now
	}
	return row, nil
}

// unassigned says what is not assigned, and why.
func unassigned(err error, what string) error {
	e, ok := errors.AsType[*numbers.Error](err)
	if !ok {
		return err
	}
	out := *e
	if out.Message != "" {
		what += ": " + out.Message
	}
	out.Message = what
	return &out
}
