package vendortest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/roundtrip"
	"github.com/tnkit/tnkit/numbers"
)

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	mu     sync.Mutex
	failed []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = append(r.failed, fmt.Sprintf(format, args...))
}

func (r *recorder) Error(args ...any) { r.Errorf("%s", fmt.Sprint(args...)) }
func (r *recorder) FailNow()          { runtime.Goexit() }
func (r *recorder) Helper()           {}

// failures is what a check says.
func failures(t *testing.T, check func(tb testing.TB)) string {
	t.Helper()
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		check(r)
	}()
	<-done
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.failed, "\n")
}

// Each check passes for a client that is right, and fails for one that is
// wrong.
func TestChecksCatchWhatIsWrong(t *testing.T) {
	type check func(tb testing.TB, v Vendor[toy])
	exchanges := func(tb testing.TB, v Vendor[toy]) {
		for _, o := range v.Operations {
			v.sendsAndReads(tb, o)
		}
	}
	faults := func(tb testing.TB, v Vendor[toy]) {
		for _, o := range v.Operations {
			for _, f := range v.Faults {
				v.stands(tb, o, 0, f)
			}
		}
	}
	repeats := func(tb testing.TB, v Vendor[toy]) {
		for _, o := range v.Operations {
			v.repeats(tb, o, 0)
		}
		v.recovers(tb, v.Operations[0])
	}
	secrets := func(tb testing.TB, v Vendor[toy]) {
		v.HidesSecret(tb, toySecret, []Answer{Failing(404, toySecret), {Cut: true}}, "/things/7")
	}
	for _, c := range []struct {
		name   string
		check  check
		wrongs []string
	}{
		{"exchanges", exchanges, []string{
			"another body", "a query", "a body of a GET", "wrong Accept", "wrong Content-Type of a GET", "wrong Content-Type of a POST",
			"wrong Idempotency-Key", "wrong Cookie", "loses a field",
		}},
		{"faults", faults, []string{
			"repeats a buy", "never repeats", "repeats a 500", "does not repeat a cut", "takes nothing for a thing", "sure of everything",
			"no attempt", "another vendor", "another operation", "no code", "no status", "a status of a cut", "no pause", "unknown, and rate limited",
			"an attempt always", "an attempt of yesterday", "wrapped", "a result beside the error",
		}},
		{"repeats", repeats, []string{"repeats a buy", "never repeats", "does not repeat a cut"}},
		{"secrets", secrets, []string{"takes a refusal for a thing", "shows the secret", "logs the secret", "logs the path", "logs no operation"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Empty(t, failures(t, func(tb testing.TB) { c.check(tb, toyVendor("")) }))
			for _, wrong := range c.wrongs {
				assert.NotEmpty(t, failures(t, func(tb testing.TB) { c.check(tb, toyVendor(wrong)) }), wrong)
			}
		})
	}
}

func TestTheDriversRunEveryOperation(t *testing.T) {
	v := toyVendor("")
	v.HasEveryMethod(t)
	v.SendsAndReads(t)
	v.StandsFaults(t)
	v.RepeatsTheHarmless(t)
}

func TestAMethodThatIsNotInTheTableIsMissed(t *testing.T) {
	v := toyVendor("")
	v.Operations = v.Operations[:1]
	assert.Contains(t, failures(t, func(tb testing.TB) { v.HasEveryMethod(tb) }), "Things.Create")
	v = toyVendor("")
	v.Operations[0].Name = "Things.List"
	assert.Contains(t, failures(t, func(tb testing.TB) { v.HasEveryMethod(tb) }), "Things.Get")
}

// twice gets a thing, and gets it again.
func twice() Operation[toy] {
	o := toyVendor("").Operations[0]
	o.Then = []Exchange{{Request: "GET /things/8", Answer: "thing.response.json"}}
	o.Call = func(ctx context.Context, c *toy) (any, error) {
		if first, err := c.Things.Get(ctx, "7"); err != nil {
			return first, err
		}
		return c.Things.Get(ctx, "8")
	}
	return o
}

