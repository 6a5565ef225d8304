package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// testTLS returns a server's certificate and the clients' trust in it.
func testTLS(t testing.TB) (server, client *tls.Config) {
	t.Helper()
	srv := httptest.NewTLSServer(nil)
	defer srv.Close()
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	return &tls.Config{Certificates: srv.TLS.Certificates}, &tls.Config{RootCAs: roots}
}

// h2Server speaks HTTP/2 frame by frame. It counts the streams that it has got
// whole, and answers by a script.
type h2Server struct {
	acceptor
	scheme string
	// early answers a stream when its headers have come, whole or not.
	early bool
	// answer returns whether the connection goes on.
	answer func(s h2Stream, n int) (more bool)

	// Under mu:
	begun int // streams whose headers have come
	whole int // streams that have ended
}

// h2Stream is a stream to be answered.
type h2Stream struct {
	net.Conn
	id uint32
}

func serveH2(t testing.TB, early bool, answer func(s h2Stream, n int) bool) (*h2Server, *http.Transport) {
	t.Helper()
	server, client := testTLS(t)
	server.NextProtos = []string{"h2"}
	l, err := tls.Listen("tcp", "127.0.0.1:0", server)
	require.NoError(t, err)
	s := &h2Server{acceptor: acceptor{listener: l}, scheme: "https", answer: answer, early: early}
	s.wg.Go(func() { s.accept(s.converse) })
	t.Cleanup(s.stop)
	return s, &http.Transport{TLSClientConfig: client, ForceAttemptHTTP2: true}
}

// serveClear is serveH2 without TLS, for clients that know before that it is
// HTTP/2.
func serveClear(t testing.TB, early bool, answer func(s h2Stream, n int) bool) (*h2Server, *http.Transport) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &h2Server{acceptor: acceptor{listener: l}, scheme: "http", answer: answer, early: early}
	s.wg.Go(func() { s.accept(s.converse) })
	t.Cleanup(s.stop)
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	return s, transport
}

func (s *h2Server) url() string { return s.scheme + "://" + s.listener.Addr().String() }

func (s *h2Server) converse(c net.Conn) {
	defer c.Close()
	if _, err := io.ReadFull(c, make([]byte, len(h2Preface))); err != nil {
		return
	}
	for alive := writeFrame(c, frame{kind: frameSettings}); alive; {
		f, err := readFrame(c)
		if err != nil {
			return
		}
		stream, ended := h2Stream{c, f.stream}, f.flags&flagEnd != 0
		switch f.kind {
		case frameSettings:
			alive = ended || writeFrame(c, frame{kind: frameSettings, flags: flagEnd})
			continue
		case frameHeaders:
			s.count(&s.begun)
			if s.early && !ended {
				alive = s.answer(stream, 0)
			}
		case frameData:
		default:
			continue
		}
		if ended && alive {
			alive = s.answer(stream, s.count(&s.whole))
		}
	}
}

func (s *h2Server) count(what *int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	*what++
	return *what
}

func (s *h2Server) counts() (begun, whole int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begun, s.whole
}

// head answers 200, in HPACK's static table.
func (s h2Stream) head() bool {
	return writeFrame(s, frame{frameHeaders, flagEndHeaders, s.id, []byte{0x88}})
}

func (s h2Stream) good(int) bool {
	return s.head() && writeFrame(s, frame{frameData, flagEnd, s.id, []byte(goodThing)})
}

func (s h2Stream) cut(int) bool {
	return s.head() && writeFrame(s, frame{frameData, 0, s.id, []byte(`{"id`)}) && resetStream(codeProtocol)(s, 0)
}

func resetStream(code uint32) func(h2Stream, int) bool {
	return func(s h2Stream, _ int) bool { return writeFrame(s, frame{frameReset, 0, s.id, word(code)}) }
}

