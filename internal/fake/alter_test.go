package fake_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// echo is a vendor that answers with what it is sent.
func echo(t *testing.T, tb testing.TB) (srv *fake.Server, ask func(body string) string) {
	srv, err := fake.New(fake.Config{
		Name: "echo", TB: tb, Counts: []string{"total", "count"},
		Classify: func(r *http.Request) (string, bool) { return strings.TrimPrefix(r.URL.Path, "/"), false },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			fake.Raw(w, http.StatusOK, "application/json", body)
		}),
	})
	require.NoError(t, err)
	t.Cleanup(srv.Close)
	return srv, func(body string) string {
		resp, err := srv.HTTPClient().Post(srv.URL()+"/echo", "application/json", strings.NewReader(body))
		require.NoError(t, err)
		defer resp.Body.Close()
		out, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return string(out)
	}
}

func TestDriftPaths(t *testing.T) {
	srv, ask := echo(t, t)
	for _, c := range []struct{ path, body, want string }{
		{"data[].n", `{"data":[{"n":1,"m":{"n":1}},{"n":2},3,{}],"n":1}`, `{"data":[{"n":"1","m":{"n":1}},{"n":"2"},3,{}],"n":1}`},
		{"n", `{"data":[{"n":1,"m":{"n":1}},{"n":2}],"n":1}`, `{"data":[{"n":"1","m":{"n":"1"}},{"n":"2"}],"n":"1"}`},
		{".n", `{"data":[{"n":1}],"n":1}`, `{"data":[{"n":1}],"n":"1"}`},
		{"[].n", `[{"n":1},{"n":2.50}]`, `[{"n":"1"},{"n":"2.50"}]`},
		{"data[]", `{"data":[1,"2"]}`, `{"data":["1","2"]}`},
		{"data[].a.b[].c", `{"data":[{"a":{"b":[{"c":1}]}},{"a":{"b":[]}},{"a":1}]}`, `{"data":[{"a":{"b":[{"c":"1"}]}},{"a":{"b":[]}},{"a":1}]}`},
		{"data.*.n", `{"data":{"Austria":{"n":1},"Belgium":{"n":2}}}`, `{"data":{"Austria":{"n":"1"},"Belgium":{"n":"2"}}}`},
		{"rows[][]", `{"rows":[[1],[2,3]]}`, `{"rows":[["1"],["2","3"]]}`},
		{"n", `{"x":12029822917.00,"u":"\u003c<é","n":1}`, `{"x":12029822917.00,"u":"\u003c<é","n":"1"}`},
	} {
		srv.Inject(numberstest.Fault{Kind: numberstest.Drift, Path: c.path, Type: numberstest.JSONString})
		assert.Equal(t, c.want, ask(c.body), c.path)
		assert.Empty(t, srv.Unused())
		srv.Lift()
		assert.Equal(t, c.body, ask(c.body), "lifted")
	}
}

func TestDriftTypes(t *testing.T) {
	srv, ask := echo(t, t)
	values := map[numberstest.JSONType][]string{
		numberstest.JSONString: {`"text"`, `"1"`, `""`, `"false"`}, numberstest.JSONNumber: {`0`, `-1.50`}, numberstest.JSONBoolean: {`true`, `false`},
		numberstest.JSONObject: {`{"a":1}`}, numberstest.JSONArray: {`[1]`}, numberstest.JSONNull: {`null`},
	}
	says := map[string]string{ // that it says the same, where it can
		`"1" number`: `1`, `"text" number`: `7`, `0 string`: `"0"`, `-1.50 string`: `"-1.50"`, `true string`: `"true"`, `0 boolean`: `false`,
		`"false" boolean`: `false`, `"text" boolean`: `true`, `{"a":1} array`: `[{"a":1}]`, `[1] object`: `{"value":[1]}`, `true null`: `null`,
	}
	checked := 0
	for have, list := range values {
		for _, want := range numberstest.JSONTypes() {
			for _, v := range list {
				srv.Lift()
				srv.Inject(numberstest.Fault{Kind: numberstest.Drift, Path: "v", Type: want})
				got := strings.TrimSuffix(strings.TrimPrefix(ask(`{"v":`+v+`}`), `{"v":`), `}`)
				require.True(t, json.Valid([]byte(got)), got)
				if have == want {
					assert.Equal(t, v, got)
					assert.Len(t, srv.Unused(), 1, "it altered nothing")
					continue
				}
				assert.Equal(t, want, typeOf(got), "%s as %s: %s", v, want, got)
				assert.Empty(t, srv.Unused())
				if s, ok := says[v+" "+string(want)]; ok {
					assert.Equal(t, s, got, "%s as %s", v, want)
					checked++
				}
			}
		}
	}
	assert.Equal(t, len(says), checked)
}

