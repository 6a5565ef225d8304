package numbers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// TestOptionsHideSecrets prints options whose base URL has a password, a token in its
// path and one in its query.
func TestOptionsHideSecrets(t *testing.T) {
	opts := numbers.ClientOptions{BaseURL: "https://ann:s3cret-1@api.example:8443/s3cret-2?key=s3cret-3#s3cret-4", UserAgent: "mine/1.0", AllowHTTP: true}
	var out bytes.Buffer
	for _, v := range []any{opts, &opts, []numbers.ClientOptions{opts}, struct{ Opts *numbers.ClientOptions }{&opts}} {
		fmt.Fprintf(&out, "%v %+v %#v %s %q %d\n", v, v, v, v, v, v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("it", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("it", "v", v)
		encoded, err := json.Marshal(v)
		require.NoError(t, err)
		out.Write(encoded)
	}
	assert.NotContains(t, out.String(), "s3cret")
	assert.Equal(t, `numbers.ClientOptions{BaseURL:"https://api.example:8443" UserAgent:"mine/1.0" Retry:{Attempts:0 MinWait:0s MaxWait:0s} MaxBodyBytes:0 AllowHTTP:true}`,
		opts.String())
	for _, hostless := range []string{"", "://s3cret", "s3cret", "https:s3cret", "ann:s3cret@host"} {
		assert.NotContains(t, fmt.Sprint(numbers.ClientOptions{BaseURL: hostless}), "s3cret")
	}
}
