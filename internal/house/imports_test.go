package house_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// layers says what each package may import of this module, outside of tests. Imports
// point up the list only. "vendor" is any of the four vendor packages, "fake" any of
// their fakes.
func layers() []layer {
	return []layer{
		{"internal/set", nil},
		{"internal/ctxerr", nil},
		{"internal/parallel", nil},
		{"internal/gate", nil},
		{"internal/roundtrip", nil},
		{"internal/house", nil},
		{"internal/bench", nil},
		{"internal/pace", []string{"internal/ctxerr"}},
		{"numbers/wire", nil},
		{"numbers", []string{"numbers/wire"}},
		{"internal/book", []string{"internal/ctxerr", "numbers"}},
		{"internal/decode", []string{"numbers", "numbers/wire"}},
		{"internal/page", []string{"internal/ctxerr", "numbers", "numbers/wire"}},
		{"numbers/driver", []string{"internal/ctxerr", "internal/gate", "internal/set", "numbers", "numbers/wire"}},
		{"numbers/account", []string{"internal/book", "internal/ctxerr", "internal/pace", "internal/parallel", "internal/set", "numbers", "numbers/driver"}},
		{"numbers/fleet", []string{"internal/ctxerr", "internal/pace", "internal/parallel", "internal/set", "numbers", "numbers/account", "numbers/driver"}},
		{"numbers/journal", []string{"internal/book", "internal/ctxerr", "numbers"}},
		{"numbers/journal/sqljournal", []string{"internal/book", "internal/ctxerr", "numbers"}},
		{"numbers/numberstest", []string{"internal/ctxerr", "numbers", "numbers/account", "numbers/driver"}},
		{"internal/api", []string{"internal/ctxerr", "internal/decode", "internal/gate", "internal/page", "numbers", "numbers/driver", "numbers/wire"}},
		{"internal/fake", []string{"numbers/numberstest"}},
		{"internal/vendortest", []string{"internal/page", "internal/roundtrip", "numbers"}},
		{"vendor", []string{"internal/api", "internal/decode", "internal/page", "internal/set", "numbers", "numbers/driver", "numbers/wire"}},
		{"fake", []string{"internal/fake", "numbers", "numbers/numberstest"}},
	}
}

// layer is a package and what it may import of this module.
type layer struct {
	name    string
	imports []string
}

// inModule reports whether an import is of this module.
func inModule(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return first == "numbers" || first == "internal" || slices.Contains(vendors(), first)
}

// layerOf returns the name of a directory in layers.
func layerOf(dir string) string {
	first, second, _ := strings.Cut(dir, "/")
	switch {
	case !slices.Contains(vendors(), first):
		return dir
	case second == "":
		return "vendor"
	default:
		return "fake"
	}
}

// Examples, the chaos run and internal/sqltest may import everything.
func anything(dir string) bool {
	return strings.HasPrefix(dir, "examples/") || dir == "internal/bench/chaos" || dir == "internal/sqltest"
}

func TestImportsPointInOneDirection(t *testing.T) {
	var above []string
	for _, l := range layers() {
		for _, imported := range l.imports {
			require.Contains(t, above, imported, "%s is below what it imports", l.name)
		}
		above = append(above, l.name)
	}

	holds(t, upward)
	catches(t, upward, "numbers/driver/p.go", `package driver; import "github.com/tnkit/tnkit/numbers/account"`,
		`package driver; import "github.com/tnkit/tnkit/numbers"`)
	catches(t, upward, "voipbin/p.go", `package voipbin; import "github.com/tnkit/tnkit/telnyx"`,
		`package voipbin; import "github.com/tnkit/tnkit/internal/api"`)
	catches(t, upward, "voipbin/voipbintest/p.go", `package voipbintest; import "github.com/tnkit/tnkit/voipbin"`,
		`package voipbintest; import "github.com/tnkit/tnkit/internal/fake"`)
}

func upward(s source) []string {
	if s.isTest() || anything(s.dir()) {
		return nil
	}
	list := layers()
	i := slices.IndexFunc(list, func(l layer) bool { return l.name == layerOf(s.dir()) })
	if i < 0 {
		return []string{s.path + ": the package is in no layer"}
	}
	var found []string
	for _, imported := range s.imports() {
		// A fake imports its client in client.go, to make a client of the fake.
		own := list[i].name == "fake" && strings.HasSuffix(s.path, "/client.go") && strings.HasPrefix(s.path, imported+"/")
		if inModule(imported) && !own && !slices.Contains(list[i].imports, imported) {
			found = append(found, s.path+" imports "+imported)
		}
	}
	return found
}

// What imports a fake is in the fake's test package or in another package, because
// the fake imports what it fakes.
func TestTestsWithAFakeAreOutsideOfThePackage(t *testing.T) {
	holds(t, insideWithAFake)
	catches(t, insideWithAFake, "telnyx/p_test.go",
		`package telnyx; import "github.com/tnkit/tnkit/telnyx/telnyxtest"`,
		`package telnyx_test; import "github.com/tnkit/tnkit/telnyx/telnyxtest"`)
}

func insideWithAFake(s source) []string {
	if !s.isTest() || anything(s.dir()) || strings.HasSuffix(s.file.Name.Name, "_test") {
		return nil
	}
	var found []string
	for _, imported := range s.imports() {
		if isFake := inModule(imported) && layerOf(imported) == "fake"; isFake || imported == "numbers/numberstest" && s.dir() != "internal/fake" && layerOf(s.dir()) != "fake" {
			found = append(found, s.path+" imports "+imported+" and is not in an external test package")
		}
	}
	return found
}

func TestTheVendorsAreThePackagesWithAFake(t *testing.T) {
	list, err := parsed()
	require.NoError(t, err)
	var have []string
	for _, s := range list {
		first, second, _ := strings.Cut(s.dir(), "/")
		if second == first+"test" && first != "numbers" && !slices.Contains(have, first) {
			have = append(have, first)
		}
	}
	assert.ElementsMatch(t, vendors(), have)
}
