package telnyxtest

import (
	"fmt"
	"net/http"

	"github.com/tnkit/tnkit/internal/fake"
)

// problem is a refusal: a status and Telnyx's error list.
type problem struct {
	status int
	Errors []apiError `json:"errors"`
}

type apiError struct {
	Code   string       `json:"code"`
	Title  string       `json:"title"`
	Detail string       `json:"detail"`
	Source *errorSource `json:"source,omitempty"`
	Meta   errorMeta    `json:"meta"`
}

type errorSource struct {
	Pointer   string `json:"pointer,omitempty"`
	Parameter string `json:"parameter,omitempty"`
}

type errorMeta struct {
	URL string `json:"url"`
}

// Codes of Telnyx's error overview that the number endpoints answer with.
const (
	codeInvalidURL      = "10003"
	codeMissing         = "10004"
	codeNotFound        = "10005"
	codeUnexpected      = "10007"
	codeTimeout         = "10008"
	codeAuthentication  = "10009"
	codeAuthorization   = "10010"
	codeTooMany         = "10011"
	codeDuplicate       = "10012"
	codeBadRequest      = "10015"
	codeNotE164         = "10016"
	codeAssociation     = "10017"
	codeInvalidSort     = "10018"
	codeInUse           = "10021"
	codeInvalidJSON     = "10023"
	codeInvalidType     = "10026"
	codeUnprocessable   = "10027"
	codeInvalidEnum     = "10032"
	codeOutOfRange      = "10033"
	codeInFlight        = "10036"
	codeAccountFeature  = "10038"
	codeAccountQuantity = "10039"
)

var titles = map[string]string{
	codeInvalidURL:      "Invalid URL",
	codeMissing:         "Missing required parameter",
	codeNotFound:        "Resource not found",
	codeUnexpected:      "Unexpected error",
	codeTimeout:         "Request timeout",
	codeAuthentication:  "Authentication failed",
	codeAuthorization:   "Authorization failed",
	codeTooMany:         "Too many requests",
	codeDuplicate:       "Duplicate resource",
	codeBadRequest:      "Bad Request",
	codeNotE164:         "Phone number must be in +E.164 format",
	codeAssociation:     "Associated resource missing",
	codeInvalidSort:     "Invalid sort",
	codeInUse:           "Resource in use",
	codeInvalidJSON:     "Invalid JSON",
	codeInvalidType:     "Invalid parameter type",
	codeUnprocessable:   "Unprocessable entity",
	codeInvalidEnum:     "Invalid enumerated value",
	codeOutOfRange:      "Value outside of range",
	codeInFlight:        "Resource is being processed",
	codeAccountFeature:  "Feature not permitted at this account level",
	codeAccountQuantity: "Account level limit reached",
}

// refuse makes a problem with one error.
func refuse(status int, code, format string, args ...any) *problem {
	return &problem{status, []apiError{{
		Code: code, Title: titles[code], Detail: fmt.Sprintf(format, args...),
		Meta: errorMeta{"https://developers.telnyx.com/docs/overview/errors/" + code},
	}}}
}

// at says which member of the body is meant.
func (p *problem) at(pointer string) *problem {
	p.Errors[0].Source = &errorSource{Pointer: pointer}
	return p
}

// in says which query parameter is meant.
func (p *problem) in(parameter string) *problem {
	p.Errors[0].Source = &errorSource{Parameter: parameter}
	return p
}

func notFound() *problem {
	return refuse(http.StatusNotFound, codeNotFound, "The requested resource or URL could not be found.")
}

// invalid refuses a body that is JSON and makes no sense.
func invalid(code, pointer, format string, args ...any) *problem {
	return refuse(http.StatusUnprocessableEntity, code, format, args...).at(pointer)
}

// faultBody is what Telnyx's edge and services say beside a status that a fault chose.
func faultBody(status int) (contentType string, body []byte) {
	code, ok := map[int]string{
		http.StatusUnauthorized:        codeAuthentication,
		http.StatusForbidden:           codeAuthorization,
		http.StatusNotFound:            codeNotFound,
		http.StatusRequestTimeout:      codeTimeout,
		http.StatusConflict:            codeInFlight,
		http.StatusUnprocessableEntity: codeUnprocessable,
		http.StatusTooManyRequests:     codeTooMany,
		http.StatusInternalServerError: codeUnexpected,
		http.StatusServiceUnavailable:  codeUnexpected,
	}[status]
	switch {
	case status == http.StatusBadGateway || status == http.StatusGatewayTimeout:
		text := fmt.Sprintf("%d %s", status, http.StatusText(status))
		return "text/html", []byte("<html><head><title>" + text + "</title></head><body><center><h1>" + text + "</h1></center></body></html>\n")
	case !ok:
		code = codeBadRequest
	}
	body, err := fake.Marshal(refuse(status, code, "%s", http.StatusText(status)))
	if err != nil {
		return "", nil
	}
	return "application/json", body
}
