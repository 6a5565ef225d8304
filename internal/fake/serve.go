package fake

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

const (
	maxLogged = 1 << 20 // of a body, in the request log
	maxBody   = 8 << 20 // of a body, for the vendor
)

// serve logs the request, lets at most one transport fault strike, and asks the vendor.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if !s.begin() {
		panic(http.ErrAbortHandler)
	}
	defer s.running.Done()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	row := s.log(r, body)
	x := &exchange{s: s, w: w, r: r, row: row}
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		x.send(answer{status: http.StatusRequestEntityTooLarge})
		return
	}
	if err != nil {
		x.abort() // the client went away
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if f, ok := s.takeTransport(row); ok {
		x.strike(f)
		return
	}
	x.send(x.commit())
}

// begin lets Close wait for a handler. It returns false once the server is closed: handlers of HTTP/2
// may begin after their connection ended.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.running.Add(1)
	}
	return !s.closed
}

// log begins the row of a request.
func (s *Server) log(r *http.Request, body []byte) *numberstest.Request {
	op, buys := s.cfg.Classify(r)
	row := &numberstest.Request{
		Time: s.cfg.Now(), Proto: r.Proto, Method: r.Method, Host: r.Host,
		Path: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery, Header: r.Header.Clone(),
		Body: bytes.Clone(body[:min(len(body), maxLogged)]), Op: op, Buys: buys,
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows = append(s.rows, row)
	return row
}

// Requests returns the log: every request that came, in order of arrival.
func (s *Server) Requests() []numberstest.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]numberstest.Request, len(s.rows))
	for i, row := range s.rows {
		out[i] = row.Clone()
	}
	return out
}

// exchange is one request on its way to an answer.
type exchange struct {
	s   *Server
	w   http.ResponseWriter
	r   *http.Request
	row *numberstest.Request
}

// answer is what the vendor would have sent.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// commit asks the vendor, and lets faults alter the answer.
func (x *exchange) commit() answer {
	x.s.Lock()
	a := x.ask()
	x.s.Unlock()
	return x.alter(a)
}

// ask runs the vendor's handler; the lock is held.
func (x *exchange) ask() (a answer) {
	s := x.s
	s.mu.Lock()
	s.current, x.row.Committed = x.row, true
	s.mu.Unlock()
	rec := &recorder{answer: answer{header: http.Header{}}}
	defer func() {
		s.mu.Lock()
		s.current = nil
		s.mu.Unlock()
		if p := recover(); p != nil {
			s.report(false, "%s %s: the handler panicked: %v\n%s", x.r.Method, x.r.URL.Path, p, debug.Stack())
			a = answer{status: http.StatusInternalServerError}
		}
	}()
	s.cfg.Handler.ServeHTTP(rec, x.r.WithContext(context.WithoutCancel(x.r.Context())))
	return rec.done()
}

// head sends the status and the headers.
func (x *exchange) head(a answer, length int) {
	h := x.w.Header()
	h["Content-Type"] = nil // no guess by net/http
	h.Set("Date", x.s.cfg.Now().UTC().Format(http.TimeFormat))
	maps.Copy(h, a.header)
	if bodyAllowed(x.r.Method, a.status) {
		h.Set("Content-Length", strconv.Itoa(length))
	}
	x.s.mu.Lock()
	x.row.Status = a.status
	x.s.mu.Unlock()
	x.w.WriteHeader(a.status)
}

// send answers.
func (x *exchange) send(a answer) {
	x.head(a, len(a.body))
	if bodyAllowed(x.r.Method, a.status) {
		x.w.Write(a.body)
	}
}

func bodyAllowed(method string, status int) bool {
	return method != http.MethodHead && status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// recorder is the http.ResponseWriter that a vendor's handler writes to.
type recorder struct {
	answer
	sent http.Header // the headers as they were when the status was written
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status, r.sent = status, r.header.Clone()
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	r.body = append(r.body, p...)
	return len(p), nil
}

func (r *recorder) done() answer {
	r.WriteHeader(http.StatusOK)
	return answer{r.status, r.sent, r.body}
}
