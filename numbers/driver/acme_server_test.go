package driver_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/numbers/wire"
)

// acmeServer is the fake of the vendor of the example.
type acmeServer struct {
	*fake.Server
	orders []acmeRow
	owned  []acmeRow
}

type acmeRow struct {
	ID        string `json:"id"`
	Number    string `json:"number"`
	Reference string `json:"reference,omitempty"`
	Note      string `json:"note,omitempty"`
	State     string `json:"state,omitempty"`
	Created   string `json:"created_at,omitempty"`
}

const (
	acmeToken = "acme-token-7c1e"
	acmePage  = 10
)

func newAcmeServer() *acmeServer { return startAcme(nil, numberstest.ServerOptions{InMemory: true}) }

func startAcme(tb testing.TB, opts numberstest.ServerOptions) *acmeServer {
	a := &acmeServer{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", a.order)
	mux.HandleFunc("GET /orders", func(w http.ResponseWriter, r *http.Request) { acmeList(w, r, a.orders) })
	mux.HandleFunc("GET /orders/{id}", func(w http.ResponseWriter, r *http.Request) { acmeOne(w, r, a.orders) })
	mux.HandleFunc("GET /numbers", func(w http.ResponseWriter, r *http.Request) { acmeList(w, r, a.owned) })
	mux.HandleFunc("GET /numbers/{id}", func(w http.ResponseWriter, r *http.Request) { acmeOne(w, r, a.owned) })
	mux.HandleFunc("DELETE /numbers/{id}", a.release)
	srv, err := fake.New(fake.Config{
		Name: "acme", TB: tb, ServerOptions: opts,
		Classify: func(r *http.Request) (string, bool) { return r.Method + " " + r.URL.Path, r.Method == http.MethodPost },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer "+acmeToken {
				acmeError(w, http.StatusUnauthorized, "token")
				return
			}
			mux.ServeHTTP(w, r)
		}),
		FaultBody: func(int) (string, []byte) { return "application/json", []byte(`{"error":"failed"}`) },
	})
	if err != nil {
		panic(err)
	}
	a.Server = srv
	return a
}

func acmeError(w http.ResponseWriter, status int, code string) {
	fake.JSON(w, status, map[string]string{"error": code})
}

func (a *acmeServer) order(w http.ResponseWriter, r *http.Request) {
	var row acmeRow
	if err := json.NewDecoder(r.Body).Decode(&row); err != nil || row.Number == "" {
		acmeError(w, http.StatusBadRequest, "bad")
		return
	}
	if slices.ContainsFunc(a.owned, func(own acmeRow) bool { return own.Number == row.Number }) {
		acmeError(w, http.StatusUnprocessableEntity, "sold")
		return
	}
	now := a.Now()
	row.ID, row.State, row.Created = fmt.Sprint("o-", len(a.orders)+1), "done", now.UTC().Format(time.RFC3339Nano)
	a.orders = append(a.orders, row)
	a.owned = append(a.owned, acmeRow{ID: fmt.Sprint("n-", len(a.orders)), Number: row.Number})
	a.Buy(numberstest.Purchase{Number: row.Number, OrderID: row.ID, Reference: row.Reference, At: now, Listed: true})
	fake.JSON(w, http.StatusCreated, row)
}

func (a *acmeServer) release(w http.ResponseWriter, r *http.Request) {
	i := slices.IndexFunc(a.owned, func(own acmeRow) bool { return own.ID == r.PathValue("id") })
	if i < 0 {
		acmeError(w, http.StatusNotFound, "not_found")
		return
	}
	a.Release(a.owned[i].Number)
	a.owned = slices.Delete(a.owned, i, i+1)
	w.WriteHeader(http.StatusNoContent)
}

func acmeOne(w http.ResponseWriter, r *http.Request, rows []acmeRow) {
	for _, row := range rows {
		if row.ID == r.PathValue("id") {
			fake.JSON(w, http.StatusOK, row)
			return
		}
	}
	acmeError(w, http.StatusNotFound, "not_found")
}

func acmeList(w http.ResponseWriter, r *http.Request, rows []acmeRow) {
	at, _ := strconv.Atoi(r.URL.Query().Get("after"))
	page := struct {
		Rows []acmeRow `json:"rows"`
		Next string    `json:"next,omitempty"`
	}{Rows: append([]acmeRow{}, rows[min(at, len(rows)):min(at+acmePage, len(rows))]...)}
	if at+acmePage < len(rows) {
		page.Next = strconv.Itoa(at + acmePage)
	}
	fake.JSON(w, http.StatusOK, page)
}

func acmeHarness(opts numberstest.ServerOptions) numberstest.Harness {
	return numberstest.Harness{New: func(tb testing.TB) *numberstest.Subject {
		srv := startAcme(tb, opts)
		return &numberstest.Subject{
			Orderer: NewAcme(srv.URL(), wire.NewSecret(acmeToken), srv.HTTPClient().Transport),
			Number:  func(i int) numbers.E164 { return numbers.E164(fmt.Sprintf("+1202555%04d", i)) },
			Inject:  srv.Inject,
			Faults:  numberstest.TransportFaults(),
			Books:   srv.Books,
			Requests: func() (all, buys int) {
				for _, r := range srv.Requests() {
					if all++; r.Buys {
						buys++
					}
				}
				return all, buys
			},
			Template: &AcmeRequest{Note: "fax"},
			Templated: func(o *numbers.Order) bool {
				own, ok := numbers.Native[*AcmeOrder](o)
				return ok && own.Note == "fax"
			},
			HasNative: func(o *numbers.Order) bool { _, ok := numbers.Native[*AcmeOrder](o); return ok },
			Secrets:   []string{acmeToken},
		}
	}}
}

func TestExampleConforms(t *testing.T) {
	for name, opts := range map[string]numberstest.ServerOptions{"HTTP/1": {InMemory: true}, "HTTP/2": {InMemory: true, HTTP2: true}} {
		t.Run(name, func(t *testing.T) { numberstest.Run(t, acmeHarness(opts)) })
	}
}

func TestExampleConformsInAnAccount(t *testing.T) {
	numberstest.RunAccount(t, acmeHarness(numberstest.ServerOptions{InMemory: true}))
}
