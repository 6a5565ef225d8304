package exclusive_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type answer = vendortest.Answer

var ctx = context.Background()

// bearer is the access token of the tests; nothing may ever print it.
const bearer = "TK-0123456789-SECRET"

// fixed answers every request with the next of its answers, and the last one
// from then on.
type fixed struct{ *vendortest.Server }

func serve(t testing.TB, answers ...answer) fixed {
	t.Helper()
	s := vendortest.Serve(t, answers...)
	s.Config.SetKeepAlivesEnabled(false) // net/http repeats a GET by itself on a used connection
	return fixed{s}
}

// client is a client of the fixed server that does not wait between attempts.
func (s fixed) client(t testing.TB, change ...func(*numbers.ClientOptions)) *exclusive.Client {
	t.Helper()
	return clientAt(t, s.URL, change...)
}

func (s fixed) clientAs(t testing.TB, auth exclusive.Auth, change ...func(*numbers.ClientOptions)) *exclusive.Client {
	t.Helper()
	c, err := exclusive.New(s.URL, auth, vendortest.Options("", change...))
	require.NoError(t, err)
	return c
}

// clientAt is a client of a server that does not wait between attempts.
func clientAt(t testing.TB, url string, change ...func(*numbers.ClientOptions)) *exclusive.Client {
	t.Helper()
	c, err := exclusive.New(url, exclusive.TokenAuth(bearer), vendortest.Options("", change...))
	require.NoError(t, err)
	return c
}

// assertInvalid checks that a request was refused before it was sent.
func assertInvalid(t *testing.T, err error, field string) {
	t.Helper()
	vendortest.AssertInvalid(t, "exclusive", err, field)
}

// find returns berlin, which the tenant has exactly once.
func find(t *testing.T, o *exclusive.Orderer) *numbers.Number {
	t.Helper()
	all := owned(t, o, numbers.OwnedQuery{Numbers: []numbers.E164{berlin}})
	require.Len(t, all, 1)
	return all[0]
}

func owned(t *testing.T, o *exclusive.Orderer, q numbers.OwnedQuery) []*numbers.Number {
	t.Helper()
	all, err := vendortest.Collect(o.Owned(ctx, q))
	require.NoError(t, err)
	return all
}
