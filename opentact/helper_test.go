package opentact_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/opentact"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type answer = vendortest.Answer

var ctx = context.Background()

// token is the credential of the tests; nothing may ever print it.
const token = "eyJhbGciOiJIUzI1NiJ9.SECRET.SIGNATURE"

// fixed answers every request with the next of its answers, and the last one
// from then on.
type fixed struct{ *vendortest.Server }

func serve(t testing.TB, answers ...answer) fixed {
	t.Helper()
	return fixed{vendortest.Serve(t, answers...)}
}

func (s fixed) client(t testing.TB, change ...func(*numbers.ClientOptions)) *opentact.Client {
	t.Helper()
	return clientAt(t, s.URL, change...)
}

// clientAt is a client of a server that does not wait between attempts.
func clientAt(t testing.TB, url string, change ...func(*numbers.ClientOptions)) *opentact.Client {
	t.Helper()
	c, err := opentact.New(opentact.TokenAuth(token), vendortest.Options(url+"/rest", change...))
	require.NoError(t, err)
	return c
}

// assertInvalid checks that a request was refused before it was sent.
func assertInvalid(t *testing.T, err error, field string) {
	t.Helper()
	vendortest.AssertInvalid(t, "opentact", err, field)
}
