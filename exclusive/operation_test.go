package exclusive_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
)

// operation is one exported method of a service.
type operation = vendortest.Operation[exclusive.Client]

const id = "NzAwNTUxOTA5NzczMTQ4MTYw"

// vendor are all operations, and what may go wrong with each.
func vendor() vendortest.Vendor[exclusive.Client] {
	return vendortest.Vendor[exclusive.Client]{
		Name: "exclusive", Root: "/api", Client: clientAt,
		Operations: slices.Concat(numberOperations(), queueOperations()),
		Header: func(tb testing.TB, _ operation, h http.Header) {
			assert.Equal(tb, []string{"Bearer " + bearer}, h["Authorization"])
		},
		ByID:   func(path string) bool { return strings.Contains(path, id) },
		Faults: faults(), MaxBodyBytes: bodyCap, Fault: assertFault,
	}
}

func numberOperations() []operation {
	request := func() *exclusive.CreateNumberRequest {
		return &exclusive.CreateNumberRequest{Number: "text", Enabled: new(true), Description: new("text")}
	}
	return []operation{
		{
			Name: "Numbers.List", Request: "GET /exclusive_numbers", Answer: "numbers.list.response.json",
			Call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				return c.Numbers.List(ctx, nil)
			},
		},
		{
			Name: "Numbers.All", Op: "Numbers.List", Request: "GET /exclusive_numbers", Answer: "numbers.list_whole.response.json",
			Call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				return vendortest.Collect(c.Numbers.All(ctx, nil))
			},
			Then: []vendortest.Exchange{{
				Class: vendortest.Read, Request: "GET /exclusive_numbers?skip=1&top=2", Answer: "numbers.list_whole.response.json",
				Op: "Numbers.List", Partial: true, Fault: anotherPageFails,
			}},
			Result: items,
		},
		{
			Name: "Numbers.Create", Class: vendortest.Buy, Request: "POST /exclusive_numbers",
			Body: "numbers.create.request.json", Answer: "numbers.create.response.json",
			Call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				return c.Numbers.Create(ctx, request())
			},
		},
		{
			Name: "Numbers.CreateAndGet", Class: vendortest.Buy, Request: "POST /exclusive_numbers",
			Body: "numbers.create.request.json", Answer: "numbers.create.response.json",
			Then: []vendortest.Exchange{{
				Request: "GET /exclusive_numbers/" + id, Answer: "numbers.get.response.json", Fault: assertReadBack,
			}},
			Result: vendortest.Nth(1),
			Call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				return c.Numbers.CreateAndGet(ctx, request())
			},
		},
		{
			Name: "Numbers.Get", Request: "GET /exclusive_numbers/" + id, Answer: "numbers.get.response.json",
			Call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				return c.Numbers.Get(ctx, id)
			},
		},
		{
			Name: "Numbers.Update", Class: vendortest.Write, Request: "POST /exclusive_numbers/" + id, Body: "numbers.update.request.json", Silent: true,
			Call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				return nil, c.Numbers.Update(ctx, id, &exclusive.UpdateNumberRequest{
					Number: new("text"), Enabled: new(true), Description: new("text"),
				})
			},
		},
		{
			Name: "Numbers.Modify", Needs: []string{"number", "created_at", "enabled", "description"}, // all that it would write back, or not
			Request: "GET /exclusive_numbers/" + id, Answer: "numbers.get.response.json",
			Then: []vendortest.Exchange{{
				Class: vendortest.Write, Request: "POST /exclusive_numbers/" + id, Body: "numbers.modify.request.json", Silent: true,
			}},
			Call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				n, err := c.Numbers.Modify(ctx, id, &exclusive.UpdateNumberRequest{Description: new("changed")})
				return n, err
			},
			Result: modified,
		},
		{
			Name: "Numbers.Delete", Class: vendortest.Write, Request: "POST /exclusive_numbers/" + id + "/destroy", Silent: true,
			Call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				return nil, c.Numbers.Delete(ctx, id)
			},
		},
	}
}

func TestEveryMethodOfEveryServiceIsInTheTable(t *testing.T) { vendor().HasEveryMethod(t) }

func TestEveryOperationSendsExactlyWhatIsDocumentedAndReadsTheAnswer(t *testing.T) {
	vendor().SendsAndReads(t)
}

func TestFaultsOfEveryOperation(t *testing.T) { vendor().StandsFaults(t) }

func TestNoOperationNeedsWhatDrifts(t *testing.T) {
	vendor().StandsDrift(t, "id", "items", "count")
}

func TestABuyIsSentOnceAndTheRestIsRepeated(t *testing.T) { vendor().RepeatsTheHarmless(t) }

// anotherPageFails checks a fault of a page that is not the first: the numbers that
// came before it are returned, and a refusal is no proof that there are no others.
func anotherPageFails(tb testing.TB, f vendortest.Fault, result any, err error) {
	tb.Helper()
	assert.Len(tb, result, 2)
	e, ok := errors.AsType[*numbers.Error](err)
	require.True(tb, ok, "%v", err)
	assert.Equal(tb, "Numbers.List", e.Op)
	require.NotErrorIs(tb, err, numbers.ErrNotFound)
	require.NotErrorIs(tb, err, numbers.ErrInvalid)
	if f.Status == http.StatusNotFound || f.Status == http.StatusBadRequest && e.Status != 0 {
		assert.Contains(tb, []error{numbers.ErrIncomplete, numbers.ErrUnauthorized, numbers.ErrVendor}, e.Kind)
	}
}

// items are the items of a list.
func items(tb testing.TB, answers []string) any {
	tb.Helper()
	list, _ := vendortest.Tree(tb, answers[0]).(map[string]any)
	return list["items"]
}

// modified is the number of numbers.get as Modify leaves it.
func modified(tb testing.TB, _ []string) any {
	tb.Helper()
	return vendortest.Tree(tb, vendortest.Fixture(tb, "numbers.get_modified.response.json"))
}
