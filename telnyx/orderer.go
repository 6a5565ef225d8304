package telnyx

import (
	"context"
	"iter"
	"time"

	"github.com/tnkit/tnkit/internal/adapt"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// OrdererOptions are the options of [NewOrderer].
type OrdererOptions struct {
	// Account is the caller's name for the account, in orders and errors.
	Account string
	// Settle is how long after an attempt a listing that does not show it
	// proves that it was not placed; 0 = 60 s. No source states it; one
	// project saw orders appear after 1 to 10 s.
	Settle time.Duration
}

// Orderer is a Telnyx account as a numbers.Orderer.
type Orderer struct {
	client  *Client
	account string
	caps    numbers.Capabilities
}

var _ numbers.Orderer = (*Orderer)(nil)

// NewOrderer makes a numbers.Orderer of a client; opts may be nil.
func NewOrderer(c *Client, opts *OrdererOptions) *Orderer {
	if opts == nil {
		opts = &OrdererOptions{}
	}
	settle := opts.Settle
	if settle == 0 {
		settle = time.Minute
	}
	return &Orderer{
		client:  c,
		account: opts.Account,
		caps: numbers.Capabilities{
			Vendor:           vendor,
			Semantics:        numbers.Buys,
			Assigns:          numbers.AssignConnection | numbers.AssignMessagingProfile | numbers.AssignBillingGroup,
			Recognises:       numbers.ByReference,
			Settle:           settle,
			DefiniteRefusals: true,
		},
	}
}

// Capabilities implements numbers.Orderer.
func (o *Orderer) Capabilities() numbers.Capabilities { return o.caps }

// Place orders numbers by POST /number_orders. A Native template is a
// *CreateNumberOrderRequest without numbers.
func (o *Orderer) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	const op = "Place"
	req, err := o.request(op, r)
	if err != nil {
		return nil, adapt.Error(err, op, o.account, r.Numbers)
	}
	placed, err := o.client.NumberOrders.Create(ctx, req)
	if err != nil {
		return nil, adapt.Error(err, op, o.account, r.Numbers)
	}
	return o.order(placed), nil
}

func (o *Orderer) request(op string, r numbers.OrderRequest) (*CreateNumberOrderRequest, error) {
	if err := r.Validate(op, o.caps); err != nil {
		return nil, err
	}
	req, err := adapt.Template[CreateNumberOrderRequest](vendor, op, r.Native)
	if err != nil {
		return nil, err
	}
	if len(req.PhoneNumbers) > 0 {
		return nil, &numbers.Error{Op: op, Vendor: vendor, Kind: numbers.ErrInvalid, Field: "Native", Message: "the template has numbers of its own"}
	}
	for _, n := range r.Numbers {
		req.PhoneNumbers = append(req.PhoneNumbers, CreateNumberOrderPhoneNumber{PhoneNumber: string(n)})
	}
	if r.Reference != "" {
		req.CustomerReference = &r.Reference
	}
	if a := r.Assign; a != nil {
		override(&req.ConnectionID, a.Connection)
		override(&req.MessagingProfileID, a.MessagingProfile)
		override(&req.BillingGroupID, a.BillingGroup)
	}
	return req, nil
}

func override(field **string, value string) {
	if value != "" {
		*field = &value
	}
}

// Order reads one order by GET /number_orders/{id}.
func (o *Orderer) Order(ctx context.Context, id string) (*numbers.Order, error) {
	read, err := o.client.NumberOrders.Get(ctx, id)
	if err != nil {
		return nil, adapt.Error(err, "Order", o.account, nil)
	}
	return o.order(read), nil
}

// Orders walks GET /number_orders. The reference and the times are filtered by
// Telnyx; the rest here.
func (o *Orderer) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	list := &ListNumberOrdersRequest{Filter: NumberOrdersFilter{CustomerReference: q.Reference}}
	if !q.CreatedAfter.IsZero() {
		list.Filter.CreatedAt.GT = wire.NewTime(q.CreatedAfter)
	}
	if !q.CreatedBefore.IsZero() {
		list.Filter.CreatedAt.LT = wire.NewTime(q.CreatedBefore)
	}
	raw := o.client.NumberOrders.All(ctx, list, numbers.ReadAhead(q.ReadAhead))
	return adapt.Orders(raw, o.account, q, func(n *NumberOrder) (*numbers.Order, error) { return o.order(n), nil })
}

// order converts an order of either form.
func (o *Orderer) order(n *NumberOrder) *numbers.Order {
	out := &numbers.Order{
		Vendor: vendor, Account: o.account,
		ID: n.ID, Reference: text(n.CustomerReference),
		VendorState: n.Status,
		Count:       n.PhoneNumbersCount,
		Created:     n.CreatedAt.Time, Updated: n.UpdatedAt.Time,
		Native: n,
	}
	for i := range n.PhoneNumbers {
		out.Items = append(out.Items, item(&n.PhoneNumbers[i], n.Status))
	}
	out.Count = max(out.Count, len(out.Items))
	out.State = orderState(n.Status, out.Items)
	return out
}

func item(n *OrderPhoneNumber, order string) numbers.Item {
	status := text(n.Status)
	word := status
	if word == "" { // a list tells the order's word alone
		word = order
	}
	return numbers.Item{
		E164: adapt.E164(n.PhoneNumber), VendorNumber: n.PhoneNumber,
		State: itemState(word, text(n.RequirementsStatus)), VendorState: status,
	}
}

// itemState maps a number's status and requirements_status. What was never
// seen before is Pending.
func itemState(status, requirements string) numbers.State {
	switch status {
	case OrderSuccess:
		return numbers.StateComplete
	case OrderFailure:
		if requirements == "cancelled" || requirements == "deleted" {
			return numbers.StateCancelled
		}
		return numbers.StateFailed
	}
	switch requirements {
	case "requirement-info-pending", "requirement-info-exception":
		return numbers.StateActionRequired
	case "cancelled", "deleted":
		return numbers.StateCancelled
	}
	return numbers.StatePending
}

// orderState maps an order's status, together with its numbers: a success may
// have numbers that failed.
func orderState(status string, items []numbers.Item) numbers.State {
	count := make(map[numbers.State]int)
	for _, i := range items {
		count[i.State]++
	}
	all := len(items)
	switch {
	case all > 0 && count[numbers.StateCancelled] == all:
		return numbers.StateCancelled
	case status == OrderSuccess && count[numbers.StateComplete] < all:
		return numbers.StatePartial
	case status == OrderSuccess:
		return numbers.StateComplete
	case status == OrderFailure && count[numbers.StateComplete] > 0:
		return numbers.StatePartial
	case status == OrderFailure:
		return numbers.StateFailed
	case count[numbers.StateActionRequired] > 0:
		return numbers.StateActionRequired
	}
	return numbers.StatePending
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
