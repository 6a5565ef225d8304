package house_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each vendor has its place in the tests that all vendors share, and in what users read.
func TestEveryVendorIsNamedWhereItMust(t *testing.T) {
	for _, name := range []string{
		".golangci.yml", "README.md", "CHANGELOG.md", "numbers/driver/vendors_test.go", "internal/bench/chaos/vendors.go",
		"examples/quickstart/vendors.go",
	} {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		for _, vendor := range vendors() {
			assert.Contains(t, string(text), vendor, "%s does not have the vendor", name)
		}
	}
}
