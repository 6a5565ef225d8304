package telnyx_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/telnyx"
)

// The tables are Telnyx's description of 2026-07-16, one member or parameter in each line. The
// next version is compared by replacing them: what is different then is what this test reports.
// regulated.tsv is exact. orders.tsv has the operations that guides and examples describe more
// exactly than the description does; -update writes it from the structs, for a review of its
// changes.
var update = flag.Bool("update", false, "write testdata/description/orders.tsv")

// member is one member of a body or an answer, or one parameter.
type member struct {
	op, where, name, typ string
	required, null       bool
	enum                 []string
}

func (m member) key() string { return m.op + " " + m.where + " " + m.name }

// shape is what a member is, apart from its name.
func (m member) shape() string {
	text := m.typ
	if m.required {
		text += " required"
	}
	if m.null {
		text += " null"
	}
	return text
}

// readTable reads a table: operation, where, name, type, required, null, enum.
func readTable(t *testing.T, name string) (list []member) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "description", name))
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		require.Len(t, cells, 7, line)
		if cells[0] == "operation" {
			continue
		}
		m := member{op: cells[0], where: cells[1], name: cells[2], required: cells[4] == "required", null: cells[5] != ""}
		m.typ, _, _ = strings.Cut(cells[3], ":") // without the format
		if rest, ok := strings.CutPrefix(m.typ, "['"); ok {
			m.typ, _, _ = strings.Cut(rest, "'")
			m.null = true
		}
		if cells[6] != "" {
			m.enum = strings.Split(cells[6], "|")
		}
		if m.where == "202" {
			m.where = "200" // the same answer
		}
		list = append(list, m)
	}
	return list
}

// told are the reasons for which a member of the description is not as it is in a struct, or a
// struct has one that the description does not have.
func told(m member) string {
	switch {
	case m.typ == "?":
		return "a string or an object: the object is offered, which can say the same"
	case m.where == "body multipart/form-data":
		return "the test of the operation reads the parts"
	case m.op == "PATCH /documents/{id}" && m.where == "body application/json" && !slices.Contains([]string{"customer_reference", "filename"}, m.name):
		return "it is read-only"
	case m.op == "GET /requirement_types" && strings.HasPrefix(m.name, "page"):
		return "the answer counts pages, so there may be others"
	case m.op == "GET /phone_numbers/jobs" && strings.Contains(m.name, "errors[].source."):
		return "the other answers with this object have it"
	case strings.HasSuffix(m.name, "meta.url"):
		return "a wire.Raw has whatever is there"
	case m.where == "200" && m.required:
		return "an answer is read without it"
	}
	return ""
}

func TestStructsAreAsDescribed(t *testing.T) {
	described := readTable(t, "regulated.tsv")
	ours := map[string]member{}
	for _, op := range regulatedDescriptions() {
		for _, m := range op.members() {
			ours[m.key()] = m
		}
	}
	seen := map[string]bool{}
	for _, want := range described {
		seen[want.key()] = true
		if want.where == "path" {
			assert.Contains(t, want.op, "{"+want.name+"}")
			continue
		}
		have, ok := ours[want.key()]
		if reason := told(want); !ok && reason == "" {
			assert.Fail(t, "the structs lack a member", want.key())
		} else if ok && want.typ != "?" {
			if want.where == "200" {
				want.required = false
			}
			assert.Equal(t, want.shape(), have.shape(), want.key())
		}
	}
	for key, m := range ours {
		assert.True(t, seen[key] || told(m) != "", "the description does not have %s", key)
	}
	assert.Greater(t, len(seen), 400)
}

// The words of the description are constants, or in the comment of the field.
func TestWordsAreNamed(t *testing.T) {
	words := sourceWords(t)
	for _, m := range readTable(t, "regulated.tsv") {
		for _, word := range m.enum {
			assert.True(t, words[word], "%s: no constant and no comment of a field has %q", m.key(), word)
		}
	}
}

// sourceWords are the words in the constants of the package and in the comments of its fields.
func sourceWords(t *testing.T) map[string]bool {
	t.Helper()
	words := map[string]bool{}
	paths, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for _, v := range n.Values {
					if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
						word, _ := strconv.Unquote(lit.Value)
						words[word] = true
					}
				}
			case *ast.Field:
				for _, word := range strings.FieldsFunc(n.Doc.Text(), func(r rune) bool { return strings.ContainsRune(" \n,.;:\"()", r) }) {
					words[word] = true
				}
			}
			return true
		})
	}
	return words
}

// A change of a struct of the other operations is a change of its table.
func TestTheOtherOperationsAreAsInTheirTable(t *testing.T) {
	var text strings.Builder
	text.WriteString("operation\tin\tname\ttype\trequired\tnull\tenum\n")
	for _, op := range orderDescriptions() {
		for _, m := range op.members() {
			cell := func(is bool, word string) string {
				if is {
					return word
				}
				return ""
			}
			fmt.Fprintf(&text, "%s\t%s\t%s\t%s\t%s\t%s\t\n", m.op, m.where, m.name, m.typ, cell(m.required, "required"), cell(m.null, "null"))
		}
	}
	path := filepath.Join("testdata", "description", "orders.tsv")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(text.String()), 0o600))
	}
	have, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(have), text.String())
}

