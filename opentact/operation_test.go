package opentact_test

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/opentact"
)

// class says how often an operation may be sent.
type class int

const (
	read  class = iota // repeated
	write              // repeated
	buy                // once, and an unclear answer is unknown
)

// operation is one exported method of a service: what it sends, and what it
// makes of the documented answer.
type operation struct {
	// name is "Service.Method".
	name string
	// op is the operation in errors, where it is not the name: All lists.
	op    string
	class class
	call  func(ctx context.Context, c *opentact.Client) (any, error)
	// request is the method, the path and the raw query that must be sent.
	request string
	// body is the fixture of what must be sent; "" = no body.
	body string
	// answer is the fixture of the vendor's answer.
	answer string
	// rows: the result are the rows of a paged answer.
	rows bool
	// anything: any success will do, since the answer tells nothing else.
	anything bool
	// nullable: null is a payload.
	nullable bool
}

// operations are all of them; a test proves that none is missing.
func operations() []operation {
	return slices.Concat(
		orderOperations(), itemOperations(), todayOperations(),
		tnOperations(), leaseOperations(), sipOperations(), tokenOperations(),
	)
}

func (o operation) inErrors() string {
	if o.op != "" {
		return o.op
	}
	return o.name
}

// services visits the exported services of the client.
func services(visit func(name string, service reflect.Type)) {
	client := reflect.TypeFor[opentact.Client]()
	for i := range client.NumField() {
		if f := client.Field(i); f.IsExported() {
			visit(f.Name, f.Type)
		}
	}
}

func TestEveryMethodOfEveryServiceIsInTheTable(t *testing.T) {
	var want, have []string
	services(func(name string, service reflect.Type) {
		for i := range service.NumMethod() {
			want = append(want, name+"."+service.Method(i).Name)
		}
	})
	for _, o := range operations() {
		if !slices.Contains(have, o.name) {
			have = append(have, o.name)
		}
	}
	assert.ElementsMatch(t, want, have)
}

func TestEveryOperationSendsExactlyWhatIsDocumentedAndReadsTheAnswer(t *testing.T) {
	for _, o := range operations() {
		t.Run(o.name+" "+o.answer, func(t *testing.T) {
			srv := serve(t, answer{body: fixture(t, o.answer)})
			result, err := o.call(ctx, srv.client(t))
			require.NoError(t, err)

			requests := srv.received()
			require.Len(t, requests, 1)
			r := requests[0]
			target := strings.TrimPrefix(r.Path, "/rest")
			if r.RawQuery != "" {
				target += "?" + r.RawQuery
			}
			assert.Equal(t, o.request, r.Method+" "+target)
			assert.Equal(t, token, r.Header.Get("X-Auth-Token"))
			assert.NotContains(t, r.Header, "Authorization")
			assert.NotContains(t, r.Header, "Idempotency-Key")
			assert.Equal(t, "application/json", r.Header.Get("Accept"))
			if o.body == "" {
				assert.Empty(t, r.Body)
				assert.NotContains(t, r.Header, "Content-Type")
			} else {
				assert.JSONEq(t, string(fixture(t, o.body)), r.Body)
				assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
			}
			if !o.anything {
				assert.Equal(t, expected(t, o), tree(t, encode(t, result)))
			}
		})
	}
}

// expected is what the documented answer says of the result: its payload, with
// the secrets as they are printed.
func expected(t *testing.T, o operation) any {
	t.Helper()
	var envelope struct {
		Payload json.RawMessage `json:"payload"`
	}
	require.NoError(t, json.Unmarshal(fixture(t, o.answer), &envelope))
	v := redacted(tree(t, string(envelope.Payload)))
	if object, ok := v.(map[string]any); ok && o.rows {
		return object["data"]
	}
	return v
}

// redacted is what a tree prints as.
func redacted(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if _, isText := e.(string); isText && (k == "password" || k == "token") {
				v[k] = "[redacted]"
			} else {
				v[k] = redacted(e)
			}
		}
	case []any:
		for i := range v {
			v[i] = redacted(v[i])
		}
	}
	return v
}

// tree decodes JSON and leaves out what is null, which equals absent.
func tree(t testing.TB, text string) any {
	t.Helper()
	var v any
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	require.NoError(t, dec.Decode(&v))
	return withoutNull(v)
}

func withoutNull(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if e == nil {
				delete(v, k)
				continue
			}
			v[k] = withoutNull(e)
		}
	case []any:
		for i := range v {
			v[i] = withoutNull(v[i])
		}
	}
	return v
}

func encode(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}
