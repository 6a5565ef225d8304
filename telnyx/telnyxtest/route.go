package telnyxtest

import (
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
}

// data is the envelope of one object.
type data struct {
	Data any `json:"data"`
}

func routes() []route {
	var all []route
	for _, group := range [][]route{
		orderRoutes(), subOrderRoutes(), reportRoutes(), lineRoutes(), groupRoutes(), searchRoutes(), reservationRoutes(), numberRoutes(), balanceRoutes(), commentRoutes(),
		regulatoryRoutes(), featureRoutes(), blockRoutes(), inexplicitRoutes(), advancedRoutes(), coverageRoutes(),
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
	if _, pattern := s.mux.Handler(r); pattern == "" || path.Clean(r.URL.EscapedPath()) != r.URL.EscapedPath() {
		fake.JSON(w, http.StatusNotFound, refuse(http.StatusNotFound, codeInvalidURL, "The requested resource or URL could not be found."))
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (s *Server) authenticate(r *http.Request) *problem {
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
