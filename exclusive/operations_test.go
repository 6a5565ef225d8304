package exclusive_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
)

// class says how often a request may be sent.
type class int

const (
	read  class = iota // repeated
	write              // repeated
	buy                // once, and an unclear answer is unknown
)

// exchange is one request and its answer.
type exchange struct {
	class class
	// request is the method, and the path below /api with the raw query.
	request string
	// body is the fixture of what must be sent; "" = no body.
	body string
	// accept is the Accept header; "" = application/json.
	accept string
	// answer is the fixture of the answer; "" = status 204 and no content.
	answer string
	// silent: any body of a success would do.
	silent bool
}

func (x exchange) good(t testing.TB) answer {
	if x.answer == "" {
		return answer{status: 204}
	}
	return text(fixture(t, x.answer))
}

// operation is one exported method of a service: what it sends, and what it
// makes of the documented answers.
type operation struct {
	name string // "Service.Method"
	op   string // in errors, where it is not the name
	call func(ctx context.Context, c *exclusive.Client) (any, error)
	// result is the fixture that the result must encode to; "" = there is none.
	result    string
	exchanges []exchange
	// download: the result is the answer's text.
	download bool
}

func (o operation) inErrors() string {
	if o.op != "" {
		return o.op
	}
	return o.name
}

const id = "NzAwNTUxOTA5NzczMTQ4MTYw"

// operations are all of them; a test proves that none is missing.
func operations() []operation {
	return slices.Concat(numberOperations(), queueOperations())
}

func numberOperations() []operation {
	create := exchange{class: buy, request: "POST /exclusive_numbers", body: "numbers.create.request.json", answer: "numbers.create.response.json"}
	get := exchange{request: "GET /exclusive_numbers/" + id, answer: "numbers.get.response.json"}
	request := func() *exclusive.CreateNumberRequest {
		return &exclusive.CreateNumberRequest{Number: "text", Enabled: new(true), Description: new("text")}
	}
	return []operation{
		{
			name: "Numbers.List", result: "numbers.list.response.json",
			exchanges: []exchange{{request: "GET /exclusive_numbers", answer: "numbers.list.response.json"}},
			call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				return c.Numbers.List(ctx, nil)
			},
		},
		{
			name: "Numbers.All", op: "Numbers.List",
			exchanges: []exchange{{request: "GET /exclusive_numbers", answer: "numbers.list_whole.response.json"}},
			call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				_, err := collect(c.Numbers.All(ctx, nil))
				return nil, err
			},
		},
		{
			name: "Numbers.Create", result: "numbers.create.response.json", exchanges: []exchange{create},
			call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				return c.Numbers.Create(ctx, request())
			},
		},
		{
			name: "Numbers.CreateAndGet", result: "numbers.get.response.json", exchanges: []exchange{create, get},
			call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				return c.Numbers.CreateAndGet(ctx, request())
			},
		},
		{
			name: "Numbers.Get", result: "numbers.get.response.json", exchanges: []exchange{get},
			call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				return c.Numbers.Get(ctx, id)
			},
		},
		{
			name: "Numbers.Update",
			exchanges: []exchange{{
				class: write, request: "POST /exclusive_numbers/" + id, body: "numbers.update.request.json", silent: true,
			}},
			call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				return nil, c.Numbers.Update(ctx, id, &exclusive.UpdateNumberRequest{
					Number: new("text"), Enabled: new(true), Description: new("text"),
				})
			},
		},
		{
			name: "Numbers.Modify",
			exchanges: []exchange{get, {
				class: write, request: "POST /exclusive_numbers/" + id, body: "numbers.modify.request.json", silent: true,
			}},
			call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				n, err := c.Numbers.Modify(ctx, id, &exclusive.UpdateNumberRequest{Description: new("changed")})
				return n, err
			},
			result: "numbers.get_modified.response.json",
		},
		{
			name:      "Numbers.Delete",
			exchanges: []exchange{{class: write, request: "POST /exclusive_numbers/" + id + "/destroy", silent: true}},
			call: func(ctx context.Context, c *exclusive.Client) (any, error) {
				return nil, c.Numbers.Delete(ctx, id)
			},
		},
	}
}

func TestEveryMethodOfEveryServiceIsInTheTable(t *testing.T) {
	var want, have []string
	client := reflect.TypeFor[exclusive.Client]()
	for i := range client.NumField() {
		f := client.Field(i)
		if !f.IsExported() {
			continue
		}
		for j := range f.Type.NumMethod() {
			want = append(want, f.Name+"."+f.Type.Method(j).Name)
		}
	}
	for _, o := range operations() {
		have = append(have, o.name)
	}
	require.NotEmpty(t, want)
	assert.ElementsMatch(t, want, have)
}

func TestEveryOperationSendsExactlyWhatIsDocumentedAndReadsTheAnswer(t *testing.T) {
	for _, o := range operations() {
		t.Run(o.name, func(t *testing.T) {
			var answers []answer
			for _, x := range o.exchanges {
				answers = append(answers, x.good(t))
			}
			srv := serve(t, answers...)
			result, err := o.call(ctx, srv.client(t))
			require.NoError(t, err)

			requests := srv.received()
			require.Len(t, requests, len(o.exchanges))
			for i, x := range o.exchanges {
				assertSent(t, x, requests[i])
			}
			switch {
			case o.download:
				assert.Equal(t, fixture(t, o.result), result)
			case o.result == "":
				assert.Nil(t, result)
			default:
				assert.Equal(t, tree(t, fixture(t, o.result)), tree(t, encode(t, result)))
			}
		})
	}
}

func assertSent(t *testing.T, x exchange, r got) {
	t.Helper()
	method, path, _ := strings.Cut(x.request, " ")
	assert.Equal(t, method+" /api"+path, r.Target)
	assert.Equal(t, []string{"Bearer " + bearer}, r.Header["Authorization"])
	assert.NotContains(t, r.Header, "Idempotency-Key")
	accept := x.accept
	if accept == "" {
		accept = "application/json"
	}
	assert.Equal(t, accept, r.Header.Get("Accept"))
	if x.body == "" {
		assert.Empty(t, r.Body)
		assert.NotContains(t, r.Header, "Content-Type")
		return
	}
	assert.Equal(t, tree(t, fixture(t, x.body)), tree(t, r.Body))
	assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
}
