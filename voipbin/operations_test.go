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

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/voipbin"
)

const anID = "9f1d6c3e-2b7a-4c58-8e40-5d3b1a7f6c02"

// operation is one exported service method.
type operation struct {
	name string
	call func(ctx context.Context, c *voipbin.Client) (any, error)
	// What it sends; body names a fixture, "" = none.
	method, path, query, body string
	// answers name the fixtures of what is answered. result is the one that
	// comes back, the first where it is nil.
	answers []string
	result  func(answers [][]byte) []byte
	buys    bool
	// errorOps are the operations that its errors name; nil = its own name.
	errorOps []string
	// login is true where no credential is sent, and 400 means a wrong
	// password; nullIsNone where null is an answer.
	login, nullIsNone bool
}

func operations() []operation {
	return []operation{
		{
			name: "OrderNumbers.List",
			call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.OrderNumbers.List(ctx, &voipbin.ListOrderNumbersRequest{PageSize: 10}))
			},
			method: "GET", path: "/v1.0/order_numbers", query: "page_size=10", answers: []string{"order_numbers.list.response"},
		},
		{
			name: "OrderNumbers.All",
			call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return all(c.OrderNumbers.All(ctx, nil))
			},
			method: "GET", path: "/v1.0/order_numbers", query: "page_size=100",
			answers: []string{"order_numbers.list.response", "order_numbers.list_empty.response"}, result: rowsOfFirst,
			errorOps: []string{"OrderNumbers.List"},
		},
		{
			name: "OrderNumbers.Get",
			call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.OrderNumbers.Get(ctx, anID))
			},
			method: "GET", path: "/v1.0/order_numbers/" + anID, answers: []string{"order_numbers.get.response"},
		},
		{
			name: "OrderNumbers.Create",
			call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.OrderNumbers.Create(ctx, &voipbin.CreateOrderNumberRequest{Number: "+12025550142"}))
			},
			method: "POST", path: "/v1.0/order_numbers", body: "order_numbers.create.request",
			answers: []string{"order_numbers.create.response"}, buys: true,
		},
		{
			name: "OrderNumbers.Delete",
			call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.OrderNumbers.Delete(ctx, anID))
			},
			method: "DELETE", path: "/v1.0/order_numbers/" + anID, answers: []string{"order_numbers.delete.response"},
		},
		{
			name: "Numbers.List",
			call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Numbers.List(ctx, &voipbin.ListNumbersRequest{PageToken: "2026-08-04T00:00:00.000000Z"}))
			},
			method: "GET", path: "/v1.0/numbers", query: "page_token=2026-08-04T00%3A00%3A00.000000Z", answers: []string{"numbers.list.response"},
		},
		{
			name: "Numbers.All",
			call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return all(c.Numbers.All(ctx, &voipbin.ListNumbersRequest{PageSize: 5}))
			},
			method: "GET", path: "/v1.0/numbers", query: "page_size=5",
			answers: []string{"numbers.list.response", "order_numbers.list_empty.response"}, result: rowsOfFirst,
			errorOps: []string{"Numbers.List"},
		},
		{
			name: "Numbers.Get",
			call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Numbers.Get(ctx, anID))
			},
			method: "GET", path: "/v1.0/numbers/" + anID, answers: []string{"numbers.get.response"},
		},
		{
			name: "Numbers.Create",
			call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Numbers.Create(ctx, &voipbin.CreateNumberRequest{
					Number: "+12025550142", Type: new(voipbin.TypeNormal),
					CallFlowID: new("c4a1e7d0-5b2f-4f6a-9d83-7e0c2b9a1f45"), MessageFlowID: new(voipbin.NoFlow),
					Name: new("Reception"), Detail: new("front desk"),
				}))
			},
			method: "POST", path: "/v1.0/numbers", body: "numbers.create.request",
			answers: []string{"numbers.create.response"}, buys: true,
		},
		{
			name: "Numbers.Delete",
			call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Numbers.Delete(ctx, anID))
			},
			method: "DELETE", path: "/v1.0/numbers/" + anID, answers: []string{"numbers.delete.response"},
		},
		{
			name: "Numbers.Update",
			call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Numbers.Update(ctx, anID, &voipbin.UpdateNumberRequest{
					CallFlowID: voipbin.NoFlow, MessageFlowID: "1a2b3c4d-0e5f-4a6b-8c7d-9e0f1a2b3c4d", Name: "Lobby",
				}))
			},
			method: "PUT", path: "/v1.0/numbers/" + anID, body: "numbers.update.request", answers: []string{"numbers.update.response"},
		},
		{
			name: "Numbers.Modify",
			call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Numbers.Modify(ctx, anID, &voipbin.ModifyNumberRequest{Name: new("Night")}))
			},
			method: "GET", path: "/v1.0/numbers/" + anID,
			answers: []string{"numbers.get.response", "numbers.modify.response"}, result: second,
			errorOps: []string{"Numbers.Get"},
		},
		{
			name: "Numbers.UpdateFlows",
			call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Numbers.UpdateFlows(ctx, anID, &voipbin.UpdateFlowsRequest{
					CallFlowID: "c4a1e7d0-5b2f-4f6a-9d83-7e0c2b9a1f45", MessageFlowID: "1a2b3c4d-0e5f-4a6b-8c7d-9e0f1a2b3c4d",
				}))
			},
			method: "PUT", path: "/v1.0/numbers/" + anID + "/flow_ids", body: "numbers.update_flows.request",
			answers: []string{"numbers.update_flows.response"},
		},
		{
			name: "Numbers.UpdateMetadata",
			call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Numbers.UpdateMetadata(ctx, anID, &voipbin.UpdateMetadataRequest{RTPDebug: true}))
			},
			method: "PUT", path: "/v1.0/numbers/" + anID + "/metadata", body: "numbers.update_metadata.request",
			answers: []string{"numbers.update_metadata.response"},
		},
		{
			name: "Numbers.Renew",
			call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				list, err := c.Numbers.Renew(ctx, &voipbin.RenewNumbersRequest{TMRenew: wire.NewTime(time.Date(2026, 8, 6, 0, 0, 0, 0, time.UTC))})
				if list == nil {
					return nil, err
				}
				return list, err
			},
			method: "POST", path: "/v1.0/numbers/renew", body: "numbers.renew.request",
			answers: []string{"numbers.renew.response"}, buys: true, nullIsNone: true,
		},
		{
			name: "AvailableNumbers.List",
			call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.AvailableNumbers.List(ctx, &voipbin.ListAvailableNumbersRequest{CountryCode: "US", PageSize: 10}))
			},
			method: "GET", path: "/v1.0/available_numbers", query: "country_code=US&page_size=10",
			answers: []string{"available_numbers.list.response"},
		},
		{
			name: "Auth.Login",
			call: func(ctx context.Context, c *voipbin.Client) (any, error) {
				return pack(c.Auth.Login(ctx, &voipbin.LoginRequest{Username: "desk@example.com", Password: wire.NewSecret(password)}))
			},
			method: "POST", path: "/auth/login", body: "auth.login.request",
			answers: []string{"auth.login.response"}, login: true, result: func([][]byte) []byte {
				return []byte(`{"username":"desk@example.com","token":"[redacted]"}`)
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

func rowsOfFirst(answers [][]byte) []byte {
	text := string(answers[0])
	return []byte(text[strings.Index(text, "[") : strings.LastIndex(text, "]")+1])
}

func second(answers [][]byte) []byte { return answers[1] }

func TestEveryOperationIsInTheTable(t *testing.T) {
	table := make(map[string]int)
	for _, op := range operations() {
		table[op.name]++
	}
	exported := make(map[string]int)
	client := reflect.TypeFor[voipbin.Client]()
	for i := range client.NumField() {
		service := client.Field(i)
		if !service.IsExported() {
			continue
		}
		for m := range service.Type.NumMethod() {
			exported[service.Name+"."+service.Type.Method(m).Name]++
		}
	}
	assert.Equal(t, exported, table)

	own := reflect.TypeFor[*voipbin.Client]()
	require.Equal(t, 1, own.NumMethod(), "Do has tests of its own")
	assert.Equal(t, "Do", own.Method(0).Name)
}

func TestRequestsAndAnswersToTheLetter(t *testing.T) {
	for _, op := range operations() {
		t.Run(op.name, func(t *testing.T) {
			var answers []answer
			var bodies [][]byte
			for _, name := range op.answers {
				bodies = append(bodies, fixture(t, name))
				answers = append(answers, ok(bodies[len(bodies)-1]))
			}
			srv := serve(t, answers...)
			got, err := op.call(t.Context(), client(t, srv.URL))
			require.NoError(t, err)

			want := bodies[0]
			if op.result != nil {
				want = op.result(bodies)
			}
			sameJSON(t, want, encoded(t, got))

			requests := srv.sent()
			require.Len(t, requests, len(op.answers))
			first := requests[0]
			assert.Equal(t, op.method, first.method)
			assert.Equal(t, op.path, first.path)
			assert.Equal(t, op.query, first.query)
			if op.login {
				assert.Empty(t, first.header.Get("Authorization"))
			} else {
				assert.Equal(t, "Bearer "+token, first.header.Get("Authorization"))
			}
			assert.Equal(t, "application/json", first.header.Get("Accept"))
			assert.Empty(t, first.header.Get("Cookie"))
			if op.body == "" {
				assert.Empty(t, first.body)
				assert.Empty(t, first.header.Get("Content-Type"))
				return
			}
			assert.Equal(t, "application/json", first.header.Get("Content-Type"))
			sameJSON(t, fixture(t, op.body), first.body)
		})
	}
}

func TestDo(t *testing.T) {
	srv := serve(t, ok([]byte(`{"message":"pong"}`)))
	c := client(t, srv.URL)
	resp, err := c.Do(t.Context(), &numbers.RawRequest{Method: http.MethodGet, Path: "/ping"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"message":"pong"}`, string(resp.Body))
	assert.Equal(t, "/ping", srv.sent()[0].path)

	srv = serve(t, answer{status: 400})
	_, err = client(t, srv.URL).Do(t.Context(), &numbers.RawRequest{
		Method: http.MethodPost, Path: "/v1.0/numbers", Body: strings.NewReader(`{"number":"+12025550142"}`),
		Numbers: []numbers.E164{"+12025550142"},
	})
	require.ErrorIs(t, err, numbers.ErrOutcomeUnknown, "the errors of an order are read here, too")
	e, _ := errors.AsType[*numbers.Error](err)
	assert.Equal(t, []numbers.E164{"+12025550142"}, e.Attempt.Numbers)
}

func TestBaseURLWithAPath(t *testing.T) {
	srv := serve(t, ok(fixture(t, "numbers.get.response")))
	_, err := client(t, srv.URL+"/staging/").Numbers.Get(t.Context(), "a/b c")
	require.NoError(t, err)
	assert.Equal(t, "/staging/v1.0/numbers/a%2Fb%20c", srv.sent()[0].path)
}
