package api

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// requestLine sends a call to a server on a socket, and returns what it saw as
// the target of the request.
func requestLine(t testing.TB, base string, call *Call) (target string, err error) {
	t.Helper()
	c := newTestClient(t, Config{}, base, quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
		target = req.URL.RequestURI() // what net/http writes
		return (&answering{status: 200}).RoundTrip(req)
	}))
	return target, c.Do(t.Context(), call)
}

func TestPath(t *testing.T) {
	for arg, want := range map[string]string{
		"7":          "/v2/orders/7/lines",
		"a b":        "/v2/orders/a%20b/lines",
		"a/b":        "/v2/orders/a%2Fb/lines",
		"a//b":       "/v2/orders/a%2F%2Fb/lines",
		`a\b`:        "/v2/orders/a%5Cb/lines",
		"a?b=c":      "/v2/orders/a%3Fb=c/lines",
		"a#b":        "/v2/orders/a%23b/lines",
		"%2e%2e":     "/v2/orders/%252e%252e/lines",
		"%2F":        "/v2/orders/%252F/lines",
		"+1202":      "/v2/orders/+1202/lines",
		"a;b":        "/v2/orders/a%3Bb/lines",
		"a:b@c&d=e$": "/v2/orders/a:b@c&d=e$/lines",
		"é漢":         "/v2/orders/%C3%A9%E6%BC%A2/lines",
		"\r\nX: y":   "/v2/orders/%0D%0AX:%20y/lines",
		"\x00\xff":   "/v2/orders/%00%FF/lines",
		"...":        "/v2/orders/.../lines",
		".a":         "/v2/orders/.a/lines",
		"a..b":       "/v2/orders/a..b/lines",
		"{id}":       "/v2/orders/%7Bid%7D/lines",
		"/":          "/v2/orders/%2F/lines",

		"": "", ".": "", "..": "", "../x": "", "x/..": "", "x/../../y": "", `..\x`: "", `x\..`: "", "./x": "", "/..": "", "..;a": "", "x/..;a/y": "",
	} {
		t.Run(arg, func(t *testing.T) {
			call := &Call{Op: "Get", Class: Read, Method: http.MethodGet, Path: "/orders/{id}/lines", Args: []string{arg}}
			got, err := requestLine(t, "https://acme.example/v2", call)
			assert.Equal(t, want, got)
			if want != "" {
				require.NoError(t, err)
				return
			}
			assertDefinite(t, err, numbers.ErrInvalid)
			assert.Equal(t, "id", asError(t, err).Field)
		})
	}
}

func TestPathArguments(t *testing.T) {
	for name, test := range map[string]struct {
		path string
		args []string
		want string
	}{
		"none":     {"/orders", nil, "/orders"},
		"two":      {"/a/{x}/b/{y}", []string{"1", "2"}, "/a/1/b/2"},
		"at last":  {"/a/{x}", []string{"{y}"}, "/a/%7By%7D"},
		"too few":  {"/a/{x}/b/{y}", []string{"1"}, ""},
		"too many": {"/a/{x}", []string{"1", "2"}, ""},
		"and none": {"/a", []string{"1"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := requestLine(t, "https://acme.example", &Call{Class: Read, Method: http.MethodGet, Path: test.path, Args: test.args})
			assert.Equal(t, test.want, got)
			assert.Equal(t, test.want == "", err != nil)
		})
	}
}

