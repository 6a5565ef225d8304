package voipbin_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/voipbin"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// token is a secret that is looked for wherever something is written.
const token = "planted-token-3f9c1d"

type answer = vendortest.Answer

// typed is an answer with a body of a type.
func typed(status int, contentType, body string) answer {
	return answer{Status: status, Header: http.Header{"Content-Type": {contentType}}, Body: body}
}

func ok(body string) answer { return typed(http.StatusOK, "application/json; charset=utf-8", body) }

func serve(tb testing.TB, answers ...answer) *vendortest.Server {
	tb.Helper()
	return vendortest.Serve(tb, answers...)
}

// clientAt is a client of a server that does not wait between attempts.
func clientAt(tb testing.TB, url string, change ...func(*numbers.ClientOptions)) *voipbin.Client {
	tb.Helper()
	return clientWith(tb, voipbin.TokenAuth(token), vendortest.Options(url, change...))
}

// client is a client of a server, which sends everything once.
func client(tb testing.TB, url string) *voipbin.Client {
	tb.Helper()
	return clientAt(tb, url, vendortest.Once)
}

// find returns a number that the account has, exactly once.
func find(t *testing.T, o *voipbin.Orderer, n numbers.E164) *numbers.Number {
	t.Helper()
	all := owned(t, o, numbers.OwnedQuery{Numbers: []numbers.E164{n}})
	require.Len(t, all, 1)
	return all[0]
}

func owned(t *testing.T, o *voipbin.Orderer, q numbers.OwnedQuery) []*numbers.Number {
	t.Helper()
	all, err := vendortest.Collect(o.Owned(t.Context(), q))
	require.NoError(t, err)
	return all
}

func clientWith(tb testing.TB, auth voipbin.Auth, opts *numbers.ClientOptions) *voipbin.Client {
	tb.Helper()
	if opts.HTTPClient == nil {
		transport := new(http.Transport) // of its own, so that its connections end with the test
		tb.Cleanup(transport.CloseIdleConnections)
		opts.HTTPClient = &http.Client{Transport: transport}
	}
	c, err := voipbin.New(auth, opts)
	require.NoError(tb, err)
	return c
}
