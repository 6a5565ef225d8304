package fake_test

import (
	"errors"
	"fmt"
	"go/build"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// The codes are on the wire: net/http sends a committed order again on just those that it takes for
// "not processed", if it can rewind the body. This is what a client must guard against. Since Go 1.27,
// PROTOCOL_ERROR is not one of them.
func TestNetHTTPSendsAgainOverHTTP2(t *testing.T) {
	const protocolError, internalError, refusedStream = 1, 2, 7
	before127 := !slices.Contains(build.Default.ReleaseTags, "go1.27")
	for _, tc := range []struct {
		name  string
		fault numberstest.Fault
		again bool
		says  string // in the error of a client that doesn't send again
	}{
		{"INTERNAL_ERROR by default", numberstest.Fault{Kind: numberstest.HTTP2Reset}, false, "INTERNAL_ERROR"},
		{"INTERNAL_ERROR", numberstest.Fault{Kind: numberstest.HTTP2Reset, HTTP2Code: internalError}, false, "INTERNAL_ERROR"},
		{"ENHANCE_YOUR_CALM", numberstest.Fault{Kind: numberstest.HTTP2Reset, HTTP2Code: 11}, false, "ENHANCE_YOUR_CALM"},
		{"PROTOCOL_ERROR", numberstest.Fault{Kind: numberstest.HTTP2Reset, HTTP2Code: protocolError}, before127, "PROTOCOL_ERROR"},
		{"REFUSED_STREAM", numberstest.Fault{Kind: numberstest.HTTP2Reset, HTTP2Code: refusedStream}, true, "REFUSED_STREAM"},
		{"GOAWAY", numberstest.Fault{Kind: numberstest.HTTP2GoAway}, true, "GOAWAY"},
		{"lost connection", numberstest.Fault{Kind: numberstest.LostReply}, false, "EOF"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				shop := newShop(t, fake.Config{ServerOptions: numberstest.ServerOptions{InMemory: true, HTTP2: true}})
				tc.fault.Times = 2
				shop.srv.Inject(tc.fault)
				client := shop.srv.HTTPClient()

				_, err := client.Post(shop.srv.URL()+"/orders", "application/json", io.NopCloser(strings.NewReader("{}")))
				assert.ErrorContains(t, err, tc.says)
				assert.Equal(t, 1, shop.Sold(), "a body that can't be rewound is sent once")

				resp, err := client.Post(shop.srv.URL()+"/orders", "application/json", strings.NewReader("{}"))
				if err == nil {
					resp.Body.Close()
				}
				assert.Equal(t, tc.again, err == nil, "%v", err)
				assert.Equal(t, map[bool]int{false: 2, true: 3}[tc.again], shop.Sold())
			})
		})
	}
}

// rawFrames sends POSTs, one after another, in frames of its own, and returns the type and payload of every frame that comes
// back beside settings, until the connection ends or goes quiet.
func rawFrames(t *testing.T, srv *fake.Server, posts int) (frames []string, ended bool) {
	host := strings.TrimPrefix(srv.URL(), "http://")
	conn, err := srv.HTTPClient().Transport.(*http.Transport).DialContext(t.Context(), "tcp", host)
	require.NoError(t, err)
	defer conn.Close()
	header := append([]byte{0x83, 0x86, 0x84, 0x41, byte(len(host))}, host...) // POST, http, /, authority (RFC 7541, appendix A)
	out := []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
	go func() { _, _ = conn.Write(out) }()
	go func() {
		for i := range posts {
			synctest.Wait()
			_, _ = conn.Write(append([]byte{0, 0, byte(len(header)), 1, 5, 0, 0, 0, byte(2*i + 1)}, header...))
		}
	}()
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	for {
		var head [9]byte
		if _, err := io.ReadFull(conn, head[:]); err != nil {
			return frames, errors.Is(err, io.EOF)
		}
		payload := make([]byte, int(head[1])<<8|int(head[2]))
		_, err := io.ReadFull(conn, payload)
		require.NoError(t, err)
		if kind := head[3]; kind != 4 && kind != 8 { // SETTINGS, WINDOW_UPDATE
			frames = append(frames, fmt.Sprintf("%d on %d: %x", kind, head[8], payload))
		}
	}
}

func TestHTTP2FaultsOnTheWire(t *testing.T) {
	for _, tc := range []struct {
		name   string
		faults []numberstest.Fault
		posts  int
		frames []string
		ended  bool
	}{
		{"resets", []numberstest.Fault{
			{Kind: numberstest.HTTP2Reset, HTTP2Code: 7},
			{Kind: numberstest.HTTP2Reset},
			{Kind: numberstest.HTTP2Reset, HTTP2Code: 1},
		}, 3, []string{"3 on 1: 00000007", "3 on 3: 00000002", "3 on 5: 00000001"}, false},
		{"GOAWAY", []numberstest.Fault{{Kind: numberstest.HTTP2GoAway}}, 1, []string{"7 on 0: 0000000000000000"}, true},
		{"GOAWAY with a code", []numberstest.Fault{{Kind: numberstest.HTTP2GoAway, HTTP2Code: 11}}, 1, []string{"7 on 0: 000000000000000b"}, true},
		{"lost reply", []numberstest.Fault{{Kind: numberstest.LostReply}}, 1, nil, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				shop := newShop(t, fake.Config{ServerOptions: numberstest.ServerOptions{InMemory: true, HTTP2: true}})
				shop.srv.Inject(tc.faults...)
				frames, ended := rawFrames(t, shop.srv, tc.posts)
				assert.Equal(t, tc.frames, frames)
				assert.Equal(t, tc.ended, ended)
				assert.Equal(t, tc.posts, shop.Sold())
			})
		})
	}
}

// A GOAWAY takes the connection with it; a reset leaves it to the other streams.
func TestHTTP2FaultsAndTheConnection(t *testing.T) {
	for kind, broken := range map[numberstest.FaultKind]bool{
		numberstest.HTTP2Reset:  false,
		numberstest.HTTP2GoAway: true,
		numberstest.LostReply:   true,
		numberstest.HangAfter:   false,
	} {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				shop := newShop(t, fake.Config{ServerOptions: numberstest.ServerOptions{InMemory: true, HTTP2: true}})
				read := numberstest.Match{Method: "GET"}
				shop.srv.Inject(numberstest.Fault{Kind: numberstest.HangAfter, On: read}) // a stream that is open meanwhile
				ended := make(chan error, 1)
				go func() {
					_, err := shop.srv.HTTPClient().Post(shop.srv.URL()+"/warm", "", http.NoBody)
					ended <- err
				}()
				require.NoError(t, <-ended)
				ctx := t.Context()
				req, err := http.NewRequestWithContext(ctx, "GET", shop.srv.URL()+"/orders", io.NopCloser(strings.NewReader("x")))
				require.NoError(t, err)
				go func() {
					_, err := shop.srv.HTTPClient().Do(req)
					ended <- err
				}()
				synctest.Wait()

				shop.srv.Inject(numberstest.Fault{Kind: kind})
				post, err := http.NewRequestWithContext(ctx, "POST", shop.srv.URL()+"/orders", io.NopCloser(strings.NewReader("x")))
				require.NoError(t, err)
				go func() { _, _ = shop.srv.HTTPClient().Do(post) }()
				synctest.Wait()
				select {
				case err := <-ended:
					assert.True(t, broken, "%v", err)
				default:
					assert.False(t, broken)
				}
				shop.srv.Close()
			})
		})
	}
}