// climbsOut reports whether a path, as a server may resolve it after
// unescaping it once, leaves base.
func climbsOut(path, base string) bool {
	plain, err := url.PathUnescape(path)
	if err != nil {
		return true
	}
	u, err := url.Parse("https://acme.example/")
	if err != nil {
		return true
	}
	resolved := u.ResolveReference(&url.URL{Path: strings.ReplaceAll(plain, `\`, "/")}).Path
	return !strings.HasPrefix(resolved, base)
}

// FuzzPath asserts that no argument leads out of the base path, nor out of its
// segment.
func FuzzPath(f *testing.F) {
	for _, s := range []string{"7", "", ".", "..", "../x", "%2e%2e", "a/b", "a?b", "é", `..\`, "..;", "\x00", "%", "%zz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, arg string) {
		got, err := requestLine(t, "https://acme.example/v2%2Fx/y", &Call{
			Class: Read, Method: http.MethodGet, Path: "/orders/{id}/lines", Args: []string{arg},
		})
		if err != nil {
			require.ErrorIs(t, err, numbers.ErrInvalid)
			require.Empty(t, got)
			return
		}
		const before, after = "/v2%2Fx/y/orders/", "/lines"
		require.True(t, strings.HasPrefix(got, before) && strings.HasSuffix(got, after), got)
		segment := strings.TrimSuffix(strings.TrimPrefix(got, before), after)
		require.NotContains(t, segment, "/")
		require.NotContains(t, segment, "?")
		plain, err := url.PathUnescape(segment)
		require.NoError(t, err)
		require.Equal(t, arg, plain, "the vendor sees the argument")
		require.False(t, climbsOut(got, "/v2/x/y/orders/"), got)
	})
}

// FuzzRawPath asserts the same of Do, whose paths come escaped.
func FuzzRawPath(f *testing.F) {
	for _, s := range []string{"/a", "a", "/", "//", "/..", "/%2e%2e/a", "/a%2fb", "/a?b", "/a b", "/%2F..%5C", "/..;/x", "/é", "/%c3%a9", "/%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		var got string
		c := newTestClient(t, Config{}, "https://acme.example/v2", quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
			got = req.URL.RequestURI()
			return (&answering{status: 200}).RoundTrip(req)
		}))
		_, err := c.Raw(t.Context(), &numbers.RawRequest{Method: http.MethodGet, Path: path})
		if err != nil {
			require.ErrorIs(t, err, numbers.ErrInvalid)
			require.Empty(t, got)
			return
		}
		require.Equal(t, "/v2"+path, got, "sent as it was given")
		require.False(t, climbsOut(got, "/v2/"), got)
	})
}

type params struct {
	Name  string   `url:"name,omitempty"`
	Tags  []string `url:"tags,omitempty,brackets"`
	Limit *int     `url:"limit,omitempty"`
}

type badParams struct{ Bad badValue }

type badValue struct{}

var errBadValue = errors.New("bad value")

func (badValue) EncodeValues(string, *url.Values) error { return errBadValue }

func TestQuery(t *testing.T) {
	for name, test := range map[string]struct {
		query any
		want  string
	}{
		"nil":          {nil, "/"},
		"nil pointer":  {(*params)(nil), "/"},
		"empty":        {params{}, "/"},
		"struct":       {&params{Name: "a b&c=d", Tags: []string{"x", "y"}, Limit: new(0)}, "/?limit=0&name=a+b%26c%3Dd&tags%5B%5D=x&tags%5B%5D=y"},
		"values":       {url.Values{"b": {"2"}, "a": {"+1", ""}}, "/?a=%2B1&a=&b=2"},
		"nil values":   {url.Values(nil), "/"},
		"no struct":    {7, ""},
		"can't encode": {badParams{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := requestLine(t, "https://acme.example", &Call{Class: Read, Method: http.MethodGet, Path: "/", Query: test.query})
			assert.Equal(t, test.want, got)
			if test.want == "" {
				assertDefinite(t, err, numbers.ErrInvalid)
				assert.Equal(t, "query", asError(t, err).Field)
			}
			if _, ok := test.query.(badParams); ok {
				assert.ErrorIs(t, err, errBadValue)
			}
		})
	}
}

type selfRef struct{ Self *selfRef }

// TestBodyRefused has bodies that can't be encoded, or that would be null:
// nothing is sent.
func TestBodyRefused(t *testing.T) {
	loop := &selfRef{}
	loop.Self = loop
	for name, body := range map[string]any{
		"a nil pointer":  (*thing)(nil),
		"a nil map":      map[string]string(nil),
		"a nil slice":    []string(nil),
		"null":           json.RawMessage("null"),
		"a channel":      make(chan int),
		"a function":     func() {},
		"not a number":   math.NaN(),
		"a loop":         loop,
		"broken raw":     json.RawMessage("{"),
		"broken and raw": struct{ R json.RawMessage }{json.RawMessage("}")},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := requestLine(t, "https://acme.example", &Call{Class: Buy, Method: http.MethodPost, Path: "/", Body: body})
			assert.Empty(t, got)
			assertDefinite(t, err, numbers.ErrInvalid)
			assert.Equal(t, "body", asError(t, err).Field)
		})
	}
}

func TestBody(t *testing.T) {
	for name, test := range map[string]struct {
		body any
		want string
	}{
		"struct":          {&thing{"<&>\u2028"}, "{\"id\":\"<&>\\u2028\"}"},
		"empty object":    {struct{}{}, "{}"},
		"empty list":      {[]string{}, "[]"},
		"the string null": {"null", `"null"`},
		"newlines":        {"\n", `"\n"`},
		"empty form":      {Form{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := encodeBody(test.body)
			require.NoError(t, err)
			assert.Equal(t, test.want, string(p.data))
		})
	}
}
