package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// answering is a transport that always answers the same, and counts.
type answering struct {
	status int
	header http.Header
	body   string
	sent   int
}

func (a *answering) RoundTrip(req *http.Request) (*http.Response, error) {
	a.sent++
	if req.Body != nil {
		_, _ = io.ReadAll(req.Body)
	}
	return &http.Response{
		StatusCode: a.status, Header: a.header, Body: io.NopCloser(strings.NewReader(a.body)), ContentLength: -1,
	}, nil
}

// kinds says what each status means where it is definite; the rest is
// ErrVendor.
var kindsOfStatus = map[int]error{
	400: numbers.ErrInvalid, 401: numbers.ErrUnauthorized, 402: numbers.ErrInsufficientFunds, 403: numbers.ErrForbidden,
	405: numbers.ErrInvalid, 406: numbers.ErrInvalid, 409: numbers.ErrConflict,
	411: numbers.ErrInvalid, 413: numbers.ErrInvalid, 414: numbers.ErrInvalid, 415: numbers.ErrInvalid, 422: numbers.ErrInvalid,
	423: numbers.ErrLocked, 429: numbers.ErrRateLimited,
}

// TestStatus goes through every status there can be, for every class.
func TestStatus(t *testing.T) {
	for status := range 1000 {
		for _, class := range []Class{Buy, Write, Read} {
			t.Run(fmt.Sprint(class, status), func(t *testing.T) {
				vendor := &answering{status: status, body: goodThing}
				c := newTestClient(t, Config{}, "https://acme.example", quick(), vendor)
				call := &Call{
					Op: "Op", Class: class, Method: http.MethodPost, Path: "/", Into: new(thing),
					Numbers: testNumbers, Reference: "ref-1",
				}
				before := time.Now()
				err := c.Do(t.Context(), call)

				repeated := class != Buy && (status == 429 || status == 502 || status == 503 || status == 504)
				if repeated {
					assert.Equal(t, tries, vendor.sent)
				} else {
					assert.Equal(t, 1, vendor.sent)
				}
				if status >= 200 && status <= 299 {
					require.NoError(t, err)
					assert.Equal(t, &thing{"7"}, call.Into)
					return
				}
				assert.Equal(t, status, asError(t, err).Status)
				refused := status >= 400 && status <= 499 && status != 408 && status != 409 && status != 425
				if class == Buy && !refused {
					assertUnknown(t, err, call, before)
					return
				}
				kind := kindsOfStatus[status]
				if kind == nil {
					kind = numbers.ErrVendor
				}
				assertDefinite(t, err, kind)
			})
		}
	}
}

var errTyped = errors.New("acme's typed error")

