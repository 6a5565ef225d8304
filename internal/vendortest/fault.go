package vendortest

import (
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/page"
	"github.com/tnkit/tnkit/numbers"
)

// Fault is an answer that no operation may take for a success.
type Fault struct {
	Name   string
	Answer Answer
	// Kind is the error's of what buys nothing, BuyKind that of a buy.
	Kind, BuyKind error
	// Code is the vendor's.
	Code string
	// Status is the error's, where it is not HTTP's.
	Status int
	// Vague: it would do for an operation whose answer tells nothing.
	Vague bool
	// File: it would do for a download.
	File bool
	// Rows: a list whose rows can't be used. An operation that reads a list leaves
	// them out and is ErrIncomplete.
	Rows bool
	// Null: it would do where null is a result.
	Null bool
}

// Refused is a fault by which the vendor has done nothing, bought or not.
func Refused(name string, a Answer, kind error) Fault {
	return Fault{Name: name, Answer: a, Kind: kind, BuyKind: kind}
}

// Unclear is a fault after which nobody knows whether a number was bought.
func Unclear(name string, a Answer, kind error) Fault {
	return Fault{Name: name, Answer: a, Kind: kind, BuyKind: numbers.ErrOutcomeUnknown}
}

// retryAfter is what every fault with a Retry-After must say.
const retryAfter = 7 * time.Second

// RetryAfter is the header that asks for a pause, which is longer than a client
// of [Options] would wait.
func RetryAfter() http.Header { return http.Header{"Retry-After": {"7"}} }

// StandsFaults proves that each exchange of every operation takes each fault
// for what it is: with the right error, without a result, and sent again only
// where that is harmless.
func (v Vendor[C]) StandsFaults(t *testing.T) {
	t.Helper()
	require.NotEmpty(t, v.Faults)
	for _, o := range v.Operations {
		for i, x := range o.exchanges() {
			for _, f := range v.Faults {
				if f.Vague && x.Silent || f.File && o.Download || f.Null && o.Nullable {
					continue
				}
				t.Run(o.Name+"/"+strconv.Itoa(i)+"/"+f.Name, func(t *testing.T) { v.stands(t, o, i, f) })
			}
		}
	}
}

func (v Vendor[C]) stands(tb testing.TB, o Operation[C], i int, f Fault) {
	tb.Helper()
	began := time.Now()
	result, requests, err := v.strike(tb, o, i, f.Answer, func(c *numbers.ClientOptions) { c.MaxBodyBytes = v.MaxBodyBytes })
	x := o.exchanges()[i]
	if f.Rows && x.Class == Read && errors.Is(err, numbers.ErrIncomplete) {
		assert.LessOrEqual(tb, requests, page.MostUnread, "of a walk that finds no row")
		if i == 0 {
			assert.NotContains(tb, Encode(tb, result), "[{", "beside the error")
		}
		return
	}
	assert.Equal(tb, sends(x.Class, f.Answer), requests)
	if x.Fault != nil {
		x.Fault(tb, f, result, err)
		return
	}
	assert.Equal(tb, !x.Partial, isZero(result), "beside the error: %#v", result)

	e, ok := any(err).(*numbers.Error) // it must be this type itself
	require.True(tb, ok, "%T: %v", err, err)
	assert.Equal(tb, v.Name, e.Vendor)
	assert.Equal(tb, f.Code, e.Code)
	op := o.op()
	if x.Op != "" {
		op = x.Op
	}
	assert.Equal(tb, op, e.Op)
	switch {
	case f.Answer.Cut:
		assert.Zero(tb, e.Status)
	case f.Status != 0:
		assert.Equal(tb, f.Status, e.Status)
	default:
		assert.Equal(tb, f.Answer.status(), e.Status)
	}
	if f.Answer.Header.Get("Retry-After") != "" {
		assert.Equal(tb, retryAfter, e.RetryAfter)
	}
	kind := f.Kind
	switch {
	case x.Class == Buy:
		kind = f.BuyKind
	case o.Kind != nil:
		kind = o.Kind(f)
	}
	if errors.Is(kind, numbers.ErrNotFound) && !v.byID(x) {
		kind = numbers.ErrVendor
	}
	require.ErrorIs(tb, err, kind)
	if errors.Is(kind, numbers.ErrOutcomeUnknown) {
		require.NotNil(tb, e.Attempt)
		assert.WithinRange(tb, e.Attempt.Started, began, time.Now())
		// Whoever tries again on any of these would buy twice.
		for _, other := range []error{f.Kind, numbers.ErrRateLimited, numbers.ErrUnreachable, numbers.ErrNotPlaced} {
			assert.NotErrorIs(tb, err, other)
		}
	} else {
		assert.Nil(tb, e.Attempt)
	}
	if v.Fault != nil {
		v.Fault(tb, o, f, e)
	}
}