func TestEveryExchangeIsChecked(t *testing.T) {
	v, o, notFound := toyVendor(""), twice(), toyVendor("").Faults[0]
	right := func(tb testing.TB) {
		v.sendsAndReads(tb, o)
		v.stands(tb, o, 0, notFound)
		v.stands(tb, o, 1, notFound)
		v.repeats(tb, o, 1)
	}
	assert.Empty(t, failures(t, right))
	for name, change := range map[string]func(*Exchange){
		"another path":  func(x *Exchange) { x.Request = "GET /things/9" },
		"a result":      func(x *Exchange) { x.Partial = true },
		"not repeated":  func(x *Exchange) { x.Class = Single },
		"a purchase":    func(x *Exchange) { x.Class = Buy },
		"another name":  func(x *Exchange) { x.Op = "Things.Again" },
		"of its own":    func(x *Exchange) { x.Fault = func(tb testing.TB, _ Fault, _ any, _ error) { tb.Error("mine") } },
		"another media": func(x *Exchange) { x.Accept = "text/csv" },
	} {
		o.Then = twice().Then
		change(&o.Then[0])
		assert.NotEmpty(t, failures(t, right), name)
	}

	o = twice()
	o.Result = func(tb testing.TB, _ []string) any { return Tree(tb, `{"id":"8"}`) }
	assert.NotEmpty(t, failures(t, func(tb testing.TB) { v.sendsAndReads(tb, o) }))
	o.Kind = func(Fault) error { return errors.New("another") }
	assert.NotEmpty(t, failures(t, func(tb testing.TB) { v.stands(tb, o, 0, notFound) }))
}

func TestAStatusThatTheBodySaysIsChecked(t *testing.T) {
	v, f := toyVendor(""), toyVendor("").Faults[0]
	check := func(tb testing.TB) { v.stands(tb, v.Operations[0], 0, f) }
	f.Status = 404
	assert.Empty(t, failures(t, check))
	f.Status = 402
	assert.NotEmpty(t, failures(t, check))
}

func TestADownloadIsReadToTheLetter(t *testing.T) {
	for text, right := range map[string]bool{Fixture(t, "thing.response.json"): true, "{}": false} {
		o := toyVendor("").Operations[0]
		o.Download = true
		o.Call = func(ctx context.Context, c *toy) (any, error) {
			_, err := c.Things.Get(ctx, "7")
			return text, err
		}
		assert.Equal(t, right, failures(t, func(tb testing.TB) { toyVendor("").sendsAndReads(tb, o) }) == "", text)
	}
}

func TestInvalidInputIsToldByAllOfIt(t *testing.T) {
	good := numbers.Error{Vendor: "toy", Kind: numbers.ErrInvalid, Field: "Name"}
	kind, vendor, field, status := good, good, good, good
	kind.Kind, vendor.Vendor, field.Field, status.Status = numbers.ErrVendor, "tou", "ID", 400
	check := func(err error) string {
		return failures(t, func(tb testing.TB) { AssertInvalid(tb, "toy", err, "Name") })
	}
	assert.Empty(t, check(&good))
	for _, bad := range []error{nil, fmt.Errorf("toy: %w", &good), &kind, &vendor, &field, &status} {
		assert.NotEmpty(t, check(bad), "%v", bad)
	}
}

