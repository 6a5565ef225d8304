package house_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// requirements are what the module requires directly, and what for. A new one
// needs a reason that a page of our own code does not answer.
func requirements() map[string]string {
	return map[string]string{
		"github.com/google/go-querystring":      "the query of a request from a struct",
		"github.com/hashicorp/go-retryablehttp": "repeating what may be repeated",
		"github.com/shopspring/decimal":         "money",
		"golang.org/x/time":                     "the limiter",
		"github.com/stretchr/testify":           "tests",
		"go.uber.org/goleak":                    "tests",
	}
}

func TestTheModuleRequiresWhatIsListed(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	direct := regexp.MustCompile(`(?m)^(?:require )?\s*([a-z][^\s()]*\.[^\s()]*/\S+) v\S+$`)
	require.True(t, direct.MatchString("\tgolang.org/x/time v0.16.0\n"))
	require.False(t, direct.MatchString("\tgolang.org/x/sys v0.49.0 // indirect\n"))
	var required []string
	for _, match := range direct.FindAllStringSubmatch(string(text), -1) {
		required = append(required, match[1])
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(requirements())), required)
	assert.NotContains(t, string(text), "\nreplace ", "users of a module do not see its replacements")
	assert.NotContains(t, string(text), "\ntool ", "tools are in tools.mod")
}
