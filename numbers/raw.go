package numbers

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// RawRequest is a request to an endpoint that a vendor package does not model,
// sent by the Do method of its client with the client's credentials, limits
// and checks.
type RawRequest struct {
	// Method is the HTTP method. All but GET and HEAD are taken for requests
	// that may cost money: they are sent once, and an unclear answer is
	// ErrOutcomeUnknown. A 404 is ErrVendor with Status 404, since the client does not
	// know what the request is about.
	Method string
	// Path is relative to the base URL and begins with "/"; each segment is
	// already escaped. Segments "." and ".." are refused, and so is a query.
	Path string
	// Query is encoded into the URL; nil for none.
	Query url.Values
	// Body is sent as it is; nil for none. It is read once.
	Body io.Reader
	// ContentType is the body's; "" = application/json.
	ContentType string
	// Accept is the Accept header; "" = application/json.
	Accept string
	// Numbers and Reference, where given, go into errors and into the Attempt
	// of an unknown outcome.
	Numbers   []E164
	Reference string
}

// RawResponse is a vendor's 2xx answer.
type RawResponse struct {
	Status int
	Header http.Header
	Body   []byte
}

// Decode reads the body as JSON into v. An empty body is an error.
func (r *RawResponse) Decode(v any) error {
	if err := json.Unmarshal(r.Body, v); err != nil {
		return fmt.Errorf("%w: the body is not the JSON expected: %w", ErrVendor, err)
	}
	return nil
}

// Download is a body that is read as it comes. Close it.
type Download struct {
	ContentType string
	// Filename is what the vendor suggests; "" where it does not. Don't use it
	// as a path unchecked.
	Filename string
	Body     io.ReadCloser
}
