package api

import (
	"bytes"
	"errors"
	"io"
	"sync/atomic"

	"github.com/hashicorp/go-retryablehttp"
)

// errAlreadySent stops whoever asks for the body of a Buy again: the retry
// loop, net/http's replay on a dead connection, and HTTP/2's replay after a
// reset stream or a GOAWAY. All of them need the body, so the body is the gate.
var errAlreadySent = errors.New("the request was sent already, and is not sent twice")

// gate notes the first read of a body. Until then nothing that a vendor could
// act on has left; from then on everything may have.
type gate struct {
	open    func() io.Reader
	touched atomic.Bool
}

// body is what go-retryablehttp and net/http ask for the body.
func (g *gate) body() (io.Reader, error) {
	if g.touched.Load() {
		return nil, errAlreadySent
	}
	r := gateReader{gate: g, from: g.open()}
	if sized, ok := r.from.(retryablehttp.LenReader); ok {
		return sizedGateReader{gateReader: r, size: sized.Len()}, nil
	}
	return r, nil
}

// gateReader has no method but Read, so that nobody copies around it.
type gateReader struct {
	gate *gate
	from io.Reader
}

func (r gateReader) Read(p []byte) (int, error) {
	r.gate.touched.Store(true)
	return r.from.Read(p)
}

// sizedGateReader tells the Content-Length.
type sizedGateReader struct {
	gateReader
	size int
}

func (r sizedGateReader) Len() int { return r.size }

func newGate(p payload) *gate {
	if p.stream != nil {
		return &gate{open: func() io.Reader { return p.stream }}
	}
	return &gate{open: func() io.Reader { return bytes.NewReader(p.data) }}
}
