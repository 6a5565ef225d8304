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
var errTooLarge = errors.New("the body is larger than the cap")

// readBody reads the whole body into buf, up to the cap of its status.
func (c *Client) readBody(resp *http.Response, buf *bytes.Buffer) ([]byte, error) {
	most := c.maxBody
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		most = c.maxError
	}
	buf.Reset()
	if n := resp.ContentLength; n > 0 && n <= most {
		buf.Grow(int(n) + bytes.MinRead) // MinRead more, or ReadFrom doubles it
	}
	n, err := buf.ReadFrom(io.LimitReader(resp.Body, most+1))
	switch {
	case n > most:
		return nil, errTooLarge
	case err != nil:
		return nil, err
	}
	return buf.Bytes(), nil
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
