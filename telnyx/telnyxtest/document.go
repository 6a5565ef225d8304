package telnyxtest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// Words of documents.
const (
	documentPending  = "pending"
	documentVerified = "verified"
	documentDenied   = "denied"

	scanPending  = "pending_scan"
	scanScanned  = "scanned"
	scanInfected = "infected"
)

// unlinkedFor is how long Telnyx keeps a document that nothing uses.
const unlinkedFor = 30 * time.Minute

// eicar is what every scanner takes for a virus, and nobody else.
const eicar = `EICAR-STANDARD-ANTIVIRUS-TEST-FILE`

func documentRoutes() []route {
	return []route{
		{"GET", "/documents", "list documents", false, slices.Concat(pageKeys, []string{
			"filter[created_at][gt]", "filter[created_at][lt]", "filter[customer_reference][eq]", "filter[customer_reference][in][]",
			"filter[filename][contains]", "sort[]",
		}), (*call).listDocuments},
		// Telnyx's own SDK says by a query key that a body has several parts.
		{"POST", "/documents", "upload document", false, []string{"content-type"}, (*call).uploadDocument},
		{"GET", "/documents/{id}", "get document", false, nil, (*call).getDocument},
		{"PATCH", "/documents/{id}", "update document", false, nil, (*call).updateDocument},
		{"DELETE", "/documents/{id}", "delete document", false, nil, (*call).deleteDocument},
		{"GET", "/documents/{id}/download", "download document", false, []string{"signature"}, (*call).downloadDocument},
		{"GET", "/documents/{id}/download_link", "get document link", false, nil, (*call).linkDocument},
	}
}

// document is a stored document.
type document struct {
	id, contentType, filename, scan, status string
	reference                               *string
	content                                 []byte
	linked                                  bool // something has used it
	created, updated                        time.Time
}

// gone reports whether Telnyx has deleted a document that nothing has used in time.
func (d *document) gone(now time.Time) bool {
	return !d.linked && !now.Before(d.created.Add(unlinkedFor))
}

// documentJSON is a Document.
type documentJSON struct {
	CreatedAt         string   `json:"created_at"`
	ID                string   `json:"id"`
	RecordType        string   `json:"record_type"`
	UpdatedAt         string   `json:"updated_at"`
	AVScanStatus      string   `json:"av_scan_status"`
	ContentType       string   `json:"content_type"`
	CustomerReference *string  `json:"customer_reference"`
	Filename          string   `json:"filename"`
	SHA256            string   `json:"sha256"`
	Size              sizeJSON `json:"size"`
	Status            string   `json:"status"`
}

type sizeJSON struct {
	Amount int    `json:"amount"`
	Unit   string `json:"unit"`
}

func (d *document) json() documentJSON {
	return documentJSON{
		stamp(d.created), d.id, "document", stamp(d.updated), d.scan, d.contentType, d.reference, d.filename,
		fmt.Sprintf("%x", sha256.Sum256(d.content)), sizeJSON{len(d.content), "bytes"}, d.status,
	}
}

// uploadDocument is POST /documents, with several parts or with JSON. Options.ReviewAfter is how long the scan takes.
func (c *call) uploadDocument() (any, *problem) {
	now := c.fake.Now()
	d := &document{scan: scanPending, status: documentPending, created: now, updated: now}
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	read := c.readJSON
	if err == nil && kind == "multipart/form-data" {
		read = func(d *document) *problem { return c.readParts(d, multipart.NewReader(c.r.Body, params["boundary"])) }
	}
	if p := read(d); p != nil {
		return nil, p
	}
	if d.contentType == "" {
		d.contentType = cmp.Or(mime.TypeByExtension(path.Ext(d.filename)), "application/octet-stream")
	}
	d.id = c.fake.IDs().UUID()
	c.documents, c.documentID[d.id] = append(c.documents, d), d
	c.fake.After(c.opts.ReviewAfter, func() {
		d.scan = scanScanned
		if bytes.Contains(d.content, []byte(eicar)) {
			d.scan, d.status = scanInfected, documentDenied
		}
	})
	return data{d.json()}, nil
}

