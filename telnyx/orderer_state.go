package telnyx

import (
	"github.com/tnkit/tnkit/internal/adapt"
	"github.com/tnkit/tnkit/numbers"
)

// order converts an order of either form.
func (o *Orderer) order(n *NumberOrder) *numbers.Order {
	out := &numbers.Order{
		Vendor: vendor, Account: o.account,
		ID: n.ID, Reference: text(n.CustomerReference),
		VendorState: text(n.Status),
		Count:       n.count(),
		Created:     n.CreatedAt.Time, Updated: n.UpdatedAt.Time,
		Native: n,
	}
	items := make([]numbers.Item, len(n.PhoneNumbers))
	for i := range n.PhoneNumbers {
		items[i] = item(&n.PhoneNumbers[i], text(n.Status))
	}
	out.State = orderState(text(n.Status), items)
	if out.Count == 0 && out.State == numbers.StateComplete {
		out.State = numbers.StatePending // a success of no numbers tells of none
	}
	if n.exact() || len(items) == 1 || !out.State.Terminal() {
		out.Items = items
	}
	return out
}

// count is how many numbers the order has; those in it where it does not say.
func (n *NumberOrder) count() int {
	if n.PhoneNumbersCount == nil {
		return len(n.PhoneNumbers)
	}
	return max(*n.PhoneNumbersCount, len(n.PhoneNumbers))
}

func item(n *OrderPhoneNumber, order string) numbers.Item {
	status := text(n.Status)
	word := status
	if word == "" { // a list tells the order's word alone
		word = order
	}
	return numbers.Item{
		E164: adapt.E164(n.PhoneNumber), VendorNumber: n.PhoneNumber,
		State:       itemState(word, text(n.RequirementsStatus), n.RequirementsMet != nil && *n.RequirementsMet),
		VendorState: status,
	}
}

// itemState maps a number's status, its requirements_status and
// requirements_met. What was never seen before is Pending.
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

// orderState maps an order's status, together with its numbers: an order that
// Telnyx calls a success or a failure may have numbers that fared otherwise.
func orderState(status string, items []numbers.Item) numbers.State {
	count := make(map[numbers.State]int)
	for _, i := range items {
		count[i.State]++
	}
	all, bought := len(items), count[numbers.StateComplete]
	switch settled := status == OrderSuccess || status == OrderFailure; {
	case all > 0 && count[numbers.StateCanceled] == all:
		return numbers.StateCanceled
	case count[numbers.StateActionRequired] > 0:
		return numbers.StateActionRequired
	case !settled || count[numbers.StatePending] > 0:
		return numbers.StatePending
	case status == OrderSuccess && bought == all:
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
