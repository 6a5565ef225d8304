package telnyx_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/telnyx"
)

func TestNoPrintShowsTheKey(t *testing.T) {
	auth := telnyx.APIKeyAuth(key)
	c, err := telnyx.New(auth, nil)
	require.NoError(t, err)
	orderer := telnyx.NewOrderer(c, nil)
	for _, v := range []any{auth, &auth, c, *c, orderer, *orderer} {
		assert.NotContains(t, vendortest.Prints(v), key)
	}
	_, err = telnyx.New(telnyx.APIKeyAuth(key+"\n"), nil)
	require.ErrorIs(t, err, numbers.ErrInvalid)
	assert.NotContains(t, vendortest.Prints(err), key)
}

// A vendor may echo whatever it was sent.
func TestNoErrorAndNoLogShowsTheKey(t *testing.T) {
	echo := fmt.Sprintf(`{"errors":[{"code":%q,"title":%q,"detail":%q,"source":{"pointer":%q,"parameter":%q},"meta":{"url":%q}}]}`, key, key, key, key, key, key)
	answers := []answer{
		vendortest.Failing(400, echo), vendortest.Failing(401, echo), vendortest.Failing(404, "<html>"+key+"</html>"), vendortest.Failing(500, echo), vendortest.Failing(503, key),
		vendortest.Text(`{"data":"` + key + `"}`), vendortest.Text(`{"` + key), {Cut: true},
		{Status: 302, Header: map[string][]string{"Location": {"https://" + key + ".example/" + key}}},
		{Status: 429, Header: map[string][]string{"X-Request-Id": {key}, "Retry-After": {key}}, Body: echo},
	}
	vendor().HidesSecret(t, key, answers, "filter", "+1970")
}

// TestAPortOutPINIsNotPrinted has a vendor that returns the PIN, and one that echoes
// it in a refusal.
func TestAPortOutPINIsNotPrinted(t *testing.T) {
	const pin = "planted-pin-48151"
	srv := serve(t,
		vendortest.Text(`{"data":{"id":"1293384261075731499","phone_number":"+12025550143","external_pin":"`+pin+`"}}`),
		vendortest.Failing(422, `{"errors":[{"code":"10015","title":"Bad Request","detail":"`+pin+` is too long"}]}`))
	c := srv.client(t, vendortest.Once)
	r := &telnyx.UpdatePhoneNumberRequest{ExternalPIN: wire.NewSecret(pin)}
	n, err := c.PhoneNumbers.Update(ctx, phoneID, r)
	require.NoError(t, err)
	assert.Equal(t, pin, n.ExternalPIN.Reveal())
	assert.JSONEq(t, `{"external_pin":"`+pin+`"}`, srv.Received()[0].Body)
	_, err = c.PhoneNumbers.Update(ctx, phoneID, r)
	require.ErrorIs(t, err, numbers.ErrInvalid)
	for _, v := range []any{r, n, err} {
		assert.NotContains(t, vendortest.Prints(v), pin)
	}
}
