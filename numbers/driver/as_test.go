package driver_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// plain is an Orderer that can nothing else.
type plain struct{ caps numbers.Capabilities }

func (p *plain) Capabilities() numbers.Capabilities { return p.caps }
func (*plain) Place(context.Context, numbers.OrderRequest) (*numbers.Order, error) {
	return nil, errors.New("not here")
}
func (*plain) Order(context.Context, string) (*numbers.Order, error) { return nil, nil }
func (*plain) Orders(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	return func(func(*numbers.Order, error) bool) {}
}

// quoting can quote.
type quoting struct{ *plain }

func (quoting) Quote(context.Context, numbers.OrderRequest) (*numbers.Quotation, error) {
	return nil, nil
}

// wrapping wraps an Orderer.
type wrapping struct {
	numbers.Orderer
	name string
}

func (w wrapping) Unwrap() numbers.Orderer { return w.Orderer }

func TestAsFindsTheOutermostOrdererThatIsOne(t *testing.T) {
	inner := &plain{}
	deep := wrapping{wrapping{quoting{inner}, "inner"}, "outer"}
	found, ok := driver.As[numbers.Quoter](deep)
	require.True(t, ok)
	assert.Equal(t, quoting{inner}, found)
	outer, ok := driver.As[wrapping](deep)
	require.True(t, ok)
	assert.Equal(t, "outer", outer.name)
	_, ok = driver.As[numbers.Searcher](deep)
	assert.False(t, ok)
	_, ok = driver.As[*plain](nil)
	assert.False(t, ok)
	_, ok = driver.As[numbers.Quoter](wrapping{nil, "of nothing"})
	assert.False(t, ok)
	self, ok := driver.As[*plain](inner)
	require.True(t, ok)
	assert.Same(t, inner, self)
}
