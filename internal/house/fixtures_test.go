package house_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// foreignHost finds the host of an address or of a mailbox.
var foreignHost = regexp.MustCompile(`(?:https?://|[\w.+-]@)([\w-]+(?:\.[\w-]+)+)`)

// isInvented reports whether a host can't be anybody's, or is documentation that the
// vendor's answers refer to.
func isInvented(host string) bool {
	for _, end := range []string{"example.com", "example.org", "example.net", ".example", ".test", ".invalid"} {
		if host == end || strings.HasSuffix(host, "."+strings.TrimPrefix(end, ".")) {
			return true
		}
	}
	return host == "developers.telnyx.com"
}

// A fixture has nobody's address.
func TestFixturesHaveInventedAddresses(t *testing.T) {
	require.False(t, isInvented("example.de"))
	require.Equal(t, "mail.acme.de", foreignHost.FindStringSubmatch(`{"email":"ann@mail.acme.de"}`)[1])
	for _, vendor := range vendors() {
		fixtures, err := filepath.Glob(filepath.Join(root, vendor, "testdata", "*.json"))
		require.NoError(t, err)
		require.NotEmpty(t, fixtures)
		for _, name := range fixtures {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			for _, match := range foreignHost.FindAllStringSubmatch(string(text), -1) {
				assert.True(t, isInvented(match[1]), "%s has the address of %s", name, match[1])
			}
		}
	}
}