// TestRefusal is about what vendors add to the table.
func TestRefusal(t *testing.T) {
	for _, test := range []struct {
		name    string
		status  int
		refusal Refusal
		unknown bool
		kind    error
		want    numbers.Error
	}{
		{"all of it", 400, Refusal{Kind: numbers.ErrNumberUnavailable, Code: "17", Message: "gone", Field: "numbers[0]", RequestID: "r-1", Err: errTyped},
			false, numbers.ErrNumberUnavailable, numbers.Error{Status: 400, Code: "17", Message: "gone", Field: "numbers[0]", RequestID: "r-1"}},
		{"nothing", 422, Refusal{}, false, numbers.ErrInvalid, numbers.Error{Status: 422, RequestID: "from-header"}},
		{"the body's own status", 500, Refusal{Status: 403}, false, numbers.ErrForbidden, numbers.Error{Status: 403, RequestID: "from-header"}},
		{"the body's own status, unclear", 400, Refusal{Status: 500}, true, nil, numbers.Error{Status: 500, RequestID: "from-header"}},
		{"definite after all", 500, Refusal{Outcome: Definite, Kind: numbers.ErrAlreadyOwned}, false, numbers.ErrAlreadyOwned, numbers.Error{Status: 500, RequestID: "from-header"}},
		{"unknown after all", 400, Refusal{Outcome: Unknown, Kind: numbers.ErrInvalid}, true, nil, numbers.Error{Status: 400, RequestID: "from-header"}},
		{"a cause with a kind", 409, Refusal{Err: numbers.ErrRateLimited}, true, nil, numbers.Error{Status: 409, RequestID: "from-header"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			vendor := &answering{status: test.status, header: http.Header{"X-Request-Id": {"from-header"}}, body: `{"e":1}`}
			var seen Answer
			cfg := Config{RequestIDHeader: "x-request-id", Refusal: func(a *Answer) Refusal {
				seen = *a
				return test.refusal
			}}
			c := newTestClient(t, cfg, "https://acme.example", quick(), vendor)
			call, before := buy(map[string]string{})(), time.Now()
			err := c.Do(t.Context(), call)
			if test.unknown {
				assertUnknown(t, err, call, before)
			} else {
				assertDefinite(t, err, test.kind)
			}
			e := asError(t, err)
			assert.Equal(t, test.want, numbers.Error{Status: e.Status, Code: e.Code, Message: e.Message, Field: e.Field, RequestID: e.RequestID})
			assert.Equal(t, test.refusal.Err, e.Err)
			assert.Equal(t, "acme", e.Vendor)
			assert.Equal(t, "Orders.Create", e.Op)
			assert.Equal(t, testNumbers, e.Numbers)

			assert.Equal(t, call, seen.Call)
			assert.Equal(t, test.status, seen.Status)
			assert.Equal(t, `{"e":1}`, string(seen.Body))
			assert.Equal(t, vendor.header, seen.Header)
		})
	}
}

// TestNotFound asserts that 404 and 410 mean that there is nothing only where one
// object was requested by its id, and only in the vendor's own words.
func TestNotFound(t *testing.T) {
	cfg := Config{Refusal: func(a *Answer) Refusal { return Refusal{Own: strings.Contains(string(a.Body), "own")} }}
	for _, status := range []int{404, 410} {
		for _, class := range []Class{Buy, Write, Read} {
			for body, own := range map[string]bool{`{"own":1}`: true, "<html>404</html>": false, "": false} {
				c := newTestClient(t, cfg, "https://acme.example", quick(), &answering{status: status, body: body})
				want := numbers.ErrVendor
				if own {
					want = numbers.ErrNotFound
				}
				err := c.Do(t.Context(), &Call{Op: "Get", Class: class, Method: http.MethodPost, Path: "/orders/{id}", Args: []string{"7"}})
				assertDefinite(t, err, want)
				assert.Equal(t, want, asError(t, err).Kind)
				assert.Equal(t, status, asError(t, err).Status)
				err = c.Do(t.Context(), &Call{Op: "List", Class: class, Method: http.MethodPost, Path: "/orders"})
				assertDefinite(t, err, numbers.ErrVendor)
				assert.NotErrorIs(t, err, numbers.ErrNotFound)
				_, err = c.Raw(t.Context(), &numbers.RawRequest{Method: http.MethodPost, Path: "/orders/7"})
				assertDefinite(t, err, numbers.ErrVendor)
				assert.NotErrorIs(t, err, numbers.ErrNotFound)
			}
		}
	}
	// A vendor whose 404 means something else says so.
	cfg.Refusal = func(*Answer) Refusal { return Refusal{Kind: numbers.ErrUnauthorized} }
	c := newTestClient(t, cfg, "https://acme.example", quick(), &answering{status: 404})
	assertDefinite(t, c.Do(t.Context(), read1()), numbers.ErrUnauthorized)
}

