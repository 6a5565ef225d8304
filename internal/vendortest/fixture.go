package vendortest

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/roundtrip"
)

// Fixture reads a file of testdata.
func Fixture(tb testing.TB, name string) string {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(tb, err)
	return string(data)
}

// Payload is the type of a fixture, and how it is sent through it.
type Payload struct {
	// Into returns a pointer to a new value of the type.
	Into    func() any
	Options []roundtrip.Option
}

// As is a fixture that is a T.
func As[T any](opts ...roundtrip.Option) Payload {
	return Payload{func() any { return new(T) }, opts}
}

// Every gives each of the payloads some more options.
func Every(payloads map[string]Payload, opts ...roundtrip.Option) map[string]Payload {
	for name, p := range payloads {
		p.Options = slices.Concat(p.Options, opts)
		payloads[name] = p
	}
	return payloads
}

// RoundTrips proves that nothing of a fixture is lost between decode and
// encode, whatever its leaves are, null included, and that each file of testdata is
// among the payloads, or one of the others, which no struct is written as. A file
// with ".request." in its name is what is sent.
func RoundTrips(t *testing.T, payloads map[string]Payload, others ...string) {
	t.Helper()
	allNamed(t, payloads, others)
	for name, p := range payloads {
		t.Run(name, func(t *testing.T) {
			opts := slices.Clone(p.Options)
			if strings.Contains(name, ".request.") {
				opts = append(opts, roundtrip.Sent())
			}
			roundtrip.Leaves(t, []byte(Fixture(t, name)), p.Into, opts...)
		})
	}
}

func allNamed(tb testing.TB, payloads map[string]Payload, others []string) {
	tb.Helper()
	files, err := os.ReadDir("testdata")
	require.NoError(tb, err)
	var names []string
	for _, f := range files {
		if !f.IsDir() {
			names = append(names, f.Name())
		}
	}
	assert.ElementsMatch(tb, names, slices.AppendSeq(slices.Clone(others), maps.Keys(payloads)))
}
