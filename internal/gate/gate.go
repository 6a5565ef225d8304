// Package gate makes sure that the body of a request is sent at most once, and not after
// its fence.
//
// Everything that sends a request again must read its body again: net/http after a dead
// connection, HTTP/2 after a stream that was reset or a GOAWAY, and a retry loop.
// Everything that delays a request (a dial, a TLS handshake, a paused process) delays it
// before the body is read. So the reader of the body can keep both promises.
package gate

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"time"
)

var (
	// ErrSent is the error of a second reading of the body.
	ErrSent = errors.New("the connection was lost after the request was sent, and the request is not sent twice")
	// ErrLate is the error of a first reading of the body after its fence.
	ErrLate = errors.New("the latest time to send had passed")
)

// Gate is the body of one operation. It returns a reader for each attempt and records the
// first read. Before the first read, the vendor has nothing that it could act on. After
// it, the vendor may have everything.
//
// Only the latest reader can read, and none can after Close. Otherwise a
// transport that gave up on an attempt, but still has its reader, could send the
// body together with the next attempt, or after the caller was told that nothing
// was sent.
//
// A Gate is safe for concurrent use.
type Gate struct {
	data   []byte
	stream io.Reader // instead of data
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

// New returns the gate of a body. If once is set, for a purchase or a login, the gate
// never opens again after the first read. Otherwise each Next opens it again.
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

// Bare reports whether the body is empty. The headers are then the whole request, and the
// sender calls Pass after them.
func (g *Gate) Bare() bool { return g.stream == nil && len(g.data) == 0 }

// Fence makes the gate refuse the first byte of the body as soon as the wall clock or the
// monotonic clock has reached sendBy. The wall clock can be set back, and the monotonic
// clock stops while the machine sleeps, so neither is enough alone. After the first byte
// was sent, the rest may follow at any time. A zero sendBy sets no fence.
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

// Body returns a new reader of the body within an attempt, for http.Request.GetBody.
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

// Revoke closes the latest reader if no byte of the body was sent. Later readers can
// read. It reports whether the reader is closed.
func (g *Gate) Revoke() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.read || g.shut {
		return false
	}
	g.turn++
	return true
}

// Pass records that the request was sent, for example because an answer has arrived.
func (g *Gate) Pass() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.read = g.read || !g.late
}

// Passed reports whether the request may have been sent. It is false if the fence refused
// the body.
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

// Expire refuses the body from now on, as the fence does, if no byte of it was sent. It
// reports whether the body is refused.
func (g *Gate) Expire() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.read && !g.shut {
		g.refuse()
	}
	return g.late
}

// Close closes the gate permanently. A body that was not sent before Close is never sent.
func (g *Gate) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = true
}

// refuse is permanent: a clock that is set back does not open the gate again.
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
	stream io.Reader // instead of data
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
	if err := r.gate.admit(r.turn); err != nil { // the gate was closed during the read
		return 0, err
	}
	return r.gate.release(p, n, err)
}

// Len returns the Content-Length; -1 = unknown.
func (r *reader) Len() int {
	if r.stream == nil {
		return r.data.Len()
	}
	if sized, ok := r.stream.(interface{ Len() int }); ok {
		return sized.Len()
	}
	return -1
}
