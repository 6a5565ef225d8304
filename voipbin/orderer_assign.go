package voipbin

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Assign connects a number to flows by PUT /numbers/{id}/flow_ids. It reads the number
// first, and another number under its id is ErrConflict. The request replaces both
// flows, so that the one that a leaves alone is sent as it was read. A flow that the
// vendor did not take, because its id is not a UUID, is ErrInvalid; the number then has
// none.
func (o *Orderer) Assign(ctx context.Context, n *numbers.Number, a numbers.Assignment) (*numbers.Number, error) {
	if err := driver.CheckAssign(o.caps, n, a); err != nil {
		return nil, err
	}
	row, err := o.assign(ctx, n, a)
	if err != nil {
		return nil, driver.Error(err, "Assign", n.E164)
	}
	return o.number(row), nil
}

func (o *Orderer) assign(ctx context.Context, n *numbers.Number, a numbers.Assignment) (*Number, error) {
	row, err := o.client.Numbers.Get(ctx, n.ID)
	if err != nil {
		return nil, err
	}
	if err := driver.CheckSame(o.number(row), n); err != nil {
		return nil, err
	}
	flows := &UpdateFlowsRequest{}
	for _, flow := range []struct {
		name   string
		to     *string
		change string
		stays  *string
	}{
		{"call_flow_id", &flows.CallFlowID, a.CallFlow, row.CallFlowID},
		{"message_flow_id", &flows.MessageFlowID, a.MessageFlow, row.MessageFlowID},
	} {
		switch {
		case flow.change != "":
			*flow.to = flow.change
		case flow.stays != nil:
			*flow.to = *flow.stays
		default:
			return nil, missingField("Assign", flow.name)
		}
	}
	row, err = o.client.Numbers.UpdateFlows(ctx, n.ID, flows)
	if err != nil {
		return nil, err
	}
	if field := notTaken(&flows.CallFlowID, &flows.MessageFlowID, row); field != "" {
		return nil, &numbers.Error{Vendor: vendor, Kind: numbers.ErrInvalid, Field: field, Status: http.StatusOK, Message: "the vendor did not take it, and the number has none now: a flow id that is not a UUID counts as none"}
	}
	return row, nil
}

// notTaken names the flow that was sent and that the row does not have: the
// vendor takes what is no UUID for none. "" where both were taken.
func notTaken(call, message *string, row *Number) (field string) {
	switch {
	case flowOf(call) != "" && row.CallFlowID != nil && flowOf(row.CallFlowID) == "":
		return "CallFlow"
	case flowOf(message) != "" && row.MessageFlowID != nil && flowOf(row.MessageFlowID) == "":
		return "MessageFlow"
	}
	return ""
}
