package telnyx

import (
	"context"
	"iter"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// few is the largest count of numbers that are looked up one by one. For more numbers,
// one full listing is cheaper.
const few = 20

// Owned lists the account's numbers by GET /phone_numbers. If q has at most 20 numbers,
// it looks them up by filter[phone_number]. Owned itself filters by the states.
func (o *Orderer) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	if len(q.Numbers) == 0 || len(q.Numbers) > few {
		return o.owned(o.client.PhoneNumbers.All(ctx, nil, driver.ReadAhead(q.ReadAhead)...), q)
	}
	return o.owned(func(yield func(*PhoneNumber, error) bool) {
		for _, n := range q.Numbers {
			for row, err := range o.named(ctx, n.Digits()) {
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}, q)
}

// named yields the rows whose number has these digits.
func (o *Orderer) named(ctx context.Context, digits string) iter.Seq2[*PhoneNumber, error] {
	return o.client.PhoneNumbers.All(ctx, &ListPhoneNumbersRequest{Filter: PhoneNumbersFilter{PhoneNumber: digits}})
}

// owned converts rows into numbers that match q.
func (o *Orderer) owned(rows iter.Seq2[*PhoneNumber, error], q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	return driver.Owned(rows, q, func(n *PhoneNumber) (*numbers.Number, error) { return o.number(n), nil })
}
