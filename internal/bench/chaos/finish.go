package main

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/tnkit/tnkit/numbers"
)

// errEarly: what was read last has changed what the client believes.
var errEarly = errors.New("something has changed")

// finish is what the client does when it believes that it has everything: it
// reads once more the orders that had not settled, and holds what it believes
// against the vendor's inventory. After an error there is more to do.
func (b *buyer) finish(ctx context.Context, known belief) error {
	if len(known.open) > 0 {
		if err := b.read(ctx, known.open); err != nil {
			return err
		}
		again, err := believe(ctx, b.journal, b.notes)
		if err != nil {
			return err
		}
		if len(again.open) < len(known.open) || !maps.Equal(again.of, known.of) {
			return errEarly
		}
	}
	owned, err := b.inventory(ctx)
	if err != nil {
		return err
	}
	return b.hold(known, owned)
}

// inventory counts the numbers that the account owns.
func (b *buyer) inventory(ctx context.Context) (map[numbers.E164]int, error) {
	list := make(map[numbers.E164]int)
	for n, err := range numbers.Owned(ctx, b.orderer, numbers.OwnedQuery{}) {
		if err != nil {
			return nil, err
		}
		list[n.E164]++
	}
	return list, nil
}

// hold compares what the client believes with what the vendor lists as owned.
// What it does not list is none of its business: orphans and what is pending.
func (b *buyer) hold(known belief, owned map[numbers.E164]int) error {
	for i := range b.Numbers {
		n := number(i)
		believed := 0
		if known.of[n] == bought {
			believed = 1
		}
		if owned[n] != believed {
			return fmt.Errorf("the account owns %s %d times, and the client believes that it is %q", n, owned[n], known.of[n])
		}
	}
	return nil
}
