package driver

import (
	"fmt"
	"iter"
	"slices"

	"github.com/tnkit/tnkit/internal/set"
	"github.com/tnkit/tnkit/numbers"
)

// E164 returns the vendor's spelling as an E.164 number, or "" if it is not exactly
// one.
func E164(spelling string) numbers.E164 {
	n, err := numbers.ParseE164(spelling)
	if err != nil {
		return ""
	}
	return n
}

// Template checks r by [CheckRequest] and returns the vendor's create request, which the
// Orderer then completes. It is a copy of r.Native, or a zero value if r.Native is nil.
// The error is ErrInvalid if r.Native has another type, is a nil pointer, or has numbers
// of its own (hasNumbers returns true). A nil hasNumbers means that the type has no
// numbers.
func Template[T any](caps numbers.Capabilities, op string, r numbers.OrderRequest, hasNumbers func(*T) bool) (*T, error) {
	if err := CheckRequest(caps, op, r); err != nil {
		return nil, err
	}
	refuse := func(message string) error {
		return Refused(caps.Vendor, op, numbers.ErrInvalid, "Native", message, r.Numbers...)
	}
	switch v := r.Native.(type) {
	case nil:
		return new(T), nil
	case *T:
		switch {
		case v == nil:
		case hasNumbers != nil && hasNumbers(v):
			return nil, refuse("the template must not have numbers")
		default:
			clone := *v
			return &clone, nil
		}
	}
	return nil, refuse(fmt.Sprintf("it is a %T, and must be a %T", r.Native, new(T)))
}

// TemplateItems returns an item for each number, for a vendor whose create request has a
// list of items. The template may have one item without a number. Its other fields are
// then used for every number. If the template has other items, the error is ErrInvalid.
// number returns a pointer to an item's number, and spell returns a number in the
// vendor's spelling.
func TemplateItems[T any, N comparable](vendor, op string, template []T, list []numbers.E164, number func(*T) *N, spell func(numbers.E164) N) ([]T, error) {
	var each T
	var none N
	switch {
	case len(template) == 1 && *number(&template[0]) == none:
		each = template[0]
	case len(template) > 0:
		return nil, Refused(vendor, op, numbers.ErrInvalid, "Native",
			"the template must not have numbers; it may have one item without a number, for the fields that all numbers share")
	}
	items := make([]T, len(list))
	for i, n := range list {
		items[i] = each
		*number(&items[i]) = spell(n)
	}
	return items, nil
}

// Set sets an optional field of a vendor's request to value. If value is "", Set does not
// change the field.
func Set(field **string, value string) {
	if value != "" {
		*field = &value
	}
}

// FindOrder returns the order with an id from a complete listing. Use it if the vendor's
// answer for an unknown id does not prove that the order does not exist. If the listing
// does not have the order, the error is ErrNotFound.
func FindOrder(vendor, id string, orders iter.Seq2[*numbers.Order, error]) (*numbers.Order, error) {
	const op = "Order"
	for order, err := range orders {
		if err != nil {
			return nil, Error(err, op)
		}
		if sameID(order.ID, id) {
			return order, nil
		}
	}
	return nil, Refused(vendor, op, numbers.ErrNotFound, "", "the account has no order "+quote(id))
}

// Orders converts a vendor's rows into orders. Repeated rows and orders that do not
// match q are left out.
func Orders[T any](rows iter.Seq2[T, error], q numbers.OrderQuery, convert func(T) (*numbers.Order, error)) iter.Seq2[*numbers.Order, error] {
	wanted := set.Of(q.Numbers) // a query may have thousands of numbers
	rest := q
	rest.Numbers = nil
	match := func(o *numbers.Order) bool {
		return rest.Match(o) && (len(wanted) == 0 || slices.ContainsFunc(o.Items, func(i numbers.Item) bool { return wanted.Has(i.E164) }))
	}
	return walk(rows, "Orders", convert, func(o *numbers.Order) string { return o.ID }, match)
}

// Owned converts a vendor's rows into numbers that the account owns. Repeated rows
// and numbers that do not match q are left out. Released numbers are left out, unless
// q.States has NumberReleased.
func Owned[T any](rows iter.Seq2[T, error], q numbers.OwnedQuery, convert func(T) (*numbers.Number, error)) iter.Seq2[*numbers.Number, error] {
	wanted := set.Of(q.Numbers)
	rest := q
	rest.Numbers = nil
	match := func(n *numbers.Number) bool {
		return rest.Match(n) && (len(wanted) == 0 || wanted.Has(n.E164)) && (n.State != numbers.NumberReleased || len(q.States) > 0)
	}
	return walk(rows, "Owned", convert, func(n *numbers.Number) string { return n.ID }, match)
}

// Offers converts a vendor's rows into offers. It yields at most limit offers; 0 = all.
// Repeated rows, and rows for which convert returns nil, are left out.
func Offers[T any](rows iter.Seq2[T, error], limit int, convert func(T) *numbers.Offer) iter.Seq2[*numbers.Offer, error] {
	offer := func(row T) (*numbers.Offer, error) { return convert(row), nil }
	id := func(o *numbers.Offer) string { return string(o.E164) }
	all := walk(rows, "Search", offer, id, func(*numbers.Offer) bool { return true })
	return func(yield func(*numbers.Offer, error) bool) {
		count := 0
		for o, err := range all {
			if !yield(o, err) {
				return
			}
			if count++; count == limit {
				return
			}
		}
	}
}

// OnePage yields the rows of a list that the vendor returns in one answer. The request is
// sent when the loop starts.
func OnePage[T any](read func() ([]T, error)) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		list, err := read()
		if err != nil {
			yield(nil, err)
			return
		}
		for i := range list {
			if !yield(&list[i], nil) {
				return
			}
		}
	}
}

// walk converts rows. It leaves out results that are nil, that do not match, or whose id
// came before.
func walk[T, P any](rows iter.Seq2[T, error], op string, convert func(T) (*P, error), id func(*P) string, match func(*P) bool) iter.Seq2[*P, error] {
	return func(yield func(*P, error) bool) {
		seen := make(set.Set[string])
		for row, err := range rows {
			var p *P
			if err == nil {
				p, err = convert(row)
			}
			if err != nil {
				yield(nil, Error(err, op))
				return
			}
			if p == nil || isRepeated(seen, id(p)) {
				continue
			}
			if match(p) && !yield(p, nil) {
				return
			}
		}
	}
}

// isRepeated reports whether an id came before, and records it. A row without an id
// counts as new.
func isRepeated(seen set.Set[string], id string) bool {
	if id == "" {
		return false
	}
	if seen.Has(id) {
		return true
	}
	seen.Add(id)
	return false
}

// ReadAhead returns the options of a vendor's iterator for the ReadAhead field of a
// query. For 0 it returns no option, which means the iterator's default. For a
// negative n it turns reading ahead off.
func ReadAhead(n int) []numbers.PageOption {
	if n == 0 {
		return nil
	}
	return []numbers.PageOption{numbers.ReadAhead(n)}
}

// mostCount is far above the count of numbers in any order.
const mostCount = 10_000_000

// Count returns a count that a vendor stated, limited to the range from 0 to 10,000,000.
// So the sum or difference of two counts does not overflow. If n is nil, Count returns 0.
func Count(n *int) int {
	if n == nil {
		return 0
	}
	return max(0, min(*n, mostCount))
}
