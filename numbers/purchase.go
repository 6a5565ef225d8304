package numbers

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Purchase is what came of a [Buy]: everything that was bought or may have
// been.
type Purchase struct {
	// Reference is the request's, or the one that it got where it had none. A
	// later call with it goes on with this purchase, under the conditions of
	// [Buy].
	Reference string
	// Orders are the orders that the vendor has, as last read.
	Orders []*Order
	// Unknown are the attempts of which nobody knows what became: [Resolve]
	// them later, and never buy their numbers again before.
	Unknown []Attempt
	// Owned are numbers of the request that the account had already; nothing
	// was sent for them.
	Owned []*Number
}

// Bought returns the numbers that were bought for certain.
func (p *Purchase) Bought() []E164 {
	if p == nil {
		return nil
	}
	var list []E164
	for _, o := range p.Orders {
		for _, item := range o.Items {
			if item.E164 != "" && bought(o, item) {
				list = append(list, item.E164)
			}
		}
	}
	return list
}

// bought reports whether an item is bought: complete, or pending in an order
// that will never say more.
func bought(o *Order, item Item) bool {
	return item.State == StateComplete || o.Final && item.State == StatePending
}

// PurchaseError says what of a purchase is missing. The numbers that it does
// not name were bought.
type PurchaseError struct {
	Vendor, Account string
	// Errs has one *Error for each order or number that failed, is unknown, or
	// did not settle.
	Errs []error

	missing map[E164]error
}

// Error lists the first few of what went wrong.
func (e *PurchaseError) Error() string {
	const most = 3
	var list []string
	for _, err := range e.Errs[:min(most, len(e.Errs))] {
		list = append(list, err.Error())
	}
	if more := len(e.Errs) - most; more > 0 {
		list = append(list, fmt.Sprintf("and %d more", more))
	}
	return "the purchase is not complete: " + strings.Join(list, "; ")
}

// Unwrap returns the errors, for errors.Is and errors.As. Where the outcome of
// any order is unknown, only the unknown ones are returned, so that a caller
// who repeats on another kind does not buy twice; Errs has all.
func (e *PurchaseError) Unwrap() []error {
	unknown := slices.DeleteFunc(slices.Clone(e.Errs), func(err error) bool { return !errors.Is(err, ErrOutcomeUnknown) })
	if len(unknown) > 0 {
		return unknown
	}
	return e.Errs
}

// Missing returns the numbers that were definitely not bought and may be
// bought again, with the reason of each; none on nil.
func (e *PurchaseError) Missing() map[E164]error {
	if e == nil {
		return nil
	}
	return maps.Clone(e.missing)
}
