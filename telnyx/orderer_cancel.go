package telnyx

import (
	"context"
	"errors"
	"slices"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Cancel cancels all sub number orders of an order that are pending: Telnyx
// has no cancel for the order itself. One that fails does not stop the others;
// the order as it stands then comes beside the error. A sub order that is
// settled meanwhile is no failure.
func (o *Orderer) Cancel(ctx context.Context, order *numbers.Order) (*numbers.Order, error) {
	const op = "Cancel"
	if order == nil {
		return nil, &numbers.Error{Op: op, Vendor: vendor, Kind: numbers.ErrInvalid, Field: "Order", Message: "the order is nil"}
	}
	subs, err := o.subOrders(ctx, order.ID)
	if err != nil {
		return nil, driver.Error(err, op, order.Numbers())
	}
	if len(subs) == 0 && order.State == numbers.StatePending {
		return nil, &numbers.Error{
			Op: op, Vendor: vendor, Kind: numbers.ErrConflict, Numbers: order.Numbers(),
			Message: "Telnyx lists no sub number orders of it to cancel yet",
		}
	}
	var failed []error
	for _, sub := range subs {
		if text(sub.Status) != OrderPending {
			continue
		}
		if _, err := o.client.SubNumberOrders.Cancel(ctx, sub.ID); err != nil {
			now, readErr := o.client.SubNumberOrders.Get(ctx, sub.ID, nil)
			if readErr != nil || text(now.Status) == OrderPending {
				failed = append(failed, driver.Error(err, op, order.Numbers()))
			}
		}
	}
	after, err := o.Order(ctx, order.ID)
	if err != nil {
		failed = append(failed, driver.Error(err, op, order.Numbers()))
	}
	if len(failed) == 1 {
		return after, failed[0]
	}
	return after, errors.Join(failed...)
}

// subOrders reads the sub orders of an order: those that it names, and those
// that name it.
func (o *Orderer) subOrders(ctx context.Context, id string) ([]*SubNumberOrder, error) {
	order, err := o.client.NumberOrders.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	var subs []*SubNumberOrder
	list := &ListSubNumberOrdersRequest{Filter: SubNumberOrdersFilter{OrderRequestID: id}}
	for sub, err := range o.client.SubNumberOrders.All(ctx, list) {
		if err != nil {
			return nil, err
		}
		if text(sub.OrderRequestID) == id || slices.Contains(order.SubNumberOrdersIDs, sub.ID) {
			subs = append(subs, sub)
		}
	}
	for _, named := range order.SubNumberOrdersIDs {
		if slices.ContainsFunc(subs, func(s *SubNumberOrder) bool { return s.ID == named }) {
			continue
		}
		sub, err := o.client.SubNumberOrders.Get(ctx, named, nil)
		if err != nil {
			return nil, err
		}
		subs = append(subs, sub)
	}
	return subs, nil
}

// deadlines reads until when the numbers of an order that stand still wait for
// what Telnyx asks for.
func (o *Orderer) deadlines(ctx context.Context, order *numbers.Order, own *NumberOrder) error {
	for i := range order.Items {
		id := own.PhoneNumbers[i].ID
		if order.Items[i].State != numbers.StateActionRequired || id == nil {
			continue
		}
		n, err := o.client.NumberOrderPhoneNumbers.Get(ctx, *id)
		switch {
		case err == nil:
			order.Items[i].Deadline = n.Deadline.Time
		case !errors.Is(err, numbers.ErrNotFound):
			return err
		}
	}
	return nil
}