// typeOf is the type of a JSON value.
func typeOf(text string) numberstest.JSONType {
	var v any
	_ = json.Unmarshal([]byte(text), &v)
	switch v.(type) {
	case string:
		return numberstest.JSONString
	case float64:
		return numberstest.JSONNumber
	case bool:
		return numberstest.JSONBoolean
	case map[string]any:
		return numberstest.JSONObject
	case []any:
		return numberstest.JSONArray
	}
	return numberstest.JSONNull
}

func TestCounts(t *testing.T) {
	srv, ask := echo(t, t)
	const body = `{"total":3,"rows":[{"count":1,"n":1},{"count":"1"}],"meta":{"total":0}}`
	for _, v := range numberstest.Extremes() {
		srv.Lift()
		srv.Inject(numberstest.Fault{Kind: numberstest.Counts, Value: v})
		assert.Equal(t, `{"total":`+v+`,"rows":[{"count":`+v+`,"n":1},{"count":"1"}],"meta":{"total":`+v+`}}`, ask(body))
	}
}

func TestReshape(t *testing.T) {
	srv, ask := echo(t, t)
	for body, want := range map[string]map[numberstest.Shape]string{
		`{"data":[{"id":1},{"id":2}],"meta":{"total":2}}`: {
			numberstest.ShapeArray: `[{"id":1},{"id":2}]`, numberstest.ShapeObject: `{"data":{"id":1}}`, numberstest.ShapeUncounted: `{"data":[{"id":1},{"id":2}]}`,
			numberstest.ShapePaged: `{"take":2,"skip":0,"total":2,"data":[{"id":1},{"id":2}]}`, numberstest.ShapeNull: `{"data":null,"meta":{"total":2}}`,
		},
		`{"success":true,"payload":[{"id":1}]}`: {
			numberstest.ShapeArray: `{"success":true,"payload":[{"id":1}]}`, numberstest.ShapeObject: `{"success":true,"payload":{"id":1}}`,
			numberstest.ShapeUncounted: `{"success":true,"payload":{"data":[{"id":1}]}}`,
			numberstest.ShapePaged:     `{"success":true,"payload":{"take":1,"skip":0,"total":1,"data":[{"id":1}]}}`, numberstest.ShapeNull: `{"success":true,"payload":null}`,
		},
		`{"success":true,"payload":{"take":10,"skip":0,"total":0,"data":[]}}`: {
			numberstest.ShapeArray: `{"success":true,"payload":[]}`, numberstest.ShapeObject: `{"success":true,"payload":null}`,
			numberstest.ShapeUncounted: `{"success":true,"payload":{"data":[]}}`,
			numberstest.ShapePaged:     `{"success":true,"payload":{"take":0,"skip":0,"total":0,"data":[]}}`,
			numberstest.ShapeNull:      `{"success":true,"payload":{"take":10,"skip":0,"total":0,"data":null}}`,
		},
		`{"count":1,"items":[{"id":"a"}]}`: {
			numberstest.ShapeArray: `[{"id":"a"}]`, numberstest.ShapeObject: `{"id":"a"}`, numberstest.ShapeUncounted: `{"items":[{"id":"a"}]}`,
			numberstest.ShapePaged: `{"take":1,"skip":0,"total":1,"data":[{"id":"a"}]}`, numberstest.ShapeNull: `{"count":1,"items":null}`,
		},
		`{"result":[],"next_page_token":""}`: {
			numberstest.ShapeUncounted: `{"result":[]}`, numberstest.ShapeNull: `{"result":null,"next_page_token":""}`, numberstest.ShapeObject: `null`,
			numberstest.ShapeArray: `[]`, numberstest.ShapePaged: `{"take":0,"skip":0,"total":0,"data":[]}`,
		},
		`[1,2]`: {
			numberstest.ShapeUncounted: `{"data":[1,2]}`, numberstest.ShapeNull: `null`, numberstest.ShapeObject: `1`,
			numberstest.ShapeArray: `[1,2]`, numberstest.ShapePaged: `{"take":2,"skip":0,"total":2,"data":[1,2]}`,
		},
		`{"data":{"id":1}}`: {
			numberstest.ShapeUncounted: `{"data":{"id":1}}`, numberstest.ShapeNull: `{"data":{"id":1}}`, numberstest.ShapeObject: `{"data":{"id":1}}`,
			numberstest.ShapeArray: `{"data":{"id":1}}`, numberstest.ShapePaged: `{"data":{"id":1}}`,
		},
	} {
		for _, shape := range numberstest.Shapes() {
			srv.Lift()
			srv.Inject(numberstest.Fault{Kind: numberstest.Reshape, Shape: shape})
			assert.Equal(t, want[shape], ask(body), "%s of %s", shape, body)
		}
	}
}

