package telnyx

import (
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
	"github.com/tnkit/tnkit/numbers/wire"
)

// order converts an order from a list or from Get.
func (o *Orderer) order(n *NumberOrder) *numbers.Order {
	out := &numbers.Order{
		Vendor: vendor,
		ID:     n.ID, Reference: text(n.CustomerReference),
		VendorState: text(n.Status),
		Count:       n.count(),
		Created:     n.CreatedAt.Time, Updated: n.UpdatedAt.Time,
		Native: n,
	}
	items := make([]numbers.Item, len(n.PhoneNumbers))
	for i := range n.PhoneNumbers {
		items[i] = item(&n.PhoneNumbers[i], text(n.Status))
	}
	out.State = orderState(text(n.Status), out.Count, items)
	if n.exact() || len(items) == 1 || !out.State.Terminal() {
		out.Items = items
	}
	return out
}

// count returns how many numbers the order has.
func (n *NumberOrder) count() int {
	return max(driver.Count(n.PhoneNumbersCount), len(n.PhoneNumbers))
}

func item(n *OrderPhoneNumber, order string) numbers.Item {
	status := text(n.Status)
	word := status
	if word == "" { // a list has only the order's status
		word = order
	}
	return numbers.Item{
		E164: driver.E164(n.PhoneNumber), VendorNumber: n.PhoneNumber,
		State:       itemState(word, text(n.RequirementsStatus), n.RequirementsMet != nil && *n.RequirementsMet),
		VendorState: status,
	}
}

// itemState maps a number's status, its requirements_status and
// requirements_met. An unknown status is Pending.
func itemState(status, requirements string, met bool) numbers.State {
	gone := requirements == RequirementsCancelled || requirements == RequirementsDeleted
	switch {
	case status == OrderSuccess:
		return numbers.StateComplete
	case gone:
		return numbers.StateCanceled
	case status == OrderFailure:
		return numbers.StateFailed
	case !met && (requirements == RequirementsInfoPending || requirements == RequirementsInfoException):
		return numbers.StateActionRequired
	}
	return numbers.StatePending
}

// orderState maps an order's status together with its numbers: an order that
// Telnyx calls a success or a failure may have numbers in another state. An
// undocumented status ("partial_success" was seen) may never change. It is
// Pending until every number of the order has settled. Then the numbers decide,
// so that no caller waits for a status that never comes.
func orderState(status string, count int, items []numbers.Item) numbers.State {
	have := make(map[numbers.State]int)
	for _, i := range items {
		have[i.State]++
	}
	all, bought := len(items), have[numbers.StateComplete]
	settled := status == OrderSuccess || status == OrderFailure
	if status != OrderPending && !settled {
		settled = all >= count
	}
	switch {
	case all > 0 && have[numbers.StateCanceled] == all:
		return numbers.StateCanceled
	case have[numbers.StateActionRequired] > 0:
		return numbers.StateActionRequired
	case !settled || have[numbers.StatePending] > 0:
		return numbers.StatePending
	case count == 0 && status != OrderFailure:
		return numbers.StatePending // an order without numbers proves no purchase
	case status != OrderFailure && bought == all:
		return numbers.StateComplete
	case status == OrderSuccess || bought > 0:
		return numbers.StatePartial
	}
	return numbers.StateFailed
}

func text[S ~string](s *S) string {
	if s == nil {
		return ""
	}
	return string(*s)
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

// offer converts a number for sale.
func (o *Orderer) offer(n *AvailablePhoneNumber) *numbers.Offer {
	out := &numbers.Offer{
		Vendor: vendor,
		E164:   driver.E164(n.PhoneNumber), VendorNumber: n.PhoneNumber,
		Type:   nameFor(types, text(n.PhoneNumberType)),
		Price:  price(n.CostInformation),
		Native: n,
	}
	for _, f := range n.Features {
		out.Features = append(out.Features, nameFor(features, f.Name))
	}
	for _, r := range n.RegionInformation {
		name := text(r.RegionName)
		switch text(r.RegionType) {
		case RegionCountryCode:
			out.Country = name
		case RegionState:
			out.Region = name
		case RegionLocation:
			out.Locality = name
		case RegionRateCenter:
			out.RateCenter = name
		}
	}
	return out
}

// price returns nil if Telnyx states no price.
func price(c *CostInformation) *numbers.Price {
	if c == nil {
		return nil
	}
	p := &numbers.Price{Upfront: money(c.UpfrontCost, c.Currency), Monthly: money(c.MonthlyCost, c.Currency)}
	if p.Upfront == nil && p.Monthly == nil {
		return nil
	}
	return p
}

func money(a wire.Amount, currency *string) *numbers.Money {
	amount, ok := a.Decimal()
	if !ok {
		return nil
	}
	return &numbers.Money{Amount: amount, Currency: text(currency)}
}
