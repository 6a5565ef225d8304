package voipbin_test

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/voipbin"
)

const anID = "9f1d6c3e-2b7a-4c58-8e40-5d3b1a7f6c02"

// operation is one exported service method.
type operation = vendortest.Operation[voipbin.Client]

// vendor are all operations, and what may go wrong with each.
func vendor(tb testing.TB) vendortest.Vendor[voipbin.Client] {
	tb.Helper()
	return vendortest.Vendor[voipbin.Client]{
		Name: "voipbin", Client: clientAt, Operations: operations(),
		Header: func(tb testing.TB, o operation, h http.Header) {
			if o.Name == login {
				assert.NotContains(tb, h, "Authorization")
			} else {
				assert.Equal(tb, []string{"Bearer " + token}, h["Authorization"])
			}
		},
		ByID:   func(path string) bool { return strings.Contains(path, anID) },
		Faults: faults(tb), MaxBodyBytes: most, Fault: assertFault,
	}
}

// login is the one operation without a credential.
const login = "Auth.Login"

func operations() []operation {
	return []operation{
		{
			Name: "OrderNumbers.List",
			Call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.OrderNumbers.List(ctx, &voipbin.ListOrderNumbersRequest{PageSize: 10}))
			},
			Request: "GET /v1.0/order_numbers?page_size=10", Answer: "order_numbers.list.response.json",
		},
		{
			Name: "OrderNumbers.All",
			Call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return all(c.OrderNumbers.All(ctx, nil))
			},
			Request: "GET /v1.0/order_numbers?page_size=100",
			Op:      "OrderNumbers.List", Answer: "order_numbers.list.response.json", Result: rowsOfFirst,
			Then: []vendortest.Exchange{{
				Request: "GET /v1.0/order_numbers?page_size=100&page_token=2020-10-11+01%3A00%3A00.000002", Answer: "order_numbers.list_empty.response.json", Partial: true,
			}},
		},
		{
			Name: "OrderNumbers.Get",
			Call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.OrderNumbers.Get(ctx, anID))
			},
			Request: "GET /v1.0/order_numbers/" + anID, Answer: "order_numbers.get.response.json",
		},
		{
			Name: "OrderNumbers.Create",
			Call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.OrderNumbers.Create(ctx, &voipbin.CreateOrderNumberRequest{Number: "+12025550142"}))
			},
			Request: "POST /v1.0/order_numbers", Body: "order_numbers.create.request.json",
			Answer: "order_numbers.create.response.json", Class: vendortest.Buy,
		},
		{
			Name: "OrderNumbers.Delete",
			Call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.OrderNumbers.Delete(ctx, anID))
			},
			Request: "DELETE /v1.0/order_numbers/" + anID, Answer: "order_numbers.delete.response.json",
		},
		{
			Name: "Numbers.List",
			Call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Numbers.List(ctx, &voipbin.ListNumbersRequest{PageToken: "2026-08-04T00:00:00.000000Z"}))
			},
			Request: "GET /v1.0/numbers?page_token=2026-08-04T00%3A00%3A00.000000Z", Answer: "numbers.list.response.json",
		},
		{
			Name: "Numbers.All",
			Call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return all(c.Numbers.All(ctx, &voipbin.ListNumbersRequest{PageSize: 5}))
			},
			Request: "GET /v1.0/numbers?page_size=5",
			Op:      "Numbers.List", Answer: "numbers.list.response.json", Result: rowsOfFirst,
			Then: []vendortest.Exchange{{
				Request: "GET /v1.0/numbers?page_size=5&page_token=2026-08-03T14%3A05%3A09.120035Z", Answer: "order_numbers.list_empty.response.json", Partial: true,
			}},
		},
		{
			Name: "Numbers.Get",
			Call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Numbers.Get(ctx, anID))
			},
			Request: "GET /v1.0/numbers/" + anID, Answer: "numbers.get.response.json",
		},
		{
			Name: "Numbers.Create",
			Call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Numbers.Create(ctx, &voipbin.CreateNumberRequest{
					Number: "+12025550142", Type: new(voipbin.TypeNormal),
					CallFlowID: new("c4a1e7d0-5b2f-4f6a-9d83-7e0c2b9a1f45"), MessageFlowID: new(voipbin.NoFlow),
					Name: new("Reception"), Detail: new("front desk"),
				}))
			},
			Request: "POST /v1.0/numbers", Body: "numbers.create.request.json",
			Answer: "numbers.create.response.json", Class: vendortest.Buy,
		},
		{
			Name: "Numbers.Delete",
			Call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Numbers.Delete(ctx, anID))
			},
			Request: "DELETE /v1.0/numbers/" + anID, Answer: "numbers.delete.response.json",
		},
		{
			Name: "Numbers.Update",
			Call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Numbers.Update(ctx, anID, &voipbin.UpdateNumberRequest{
					CallFlowID: voipbin.NoFlow, MessageFlowID: "1a2b3c4d-0e5f-4a6b-8c7d-9e0f1a2b3c4d", Name: "Lobby",
				}))
			},
			Request: "PUT /v1.0/numbers/" + anID, Body: "numbers.update.request.json", Answer: "numbers.update.response.json",
		},
		{
			Name: "Numbers.Modify", Needs: []string{"call_flow_id", "message_flow_id", "name", "detail"},
			Call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Numbers.Modify(ctx, anID, &voipbin.ModifyNumberRequest{CallFlowID: new(voipbin.NoFlow), Name: new("Night")}))
			},
			Request: "GET /v1.0/numbers/" + anID,
			Op:      "Numbers.Get", Answer: "numbers.get.response.json",
			Then: []vendortest.Exchange{{
				Op: "Numbers.Update", Class: vendortest.Write, Request: "PUT /v1.0/numbers/" + anID,
				Body: "numbers.modify.request.json", Answer: "numbers.modify.response.json",
			}},
			Result: vendortest.Nth(1),
		},
		{
			Name: "Numbers.UpdateFlows",
			Call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Numbers.UpdateFlows(ctx, anID, &voipbin.UpdateFlowsRequest{
					CallFlowID: "c4a1e7d0-5b2f-4f6a-9d83-7e0c2b9a1f45", MessageFlowID: "1a2b3c4d-0e5f-4a6b-8c7d-9e0f1a2b3c4d",
				}))
			},
			Request: "PUT /v1.0/numbers/" + anID + "/flow_ids", Body: "numbers.update_flows.request.json",
			Answer: "numbers.update_flows.response.json",
		},
		{
			Name: "Numbers.UpdateMetadata",
			Call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Numbers.UpdateMetadata(ctx, anID, &voipbin.UpdateMetadataRequest{RTPDebug: true}))
			},
			Request: "PUT /v1.0/numbers/" + anID + "/metadata", Body: "numbers.update_metadata.request.json",
			Answer: "numbers.update_metadata.response.json",
		},
		{
			Name: "Numbers.Renew",
			Call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				list, err := c.Numbers.Renew(ctx, &voipbin.RenewNumbersRequest{TMRenew: wire.NewTime(time.Date(2026, 8, 6, 0, 0, 0, 0, time.UTC))})
				if list == nil {
					return nil, err
				}
				return list, err
			},
			Request: "POST /v1.0/numbers/renew", Body: "numbers.renew.request.json",
			Answer: "numbers.renew.response.json", Class: vendortest.Buy, Nullable: true,
		},
		{
			Name: "AvailableNumbers.List", Needs: []string{"number"},
			Call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.AvailableNumbers.List(ctx, &voipbin.ListAvailableNumbersRequest{CountryCode: "US", PageSize: 10}))
			},
			Request: "GET /v1.0/available_numbers?country_code=US&page_size=10",
			Answer:  "available_numbers.list.response.json",
		},
		{
			Name: "Auth.Login", Needs: []string{"token"},
			Call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Auth.Login(ctx, &voipbin.LoginRequest{Username: "desk@example.com", Password: wire.NewSecret(password)}))
			},
			Request: "POST /auth/login", Body: "auth.login.request.json",
			Answer: "auth.login.response.json", Class: vendortest.Single,
			Kind: func(f vendortest.Fault) error {
				switch f.Answer.Status {
				case 400: // a wrong password
					return numbers.ErrUnauthorized
				case 404:
					return numbers.ErrVendor
				}
				return f.Kind
			},
			Result: func(tb testing.TB, _ []string) any {
				return vendortest.Tree(tb, `{"username":"desk@example.com","token":"[redacted]"}`)
			},
		},
	}
}

