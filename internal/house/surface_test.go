package house_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the listings of the public surface anew")

// public returns the packages that other modules can import.
func public(t *testing.T) []string {
	t.Helper()
	var dirs []string
	list, err := parsed()
	require.NoError(t, err)
	for _, s := range list {
		if s.isPublic() && !slices.Contains(dirs, s.dir()) {
			dirs = append(dirs, s.dir())
		}
	}
	return dirs
}

// TestPublicSurface compares every exported name of every public package, with its
// signature, with a listing in testdata/surface. What is public is a promise: a
// change of it is made on purpose. To write the listings anew:
//
//	go test ./internal/house -run TestPublicSurface -update
func TestPublicSurface(t *testing.T) {
	const golden = "testdata/surface"
	dirs := public(t)
	require.Contains(t, dirs, "numbers")
	wanted := make(map[string]bool)
	for _, dir := range dirs {
		name := strings.ReplaceAll(dir, "/", ".") + ".txt"
		wanted[name] = true
		t.Run(dir, func(t *testing.T) {
			have := surface(t, dir)
			file := filepath.Join(golden, name)
			if *update {
				require.NoError(t, os.MkdirAll(golden, 0o755))
				require.NoError(t, os.WriteFile(file, []byte(have), 0o644))
				return
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(want), have, "the public surface has changed; if that is wanted, run: go test ./internal/house -run TestPublicSurface -update")
		})
	}
	entries, err := os.ReadDir(golden)
	require.NoError(t, err)
	for _, e := range entries {
		if wanted[e.Name()] {
			continue
		}
		if *update {
			require.NoError(t, os.Remove(filepath.Join(golden, e.Name())))
		} else {
			t.Errorf("%s is the listing of a package that is gone", e.Name())
		}
	}
}

// surface lists what a package exports, without comments and bodies. The first line
// counts its names.
func surface(t *testing.T, dir string) string {
	t.Helper()
	fset := token.NewFileSet()
	var list []string
	names := 0
	for _, name := range files(t, dir) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, filepath.Join(root, dir, name), nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.FileExports(file)
		for _, decl := range file.Decls {
			for _, d := range split(decl) {
				text, n := show(t, d)
				if text != "" {
					list = append(list, text)
				}
				names += n
			}
		}
	}
	slices.Sort(list)
	return fmt.Sprintf("%d names\n\n%s\n", names, strings.Join(list, "\n"))
}

// split returns the declarations of a group one by one, except constants, whose values
// may depend on their place.
func split(decl ast.Decl) []ast.Decl {
	group, ok := decl.(*ast.GenDecl)
	if !ok || group.Tok == token.CONST {
		return []ast.Decl{decl}
	}
	var list []ast.Decl
	for _, spec := range group.Specs {
		list = append(list, &ast.GenDecl{Tok: group.Tok, Specs: []ast.Spec{spec}})
	}
	return list
}

// show prints a declaration, and counts the names that it adds to the package: methods
// and fields are not counted.
func show(t *testing.T, decl ast.Decl) (text string, names int) {
	t.Helper()
	switch d := decl.(type) {
	case *ast.FuncDecl:
		d.Body = nil
		switch {
		case d.Recv == nil:
			names = 1
		case !ast.IsExported(receiver(d.Recv.List[0].Type)):
			return "", 0
		}
	case *ast.GenDecl:
		if d.Tok == token.IMPORT {
			return "", 0
		}
		for _, spec := range d.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok {
				names += len(v.Names)
				if d.Tok == token.VAR {
					v.Values = nil
				}
			} else {
				names++
			}
		}
		if names == 0 {
			return "", 0
		}
	}
	var b bytes.Buffer
	require.NoError(t, (&printer.Config{Mode: printer.UseSpaces, Tabwidth: 4}).Fprint(&b, token.NewFileSet(), decl))
	return b.String(), names
}

// receiver returns the name of a method's type.
func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}
