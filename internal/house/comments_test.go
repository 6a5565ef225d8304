package house_test

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Every exported name of the public packages has a comment. That of a function, a
// method or a type begins with the name. A constant or variable may share the comment
// of its group.
func TestEveryExportedNameHasAComment(t *testing.T) {
	holds(t, uncommented)
	for _, bad := range []string{
		"package p\nfunc Order() {}",
		"package p\n// It orders.\nfunc Order() {}",
		"package p\ntype T int\n// orders.\nfunc (t *t) order() {}",
		"package p\nconst Max = 1",
		"package p\nvar (\n\tErr = 1\n)",
	} {
		catches(t, uncommented, "numbers/p.go", bad, `package p

// An Order orders.
type Order[T any] struct{}

// String prints.
func (o *Order[T]) String() string { return "" }

// MarshalJSON implements json.Marshaler.
func (o Order[T]) MarshalJSON() ([]byte, error) { return nil, nil }

// The states.
const (
	One = 1
	Two = 2
)

func internal() {}

type hidden struct{}

func (hidden) Open() {}
`)
	}
	assert.Empty(t, uncommented(text(t, "internal/p/p.go", "package p\nfunc Order() {}")))
}

func uncommented(s source) []string {
	if !s.isPublic() {
		return nil
	}
	var found []string
	check := func(n ast.Node, name string, doc *ast.CommentGroup) {
		if ast.IsExported(name) && !beginsWith(doc, name) {
			found = append(found, s.at(n, "%s has no comment that begins with its name", name))
		}
	}
	for _, decl := range s.file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || ast.IsExported(receiver(d.Recv.List[0].Type)) {
				check(d, d.Name.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch sp := spec.(type) {
				case *ast.TypeSpec:
					doc := sp.Doc
					if doc == nil && !d.Lparen.IsValid() {
						doc = d.Doc
					}
					check(sp, sp.Name.Name, doc)
				case *ast.ValueSpec:
					if d.Doc == nil && sp.Doc == nil && sp.Comment == nil && ast.IsExported(sp.Names[0].Name) {
						found = append(found, s.at(sp, "%s has no comment", sp.Names[0].Name))
					}
				}
			}
		}
	}
	return found
}

// beginsWith reports whether the first words of a comment are the name, with an article
// before it or without.
func beginsWith(doc *ast.CommentGroup, name string) bool {
	if doc == nil {
		return false
	}
	text := doc.Text()
	for _, article := range []string{"", "A ", "An ", "The "} {
		rest, ok := strings.CutPrefix(text, article+name)
		if ok && (rest == "" || !token.IsIdentifier(rest[:1])) {
			return true
		}
	}
	return false
}