// readParts reads a body of several parts.
func (c *call) readParts(d *document, parts *multipart.Reader) *problem {
	file := false
	for {
		part, err := parts.NextPart()
		if err == io.EOF { //nolint:errorlint // a wrapped EOF is a body that breaks off
			break
		}
		if err != nil {
			return refuse(http.StatusBadRequest, codeBadRequest, "The body has no parts that can be read.")
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return refuse(http.StatusBadRequest, codeBadRequest, "A part of the body breaks off.")
		}
		switch part.FormName() {
		case "file":
			file = true
			d.content, d.filename, d.contentType = content, part.FileName(), part.Header.Get("Content-Type")
		case "customer_reference":
			d.reference = new(string(content))
		default:
			c.fake.Report("%s %s: the vendor ignores the part %q", c.r.Method, c.r.URL.Path, part.FormName())
		}
	}
	switch {
	case !file:
		return invalid(codeMissing, "/file", "file is required.")
	case d.filename == "":
		return invalid(codeMissing, "/file", "The file has no name.")
	}
	return nil
}

// readJSON reads a body with the file, or with the URL where it is. Nothing is fetched: the content is then the URL.
func (c *call) readJSON(d *document) *problem {
	var in struct {
		CustomerReference *string `json:"customer_reference"`
		File              *[]byte `json:"file"`
		Filename          *string `json:"filename"`
		URL               *string `json:"url"`
	}
	if p := c.body(&in); p != nil {
		return p
	}
	d.reference, d.filename = in.CustomerReference, deref(in.Filename)
	switch {
	case in.File != nil:
		d.content = *in.File
	case in.URL == nil:
		return invalid(codeMissing, "/file", "file or url is required.")
	default:
		at, err := url.Parse(*in.URL)
		if err != nil || at.Host == "" {
			return invalid(codeBadRequest, "/url", "%q is not a URL.", *in.URL)
		}
		d.content = []byte(*in.URL)
		d.filename = cmp.Or(d.filename, path.Base(at.Path))
	}
	return nil
}

// listDocuments is GET /documents.
func (c *call) listDocuments() (any, *problem) {
	w := c.page()
	now := c.fake.Now()
	f := filter[*document]{func(d *document) bool { return !d.gone(now) }}
	f.between(c, "filter[created_at]", func(d *document) time.Time { return d.created })
	f.text(c, "filter[customer_reference][eq]", func(d *document) string { return deref(d.reference) })
	among, given := c.list("filter[customer_reference][in]")
	f.add(given, func(d *document) bool { return slices.Contains(among, deref(d.reference)) })
	f.part(c, "filter[filename][contains]", func(d *document) string { return d.filename })
	by, _ := c.list("sort")
	rows := inOrder(c, c.documents, by, map[string]func(a, b *document) int{
		"filename":   func(a, b *document) int { return strings.Compare(a.filename, b.filename) },
		"created_at": func(a, b *document) int { return a.created.Compare(b.created) },
		"updated_at": func(a, b *document) int { return a.updated.Compare(b.updated) },
	})
	if c.wrong != nil {
		return nil, c.wrong
	}
	page, m := take(rows, w, f)
	return listing{each(page, (*document).json), m}, nil
}

func (c *call) findDocument() (*document, *problem) {
	if d := c.documentID[c.r.PathValue("id")]; d != nil && !d.gone(c.fake.Now()) {
		return d, nil
	}
	return nil, notFound()
}

// getDocument is GET /documents/{id}.
func (c *call) getDocument() (any, *problem) {
	d, p := c.findDocument()
	if p != nil {
		return nil, p
	}
	return data{d.json()}, nil
}

