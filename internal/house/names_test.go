package house_test

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// verbs are the first words of the methods of a service, and of the requests that they
// send.
func verbs() []string {
	return []string{
		"Create", "Get", "List", "All", "Update", "Delete", "Modify", // in every vendor package the same
		"Search", // voipbin, opentact: their own word for a filtered list
		// The vendors' own verbs.
		"Accept", "Cancel", "Change", "Clear", "Download", "Export", "Extend", "Login", "Mark", "Price", "Release", "Renew",
		"Set", "Submit", "Upload", "Validate",
	}
}

// singular are the services whose subject has no plural.
func singular() []string {
	return []string{"AuthService", "BalanceService", "CountryCoverageService", "InventoryCoverageService"}
}

func TestServices(t *testing.T) {
	holds(t, misnamedServices)
	good := `package p

type OrdersService struct{}

// Create orders.
//
// POST /orders, which returns the order.
func (s *OrdersService) Create(ctx context.Context, r *CreateOrderRequest) (*Order, error) { return nil, nil }

// All walks the orders of List.
func (s *OrdersService) All(ctx context.Context) iter.Seq2[*Order, error] { return nil }

// Modify is Get and Update.
func (s *OrdersService) Modify(ctx context.Context) error { return nil }

func (s *OrdersService) order() {}

type CreateOrderRequest struct{}
`
	for _, bad := range []string{
		"type OrderService struct{}",
		"// Fetch reads.\n//\n// GET /orders.\nfunc (s *OrdersService) Fetch() (int, error) { return 0, nil }",
		"// Getter reads.\n//\n// GET /orders.\nfunc (s *OrdersService) Getter() (int, error) { return 0, nil }",
		"// Get reads an order.\nfunc (s *OrdersService) Get() (int, error) { return 0, nil }",
		"type OrderRequest struct{}",
		"type OrderParams struct{}",
	} {
		catches(t, misnamedServices, "telnyx/p.go", "package p\n\n"+bad, good)
	}
}

// methodAndPath is what the comment of an operation has in a line of its own.
var methodAndPath = regexp.MustCompile(`(?m)^(GET|POST|PUT|PATCH|DELETE) /?\w`)

func misnamedServices(s source) []string {
	if !s.inVendor() {
		return nil
	}
	var found []string
	for _, typ := range s.types() {
		name := typ.Name.Name
		_, isStruct := typ.Type.(*ast.StructType)
		switch {
		case strings.HasSuffix(name, "sService") || slices.Contains(singular(), name):
		case strings.HasSuffix(name, "Service"):
			found = append(found, s.at(typ, "the name of %s is not plural", name))
		case isStruct && strings.HasSuffix(name, "Request") && !isVerb(name):
			found = append(found, s.at(typ, "%s does not begin with the verb of what sends it", name))
		case isStruct && (strings.HasSuffix(name, "Options") || strings.HasSuffix(name, "Params")) && ast.IsExported(name) && !isPart(name):
			found = append(found, s.at(typ, "%s is sent, and is not named a Request", name))
		}
	}
	for _, f := range s.functions() {
		if f.Recv == nil || !f.Name.IsExported() || !strings.HasSuffix(receiver(f.Recv.List[0].Type), "Service") {
			continue
		}
		name := f.Name.Name
		if !isVerb(name) {
			found = append(found, s.at(f, "%s does not begin with a verb", name))
		}
		if !composed(f) && !methodAndPath.MatchString(f.Doc.Text()) {
			found = append(found, s.at(f, "the comment of %s has no line with its method and path", name))
		}
	}
	return found
}

// isPart reports whether a type is of a part of a request, or not of one request.
func isPart(name string) bool {
	return name == "PageParams" || name == "FlatPageParams" || name == "OrdererOptions"
}

// composed reports whether a method sends several requests, or walks a list.
func composed(f *ast.FuncDecl) bool {
	walks := f.Type.Results != nil && strings.HasPrefix(expression(f.Type.Results.List[0].Type), "iter.Seq2[")
	return walks || f.Name.Name == "Modify" || f.Name.Name == "CreateAndGet"
}

// isVerb reports whether a name begins with one of the verbs, as a word.
func isVerb(name string) bool {
	return slices.ContainsFunc(verbs(), func(verb string) bool {
		rest, ok := strings.CutPrefix(name, verb)
		return ok && (rest == "" || unicode.IsUpper(rune(rest[0])))
	})
}
