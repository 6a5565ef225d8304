package opentact_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/opentact"
)

// seed adds the fixtures of answers.
func seed(f *testing.F) {
	files, err := filepath.Glob("testdata/*.response.json")
	require.NoError(f, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		var e envelope[json.RawMessage]
		require.NoError(f, json.Unmarshal(data, &e))
		f.Add([]byte(e.Payload))
	}
}

// What is read is written again, and read again as the same.
func FuzzOrder(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var first, second opentact.Page[opentact.Order]
		if json.Unmarshal(data, &first) != nil {
			return
		}
		out, err := json.Marshal(first)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(out, &second))
		again, err := json.Marshal(second)
		require.NoError(t, err)
		assert.JSONEq(t, string(out), string(again))
	})
}

// canned answers without a network.
type canned struct {
	status int
	body   string
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: c.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(c.body)), ContentLength: int64(len(c.body)), Request: r}, nil
}

// Any answer is an order with an id, or a typed error.
func FuzzAnswer(f *testing.F) {
	for _, status := range []int{200, 401, 500} {
		f.Add(status, `{"success":true,"payload":{"uuid":"u","state":"success","total":2,"success":1,"tnleases":[{}],"request":{"tns":[1,"x",1]}}}`)
		f.Add(status, `{"success":false,"status":402,"message":"Not enough account balance","fields":{"a":{"message":"b","value":[]}}}`)
		f.Add(status, `{"success":false,"status":"402","message":7,"fields":[]}`)
		f.Add(status, `<html>`)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			return
		}
		c, err := opentact.New(opentact.TokenAuth(token), &numbers.ClientOptions{
			HTTPClient: &http.Client{Transport: canned{status, body}}, Retry: numbers.Retry{Attempts: 1},
		})
		require.NoError(t, err)
		o, err := opentact.NewOrderer(c, nil).Order(ctx, "u")
		if err != nil {
			_, ok := errors.AsType[*numbers.Error](err)
			require.True(t, ok, "%T", err)
			require.Nil(t, o)
			return
		}
		require.NotEmpty(t, o.ID)
		require.NotEmpty(t, o.State)
		require.GreaterOrEqual(t, o.Count, max(1, len(o.Items)))
		for _, item := range o.Items {
			require.NotEmpty(t, item.State)
			require.True(t, item.E164 == "" || item.E164.Valid())
		}
	})
}

// A pattern asks for all that the query asks for, and stands for ten digits.
func FuzzSearchPattern(f *testing.F) {
	f.Add("202", "2025", "", "17")
	f.Add("", "2025550", "", "50143")
	f.Add("", "", "55", "")
	f.Fuzz(func(t *testing.T, area, start, contains, end string) {
		srv := serve(t, ordered(`{"total":0,"data":[]}`))
		q := numbers.SearchQuery{AreaCode: area, StartsWith: start, Contains: contains, EndsWith: end}
		_, err := vendortest.Collect(opentact.NewOrderer(srv.client(t), nil).Search(ctx, q))
		if err != nil {
			require.Empty(t, srv.Received())
			return
		}
		var body struct{ Pattern string }
		require.NoError(t, json.Unmarshal([]byte(srv.Received()[0].Body), &body))
		if body.Pattern == "" {
			require.Empty(t, area+start+contains+end)
			return
		}
		require.Empty(t, strings.Trim(body.Pattern, "0123456789*"))
		require.LessOrEqual(t, len(strings.ReplaceAll(body.Pattern, "*", "")), 10)
		for _, prefix := range []string{area, start} {
			require.True(t, strings.HasPrefix(body.Pattern, prefix))
		}
		require.True(t, strings.HasSuffix(body.Pattern, end))
		require.Contains(t, body.Pattern, contains)
	})
}
