package telnyx_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/telnyx"
)

// Every method with ids in its arguments is called with ids that would reach
// another endpoint, and every method with a request with none.
func TestBadInputIsRefusedBeforeAnythingIsSent(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"data":{"id":"1"}}`))
	c := reflect.ValueOf(*srv.client(t))
	optional := func(name string) bool {
		_, method, _ := strings.Cut(name, ".")
		return strings.HasPrefix(method, "List") || strings.HasPrefix(method, "All") ||
			slices.Contains([]string{"SubNumberOrders.Get", "Requirements.Get", "Addresses.AcceptSuggestions"}, name)
	}
	for i := range c.NumField() {
		service := c.Type().Field(i)
		if !service.IsExported() {
			continue
		}
		for j := range service.Type.NumMethod() {
			method, m := service.Type.Method(j), c.Field(i).Method(j)
			name := service.Name + "." + method.Name
			for arg := range m.Type().NumIn() {
				switch in := m.Type().In(arg); {
				case in.Kind() == reflect.String:
					for _, bad := range []string{"", ".", ".."} {
						assertRefused(t, name, m, arg, reflect.ValueOf(bad).Convert(in))
					}
				case in.Kind() == reflect.Pointer && !optional(name):
					assertRefused(t, name, m, arg, reflect.Zero(in))
				}
			}
		}
	}
	assert.Empty(t, srv.Received())
}

// assertRefused calls a method with good arguments, but for one.
func assertRefused(t *testing.T, name string, m reflect.Value, bad int, value reflect.Value) {
	t.Helper()
	var args []reflect.Value
	for i := range m.Type().NumIn() {
		in := m.Type().In(i)
		switch {
		case i == bad:
			args = append(args, value)
		case in == reflect.TypeFor[context.Context]():
			args = append(args, reflect.ValueOf(ctx))
		case m.Type().IsVariadic() && i == m.Type().NumIn()-1:
		case in.Kind() == reflect.String:
			args = append(args, reflect.ValueOf("good").Convert(in))
		case in.Kind() == reflect.Pointer:
			args = append(args, reflect.New(in.Elem()))
		default:
			t.Fatalf("%s: argument %d is a %s", name, i, in)
		}
	}
	out := m.Call(args)
	err, _ := out[len(out)-1].Interface().(error)
	require.ErrorIs(t, err, numbers.ErrInvalid, "%s(%#v)", name, value)
	e, ok := any(err).(*numbers.Error) // it must be this type itself
	require.True(t, ok)
	assert.Equal(t, name, e.Op)
	assert.NotEmpty(t, e.Field)
	assert.Zero(t, e.Status)
}

func TestOrderRequestsThatCantBeMeantAreRefused(t *testing.T) {
	srv := serve(t, vendortest.Text("{}"))
	c := srv.client(t)
	_, err := c.NumberOrders.Create(ctx, &telnyx.CreateNumberOrderRequest{})
	assertInvalid(t, err, "PhoneNumbers")
	assert.Empty(t, srv.Received())
}

// Telnyx's own samples are no valid numbers or UUIDs, and pass.
func TestTheExactLayerDemandsNoPattern(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"data":{"id":"<string>"}}`))
	c := srv.client(t)
	_, err := c.NumberOrders.Create(ctx, &telnyx.CreateNumberOrderRequest{
		PhoneNumbers: []telnyx.CreateNumberOrderPhoneNumber{{PhoneNumber: "string"}},
	})
	require.NoError(t, err)
	_, err = c.NumberOrders.Get(ctx, "a/b?c#d %2e")
	require.NoError(t, err)
	assert.Equal(t, "/v2/number_orders/a%2Fb%3Fc%23d%20%252e", srv.Received()[1].Path, "an id is one segment, whatever is in it")
}

func TestAClientThatCantWorkIsNotMade(t *testing.T) {
	for _, bad := range []string{"", " " + key, key + " ", key + "\n", "a\x00b"} {
		_, err := telnyx.New(telnyx.APIKeyAuth(bad), nil)
		assertInvalid(t, err, "auth")
	}
	_, err := telnyx.New(telnyx.Auth{}, nil)
	assertInvalid(t, err, "auth")
	for _, bad := range []string{"http://api.example.com/v2", "ftp://api.example.com", "api.example.com", "https://user:pass@api.example.com", "https://api.example.com?x=y", "https://api.example.com#x"} {
		_, err := telnyx.New(telnyx.APIKeyAuth(key), &numbers.ClientOptions{BaseURL: bad})
		assertInvalid(t, err, "BaseURL")
	}
	_, err = telnyx.New(telnyx.APIKeyAuth(key), &numbers.ClientOptions{BaseURL: "http://api.example.com/v2", AllowHTTP: true})
	require.NoError(t, err)
}

func TestDoReachesWhatIsNotModelled(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"data":{"id":"7"}}`))
	c := srv.client(t)
	answer, err := c.Do(ctx, &numbers.RawRequest{Method: "GET", Path: "/addresses/7", Query: map[string][]string{"filter[x]": {"y"}}})
	require.NoError(t, err)
	assert.JSONEq(t, `{"data":{"id":"7"}}`, string(answer.Body))
	r := srv.Received()[0]
	assert.Equal(t, "/v2/addresses/7?filter%5Bx%5D=y", r.Path+"?"+r.RawQuery)
	assert.Equal(t, "Bearer "+key, r.Header.Get("Authorization"))

	broken := serve(t, vendortest.Failing(500, refused))
	_, err = broken.client(t).Do(ctx, &numbers.RawRequest{Method: "POST", Path: "/addresses"})
	require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
	assert.Len(t, broken.Received(), 1)
}
