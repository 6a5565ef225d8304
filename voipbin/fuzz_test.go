package voipbin_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/voipbin"
)

// FuzzWalk walks a list whose rows were created at any times, and whose pages have any
// next token.
func FuzzWalk(f *testing.F) {
	for _, gaps := range []string{"", "\x00", "\x01", "\x00\x00\x00\x05", "\xff\x00"} {
		f.Add([]byte(gaps), "", uint16(2000), uint8(0), uint8(0), false)
		f.Add([]byte(gaps), "9999-01-01 00:00:00.000000", uint16(300), uint8(4), uint8(9), true)
	}
	f.Fuzz(func(t *testing.T, gaps []byte, token string, rows uint16, ahead, size uint8, old bool) {
		total := int(rows) % 2001
		micros := make([]int, total) // the time of each row, from the first to the newest
		for i := 1; i < total; i++ {
			micros[i] = micros[i-1] + 1
			if len(gaps) > 0 {
				micros[i] = micros[i-1] + int(gaps[i%len(gaps)])
			}
		}
		server := &table{rows: rowsAt(base(), old, micros...), old: old}
		for i := range server.rows {
			server.rows[i].ID = vendortest.Row(i)
		}
		c, err := voipbin.New(voipbin.TokenAuth("a.b.c"), &numbers.ClientOptions{
			Retry: numbers.Retry{Attempts: 1},
			HTTPClient: &http.Client{Transport: vendortest.RoundTrip(func(r *http.Request) answer {
				w := httptest.NewRecorder()
				server.ServeHTTP(w, r)
				var pg map[string]json.RawMessage
				require.NoError(t, json.Unmarshal(w.Body.Bytes(), &pg))
				pg["next_page_token"], _ = json.Marshal(token)
				body, _ := json.Marshal(pg)
				return answer{Body: string(body)}
			})},
		})
		require.NoError(t, err)
		var opts []numbers.PageOption
		if ahead > 0 {
			opts = append(opts, numbers.ReadAhead(int(ahead)-1))
		}
		first := int(size) % (voipbin.MaxPageSize + 1)
		all := c.Numbers.All(t.Context(), &voipbin.ListNumbersRequest{PageSize: first}, opts...)
		if old {
			all = c.OrderNumbers.All(t.Context(), &voipbin.ListOrderNumbersRequest{PageSize: first}, opts...)
		}
		vendortest.Walked(t, all, func(n *voipbin.Number) string { return n.ID }, total)
		require.LessOrEqual(t, slices.Max(append(server.sizes, 0)), voipbin.MaxPageSize)
	})
}
