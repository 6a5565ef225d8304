package house_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fakeRooms are the files that every fake has, and what stands there.
func fakeRooms() map[string][]string {
	return map[string][]string{
		"doc.go":    nil,
		"server.go": {"type Server struct", "type Options struct", "func NewServer(", "func Start("},
		"client.go": {") Client() ", ") NewClient("},
		"route.go":  {"type route struct"},
		"seed.go":   {") AddNumber(", ") AddOffer("},
		"books.go":  {") Books() ", ") SetState(", ") Settle()"},
	}
}

func TestFakesHaveTheirRooms(t *testing.T) {
	for _, vendor := range vendors() {
		dir := filepath.Join(vendor, vendor+"test")
		for name, holds := range fakeRooms() {
			text, err := os.ReadFile(filepath.Join(root, dir, name))
			require.NoError(t, err)
			for _, declaration := range holds {
				assert.Contains(t, string(text), declaration, "%s/%s", dir, name)
			}
		}
		for _, name := range files(t, dir) {
			for room, holds := range fakeRooms() {
				if name == room || strings.HasSuffix(name, "_test.go") {
					continue
				}
				text, err := os.ReadFile(filepath.Join(root, dir, name))
				require.NoError(t, err)
				for _, declaration := range holds {
					assert.NotContains(t, string(text), declaration, "%s/%s: it belongs in %s", dir, name, room)
				}
			}
		}
	}
}
