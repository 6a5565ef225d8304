package fake_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func newSpied(t *testing.T, lenient bool) (*fake.Server, *spy) {
	tb := &spy{TB: t}
	return newShop(t, fake.Config{TB: tb, ServerOptions: numberstest.ServerOptions{Lenient: lenient}}).srv, tb
}

func TestStrict(t *testing.T) {
	srv, tb := newSpied(t, false)
	r := httptest.NewRequest("GET", "/orders?filter%5Bstatus%5D=a&page=2&Page=1&x", nil)
	q := srv.Strict(r, "filter[status]", "page", "size")
	assert.Equal(t, "a", q.Get("filter[status]"))
	require.Len(t, tb.errors, 2)
	assert.Equal(t, `shop fake: GET /orders: the vendor ignores the query key "Page"`, tb.errors[0])
	assert.Contains(t, tb.errors[1], `"x"`)

	srv, tb = newSpied(t, false)
	srv.Strict(httptest.NewRequest("GET", "/orders?a=%zz", nil), "a")
	require.Len(t, tb.errors, 1)
	assert.Contains(t, tb.errors[0], "bad query")

	srv, tb = newSpied(t, false)
	srv.Strict(httptest.NewRequest("GET", "/orders", nil))
	assert.Empty(t, tb.errors)
}

func TestLenientReportsDontFail(t *testing.T) {
	srv, tb := newSpied(t, true)
	srv.Strict(httptest.NewRequest("GET", "/orders?x", nil))
	assert.Empty(t, tb.errors)
	assert.Len(t, srv.Reports(), 1)
}

func TestReportsWithoutTB(t *testing.T) {
	srv, err := fake.New(fake.Config{
		Name: "alone", Handler: http.NotFoundHandler(),
		Classify: func(*http.Request) (string, bool) { return "", false },
	})
	require.NoError(t, err)
	defer srv.Close()
	srv.Report("%d is odd", 7)
	assert.Equal(t, []string{"alone fake: 7 is odd"}, srv.Reports())
}

type order struct {
	Tns   []tn           `json:"tns"`
	Extra map[string]tn  `json:"extra"`
	Free  map[string]any `json:"free"`
	At    time.Time      `json:"at"`
	Next  *order         `json:"next,omitempty"`
	Plain string
	Skip  string `json:"-"`
	base
}

type base struct {
	ID string `json:"id"`
}

type tn struct {
	Number string `json:"number"`
}

func TestDecodeStrict(t *testing.T) {
	for _, tc := range []struct {
		name, contentType, body string
		reports                 []string
		fails                   bool
	}{
		{"all right", "application/json; charset=utf-8",
			`{"tns":[{"number":"1"},null],"extra":{"k":{"number":"2"}},"free":{"a":{"b":1}},"at":"2026-01-02T12:00:00Z","next":{"id":"x"},"Plain":"p","id":"y"} ` + "\n", nil, false},
		{"wrong content type", "text/plain", `{}`, []string{`"text/plain"`}, false},
		{"no content type", "", `{}`, []string{`content type`}, false},
		{"unknown members", "application/json", `{"b":1,"a":{"c":1},"next":{"tns":[{"x":1,"number":"1"},{"x":2}]},"extra":{"k":{"y":1}},"Skip":"s","-":""}`,
			[]string{`"-"`, `"Skip"`, `"a"`, `"b"`, `"extra.k.y"`, `"next.tns[].x"`}, false},
		{"wrong case", "application/json", `{"TNS":[]}`, []string{`"TNS"`}, false},
		{"trailing data", "application/json", `{} {}`, []string{"data after"}, false},
		{"trailing garbage", "application/json", `{}]`, []string{"data after"}, false},
		{"no JSON", "application/json", `{`, nil, true},
		{"empty", "application/json", ``, nil, true},
		{"another type", "application/json", `{"tns":"1"}`, nil, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			srv, tb := newSpied(t, false)
			r := httptest.NewRequest("POST", "/orders", strings.NewReader(tc.body))
			r.Header.Set("Content-Type", tc.contentType)
			var v order
			assert.Equal(t, tc.fails, srv.DecodeStrict(r, &v) != nil)
			require.Len(t, tb.errors, len(tc.reports), "%q", tb.errors)
			for i, report := range tc.reports {
				assert.Contains(t, tb.errors[i], report)
			}
			if tc.name == "all right" {
				assert.Equal(t, "2", v.Extra["k"].Number)
				assert.Equal(t, "y", v.ID)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	w := httptest.NewRecorder()
	fake.JSON(w, 202, fake.Object{
		{Key: "z", Value: "<&>"},
		{Key: `a"<`, Value: []fake.Object{{}, {{Key: "n", Value: nil}}}},
		{Key: "m", Value: struct {
			B int `json:"b"`
			A any `json:"a"`
		}{1, fake.Object{{Key: "u", Value: "é\u2028"}}}},
	})
	assert.Equal(t, 202, w.Code)
	assert.Equal(t, `{"z":"<&>","a\"<":[{},{"n":null}],"m":{"b":1,"a":{"u":"é\u2028"}}}`, w.Body.String())
	assert.Equal(t, "application/json", w.Header().Get("Content-Type"))

	w = httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/hal+json")
	fake.JSON(w, 200, 1)
	assert.Equal(t, "application/hal+json", w.Header().Get("Content-Type"))

	w = httptest.NewRecorder()
	fake.Raw(w, 400, "", nil)
	assert.Empty(t, w.Header())
	assert.Empty(t, w.Body.String())

	_, err := fake.Marshal(fake.Object{{Key: "f", Value: func() {}}})
	assert.Error(t, err)
}

func TestBearer(t *testing.T) {
	for header, want := range map[string]string{"Bearer a b": "a b", "bearer x": "", "Basic x": "", "": ""} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", header)
		token, ok := fake.Bearer(r)
		assert.Equal(t, want != "", ok, header)
		if ok {
			assert.Equal(t, want, token)
		}
	}
}

func TestIDs(t *testing.T) {
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	ids, same, other := fake.NewIDs("a"), fake.NewIDs("a"), fake.NewIDs("b")
	for range 1000 {
		u, d, h := ids.UUID(), ids.Decimal(), ids.Hex()
		assert.Regexp(t, uuid, u)
		assert.Len(t, d, 19)
		assert.Len(t, h, 32)
		for _, id := range []string{u, d, h, other.UUID(), other.Decimal(), other.Hex()} {
			seen[id] = true
		}
		assert.Equal(t, []string{u, d, h}, []string{same.UUID(), same.Decimal(), same.Hex()})
	}
	assert.Len(t, seen, 6000)
	srv, _ := newSpied(t, false)
	assert.Regexp(t, uuid, srv.IDs().UUID())
}
