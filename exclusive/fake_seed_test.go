package exclusive_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

// page2025 is a PBX made of the reference's page on exclusive numbers alone: it lists,
// creates, reads and updates, and has nothing else.
type page2025 struct{ rows []map[string]any }

func (p *page2025) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ours := strings.CutPrefix(r.URL.Path, "/api/exclusive_numbers")
	id, isOne := strings.CutPrefix(path, "/")
	var body map[string]any
	if r.Method == http.MethodPost {
		_ = json.NewDecoder(r.Body).Decode(&body)
	}
	switch {
	case r.Header.Get("Authorization") != "Bearer "+bearer:
		w.WriteHeader(http.StatusUnauthorized)
	case ours && path == "" && r.Method == http.MethodGet:
		p.answer(w, map[string]any{"count": len(p.rows), "items": append([]map[string]any{}, p.rows...)})
	case ours && path == "" && r.Method == http.MethodPost:
		row := map[string]any{
			"id": base64.StdEncoding.EncodeToString(fmt.Append(nil, 700551909773148160+int64(len(p.rows)))), "number": body["number"],
			"created_at": time.Now().UTC().Format(time.RFC3339), "enabled": true, "description": "",
		}
		for name, value := range body {
			row[name] = value
		}
		p.rows = append(p.rows, row)
		p.answer(w, map[string]any{"id": row["id"]})
	case isOne:
		for _, row := range p.rows {
			if row["id"] != id {
				continue
			}
			if r.Method == http.MethodGet {
				p.answer(w, row)
				return
			}
			for name, value := range body {
				row[name] = value
			}
			return
		}
		w.WriteHeader(http.StatusNotFound)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (*page2025) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func TestAtAPBXMadeOfTheReferenceAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pbx := &page2025{}
		raw := &vendortest.Raw{Handler: pbx}
		c, err := exclusive.New("https://pbx.example:8887", exclusive.TokenAuth(bearer), &numbers.ClientOptions{
			HTTPClient: &http.Client{Transport: raw}, Strict: true,
		})
		require.NoError(t, err)
		acct, err := account.New("pbx", exclusive.NewOrderer(c, nil), nil)
		require.NoError(t, err)
		defer acct.Close()

		lost := false
		raw.Lose = func(r *http.Request) bool {
			was := lost
			lost = lost || r.Method == http.MethodPost
			return lost && !was
		}
		for _, n := range []numbers.E164{berlin, munich} { // the answer to the first is lost
			for range 2 {
				purchase, err := acct.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{n}, Reference: string(n)}, nil)
				require.NoError(t, err)
				assert.Equal(t, []numbers.E164{n}, purchase.Bought())
			}
			_, err = acct.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{n}, Reference: "another"}, nil)
			require.Error(t, err)
		}
		assert.Len(t, pbx.rows, 2)
		assert.Equal(t, 2, raw.Count("POST /api/exclusive_numbers"))

		found, err := acct.Find(ctx, munich)
		require.NoError(t, err)
		row, err := c.Numbers.Modify(ctx, found.ID, &exclusive.UpdateNumberRequest{Description: new("front desk")})
		require.NoError(t, err)
		assert.True(t, *row.Enabled)
		read, err := c.Numbers.Get(ctx, found.ID)
		require.NoError(t, err)
		assert.Equal(t, "front desk", *read.Description)
		require.Error(t, acct.Release(ctx, found), "this PBX can't destroy a row")
		assert.Len(t, pbx.rows, 2)
	})
}
