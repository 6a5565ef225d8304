package vendortest

import (
	"context"
	"iter"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// Class says how often a request may be sent.
type Class int

const (
	// Read is repeated.
	Read Class = iota
	// Write is repeated: it costs nothing.
	Write
	// Single is not repeated, though it costs nothing: a login.
	Single
	// Buy is not repeated, and an unclear answer is an unknown outcome.
	Buy
)

func (c Class) repeated() bool { return c == Read || c == Write }

// Exchange is one request of an operation, and the documented answer.
type Exchange struct {
	Class Class
	// Request is the method, the path below the vendor's root and the raw query.
	Request string
	// Accept is the Accept header; "" = application/json.
	Accept string
	// Body is the fixture of what must be sent; "" = no body.
	Body string
	// Sent checks a body that is not JSON, in place of Body.
	Sent func(tb testing.TB, r Request)
	// Answer is the fixture of the answer; "" = status 204 and no content.
	Answer string
	// Silent: any body of a success will do, since it tells nothing.
	Silent bool
	// Op is the operation in the errors of this exchange, where it is not that
	// of the whole operation.
	Op string
	// Fault checks a fault of this exchange by itself, where it is none like the
	// others; nil = it is.
	Fault func(tb testing.TB, f Fault, result any, err error)
	// Partial: what came before a fault of this exchange is returned beside the
	// error.
	Partial bool
}

// Operation is one exported method of a service: what it sends, and what it
// makes of the documented answers.
type Operation[C any] struct {
	// Name is "Service.Method", Op what errors and logs call it, where that is
	// not the name: All lists.
	Name, Op string
	Call     func(ctx context.Context, c *C) (any, error)

	// The first exchange, which most have alone.
	Class                         Class
	Request, Accept, Body, Answer string
	Silent                        bool
	Sent                          func(tb testing.TB, r Request)
	// Then are the exchanges that follow.
	Then []Exchange

	// Result is what the answers say of the result, as a tree; nil = as
	// [Vendor.Result] has it.
	Result Result
	// Kind is the error's of what buys nothing, where a fault means something
	// else to this operation; nil = [Fault.Kind].
	Kind func(f Fault) error
	// Needs are the names or paths of members of the answers whose drift is an error of
	// this operation, besides those of [Vendor.StandsDrift].
	Needs []string
	// Download: the result is the text of the answer, which is no JSON.
	Download bool
	// Nullable: null is a result.
	Nullable bool
}

// Result returns the tree that an operation's result must encode to, by the
// bodies of the answers.
type Result func(tb testing.TB, answers []string) any

// Nth is the i-th answer as it is.
func Nth(i int) Result {
	return func(tb testing.TB, answers []string) any {
		tb.Helper()
		return Tree(tb, answers[i])
	}
}

func (o Operation[C]) op() string {
	if o.Op != "" {
		return o.Op
	}
	return o.Name
}

func (o Operation[C]) exchanges() []Exchange {
	first := Exchange{Class: o.Class, Request: o.Request, Accept: o.Accept, Body: o.Body, Answer: o.Answer, Silent: o.Silent, Sent: o.Sent}
	return append([]Exchange{first}, o.Then...)
}

func (x Exchange) good(tb testing.TB) Answer {
	tb.Helper()
	if x.Answer == "" {
		return Answer{Status: http.StatusNoContent}
	}
	return Text(Fixture(tb, x.Answer))
}

// goodUntil are the documented answers of the first n exchanges.
func goodUntil(tb testing.TB, list []Exchange, n int) []Answer {
	tb.Helper()
	var answers []Answer
	for _, x := range list[:n] {
		answers = append(answers, x.good(tb))
	}
	return answers
}

// Vendor is what the checks need to know of one.
type Vendor[C any] struct {
	// Name is the vendor's in errors.
	Name string
	// Root is the path below which the operations' requests are.
	Root string
	// Client is a client of the server at url, by [Options].
	Client     func(tb testing.TB, url string, change ...func(*numbers.ClientOptions)) *C
	Operations []Operation[C]
	// Header checks the credential of a request.
	Header func(tb testing.TB, o Operation[C], h http.Header)
	// Result is that of operations which have none of their own; nil = [Nth] of
	// the first answer.
	Result Result

	Faults []Fault
	// ByID reports whether a request's path names one object by its id. A 404 to
	// every other is ErrVendor, whoever says it. nil: all do.
	ByID func(path string) bool
	// MaxBodyBytes is the largest answer that is read.
	MaxBodyBytes int64
	// Fault checks what only this vendor's errors have; nil = nothing.
	Fault func(tb testing.TB, o Operation[C], f Fault, err *numbers.Error)
}

// Methods are all exported methods of all exported services of a client, by
// "Service.Method".
func Methods[C any]() iter.Seq2[string, reflect.Method] {
	return func(yield func(string, reflect.Method) bool) {
		for _, service := range reflect.VisibleFields(reflect.TypeFor[C]()) {
			if !service.IsExported() {
				continue
			}
			for i := range service.Type.NumMethod() {
				m := service.Type.Method(i)
				if !yield(service.Name+"."+m.Name, m) {
					return
				}
			}
		}
	}
}

// HasEveryMethod proves by reflection that the operations are all exported
// methods of all exported services of the client.
func (v Vendor[C]) HasEveryMethod(tb testing.TB) {
	tb.Helper()
	var want, have []string
	for name := range Methods[C]() {
		want = append(want, name)
	}
	for _, o := range v.Operations {
		if !slices.Contains(have, o.Name) {
			have = append(have, o.Name)
		}
	}
	require.NotEmpty(tb, want)
	assert.ElementsMatch(tb, want, have)
}

// SendsAndReads proves that every operation sends exactly what is documented,
// and makes of the documented answer what it says.
func (v Vendor[C]) SendsAndReads(t *testing.T) {
	t.Helper()
	for _, o := range v.Operations {
		t.Run(o.Name+" "+o.Answer, func(t *testing.T) { v.sendsAndReads(t, o) })
	}
}

func (v Vendor[C]) sendsAndReads(tb testing.TB, o Operation[C]) {
	tb.Helper()
	list := o.exchanges()
	answers := goodUntil(tb, list, len(list))
	srv := Serve(tb, answers...)
	strict := func(opts *numbers.ClientOptions) { opts.Strict = true }
	result, err := o.Call(tb.Context(), v.Client(tb, srv.URL, strict))
	require.NoError(tb, err)

	requests := srv.Received()
	require.Len(tb, requests, len(list))
	for i, x := range list {
		v.sent(tb, o, x, requests[i])
	}
	v.read(tb, o, answers, result)
}

func (v Vendor[C]) sent(tb testing.TB, o Operation[C], x Exchange, r Request) {
	tb.Helper()
	method, path, _ := strings.Cut(x.Request, " ")
	assert.Equal(tb, method+" "+v.Root+path, r.Target)
	v.Header(tb, o, r.Header)
	assert.NotContains(tb, r.Header, "Idempotency-Key")
	assert.NotContains(tb, r.Header, "Cookie")
	accept := x.Accept
	if accept == "" {
		accept = "application/json"
	}
	assert.Equal(tb, accept, r.Header.Get("Accept"))
	switch {
	case x.Sent != nil:
		x.Sent(tb, r)
		return
	case x.Body == "":
		assert.Empty(tb, r.Body)
		assert.NotContains(tb, r.Header, "Content-Type")
		return
	}
	assert.Equal(tb, decode(tb, Fixture(tb, x.Body)), decode(tb, r.Body))
	assert.Equal(tb, "application/json", r.Header.Get("Content-Type"))
}

func (v Vendor[C]) read(tb testing.TB, o Operation[C], answers []Answer, result any) {
	tb.Helper()
	if o.Download {
		assert.Equal(tb, answers[0].Body, result)
		return
	}
	want := o.Result
	switch {
	case want != nil:
	case o.Silent:
		return // the answer says nothing
	case v.Result != nil:
		want = v.Result
	default:
		want = Nth(0)
	}
	var bodies []string
	for _, a := range answers {
		bodies = append(bodies, a.Body)
	}
	assert.Equal(tb, want(tb, bodies), Tree(tb, Encode(tb, result)))
}
