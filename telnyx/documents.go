package telnyx

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// DocumentsService stores documents, which fulfill requirements of the type document.
// Telnyx deletes a document that is not linked within 30 minutes of its upload: a
// requirement group with its id links it.
type DocumentsService struct{ api *api.Client }

// MaxDocumentBytes is the largest document that is uploaded or downloaded. The limit is
// this package's own: Telnyx documents none.
const MaxDocumentBytes = 64 << 20

// DocumentID identifies a [Document]. It is a UUID, and the FieldValue of a requirement
// of the type document.
type DocumentID string

// The states of a document's review.
const (
	DocumentPending  = "pending"
	DocumentVerified = "verified"
	DocumentDenied   = "denied"
)

// The results of the search for viruses.
const (
	ScanScanned    = "scanned"
	ScanInfected   = "infected"
	ScanPending    = "pending_scan"
	ScanNotScanned = "not_scanned"
)

// Document describes a stored document.
type Document struct {
	CreatedAt wire.Time  `json:"created_at,omitzero"`
	ID        DocumentID `json:"id"`
	// RecordType is "document".
	RecordType *string   `json:"record_type,omitempty"`
	UpdatedAt  wire.Time `json:"updated_at,omitzero"`
	// AVScanStatus is ScanScanned, ScanInfected, ScanPending or ScanNotScanned.
	AVScanStatus *string `json:"av_scan_status,omitempty"`
	// ContentType is as uploaded: "application/pdf".
	ContentType       *string `json:"content_type,omitempty"`
	CustomerReference *string `json:"customer_reference,omitempty"`
	Filename          *string `json:"filename,omitempty"`
	// SHA256 is the hash of the content, in hexadecimal.
	SHA256 *string       `json:"sha256,omitempty"`
	Size   *DocumentSize `json:"size,omitempty"`
	// Status is DocumentPending, DocumentVerified or DocumentDenied.
	Status *string `json:"status,omitempty"`
}

// DocumentSize is the size of a document.
type DocumentSize struct {
	Amount wire.Count `json:"amount,omitzero"`
	// Unit is "bytes".
	Unit *string `json:"unit,omitempty"`
}

// UploadDocumentRequest is a document to upload, as a stream.
type UploadDocumentRequest struct {
	CustomerReference *string
	// File is read once, and never again. It is not closed. If it has a method Len (a
	// *bytes.Reader has), the length is announced.
	File io.Reader
	// Filename is the name of the file: "passport.pdf".
	Filename string
	// ContentType is "application/pdf"; "" means "application/octet-stream".
	ContentType string
}

// UploadDocumentJSONRequest is a document to store: the URL where Telnyx fetches it, or
// a small file. Upload is for files.
type UploadDocumentJSONRequest struct {
	CustomerReference *string `json:"customer_reference,omitempty"`
	// File is the content, which is sent as base64.
	File     []byte  `json:"file,omitzero"`
	Filename *string `json:"filename,omitempty"`
	URL      *string `json:"url,omitempty"`
}

// UpdateDocumentRequest changes what describes a document. A nil field stays as it is.
type UpdateDocumentRequest struct {
	CustomerReference *string `json:"customer_reference,omitempty"`
	Filename          *string `json:"filename,omitempty"`
}

// DocumentLink is where a document can be downloaded for a while.
type DocumentLink struct {
	// URL is signed: anyone who has it can read the document.
	URL wire.Secret `json:"url,omitzero"`
}

// ListDocumentsRequest asks for one page of documents.
type ListDocumentsRequest struct {
	Filter DocumentsFilter `url:"filter"`
	// Sort are filename, created_at and updated_at; with a "-" before it, the order is
	// descending. nil means the newest first.
	Sort []string   `url:"sort,brackets,omitempty"`
	Page PageParams `url:"page"`
}

// DocumentsFilter narrows a list of documents.
type DocumentsFilter struct {
	CreatedAt         TimeRange        `url:"created_at"`
	CustomerReference ReferencesFilter `url:"customer_reference"`
	Filename          ContainsFilter   `url:"filename"`
}

