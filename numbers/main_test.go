package numbers_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

const one numbers.E164 = "+12025550000"

// several are n numbers, each another.
func several(n int) []numbers.E164 {
	list := make([]numbers.E164, n)
	for i := range list {
		list[i] = numbers.E164(fmt.Sprintf("+1202555%04d", i))
	}
	return list
}

func usd(s string) *numbers.Money {
	return &numbers.Money{Amount: decimal.RequireFromString(s), Currency: "USD"}
}

// complete is an order whose numbers are all bought.
func complete(id, reference string, list ...numbers.E164) *numbers.Order {
	o := &numbers.Order{Vendor: "script", ID: id, Reference: reference, State: numbers.StateComplete, Count: len(list)}
	for _, n := range list {
		o.Items = append(o.Items, numbers.Item{E164: n, VendorNumber: string(n), State: numbers.StateComplete})
	}
	return o
}

// requireRefused requires an error of a refusal before anything is sent.
func requireRefused(t *testing.T, err, kind error, field string) {
	t.Helper()
	require.ErrorIs(t, err, kind)
	var e *numbers.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, field, e.Field, "%v", err)
	require.Zero(t, e.Status)
	require.Nil(t, e.Attempt)
}