// password is a secret, too.
const password = "planted-password-71e0"

// pack keeps a nil result nil.
func pack[T any](v *T, err error) (any, error) {
	if v == nil {
		return nil, err
	}
	return v, err
}

// all collects a sequence; with an error the items before it count.
func all[T any](seq func(func(*T, error) bool)) (any, error) {
	var list []*T
	for item, err := range seq {
		if err != nil {
			if list == nil {
				return nil, err
			}
			return list, err
		}
		list = append(list, item)
	}
	return list, nil
}

func rowsOfFirst(tb testing.TB, answers []string) any {
	tb.Helper()
	page, _ := vendortest.Tree(tb, answers[0]).(map[string]any)
	return page["result"]
}

func TestEveryOperationIsInTheTable(t *testing.T) {
	vendor(t).HasEveryMethod(t)

	own := reflect.TypeFor[*voipbin.Client]()
	require.Equal(t, 1, own.NumMethod(), "Do has tests of its own")
	assert.Equal(t, "Do", own.Method(0).Name)
}

func TestRequestsAndAnswersToTheLetter(t *testing.T) { vendor(t).SendsAndReads(t) }

func TestEveryOperationUnderEveryFault(t *testing.T) { vendor(t).StandsFaults(t) }

func TestNoOperationNeedsWhatDrifts(t *testing.T) {
	vendor(t).StandsDrift(t, "id", "result")
}

func TestABuyIsSentOnceAndTheRestIsRepeated(t *testing.T) { vendor(t).RepeatsTheHarmless(t) }

func TestDo(t *testing.T) {
	srv := serve(t, ok(`{"message":"pong"}`))
	c := client(t, srv.URL)
	resp, err := c.Do(t.Context(), &numbers.RawRequest{Method: http.MethodGet, Path: "/ping"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"message":"pong"}`, string(resp.Body))
	assert.Equal(t, "/ping", srv.Received()[0].Path)

	srv = serve(t, answer{Status: 400})
	_, err = client(t, srv.URL).Do(t.Context(), &numbers.RawRequest{
		Method: http.MethodPost, Path: "/v1.0/numbers", Body: strings.NewReader(`{"number":"+12025550142"}`),
		Numbers: []numbers.E164{"+12025550142"},
	})
	require.ErrorIs(t, err, numbers.ErrOutcomeUnknown, "the errors of an order are read here, too")
	e, _ := errors.AsType[*numbers.Error](err)
	assert.Equal(t, []numbers.E164{"+12025550142"}, e.Attempt.Numbers)
}

func TestBaseURLWithAPath(t *testing.T) {
	srv := serve(t, ok(vendortest.Fixture(t, "numbers.get.response.json")))
	_, err := client(t, srv.URL+"/staging/").Numbers.Get(t.Context(), "a/b c")
	require.NoError(t, err)
	assert.Equal(t, "/staging/v1.0/numbers/a%2Fb%20c", srv.Received()[0].Path)
}
