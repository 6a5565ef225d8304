package driver

import (
	"context"
	"errors"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
)

// errNotSettled ends a Poll whose limit has passed.
var errNotSettled = errors.New("it did not settle in time")

// Poll calls read until it is done or fails, with pauses that grow from 250 ms to 5 s. If
// the time limit passes first, the error is ErrVendor. If ctx ends first, the error is
// ErrUnreachable. With a limit of 0, read is called once.
//
// Use Poll if an Orderer can't return before the vendor reports a state, such as a
// reservation that is pending for a moment. An Orderer must not wait for an order:
// account.Account does.
func Poll(ctx context.Context, vendor string, limit time.Duration, read func() (done bool, err error)) error {
	deadline := time.Now().Add(limit)
	for pause := 250 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		if done, err := read(); done || err != nil {
			return err
		}
		if time.Now().Add(pause).After(deadline) {
			return &numbers.Error{Vendor: vendor, Kind: numbers.ErrVendor, Message: errNotSettled.Error(), Err: errNotSettled}
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return &numbers.Error{Vendor: vendor, Kind: numbers.ErrUnreachable, Message: "the context ended before it settled", Err: ctxerr.Of(ctx)}
		}
	}
}