// byID reports whether an exchange is about one object that it names by its id.
func (v Vendor[C]) byID(x Exchange) bool {
	_, target, _ := strings.Cut(x.Request, " ")
	path, _, _ := strings.Cut(target, "?")
	return v.ByID == nil || v.ByID(path)
}

// strike answers the i-th exchange of an operation by a, and counts how often
// it was sent.
func (v Vendor[C]) strike(tb testing.TB, o Operation[C], i int, a Answer, change ...func(*numbers.ClientOptions)) (result any, requests int, err error) {
	tb.Helper()
	srv := serveAnew(tb, append(goodUntil(tb, o.exchanges(), i), a)...)
	result, err = o.Call(tb.Context(), v.Client(tb, srv.URL, change...))
	return result, len(srv.Received()) - i, err
}

// serveAnew is [Serve] with a connection for each request: on one that was used
// before, net/http repeats a GET by itself, and its requests can't be told from
// the client's.
func serveAnew(tb testing.TB, answers ...Answer) *Server {
	tb.Helper()
	srv := Serve(tb, answers...)
	srv.Config.SetKeepAlivesEnabled(false)
	return srv
}

// sends is how often a request is sent to which all answers are the same.
func sends(c Class, a Answer) int {
	if !c.repeated() || a.Header.Get("Retry-After") != "" {
		return 1
	}
	switch a.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return 4
	}
	if a.Cut {
		return 4
	}
	return 1
}

// RepeatsTheHarmless proves that a buy is sent once, that all else is tried
// again, and that it then succeeds.
func (v Vendor[C]) RepeatsTheHarmless(t *testing.T) {
	t.Helper()
	for _, o := range v.Operations {
		for i := range o.exchanges() {
			t.Run(o.Name+"/"+strconv.Itoa(i), func(t *testing.T) { v.repeats(t, o, i) })
		}
		if o.Class.repeated() {
			t.Run(o.Name+"/success", func(t *testing.T) { v.recovers(t, o) })
		}
	}
}

func (v Vendor[C]) repeats(tb testing.TB, o Operation[C], i int) {
	tb.Helper()
	for _, a := range []Answer{
		{Status: http.StatusTooManyRequests}, {Status: http.StatusServiceUnavailable}, {Status: http.StatusGatewayTimeout}, {Cut: true},
	} {
		_, requests, err := v.strike(tb, o, i, a)
		require.Error(tb, err)
		assert.Equal(tb, sends(o.exchanges()[i].Class, a), requests, "%+v", a)
	}
}

func (v Vendor[C]) recovers(tb testing.TB, o Operation[C]) {
	tb.Helper()
	list := o.exchanges()
	answers := []Answer{{Status: http.StatusServiceUnavailable}, {Cut: true}}
	srv := serveAnew(tb, append(answers, goodUntil(tb, list, len(list))...)...)
	_, err := o.Call(tb.Context(), v.Client(tb, srv.URL))
	require.NoError(tb, err)
	assert.Len(tb, srv.Received(), 2+len(list))
}

// isZero reports whether a result is none.
func isZero(result any) bool {
	v := reflect.ValueOf(result)
	return !v.IsValid() || v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0
}

// AssertInvalid checks that bad input was refused before anything was sent.
func AssertInvalid(tb testing.TB, vendor string, err error, field string) {
	tb.Helper()
	require.ErrorIs(tb, err, numbers.ErrInvalid)
	e, _ := any(err).(*numbers.Error) // it must be this type itself
	require.NotNil(tb, e)
	assert.Equal(tb, vendor, e.Vendor)
	assert.Equal(tb, field, e.Field, "%v", err)
	assert.Zero(tb, e.Status)
}