// updateDocument is PATCH /documents/{id}. The description has the whole document in the body; only its name and its
// reference can be changed.
func (c *call) updateDocument() (any, *problem) {
	d, p := c.findDocument()
	if p != nil {
		return nil, p
	}
	var in struct {
		CreatedAt         *string   `json:"created_at"`
		ID                *string   `json:"id"`
		RecordType        *string   `json:"record_type"`
		UpdatedAt         *string   `json:"updated_at"`
		AVScanStatus      *string   `json:"av_scan_status"`
		ContentType       *string   `json:"content_type"`
		CustomerReference *string   `json:"customer_reference"`
		Filename          *string   `json:"filename"`
		SHA256            *string   `json:"sha256"`
		Size              *sizeJSON `json:"size"`
		Status            *string   `json:"status"`
	}
	if p := c.body(&in); p != nil {
		return nil, p
	}
	for name, value := range map[string]*string{
		"created_at": in.CreatedAt, "id": in.ID, "record_type": in.RecordType, "updated_at": in.UpdatedAt,
		"av_scan_status": in.AVScanStatus, "content_type": in.ContentType, "sha256": in.SHA256, "status": in.Status,
	} {
		if value != nil {
			c.fake.Report("%s %s: %s is read-only; the vendor ignores it", c.r.Method, c.r.URL.Path, name)
		}
	}
	if in.Size != nil {
		c.fake.Report("%s %s: size is read-only; the vendor ignores it", c.r.Method, c.r.URL.Path)
	}
	if in.CustomerReference != nil {
		d.reference = in.CustomerReference
	}
	if in.Filename != nil {
		d.filename = *in.Filename
	}
	d.updated = c.fake.Now()
	return data{d.json()}, nil
}

// deleteDocument is DELETE /documents/{id}. A document that is linked stays.
func (c *call) deleteDocument() (any, *problem) {
	c.noBody()
	d, p := c.findDocument()
	switch {
	case p != nil:
		return nil, p
	case c.isValue(d.id):
		return nil, refuse(http.StatusUnprocessableEntity, codeInUse, "The document [%s] is linked to a service.", d.id)
	}
	delete(c.documentID, d.id)
	c.documents = slices.DeleteFunc(c.documents, func(other *document) bool { return other == d })
	return data{d.json()}, nil
}

// downloadDocument is GET /documents/{id}/download.
func (c *call) downloadDocument() (any, *problem) {
	d, p := c.findDocument()
	if p != nil {
		return nil, p
	}
	return reply{http.StatusOK, d.contentType, d.content, http.Header{"Content-Disposition": {multipart.FileContentDisposition("file", d.filename)}}}, nil
}

// linkDocument is GET /documents/{id}/download_link: a URL that needs no key.
func (c *call) linkDocument() (any, *problem) {
	d, p := c.findDocument()
	if p != nil {
		return nil, p
	}
	return data{struct {
		URL string `json:"url"`
	}{c.URL() + "/documents/" + d.id + "/download?signature=" + signature(d.id)}}, nil
}

// signature is what lets anybody download one document.
func signature(id string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte("download "+id))) }

// signed reports whether a request has the signature of the document that it downloads.
func signed(r *http.Request) bool {
	id, ok := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/v2/documents/"), "/download")
	return ok && r.Method == http.MethodGet && r.URL.Query().Get("signature") == signature(id)
}

// isValue reports whether an address or a document is the value of a requirement.
func (s *Server) isValue(id string) bool {
	return slices.ContainsFunc(s.groups, func(g *group) bool {
		return slices.ContainsFunc(g.values, func(v *groupValue) bool { return v.value == id })
	}) || slices.ContainsFunc(s.lines, func(l *line) bool {
		return slices.ContainsFunc(l.requirements, func(r *requirement) bool { return r.value == id })
	})
}

// usable refuses a value that names a document which was never uploaded, or is gone, and an address which was deleted.
// Any other address will do: it may have been made before the test.
func (s *Server) usable(fieldType, value string) *problem {
	const at = "/regulatory_requirements"
	switch fieldType {
	case "document":
		if d := s.documentID[value]; value != "" && (d == nil || d.gone(s.fake.Now())) {
			return invalid(codeAssociation, at, "The document [%s] was never uploaded, or was not linked within 30 minutes.", value)
		} else if value != "" && d.status == documentDenied {
			return invalid(codeUnprocessable, at, "The document [%s] was denied.", value)
		}
	case "address":
		if s.goneAddresses[value] {
			return invalid(codeAssociation, at, "The address [%s] does not exist.", value)
		}
	}
	return nil
}

// link notes that a value uses a document, which is then kept.
func (s *Server) link(value string) {
	if d := s.documentID[value]; d != nil {
		d.linked = true
	}
}

// verify notes that what a document says was approved.
func (s *Server) verify(value string) {
	if d := s.documentID[value]; d != nil {
		d.status, d.updated = documentVerified, s.fake.Now()
	}
}
