package exclusive

import (
	"context"
	"iter"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Release destroys the number's row by POST /exclusive_numbers/{id}/destroy, as
// [driver.Release] describes. A PBX may send errors without a body, and a gateway may
// also send a 404, so only a complete listing shows that the row was destroyed.
func (o *Orderer) Release(ctx context.Context, n *numbers.Number) error {
	return driver.Release(ctx, vendor, n, driver.ReleaseSteps{
		Read: func(ctx context.Context) (*numbers.Number, error) {
			row, err := o.client.Numbers.Get(ctx, n.ID)
			if err != nil {
				return nil, err
			}
			return o.number(row, o.spellings([]numbers.E164{n.E164})), nil
		},
		Unclear: isMissing,
		List: func(ctx context.Context) iter.Seq2[*numbers.Number, error] {
			return o.owned(ctx, numbers.OwnedQuery{}, []numbers.E164{n.E164})
		},
		Delete: func(ctx context.Context) error { return o.client.Numbers.Delete(ctx, n.ID) },
	})
}