// goAway tells that streams up to last are done, and hangs up.
func goAway(last func(id uint32) uint32, code uint32) func(h2Stream, int) bool {
	return func(s h2Stream, _ int) bool {
		writeFrame(s, frame{frameGoAway, 0, 0, word(last(s.id), code)})
		return false
	}
}

type h2Fault struct {
	fault
	answer func(h2Stream, int) bool
}

func h2Faults() []h2Fault {
	none := func(uint32) uint32 { return 0 }
	this := func(id uint32) uint32 { return id }
	lost := func(name string, answer func(h2Stream, int) bool) h2Fault {
		return h2Fault{fault{name: name, repeats: true, kind: numbers.ErrUnreachable, unknown: true}, answer}
	}
	return []h2Fault{
		{fault{name: "none"}, h2Stream.good},
		{fault{name: "an answer after GOAWAY"}, func(s h2Stream, n int) bool {
			writeFrame(s, frame{frameGoAway, 0, 0, word(s.id, codeNo)})
			return s.good(n)
		}},
		lost("RST_STREAM PROTOCOL_ERROR", resetStream(codeProtocol)),
		lost("RST_STREAM REFUSED_STREAM", resetStream(codeRefusedStream)),
		lost("RST_STREAM INTERNAL_ERROR", resetStream(codeInternal)),
		lost("RST_STREAM ENHANCE_YOUR_CALM", resetStream(codeEnhanceYourCalm)),
		lost("RST_STREAM HTTP_1_1_REQUIRED", resetStream(codeHTTP11Required)),
		lost("GOAWAY of nothing", goAway(none, codeNo)),
		lost("GOAWAY of nothing, PROTOCOL_ERROR", goAway(none, codeProtocol)),
		lost("GOAWAY after processing", goAway(this, codeNo)),
		lost("GOAWAY after processing, INTERNAL_ERROR", goAway(this, codeInternal)),
		lost("closed", func(h2Stream, int) bool { return false }),
		{
			fault{name: "reset within the body", repeats: true, kind: numbers.ErrVendor, unknown: true, status: 200},
			h2Stream.cut,
		},
	}
}

// TestSendOnceHTTP2 counts the streams that a server has got whole. HTTP/2 is
// where net/http replays what it should not.
func TestSendOnceHTTP2(t *testing.T) { testSendOnceHTTP2(t, serveH2) }

// TestSendOnceHTTP2Clear is the same without TLS.
func TestSendOnceHTTP2Clear(t *testing.T) { testSendOnceHTTP2(t, serveClear) }

func testSendOnceHTTP2(t *testing.T, serve func(testing.TB, bool, func(h2Stream, int) bool) (*h2Server, *http.Transport)) {
	for _, op := range operations() {
		for _, fault := range h2Faults() {
			t.Run(op.name+"/"+fault.name, func(t *testing.T) {
				srv, transport := serve(t, false, fault.answer)
				c := newTestClient(t, Config{}, srv.url(), quick(), transport)
				c.direct.Store(op.piece)
				call, before := op.call(), time.Now()
				err := c.Do(t.Context(), call)
				want := 1
				if fault.repeats && !op.once {
					want = tries
				}
				_, whole := srv.counts()
				assert.Equal(t, want, whole)
				fault.check(t, err, call, before)
			})
		}
	}
}

// TestSendOnceHTTP2Early has a server that answers the headers alone. For a
// request without a body, they are the whole request.
func TestSendOnceHTTP2Early(t *testing.T) {
	for _, op := range operations() {
		for _, fault := range h2Faults() {
			if fault.kind == nil || fault.status != 0 {
				continue
			}
			t.Run(op.name+"/"+fault.name, func(t *testing.T) {
				srv, transport := serveH2(t, true, fault.answer)
				c := newTestClient(t, Config{}, srv.url(), quick(), transport)
				c.direct.Store(op.piece)
				call, before := op.call(), time.Now()
				err := c.Do(t.Context(), call)
				begun, whole := srv.counts()
				if op.once {
					assert.LessOrEqual(t, whole, 1)
				}
				if op.once && call.Body == nil {
					assert.Equal(t, 1, begun)
					fault.check(t, err, call, before)
				}
				if !op.once {
					// Each try may be replayed once by net/http, as long as its
					// body was not read.
					assert.GreaterOrEqual(t, begun, tries)
					assert.LessOrEqual(t, whole, tries)
				}
				require.Error(t, err)
			})
		}
	}
}

