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

// Exchange is one request of an operation, and the documented answer.
type Exchange struct {
	Class Class
	// Request is the method, the path below the vendor's root and the raw query.
	Request string
	// Accept is the Accept header; "" = application/json.
	Accept string
	// Body is the fixture of what must be sent; "" = no body.
	Body string
	// Answer is the fixture of the answer; "" = status 204 and no content.
	Answer string
	// Silent: any body of a success will do, since it tells nothing.
	Silent bool
	// Op is the operation in the errors of this exchange, where it is not that
	// of the whole operation.
	Op string
	// Fault checks a fault of this exchange by itself, where it is none like the
	// others; nil = it is.
	Fault func(t *testing.T, f Fault, result any, err error)
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
	// Then are the exchanges that follow.
	Then []Exchange

	// Result is what the answers say of the result, as a tree; nil = as
	// [Vendor.Result] has it.
	Result Result
	// Kind is the error's of what buys nothing, where a fault means something
	// else to this operation; nil = [Fault.Kind].
	Kind func(f Fault) error
	// Download: the result is the text of the answer, which is no JSON.
	Download bool
	// Nullable: null is a result.
	Nullable bool
}

// Result returns the tree that an operation's result must encode to, by the
// bodies of the answers.
type Result func(tb testing.TB, answers []string) any

func (o Operation[C]) op() string {
	if o.Op != "" {
		return o.Op
	}
	return o.Name
}

func (o Operation[C]) exchanges() []Exchange {
	first := Exchange{Class: o.Class, Request: o.Request, Accept: o.Accept, Body: o.Body, Answer: o.Answer, Silent: o.Silent}
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
	Header func(t *testing.T, o Operation[C], h http.Header)
	// Result is that of operations which have none of their own.
	Result Result

	Faults []Fault
	// MaxBodyBytes is the largest answer that is read.
	MaxBodyBytes int64
	// Fault checks what only this vendor's errors have; nil = nothing.
	Fault func(t *testing.T, o Operation[C], f Fault, err *numbers.Error)
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
func (v Vendor[C]) HasEveryMethod(t *testing.T) {
	t.Helper()
	var want, have []string
	for name := range Methods[C]() {
		want = append(want, name)
	}
	for _, o := range v.Operations {
		if !slices.Contains(have, o.Name) {
			have = append(have, o.Name)
		}
	}
	require.NotEmpty(t, want)
	assert.ElementsMatch(t, want, have)
}

// SendsAndReads proves that every operation sends exactly what is documented,
// and makes of the documented answer what it says.
func (v Vendor[C]) SendsAndReads(t *testing.T) {
	t.Helper()
	for _, o := range v.Operations {
		t.Run(o.Name+" "+o.Answer, func(t *testing.T) {
			list := o.exchanges()
			answers := goodUntil(t, list, len(list))
			srv := Serve(t, answers...)
			result, err := o.Call(t.Context(), v.Client(t, srv.URL))
			require.NoError(t, err)

			requests := srv.Received()
			require.Len(t, requests, len(list))
			for i, x := range list {
				v.sent(t, o, x, requests[i])
			}
			v.read(t, o, answers, result)
		})
	}
}

func (v Vendor[C]) sent(t *testing.T, o Operation[C], x Exchange, r Request) {
	t.Helper()
	method, path, _ := strings.Cut(x.Request, " ")
	assert.Equal(t, method+" "+v.Root+path, r.Target)
	v.Header(t, o, r.Header)
	assert.NotContains(t, r.Header, "Idempotency-Key")
	assert.NotContains(t, r.Header, "Cookie")
	accept := x.Accept
	if accept == "" {
		accept = "application/json"
	}
	assert.Equal(t, accept, r.Header.Get("Accept"))
	if x.Body == "" {
		assert.Empty(t, r.Body)
		assert.NotContains(t, r.Header, "Content-Type")
		return
	}
	assert.Equal(t, decode(t, Fixture(t, x.Body)), decode(t, r.Body))
	assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
}

func (v Vendor[C]) read(t *testing.T, o Operation[C], answers []Answer, result any) {
	t.Helper()
	var bodies []string
	for _, a := range answers {
		bodies = append(bodies, a.Body)
	}
	want := o.Result
	if want == nil {
		want = v.Result
	}
	switch {
	case o.Download:
		assert.Equal(t, bodies[0], result)
	case o.Silent && o.Result == nil:
	default:
		assert.Equal(t, want(t, bodies), Tree(t, Encode(t, result)))
	}
}
