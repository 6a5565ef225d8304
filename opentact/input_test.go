package opentact_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/opentact"
)

// assertInvalid checks that a request was refused before it was sent.
func assertInvalid(t *testing.T, err error, field string) {
	t.Helper()
	require.ErrorIs(t, err, numbers.ErrInvalid)
	e, _ := err.(*numbers.Error) //nolint:errorlint // it must be this type itself
	require.NotNil(t, e)
	assert.Equal(t, field, e.Field)
	assert.Zero(t, e.Status)
	assert.Equal(t, "opentact", e.Vendor)
}

func TestBadInputIsRefusedAndNothingSent(t *testing.T) {
	srv := serve(t, text("{}"))
	c := srv.client(t)
	for _, id := range []string{"", ".", ".."} {
		_, err := c.Orders.Get(ctx, id)
		assertInvalid(t, err, "uuid")
	}
	tns := []int64{12025550143}
	for field, bad := range map[string][]*opentact.CreateTNOrderRequest{
		"request": {nil},
		"TNs":     {{}, {TNs: []int64{}}},
		"TNs[1]":  {{TNs: []int64{1, -1}}},
		"Profile": {{TNs: tns, Profile: new("")}, {TNs: tns, Profile: new(strings.Repeat("é", 256))}},
	} {
		for _, r := range bad {
			_, err := c.Orders.Create(ctx, r)
			assertInvalid(t, err, field)
			_, err = c.Orders.Price(ctx, r)
			assertInvalid(t, err, field)
		}
	}
	assert.Empty(t, srv.received())
}

func TestTheDocumentedLimitsAreAllowed(t *testing.T) {
	srv := serve(t, answer{body: fixture(t, "order.create.response.json")})
	for _, name := range []string{"U", strings.Repeat("é", 255)} {
		_, err := srv.client(t).Orders.Create(ctx, &opentact.CreateTNOrderRequest{TNs: []int64{0}, Profile: &name})
		require.NoError(t, err)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	for _, auth := range []opentact.Auth{{}, opentact.TokenAuth(""), opentact.TokenAuth(" t"), opentact.TokenAuth("t\n")} {
		_, err := opentact.New(auth, nil)
		assertInvalid(t, err, "auth")
	}
	_, err := opentact.New(opentact.TokenAuth(token), &numbers.ClientOptions{BaseURL: "http://api.opentact.org/rest"})
	assertInvalid(t, err, "BaseURL")
}
