package telnyx_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/telnyx"
)

// place and the other calls are where errors come from.
func place(c *telnyx.Client) error {
	_, err := c.NumberOrders.Create(ctx, &telnyx.CreateNumberOrderRequest{
		PhoneNumbers: []telnyx.CreateNumberOrderPhoneNumber{{PhoneNumber: one}},
	})
	return err
}

func change(c *telnyx.Client) error {
	_, err := c.PhoneNumbers.Update(ctx, phoneID, &telnyx.UpdatePhoneNumberRequest{})
	return err
}

func item(code, pointer string) string {
	return `{"errors":[{"code":` + code + `,"title":"T","detail":"D","source":{"pointer":"` + pointer + `"}}]}`
}

// The same code means different things: status, code, pointer and operation
// tell the kind together.
func TestKindsOfErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		call   func(*telnyx.Client) error
		status int
		body   string
		want   error
	}{
		{"not recognised", place, 422, item(`"10027"`, "/phone_numbers"), numbers.ErrNumberUnavailable},
		{"not recognised, at a number", place, 422, item(`"10027"`, "phone_numbers/0/phone_number"), numbers.ErrNumberUnavailable},
		{"not recognised, no pointer", place, 400, `{"errors":[{"code":"10027"}]}`, numbers.ErrNumberUnavailable},
		{"unprocessable elsewhere in the order", place, 422, item(`"10027"`, "/connection_id"), numbers.ErrInvalid},
		{"unprocessable in another operation", change, 422, item(`"10027"`, "/phone_numbers"), numbers.ErrInvalid},
		{"the code with another status", place, 404, item(`"10027"`, "/phone_numbers"), numbers.ErrVendor},
		{"no requirement group", place, 422, item(`"10015"`, "/phone_numbers/0/requirement_group_id"), numbers.ErrRequirements},
		{"requirements missing", place, 400, item(`"10004"`, "/regulatory_requirements"), numbers.ErrRequirements},
		{"a requirement's value is wrong", change, 422, item(`"10015"`, "/regulatory_requirements"), numbers.ErrInvalid},
		{"bad request", place, 400, item(`"10015"`, "/phone_numbers"), numbers.ErrInvalid},
		{"associated resource missing", place, 422, item(`"10017"`, "/connection_id"), numbers.ErrInvalid},
		{"payment required", place, 402, "", numbers.ErrInsufficientFunds},
		{"insufficient, in a word", place, 403, item(`"insufficient_balance"`, ""), numbers.ErrInsufficientFunds},
		{"trial account", place, 403, item(`"10038"`, ""), numbers.ErrForbidden},
		{"trial account, as a number", place, 422, item(`10039`, ""), numbers.ErrForbidden},
		{"not authorised", place, 403, item(`"10010"`, ""), numbers.ErrForbidden},
		{"in use", change, 422, item(`"10021"`, ""), numbers.ErrConflict},
		{"duplicate", change, 400, item(`"10012"`, "/name"), numbers.ErrConflict},
		{"the second error tells more", place, 422, `{"errors":[{"code":"10015"},{"code":"10027","detail":"here"}]}`, numbers.ErrNumberUnavailable},
		{"unavailable", change, 503, item(`"10016"`, ""), numbers.ErrVendor},
		{"status as code", change, 404, item(`"404"`, ""), numbers.ErrNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := serve(t, vendortest.Failing(c.status, c.body))
			err := c.call(srv.client(t, vendortest.Once))
			require.ErrorIs(t, err, c.want)
			e, _ := errors.AsType[*numbers.Error](err)
			assert.Equal(t, c.want, e.Kind)
			assert.Nil(t, e.Attempt)
		})
	}
}

func TestAnErrorHasAllThatTelnyxSays(t *testing.T) {
	header := http.Header{
		"X-Request-Id": {"req-7"}, "X-Ratelimit-Limit": {"100"}, "X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"12"},
	}
	srv := serve(t, answer{Status: 429, Header: header, Body: vendortest.Fixture(t, "error.response.json")})
	var infos []numbers.AttemptInfo
	err := place(srv.client(t, vendortest.Once, func(o *numbers.ClientOptions) {
		o.OnAttempt = func(_ context.Context, i numbers.AttemptInfo) { infos = append(infos, i) }
	}))
	require.ErrorIs(t, err, numbers.ErrRateLimited)
	e, _ := errors.AsType[*numbers.Error](err)
	assert.Equal(t, "10015", e.Code)
	assert.Equal(t, "Bad Request: The value is wrong.", e.Message)
	assert.Equal(t, "/phone_numbers", e.Field)
	assert.Equal(t, "req-7", e.RequestID)
	assert.Equal(t, 12*time.Second, e.RetryAfter, "no Retry-After: the window's end")
	assert.Equal(t, []numbers.E164{one}, e.Numbers)

	own, ok := errors.AsType[*telnyx.Error](err)
	require.True(t, ok)
	limit := &numbers.RateLimit{Limit: 100, Remaining: 0, Reset: 12 * time.Second}
	assert.Equal(t, limit, own.RateLimit)
	require.Len(t, own.Errors, 3)
	assert.Equal(t, "filter[x]", own.Errors[0].Source.Parameter)
	assert.JSONEq(t, `{"url":"https://developers.telnyx.com/docs/overview/errors/10015"}`, own.Errors[0].Meta.String())
	assert.Equal(t, "20100", own.Errors[1].Code.String())
	assert.Equal(t, "/emergency_address_id", own.Errors[1].Source.Pointer)
	assert.Equal(t, "no code", own.Errors[2].Detail)
	assert.Equal(t, "telnyx: HTTP 429: 10015 Bad Request: The value is wrong. (and 2 more)", own.Error())

	require.Len(t, infos, 1)
	assert.Equal(t, limit, infos[0].RateLimit)
	assert.Equal(t, "req-7", infos[0].RequestID)
	assert.Equal(t, 429, infos[0].Status)
}

