package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"
)

// errTooLarge ends the reading of a body that is over the cap. The cap counts
// decompressed bytes.
var errTooLarge = errors.New("the body is larger than the limit")

// readBody reads the whole body into the exchange's buffer, up to the cap of its
// status.
func (x *exchange) readBody(resp *http.Response) ([]byte, error) {
	most := x.c.maxError
	if success(resp.StatusCode) {
		most = x.c.maxBody
	}
	x.buf.Reset()
	if n := resp.ContentLength; n > 0 && x.call.Method != http.MethodHead {
		if n > most {
			return nil, errTooLarge
		}
		// What a server announces is not what it sends: no more than a buffer
		// that is kept anyway. MinRead more, or ReadFrom doubles it.
		x.buf.Grow(int(min(n, keep-bytes.MinRead)) + bytes.MinRead)
	}
	n, err := x.buf.ReadFrom(io.LimitReader(resp.Body, most+1))
	switch {
	case n > most:
		return nil, errTooLarge
	case err != nil:
		return nil, err
	}
	return x.buf.Bytes(), nil
}

// keep is the largest buffer worth keeping.
const keep = 4 << 20

//nolint:gochecknoglobals // a pool has no state that anybody sees
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func getBuffer() *bytes.Buffer { return buffers.Get().(*bytes.Buffer) }

func putBuffer(b *bytes.Buffer) {
	if b.Cap() <= keep {
		buffers.Put(b)
	}
}

// release gives the answer's buffer back.
func (x *exchange) release() {
	if x.buf != nil {
		putBuffer(x.buf)
		x.buf = nil
	}
}
