package driver_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// request is a vendor's own create request.
type request struct{ note string }

// severalNumbers are n numbers.
func severalNumbers(n int) []numbers.E164 {
	list := make([]numbers.E164, n)
	for i := range list {
		list[i] = numbers.E164(fmt.Sprintf("+1202555%04d", i))
	}
	return list
}

func TestCheckRequest(t *testing.T) {
	list := severalNumbers(3)
	caps := numbers.Capabilities{Vendor: "script", MaxNumbers: 2, Native: (*request)(nil), Assigns: numbers.AssignConnection}
	for name, c := range map[string]struct {
		r     numbers.OrderRequest
		kind  error
		field string
	}{
		"good":            {numbers.OrderRequest{Numbers: list[:2], Reference: "号", Native: &request{"n"}, Assign: &numbers.Assignment{Connection: "c"}}, nil, ""},
		"no numbers":      {numbers.OrderRequest{}, numbers.ErrInvalid, "Numbers"},
		"too many":        {numbers.OrderRequest{Numbers: list}, numbers.ErrInvalid, "Numbers"},
		"not E.164":       {numbers.OrderRequest{Numbers: []numbers.E164{aNumber, "12025550100"}}, numbers.ErrInvalid, "Numbers[1]"},
		"empty":           {numbers.OrderRequest{Numbers: []numbers.E164{""}}, numbers.ErrInvalid, "Numbers[0]"},
		"doubled":         {numbers.OrderRequest{Numbers: []numbers.E164{aNumber, aNumber}}, numbers.ErrInvalid, "Numbers[1]"},
		"no text":         {numbers.OrderRequest{Numbers: list[:1], Reference: "job-\xff"}, numbers.ErrInvalid, "Reference"},
		"a template":      {numbers.OrderRequest{Numbers: list[:1], Native: &struct{}{}}, numbers.ErrInvalid, "Native"},
		"by value":        {numbers.OrderRequest{Numbers: list[:1], Native: request{}}, numbers.ErrInvalid, "Native"},
		"a nil template":  {numbers.OrderRequest{Numbers: list[:1], Native: (*request)(nil)}, numbers.ErrInvalid, "Native"},
		"an assignment":   {numbers.OrderRequest{Numbers: list[:1], Assign: &numbers.Assignment{CallFlow: "f", Application: "a"}}, errors.ErrUnsupported, "Assign.Application|CallFlow"},
		"an empty assign": {numbers.OrderRequest{Numbers: list[:1], Assign: &numbers.Assignment{}}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := driver.CheckRequest(caps, "Place", c.r)
			if c.kind == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, c.kind)
			e := asError(t, err)
			assert.Equal(t, c.field, e.Field)
			assert.Equal(t, []string{"Place", "script"}, []string{e.Op, e.Vendor})
			assert.Equal(t, c.r.Numbers, e.Numbers)
		})
	}
	caps.MaxNumbers, caps.Native = 0, nil
	require.NoError(t, driver.CheckRequest(caps, "Place", numbers.OrderRequest{Numbers: severalNumbers(1000), Native: "only Place can check it"}))
}