func TestRetryAfterGoesBeforeTheWindow(t *testing.T) {
	srv := serve(t, answer{Status: 429, Header: http.Header{"Retry-After": {"3"}, "X-Ratelimit-Reset": {"12"}}})
	e, ok := errors.AsType[*numbers.Error](place(srv.client(t, vendortest.Once)))
	require.True(t, ok)
	assert.Equal(t, 3*time.Second, e.RetryAfter)
}

// What is not as documented does not hide the rest.
func TestErrorBodiesOfAnyShape(t *testing.T) {
	for body, want := range map[string]int{
		`{"errors":[{"code":{"a":1},"title":7,"detail":"kept","source":[1],"meta":[2]}]}`: 1,
		`{"errors":[7,"x",null,{"detail":"kept"}]}`:                                       1,
		`{"errors":[{"code":-1,"detail":"kept"}]}`:                                        1,
		`{"errors":{"detail":"lost"}}`:                                                    0,
		`{"errors":null}`:                                                                 0,
		`{"error":"unauthorized"}`:                                                        0,
		`[]`:                                                                              0,
		`<html>`:                                                                          0,
		``:                                                                                0,
	} {
		srv := serve(t, vendortest.Failing(400, body))
		err := place(srv.client(t, vendortest.Once))
		require.ErrorIs(t, err, numbers.ErrInvalid, body)
		own, ok := errors.AsType[*telnyx.Error](err)
		require.True(t, ok)
		assert.Len(t, own.Errors, want, body)
		if want > 0 {
			assert.Equal(t, "kept", own.Errors[want-1].Detail)
		}
		assert.Equal(t, 400, own.Status)
		assert.NotEmpty(t, own.Error())
	}
}

func TestTheCallersContextHoldsOnEveryPage(t *testing.T) {
	s := newShelf(t, 30)
	enough := errors.New("enough")
	stopped, cancel := context.WithCancelCause(ctx)
	s.before = func(_ *shelf, n int) {
		if n == 2 {
			cancel(enough)
		}
	}
	rows, err := vendortest.Collect(clientAt(t, s.URL).NumberOrders.All(stopped, &telnyx.ListNumberOrdersRequest{Page: telnyx.PageParams{Size: 10}}))
	require.ErrorIs(t, err, enough)
	assert.NotEmpty(t, rows)
	assert.Equal(t, 2, s.served, "no page is asked for once the context has ended")
}

func FuzzErrorBody(f *testing.F) {
	f.Add(400, vendortest.Fixture(f, "error.response.json"))
	f.Add(422, `{"errors":[{"code":1,"source":"x"}]}`)
	f.Add(503, "<html>")
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 400 || status > 599 {
			return
		}
		err := change(without(t, vendortest.NewScript(t, vendortest.Failing(status, body)), vendortest.Once))
		e, ok := errors.AsType[*numbers.Error](err)
		if !ok || e.Kind == nil || e.Status != status {
			t.Fatalf("%v", err)
		}
		own, ok := errors.AsType[*telnyx.Error](err)
		if !ok || own.Status != status || own.Error() == "" {
			t.Fatalf("%v", own)
		}
	})
}

// FuzzDecode sends any JSON through the structs and back: what is read once
// reads the same again.
func FuzzDecode(f *testing.F) {
	all := payloads()
	files := slices.Sorted(maps.Keys(all))
	for i, name := range files {
		f.Add(i, []byte(vendortest.Fixture(f, name)))
	}
	parts := map[string]vendortest.Payload{
		`{"code":"DE","mobile":{"features":["sms"]}}`:       vendortest.As[telnyx.CountryCoverage](),
		`{"code":10015,"title":"t","source":{"pointer":7}}`: vendortest.As[telnyx.ErrorItem](),
		`{"pointer":"/a","parameter":"b"}`:                  vendortest.As[telnyx.ErrorSource](),
		`["a","b"]`:                                         vendortest.As[telnyx.TextOrList](),
	}
	names := slices.Concat(files, slices.Sorted(maps.Keys(parts)))
	for i, name := range names[len(files):] {
		f.Add(len(files)+i, []byte(name))
	}
	maps.Copy(all, parts)
	f.Fuzz(func(t *testing.T, which int, data []byte) {
		if which < 0 || which >= len(names) {
			return
		}
		into := all[names[which]].Into
		first := into()
		if json.Unmarshal(data, first) != nil {
			return
		}
		once, err := json.Marshal(first)
		if err != nil {
			t.Fatalf("%s: what was read can't be written: %v", names[which], err)
		}
		second := into()
		if err := json.Unmarshal(once, second); err != nil {
			t.Fatalf("%s: what was written can't be read: %v", names[which], err)
		}
		twice, err := json.Marshal(second)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%s: %s became %s", names[which], once, twice)
		}
	})
}
