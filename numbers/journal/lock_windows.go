package journal

import (
	"errors"
	"os"
	"syscall"
	"unsafe"
)

// lock locks the file for this process until it is closed. The locked byte is far behind
// the end of the file, so that the file can be read and copied.
func lock(f *os.File) error {
	const (
		exclusiveNow  = 0x1 | 0x2 // LOCKFILE_FAIL_IMMEDIATELY, LOCKFILE_EXCLUSIVE_LOCK
		lockViolation = syscall.Errno(33)
	)
	lockFileEx := syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")
	at := syscall.Overlapped{OffsetHigh: 0x7fffffff}
	ok, _, err := lockFileEx.Call(f.Fd(), exclusiveNow, 0, 1, 0, uintptr(unsafe.Pointer(&at)))
	switch {
	case ok != 0:
		return nil
	case errors.Is(err, lockViolation):
		return ErrLocked
	}
	return err
}

// syncDir does nothing: Windows makes a file's name durable with the file.
func syncDir(string) error { return nil }
