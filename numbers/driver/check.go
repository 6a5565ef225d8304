package driver

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// CheckRequest checks a request before anything is sent. The list of numbers must not be
// empty, and must have at most Capabilities.MaxNumbers numbers. Each number must be E.164
// and must be in the list only once. The reference must be UTF-8. The template must have
// the vendor's type. An order must be able to set the fields of r.Assign. Otherwise the
// error is ErrInvalid or errors.ErrUnsupported. An Orderer must call it first in Place
// and Quote, or call [Template], which calls it.
func CheckRequest(caps numbers.Capabilities, op string, r numbers.OrderRequest) error {
	refuse := func(kind error, field, format string, args ...any) error {
		return &numbers.Error{
			Op: op, Vendor: caps.Vendor, Kind: kind, Field: field, Numbers: slices.Clone(r.Numbers), Message: fmt.Sprintf(format, args...),
		}
	}
	invalid := func(field, format string, args ...any) error {
		return refuse(numbers.ErrInvalid, field, format, args...)
	}
	if len(r.Numbers) == 0 {
		return invalid("Numbers", "the list is empty")
	}
	if caps.MaxNumbers > 0 && len(r.Numbers) > caps.MaxNumbers {
		return invalid("Numbers", "the list has %d numbers, and the vendor accepts at most %d in one order", len(r.Numbers), caps.MaxNumbers)
	}
	seen := make(map[numbers.E164]int, len(r.Numbers))
	for i, n := range r.Numbers {
		if !n.Valid() {
			return invalid(fmt.Sprintf("Numbers[%d]", i), "%s is not an E.164 number", quote(string(n)))
		}
		if first, twice := seen[n]; twice {
			return invalid(fmt.Sprintf("Numbers[%d]", i), "%s is in the list twice, first at %d", n, first)
		}
		seen[n] = i
	}
	if !utf8.ValidString(r.Reference) {
		return invalid("Reference", "it is not valid UTF-8")
	}
	if r.Native != nil && caps.Native != nil {
		if given, wanted := reflect.TypeOf(r.Native), reflect.TypeOf(caps.Native); given != wanted {
			return invalid("Native", "it is a %s, and must be a %s", given, wanted)
		}
		if reflect.ValueOf(r.Native).IsNil() {
			return invalid("Native", "it is a nil %T", r.Native)
		}
	}
	if r.Assign != nil {
		if not := r.Assign.Fields() &^ caps.Assigns; not != 0 {
			return refuse(errors.ErrUnsupported, "Assign."+not.String(), "an order at this vendor can't set this field")
		}
	}
	return nil
}

// CheckPlaced checks an order that the vendor returned for r, and returns it. If the
// order has other numbers than r, the error is ErrConflict. This includes a number whose
// spelling is not E.164. The order is returned with the error, because it was placed and
// must not be lost. Numbers that the order leaves out are not a conflict. If order is
// nil, CheckPlaced returns nil and no error.
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
		Message: "the vendor made order " + quote(order.ID) + ", and " + reason + "; check it before you order again",
	}
}

// Mismatch returns a description of how an order differs from the requested numbers, or
// "" if it does not.
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

// CheckID returns order, which was read by its id. If order is nil or has another id, the
// error is ErrVendor.
func CheckID(vendor, op, id string, order *numbers.Order) (*numbers.Order, error) {
	switch {
	case order == nil:
		return nil, Refused(vendor, op, numbers.ErrVendor, "", "reading order "+quote(id)+" returned neither an order nor an error")
	case !sameID(order.ID, id):
		return nil, Refused(vendor, op, numbers.ErrVendor, "", "the vendor answered with order "+quote(order.ID)+" when order "+quote(id)+" was requested")
	}
	return order, nil
}

// CheckNumber checks a number before anything is sent. The error is ErrInvalid if n
// is nil, belongs to another vendor, has no id, or has no number that can be compared
// with the vendor's row.
func CheckNumber(vendor, op string, n *numbers.Number) error {
	refuse := func(message string) error {
		return Refused(vendor, op, numbers.ErrInvalid, "Number", message, numbersOf(n)...)
	}
	switch {
	case n == nil:
		return refuse("it is nil")
	case n.Vendor != vendor:
		return refuse("it belongs to another vendor: " + quote(n.Vendor))
	case n.ID == "":
		return refuse("it has no id; look it up with Find or Owned")
	case n.E164 == "" && n.VendorNumber == "":
		return refuse("it has an id but no number; look it up with Find or Owned")
	}
	return nil
}

// CheckSame checks that row, which was read by n's id, is the number n. If it is
// another number, the error is ErrConflict. If it is nil or has another id, the error
// is ErrVendor. An Orderer must check this before it changes or releases n.
func CheckSame(row, n *numbers.Number) error {
	switch {
	case row == nil:
		return problem(n, numbers.ErrVendor, "reading number "+quote(n.ID)+" returned neither a number nor an error")
	case !sameID(row.ID, n.ID):
		return problem(n, numbers.ErrVendor, "the vendor answered with number "+quote(row.ID)+" when number "+quote(n.ID)+" was requested")
	case !sameNumber(row, n):
		return problem(n, numbers.ErrConflict, "its id is now another number: "+quote(row.VendorNumber)+"; look it up again")
	}
	return nil
}

// sameNumber compares the E.164 numbers. If the vendor's spelling is not E.164, it
// compares the spelling.
func sameNumber(row, n *numbers.Number) bool {
	if row.E164 != "" && n.E164 != "" {
		return row.E164 == n.E164
	}
	return n.VendorNumber != "" && row.VendorNumber == n.VendorNumber
}

// CheckAssign checks the arguments of Assign before anything is sent. It checks n by
// [CheckNumber]. The error is ErrInvalid if a sets no field, and
// errors.ErrUnsupported if a sets a field that is not in Capabilities.AssignsOwned.
func CheckAssign(caps numbers.Capabilities, n *numbers.Number, a numbers.Assignment) error {
	const op = "Assign"
	if err := CheckNumber(caps.Vendor, op, n); err != nil {
		return err
	}
	if a.IsZero() {
		return Refused(caps.Vendor, op, numbers.ErrInvalid, "Assignment", "it sets nothing", numbersOf(n)...)
	}
	if not := a.Fields() &^ caps.AssignsOwned; not != 0 {
		return Refused(caps.Vendor, op, errors.ErrUnsupported, not.String(), "the vendor can't set this field", numbersOf(n)...)
	}
	return nil
}

// CheckSearch checks a query before anything is sent. If q has a field that is not in
// Capabilities.SearchFields, the error is errors.ErrUnsupported. If Limit is negative, or
// StartsWith, Contains, EndsWith or AreaCode has a character that is not a digit, the
// error is ErrInvalid.
func CheckSearch(caps numbers.Capabilities, q numbers.SearchQuery) error {
	const op = "Search"
	if not := q.Fields() &^ caps.SearchFields; not != 0 {
		return Refused(caps.Vendor, op, errors.ErrUnsupported, not.String(), "the vendor can't search by this field")
	}
	if q.Limit < 0 {
		return Refused(caps.Vendor, op, numbers.ErrInvalid, "Limit", "it is negative")
	}
	for _, f := range []struct{ name, digits string }{
		{"AreaCode", q.AreaCode}, {"StartsWith", q.StartsWith}, {"Contains", q.Contains}, {"EndsWith", q.EndsWith},
	} {
		if strings.Trim(f.digits, "0123456789") != "" {
			return Refused(caps.Vendor, op, numbers.ErrInvalid, f.name, "it has a character that is not a digit")
		}
	}
	return nil
}
