package voipbin

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
	"github.com/tnkit/tnkit/numbers/wire"
)

// order converts a row to the order that made it.
func (o *Orderer) order(n *Number) *numbers.Order {
	state := orderState(n.Status)
	number := o.number(n)
	item := numbers.Item{E164: number.E164, VendorNumber: n.Number, State: state, VendorState: n.Status}
	if number.State != numbers.NumberReleased || n.Status == StatusDeleted || n.Status == StatusPortedOut {
		item.Owned = number // the number was sold, unlike that of a failed purchase
	}
	return &numbers.Order{
		Vendor: vendor, ID: n.ID,
		State: state, VendorState: n.Status,
		Final:   true, // the status is never refreshed
		Count:   1,
		Items:   []numbers.Item{item},
		Created: instant(n.TMCreate), Updated: instant(n.TMUpdate),
		Native: n,
	}
}

// number converts a row to the number.
func (o *Orderer) number(n *Number) *numbers.Number {
	return &numbers.Number{
		Vendor: vendor, ID: n.ID,
		E164: driver.E164(n.Number), VendorNumber: n.Number,
		State: numberState(n.Status), VendorState: n.Status,
		Assignment: assignment(n),
		Created:    instant(n.TMCreate),
		Native:     n,
	}
}

// offer converts a number for sale.
func (o *Orderer) offer(n *AvailableNumber) *numbers.Offer {
	offer := &numbers.Offer{
		Vendor: vendor, VendorNumber: n.Number,
		E164:    driver.E164(n.Number),
		Country: n.Country, Region: n.Region,
		Native: n,
	}
	for _, f := range n.Features {
		offer.Features = append(offer.Features, numbers.Feature(f)) // the names are the same
	}
	return offer
}

// orderState maps a status. An undocumented status is Pending.
func orderState(status string) numbers.State {
	switch status {
	case StatusActive, StatusEmergencyOnly, StatusPortOutPending:
		return numbers.StateComplete
	case StatusPurchaseFailed, StatusPortFailed:
		return numbers.StateFailed
	case StatusDeleted, StatusPortedOut:
		return numbers.StateCanceled // the account no longer has it
	}
	return numbers.StatePending
}

// numberState maps a status. A number that was never sold is Released, because
// the account does not have it.
func numberState(status string) numbers.NumberState {
	switch status {
	case StatusActive, StatusPortOutPending:
		return numbers.NumberActive
	case StatusPurchasePending, StatusPortPending:
		return numbers.NumberPending
	case StatusEmergencyOnly:
		return numbers.NumberDisabled
	case StatusDeleted, StatusPortedOut, StatusPurchaseFailed, StatusPortFailed:
		return numbers.NumberReleased
	}
	return numbers.NumberUnknown
}

func assignment(n *Number) numbers.Assignment {
	call := flowOf(n.CallFlowID)
	if call == "" {
		call = flowOf(n.FlowID) // until 2022
	}
	return numbers.Assignment{CallFlow: call, MessageFlow: flowOf(n.MessageFlowID)}
}

// flowOf returns the id of a flow, or "".
func flowOf(id *string) string {
	if id == nil || *id == NoFlow {
		return ""
	}
	return *id
}

func instant(t wire.Time) time.Time {
	known, _ := t.Known()
	return known
}

func isVirtual(n numbers.E164) bool { return strings.HasPrefix(string(n), virtualPrefix) }

// isEmpty400 reports whether err is the empty HTTP 400, which meant any failure
// until April 2026.
func isEmpty400(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.HTTPStatus == http.StatusBadRequest && e.Reason == ""
}

// reasonOf returns the vendor's reason, or "".
func reasonOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	return ""
}
