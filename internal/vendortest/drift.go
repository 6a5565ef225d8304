package vendortest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// kinds are values of each JSON type.
var kinds = []string{`"drifted"`, "7", "true", `{"drifted":1}`, `["drifted"]`, "null"} //nolint:gochecknoglobals // constant

// StandsDrift proves that each operation reads an answer of which one member has
// another JSON type: for every member of every documented answer, and every type.
// needs are the names of the members without which the vendor's objects are useless:
// their drift is an error. The drift of any other member is no error, loses no other
// member, and is reported once; or not at all, if the member may have that type too
// (or nobody reads it).
func (v Vendor[C]) StandsDrift(t *testing.T, needs ...string) {
	t.Helper()
	for _, o := range v.Operations {
		for i, x := range o.exchanges() {
			if x.Answer == "" || o.Download {
				continue
			}
			t.Run(fmt.Sprintf("%s/%d", o.Name, i), func(t *testing.T) { v.standsDrift(t, o, i, needs) })
		}
	}
}

func (v Vendor[C]) standsDrift(tb testing.TB, o Operation[C], i int, needs []string) {
	tb.Helper()
	needs = append(slices.Clone(needs), o.Needs...)
	list := o.exchanges()
	good := goodUntil(tb, list, len(list))
	want, drifts, err := v.drifted(tb, o, good)
	require.NoError(tb, err)
	require.Empty(tb, drifts, "the documented answer")
	kept := leaves(tb, want)
	members := membersOf(tb, good[i].Body)
	require.NotEmpty(tb, members)
	for _, m := range members {
		for _, value := range kinds {
			where := m.path + " = " + value
			answers := slices.Clone(good)
			answers[i].Body = m.replace(good[i].Body, value)
			got, drifts, err := v.drifted(tb, o, answers)
			if err != nil {
				assertDriftError(tb, err, list[i], slices.ContainsFunc(needs, m.isIn), i < len(list)-1, where)
				if !errors.Is(err, numbers.ErrIncomplete) {
					continue
				} // all other rows are still there
			}
			if slices.ContainsFunc(needs, m.isNamed) {
				continue
			}
			v.assertDrifts(tb, drifts, m, where)
			assertKept(tb, kept, leaves(tb, got), m, where)
		}
	}
}

// Drifted yields a text in which one member has another JSON type, for every member of an
// object and every type, with the member's path ("data.rows.id").
func Drifted(tb testing.TB, text string) iter.Seq2[string, string] {
	tb.Helper()
	return func(yield func(path, text string) bool) {
		for _, m := range membersOf(tb, text) {
			for _, value := range kinds {
				if !yield(strings.ReplaceAll(m.path, "[]", ""), m.replace(text, value)) {
					return
				}
			}
		}
	}
}

// assertDriftError asserts what the error of a drifted answer must not say. isNeeded
// means that it may be an error, and hasMore that it may be one of a later exchange.
func assertDriftError(tb testing.TB, err error, x Exchange, isNeeded, hasMore bool, where string) {
	tb.Helper()
	if !isNeeded {
		assert.NoError(tb, err, where)
	}
	for _, kind := range []error{numbers.ErrInvalid, numbers.ErrNotFound, numbers.ErrNotPlaced, numbers.ErrUnreachable, numbers.ErrRateLimited} {
		assert.NotErrorIs(tb, err, kind, where)
	}
	if x.Class == Buy {
		assert.True(tb, errors.Is(err, numbers.ErrOutcomeUnknown) || x.Partial || hasMore, "%s: %v", where, err)
	}
}

// assertDrifts asserts that a drift is reported once, completely and at its member.
func (v Vendor[C]) assertDrifts(tb testing.TB, drifts []numbers.Drift, m member, where string) {
	tb.Helper()
	assert.LessOrEqual(tb, len(drifts), 1, "%s: %v", where, drifts)
	for _, d := range drifts {
		assert.Equal(tb, v.Name, d.Vendor, where)
		assert.NotEmpty(tb, d.Op, where)
		assert.True(tb, m.isAt(d.Path), "%s: %v", where, d)
		assert.NotEqual(tb, d.Want, d.Got, where)
	}
}

