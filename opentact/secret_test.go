package opentact_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/opentact"
)

func TestNoPrintShowsTheToken(t *testing.T) {
	auth := opentact.TokenAuth(token)
	c, err := opentact.New(auth, nil)
	require.NoError(t, err)
	orderer := opentact.NewOrderer(c, nil)
	for _, v := range []any{auth, &auth, c, *c, orderer} {
		assert.NotContains(t, vendortest.Prints(v), token)
	}
	_, err = opentact.New(opentact.TokenAuth(token+"\n"), nil)
	require.ErrorIs(t, err, numbers.ErrInvalid)
	assert.NotContains(t, vendortest.Prints(err), token)
}

// A vendor may echo whatever it was sent.
func TestNoErrorAndNoLogShowsTheToken(t *testing.T) {
	echo := fmt.Sprintf(`{"success":false,"message":%q,"status":400,"meta":%q,"fields":{%q:{"message":%q,"value":%q}}}`, token, token, token, token, token)
	answers := []answer{
		vendortest.Failing(400, echo), vendortest.Failing(401, echo), vendortest.Failing(404, "<html>"+token+"</html>"), vendortest.Failing(500, echo), vendortest.Failing(503, token),
		vendortest.Text(echo), vendortest.Text(`{"success":true,"payload":"` + token + `"}`), vendortest.Text(`{"` + token), {Cut: true},
		{Status: 302, Header: map[string][]string{"Location": {"https://" + token + ".example/" + token}}},
		{Status: 429, Header: map[string][]string{"X-Request-Id": {token}, "Retry-After": {token}}, Body: echo},
	}
	vendor().HidesSecret(t, token, answers, "1202555")
}

// OpenTact sends the passwords and tokens of users beside every order.
func TestNoPrintOfAnAnswerShowsASecretOfAUser(t *testing.T) {
	for _, o := range vendor().Operations {
		data := vendortest.Fixture(t, o.Answer)
		if !strings.Contains(data, "planted") {
			continue
		}
		srv := serve(t, answer{Body: data})
		result, err := o.Call(ctx, srv.client(t))
		require.NoError(t, err)
		assert.NotContains(t, vendortest.Prints(result), "planted", o.Name)
		assert.Contains(t, vendortest.Prints(result), "[redacted]", o.Name)
	}
	srv := serve(t, answer{Body: vendortest.Fixture(t, "order.get.full.response.json")})
	order, err := srv.client(t).Orders.Get(ctx, orderID)
	require.NoError(t, err)
	assert.Equal(t, "planted password three", order.CreatedBy.Object.Password.Reveal())
	assert.Equal(t, "planted token one", order.Account.Object.Users[0].Object.Token.Reveal())
	portable, err := opentact.NewOrderer(srv.client(t), nil).Order(ctx, orderID)
	require.NoError(t, err)
	assert.NotContains(t, vendortest.Prints(portable), "planted")
	assert.NotContains(t, vendortest.Prints(portable.Items), "planted")
}