// TestRefusalOfSuccess has a vendor that says 200 to everything.
func TestRefusalOfSuccess(t *testing.T) {
	vendor := &answering{status: 200, body: `{"code":402}`}
	cfg := Config{
		Open:    func(a *Answer) ([]byte, bool) { return nil, strings.Contains(string(a.Body), "code") },
		Refusal: func(*Answer) Refusal { return Refusal{Status: 402} },
	}
	c := newTestClient(t, cfg, "https://acme.example", quick(), vendor)
	err := c.Do(t.Context(), buy(map[string]string{})())
	assertDefinite(t, err, numbers.ErrInsufficientFunds)

	_, err = c.Raw(t.Context(), &numbers.RawRequest{Method: http.MethodPost, Path: "/"})
	assertDefinite(t, err, numbers.ErrInsufficientFunds)

	c.Refusal = nil // where nothing is known of it, a refused 200 is unclear
	call, before := buy(map[string]string{})(), time.Now()
	assertUnknown(t, c.Do(t.Context(), call), call, before)
}

// TestErrorKeepsNoSlices asserts that a caller may go on with his own slice.
func TestErrorKeepsNoSlices(t *testing.T) {
	c := newTestClient(t, Config{}, "https://acme.example", quick(), &answering{status: 500})
	list := []numbers.E164{"+12025550101"}
	e := asError(t, c.Do(t.Context(), &Call{Class: Buy, Method: http.MethodPost, Path: "/", Numbers: list}))
	list[0] = "+12025550199"
	assert.Equal(t, []numbers.E164{"+12025550101"}, e.Numbers)
	assert.Equal(t, []numbers.E164{"+12025550101"}, e.Attempt.Numbers)
}

// TestStarted asserts that the time spent on the limiter and on dials that
// were refused is not the attempt's.
func TestStarted(t *testing.T) {
	virtual(t, Config{}, quick(), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, func(t *testing.T, c *Client) {
		c.limiter = waiting(time.Minute)
		began := time.Now()
		e := asError(t, c.Do(t.Context(), buy(map[string]string{})()))
		assert.Equal(t, began.Add(time.Minute), e.Attempt.Started)
	})
}

// TestUnknownKeepsWords asserts that an answer that leaves the outcome of a Buy
// open keeps what the vendor said.
func TestUnknownKeepsWords(t *testing.T) {
	cfg := Config{RequestIDHeader: "X-Request-Id", Refusal: func(*Answer) Refusal {
		return Refusal{Kind: numbers.ErrInsufficientFunds, Code: "20100", Message: "Something went wrong"}
	}}
	header := http.Header{"X-Request-Id": {"r-1"}}
	for name, test := range map[string]struct {
		status        int
		body          io.Reader
		code, message string
	}{
		"refused":                 {500, strings.NewReader("{}"), "20100", "Something went wrong"},
		"refused, conflict":       {409, strings.NewReader("{}"), "20100", "Something went wrong"},
		"refused, gateway":        {503, strings.NewReader("{}"), "20100", "Something went wrong"},
		"a refusal that is cut":   {422, io.MultiReader(strings.NewReader("{"), failing{}), "", ""},
		"a success that is cut":   {200, io.MultiReader(strings.NewReader("{"), failing{}), "", ""},
		"a success without an id": {200, strings.NewReader(""), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := newTestClient(t, cfg, "https://acme.example", quick(), roundTrip(func(req *http.Request) (*http.Response, error) {
				_, err := io.ReadAll(req.Body)
				return &http.Response{StatusCode: test.status, Header: header, Body: io.NopCloser(test.body)}, err
			}))
			call, before := fenced(time.Hour), time.Now()
			err := c.Do(t.Context(), call)
			assertUnknown(t, err, call, before)
			e := asError(t, err)
			assert.Equal(t, test.status, e.Status)
			assert.Equal(t, test.code, e.Code)
			assert.Equal(t, test.message, e.Message)
			assert.Equal(t, "r-1", e.RequestID)
			assert.ErrorContains(t, err, fmt.Sprintf("(HTTP %d", test.status))
			assert.ErrorContains(t, err, "request r-1)")
		})
	}
}