// assertKept asserts that no leaf is lost but those of the member that drifted.
func assertKept(tb testing.TB, kept, now map[string]string, m member, where string) {
	tb.Helper()
	for path, leaf := range kept {
		if now[path] != leaf && !m.mayBe(path) {
			assert.Failf(tb, "another member is lost", "%s: %s was %s and is %q", where, path, leaf, now[path])
		}
	}
}

// drifted calls an operation, without a network.
func (v Vendor[C]) drifted(tb testing.TB, o Operation[C], answers []Answer) (result any, drifts []numbers.Drift, err error) {
	tb.Helper()
	c := v.Client(tb, "https://vendor.example", func(opts *numbers.ClientOptions) {
		opts.HTTPClient = &http.Client{Transport: NewScript(tb, answers...)}
		opts.Strict = false
		opts.OnDrift = func(_ context.Context, d numbers.Drift) {
			if !slices.Contains(drifts, d) { // the last answer may come again
				drifts = append(drifts, d)
			}
		}
	})
	result, err = o.Call(tb.Context(), c)
	return result, drifts, err
}

// member is a member of an object in a text.
type member struct {
	path       string // "data[].id"
	name       string
	start, end int // of its value
}

func (m member) replace(text, value string) string { return text[:m.start] + value + text[m.end:] }

// isNamed reports whether the member has this name, or path.
func (m member) isNamed(need string) bool { return m.name == need || m.path == need }

// isIn reports whether the member has this name or path, or is inside one: "meta.".
func (m member) isIn(need string) bool {
	outer, isOuter := strings.CutSuffix(need, ".")
	return m.isNamed(need) || isOuter && strings.Contains("."+m.path+".", "."+outer+".")
}

// isAt reports whether a drift's path is that of the member, or of something in it.
func (m member) isAt(path string) bool {
	return strings.Contains("."+strings.ReplaceAll(path, "[]", ""), "."+m.name) || strings.Contains(path, "*")
}

// mayBe reports whether a leaf of the result may come of the member.
func (m member) mayBe(path string) bool {
	return slices.Contains(strings.Split(path, "."), strings.ToLower(strings.ReplaceAll(m.name, "_", "")))
}

// membersOf returns the members of all objects of a JSON text. Those of elements of
// the same list are those of each.
func membersOf(tb testing.TB, text string) []member {
	tb.Helper()
	var list []member
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var value func(path string)
	value = func(path string) {
		token, err := dec.Token()
		require.NoError(tb, err)
		switch token {
		case json.Delim('{'):
			for dec.More() {
				key, err := dec.Token()
				require.NoError(tb, err)
				m := member{name: key.(string)}
				m.path = strings.TrimPrefix(path+"."+m.name, ".")
				after := int(dec.InputOffset())
				m.start = after + strings.IndexFunc(text[after:], func(r rune) bool { return !strings.ContainsRune(": \t\r\n", r) })
				value(m.path)
				m.end = int(dec.InputOffset())
				list = append(list, m)
			}
			_, err = dec.Token()
		case json.Delim('['):
			for dec.More() {
				value(path + "[]")
			}
			_, err = dec.Token()
		}
		require.NoError(tb, err)
	}
	value("")
	return list
}

// leaves are the values of a result that are no objects and arrays, by their paths:
// names in small letters, without underscores, and indexes.
func leaves(tb testing.TB, result any) map[string]string {
	tb.Helper()
	text, err := json.Marshal(result)
	require.NoError(tb, err)
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var tree any
	require.NoError(tb, dec.Decode(&tree))
	all := make(map[string]string)
	var visit func(path string, v any)
	visit = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, inner := range v {
				visit(path+"."+strings.ToLower(strings.ReplaceAll(name, "_", "")), inner)
			}
		case []any:
			for i, inner := range v {
				visit(path+"."+strconv.Itoa(i), inner)
			}
		case nil:
		default:
			all[path] = fmt.Sprint(v)
		}
	}
	visit("", tree)
	return all
}
