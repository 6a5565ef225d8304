package telnyx_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/telnyx"
)

// trip is a transport.
type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// stored is the answer to an upload.
func stored(r *http.Request) *http.Response {
	return &http.Response{StatusCode: 200, Request: r, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"data":{"id":"7"}}`))}
}

// endless is a file of n bytes that has no known length.
type endless struct {
	n    int64
	read atomic.Int64
}

func (e *endless) Read(p []byte) (int, error) {
	left := e.n - e.read.Load()
	if left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), left)
	e.read.Add(n)
	return int(n), nil
}

func fileOf(r io.Reader) *telnyx.UploadDocumentRequest {
	return &telnyx.UploadDocumentRequest{File: r, Filename: "a.pdf"}
}

func TestAnUploadIsAStream(t *testing.T) {
	file := &endless{n: 16 << 20}
	c := without(t, trip(func(r *http.Request) (*http.Response, error) {
		assert.Zero(t, file.read.Load(), "nothing is read before it is sent")
		assert.LessOrEqual(t, r.ContentLength, int64(0), "it is not known")
		buf := make([]byte, 32<<10)
		sent := int64(0)
		for {
			n, err := r.Body.Read(buf)
			sent += int64(n)
			assert.LessOrEqual(t, file.read.Load(), sent, "no more is read than is sent")
			if err == io.EOF {
				return stored(r), nil
			}
			if err != nil {
				return nil, err
			}
		}
	}))
	d, err := c.Documents.Upload(ctx, fileOf(file))
	require.NoError(t, err)
	assert.Equal(t, telnyx.DocumentID("7"), d.ID)
	assert.EqualValues(t, 16<<20, file.read.Load())
}

func TestAnUploadOfAKnownLengthAnnouncesIt(t *testing.T) {
	c := without(t, trip(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		assert.EqualValues(t, len(body), r.ContentLength)
		return stored(r), nil
	}))
	_, err := c.Documents.Upload(ctx, fileOf(bytes.NewReader([]byte(pdf))))
	require.NoError(t, err)
}

// What has left of a stream is gone: it is sent once, whatever comes of it. Before that, it
// can be tried again.
func TestAnUploadIsSentOnce(t *testing.T) {
	for name, c := range map[string]struct {
		read, tries int
		kind        error
	}{
		"a connection that breaks after a byte": {1, 1, numbers.ErrOutcomeUnknown},
		"a connection that is refused":          {0, 4, numbers.ErrUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			tries := 0
			client := without(t, trip(func(r *http.Request) (*http.Response, error) {
				tries++
				_, _ = io.ReadFull(r.Body, make([]byte, c.read))
				return nil, errors.New("connection reset by peer")
			}), func(o *numbers.ClientOptions) { o.Retry = vendortest.Options("").Retry })
			d, err := client.Documents.Upload(ctx, fileOf(strings.NewReader(pdf)))
			require.ErrorIs(t, err, c.kind)
			assert.Nil(t, d)
			assert.Equal(t, c.tries, tries)
		})
	}
}

func TestAnUploadThatBreaksOffIsUnclear(t *testing.T) {
	drain := trip(func(r *http.Request) (*http.Response, error) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
		return stored(r), nil
	})
	broken := io.MultiReader(strings.NewReader("%PDF"), brokenReader{})
	for name, file := range map[string]io.Reader{"a file that fails": broken, "a file that is too large": &endless{n: telnyx.MaxDocumentBytes + 1}} {
		_, err := without(t, drain).Documents.Upload(ctx, fileOf(file))
		require.ErrorIs(t, err, numbers.ErrOutcomeUnknown, name)
	}
	exactly := &endless{n: telnyx.MaxDocumentBytes}
	_, err := without(t, drain).Documents.Upload(ctx, fileOf(exactly))
	require.NoError(t, err)
}

// sized is a file that knows its length.
type sized struct {
	io.Reader
	n int
}

func (s sized) Len() int { return s.n }

func TestADocumentThatCantBeUploadedIsRefused(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"data":{"id":"7"}}`))
	c := srv.client(t)
	file := strings.NewReader(pdf)
	for field, r := range map[string]*telnyx.UploadDocumentRequest{
		"File":         {Filename: "a.pdf"},
		"Filename":     {File: file},
		"Filename ":    {File: file, Filename: "a\r\nX: y.pdf"},
		"ContentType":  {File: file, Filename: "a.pdf", ContentType: "a\r\nX: y"},
		"ContentType ": {File: file, Filename: "a.pdf", ContentType: "pdf;="},
		"File ":        fileOf(sized{file, telnyx.MaxDocumentBytes + 1}),
	} {
		_, err := c.Documents.Upload(ctx, r)
		assertInvalid(t, err, strings.TrimSpace(field))
	}
	for _, r := range []*telnyx.UploadDocumentJSONRequest{{}, {URL: new("")}, {URL: new("https://x.example/a"), File: []byte(pdf)}} {
		_, err := c.Documents.UploadJSON(ctx, r)
		assertInvalid(t, err, "URL")
	}
	_, err := c.Documents.UploadJSON(ctx, &telnyx.UploadDocumentJSONRequest{File: make([]byte, telnyx.MaxDocumentBytes+1)})
	assertInvalid(t, err, "File")
	assert.Empty(t, srv.Received())
}

// closing notes that it was closed.
type closing struct {
	io.Reader
	closed atomic.Bool
}

func (c *closing) Close() error { c.closed.Store(true); return nil }

func TestADownloadHasALimit(t *testing.T) {
	for n, kind := range map[int64]error{telnyx.MaxDocumentBytes: nil, telnyx.MaxDocumentBytes + 1: numbers.ErrVendor} {
		body := &closing{Reader: &endless{n: n}}
		c := without(t, trip(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Request: r, Header: http.Header{"Content-Type": {"application/pdf"}}, Body: body}, nil
		}))
		d, err := c.Documents.Download(ctx, document)
		require.NoError(t, err)
		read, err := io.Copy(io.Discard, d.Body)
		require.ErrorIs(t, err, kind)
		assert.EqualValues(t, telnyx.MaxDocumentBytes, read)
		assert.Equal(t, kind != nil, body.closed.Load(), "the limit closes it")
		again, err := d.Body.Read(make([]byte, 1))
		assert.Zero(t, again)
		require.Error(t, err)
		require.NoError(t, d.Body.Close())
		assert.True(t, body.closed.Load())
	}
}

// The link of a document is a secret: anyone who has it can read the document.
func TestTheLinkOfADocumentIsNotPrinted(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"data":{"url":"https://storage.example.com/planted-link-48151"}}`))
	link, err := srv.client(t).Documents.DownloadLink(ctx, document)
	require.NoError(t, err)
	assert.Equal(t, "https://storage.example.com/planted-link-48151", link.URL.Reveal())
	assert.NotContains(t, vendortest.Prints(link), "planted-link-48151")
}
