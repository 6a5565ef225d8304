package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// location is the path of a journal's file.
type location struct {
	path string // as it was opened; it may be a symbolic link
	real string // of the file
	info fs.FileInfo
}

// openLocation opens and locks the file at path.
func openLocation(path string) (*location, *os.File, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, nil, err
	}
	for range 10 {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, nil, err
		}
		l := &location{path: path}
		err = l.take(f)
		if err == nil {
			return l, f, nil
		}
		if err = errors.Join(err, f.Close()); !errors.Is(err, errReplaced) {
			return nil, nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil, nil, fmt.Errorf("%s: %w", path, ErrLocked) // it is replaced repeatedly, so another process uses it
}

// errReplaced means that another process replaced the file while this one opened it.
var errReplaced = errors.New("the file was replaced")

// take locks the file and makes its name durable.
func (l *location) take(f *os.File) (err error) {
	if err = lock(f); err != nil {
		return err
	}
	if l.info, err = f.Stat(); err != nil {
		return err
	}
	if !l.info.Mode().IsRegular() {
		return errors.New("it is not a regular file")
	}
	if l.real, err = filepath.EvalSymlinks(l.path); err != nil {
		return err
	}
	if now, err := os.Stat(l.path); err != nil || !os.SameFile(now, l.info) {
		return errReplaced
	}
	if err = os.Remove(l.replacement()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return syncDir(filepath.Dir(l.real))
}

// check returns an error unless the path still names the file, which has this size.
func (l *location) check(size int64) error {
	now, err := os.Stat(l.path)
	switch {
	case err != nil:
		return fmt.Errorf("the file was renamed or removed: %w", err)
	case !os.SameFile(now, l.info):
		return errors.New("another file replaced the journal's file")
	case now.Size() != size:
		return fmt.Errorf("the file has %d bytes and should have %d: another process has changed it", now.Size(), size)
	}
	return nil
}

// replacement returns the name of the file that will replace this one. Only the owner of
// the lock uses it.
func (l *location) replacement() string { return l.real + ".new" }

// create makes the replacement. It locks the replacement before the rename, so that no
// other process can open it after the rename.
func (l *location) create() (*os.File, error) {
	f, err := os.OpenFile(l.replacement(), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// replace renames the replacement, whose content is durable, over the file. broken means
// that it is unknown which of the two files would remain after a crash.
func (l *location) replace(f *os.File) (err, broken error) {
	info, err := f.Stat()
	if err != nil {
		return err, nil
	}
	if err := os.Rename(l.replacement(), l.real); err != nil {
		return err, nil
	}
	l.info = info
	return nil, syncDir(filepath.Dir(l.real))
}
