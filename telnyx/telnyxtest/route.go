package telnyxtest

import (
	"fmt"
	"maps"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/tnkit/tnkit/internal/fake"
)

// route is one operation of the API.
type route struct {
	method, path string   // path without /v2
	op           string   // as in numberstest.Request.Op
	buys         bool     // may cost money or make a second row
	query        []string // query keys; "x[]" means "x" with commas as well as "x[]" repeated
	do           func(*call) (any, *problem)
}

func (rt route) pattern() string { return rt.method + " /v2" + rt.path }

// expand spells out both ways to send an array.
func (rt route) expand() route {
	var keys []string
	for _, key := range rt.query {
		keys = append(keys, key)
		if one, ok := strings.CutSuffix(key, "[]"); ok {
			keys = append(keys, one)
		}
	}
	rt.query = keys
	return rt
}

// reply is an answer other than 200 with JSON.
type reply struct {
	status      int
	contentType string // "" means that body is to be encoded as JSON
	body        any
	header      http.Header
}

// data is the envelope of one object.
type data struct {
	Data any `json:"data"`
}

func routes() []route {
	var all []route
	for _, group := range [][]route{
		orderRoutes(), subOrderRoutes(), reportRoutes(), lineRoutes(), groupRoutes(), searchRoutes(), reservationRoutes(), numberRoutes(), balanceRoutes(), commentRoutes(),
		regulatoryRoutes(), featureRoutes(), blockRoutes(), inexplicitRoutes(), advancedRoutes(), coverageRoutes(), addressRoutes(), documentRoutes(), requirementsRoutes(),
	} {
		all = append(all, group...)
	}
	return all
}

// serve is what comes before every operation: rate limit, credentials, and paths that no operation has.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if p := s.limit(w); p != nil {
		fake.JSON(w, p.status, p)
		return
	}
	if p := s.authenticate(r); p != nil {
		fake.JSON(w, p.status, p)
		return
	}
	// The mux would redirect a path that is not clean; Telnyx has no such redirects.
	mux := s.muxOf(r)
	if _, pattern := mux.Handler(r); pattern == "" || path.Clean(r.URL.EscapedPath()) != r.URL.EscapedPath() {
		fake.JSON(w, http.StatusNotFound, refuse(http.StatusNotFound, codeInvalidURL, "The requested resource or URL could not be found."))
		return
	}
	mux.ServeHTTP(w, r)
}

// muxOf returns the mux that has the request's path.
func (s *Server) muxOf(r *http.Request) *http.ServeMux {
	if strings.HasPrefix(r.URL.Path+"/", "/v2/phone_numbers/jobs/") {
		return s.jobMux
	}
	return s.mux
}

func (s *Server) authenticate(r *http.Request) *problem {
	if signed(r) {
		return nil // the link of a document is its own key
	}
	if token, ok := fake.Bearer(r); !ok || token != s.opts.APIKey {
		return refuse(http.StatusUnauthorized, codeAuthentication, "Could not find any usable credentials in the request.")
	}
	return nil
}

// limit counts requests in fixed windows, and writes the headers that tell of it.
func (s *Server) limit(w http.ResponseWriter) *problem {
	if s.opts.RateLimit <= 0 {
		return nil
	}
	now := s.fake.Now()
	if !now.Before(s.windowStart.Add(s.opts.RateWindow)) {
		s.windowStart, s.inWindow = now, 0
	}
	s.inWindow++
	left := s.windowStart.Add(s.opts.RateWindow).Sub(now)
	h := w.Header()
	h.Set("x-ratelimit-limit", strconv.Itoa(s.opts.RateLimit))
	h.Set("x-ratelimit-remaining", strconv.Itoa(max(s.opts.RateLimit-s.inWindow, 0)))
	h.Set("x-ratelimit-reset", strconv.Itoa(int((left+999_999_999)/1_000_000_000)))
	if s.inWindow > s.opts.RateLimit {
		return refuse(http.StatusTooManyRequests, codeTooMany, "You have exceeded the maximum number of allowed requests.")
	}
	return nil
}

// handle runs an operation and sends what it answers.
func (s *Server) handle(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{Server: s, r: r, q: s.fake.Strict(r, rt.query...)}
		c.strict()
		answer, p := rt.do(c)
		if p == nil {
			p = c.wrong
		}
		if p != nil {
			fake.JSON(w, p.status, p)
			return
		}
		switch a := answer.(type) {
		case reply:
			maps.Copy(w.Header(), a.header)
			if text, ok := a.body.([]byte); ok {
				fake.Raw(w, a.status, a.contentType, text)
				return
			}
			fake.JSON(w, a.status, a.body)
		default:
			fake.JSON(w, http.StatusOK, answer)
		}
	}
}

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
