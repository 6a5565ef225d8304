package exclusivetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/tnkit/tnkit/internal/fake"
)

// The codes that PortSIP's documentation shows. It says that others may come.
const (
	unknown        = "UNKNOWN"
	validateFailed = "VALIDATE_FAILED"
	unauthorized   = "UNAUTHORIZED"
	denied         = "DENIED"
)

// ErrorStyle is the form of the PBX's error bodies.
type ErrorStyle int

// The forms of error bodies that are documented, sampled, or to be expected of what stands before a PBX.
const (
	ErrorsList    ErrorStyle = iota // {"errors":[{"code":"…","message":"…","detail":…}]}
	ErrorsFlat                      // {"code":"…","message":"…"}
	ErrorsEmpty                     // { }
	ErrorsText                      // the message as text/plain
	ErrorsHTML                      // a web page
	ErrorsNothing                   // no body at all
)

// SetErrorStyle changes the form of all error bodies from now on.
func (s *Server) SetErrorStyle(style ErrorStyle) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.style = style
}

type errorItem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Detail  any    `json:"detail,omitempty"`
}

type errorBody struct {
	Errors []errorItem `json:"errors"`
}

// fail answers with an error.
func (c *call) fail(status int, code, message string, detail any) {
	switch c.style {
	case ErrorsFlat:
		fake.JSON(c.w, status, errorItem{code, message, detail})
	case ErrorsEmpty:
		fake.Raw(c.w, status, "application/json", []byte("{ }"))
	case ErrorsText:
		fake.Raw(c.w, status, "text/plain; charset=utf-8", []byte(message))
	case ErrorsHTML:
		fake.Raw(c.w, status, "text/html", page(status))
	case ErrorsNothing:
		c.w.WriteHeader(status)
	default:
		fake.JSON(c.w, status, errorBody{[]errorItem{{code, message, detail}}})
	}
}

// invalid refuses one field.
func (c *call) invalid(field, problem string) {
	c.fail(http.StatusBadRequest, validateFailed, "field validation failed", map[string]string{field: problem})
}

// notFound says that there is no such thing.
func (c *call) notFound() { c.fail(http.StatusNotFound, unknown, "Not Found", nil) }

// decode reads a JSON body, or answers why not.
func (c *call) decode(v any) bool {
	err := c.fake.DecodeStrict(c.r, v)
	if err == nil {
		return true
	}
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && mismatch.Field != "" {
		c.invalid(mismatch.Field, "must not be a "+mismatch.Value)
	} else {
		c.fail(http.StatusBadRequest, unknown, "unknown error", nil)
	}
	return false
}

// noBody reports a body where the operation has none.
func (c *call) noBody() {
	if c.r.ContentLength != 0 {
		c.fake.Report("%s %s: the PBX ignores the body", c.r.Method, c.r.URL.Path)
	}
}

// faultBody is what comes with an injected status: the gateway's page for 5xx, the usual body for the rest.
func faultBody(status int) (contentType string, body []byte) {
	if status >= http.StatusInternalServerError {
		return "text/html", page(status)
	}
	return "application/json", []byte(`{"errors":[{"code":"UNKNOWN","message":"unknown error"}]}`)
}

// page is what the API gateway says by itself.
func page(status int) []byte {
	title := fmt.Sprint(status, " ", http.StatusText(status))
	return []byte("<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title + "</h1></center>\r\n</body>\r\n</html>\r\n")
}
