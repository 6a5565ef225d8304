package house_test

import (
	"go/ast"
	"go/doc"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// realTime are the tests that need a real clock, and why.
func realTime() map[string]string {
	const child = "a stopped process has no virtual time"
	return map[string]string{
		"internal/api.TestStoppedProcess":                                 child,
		"numbers/driver.TestOnceInAStoppedProcess":                        child,
		"internal/api.TestFenceHTTP2":                                     "the HTTP/2 server of net/http is on a real socket",
		"internal/sqltest.TestLateCommit":                                 "PostgreSQL is another process",
		"numbers/account.TestOneReadingIsEnoughWhereThisProcessSawTheEnd": "virtual time has no monotonic clock",
		"numbers/journal.TestOpenEndsWhatHasNoEnd":                        "a file has real times, which must differ",
	}
}

// A test that sleeps, or asserts how long something took, runs in a bubble of
// testing/synctest, where time is virtual, or is listed with its reason.
func TestTestsDoNotSleep(t *testing.T) {
	list, err := parsed()
	require.NoError(t, err)
	for _, finding := range sleepers(list) {
		assert.Fail(t, finding)
	}
	one := func(src string) []string { return sleepers([]source{text(t, "numbers/p_test.go", "package p\n"+src)}) }
	assert.Len(t, one("func TestWait(t *testing.T) { time.Sleep(time.Second) }"), 1)
	assert.Len(t, one("func TestWait(t *testing.T) { assert.Less(t, time.Since(began), time.Second) }"), 1)
	assert.Empty(t, one("func TestWait(t *testing.T) { synctest.Test(t, func(t *testing.T) { time.Sleep(1) }) }"))
	assert.Empty(t, one("func TestWait(t *testing.T) { inside(t, func() { assert.Less(t, time.Since(began), 1) }) }\n"+
		"func inside(t *testing.T, do func()) { synctest.Test(t, func(*testing.T) { do() }) }"))
}

func sleepers(list []source) []string {
	bubbles := inBubbles(list)
	var found []string
	for _, s := range list {
		for _, f := range s.functions() {
			name := f.Name.Name
			isTest := strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz")
			if !s.isTest() || !isTest || bubbles[s.dir()+"."+name] || realTime()[s.dir()+"."+name] != "" {
				continue
			}
			for call := range calls(f) {
				switch called := expression(call.Fun); {
				case called == "time.Sleep":
					found = append(found, s.at(call, "%s sleeps in real time", name))
				case (strings.HasPrefix(called, "assert.") || strings.HasPrefix(called, "require.")) && slices.ContainsFunc(call.Args, measured):
					found = append(found, s.at(call, "%s asserts how long something took", name))
				}
			}
		}
	}
	return found
}

// measured reports whether an expression measures time.
func measured(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	return ok && expression(call.Fun) == "time.Since"
}

// inBubbles returns the functions of tests, as directory and name, that call
// synctest.Test, themselves or by a helper of their package.
func inBubbles(list []source) map[string]bool {
	bubbles := make(map[string]bool)
	for grown := true; grown; {
		grown = false
		for _, s := range list {
			if !s.isTest() {
				continue
			}
			for _, f := range s.functions() {
				key := s.dir() + "." + f.Name.Name
				for call := range calls(f) {
					called := expression(call.Fun)
					called = called[strings.LastIndex(called, ".")+1:]
					if !bubbles[key] && (expression(call.Fun) == "synctest.Test" || bubbles[s.dir()+"."+called]) {
						bubbles[key], grown = true, true
					}
				}
			}
		}
	}
	return bubbles
}

// calls yields the calls in a function.
func calls(f *ast.FuncDecl) iter.Seq[*ast.CallExpr] {
	return func(yield func(*ast.CallExpr) bool) {
		goOn := true
		ast.Inspect(f, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && goOn {
				goOn = yield(call)
			}
			return goOn
		})
	}
}

func TestExamplesHaveAnOutput(t *testing.T) {
	holds(t, silentExamples)
	catches(t, silentExamples, "numbers/p_test.go", "package p_test\nfunc ExampleNew() { _ = 1 }",
		"package p_test\nfunc ExampleNew() {\n\tfmt.Println(1)\n\t// Output: 1\n}")
}

func silentExamples(s source) []string {
	if !s.isTest() {
		return nil
	}
	var found []string
	for _, example := range doc.Examples(s.file) {
		if takesT := example.Name == "Run" || example.Name == "RunJournal"; takesT && s.dir() == "numbers/numberstest" {
			continue // an Example has no *testing.T
		}
		if example.Output == "" && !example.EmptyOutput {
			found = append(found, s.path+": Example"+example.Name+" does not run, because it has no Output")
		}
	}
	return found
}

// pure are the packages whose code starts no goroutine, and those that only measure.
func pure() []string {
	return []string{
		"examples/quickstart", "internal/bench", "internal/bench/chaos", "internal/book", "internal/ctxerr", "internal/gate",
		"internal/house", "internal/roundtrip", "internal/sqltest", "internal/vendortest", "numbers", "numbers/wire",
	}
}

// Every package with tests looks for goroutines that were left behind.
func TestEveryPackageLooksForLeaks(t *testing.T) {
	list, err := parsed()
	require.NoError(t, err)
	tested, looks := make(map[string]bool), make(map[string]bool)
	for _, s := range list {
		if !s.isTest() {
			continue
		}
		tested[s.dir()] = true
		if slices.Contains(s.imports(), "go.uber.org/goleak") {
			looks[s.dir()] = true
		}
	}
	for dir := range tested {
		if slices.Contains(pure(), dir) {
			assert.False(t, looks[dir], "%s looks for leaks, and is listed as pure", dir)
			continue
		}
		assert.True(t, looks[dir], "%s does not look for goroutines that its tests leave", dir)
	}
}

// An exported parser, and a type that decodes itself, is called by a fuzz target of its
// package.
func TestEveryParserHasAFuzzTarget(t *testing.T) {
	list, err := parsed()
	require.NoError(t, err)
	fuzzed := make(map[string]string)
	for _, s := range list {
		if s.isTest() {
			text, err := os.ReadFile(filepath.Join(root, s.path))
			require.NoError(t, err)
			for _, f := range s.functions() {
				if strings.HasPrefix(f.Name.Name, "Fuzz") {
					fuzzed[s.dir()] += string(text[s.fset.Position(f.Pos()).Offset:s.fset.Position(f.End()).Offset])
				}
			}
		}
	}
	for _, s := range list {
		if !s.isPublic() || layerOf(s.dir()) == "fake" {
			continue
		}
		for _, f := range s.functions() {
			if name := parserOf(f); name != "" {
				assert.True(t, regexp.MustCompile(`\b`+name+`\b`).MatchString(fuzzed[s.dir()]), "no fuzz target of %s has %s", s.dir(), name)
			}
		}
	}
}

// parserOf returns the name of a parser, or of a type that decodes itself; "" = it is
// neither.
func parserOf(f *ast.FuncDecl) string {
	switch {
	case f.Recv == nil && strings.HasPrefix(f.Name.Name, "Parse"):
		return f.Name.Name
	case f.Recv != nil && f.Name.Name == "UnmarshalJSON":
		return receiver(f.Recv.List[0].Type)
	}
	return ""
}
