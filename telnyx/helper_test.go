package telnyx_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type answer = vendortest.Answer

var ctx = context.Background()

// key is the API key of the tests; nothing may ever print it.
const key = "KEY0123456789SECRET"

// fixed answers every request with the next of its answers, and the last one
// from then on.
type fixed struct{ *vendortest.Server }

func serve(t testing.TB, answers ...answer) fixed {
	t.Helper()
	return fixed{vendortest.Serve(t, answers...)}
}

func (s fixed) client(t testing.TB, change ...func(*numbers.ClientOptions)) *telnyx.Client {
	t.Helper()
	return clientAt(t, s.URL, change...)
}

// clientAt is a client of a server that does not wait between attempts.
func clientAt(t testing.TB, url string, change ...func(*numbers.ClientOptions)) *telnyx.Client {
	t.Helper()
	c, err := telnyx.New(telnyx.APIKeyAuth(key), vendortest.Options(url+"/v2", change...))
	require.NoError(t, err)
	return c
}

// without is a client without a network: sockets would stop the clock of a
// bubble.
func without(t testing.TB, transport http.RoundTripper, change ...func(*numbers.ClientOptions)) *telnyx.Client {
	t.Helper()
	opts := &numbers.ClientOptions{HTTPClient: &http.Client{Transport: transport}}
	for _, f := range change {
		f(opts)
	}
	c, err := telnyx.New(telnyx.APIKeyAuth(key), opts)
	require.NoError(t, err)
	return c
}

// assertInvalid checks that a request was refused before it was sent.
func assertInvalid(t *testing.T, err error, field string) {
	t.Helper()
	vendortest.AssertInvalid(t, "telnyx", err, field)
}

// microseconds is a time filter n microseconds after t.
func microseconds(t time.Time, n int) wire.Time {
	return wire.NewTime(t.Add(time.Duration(n) * time.Microsecond))
}

// orderer is the adapter on a fake.
func orderer(t *testing.T, opts ...telnyxtest.Options) (*telnyxtest.Server, *telnyx.Orderer) {
	t.Helper()
	srv := telnyxtest.NewServer(t, opts...)
	return srv, telnyx.NewOrderer(srv.Client(), nil)
}

// accountOf is the account that people use.
func accountOf(t *testing.T, o *telnyx.Orderer) *account.Account {
	t.Helper()
	acct, err := account.New("main", o, nil)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, acct.Close()) })
	return acct
}
