package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/page"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

type result struct {
	ID     string          `json:"id"`
	Count  int             `json:"count"`
	Inner  struct{ X int } `json:"inner"`
	Price  wire.Amount     `json:"price"`
	When   time.Time       `json:"when"`
	Number numbers.E164    `json:"number"`
}

// TestDecodeRefuses has answers of 2xx that tell nothing. None may pass for a
// result, nor be quoted.
func TestDecodeRefuses(t *testing.T) {
	const leak = "LEAKED"
	for name, test := range map[string]struct {
		body, says string
	}{
		"empty":                {"", "it is empty"},
		"white space":          {" \r\n\t", "it is empty"},
		"null":                 {"null", "it is null"},
		"null with space":      {"\n null \n", "it is null"},
		"html":                 {"<html>" + leak + "</html>", "it is not JSON (byte "},
		"text":                 {leak, "it is not JSON (byte "},
		"truncated":            {`{"id":"` + leak, "it is not JSON"},
		"truncated later":      {`{"id":"` + leak + `"`, "it is not JSON"},
		"trailing data":        {`{"id":"7"}{"id":"8"}`, "it is not JSON (byte "},
		"trailing garbage":     {`{"id":"7"}` + leak, "it is not JSON (byte "},
		"trailing comma":       {`{"id":"7",}`, "it is not JSON (byte "},
		"single quotes":        {`{'id':'7'}`, "it is not JSON (byte "},
		"an array":             {`[{"id":"7"}]`, "the result is of the wrong JSON type: want object, got "},
		"a string":             {`"` + leak + `"`, "the result is of the wrong JSON type: want object, got "},
		"a number":             {`7`, "the result is of the wrong JSON type: want object, got "},
		"true":                 {`true`, "the result is of the wrong JSON type: want object, got "},
		"gzip left compressed": {"\x1f\x8b\x08\x00", "it is not JSON (byte "},
		"a byte order mark":    {"\ufeff{}", "it is not JSON (byte "},
		"NUL":                  {"\x00", "it is not JSON (byte "},
	} {
		for _, class := range []Class{Buy, Write, Read} {
			t.Run(name+"/"+class.String(), func(t *testing.T) {
				vendor := &answering{status: 200, body: test.body, header: http.Header{"X-Id": {"r-1"}}}
				c := newTestClient(t, Config{RequestIDHeader: "X-Id"}, "https://acme.example", quick(), vendor)
				call := &Call{Op: "Op", Class: class, Method: http.MethodPost, Path: "/", Numbers: testNumbers, Reference: "ref-1"}
				before := time.Now()
				got, err := Get[result](t.Context(), c, call)
				assert.Nil(t, got)
				if class == Buy {
					assertUnknown(t, err, call, before)
				} else {
					assertDefinite(t, err, numbers.ErrVendor)
				}
				assert.ErrorContains(t, err, "the answer is not usable: ")
				assert.ErrorContains(t, err, test.says)
				assert.NotContains(t, err.Error(), leak)
				assert.Equal(t, 200, asError(t, err).Status)
				assert.Equal(t, "r-1", asError(t, err).RequestID)
				assert.Equal(t, 1, vendor.sent, "an answer was had; another would be the same")
			})
		}
	}
}

