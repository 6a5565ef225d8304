package main

import (
	"context"

	"github.com/tnkit/tnkit/numbers"
)

// limited lets orders have fewer numbers than the vendor would take, and
// connect none of them.
type limited struct {
	numbers.Orderer
	most int
}

func (l limited) Unwrap() numbers.Orderer { return l.Orderer }

func (l limited) Capabilities() numbers.Capabilities {
	c := l.Orderer.Capabilities()
	c.MaxNumbers, c.Assigns = l.most, 0
	return c
}

// throttled reads few orders at once: many that stay pending keep no other
// from being read.
type throttled struct {
	numbers.Orderer
	slots chan struct{}
}

func (t throttled) Order(ctx context.Context, id string) (*numbers.Order, error) {
	select {
	case t.slots <- struct{}{}:
		defer func() { <-t.slots }()
		return t.Orderer.Order(ctx, id)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
