package api

import (
	"bytes"
	"errors"
	"io"
	"sync"

	"github.com/hashicorp/go-retryablehttp"
)

// errAlreadySent stops whoever asks for a body again that was read already:
// net/http's replay on a dead connection, HTTP/2's replay after a reset stream
// or a GOAWAY, and, for what is sent once, the retry loop. All of them need
// the body, so the body is the gate.
var errAlreadySent = errors.New("the connection was lost after the request was sent, and it is not sent twice")

// gate hands out the readers of a body and notes the first read. Until then
// nothing that a vendor could act on has left; from then on everything may
// have.
//
// Only the reader handed out last can read, and none can once the gate is
// shut. Without that, a transport that gave up on an attempt, but still holds
// its reader, could send the body beside the next attempt, or after the caller
// was told that nothing was sent.
type gate struct {
	data   []byte
	stream io.Reader // in place of data
	once   bool      // it never opens again: a Buy, a login, a stream
	bare   bool      // there is nothing to read: the headers are the whole request

	mu   sync.Mutex
	turn int // of the reader handed out last
	read bool
	shut bool
}

// newGate returns the gate of a body; nil for a request without one that may be
// repeated. What is sent once has a gate even without a body, since an empty
// body must be asked for, too.
func newGate(p payload, once bool) *gate {
	switch {
	case p.stream != nil:
		return &gate{stream: p.stream, once: true}
	case p.data != nil || once:
		return &gate{data: p.data, once: once, bare: len(p.data) == 0}
	}
	return nil
}

// next is what the retry loop asks for the body of each attempt.
func (g *gate) next() (io.Reader, error) {
	if !g.once {
		g.mu.Lock()
		g.read = false
		g.mu.Unlock()
	}
	return g.body()
}

// body is what net/http asks when it replays within an attempt.
func (g *gate) body() (io.Reader, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.read || g.shut {
		return nil, errAlreadySent
	}
	g.turn++
	r := &gateReader{gate: g, turn: g.turn, stream: g.stream}
	r.data.Reset(g.data)
	if r.Len() < 0 {
		return struct{ io.Reader }{r}, nil
	}
	return r, nil
}

// again is body for http.Request.GetBody.
func (g *gate) again() (io.ReadCloser, error) {
	r, err := g.body()
	if err != nil {
		return nil, err
	}
	return io.NopCloser(r), nil
}

// enter notes a read, and reports whether the reader of this turn may.
func (g *gate) enter(turn int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut || turn != g.turn {
		return false
	}
	g.read = true
	return true
}

// pass notes that the request has left, by whatever sign.
func (g *gate) pass() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.read = true
}

// passed reports whether the request may have left.
func (g *gate) passed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.read
}

// close shuts the gate for good: what has not left by now never will.
func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = true
}

// gateReader reads the data or the stream. It has no method by which a body
// could be copied around it.
type gateReader struct {
	gate   *gate
	turn   int
	data   bytes.Reader
	stream io.Reader // in place of data
}

func (r *gateReader) Read(p []byte) (int, error) {
	switch {
	case !r.gate.enter(r.turn):
		return 0, errAlreadySent
	case r.stream != nil:
		return r.stream.Read(p)
	}
	return r.data.Read(p)
}

// Len becomes the Content-Length; -1 where it is not known.
func (r *gateReader) Len() int {
	if r.stream == nil {
		return r.data.Len()
	}
	if sized, ok := r.stream.(retryablehttp.LenReader); ok {
		return sized.Len()
	}
	return -1
}
