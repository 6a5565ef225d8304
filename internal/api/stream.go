package api

import (
	"context"
	"io"
	"mime"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// Download performs a Read whose answer is handed over as it comes, without a
// cap. The time limit of an attempt holds for the answer's head, and then for
// every stall.
func (c *Client) Download(ctx context.Context, call *Call) (*numbers.Download, error) {
	x, err := c.encode(ctx, call)
	if err != nil {
		return nil, err
	}
	defer x.release()
	x.streaming = true
	answer, err := x.run(ctx)
	if err != nil {
		return nil, err
	}
	d := &numbers.Download{ContentType: answer.Header.Get("Content-Type"), Body: answer.stream}
	if _, params, err := mime.ParseMediaType(answer.Header.Get("Content-Disposition")); err == nil {
		d.Filename = params["filename"]
	}
	return d, nil
}

// stallReader gives up on a body that brings nothing for the limit.
type stallReader struct {
	ctx    context.Context //nolint:containedctx // the life of the body, not of a call
	from   io.ReadCloser
	stall  *time.Timer
	limit  time.Duration
	cancel context.CancelCauseFunc
}

func (r *stallReader) Read(p []byte) (int, error) {
	r.stall.Reset(r.limit)
	n, err := r.from.Read(p)
	r.stall.Stop()                   // the caller may take its time
	if err != nil && err != io.EOF { //nolint:errorlint // io.Reader's contract is the bare io.EOF
		err = causeOf(r.ctx, err)
	}
	return n, err
}

// Close ends the request before it closes the body. Otherwise net/http (since
// Go 1.27) tries for 50 ms to read the rest, and waits for a Read in progress.
func (r *stallReader) Close() error {
	r.stall.Stop()
	r.cancel(nil)
	return r.from.Close()
}