func TestAlteringFaultsStrikeTogetherUntilLifted(t *testing.T) {
	srv, ask := echo(t, t)
	srv.Inject(
		numberstest.Fault{Kind: numberstest.Drift, Path: "a", Type: numberstest.JSONString},
		numberstest.Fault{Kind: numberstest.Drift, Path: ".b", Value: `{"c":[]}`},
		numberstest.Fault{Kind: numberstest.Drift, Path: "d", Type: numberstest.JSONNull, On: numberstest.Match{Op: "other"}},
		numberstest.Fault{Kind: numberstest.Drift, Path: "e", Type: numberstest.JSONNull, Times: 2, After: 1},
		numberstest.Fault{Kind: numberstest.LostReply, On: numberstest.Match{PathPrefix: "/"}, After: 4},
	)
	const body = `{"a":1,"b":2,"d":3,"e":4}`
	for _, want := range []string{
		`{"a":"1","b":{"c":[]},"d":3,"e":4}`, `{"a":"1","b":{"c":[]},"d":3,"e":null}`, `{"a":"1","b":{"c":[]},"d":3,"e":null}`,
		`{"a":"1","b":{"c":[]},"d":3,"e":4}`,
	} {
		assert.Equal(t, want, ask(body))
	}
	_, err := srv.HTTPClient().Post(srv.URL()+"/echo", "application/json", strings.NewReader(body))
	require.Error(t, err, "beside them, a fault of the transport strikes")
	require.Len(t, srv.Unused(), 1, "the fault of the other operation")
	rows := srv.Requests()
	assert.Equal(t, []numberstest.FaultKind{numberstest.Drift, numberstest.Drift, numberstest.Drift}, rows[1].Faults)
	srv.Lift(numberstest.Drift)
	assert.Equal(t, body, ask(body))
	assert.Equal(t, "no JSON", ask("no JSON"))
}

func TestAlteringFaultsAreChecked(t *testing.T) {
	tb := &spy{TB: t}
	srv, _ := echo(t, tb)
	srv.Inject(
		numberstest.Fault{Kind: numberstest.Drift, Type: numberstest.JSONNull},
		numberstest.Fault{Kind: numberstest.Drift, Path: "a"},
		numberstest.Fault{Kind: numberstest.Drift, Path: "a", Type: "integer"},
		numberstest.Fault{Kind: numberstest.Drift, Path: "a", Type: numberstest.JSONNull, Value: "null"},
		numberstest.Fault{Kind: numberstest.Drift, Path: "a", Value: "{"},
		numberstest.Fault{Kind: numberstest.Drift, Path: "a", Value: "1", Shape: numberstest.ShapeArray},
		numberstest.Fault{Kind: numberstest.Counts},
		numberstest.Fault{Kind: numberstest.Counts, Value: "1", Delay: 1},
		numberstest.Fault{Kind: numberstest.Reshape},
		numberstest.Fault{Kind: numberstest.LostReply, Path: "a"},
	)
	assert.Len(t, tb.errors, 10)
	assert.Empty(t, srv.Unused())
}

func TestProxyPage(t *testing.T) {
	for _, status := range []int{404, 502} {
		shop := newShop(t, fake.Config{})
		shop.srv.Inject(numberstest.ProxyPage(status))
		for range 3 {
			got, body := shop.get(t, "/orders/1")
			assert.Equal(t, status, got)
			assert.Contains(t, body, "<h1>"+http.StatusText(status))
			assert.Equal(t, status, shop.order(t).StatusCode)
		}
		assert.Zero(t, shop.Sold())
		shop.srv.Lift(numberstest.HTMLBody)
		assert.Equal(t, http.StatusCreated, shop.order(t).StatusCode)
	}
}