// TestDecodeDrifts has members that are not as documented. The call returns the
// rest, and each drift is reported to OnDrift, and to the logger once; none of them
// quotes the answer. Strict makes them errors.
func TestDecodeDrifts(t *testing.T) {
	const leak = "LEAKED"
	type Drift = numbers.Drift
	for name, test := range map[string]struct {
		body   string
		want   result
		drifts []Drift
	}{
		"an id that is a number": {`{"id":7,"count":2}`, result{ID: "7", Count: 2}, []Drift{{Path: "id", Want: "string", Got: "number"}}},
		"a count":                {`{"count":"` + leak + `","id":"7"}`, result{ID: "7"}, []Drift{{Path: "count", Want: "integer", Got: "string"}}},
		"an inner member":        {`{"inner":{"X":"` + leak + `"},"id":"7"}`, result{ID: "7"}, []Drift{{Path: "inner.X", Want: "integer", Got: "string"}}},
		"an overflow":            {`{"count":99999999999999999999,"id":"7"}`, result{ID: "7"}, []Drift{{Path: "count", Want: "integer", Got: "number"}}},
		"two wire types": {
			`{"price":"` + leak + `","number":["` + leak + `"],"when":{},"id":"7"}`, result{ID: "7"},
			[]Drift{
				{Path: "price", Want: "a decimal number, quoted or not", Got: "string"},
				{Path: "number", Want: "string", Got: "array"}, {Path: "when", Want: "a time.Time", Got: "object"},
			},
		},
	} {
		for _, class := range []Class{Buy, Write, Read} {
			t.Run(name+"/"+class.String(), func(t *testing.T) {
				var got []Drift
				var log bytes.Buffer
				opts := quick()
				opts.OnDrift = func(ctx context.Context, d Drift) {
					assert.NotNil(t, ctx)
					got = append(got, d)
					panic(leak) // the caller's own mistake, which must not cost the answer
				}
				opts.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
				c := newTestClient(t, Config{Vendor: "acme"}, "https://acme.example", opts, &answering{status: 200, body: test.body})
				call := func() *Call { return &Call{Op: "Op", Class: class, Method: http.MethodPost, Path: "/"} }
				for i := range test.drifts {
					test.drifts[i].Vendor, test.drifts[i].Op = "acme", "Op"
				}
				for range 2 {
					got = nil
					value, err := Get[result](t.Context(), c, call())
					require.NoError(t, err)
					assert.Equal(t, &test.want, value)
					assert.Equal(t, test.drifts, got)
				}
				assert.Equal(t, len(test.drifts), strings.Count(log.String(), "level=WARN"), "once per path")
				assert.NotContains(t, log.String(), leak)

				strict := call()
				strict.Strict = true
				value, err := Get[result](t.Context(), c, strict)
				assert.Nil(t, value)
				assert.ErrorContains(t, err, test.drifts[0].Path+" is of the wrong JSON type: want ")
				c.strict = true
				_, err = Get[result](t.Context(), c, call())
				if class == Buy {
					require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
				} else {
					assertDefinite(t, err, numbers.ErrVendor)
				}
				assert.NotContains(t, err.Error(), leak)
			})
		}
	}
}

// TestRowsThatCantBeUsed are left out; the others are good.
func TestRowsThatCantBeUsed(t *testing.T) {
	c, call := &Client{Config: Config{Vendor: "acme"}}, &Call{Op: "Op"}
	check := func(s *string) string {
		if *s == "" {
			return "it is empty"
		}
		return ""
	}
	for name, test := range map[string]struct {
		rows, kept []string
		lost       int
		gap        string
	}{
		"none":       {nil, nil, 0, ""},
		"all good":   {[]string{"a", "b"}, []string{"a", "b"}, 0, ""},
		"first, mid": {[]string{"", "a", "", "b"}, []string{"a", "b"}, 2, "some rows of an answer were left out: 2 unusable; row 0: it is empty"},
		"the last":   {[]string{"a", ""}, []string{"a"}, 1, "some rows of an answer were left out: 1 unusable; row 1: it is empty"},
		"all":        {[]string{"", ""}, []string{}, 2, "some rows of an answer were left out: 2 unusable; row 0: it is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := Rows(c, call, test.rows, check)
			assert.Equal(t, test.kept, rows)
			lost, rest := Lost(err)
			assert.Equal(t, page.Lost{Rows: test.lost, Reason: test.gap}, lost)
			require.NoError(t, rest)
			if test.lost > 0 {
				assertDefinite(t, err, numbers.ErrIncomplete)
				assert.Equal(t, "acme", asError(t, err).Vendor)
				assert.Equal(t, "Op", asError(t, err).Op)
			} else {
				require.NoError(t, err)
			}
		})
	}
	failed := errors.New("failed")
	lost, rest := Lost(failed)
	assert.Equal(t, failed, rest)
	assert.Zero(t, lost)
}

