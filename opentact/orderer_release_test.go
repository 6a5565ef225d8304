package opentact_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

func TestReleaseReadsBeforeAndAfter(t *testing.T) {
	ended := strings.Replace(aLease, `{"tn":12025550143}`, `{"tn":12025550143,"deleted_on":"2022-07-06T00:00:00Z"}`, 1)
	const get, del, list = "GET /lease/tn/l-1", "DELETE /lease/tn/l-1", "GET /lease/tn"
	for name, c := range map[string]struct {
		set  func(*cabinet)
		n    numbers.E164
		kind error // nil = done
		sent []string
	}{
		"gone afterwards":       {func(*cabinet) {}, one, nil, []string{get, del, get}},
		"marked afterwards":     {func(c *cabinet) { c.after = ended }, one, nil, []string{get, del, get}},
		"gone before":           {func(c *cabinet) { c.lease = "" }, one, nil, []string{get, list}},
		"marked before":         {func(c *cabinet) { c.lease = ended }, one, nil, []string{get, list}},
		"refused, and yet gone": {func(c *cabinet) { c.fail = http.MethodDelete }, one, nil, []string{get, del, get}},
		"a gateway's 404":       {func(c *cabinet) { c.gateway = 1 }, one, numbers.ErrVendor, []string{get}},
		"a gateway's 404, then": {func(c *cabinet) { c.gateway = 3 }, one, numbers.ErrVendor, []string{get, del, get}},
		"another number":        {func(*cabinet) {}, two, numbers.ErrConflict, []string{get}},
		"a number not told":     {func(c *cabinet) { c.lease = `{"uuid":"l-1","tn":{}}` }, one, numbers.ErrConflict, []string{get}},
		"not readable":          {func(c *cabinet) { c.fail = http.MethodGet }, one, numbers.ErrVendor, []string{get}},
		"still there":           {func(c *cabinet) { c.notDone = true }, one, numbers.ErrVendor, []string{get, del, get}},
		"refused":               {func(c *cabinet) { c.notDone, c.fail = true, http.MethodDelete }, one, numbers.ErrVendor, []string{get, del, get}},
	} {
		t.Run(name, func(t *testing.T) {
			cab := newCabinet(t, aLease)
			c.set(cab)
			err := cab.orderer(t).Release(ctx, owned(c.n))
			assert.Equal(t, c.sent, cab.requests)
			if c.kind == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, c.kind)
			e, _ := errors.AsType[*numbers.Error](err)
			assert.Equal(t, "Release", e.Op)
			assert.Equal(t, []numbers.E164{c.n}, e.Numbers)
		})
	}
}
