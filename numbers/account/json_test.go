package account_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares the JSON of a value with testdata, reads it back, and writes it again:
// nothing is lost on the way.
func golden[T any](t *testing.T, name string, value T) {
	t.Helper()
	got, err := json.MarshalIndent(value, "", "  ")
	require.NoError(t, err, name)
	got = append(got, '\n')
	file := filepath.Join("testdata", name+".json")
	if *update {
		require.NoError(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), name)
	var back T
	require.NoError(t, json.Unmarshal(want, &back), name)
	again, err := json.MarshalIndent(back, "", "  ")
	require.NoError(t, err, name)
	assert.Equal(t, string(want), string(again)+"\n", name)
}

// What others have stored stays readable: snake_case, Native left out.
func TestTheJSONOfAPurchaseIsStable(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)
	number := &numbers.Number{Vendor: "telnyx", Account: "main", ID: "n", E164: one, State: numbers.NumberActive, Created: at, Native: "left out"}
	order := named(complete("o", "job~1", several(2)...))
	order.Items[0].Owned, order.Price, order.Created, order.Native = number, dollars("1.50"), at, "left out"
	order.Items[1].State = numbers.StateFailed
	order.Items[1].Err = &numbers.Error{Op: "Place", Vendor: "telnyx", Account: "main", Kind: numbers.ErrNumberUnavailable, Numbers: several(2)[1:]}
	attempt := numbers.Attempt{
		ID: "0f6c", Vendor: "telnyx", Account: "main", Purchase: "job", Reference: "job~2", Numbers: several(1),
		Started: at, SendBy: at.Add(15 * time.Second), Deadline: at.Add(75 * time.Second), Ended: at.Add(time.Second), Status: 503, Before: []string{"x"},
	}
	quotation := &numbers.Quotation{Vendor: "telnyx", Account: "main", Price: dollars("2"), Items: []numbers.QuotedItem{{E164: one, Price: dollars("2")}}, Binding: true, Native: "left out"}

	golden(t, "purchase", account.Purchase{Reference: "job", Orders: []*numbers.Order{order}, Unknown: []numbers.Attempt{attempt}, Owned: []*numbers.Number{number}})
	golden(t, "purchase_least", account.Purchase{Reference: "job"})
	golden(t, "plan", account.Plan{
		Known: []*numbers.Order{order}, Unknown: []numbers.Attempt{attempt}, Owned: []*numbers.Number{number}, Quotation: quotation,
		Requests: []numbers.OrderRequest{{Numbers: several(1), Reference: "job~3", Assign: both(), Native: "left out"}},
	})
	golden(t, "plan_least", account.Plan{})
	golden(t, "resolved", account.Resolved{Attempt: attempt, Resolution: numbers.Resolution{Outcome: numbers.Placed, Order: order, MaybeSold: true}, Err: errFull})
}
