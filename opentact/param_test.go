package opentact_test

import (
	"context"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/opentact"
)

// params is a request struct.
type params struct {
	// full has every field set.
	full any
	// query is the raw query that full is sent with.
	query string
	send  func(c *opentact.Client, p any) error
}

// sender makes params.send of a method.
func sender[P, R any](method func(*opentact.Client) func(context.Context, *P) (R, error)) func(*opentact.Client, any) error {
	return func(c *opentact.Client, p any) error {
		_, err := method(c)(ctx, p.(*P))
		return err
	}
}

// parameters are all request structs; a test proves that none is missing.
func parameters() []params {
	return []params{
		{seedRequest(), "", sender(func(c *opentact.Client) func(context.Context, *opentact.CreateTNOrderRequest) (*opentact.Order, error) {
			return c.Orders.Create
		})},
		{&opentact.CreateItemsRequest{Items: itemsRequest().Items[:1]}, "", sender(func(c *opentact.Client) func(context.Context, *opentact.CreateItemsRequest) (*opentact.Order, error) {
			return c.Orders.CreateItems
		})},
		{&opentact.CreateOrderRequest{Items: []opentact.CreateOrderItem{{TN: 1, Features: []string{"voice"}, AutoRenew: new(false)}}}, "", sender(func(c *opentact.Client) func(context.Context, *opentact.CreateOrderRequest) (*opentact.Order, error) {
			return c.Orders.CreateOrder
		})},
		{searchRequest(), "skip=4&take=2", sender(func(c *opentact.Client) func(context.Context, *opentact.SearchOrdersRequest) (*opentact.Page[opentact.Order], error) {
			return c.Orders.Search
		})},
		{tnRequest(), "page=2&size=10", sender(func(c *opentact.Client) func(context.Context, *opentact.SearchTNsRequest) (*opentact.Page[opentact.TN], error) {
			return c.TNs.Search
		})},
		{typeRequest(), "", sender(func(c *opentact.Client) func(context.Context, *opentact.SearchTNsByTypeRequest) (*opentact.Page[opentact.TN], error) {
			return c.TNs.SearchByType
		})},
		{leaseRequest(), "skip=2&take=1", sender(func(c *opentact.Client) func(context.Context, *opentact.SearchLeasesRequest) (*opentact.Page[opentact.Lease], error) {
			return c.Leases.Search
		})},
		{&opentact.UpdateLeaseRequest{
			Voice: new(false), Fax: new(false), SMS: new(false), MMS: new(false), Emergency: new(false), AutoRenew: new(false),
			MessagingProfile: new(""), SIPConnection: wire.NullNow[string](), SIPControlApp: wire.NullOf("a"),
		}, "", func(c *opentact.Client, p any) error {
			_, err := c.Leases.Update(ctx, leaseID, p.(*opentact.UpdateLeaseRequest))
			return err
		}},
		{&opentact.ChangeLeasesRequest{Add: []string{"a"}, Remove: []string{"b"}}, "", func(c *opentact.Client, p any) error {
			_, err := c.SIPControlApps.ChangeLeases(ctx, "a", p.(*opentact.ChangeLeasesRequest))
			return err
		}},
		{&opentact.CreateTokenRequest{Name: "n", TTL: 60}, "", sender(func(c *opentact.Client) func(context.Context, *opentact.CreateTokenRequest) (*opentact.Token, error) {
			return c.Tokens.Create
		})},
		{&opentact.UpdateTokenRequest{Name: new("n"), TTL: new(int64(60))}, "", func(c *opentact.Client, p any) error {
			return c.Tokens.Update(ctx, "t", p.(*opentact.UpdateTokenRequest))
		}},
	}
}

func (p params) name() string { return reflect.TypeOf(p.full).Elem().Name() }

// sent is the query and the body that p is sent as; "" where it is refused.
func (p params) sent(t *testing.T, value any) (query, body string) {
	t.Helper()
	srv := serve(t, vendortest.Text("{}"))
	_ = p.send(srv.client(t), value)
	if len(srv.Received()) == 0 {
		return "", ""
	}
	return srv.Received()[0].RawQuery, srv.Received()[0].Body
}

func TestEveryParameterChangesWhatIsSent(t *testing.T) {
	for _, p := range parameters() {
		t.Run(p.name(), func(t *testing.T) {
			fullQuery, fullBody := p.sent(t, p.full)
			assert.Equal(t, p.query, fullQuery)
			require.NotEmpty(t, fullBody)
			leaves(reflect.ValueOf(p.full).Elem(), "", func(name string, leaf reflect.Value) {
				require.False(t, leaf.IsZero(), "%s is not set by the test", name)
				kept := reflect.New(leaf.Type()).Elem()
				kept.Set(leaf)
				leaf.SetZero()
				query, body := p.sent(t, p.full)
				assert.False(t, query == fullQuery && body == fullBody, "%s changes nothing", name)
				leaf.Set(kept)
			})
		})
	}
}

// leaves visits the exported fields of a struct that hold values.
func leaves(v reflect.Value, path string, visit func(string, reflect.Value)) {
	_, isValue := v.Interface().(interface {
		EncodeValues(key string, v *url.Values) error
	})
	switch {
	case isValue:
		visit(path, v)
	case v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Struct && !v.IsNil():
		leaves(v.Elem(), path, visit)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct && v.Len() > 0:
		leaves(v.Index(0), path+"[0]", visit)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				leaves(v.Field(i), path+"."+f.Name, visit)
			}
		}
	default:
		visit(path, v)
	}
}

func TestEveryRequestStructIsInTheTable(t *testing.T) {
	have := map[reflect.Type]bool{}
	for _, p := range parameters() {
		have[reflect.TypeOf(p.full)] = true
	}
	for name, m := range vendortest.Methods[opentact.Client]() {
		for in := range m.Type.Ins() {
			if in.Kind() == reflect.Pointer && strings.HasSuffix(in.Elem().Name(), "Request") {
				assert.True(t, have[in], "%s: %s is not in the table", name, in)
			}
		}
	}
}

func TestNothingSetIsNothingSent(t *testing.T) {
	for _, p := range parameters() {
		switch p.full.(type) {
		case *opentact.SearchOrdersRequest, *opentact.SearchTNsRequest, *opentact.SearchLeasesRequest:
			for _, empty := range []reflect.Value{reflect.Zero(reflect.TypeOf(p.full)), reflect.New(reflect.TypeOf(p.full).Elem())} {
				query, body := p.sent(t, empty.Interface())
				assert.Empty(t, query, p.name())
				assert.Equal(t, "{}", body, p.name())
			}
		}
	}
}
