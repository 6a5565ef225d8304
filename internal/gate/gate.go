// Package gate lets the body of a request out at most once, and not too late.
//
// Whatever sends a request again needs its body again: net/http on a connection
// that turns out to be dead, HTTP/2 after a stream that was reset or a GOAWAY,
// and a retry loop. Whatever delays a request (a dial, a TLS handshake, a
// stopped process) delays it before the body is read. So both promises are kept
// in one place, the reader of the body.
package gate

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"time"
)

var (
	// ErrSent is returned to whoever asks for a body that was read already.
	ErrSent = errors.New("the connection was lost after the request was sent, and it is not sent twice")
	// ErrLate is returned to whoever reads a body for the first time after its
	// fence.
	ErrLate = errors.New("the time to send was over")
)

// Gate is the body of one operation. It hands out a reader for each attempt and
// notes the first read. Until then, the vendor has nothing that it could act on.
// After that, it may have everything.
//
// Only the latest reader can read, and none can after Close. Otherwise a
// transport that gave up on an attempt, but still has its reader, could send the
// body together with the next attempt, or after the caller was told that nothing
// was sent.
//
// A Gate is safe for concurrent use.
type Gate struct {
	data   []byte
	stream io.Reader // in place of data
	once   bool
	// clock returns the time twice: to be compared by the wall clock and by the
	// monotonic clock. Only tests replace it.
	clock func() (wall, mono time.Time)

	mu       sync.Mutex
	turn     int       // the number of the latest reader
	read     bool      // the body may have left
	out      bool      // a reader has returned something: bytes or the end
	late     bool      // the fence refused the body
	shut     bool      // no reader can read any more
	wallBy   time.Time // the fence by the wall clock; zero = none
	monoBy   time.Time // the fence by the monotonic clock
	hasFence bool
}

// New returns the gate of a body. If once is set, the gate never opens again
// after the first read: a purchase or a login. Otherwise each Next opens it
// again.
func New(body []byte, once bool) *Gate {
	return &Gate{data: body, once: once, clock: now}
}

// NewStream returns the gate of a body that can only be read once.
func NewStream(body io.Reader) *Gate {
	return &Gate{stream: body, once: true, clock: now}
}

func now() (wall, mono time.Time) {
	t := time.Now()
	return t, t
}

// Once reports whether the gate never opens again after the first read.
func (g *Gate) Once() bool { return g.once }

// Bare reports whether there is nothing to read. The headers are then the whole
// request, and what has sent them calls Pass.
func (g *Gate) Bare() bool { return g.stream == nil && len(g.data) == 0 }

// Fence makes the gate refuse the first byte of the body from sendBy on, as soon
// as either clock has reached it. The wall clock can be set back, and the
// monotonic clock stops while the machine sleeps, so neither is enough alone.
// Once the first byte has left, the rest may follow at any time. A zero sendBy
// sets no fence.
//
// If sendBy has no monotonic reading, the monotonic clock gets as much time as
// the wall clock has left when Fence is called.
func (g *Gate) Fence(sendBy time.Time) {
	if sendBy.IsZero() {
		return
	}
	wall, mono := g.clock()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hasFence = true
	g.wallBy, g.monoBy = sendBy.Round(0), sendBy
	if sendBy == g.wallBy { // no monotonic reading
		g.monoBy = mono.Add(g.wallBy.Sub(wall.Round(0)))
	}
}

// over reports whether one of the clocks has reached the fence.
func (g *Gate) over() bool {
	if !g.hasFence {
		return false
	}
	wall, mono := g.clock()
	return !wall.Round(0).Before(g.wallBy) || !mono.Before(g.monoBy)
}

// Next returns the body for a new attempt. It opens the gate again, unless Once.
func (g *Gate) Next() (io.Reader, error) {
	if !g.once {
		g.mu.Lock()
		g.read, g.out = false, false
		g.mu.Unlock()
	}
	return g.reader()
}

// Body returns the body anew within an attempt: http.Request.GetBody.
func (g *Gate) Body() (io.ReadCloser, error) {
	r, err := g.reader()
	if err != nil {
		return nil, err
	}
	return io.NopCloser(r), nil
}

func (g *Gate) reader() (io.Reader, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.late:
		return nil, ErrLate
	case g.read || g.shut:
		return nil, ErrSent
	}
	g.turn++
	r := &reader{gate: g, turn: g.turn, stream: g.stream}
	r.data.Reset(g.data)
	if r.Len() < 0 {
		return struct{ io.Reader }{r}, nil
	}
	return r, nil
}

// Revoke makes the latest reader refuse, if nothing of the body has left. A reader
// that is made later can read. It reports whether the reader refuses.
func (g *Gate) Revoke() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.read || g.shut {
		return false
	}
	g.turn++
	return true
}

// Pass notes that the request has left, by another sign than a read: an answer.
func (g *Gate) Pass() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.read = g.read || !g.late
}

// Passed reports whether the request may have left. It is false if the fence
// refused the body.
func (g *Gate) Passed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.read
}

// Late reports whether the fence refused the body.
func (g *Gate) Late() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.late
}

// Expire refuses the body from now on, as the fence does, if nothing of it has
// left. It reports whether the body is refused.
func (g *Gate) Expire() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.read && !g.shut {
		g.refuse()
	}
	return g.late
}

// Close shuts the gate for good: what has not left by now never will.
func (g *Gate) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = true
}

// refuse is for good: a clock that is set back does not open the gate again.
func (g *Gate) refuse() { g.read, g.late, g.shut = false, true, true }

// admit returns why the reader of this turn can't read. g.mu is held.
func (g *Gate) admit(turn int) error {
	switch {
	case g.late:
		return ErrLate
	case g.shut || turn != g.turn:
		return ErrSent
	}
	g.read = true
	return nil
}

// release checks the fence as the last step before the first bytes, or the end
// of an empty body, are handed out. g.mu is held.
func (g *Gate) release(p []byte, n int, err error) (int, error) {
	if g.out {
		return n, err
	}
	if g.over() {
		g.refuse()
		clear(p[:n])
		return 0, ErrLate
	}
	g.out = n > 0 || err != nil
	return n, err
}

// reader reads the data or the stream. It has no other method by which a body
// could be copied.
type reader struct {
	gate   *Gate
	turn   int
	data   bytes.Reader
	stream io.Reader // in place of data
}

func (r *reader) Read(p []byte) (int, error) {
	if r.stream != nil {
		return r.readStream(p)
	}
	r.gate.mu.Lock()
	defer r.gate.mu.Unlock()
	if err := r.gate.admit(r.turn); err != nil {
		return 0, err
	}
	n, err := r.data.Read(p)
	return r.gate.release(p, n, err)
}

// readStream reads without the lock: a stream may make its reader wait.
func (r *reader) readStream(p []byte) (int, error) {
	admit := func() error {
		r.gate.mu.Lock()
		defer r.gate.mu.Unlock()
		return r.gate.admit(r.turn)
	}
	if err := admit(); err != nil {
		return 0, err
	}
	n, err := r.stream.Read(p)
	r.gate.mu.Lock()
	defer r.gate.mu.Unlock()
	if err := r.gate.admit(r.turn); err != nil { // closed meanwhile
		return 0, err
	}
	return r.gate.release(p, n, err)
}

// Len becomes the Content-Length; -1 where it is not known.
func (r *reader) Len() int {
	if r.stream == nil {
		return r.data.Len()
	}
	if sized, ok := r.stream.(interface{ Len() int }); ok {
		return sized.Len()
	}
	return -1
}
