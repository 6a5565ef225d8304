package telnyx_test

import (
	"context"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/telnyx"
)

// at is a time with microseconds, as filters need them.
var at = time.Date(2024, 5, 6, 7, 8, 9, 123456789, time.UTC)

// params is a struct of query parameters.
type params struct {
	// full has every field set.
	full any
	// query are the parameters that full is sent as, decoded.
	query []string
	// send sends a list request with such a struct.
	send func(ctx context.Context, c *telnyx.Client, p any) error
	// answer is the fixture of the answer.
	answer string
	// with are fields that mean nothing without another one.
	with map[string]string
}

// parameters are all of them.
func parameters() []params {
	return slices.Concat(
		numberOrderParams(), stockParams(), ownedParams(), regulationParams(), bulkParams(), documentParams(), jobParams(),
	)
}

// rawQuery is what is sent for p, exactly.
func (p params) rawQuery(t *testing.T, value any) string {
	t.Helper()
	srv := serve(t, answer{Body: vendortest.Fixture(t, p.answer)})
	require.NoError(t, p.send(ctx, srv.client(t), value))
	require.Len(t, srv.Received(), 1)
	return srv.Received()[0].RawQuery
}

func TestEveryParameterIsSentInItsDocumentedForm(t *testing.T) {
	for _, p := range parameters() {
		t.Run(reflect.TypeOf(p.full).Elem().Name(), func(t *testing.T) {
			want := url.Values{}
			for _, pair := range p.query {
				v, err := url.ParseQuery(pair)
				require.NoError(t, err)
				for key, list := range v {
					want[key] = append(want[key], list...)
				}
			}
			assert.Equal(t, want.Encode(), p.rawQuery(t, p.full))
			assert.Empty(t, p.rawQuery(t, reflect.New(reflect.TypeOf(p.full).Elem()).Interface()), "nothing set, nothing sent")
			assert.Empty(t, p.rawQuery(t, reflect.Zero(reflect.TypeOf(p.full)).Interface()), "nil is nothing set")
		})
	}
}

func TestEveryParameterChangesTheQuery(t *testing.T) {
	for _, p := range parameters() {
		t.Run(reflect.TypeOf(p.full).Elem().Name(), func(t *testing.T) {
			full := p.rawQuery(t, p.full)
			leaves(reflect.ValueOf(p.full).Elem(), "", func(name string, leaf reflect.Value) {
				require.False(t, leaf.IsZero(), "%s is not set by the test", name)
				kept := reflect.New(leaf.Type()).Elem()
				kept.Set(leaf)
				leaf.SetZero()
				defer leaf.Set(kept)
				if other, ok := p.with[name]; ok {
					at := reflect.ValueOf(p.full).Elem()
					for field := range strings.SplitSeq(other, ".") {
						at = at.FieldByName(field)
					}
					kept := reflect.New(at.Type()).Elem()
					kept.Set(at)
					defer at.Set(kept)
					at.SetZero()
				}
				assert.NotEqual(t, full, p.rawQuery(t, p.full), "%s does not change the query", name)
			})
		})
	}
}

// leaves visits the exported fields of a struct that hold values.
func leaves(v reflect.Value, path string, visit func(string, reflect.Value)) {
	_, isValue := v.Interface().(interface {
		EncodeValues(key string, v *url.Values) error
	})
	if v.Kind() != reflect.Struct || isValue {
		visit(path, v)
		return
	}
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() {
			leaves(v.Field(i), path+"."+f.Name, visit)
		}
	}
}

// Every struct whose name says that it holds parameters is in the table.
func TestEveryListMethodHasItsParamsInTheTable(t *testing.T) {
	have := map[reflect.Type]bool{}
	for _, p := range parameters() {
		have[reflect.TypeOf(p.full)] = true
	}
	for name, m := range vendortest.Methods[telnyx.Client]() {
		if !strings.HasPrefix(m.Name, "List") && !strings.HasPrefix(m.Name, "All") {
			continue
		}
		if m.Type.NumIn() == 2 {
			continue // it has no parameters
		}
		assert.True(t, have[m.Type.In(2)], "%s: %s is not in the table", name, m.Type.In(2))
	}
}

func TestPageParametersOutOfRangeAreRefused(t *testing.T) {
	srv := serve(t, vendortest.Text("{}"))
	c := srv.client(t)
	lists := 0
	for _, p := range parameters() {
		request := reflect.New(reflect.TypeOf(p.full).Elem())
		page := request.Elem().FieldByName("Page")
		if !page.IsValid() {
			continue
		}
		lists++
		for field, bad := range map[string][]int64{"Number": {-1}, "Size": {-1, telnyx.MaxPageSize + 1}} {
			for _, value := range bad {
				page.SetZero()
				page.FieldByName(field).SetInt(value)
				assertInvalid(t, p.send(ctx, c, request.Interface()), "Page."+field)
			}
		}
	}
	assert.Greater(t, lists, 6)
	_, err := vendortest.Collect(c.NumberOrders.All(ctx, &telnyx.ListNumberOrdersRequest{Page: telnyx.PageParams{Number: -1}}))
	assertInvalid(t, err, "Page.Number")
	assert.Empty(t, srv.Received())
}
