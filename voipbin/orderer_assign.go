package voipbin

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Assign connects a number to flows by PUT /numbers/{id}/flow_ids. It reads the number
// first. If the id now belongs to another number, the error is ErrConflict. The request
// replaces both flows, so Assign sends a flow that a does not set as it was read. If the
// id of a flow is not a UUID, VoIPBin clears the flow, and the error is ErrInvalid.
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
		return nil, &numbers.Error{Vendor: vendor, Kind: numbers.ErrInvalid, Field: field, Status: http.StatusOK, Message: "the vendor cleared this flow of the number, because the flow id is not a UUID"}
	}
	return row, nil
}

// notTaken returns the name of a flow that was sent and that the row does not have,
// because the vendor clears a flow whose id is not a UUID. It returns "" if the row has
// both flows.
func notTaken(call, message *string, row *Number) (field string) {
	switch {
	case flowOf(call) != "" && row.CallFlowID != nil && flowOf(row.CallFlowID) == "":
		return "CallFlow"
	case flowOf(message) != "" && row.MessageFlowID != nil && flowOf(row.MessageFlowID) == "":
		return "MessageFlow"
	}
	return ""
}
