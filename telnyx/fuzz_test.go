package telnyx_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/telnyx"
)

// FuzzWalk walks a list whose pages say anything of it.
func FuzzWalk(f *testing.F) {
	for _, lies := range []string{"", "\x00", "\x01\x01\x01\x01", "\x07", "\x0b", "\x0c\x0d", "\x05\x06\x00\x03", "\x10\x00\x04\x10"} {
		f.Add([]byte(lies), uint16(2000), uint8(0), uint8(0))
		f.Add([]byte(lies), uint16(2000), uint8(4), uint8(9))
	}
	f.Fuzz(func(t *testing.T, lies []byte, rows uint16, ahead, size uint8) {
		total := int(rows) % 2001
		c, err := telnyx.New(telnyx.APIKeyAuth("KEY"), &numbers.ClientOptions{
			Retry: numbers.Retry{Attempts: 1},
			HTTPClient: &http.Client{Transport: vendortest.RoundTrip(func(r *http.Request) answer {
				number, size := vendortest.Parameter(r, "page[number]", 1), vendortest.Parameter(r, "page[size]", 20)
				of := vendortest.Lies(lies)
				return answer{Body: fmt.Sprintf(`{"data":%s,"meta":{"page_number":%s,"page_size":%s,"total_pages":%s,"total_results":%s}}`,
					vendortest.Rows(total, (number-1)*size, size, func(i int) string { return fmt.Sprintf(`{"id":%q}`, vendortest.Row(i)) }),
					of.Count(number, 0, number), of.Count(number, 1, size), of.Count(number, 2, (total+size-1)/size), of.Count(number, 3, total))}
			})},
		})
		require.NoError(t, err)
		all := c.NumberOrders.All(ctx, &telnyx.ListNumberOrdersRequest{Page: telnyx.PageParams{Size: int(size) % (telnyx.MaxPageSize + 1)}}, options(ahead)...)
		vendortest.Walked(t, all, func(o *telnyx.NumberOrder) string { return o.ID }, total)
	})
}

// options reads ahead by default for 0, and else one page less.
func options(ahead uint8) []numbers.PageOption {
	if ahead == 0 {
		return nil
	}
	return []numbers.PageOption{numbers.ReadAhead(int(ahead) - 1)}
}
