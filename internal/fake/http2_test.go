package fake_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// The codes are on the wire: net/http sends a committed order again on just those that it takes for
// "not processed", if it can rewind the body. This is what a client must guard against.
func TestNetHTTPSendsAgainOverHTTP2(t *testing.T) {
	const protocolError, internalError, refusedStream = 1, 2, 7
	for _, tc := range []struct {
		name  string
		fault numberstest.Fault
		again bool
		says  string // in the error of a client that doesn't send again
	}{
		{"INTERNAL_ERROR by default", numberstest.Fault{Kind: numberstest.HTTP2Reset}, false, "INTERNAL_ERROR"},
		{"INTERNAL_ERROR", numberstest.Fault{Kind: numberstest.HTTP2Reset, HTTP2Code: internalError}, false, "INTERNAL_ERROR"},
		{"ENHANCE_YOUR_CALM", numberstest.Fault{Kind: numberstest.HTTP2Reset, HTTP2Code: 11}, false, "ENHANCE_YOUR_CALM"},
		{"PROTOCOL_ERROR", numberstest.Fault{Kind: numberstest.HTTP2Reset, HTTP2Code: protocolError}, true, "PROTOCOL_ERROR"},
		{"REFUSED_STREAM", numberstest.Fault{Kind: numberstest.HTTP2Reset, HTTP2Code: refusedStream}, true, "REFUSED_STREAM"},
		{"GOAWAY", numberstest.Fault{Kind: numberstest.HTTP2GoAway}, true, "GOAWAY"},
		{"lost connection", numberstest.Fault{Kind: numberstest.LostReply}, false, "EOF"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				shop := newShop(t, fake.Config{InMemory: true, HTTP2: true})
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
				shop := newShop(t, fake.Config{InMemory: true, HTTP2: true})
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
				go func() { shop.srv.HTTPClient().Do(post) }()
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
