package telnyx_test

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/telnyx"
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
	call  func(ctx context.Context, c *telnyx.Client) (any, error)
	// request is the method, the path and the raw query that must be sent.
	request string
	// body is the fixture of what must be sent; "" = no body.
	body string
	// answer is the fixture of the vendor's answer.
	answer string
	// whole: the result is the whole answer, and not its data.
	whole bool
	// nothing: the result is no part of the answer.
	nothing bool
	// download: the answer is no JSON, and the result its text.
	download bool
}

// operations are all of them; a test proves that none is missing.
func operations() []operation {
	return slices.Concat(
		numberOrderOperations(), subNumberOrderOperations(), numberOrderPhoneNumberOperations(),
		availablePhoneNumberOperations(), numberReservationOperations(), phoneNumberOperations(),
		requirementGroupOperations(), regulatoryRequirementOperations(), commentOperations(),
		numberBlockOrderOperations(), inexplicitNumberOrderOperations(), advancedOrderOperations(),
	)
}

func (o operation) inErrors() string {
	if o.op != "" {
		return o.op
	}
	return o.name
}

func TestEveryMethodOfEveryServiceIsInTheTable(t *testing.T) {
	var want []string
	client := reflect.TypeFor[telnyx.Client]()
	for i := range client.NumField() {
		f := client.Field(i)
		if !f.IsExported() {
			continue
		}
		for j := range f.Type.NumMethod() {
			want = append(want, f.Name+"."+f.Type.Method(j).Name)
		}
	}
	var have []string
	for _, o := range operations() {
		have = append(have, o.name)
	}
	assert.ElementsMatch(t, want, have)
}

func TestEveryOperationSendsExactlyWhatIsDocumentedAndReadsTheAnswer(t *testing.T) {
	for _, o := range operations() {
		t.Run(o.name, func(t *testing.T) {
			srv := serve(t, answer{body: fixture(t, o.answer)})
			result, err := o.call(ctx, srv.client(t))
			require.NoError(t, err)

			requests := srv.received()
			require.Len(t, requests, 1)
			r := requests[0]
			target := strings.TrimPrefix(r.Path, "/v2")
			if r.RawQuery != "" {
				target += "?" + r.RawQuery
			}
			assert.Equal(t, o.request, r.Method+" "+target)
			assert.Equal(t, "Bearer "+key, r.Header.Get("Authorization"))
			assert.NotContains(t, r.Header, "Idempotency-Key")
			if o.body == "" {
				assert.Empty(t, r.Body)
				assert.NotContains(t, r.Header, "Content-Type")
			} else {
				assert.JSONEq(t, string(fixture(t, o.body)), r.Body)
				assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
			}
			switch {
			case o.nothing:
			case o.download:
				assert.Equal(t, string(fixture(t, o.answer)), result)
			default:
				assert.Equal(t, "application/json", r.Header.Get("Accept"))
				assert.Equal(t, tree(t, expected(t, o)), tree(t, encode(t, result)))
			}
		})
	}
}

// expected is what the documented answer says of the result.
func expected(t *testing.T, o operation) string {
	t.Helper()
	data := fixture(t, o.answer)
	if o.whole {
		return string(data)
	}
	var envelope struct {
		Data json.RawMessage `json:"data"`
	}
	require.NoError(t, json.Unmarshal(data, &envelope))
	return string(envelope.Data)
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