// ReferencesFilter looks for one of some customer references.
type ReferencesFilter struct {
	Eq string   `url:"eq,omitempty"`
	In []string `url:"in,brackets,omitempty"`
}

// List reads one page of documents. r may be nil.
//
// GET /documents with filter[…], sort[], page[number] (from 1) and page[size] (1 to
// 250, default 20).
func (s *DocumentsService) List(ctx context.Context, r *ListDocumentsRequest) (*Page[Document], error) {
	const op = "Documents.List"
	r = orZero(r)
	if err := r.Page.check(op); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/documents", Query: r,
	}, r.Page.Size, (*Document).check)
}

// All walks the documents of all pages from r.Page on. r may be nil. It works as
// NumberOrders.All does.
func (s *DocumentsService) All(ctx context.Context, r *ListDocumentsRequest, opts ...numbers.PageOption) iter.Seq2[*Document, error] {
	from := *orZero(r)
	from.Page.enlarge()
	return all(ctx, "Documents.All", from.Page, func(ctx context.Context, at PageParams) (*Page[Document], error) {
		r := from
		r.Page = at
		return s.List(ctx, &r)
	}, func(d *Document) string { return string(d.ID) }, opts)
}

// Upload stores a document. Its content is sent as it is read, and is never in memory
// as a whole. A document that is larger than MaxDocumentBytes is numbers.ErrInvalid if
// its length is known; otherwise the request is broken off at the limit, and the error
// is numbers.ErrOutcomeUnknown, as with a File that fails.
//
// POST /documents with multipart/form-data, which returns the document. It is sent
// once: a repeat would make a second document, and the stream is gone.
func (s *DocumentsService) Upload(ctx context.Context, r *UploadDocumentRequest) (*Document, error) {
	const op = "Documents.Upload"
	body, err := r.body(op)
	if err != nil {
		return nil, err
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/documents", Body: body, Reference: text(r.CustomerReference),
	}, (*Document).check)
}

// UploadJSON stores a document that Telnyx fetches from a URL, or a small file. One of
// URL and File is required.
//
// POST /documents with application/json, which returns the document. It is sent once,
// because a repeat would make a second document.
func (s *DocumentsService) UploadJSON(ctx context.Context, r *UploadDocumentJSONRequest) (*Document, error) {
	const op = "Documents.UploadJSON"
	switch {
	case r == nil:
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	case (text(r.URL) == "") == (len(r.File) == 0):
		return nil, api.Invalid(vendor, op, "URL", "exactly one of URL and File is required")
	case len(r.File) > MaxDocumentBytes:
		return nil, api.Invalid(vendor, op, "File", tooLarge)
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/documents", Body: r, Reference: text(r.CustomerReference),
	}, (*Document).check)
}

// Get reads what describes a document.
//
// GET /documents/{id}.
func (s *DocumentsService) Get(ctx context.Context, id DocumentID) (*Document, error) {
	return get(ctx, s.api, &api.Call{
		Op: "Documents.Get", Class: api.Read, Method: http.MethodGet, Path: "/documents/{id}", Args: []string{string(id)},
	}, (*Document).check)
}

// Update changes what describes a document.
//
// PATCH /documents/{id}, which returns the document. Telnyx's description has all
// members of a document in the body; the others are read-only.
func (s *DocumentsService) Update(ctx context.Context, id DocumentID, r *UpdateDocumentRequest) (*Document, error) {
	const op = "Documents.Update"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPatch, Path: "/documents/{id}", Args: []string{string(id)}, Body: r,
	}, (*Document).check)
}

// Delete removes a document. Telnyx refuses a document that is linked.
//
// DELETE /documents/{id}, which returns the document as it was.
func (s *DocumentsService) Delete(ctx context.Context, id DocumentID) (*Document, error) {
	return get(ctx, s.api, &api.Call{
		Op: "Documents.Delete", Class: api.Write, Method: http.MethodDelete, Path: "/documents/{id}", Args: []string{string(id)},
	}, (*Document).check)
}

