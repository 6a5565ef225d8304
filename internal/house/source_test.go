package house_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// source is one parsed Go file.
type source struct {
	path string // from the top directory, with slashes
	file *ast.File
	fset *token.FileSet
}

func (s source) dir() string  { return path.Dir(s.path) }
func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

// isPublic reports whether users of the module can import the file's package.
func (s source) isPublic() bool {
	return !s.isTest() && !strings.HasPrefix(s.path, "internal/") && !strings.HasPrefix(s.path, "examples/")
}

// inVendor reports whether the file is one of a vendor's client.
func (s source) inVendor() bool { return !s.isTest() && slices.Contains(vendors(), s.dir()) }

// imports returns the paths that the file imports, without the module's own prefix.
func (s source) imports() []string {
	var paths []string
	for _, spec := range s.file.Imports {
		paths = append(paths, strings.TrimPrefix(strings.Trim(spec.Path.Value, `"`), "github.com/tnkit/tnkit/"))
	}
	return paths
}

// at returns a finding about the line of a node.
func (s source) at(n ast.Node, format string, args ...any) string {
	return fmt.Sprintf("%s:%d: %s", s.path, s.fset.Position(n.Pos()).Line, fmt.Sprintf(format, args...))
}

// parsed parses all Go files of the repository, once for all tests of this package.
var parsed = sync.OnceValues(func() ([]source, error) {
	paths, err := sources()
	if err != nil {
		return nil, err
	}
	var list []source
	for _, name := range paths {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, filepath.Join(root, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		list = append(list, source{name, file, fset})
	}
	return list, nil
})

// A rule returns what breaks it in a file.
type rule func(s source) []string

// holds proves that no file breaks a rule.
func holds(t *testing.T, r rule) {
	t.Helper()
	list, err := parsed()
	require.NoError(t, err)
	require.NotEmpty(t, list)
	for _, s := range list {
		for _, finding := range r(s) {
			assert.Fail(t, finding)
		}
	}
}

// catches proves that a rule can fail: it has something to say of the bad text, and
// nothing of the good one. Both are files at name.
func catches(t *testing.T, r rule, name, bad, good string) {
	t.Helper()
	assert.NotEmpty(t, r(text(t, name, bad)), "the rule catches nothing in:\n%s", bad)
	assert.Empty(t, r(text(t, name, good)), "the rule refuses what is right:\n%s", good)
}

// text parses a file that is not in the repository.
func text(t *testing.T, name, src string) source {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	require.NoError(t, err)
	return source{name, file, fset}
}

// functions yields the functions and methods of a file.
func (s source) functions() []*ast.FuncDecl {
	var list []*ast.FuncDecl
	for _, decl := range s.file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			list = append(list, f)
		}
	}
	return list
}

// types returns the types that a file declares.
func (s source) types() []*ast.TypeSpec {
	var list []*ast.TypeSpec
	for _, decl := range s.file.Decls {
		if group, ok := decl.(*ast.GenDecl); ok {
			for _, spec := range group.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok {
					list = append(list, t)
				}
			}
		}
	}
	return list
}
