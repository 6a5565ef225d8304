package page

import "github.com/tnkit/tnkit/numbers/wire"

// Count is a number that a vendor states about a list or a page. It is limited to the
// range from 0 to mostCount, so that no sum of two overflows. The zero value means that
// the vendor states no number.
type Count struct {
	n     int
	state state
}

type state uint8

const (
	unsaid state = iota
	said
	absurd // below 0, not whole, or beyond an int64
)

// mostCount is far above the count of rows of any account.
const mostCount = 10_000_000

// Said returns the Count for a vendor's number.
func Said(c wire.Count) Count {
	n, ok := c.Int64()
	switch {
	case c.IsZero():
		return Count{}
	case !ok || n < 0:
		return Count{state: absurd}
	}
	return Count{n: int(min(n, mostCount)), state: said}
}

// Of returns n as a count.
func Of(n int) Count { return Count{n: max(0, min(n, mostCount)), state: said} }

// Known returns the count. ok is false if the vendor states no usable number.
func (c Count) Known() (n int, ok bool) { return c.n, c.state == said }

// atLeast reports whether the count is known and n or more.
func (c Count) atLeast(n int) bool { return c.state == said && c.n >= n }
