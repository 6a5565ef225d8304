package api

import (
	"context"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// Download performs a Read whose answer is handed over as it comes, without a
// cap. The time limit of an attempt holds for the answer's head, and then for
// every stall.
func (c *Client) Download(ctx context.Context, call *Call) (*numbers.Download, error) {
	f, err := c.begin(ctx, call)
	if err != nil {
		return nil, err
	}
	defer f.release()
	f.streaming = true
	answer, err := f.fly(ctx)
	if err != nil {
		return nil, err
	}
	d := &numbers.Download{ContentType: answer.Header.Get("Content-Type"), Body: answer.stream}
	if _, params, err := mime.ParseMediaType(answer.Header.Get("Content-Disposition")); err == nil {
		d.Filename = params["filename"]
	}
	return d, nil
}

// sendStreaming is send for a download.
func (f *flight) sendStreaming(req *http.Request) (*Answer, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	stall := time.AfterFunc(f.c.timeout, func() { cancel(errTimeout) })
	resp, err := f.c.transport.RoundTrip(req.WithContext(ctx))
	if err != nil {
		stall.Stop()
		defer cancel(nil)
		f.fatal = hopeless(err)
		return nil, causeOf(ctx, err)
	}
	stall.Stop()
	body := &stallReader{ctx: ctx, from: resp.Body, stall: stall, limit: f.c.timeout, cancel: cancel}
	answer := &Answer{Call: f.call, Status: resp.StatusCode, Header: resp.Header, stream: body}
	if answer.OK() {
		return answer, nil
	}
	defer body.Close()
	answer.stream = nil
	if f.buf == nil {
		f.buf = getBuffer()
	}
	if answer.Body, err = f.c.readBody(resp, f.buf); err != nil {
		return nil, &brokenError{status: resp.StatusCode, err: causeOf(ctx, err)}
	}
	return answer, nil
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
	r.stall.Stop() // the caller may take its time
	if err != nil && err != io.EOF { //nolint:errorlint // io.Reader's contract is the bare io.EOF
		err = causeOf(r.ctx, err)
	}
	return n, err
}

func (r *stallReader) Close() error {
	r.stall.Stop()
	err := r.from.Close()
	r.cancel(nil)
	return err
}
