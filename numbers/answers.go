package numbers

import "fmt"

// Answers holds an order that came of r against it: nil where o may be what was
// asked for, whatever became of it, ErrConflict where it is for other numbers.
// An adapter's Place returns it beside the order, which was placed: what the
// vendor made must neither be lost nor taken for what was wanted. Numbers that o
// leaves out, or that have no E164, are no conflict.
func (o *Order) Answers(r OrderRequest) error {
	if o == nil {
		return nil
	}
	if reason := o.strange(r.Numbers); reason != "" {
		caps := Capabilities{Vendor: o.Vendor, Account: o.Account}
		return caps.err("Place", ErrConflict, "", "the vendor made order "+quote(o.ID)+", and "+reason+"; look at it, and don't order again before", r.Numbers...)
	}
	return nil
}

// strange says what an order has that was not asked for; "" where there is
// nothing.
func (o *Order) strange(asked []E164) string {
	wanted, told := setOf(asked), setOf(o.Numbers())
	for _, n := range o.Numbers() {
		if !wanted.has(n) {
			return "it is for " + string(n) + ", which was not asked for"
		}
	}
	if o.Count > len(asked) && len(told) < len(wanted) {
		return fmt.Sprintf("it has %d numbers, where %d were asked for", o.Count, len(asked))
	}
	return ""
}
