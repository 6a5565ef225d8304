package voipbin

import (
	"context"
	"iter"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Release gives a number back by DELETE /numbers/{id} or /order_numbers/{id}, as
// [driver.Release] describes. VoIPBin reports a deleted number as deleted. If it reports
// that the id does not exist, or answers with an empty 400, only a complete listing shows
// that the number was released.
func (o *Orderer) Release(ctx context.Context, n *numbers.Number) error {
	return driver.Release(ctx, vendor, n, driver.ReleaseSteps{
		Read: func(ctx context.Context) (*numbers.Number, error) {
			row, err := o.rows.Get(ctx, n.ID)
			if err != nil {
				return nil, err
			}
			return o.number(row), nil
		},
		Unclear: func(err error) bool { return reasonOf(err) == ReasonNumberNotFound || isEmpty400(err) },
		List: func(ctx context.Context) iter.Seq2[*numbers.Number, error] {
			return o.Owned(ctx, numbers.OwnedQuery{})
		},
		Delete: func(ctx context.Context) error {
			_, err := o.rows.Delete(ctx, n.ID)
			return err
		},
	})
}
