package main

import (
	"context"
	"fmt"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// finish is what the client does when it believes that it has everything: it
// reads once more the orders that had not settled, which may change what it
// believes, and holds the rest against the vendor's inventory.
func (b *buyer) finish(ctx context.Context, known belief) (changed bool, err error) {
	if len(known.open) > 0 {
		if err := b.read(ctx, known.open); err != nil {
			return false, err
		}
		before := len(known.open)
		if known, err = believe(ctx, b.journal, b.notes); err != nil {
			return false, err
		}
		if len(known.open) < before || len(b.missing(known)) > 0 || len(known.unread) > 0 {
			return true, nil
		}
	}
	const tries = 20
	for range tries {
		var list map[numbers.E164]int
		if list, err = b.inventory(ctx); err == nil {
			err = b.hold(known, list)
		}
		if err == nil {
			b.say("done")
			return false, nil
		}
		b.say("%v", err)
		time.Sleep(settle)
	}
	return false, err
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
