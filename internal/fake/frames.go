package fake

import (
	"context"
	"encoding/binary"
	"net"
	"sync"
)

// frameListener gives the server connections on which HTTP/2 faults can write frames of their own.
type frameListener struct{ net.Listener }

func (l frameListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &frameConn{Conn: c}, nil
}

// frameConn follows the frames that the server writes, so that others can be put between them.
type frameConn struct {
	net.Conn
	mu     sync.Mutex
	began  bool
	http2  bool
	header []byte // the part of a frame header read so far
	rest   int    // bytes of the current frame still to come
	codes  []uint32
	away   []byte
}

type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

const (
	frameRST    = 0x3
	frameGoAway = 0x7

	codeInternal = 0x2
)

// Write passes the server's bytes on. It changes the error code of the resets that the faults
// asked for, and puts a GOAWAY between two frames.
func (c *frameConn) Write(p []byte) (int, error) {
	return c.Conn.Write(p)
}

// frame makes an HTTP/2 frame of stream 0.
func frame(kind byte, payload []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(payload))<<8|uint32(kind))
	b = append(b, 0, 0, 0, 0, 0)
	return append(b, payload...)
}

// reset ends the stream with an HTTP/2 error code.
func (x *exchange) reset(code uint32) { x.abort() }

// goAway says that no stream was processed, and closes the connection.
func (x *exchange) goAway(code uint32) { x.abort() }
