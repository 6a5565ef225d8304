package driver

import (
	"fmt"
	"slices"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// CheckPlaced returns an order that the vendor says it made of r. If it is for
// other numbers, also in a spelling that is not E.164, the error is ErrConflict
// and the order comes with it: it was placed, and must neither be lost nor taken
// for what was wanted. Numbers that the order leaves out are no conflict. A nil order
// is returned as it is.
func CheckPlaced(order *numbers.Order, r numbers.OrderRequest) (*numbers.Order, error) {
	reason := Mismatch(order, r.Numbers)
	if reason == "" && order != nil {
		for _, item := range order.Items {
			if item.E164 == "" {
				reason = "it is for " + quote(item.VendorNumber) + ", which was not requested"
			}
		}
	}
	if reason == "" {
		return order, nil
	}
	return order, &numbers.Error{
		Op: "Place", Vendor: order.Vendor, Kind: numbers.ErrConflict, Numbers: slices.Clone(r.Numbers),
		Message: "the vendor made order " + quote(order.ID) + ", and " + reason + "; look at it before you order again",
	}
}

// Mismatch returns what an order has that was not requested, or "".
func Mismatch(o *numbers.Order, requested []numbers.E164) string {
	if o == nil {
		return ""
	}
	wanted, has := set.Of(requested), set.Of(o.Numbers())
	for _, n := range o.Numbers() {
		if !wanted.Has(n) {
			return "it is for " + string(n) + ", which was not requested"
		}
	}
	if o.Count > len(requested) && len(has) < len(wanted) {
		return fmt.Sprintf("it has %d numbers, and %d were requested", o.Count, len(requested))
	}
	return ""
}

// CheckID returns an order that was read by its id. If it is missing, or is
// another order, the error is ErrVendor.
func CheckID(order *numbers.Order, id, vendor, op string) (*numbers.Order, error) {
	switch {
	case order == nil:
		return nil, &numbers.Error{Op: op, Vendor: vendor, Kind: numbers.ErrVendor, Message: "reading order " + quote(id) + " returned neither an order nor an error"}
	case !sameID(order.ID, id):
		return nil, &numbers.Error{Op: op, Vendor: vendor, Kind: numbers.ErrVendor, Message: "the vendor answered with order " + quote(order.ID) + " when order " + quote(id) + " was requested"}
	}
	return order, nil
}

// CheckNumber refuses a number that can't be this vendor's, before anything is
// sent: nil, another vendor's, or without an id. The error is ErrInvalid.
func CheckNumber(op, vendor string, n *numbers.Number) error {
	switch {
	case n == nil:
		return Refused(vendor, op, numbers.ErrInvalid, "Number", "it is nil")
	case n.Vendor != vendor:
		return Refused(vendor, op, numbers.ErrInvalid, "Number", "it belongs to another vendor: "+quote(n.Vendor), n.E164)
	case n.ID == "":
		return Refused(vendor, op, numbers.ErrInvalid, "Number", "it has no id; look it up with Find or Owned", n.E164)
	}
	return nil
}
