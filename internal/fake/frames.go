package fake

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"net"
	"slices"
	"sync"
)

// net/http's server offers no way to send a chosen RST_STREAM or GOAWAY. But it writes to our
// connection, so the faults alter and insert frames there. Which stream an abort belongs to can't be seen
// from outside: when several streams of one connection are reset at once, each gets one of their codes.

// RFC 9113, sections 4.1, 6.4, 6.8 and 7.
const (
	frameHeaderLen = 9

	frameRSTStream = 0x3
	frameGoAway    = 0x7

	codeInternalError = 0x2
)

// frameListener accepts connections on which frames can be altered and inserted.
type frameListener struct{ net.Listener }

func (l frameListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &frameConn{Conn: c}, nil
}

// frameConn passes HTTP/1 through as it is, and HTTP/2 in whole frames.
type frameConn struct {
	net.Conn
	mu      sync.Mutex
	http1   bool
	began   bool
	pending []byte   // the beginning of a frame whose end the server has not written yet
	codes   []uint32 // the error codes for the next resets
	drop    bool     // the next reset becomes the end of the connection
}

func (c *frameConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.began {
		// A server begins HTTP/2 with a SETTINGS frame, whose first bytes are a small length.
		c.began, c.http1 = true, bytes.HasPrefix(p, []byte("HTTP/"))
	}
	if c.http1 {
		return c.Conn.Write(p)
	}
	c.pending = append(c.pending, p...)
	whole, ends := 0, false
	for !ends {
		n := frameLen(c.pending[whole:])
		if n == 0 {
			break
		}
		if ends = c.alter(c.pending[whole : whole+n]); !ends {
			whole += n
		}
	}
	if whole > 0 {
		if _, err := c.Conn.Write(c.pending[:whole]); err != nil {
			return 0, err
		}
		c.pending = slices.Delete(c.pending, 0, whole)
	}
	if ends {
		c.Conn.Close()
		return 0, net.ErrClosed
	}
	return len(p), nil
}

// frameLen is the length of the frame that b begins with, or 0 if it is not there as a whole.
func frameLen(b []byte) int {
	if len(b) < frameHeaderLen {
		return 0
	}
	n := frameHeaderLen + int(binary.BigEndian.Uint32(append([]byte{0}, b[:3]...)))
	if len(b) < n {
		return 0
	}
	return n
}

// alter makes of the reset that a handler's abort has caused what its fault asks for: one with another
// code, or the end of the connection, which it returns true for.
func (c *frameConn) alter(frame []byte) (ends bool) {
	if frame[3] != frameRSTStream {
		return false
	}
	code := frame[frameHeaderLen:]
	if binary.BigEndian.Uint32(code) != codeInternalError {
		return false
	}
	if len(c.codes) > 0 {
		binary.BigEndian.PutUint32(code, c.codes[0])
		c.codes = c.codes[1:]
		return false
	}
	return c.drop
}

// goAway says that no stream was processed, and closes the connection.
func (c *frameConn) goAway(code uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	frame := []byte{0, 0, 8, frameGoAway, 0, 0, 0, 0, 0} // length, type, flags, stream
	frame = append(frame, 0, 0, 0, 0)                    // last stream
	frame = binary.BigEndian.AppendUint32(frame, code)
	_, _ = c.Conn.Write(frame) // between two frames, as Write passes only whole ones
	c.Conn.Close()
}

type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// http2Conn returns the connection of an HTTP/2 request.
func (x *exchange) http2Conn() (*frameConn, bool) {
	c, ok := x.r.Context().Value(connKey{}).(*frameConn)
	return c, ok && x.r.ProtoMajor == 2
}

// reset ends the stream with an HTTP/2 error code.
func (x *exchange) reset(code uint32) {
	if c, ok := x.http2Conn(); ok {
		c.mu.Lock()
		c.codes = append(c.codes, cmp.Or(code, codeInternalError))
		c.mu.Unlock()
	}
	x.abort() // net/http makes it RST_STREAM with INTERNAL_ERROR
}

// drop closes the connection: that of HTTP/2 with all its streams, after what was written before.
func (x *exchange) drop() {
	if c, ok := x.http2Conn(); ok {
		c.mu.Lock()
		c.drop = true
		c.mu.Unlock()
	}
	x.abort()
}

func (x *exchange) goAway(code uint32) {
	if c, ok := x.http2Conn(); ok {
		c.goAway(code)
	}
	x.abort()
}
