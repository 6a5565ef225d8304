package house_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A user can't name a type of internal/, and must not depend on our HTTP library.
func TestPublicSurfaceHasNoForeignTypes(t *testing.T) {
	foreign := regexp.MustCompile(`\b(api|book|ctxerr|decode|fake|gate|page|parallel|retryablehttp|roundtrip|set|vendortest)\.[A-Z]\w*`)
	require.Regexp(t, foreign, "func (s *Service) Raw(c *api.Call)")
	listings, err := filepath.Glob("testdata/surface/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, listings)
	for _, path := range listings {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Empty(t, foreign.FindAllString(string(text), -1), path)
	}
}
