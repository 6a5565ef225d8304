package opentact_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
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
	f.Add([]byte(`{"uuid":"u"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		readsTwice[opentact.Page[opentact.Order]](t, data)
		readsTwice[opentact.Related[opentact.Lease]](t, data)
		readsTwice[opentact.Opaque](t, data)
	})
}

// readsTwice proves that what is read as a T is written so that it is read as the same.
func readsTwice[T any](t *testing.T, data []byte) {
	t.Helper()
	var first, second T
	if json.Unmarshal(data, &first) != nil {
		return
	}
	out, err := json.Marshal(first)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(out, &second))
	again, err := json.Marshal(second)
	require.NoError(t, err)
	assert.JSONEq(t, string(out), string(again))
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
		var body struct {
			Pattern string `json:"pattern"`
		}
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

// FuzzWalk walks lists, by position and by number, whose pages say anything of them.
func FuzzWalk(f *testing.F) {
	for _, lies := range []string{"", "\x00", "\x01\x01\x01", "\x07", "\x0b", "\x0c\x0d", "\x0f", "\x13", "\x05\x06\x00\x03", "\x00\x00\x0b\x0b"} {
		f.Add([]byte(lies), uint16(2000), uint8(0), uint8(0))
		f.Add([]byte(lies), uint16(2000), uint8(4), uint8(9))
	}
	f.Fuzz(func(t *testing.T, lies []byte, rows uint16, ahead, size uint8) {
		total := int(rows) % 2001
		var pages atomic.Int64 // pages are read ahead at once
		c, err := opentact.New(opentact.TokenAuth(token), &numbers.ClientOptions{
			Retry: numbers.Retry{Attempts: 1},
			HTTPClient: &http.Client{Transport: vendortest.RoundTrip(func(r *http.Request) answer {
				take := vendortest.Parameter(r, "take", vendortest.Parameter(r, "size", 10))
				skip := vendortest.Parameter(r, "skip", (vendortest.Parameter(r, "page", 1)-1)*take)
				of := vendortest.Lies(lies)
				page := int(pages.Add(1))
				return answer{Body: fmt.Sprintf(`{"success":true,"payload":{"take":%s,"skip":%s,"total":%s,"data":%s}}`,
					of.Count(page, 0, take), of.Count(page, 1, skip), of.Count(page, 2, total),
					vendortest.Rows(total, skip, take, func(i int) string {
						if r.URL.Query().Has("page") {
							return fmt.Sprintf(`{"tn":%d}`, i)
						}
						return fmt.Sprintf(`{"uuid":%q}`, vendortest.Row(i))
					}))}
			})},
		})
		require.NoError(t, err)
		var opts []numbers.PageOption
		if ahead > 0 {
			opts = append(opts, numbers.ReadAhead(int(ahead)-1))
		}
		leases := c.Leases.All(ctx, &opentact.SearchLeasesRequest{Take: int(size) % (opentact.MaxTake + 1)}, opts...)
		vendortest.Walked(t, leases, func(l *opentact.Lease) string { return l.UUID }, total)
		tns := c.TNs.All(ctx, &opentact.SearchTNsRequest{Size: int(size) % (opentact.MaxTake + 1)}, opts...)
		vendortest.Walked(t, tns, func(n *opentact.TN) string { return n.TN.Literal() }, total)
	})
}
