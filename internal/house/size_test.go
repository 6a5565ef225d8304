package house_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// maxLines is how many lines a Go file may have. A file is a chapter.
const maxLines = 400

func TestNoFileIsLongerThanAChapter(t *testing.T) {
	paths, err := sources()
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		text, err := os.ReadFile(filepath.Join(root, path))
		require.NoError(t, err)
		if lines := bytes.Count(text, []byte("\n")); lines > maxLines {
			assert.Fail(t, "a file is too long", "%s has %d lines, and may have %d", path, lines, maxLines)
		}
	}
}
