package house_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// CONTRIBUTING names only files that exist, so that no rule refers to a test that is gone.
func TestContributingNamesWhatExists(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	require.NoError(t, err)
	file := regexp.MustCompile("`((?:[\\w.-]+/)*[\\w.-]*\\w\\.(?:go|yml|md)|(?:internal|numbers|examples)/[\\w/]+)`")
	places := []string{"", "internal/house", "telnyx", "opentact", "voipbin", "exclusive", "telnyx/telnyxtest"}
	names := file.FindAllStringSubmatch(string(text), -1)
	require.NotEmpty(t, names)
	for _, name := range names {
		found := false
		for _, place := range places {
			_, err := os.Stat(filepath.Join(root, place, name[1]))
			found = found || err == nil || name[1] == "_test.go"
		}
		assert.True(t, found, "CONTRIBUTING names %s, which does not exist", name[1])
	}
}
