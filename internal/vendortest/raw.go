package vendortest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
)

// Raw is a transport to a handler that a test writes by itself, from a vendor's own text
// and not with a fake. It works in virtual time: nothing is on a network.
type Raw struct {
	// Handler answers. It is called by one goroutine at a time.
	Handler http.Handler
	// Lose reports whether the answer to a request is lost; nil = none is.
	Lose func(*http.Request) bool

	mu       sync.Mutex
	requests []string
}

var errLost = errors.New("vendortest: the answer was lost")

// RoundTrip lets the handler answer.
func (s *Raw) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	defer r.Body.Close()
	s.requests = append(s.requests, r.Method+" "+r.URL.RequestURI())
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, r)
	if s.Lose != nil && s.Lose(r) {
		return nil, errLost
	}
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

// Count returns how many requests with this method and path came.
func (s *Raw) Count(request string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.requests {
		if r == request {
			n++
		}
	}
	return n
}
