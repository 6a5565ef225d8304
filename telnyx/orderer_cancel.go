package telnyx

import (
	"context"
	"errors"
	"slices"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Cancel cancels all sub number orders of an order that are pending, because Telnyx can't
// cancel the order itself. If one cancellation fails, the others continue, and Cancel
// returns the order as it is afterwards, together with the error. It is not an error if a
// sub order settled before it could be canceled.
func (o *Orderer) Cancel(ctx context.Context, order *numbers.Order) (*numbers.Order, error) {
	const op = "Cancel"
	if order == nil {
		return nil, driver.Refused(vendor, op, numbers.ErrInvalid, "Order", "it is nil")
	}
	subs, err := o.subOrders(ctx, order.ID)
	if err != nil {
		return nil, driver.Error(err, op, order.Numbers()...)
	}
	if len(subs) == 0 && order.State == numbers.StatePending {
		return nil, driver.Refused(vendor, op, numbers.ErrConflict, "", "Telnyx lists no sub number orders of this order yet; try again later", order.Numbers()...)
	}
	var failed []error
	for _, sub := range subs {
		if text(sub.Status) != OrderPending {
			continue
		}
		if _, err := o.client.SubNumberOrders.Cancel(ctx, sub.ID); err != nil {
			now, readErr := o.client.SubNumberOrders.Get(ctx, sub.ID, nil)
			if readErr != nil || text(now.Status) == OrderPending {
				failed = append(failed, driver.Error(err, op, order.Numbers()...))
			}
		}
	}
	after, err := o.Order(ctx, order.ID)
	if err != nil {
		failed = append(failed, driver.Error(err, op, order.Numbers()...))
	}
	if len(failed) == 1 {
		return after, failed[0]
	}
	return after, errors.Join(failed...)
}

// subOrders reads the sub orders of an order: those in its list, and those that have its
// id.
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
