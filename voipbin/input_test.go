package voipbin_test

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-querystring/query"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/voipbin"
)

// TestEveryParameterIsSent sets every field of every params struct; and each
// field alone must change the query.
func TestEveryParameterIsSent(t *testing.T) {
	for _, tt := range []struct {
		params any
		want   string
	}{
		{voipbin.ListNumbersRequest{PageSize: 25, PageToken: "2026-08-04T00:00:00.000000Z"}, "page_size=25&page_token=2026-08-04T00%3A00%3A00.000000Z"},
		{voipbin.ListOrderNumbersRequest{PageSize: 25, PageToken: "2021-03-03 06:34:09.733751"}, "page_size=25&page_token=2021-03-03+06%3A34%3A09.733751"},
		{voipbin.ListAvailableNumbersRequest{CountryCode: "US", PageSize: 10, Type: "virtual"}, "country_code=US&page_size=10&type=virtual"},
	} {
		full := reflect.ValueOf(tt.params)
		values, err := query.Values(tt.params)
		require.NoError(t, err)
		assert.Equal(t, tt.want, values.Encode())

		zero, err := query.Values(reflect.Zero(full.Type()).Interface())
		require.NoError(t, err)
		assert.Empty(t, zero.Encode(), "nothing is sent empty")
		for i := range full.NumField() {
			require.False(t, full.Field(i).IsZero(), "%s sets every field", full.Type())
			one := reflect.New(full.Type()).Elem()
			one.Field(i).Set(full.Field(i))
			values, err := query.Values(one.Interface())
			require.NoError(t, err)
			assert.NotEmpty(t, values.Encode(), "%s.%s", full.Type(), full.Type().Field(i).Name)
		}
	}
}

func TestBadInputIsRefusedBeforeAnythingIsSent(t *testing.T) {
	srv := serve(t, ok(`{}`))
	c := client(t, srv.URL)
	ctx := t.Context()
	virtual := func(number string) *voipbin.CreateNumberRequest {
		return &voipbin.CreateNumberRequest{Number: number, Type: new(voipbin.TypeVirtual)}
	}
	cases := map[string]struct {
		field string
		call  func() (any, error)
	}{
		"no request":     {"request", func() (any, error) { return pack(c.Numbers.Create(ctx, nil)) }},
		"no old request": {"request", func() (any, error) { return pack(c.OrderNumbers.Create(ctx, nil)) }},
		"no number":      {"Number", func() (any, error) { return pack(c.Numbers.Create(ctx, &voipbin.CreateNumberRequest{})) }},
		"no old number":  {"Number", func() (any, error) { return pack(c.OrderNumbers.Create(ctx, &voipbin.CreateOrderNumberRequest{})) }},
		"virtual without type": {"Type", func() (any, error) {
			return pack(c.Numbers.Create(ctx, &voipbin.CreateNumberRequest{Number: "+899204060801"}))
		}},
		"virtual as normal": {"Type", func() (any, error) {
			return pack(c.Numbers.Create(ctx, &voipbin.CreateNumberRequest{Number: "+899204060801", Type: new(voipbin.TypeNormal)}))
		}},
		"virtual in 2021": {"Number", func() (any, error) {
			return pack(c.OrderNumbers.Create(ctx, &voipbin.CreateOrderNumberRequest{Number: "+899204060801"}))
		}},
		"virtual, no such prefix": {"Number", func() (any, error) { return pack(c.Numbers.Create(ctx, virtual("+12025550142"))) }},
		"virtual, too short":      {"Number", func() (any, error) { return pack(c.Numbers.Create(ctx, virtual("+89920406080"))) }},
		"virtual, too long":       {"Number", func() (any, error) { return pack(c.Numbers.Create(ctx, virtual("+8992040608011"))) }},
		"virtual, no digits":      {"Number", func() (any, error) { return pack(c.Numbers.Create(ctx, virtual("+89920406080x"))) }},
		"virtual, reserved":       {"Number", func() (any, error) { return pack(c.Numbers.Create(ctx, virtual("+899000060801"))) }},
		"page size":               {"PageSize", func() (any, error) { return pack(c.Numbers.List(ctx, &voipbin.ListNumbersRequest{PageSize: 101})) }},
		"old page size": {"PageSize", func() (any, error) {
			return pack(c.OrderNumbers.List(ctx, &voipbin.ListOrderNumbersRequest{PageSize: 101}))
		}},
		"negative page size": {"PageSize", func() (any, error) {
			return pack(c.OrderNumbers.List(ctx, &voipbin.ListOrderNumbersRequest{PageSize: -1}))
		}},
		"page size of a walk": {"PageSize", func() (any, error) { return all(c.Numbers.All(ctx, &voipbin.ListNumbersRequest{PageSize: -2})) }},
		"page token of a walk": {"PageToken", func() (any, error) {
			return all(c.OrderNumbers.All(ctx, &voipbin.ListOrderNumbersRequest{PageToken: "2"}))
		}},
		//lint:ignore SA1012 that it is refused is the point
		"no context": {"ctx", func() (any, error) { return pack(c.Numbers.Get(nil, anID)) }},
	}
	for _, id := range []string{"", ".", ".."} {
		cases["get "+id] = struct {
			field string
			call  func() (any, error)
		}{"id", func() (any, error) { return pack(c.Numbers.Get(ctx, id)) }}
		cases["delete "+id] = struct {
			field string
			call  func() (any, error)
		}{"id", func() (any, error) { return pack(c.Numbers.Delete(ctx, id)) }}
		cases["old get "+id] = struct {
			field string
			call  func() (any, error)
		}{"id", func() (any, error) { return pack(c.OrderNumbers.Get(ctx, id)) }}
		cases["old delete "+id] = struct {
			field string
			call  func() (any, error)
		}{"id", func() (any, error) { return pack(c.OrderNumbers.Delete(ctx, id)) }}
	}
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := tt.call()
			assert.Nil(t, got)
			require.ErrorIs(t, err, numbers.ErrInvalid)
			e, isError := errors.AsType[*numbers.Error](err)
			require.True(t, isError)
			assert.Equal(t, tt.field, e.Field)
			assert.Equal(t, "voipbin", e.Vendor)
			assert.NotEmpty(t, e.Op)
			assert.Zero(t, e.Status)
		})
	}
	assert.Empty(t, srv.Received())
}

