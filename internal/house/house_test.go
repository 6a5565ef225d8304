package house_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is the top directory of the module.
const root = "../.."

// vendors are the vendor packages. Each has its fake in vendor + "test".
func vendors() []string { return []string{"voipbin", "opentact", "telnyx", "exclusive"} }

// files returns the names of the Go files in a directory of the module.
func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(root, dir))
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		if !e.IsDir() && filepath.Ext(e.Name()) == ".go" {
			names = append(names, e.Name())
		}
	}
	require.NotEmpty(t, names, "%s has no Go files", dir)
	return names
}

// sources returns the paths of all Go files, relative to the top directory.
func sources() ([]string, error) {
	var paths []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir
		case !d.IsDir() && filepath.Ext(name) == ".go":
			paths = append(paths, filepath.ToSlash(name))
		}
		return nil
	})
	return paths, err
}