func TestAScriptAnswersInTurnAndKeepsWhatItWasAsked(t *testing.T) {
	s := NewScript(t, Text(`{"a":1}`), Answer{Status: 404, Header: http.Header{"Content-Type": {"text/plain"}}, Body: "no"})
	srv := Serve(t)
	srv.Reset(Text(`{"a":1}`), Answer{Status: 404, Header: http.Header{"Content-Type": {"text/plain"}}, Body: "no"})
	for base, script := range map[string]struct {
		http.RoundTripper
		received func() []Request
	}{
		"http://vendor.example": {s, s.Received},
		srv.URL:                 {&http.Transport{DisableKeepAlives: true}, srv.Received},
	} {
		for i, want := range []struct {
			status int
			media  string
		}{{200, "application/json"}, {404, "text/plain"}, {404, "text/plain"}} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/a%2Fb?q=1", strings.NewReader("body"))
			require.NoError(t, err)
			resp, err := script.RoundTrip(r)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			assert.Equal(t, want.status, resp.StatusCode)
			assert.Equal(t, want.media, resp.Header.Get("Content-Type"))
			got := script.received()
			require.Len(t, got, i+1)
			got[i].Header = nil
			assert.Equal(t, Request{Target: "POST /a%2Fb?q=1", Method: "POST", Path: "/a%2Fb", RawQuery: "q=1", Body: "body"}, got[i])
		}
	}
	assert.Equal(t, []string{"POST /a%2Fb?q=1", "POST /a%2Fb?q=1", "POST /a%2Fb?q=1"}, s.Targets())
}

func TestAScriptWithoutAnswersFailsItsTest(t *testing.T) {
	assert.Contains(t, failures(t, func(tb testing.TB) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://vendor.example/x", http.NoBody)
		require.NoError(t, err)
		resp, err := NewScript(tb).RoundTrip(r)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	}), "GET /x")
}

func TestPrintsShowsEveryErrorBelow(t *testing.T) {
	err := hiding{hiding{errors.Join(errors.New("one"), hiding{errors.New("two")})}}
	assert.NotContains(t, err.Error(), "one")
	for _, text := range []string{"one", "two"} {
		assert.Contains(t, Prints(err), text)
	}
	assert.Contains(t, Prints(struct{ secret string }{"three"}), "three")
}

// hiding is an error that says nothing of its cause.
type hiding struct{ error }

func (hiding) Error() string                { return "it failed" }
func (hiding) String() string               { return "it failed" }
func (hiding) Format(s fmt.State, _ rune)   { _, _ = s.Write([]byte("it failed")) }
func (hiding) MarshalJSON() ([]byte, error) { return []byte(`"it failed"`), nil }
func (h hiding) Unwrap() error              { return h.error }

func TestTreesDifferWhereJSONDoes(t *testing.T) {
	assert.Equal(t, Tree(t, `{"a":[{"b":null}],"c":1.0}`), Tree(t, ` {"c":1.0, "a":[{}] }`))
	for _, other := range []string{`{"a":[{"b":""}],"c":1.0}`, `{"a":[{}],"c":1}`, `{"a":[],"c":1.0}`, `{"a":[{}],"c":"1.0"}`} {
		assert.NotEqual(t, Tree(t, `{"a":[{"b":null}],"c":1.0}`), Tree(t, other))
	}
	for _, bad := range []string{``, `{} {}`, `{"a":}`} {
		assert.NotEmpty(t, failures(t, func(tb testing.TB) { Tree(tb, bad) }), bad)
	}
}

func TestCollectTakesWhatFollowsAnError(t *testing.T) {
	failed := errors.New("failed")
	all, err := Collect(func(yield func(int, error) bool) {
		_ = yield(1, nil) && yield(0, failed) && yield(2, nil)
	})
	require.ErrorIs(t, err, failed)
	assert.Equal(t, []int{1, 2}, all)
}

func TestFixturesAreAllNamedAndLoseNothing(t *testing.T) {
	whole := Every(map[string]Payload{"thing.response.json": As[thing]()}, roundtrip.NotNull("every thing has all of them", "id", "name", "note"))
	RoundTrips(t, whole, "thing.create.request.json")
	assert.Contains(t, failures(t, func(tb testing.TB) { allNamed(tb, whole, nil) }), "thing.create.request.json")
	assert.Contains(t, failures(t, func(tb testing.TB) { allNamed(tb, nil, []string{"thing.create.request.json"}) }), "thing.response.json")
}
