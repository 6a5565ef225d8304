package driver

import (
	"fmt"
	"iter"

	"github.com/tnkit/tnkit/numbers"
)

// E164 returns the vendor's spelling as an E.164 number, or "" where it is not
// one: nothing is guessed.
func E164(spelling string) numbers.E164 {
	n, err := numbers.ParseE164(spelling)
	if err != nil {
		return ""
	}
	return n
}

// Template returns a copy of the vendor's own create request that was given as
// OrderRequest.Native, or a zero one where none was. Another type, and a nil
// pointer, is ErrInvalid.
func Template[T any](vendor, op string, native any) (*T, error) {
	switch v := native.(type) {
	case nil:
		return new(T), nil
	case *T:
		if v != nil {
			clone := *v
			return &clone, nil
		}
	}
	return nil, Refused(vendor, op, numbers.ErrInvalid, "Native", fmt.Sprintf("it is a %T, and must be a %T", native, new(T)))
}

// Orders converts a sequence of a vendor's rows into orders. Rows that come again
// and orders that don't match q are left out.
func Orders[T any](rows iter.Seq2[T, error], q numbers.OrderQuery, convert func(T) (*numbers.Order, error)) iter.Seq2[*numbers.Order, error] {
	return walk(rows, "Orders", convert, func(o *numbers.Order) string { return o.ID }, q.Matcher())
}

// Owned is [Orders] for an inventory. Released numbers are left out unless the
// query names their state.
func Owned[T any](rows iter.Seq2[T, error], q numbers.OwnedQuery, convert func(T) (*numbers.Number, error)) iter.Seq2[*numbers.Number, error] {
	wanted := q.Matcher()
	match := func(n *numbers.Number) bool {
		return wanted(n) && (n.State != numbers.NumberReleased || len(q.States) > 0)
	}
	return walk(rows, "Owned", convert, func(n *numbers.Number) string { return n.ID }, match)
}

func walk[T, P any](rows iter.Seq2[T, error], op string, convert func(T) (*P, error), id func(*P) string, match func(*P) bool) iter.Seq2[*P, error] {
	return func(yield func(*P, error) bool) {
		seen := make(map[string]struct{})
		for row, err := range rows {
			var p *P
			if err == nil {
				p, err = convert(row)
			}
			if err != nil {
				yield(nil, Error(err, op, nil))
				return
			}
			if _, again := seen[id(p)]; again {
				continue
			}
			seen[id(p)] = struct{}{}
			if match(p) && !yield(p, nil) {
				return
			}
		}
	}
}
