// Package fake is what the fake vendor servers share: the HTTP server (on a socket or in memory), the
// faults, the request log, the clock with its scheduled work, the books, and strict helpers for handlers.
//
// A vendor's fake gives [New] its handler and what it knows about its operations. The handler runs with
// the server's lock held, against a recorder: it can use its state freely and never waits for the network.
// Everything that damages or delays an answer happens outside the lock.
package fake

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// Config is what one vendor's fake gives to New.
type Config struct {
	// Name of the vendor, for reports and as the seed of the ids.
	Name string
	// Handler is the vendor. It runs with the server's lock held, one request at a time.
	Handler http.Handler
	// TB, where there is one, gets the reports as errors, and closes the server when the test ends.
	TB testing.TB
	// ServerOptions are the fake's own. HTTP/2 is spoken with prior knowledge unless TLS is set.
	numberstest.ServerOptions
	// Classify names the operation of a request and says whether it may buy. It must not read the body.
	Classify func(r *http.Request) (op string, buys bool)
	// FaultBody is the vendor's usual body for an error status; nil means none.
	FaultBody func(status int) (contentType string, body []byte)
	// Counts are the members of answers that count something, for the fault numberstest.Counts.
	Counts []string
	// Semantic are the semantic faults that Handler asks for; others are refused by Inject.
	Semantic []numberstest.FaultKind
}

// Server is one running fake.
type Server struct {
	cfg    Config
	url    string
	http   *http.Server
	client *http.Transport

	running  sync.WaitGroup // Serve, the connections and the handlers
	closing  sync.Once
	ids      *IDs
	vendorMu sync.Mutex // held while the vendor's handler or scheduled work runs

	mu      sync.Mutex // guards all below; never held while calling out
	closed  bool
	rows    []*numberstest.Request
	current *numberstest.Request // the row of the request whose handler runs
	faults  []*armed
	reports []string
	due     []work
	seq     int
	at      time.Time // when the scheduled work that runs was due
	books   numberstest.Books
}

// New starts a fake.
func New(cfg Config) (*Server, error) {
	switch {
	case cfg.Name == "":
		return nil, errors.New("fake: Config.Name is empty")
	case cfg.Handler == nil:
		return nil, errors.New("fake: Config.Handler is nil")
	case cfg.Classify == nil:
		return nil, errors.New("fake: Config.Classify is nil")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Server{cfg: cfg, ids: NewIDs(cfg.Name)}
	if err := s.start(); err != nil {
		return nil, fmt.Errorf("fake: %s: %w", cfg.Name, err)
	}
	if cfg.TB != nil {
		cfg.TB.Cleanup(s.Close)
	}
	return s, nil
}

func (s *Server) start() error {
	dial := (&net.Dialer{}).DialContext
	var l net.Listener
	if s.cfg.InMemory {
		p, err := newPipeListener()
		if err != nil {
			return err
		}
		l, dial = p, p.DialContext
	} else {
		var err error
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return err
		}
	}
	s.url = "http://" + l.Addr().String()
	s.client = &http.Transport{DialContext: dial, Protocols: new(http.Protocols)}
	s.client.Protocols.SetHTTP1(!s.cfg.HTTP2)
	s.client.Protocols.SetUnencryptedHTTP2(s.cfg.HTTP2)
	if s.cfg.TLS {
		server, client, err := newTLS(l.Addr().String(), s.cfg.HTTP2)
		if err != nil {
			l.Close()
			return err
		}
		s.url = "https://" + l.Addr().String()
		s.client.TLSClientConfig = client
		s.client.Protocols.SetHTTP2(s.cfg.HTTP2)
		l = tlsListener{l, server}
	}
	// The server sees plain connections even under TLS, so that HTTP/2 faults can write
	// frames of their own beneath it.
	s.http = &http.Server{
		Handler:     http.HandlerFunc(s.serve),
		ErrorLog:    log.New(io.Discard, "", 0),
		ConnContext: withConn,
		Protocols:   new(http.Protocols),
	}
	s.http.Protocols.SetHTTP1(true)
	s.http.Protocols.SetUnencryptedHTTP2(s.cfg.HTTP2)
	s.http.ConnState = s.trackConn
	s.running.Go(func() { _ = s.http.Serve(frameListener{l}) })
	return nil
}

// trackConn lets Close wait for the connections' goroutines.
func (s *Server) trackConn(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.running.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.running.Done()
	default:
	}
}

// URL is the server's address, without a path. In memory its host is not a real one, and no other fake has it.
func (s *Server) URL() string { return s.url }

// HTTPClient returns a client that reaches the server, wherever it listens, and trusts its certificate.
func (s *Server) HTTPClient() *http.Client { return &http.Client{Transport: s.client} }

// Close ends every hang, closes all connections and waits for the server's goroutines.
// It may be called more than once.
func (s *Server) Close() {
	s.closing.Do(func() {
		s.mu.Lock()
		s.closed = true
		s.mu.Unlock()
		s.http.Close()
		s.client.CloseIdleConnections()
	})
	s.running.Wait()
}

// Now is the fake's time: while scheduled work runs, the time when it was due.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	at := s.at
	s.mu.Unlock()
	if !at.IsZero() {
		return at
	}
	return s.cfg.Now()
}

// IDs makes the server's ids: the same ones in every run.
func (s *Server) IDs() *IDs { return s.ids }

// Misuse notes a mistake in the use of the fake itself, and fails the test.
func (s *Server) Misuse(format string, args ...any) {
	s.report(false, format, args...)
}

// Report notes something that the vendor would silently let pass, and fails the test unless the fake is lenient.
func (s *Server) Report(format string, args ...any) {
	s.report(s.cfg.Lenient, format, args...)
}

func (s *Server) report(lenient bool, format string, args ...any) {
	text := s.cfg.Name + " fake: " + fmt.Sprintf(format, args...)
	s.mu.Lock()
	s.reports = append(s.reports, text)
	s.mu.Unlock()
	if s.cfg.TB != nil && !lenient {
		s.cfg.TB.Errorf("%s", text)
	}
}

// Reports returns all that was reported.
func (s *Server) Reports() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.reports...)
}

// ForTest starts a fake of a package for a test, with at most one Options.
func ForTest[S, O any](tb testing.TB, pkg string, opts []O, start func(O, testing.TB) (S, error)) S {
	tb.Helper()
	var o O
	if len(opts) > 0 {
		o = opts[0]
	}
	if len(opts) > 1 {
		tb.Fatalf("%s: NewServer takes one Options, not %d", pkg, len(opts))
	}
	s, err := start(o, tb)
	if err != nil {
		tb.Fatalf("%s: %v", pkg, err)
	}
	return s
}

// Unfit returns the name of a field of a struct that is set, though it is not one of these; or "".
func Unfit(v any, fits ...string) string {
	rv := reflect.ValueOf(v)
	for i := range rv.NumField() {
		if f := rv.Type().Field(i); !rv.Field(i).IsZero() && !slices.Contains(fits, f.Name) {
			return f.Name
		}
	}
	return ""
}
