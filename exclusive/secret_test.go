package exclusive_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/internal/vendortest"
)

// assertHidden checks that no print of an error, or of what is in it, shows a
// secret.
func assertHidden(t *testing.T, err error, secrets ...string) {
	t.Helper()
	require.Error(t, err)
	for _, secret := range secrets {
		assert.NotContains(t, vendortest.Prints(err), secret)
	}
}

func TestNoPrintShowsTheToken(t *testing.T) {
	auth := exclusive.TokenAuth(bearer)
	c, err := exclusive.New("https://pbx.example:8887", auth, nil)
	require.NoError(t, err)
	orderer := exclusive.NewOrderer(c, nil)
	for _, v := range []any{auth, &auth, c, *c, orderer, *orderer} {
		assert.NotContains(t, vendortest.Prints(v), bearer)
	}
	_, err = exclusive.New("https://pbx.example:8887", exclusive.TokenAuth(bearer+"\n"), nil)
	assertHidden(t, err, bearer)
}

// A PBX may echo whatever it was sent.
func TestNoErrorAndNoLogShowsTheToken(t *testing.T) {
	echo := fmt.Sprintf(`{"errors":[{"code":%q,"message":%q,"detail":{"a":%q}}]}`, bearer, bearer, bearer)
	vendor().HidesSecret(t, bearer, []answer{
		vendortest.Failing(400, echo), vendortest.Failing(401, echo), vendortest.Failing(404, "<html>"+bearer+"</html>"),
		vendortest.Failing(500, echo), vendortest.Failing(503, bearer),
		vendortest.Failing(400, fmt.Sprintf(`{"code":%q,"message":%q}`, bearer, bearer)), vendortest.Text("<html>" + bearer), {Cut: true},
		{Status: 302, Header: http.Header{"Location": {"https://" + bearer + ".example/" + bearer}}},
		{Status: 429, Header: http.Header{"Retry-After": {bearer}}, Body: echo},
	}, id, `text"`)
}
