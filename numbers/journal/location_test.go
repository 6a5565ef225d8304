package journal_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal"
)

// TestFileThatWasTakenAway: from then on nothing begins, and so nothing is sent, although
// the file is still open and could be written to.
func TestFileThatWasTakenAway(t *testing.T) {
	for name, harm := range map[string]func(path string) error{
		"renamed":           func(path string) error { return os.Rename(path, path+".1") },
		"removed":           os.Remove,
		"directory renamed": func(path string) error { return os.Rename(filepath.Dir(path), filepath.Dir(path)+"-old") },
		"truncated":         func(path string) error { return os.Truncate(path, 0) },
		"cut":               func(path string) error { return os.Truncate(path, 10) },
		"written by others": func(path string) error { return appendTo(path, "x") },
		"replaced": func(path string) error {
			data, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path+".2", data, 0o600)
			}
			if err == nil {
				err = os.Rename(path+".2", path)
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "d")
			require.NoError(t, os.Mkdir(dir, 0o700))
			path := filepath.Join(dir, "j")
			j := open(t, path)
			e := begin(t, j, attempt("a", "+1"))
			require.NoError(t, harm(path))
			for _, a := range []numbers.Attempt{e.Attempt, attempt("b", "+2"), e.Attempt} {
				inTheWay, err := j.Begin(t.Context(), a)
				require.ErrorIs(t, err, journal.ErrBroken)
				assert.Empty(t, inTheWay)
			}
			require.ErrorIs(t, j.End(t.Context(), e, numbers.JournalEnd{Status: numbers.EntryRefused}), journal.ErrBroken)
			_, err := j.Prune(t.Context(), start)
			require.ErrorIs(t, err, journal.ErrBroken)
		})
	}
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(text)
	return err
}

// TestSymbolicLink: the file that a link names is compacted where it is, and a link that is
// set to another file is noticed.
func TestSymbolicLink(t *testing.T) {
	dir := t.TempDir()
	path, file := filepath.Join(dir, "link"), filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.NoError(t, os.Symlink(file, path))
	j := open(t, path)
	e := begin(t, j, attempt("a", "+1"))
	require.NoError(t, j.End(t.Context(), e, numbers.JournalEnd{Status: numbers.EntryRefused}))
	forgotten, err := j.Prune(t.Context(), start.Add(1))
	require.NoError(t, err)
	assert.Equal(t, 1, forgotten)
	info, err := os.Lstat(path)
	require.NoError(t, err)
	assert.Equal(t, os.ModeSymlink, info.Mode().Type())
	begin(t, j, attempt("b", "+2"))
	_, err = journal.Open(file)
	require.ErrorIs(t, err, journal.ErrLocked)

	require.NoError(t, os.Remove(path))
	require.NoError(t, os.Symlink(filepath.Join(dir, "other"), path))
	_, err = j.Begin(t.Context(), attempt("c", "+3"))
	require.ErrorIs(t, err, journal.ErrBroken)
}
