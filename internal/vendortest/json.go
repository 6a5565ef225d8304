package vendortest

import (
	"encoding/json"
	"iter"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Tree decodes JSON, its numbers to the letter, and leaves out what is null,
// which equals absent.
func Tree(tb testing.TB, text string) any {
	tb.Helper()
	return withoutNull(decode(tb, text))
}

// Encode is v as JSON.
func Encode(tb testing.TB, v any) string {
	tb.Helper()
	data, err := json.Marshal(v)
	require.NoError(tb, err)
	return string(data)
}

// decode reads text, which must be one JSON value and no more.
func decode(tb testing.TB, text string) any {
	tb.Helper()
	require.True(tb, json.Valid([]byte(text)), "this is no JSON: %.200s", text)
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	require.NoError(tb, dec.Decode(&v))
	return v
}

func withoutNull(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			if member == nil {
				delete(v, key)
				continue
			}
			v[key] = withoutNull(member)
		}
	case []any:
		for i := range v {
			v[i] = withoutNull(v[i])
		}
	}
	return v
}

// Collect reads a sequence to its end. Nothing may follow an error; where
// something does, it is among the items.
func Collect[T any](seq iter.Seq2[T, error]) (all []T, err error) {
	for item, e := range seq {
		if e != nil {
			err = e
			continue
		}
		all = append(all, item)
	}
	return all, err
}