// Each operation of the client is described.
func TestEveryOperationIsDescribed(t *testing.T) {
	described := map[string]bool{}
	for _, op := range slices.Concat(regulatedDescriptions(), orderDescriptions()) {
		method, path, _ := strings.Cut(op.op, " ")
		described[method+" "+pattern(path)] = true
	}
	for _, o := range vendor().Operations {
		method, target, _ := strings.Cut(o.Request, " ")
		path, _, _ := strings.Cut(target, "?")
		assert.True(t, slices.ContainsFunc(candidates(method+" "+path), func(c string) bool { return described[c] }), "%s: %s", o.Name, o.Request)
	}
}

// pattern is a path with {} for each of its ids.
func pattern(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, "{") {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

// candidates are the patterns that a path may be of: each segment but the first may be an id.
func candidates(path string) []string {
	parts := strings.Split(path, "/")
	list := []string{path}
	for i := 2; i < len(parts); i++ {
		for _, c := range slices.Clone(list) {
			p := strings.Split(c, "/")
			p[i] = "{}"
			list = append(list, strings.Join(p, "/"))
		}
	}
	return list
}

// description is an operation and the structs of its parameters, its body and its answer.
type description struct {
	op                  string
	query, body, answer reflect.Type
	listed, bare        bool
}

func (d description) members() (list []member) {
	add := func(where string, members []member) {
		for _, m := range members {
			m.op, m.where = d.op, where
			list = append(list, m)
		}
	}
	if d.query != nil {
		add("query", parametersOf(d.query, ""))
	}
	if d.body != nil {
		add("body application/json", membersOf(d.body, "", true))
	}
	switch {
	case d.answer == nil:
	case d.bare:
		add("200", membersOf(d.answer, "", false))
	case d.listed:
		add("200", append([]member{{name: "data", typ: "array"}}, membersOf(d.answer, "data[].", false)...))
		add("200", append([]member{{name: "meta", typ: "object"}}, membersOf(reflect.TypeFor[telnyx.Meta](), "meta.", false)...))
	default:
		add("200", append([]member{{name: "data", typ: "object"}}, membersOf(d.answer, "data.", false)...))
	}
	return list
}

// tagOf is the name of a field, and its options.
func tagOf(f reflect.StructField, tag string) (name string, options []string) {
	parts := strings.Split(f.Tag.Get(tag), ",")
	return parts[0], parts[1:]
}

// parametersOf are the parameters of a query.
func parametersOf(t reflect.Type, prefix string) (list []member) {
	for i := range t.NumField() {
		name, options := tagOf(t.Field(i), "url")
		if name == "" || name == "-" {
			continue
		}
		typ, _, inner := typeOf(t.Field(i).Type)
		if slices.Contains(options, "brackets") {
			typ, inner = "array", nil
		}
		list = append(list, member{name: prefix + name, typ: typ})
		if inner != nil {
			list = append(list, parametersOf(inner, prefix+name+".")...)
		}
	}
	return list
}

// membersOf are the members of a JSON object. In a body, those that can't be left out are
// required.
func membersOf(t reflect.Type, prefix string, body bool) (list []member) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			list = append(list, membersOf(f.Type, prefix, body)...)
			continue
		}
		name, options := tagOf(f, "json")
		if name == "" || name == "-" {
			continue
		}
		typ, null, inner := typeOf(f.Type)
		list = append(list, member{name: prefix + name, typ: typ, null: null, required: body && len(options) == 0})
		if inner != nil {
			if typ == "array" {
				name += "[]"
			}
			list = append(list, membersOf(inner, prefix+name+".", body)...)
		}
	}
	return list
}

// onWire are types that write themselves, and what they write: an object of these members, or
// another type.
func onWire() map[reflect.Type]any {
	type source struct {
		Parameter string `json:"parameter"`
		Pointer   string `json:"pointer"`
	}
	type item struct {
		Code   string   `json:"code"`
		Detail string   `json:"detail"`
		Meta   struct{} `json:"meta"`
		Source source   `json:"source"`
		Title  string   `json:"title"`
	}
	return map[reflect.Type]any{
		reflect.TypeFor[telnyx.ErrorItem](): item{}, reflect.TypeFor[telnyx.ErrorSource](): source{},
		reflect.TypeFor[wire.Time](): "string", reflect.TypeFor[wire.Amount](): "string", reflect.TypeFor[wire.TN](): "string",
		reflect.TypeFor[wire.Secret](): "string", reflect.TypeFor[wire.Count](): "integer", reflect.TypeFor[wire.Raw](): "object",
		reflect.TypeFor[[]byte](): "string", reflect.TypeFor[telnyx.TextOrList](): "string", reflect.TypeFor[telnyx.OneOrMore](): "string",
	}
}

// typeOf is what a Go type is in JSON: its type, whether it may be null, and the struct of its
// members or of its rows' members.
func typeOf(t reflect.Type) (typ string, null bool, inner reflect.Type) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if strings.HasPrefix(t.Name(), "Null[") {
		get, _ := t.MethodByName("Get")
		typ, _, inner = typeOf(get.Type.Out(0))
		return typ, true, inner
	}
	switch w := onWire()[t].(type) {
	case nil:
	case string:
		return w, false, nil
	default:
		return "object", false, reflect.TypeOf(w)
	}
	switch t.Kind() {
	case reflect.Bool:
		return "boolean", false, nil
	case reflect.Int:
		return "integer", false, nil
	case reflect.Float64:
		return "number", false, nil
	case reflect.Slice:
		if _, _, inner := typeOf(t.Elem()); inner != nil {
			return "array", false, inner
		}
		return "array", false, nil
	case reflect.Struct:
		return "object", false, t
	default:
		return "string", false, nil
	}
}