func TestDecodeAccepts(t *testing.T) {
	for name, body := range map[string]string{
		"plain":           `{"id":"7"}`,
		"white space":     " {\"id\" : \"7\"}\r\n",
		"unknown fields":  `{"id":"7","new":{"deep":[1,null]}}`,
		"duplicated keys": `{"id":"6","id":"7"}`,
		"null fields":     `{"id":"7","count":null,"inner":null}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := newTestClient(t, Config{}, "https://acme.example", quick(), &answering{status: 201, body: body})
			got, err := Get[result](t.Context(), c, &Call{Class: Buy, Method: http.MethodPost, Path: "/"})
			require.NoError(t, err)
			assert.Equal(t, "7", got.ID)
		})
	}
}

// TestDecodeNull asserts that null is refused for whatever it would leave
// empty.
func TestDecodeNull(t *testing.T) {
	c := newTestClient(t, Config{}, "https://acme.example", quick(), &answering{status: 200, body: "null"})
	read := &Call{Class: Read, Method: http.MethodGet, Path: "/"}
	_, err := Get[[]thing](t.Context(), c, read)
	assertDefinite(t, err, numbers.ErrVendor)
	_, err = Get[map[string]thing](t.Context(), c, read)
	assertDefinite(t, err, numbers.ErrVendor)
	_, err = Get[*thing](t.Context(), c, read)
	assertDefinite(t, err, numbers.ErrVendor)
	_, err = Get[json.RawMessage](t.Context(), c, read)
	assertDefinite(t, err, numbers.ErrVendor)
}

func TestDecodeCheck(t *testing.T) {
	c := newTestClient(t, Config{}, "https://acme.example", quick(), &answering{status: 200, body: `{"id":""}`})
	call, before := buy(map[string]string{})(), time.Now()
	call.Check = func() string {
		if call.Into.(*thing).ID == "" {
			return "it has no id"
		}
		return ""
	}
	err := c.Do(t.Context(), call)
	assertUnknown(t, err, call, before)
	assert.ErrorContains(t, err, "it has no id")
	c.transport = &answering{status: 200, body: goodThing}
	assert.NoError(t, c.Do(t.Context(), call))
}

// TestDecodeOpen has the result in an envelope.
func TestDecodeOpen(t *testing.T) {
	cfg := Config{Open: func(a *Answer) ([]byte, bool) {
		var envelope struct {
			OK   bool            `json:"ok"`
			Data json.RawMessage `json:"data"`
		}
		_ = json.Unmarshal(a.Body, &envelope)
		return envelope.Data, !envelope.OK
	}}
	for name, test := range map[string]struct {
		body string
		says string
	}{
		"a result":      {`{"ok":true,"data":{"id":"7"}}`, ""},
		"null":          {`{"ok":true,"data":null}`, "it is null"},
		"nothing":       {`{"ok":true}`, "it is empty"},
		"refused":       {`{"ok":false,"data":{"id":"7"}}`, "outcome unknown"},
		"no envelope":   {`[]`, "outcome unknown"},
		"no result":     {`{"ok":true,"data":[]}`, "wrong JSON type"},
		"other garbage": {`<html>`, "outcome unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newTestClient(t, cfg, "https://acme.example", quick(), &answering{status: 200, body: test.body})
			call, before := buy(map[string]string{})(), time.Now()
			err := c.Do(t.Context(), call)
			if test.says == "" {
				require.NoError(t, err)
				assert.Equal(t, &thing{"7"}, call.Into)
				return
			}
			assertUnknown(t, err, call, before)
			assert.ErrorContains(t, err, test.says)
		})
	}
}

// TestDecodeNothing has no result to read: any body will do.
func TestDecodeNothing(t *testing.T) {
	for _, body := range []string{"", "null", "<html>", "{}"} {
		c := newTestClient(t, Config{}, "https://acme.example", quick(), &answering{status: 204, body: body})
		assert.NoError(t, c.Do(t.Context(), &Call{Class: Buy, Method: http.MethodPost, Path: "/"}))
	}
}

// TestDecodeCopies asserts that a result holds nothing of the buffer that the
// next call will use.
func TestDecodeCopies(t *testing.T) {
	vendor := &answering{status: 200, body: `{"id":"aaaa","raw":"aaaa"}`}
	c := newTestClient(t, Config{}, "https://acme.example", quick(), vendor)
	type kept struct {
		ID  string          `json:"id"`
		Raw json.RawMessage `json:"raw"`
	}
	read := func() *Call { return &Call{Class: Read, Method: http.MethodGet, Path: "/"} }
	first, err := Get[kept](t.Context(), c, read())
	require.NoError(t, err)
	answer, err := c.Raw(t.Context(), &numbers.RawRequest{Method: http.MethodGet, Path: "/"})
	require.NoError(t, err)
	for range 10 {
		vendor.body = strings.ReplaceAll(vendor.body, "a", "b")
		_, err := Get[kept](t.Context(), c, read())
		require.NoError(t, err)
	}
	assert.Equal(t, &kept{"aaaa", json.RawMessage(`"aaaa"`)}, first)
	assert.Equal(t, `{"id":"aaaa","raw":"aaaa"}`, string(answer.Body))
}

// FuzzDecode asserts that an answer is a result or an error, never a panic, and
// that a body that says nothing is no result.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{goodThing, "null", "", "{", "[]", `{"id":7}`, "<html>", `{"id":"\ud800"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		vendor := &answering{status: 200, body: string(body)}
		c := newTestClient(t, Config{}, "https://acme.example", quick(), vendor)
		got, err := Get[map[string]json.RawMessage](t.Context(), c, &Call{Class: Buy, Method: http.MethodPost, Path: "/"})
		if err == nil {
			require.True(t, json.Valid(body))
			require.NotNil(t, *got)
			return
		}
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
		require.NotNil(t, asError(t, err).Attempt)
		require.False(t, errors.Is(err, numbers.ErrVendor))
	})
}
