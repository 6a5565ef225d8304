package voipbin_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/voipbin"
)

// tutorial is a VoIPBin made of the tutorial of March 2021 alone, with the one thing
// that the tutorial does not show: POST /v1.0/order_numbers makes a row.
type tutorial struct{ rows []*tutorialRow } // the oldest first

type tutorialRow struct {
	ID        string `json:"id"`
	Number    string `json:"number"`
	FlowID    string `json:"flow_id"`
	UserID    int    `json:"user_id"`
	Status    string `json:"status"`
	T38       bool   `json:"t38_enabled"`
	Emergency bool   `json:"emergency_enabled"`
	Purchased string `json:"tm_purchase"`
	Created   string `json:"tm_create"`
	Updated   string `json:"tm_update"`
	Deleted   string `json:"tm_delete"`
}

func (v *tutorial) now() string { return time.Now().UTC().Format("2006-01-02 15:04:05.000000") }

func (v *tutorial) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ours := strings.CutPrefix(r.URL.Path, "/v1.0/order_numbers")
	id, isOne := strings.CutPrefix(path, "/")
	switch {
	case r.Header.Get("Authorization") != "Bearer "+token:
		w.WriteHeader(http.StatusUnauthorized)
	case ours && path == "" && r.Method == http.MethodGet:
		v.list(w, r)
	case ours && path == "" && r.Method == http.MethodPost:
		var body struct {
			Number string `json:"number"`
		}
		_ = json.NewDecoder(r.Body).Decode(&body)
		if slices.ContainsFunc(v.rows, func(row *tutorialRow) bool { return row.Number == body.Number && row.Deleted == "" }) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		v.rows = append(v.rows, &tutorialRow{
			ID: fmt.Sprintf("b7ee1086-fcbc-4f6f-96e5-7f9271e2%04d", len(v.rows)), Number: body.Number, FlowID: voipbin.NoFlow, UserID: 1,
			Status: "purchase-pending", T38: true, Purchased: v.now()[:19] + ".000000", Created: v.now(),
		})
		_ = json.NewEncoder(w).Encode(v.rows[len(v.rows)-1])
	case isOne:
		for _, row := range v.rows {
			if row.ID != id {
				continue
			}
			if r.Method == http.MethodDelete {
				row.Status, row.Updated, row.Deleted = "deleted", v.now(), v.now()
			}
			_ = json.NewEncoder(w).Encode(row)
			return
		}
		w.WriteHeader(http.StatusBadRequest)
	default:
		http.NotFound(w, r)
	}
}

func (v *tutorial) list(w http.ResponseWriter, r *http.Request) {
	size, err := strconv.Atoi(r.URL.Query().Get("page_size"))
	if err != nil {
		size = 10
	}
	before := r.URL.Query().Get("page_token")
	page := struct {
		Result []*tutorialRow `json:"result"`
		Next   string         `json:"next_page_token"`
	}{Result: []*tutorialRow{}}
	for _, row := range slices.Backward(v.rows) {
		if row.Deleted == "" && (before == "" || row.Created < before) && len(page.Result) < size {
			page.Result = append(page.Result, row)
			page.Next = row.Created
		}
	}
	_ = json.NewEncoder(w).Encode(page)
}

func TestAtAServerMadeOfTheTutorialAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &tutorial{}
		raw := &vendortest.Raw{Handler: server}
		c := clientWith(t, voipbin.TokenAuth(token), &numbers.ClientOptions{HTTPClient: &http.Client{Transport: raw}, Strict: true})
		acct, err := account.New("main", voipbin.NewOrderer(c, &voipbin.OrdererOptions{Generation: voipbin.GenerationOrderNumbers}), nil)
		require.NoError(t, err)
		defer acct.Close()

		lost := false
		raw.Lose = func(r *http.Request) bool {
			was := lost
			lost = lost || r.Method == http.MethodPost
			return lost && !was
		}
		for _, n := range []numbers.E164{"+16062067563", "+16195734778"} { // the answer to the first is lost
			for range 2 {
				purchase, err := acct.Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{n}, Reference: string(n)}, nil)
				require.NoError(t, err)
				assert.Equal(t, []numbers.E164{n}, purchase.Bought())
			}
		}
		assert.Len(t, server.rows, 2)
		assert.Equal(t, 2, raw.Count("POST /v1.0/order_numbers"))

		found, err := acct.Find(t.Context(), "+16062067563")
		require.NoError(t, err)
		require.NoError(t, acct.Release(t.Context(), found))
		assert.Equal(t, "deleted", server.rows[0].Status)
		_, err = acct.Find(t.Context(), "+16062067563")
		require.ErrorIs(t, err, numbers.ErrNotFound)

		// Another customer bought it: the server refuses it with an empty 400.
		server.rows = append(server.rows, &tutorialRow{ID: "d5532488-0b2d-11eb-b18c-172ab8f2d3d8", Number: "+12025550199", Status: "active", Created: "2999-01-01 00:00:00.000001"})
		_, err = acct.Buy(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{"+12025550199"}, Reference: "k"}, nil)
		require.Error(t, err)
		assert.Len(t, server.rows, 3)
	})
}