func TestPageTokens(t *testing.T) {
	srv := serve(t, ok(vendortest.Fixture(t, "order_numbers.list_empty.response.json")))
	c := client(t, srv.URL)
	good := []string{
		"2021-03-03 06:34:09.733751", "2021-03-03 06:34:09", "2021-03-03 06:34:09.733751Z", "2021-03-03T06:34:09.733751",
		"2026-08-04T00:00:00.000000Z", "2026-08-04T00:00:00Z", "2026-08-04 00:00:00.1", "2026-08-04T00:00:00.123456789Z", "9999-01-01 00:00:00.000000",
	}
	for _, text := range good {
		_, err := c.Numbers.List(t.Context(), &voipbin.ListNumbersRequest{PageToken: text})
		require.NoError(t, err, text)
		_, err = c.OrderNumbers.List(t.Context(), &voipbin.ListOrderNumbersRequest{PageToken: text})
		require.NoError(t, err, text)
	}
	assert.Len(t, srv.Received(), 2*len(good))
	for _, text := range []string{
		"garbage", "10", " ", "Z", "2021-03-03", "2021-03-03 06:34", "2021-13-03 06:34:09", "2021-02-30 06:34:09", "06:34:09",
		"2021-03-03 06:34:09,733751", "2021-03-03 06:34:09.", "2021-03-03 6:34:09", "2021-03-03 06:34:09 ", "2021-03-03_06:34:09", "2021-03-03T06:34:09+02:00", "1614753249",
	} {
		_, err := c.Numbers.List(t.Context(), &voipbin.ListNumbersRequest{PageToken: text})
		require.ErrorIs(t, err, numbers.ErrInvalid, text)
		_, err = c.OrderNumbers.List(t.Context(), &voipbin.ListOrderNumbersRequest{PageToken: text})
		require.ErrorIs(t, err, numbers.ErrInvalid, text)
	}
	assert.Len(t, srv.Received(), 2*len(good))
}

func FuzzPageToken(f *testing.F) {
	for _, text := range []string{"2021-03-03 06:34:09.733751", "2026-08-04T00:00:00Z", "", "x", "2021-03-03"} {
		f.Add(text)
	}
	stop := errors.New("far enough")
	c, err := voipbin.New(voipbin.TokenAuth(token), &numbers.ClientOptions{
		HTTPClient: &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, stop })},
		Retry:      numbers.Retry{Attempts: 1},
	})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		_, err := c.Numbers.List(t.Context(), &voipbin.ListNumbersRequest{PageToken: text})
		if errors.Is(err, stop) && text != "" {
			assert.GreaterOrEqual(t, len(text), len("2021-03-03T06:34:09"), "%q was sent", text)
			assert.Empty(t, strings.Trim(text, "0123456789-:. TZ"), "%q was sent", text)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestDefaultBaseURL(t *testing.T) {
	var url string
	c, err := voipbin.New(voipbin.TokenAuth(token), &numbers.ClientOptions{
		HTTPClient: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			url = r.URL.String()
			return nil, errors.New("no network")
		})},
		Retry: numbers.Retry{Attempts: 1},
	})
	require.NoError(t, err)
	_, err = c.Numbers.Get(t.Context(), anID)
	require.ErrorIs(t, err, numbers.ErrUnreachable)
	assert.Equal(t, "https://api.voipbin.net/v1.0/numbers/"+anID, url)
}

func TestNewRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		auth  voipbin.Auth
		opts  *numbers.ClientOptions
		field string
	}{
		"no credential":      {voipbin.Auth{}, nil, "auth"},
		"empty token":        {voipbin.TokenAuth(""), nil, "auth"},
		"token with newline": {voipbin.TokenAuth("a\nb"), nil, "auth"},
		"plain http":         {voipbin.TokenAuth(token), &numbers.ClientOptions{BaseURL: "http://api.voipbin.example"}, "BaseURL"},
		"bad retry":          {voipbin.TokenAuth(token), &numbers.ClientOptions{Retry: numbers.Retry{Attempts: -1}}, "Retry"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := voipbin.New(tt.auth, tt.opts)
			assert.Nil(t, c)
			require.ErrorIs(t, err, numbers.ErrInvalid)
			e, _ := errors.AsType[*numbers.Error](err)
			assert.Equal(t, tt.field, e.Field)
			assert.NotContains(t, err.Error(), "a\nb")
		})
	}
}
