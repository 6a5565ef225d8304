package vendortest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// Answer is what a vendor says, whatever it was asked.
type Answer struct {
	// Status is HTTP's; 0 = 200.
	Status int
	// Header is sent as it is. A body whose type it does not tell is
	// application/json.
	Header http.Header
	Body   string
	// Cut closes the connection instead.
	Cut bool
}

// Text is a success with a body.
func Text(body string) Answer { return Answer{Body: body} }

// Failing is an answer that is no success.
func Failing(status int, body string) Answer { return Answer{Status: status, Body: body} }

// status is the answer's status as it is sent.
func (a Answer) status() int {
	if a.Status == 0 {
		return http.StatusOK
	}
	return a.Status
}

// header is the answer's header as it is sent.
func (a Answer) header() http.Header {
	h := a.Header.Clone()
	if h == nil {
		h = make(http.Header)
	}
	if a.Body != "" && h.Get("Content-Type") == "" {
		h.Set("Content-Type", "application/json")
	}
	return h
}

// response is the answer without a network.
func (a Answer) response(r *http.Request) *http.Response {
	return &http.Response{StatusCode: a.status(), Header: a.header(), Body: io.NopCloser(strings.NewReader(a.Body)), Request: r}
}

// Request is what a [Script] received.
type Request struct {
	// Target is the method, and the path with the query as they were sent.
	Target string
	// Method is Target's method, Path its escaped path, RawQuery its query.
	Method, Path, RawQuery string
	Header                 http.Header
	Body                   string
}

// Script answers every request with the next of its answers, and with the last
// one from then on. As a transport it is a vendor without a network, for tests
// in virtual time; it takes no Cut there.
type Script struct {
	tb       testing.TB
	mu       sync.Mutex
	answers  []Answer
	requests []Request
}

// NewScript is a script of these answers.
func NewScript(tb testing.TB, answers ...Answer) *Script { return &Script{tb: tb, answers: answers} }

// Targets are those of the requests up to now.
func (s *Script) Targets() []string {
	var list []string
	for _, r := range s.Received() {
		list = append(list, r.Target)
	}
	return list
}

// Reset begins anew, with other answers.
func (s *Script) Reset(answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers, s.requests = answers, nil
}

// Received returns the requests up to now.
func (s *Script) Received() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// RoundTrip gives the next answer.
func (s *Script) RoundTrip(r *http.Request) (*http.Response, error) {
	a := s.next(r)
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return a.response(r), nil
}

func (s *Script) next(r *http.Request) Answer {
	got := Request{
		Target: r.Method + " " + r.URL.RequestURI(),
		Method: r.Method, Path: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery, Header: r.Header.Clone(),
	}
	if r.RequestURI != "" { // a server knows it to the letter
		got.Target = r.Method + " " + r.RequestURI
	}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			s.tb.Errorf("vendortest: the body of %s: %v", got.Target, err)
		}
		got.Body = string(body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, got)
	if len(s.answers) == 0 {
		s.tb.Errorf("vendortest: %s, and no answer was given", got.Target)
		return Failing(http.StatusNotImplemented, "")
	}
	a := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	return a
}

// Server is a script over HTTP.
type Server struct {
	*httptest.Server
	*Script
}

// Serve starts a server, which ends with the test.
func Serve(tb testing.TB, answers ...Answer) *Server {
	tb.Helper()
	s := &Server{Script: NewScript(tb, answers...)}
	s.Server = httptest.NewServer(s)
	tb.Cleanup(s.Close)
	return s
}

// ServeHTTP gives the next answer.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := s.next(r)
	if a.Cut {
		panic(http.ErrAbortHandler)
	}
	w.Header()["Content-Type"] = nil // nothing is guessed from the body
	for key, values := range a.header() {
		w.Header()[key] = values
	}
	w.WriteHeader(a.status())
	_, _ = io.WriteString(w, a.Body)
}

// RoundTrip is a vendor without a network that says itself what it answers. It
// takes no Cut.
type RoundTrip func(*http.Request) Answer

// RoundTrip reads the request's body to its end, as a network would, and asks
// the function.
func (f RoundTrip) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	return f(r).response(r), nil
}

// Options are those of a client that hardly waits between its attempts, at
// base.
func Options(base string, change ...func(*numbers.ClientOptions)) *numbers.ClientOptions {
	opts := &numbers.ClientOptions{BaseURL: base, Retry: numbers.Retry{MinWait: time.Nanosecond, MaxWait: time.Millisecond}}
	for _, f := range change {
		f(opts)
	}
	return opts
}

// Once makes a client try everything once.
func Once(o *numbers.ClientOptions) { o.Retry.Attempts = 1 }
