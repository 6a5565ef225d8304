package numbers

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// RawRequest is a request to an endpoint that a vendor package has no method for. The
// client's Do method sends it with the client's credentials, limits and checks.
type RawRequest struct {
	// Method is the HTTP method. Every method except GET and HEAD is treated as a request
	// that may cost money: it is sent once, and an unclear answer is ErrOutcomeUnknown. A
	// 404 is ErrVendor with Status 404, because the path may be that of a list.
	Method string
	// Path is relative to the base URL and begins with "/"; each segment is
	// already escaped. Segments "." and ".." are refused, and so is a query.
	Path string
	// Query is the query of the URL; nil = no query.
	Query url.Values
	// Body is sent unchanged; nil = no body. It is read once.
	Body io.Reader
	// ContentType is the Content-Type of the body; "" = application/json.
	ContentType string
	// Accept is the Accept header; "" = application/json.
	Accept string
	// Numbers and Reference are optional. Errors of the request have them, and so has the
	// Attempt of an unknown outcome.
	Numbers   []E164
	Reference string
}

// RawResponse is a vendor's 2xx answer.
type RawResponse struct {
	Status int
	Header http.Header
	Body   []byte
}

// Decode decodes the body from JSON into v. An empty body is an error.
func (r *RawResponse) Decode(v any) error {
	if err := json.Unmarshal(r.Body, v); err != nil {
		return fmt.Errorf("%w: the body is not the expected JSON: %w", ErrVendor, err)
	}
	return nil
}

// Download is an answer whose body is read as it arrives. The caller must close Body.
type Download struct {
	ContentType string
	// Filename is the name that the vendor suggests, or "". Check it before using it
	// as a path.
	Filename string
	Body     io.ReadCloser
}
