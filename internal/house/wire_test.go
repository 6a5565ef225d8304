package house_test

import (
	"go/ast"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The structs of the vendors' wire keep every character of an answer, can send every
// zero value of an optional member, and hide secrets.
func TestWireStructs(t *testing.T) {
	holds(t, lossy)
	good := "package p\n\n" + `type T struct {
	Name     *string     ` + "`json:\"name,omitempty\"`" + `
	List     []string    ` + "`json:\"list,omitzero\"`" + `
	Cost     wire.Amount ` + "`json:\"cost,omitzero\"`" + `
	Password wire.Secret ` + "`json:\"password,omitzero\"`" + `
	Page     string      ` + "`url:\"page_token,omitempty\"`" + `
	Next     string      ` + "`json:\"next_page_token\"`" + `
	Created  time.Time
}`
	for _, field := range []string{
		"Name string `json:\"name,omitempty\"`",
		"List []string `json:\"list,omitempty\"`",
		"Cost float64 `json:\"cost\"`",
		"Cost *decimal.Decimal `json:\"cost,omitempty\"`",
		"At time.Time `json:\"at\"`",
		"Password string `json:\"password\"`",
		"Token *string `json:\"token,omitempty\"`",
		"ExternalPIN string `json:\"external_pin\"`",
	} {
		catches(t, lossy, "telnyx/p.go", "package p\n\ntype T struct {\n\t"+field+"\n}", good)
	}
	assert.Empty(t, lossy(text(t, "numbers/p.go", "package p\n\ntype T struct {\n\tName string `json:\"name,omitempty\"`\n}")))
}

func lossy(s source) []string {
	if !s.inVendor() {
		return nil
	}
	var found []string
	for _, typ := range s.types() {
		structure, ok := typ.Type.(*ast.StructType)
		if !ok || !typ.Name.IsExported() {
			continue
		}
		sent := strings.HasSuffix(typ.Name.Name, "Request")
		for _, field := range structure.Fields.List {
			if problem := lossyField(field, sent); problem != "" {
				found = append(found, s.at(field, "%s: %s", field.Names[0].Name, problem))
			}
		}
	}
	return found
}

// lossyField returns what is wrong with a member of an answer, or of a request that is
// sent; "" = nothing.
func lossyField(field *ast.Field, sent bool) string {
	if field.Tag == nil || len(field.Names) == 0 {
		return ""
	}
	quoted, err := strconv.Unquote(field.Tag.Value)
	tag, isJSON := reflect.StructTag(quoted).Lookup("json")
	if err != nil || !isJSON {
		return ""
	}
	typ := expression(field.Type)
	member, option, _ := strings.Cut(tag, ",")
	switch {
	case option == "omitempty" && !strings.HasPrefix(typ, "*") && member != "take" && member != "skip": // 0 means: not sent
		return "it can't be its zero value; make it a pointer, or use omitzero"
	case holdsSecret(member) && typ != "wire.Secret" && !sent:
		return "it is printed with the struct; make it a wire.Secret"
	case strings.HasSuffix(typ, "time.Time"), strings.HasSuffix(typ, "decimal.Decimal"), strings.Contains(typ, "float"), strings.HasSuffix(typ, "json.Number"):
		return "it changes what the vendor wrote; use a type of numbers/wire"
	}
	return ""
}

// holdsSecret reports whether a member is a credential by its name.
func holdsSecret(member string) bool {
	words := strings.Split(member, "_")
	switch last := words[len(words)-1]; last {
	case "password", "pin", "secret":
		return true
	case "token":
		return !strings.Contains(member, "page")
	}
	return false
}

// expression prints a type as it is written.
func expression(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return "*" + expression(e.X)
	case *ast.SelectorExpr:
		return expression(e.X) + "." + e.Sel.Name
	case *ast.ArrayType:
		return "[]" + expression(e.Elt)
	case *ast.MapType:
		return "map[" + expression(e.Key) + "]" + expression(e.Value)
	case *ast.IndexExpr:
		return expression(e.X) + "[" + expression(e.Index) + "]"
	case *ast.IndexListExpr:
		return expression(e.X) + "[…]"
	}
	return ""
}