// TestSendOnceHTTP2Stale answers once, and then refuses every stream of that
// connection: the second call finds it dead.
func TestSendOnceHTTP2Stale(t *testing.T) {
	for _, op := range operations() {
		t.Run(op.name, func(t *testing.T) {
			srv, transport := serveH2(t, false, func(s h2Stream, n int) bool {
				if n == 2 {
					return goAway(func(uint32) uint32 { return 1 }, codeNo)(s, n)
				}
				return s.good(n)
			})
			c := newTestClient(t, Config{}, srv.url(), quick(), transport)
			require.NoError(t, c.Do(t.Context(), operations()[7].call()))
			c.direct.Store(op.piece)
			call, before := op.call(), time.Now()
			err := c.Do(t.Context(), call)
			_, whole := srv.counts()
			if op.once {
				assert.Equal(t, 2, whole)
				fault{kind: numbers.ErrUnreachable, unknown: true}.check(t, err, call, before)
			} else {
				assert.Equal(t, 3, whole)
				require.NoError(t, err)
			}
		})
	}
}

// TestSendOnceHTTP2Cancelled asserts that a caller who gives up has the stream
// reset, and learns that the outcome is unknown.
func TestSendOnceHTTP2Cancelled(t *testing.T) {
	got := make(chan struct{}, 1)
	srv, transport := serveH2(t, false, func(h2Stream, int) bool {
		got <- struct{}{}
		return true
	})
	c := newTestClient(t, Config{}, srv.url(), quick(), transport)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-got
		cancel()
	}()
	call, before := buy(map[string]string{})(), time.Now()
	err := c.Do(ctx, call)
	assertUnknown(t, err, call, before)
	assert.ErrorIs(t, err, context.Canceled)
	_, whole := srv.counts()
	assert.Equal(t, 1, whole)
}

// What HTTP/2's tests need of RFC 9113, by hand: net/http's server can't send
// what they must.

const h2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

const (
	frameData     = 0x0
	frameHeaders  = 0x1
	frameReset    = 0x3
	frameSettings = 0x4
	frameGoAway   = 0x7

	flagEnd        = 0x1 // of a stream; of SETTINGS: ACK
	flagEndHeaders = 0x4
)

// Error codes.
const (
	codeNo              = 0x0
	codeProtocol        = 0x1
	codeInternal        = 0x2
	codeRefusedStream   = 0x7
	codeEnhanceYourCalm = 0xb
	codeHTTP11Required  = 0xd
)

type frame struct {
	kind, flags byte
	stream      uint32
	payload     []byte
}

func readFrame(r io.Reader) (f frame, err error) {
	head := make([]byte, 9)
	if _, err := io.ReadFull(r, head); err != nil {
		return f, err
	}
	f.payload = make([]byte, int(head[0])<<16|int(head[1])<<8|int(head[2]))
	f.kind, f.flags, f.stream = head[3], head[4], binary.BigEndian.Uint32(head[5:])&^(1<<31)
	_, err = io.ReadFull(r, f.payload)
	return f, err
}

// writeFrame reports whether the peer is still there.
func writeFrame(w io.Writer, f frame) bool {
	n := len(f.payload)
	b := []byte{byte(n >> 16), byte(n >> 8), byte(n), f.kind, f.flags}
	b = binary.BigEndian.AppendUint32(b, f.stream)
	_, err := w.Write(append(b, f.payload...))
	return err == nil
}

func word(values ...uint32) (b []byte) {
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}
