package exclusive_test

import (
	"math"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/internal/vendortest"
)

func fullList() *exclusive.ListNumbersRequest {
	return &exclusive.ListNumbersRequest{
		Filter:  "startswith(number,'+49') and enabled eq true",
		Search:  "front desk & co",
		OrderBy: "number asc,created_at desc",
		Skip:    20,
		Top:     10,
	}
}

func rawQuery(t *testing.T, r *exclusive.ListNumbersRequest) string {
	t.Helper()
	srv := serve(t, vendortest.Text(`{"count":0,"items":[]}`))
	_, err := srv.client(t).Numbers.List(ctx, r)
	require.NoError(t, err)
	require.Len(t, srv.Received(), 1)
	path, query, _ := strings.Cut(srv.Received()[0].Target, "?")
	assert.Equal(t, "GET /api/exclusive_numbers", path)
	return query
}

func TestEveryParameterIsSentInItsDocumentedForm(t *testing.T) {
	assert.Equal(t, "filter=startswith%28number%2C%27%2B49%27%29+and+enabled+eq+true"+
		"&orderby=number+asc%2Ccreated_at+desc&search=front+desk+%26+co&skip=20&top=10", rawQuery(t, fullList()))
	assert.Empty(t, rawQuery(t, &exclusive.ListNumbersRequest{}), "nothing set, nothing sent")
	assert.Empty(t, rawQuery(t, nil))
}

func TestEveryParameterChangesTheQuery(t *testing.T) {
	full := rawQuery(t, fullList())
	fields := reflect.TypeFor[exclusive.ListNumbersRequest]()
	for i := range fields.NumField() {
		r := fullList()
		field := reflect.ValueOf(r).Elem().Field(i)
		require.False(t, field.IsZero(), "%s is not set by the test", fields.Field(i).Name)
		field.SetZero()
		got := rawQuery(t, r)
		assert.NotEqual(t, full, got, "%s does not change the query", fields.Field(i).Name)
		values, err := url.ParseQuery(got)
		require.NoError(t, err)
		assert.Len(t, values, fields.NumField()-1)
	}
}

func TestParametersOutOfRangeAreRefused(t *testing.T) {
	srv := serve(t, vendortest.Text("{}"))
	c := srv.client(t)
	tooFar := math.MaxInt32
	tooFar++ // negative where an int has 32 bits
	for _, bad := range []struct {
		field   string
		request exclusive.ListNumbersRequest
	}{
		{"Skip", exclusive.ListNumbersRequest{Skip: -1}},
		{"Skip", exclusive.ListNumbersRequest{Skip: tooFar}},
		{"Top", exclusive.ListNumbersRequest{Top: -1}},
		{"Top", exclusive.ListNumbersRequest{Top: exclusive.MaxPageSize + 1}},
	} {
		_, err := c.Numbers.List(ctx, &bad.request)
		assertInvalid(t, err, bad.field)
		_, err = vendortest.Collect(c.Numbers.All(ctx, &bad.request))
		assertInvalid(t, err, bad.field)
	}
	assert.Empty(t, srv.Received())
}