// Download returns the content of a document as a stream. Close its Body. A Read that
// would go beyond MaxDocumentBytes fails, and closes the Body.
//
// GET /documents/{id}/download, which returns the file as it was uploaded.
func (s *DocumentsService) Download(ctx context.Context, id DocumentID) (*numbers.Download, error) {
	const op = "Documents.Download"
	d, err := s.api.Download(ctx, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Accept: "*/*",
		Path: "/documents/{id}/download", Args: []string{string(id)},
	})
	if err != nil {
		return nil, err
	}
	d.Body = &cappedBody{ReadCloser: d.Body, left: MaxDocumentBytes, err: &numbers.Error{
		Op: op, Vendor: vendor, Kind: numbers.ErrVendor, Message: tooLarge,
	}}
	return d, nil
}

// DownloadLink returns a URL where the document can be downloaded for a while, without
// a credential.
//
// GET /documents/{id}/download_link.
func (s *DocumentsService) DownloadLink(ctx context.Context, id DocumentID) (*DocumentLink, error) {
	return get(ctx, s.api, &api.Call{
		Op: "Documents.DownloadLink", Class: api.Read, Method: http.MethodGet, Path: "/documents/{id}/download_link", Args: []string{string(id)},
	}, func(l *DocumentLink) string {
		if l.URL.Reveal() == "" {
			return "it has no url"
		}
		return ""
	})
}

func (d *Document) check() string { return checkID(d.ID) }

const tooLarge = "the document is larger than MaxDocumentBytes"

// body is the multipart body: what comes before the file, the file, what comes after.
func (r *UploadDocumentRequest) body(op string) (api.Stream, error) {
	switch {
	case r == nil:
		return api.Stream{}, api.Invalid(vendor, op, "request", "it is nil")
	case r.File == nil:
		return api.Stream{}, api.Invalid(vendor, op, "File", "it is nil")
	case r.Filename == "" || strings.ContainsAny(r.Filename, "\r\n\x00"):
		return api.Stream{}, api.Invalid(vendor, op, "Filename", "it is empty, or has a control character")
	}
	contentType := "application/octet-stream"
	if r.ContentType != "" {
		if _, _, err := mime.ParseMediaType(r.ContentType); err != nil || strings.ContainsAny(r.ContentType, "\r\n\x00") {
			return api.Stream{}, api.Invalid(vendor, op, "ContentType", "it is not a media type")
		}
		contentType = r.ContentType
	}
	var frame bytes.Buffer
	w := multipart.NewWriter(&frame) // a Buffer does not fail
	if r.CustomerReference != nil {
		_ = w.WriteField("customer_reference", *r.CustomerReference)
	}
	_, _ = w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("file", r.Filename)},
		"Content-Type":        {contentType},
	})
	before := frame.Len()
	_ = w.Close()
	head, tail := frame.Bytes()[:before], frame.Bytes()[before:]

	size := -1
	if sized, ok := r.File.(interface{ Len() int }); ok {
		if sized.Len() > MaxDocumentBytes {
			return api.Stream{}, api.Invalid(vendor, op, "File", tooLarge)
		}
		size = frame.Len() + sized.Len()
	}
	file := &cappedBody{ReadCloser: io.NopCloser(r.File), left: MaxDocumentBytes, err: errors.New(tooLarge)}
	return api.Stream{
		Reader:      sizedReader{io.MultiReader(bytes.NewReader(head), file, bytes.NewReader(tail)), size},
		ContentType: w.FormDataContentType(),
	}, nil
}

// sizedReader is a body with a length; -1 = not known.
type sizedReader struct {
	io.Reader
	size int
}

// Len is the length of the whole body. It is asked before the first Read.
func (r sizedReader) Len() int { return r.size }

// cappedBody fails with err instead of reading more than it may, and closes.
type cappedBody struct {
	io.ReadCloser
	left int64
	err  error
}

func (b *cappedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, b.err
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1] // one byte more tells the end from the limit
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		_ = b.Close() // the limit is what is reported
		return n - 1, b.err
	}
	return n, err
}
