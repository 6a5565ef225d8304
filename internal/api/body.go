package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"
)

// errTooLarge is the error of a body that is larger than the cap. The cap counts
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
		// The announced length may be wrong, so the buffer grows at most to the size that
		// is kept anyway. Without MinRead more bytes, ReadFrom would double it.
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

// keep is the size of the largest buffer that is kept.
const keep = 4 << 20

//nolint:gochecknoglobals // a pool has no state that anybody sees
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func getBuffer() *bytes.Buffer { return buffers.Get().(*bytes.Buffer) }

func putBuffer(b *bytes.Buffer) {
	if b.Cap() <= keep {
		buffers.Put(b)
	}
}

// release returns the answer's buffer to the pool.
func (x *exchange) release() {
	if x.buf != nil {
		putBuffer(x.buf)
		x.buf = nil
	}
}
