package opentact_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/opentact"
)

// cabinet holds one lease.
type cabinet struct {
	*httptest.Server
	mu       sync.Mutex
	requests []string
	lease    string // "" = there is none
	after    string // what the lease is after a DELETE
	fail     string // method that is answered with 500
	notDone  bool   // the DELETE is answered, and nothing done
	gateway  int    // from which request on a gateway answers; 0 = never
}

func newCabinet(t *testing.T, lease string) *cabinet {
	t.Helper()
	c := &cabinet{lease: lease}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

func (c *cabinet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var body strings.Builder
	_, _ = fmt.Fprint(&body, r.Method, " ", strings.TrimPrefix(r.URL.Path, "/rest"))
	if r.Method == http.MethodPatch {
		data := make([]byte, r.ContentLength)
		_, _ = r.Body.Read(data)
		body.WriteString(" " + string(data))
	}
	c.requests = append(c.requests, body.String())
	lease := c.lease
	if r.Method == http.MethodDelete && !c.notDone {
		c.lease = c.after
	}
	switch {
	case c.gateway > 0 && len(c.requests) >= c.gateway:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `<html>404 page not found</html>`)
	case r.Method == c.fail:
		w.WriteHeader(http.StatusInternalServerError)
	case lease == "" && strings.HasSuffix(r.URL.Path, "/lease/tn"):
		fmt.Fprint(w, `{"success":true,"payload":[]}`)
	case lease == "":
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"success":false,"message":"TNLease not found","status":404}`)
	case strings.HasSuffix(r.URL.Path, "/lease/tn"):
		fmt.Fprintf(w, `{"success":true,"payload":[%s]}`, lease)
	default:
		fmt.Fprintf(w, `{"success":true,"payload":%s}`, lease)
	}
}

func (c *cabinet) orderer(t *testing.T) *opentact.Orderer {
	t.Helper()
	client, err := opentact.New(opentact.TokenAuth(token), &numbers.ClientOptions{BaseURL: c.URL + "/rest", Retry: numbers.Retry{Attempts: 1}})
	require.NoError(t, err)
	return opentact.NewOrderer(client, nil)
}

const aLease = `{"uuid":"l-1","tn":{"tn":12025550143},"created_on":"2022-07-05T10:16:32.977Z","expired_on":"2022-08-05T10:16:32.977Z",` +
	`"autorenew":false,"sip_connection":{"uuid":"c-1"},"sip_control_app":"a-1","messaging_profile":{"uuid":"m-1"}}`

func TestALeaseIsANumberOfTheInventory(t *testing.T) {
	c := newCabinet(t, aLease)
	list, err := vendortest.Collect(c.orderer(t).Owned(ctx, numbers.OwnedQuery{Numbers: []numbers.E164{one}}))
	require.NoError(t, err)
	require.Len(t, list, 1)
	n := list[0]
	native, ok := numbers.Native[*opentact.Lease](n)
	require.True(t, ok)
	assert.Equal(t, "l-1", native.UUID)
	n.Native = nil
	assert.Equal(t, &numbers.Number{
		Vendor: "opentact", ID: "l-1", E164: one, VendorNumber: "12025550143", State: numbers.NumberActive,
		AutoRenew: new(false), Expires: new(time.Date(2022, 8, 5, 10, 16, 32, 977e6, time.UTC)),
		Assignment: numbers.Assignment{Connection: "c-1", Application: "a-1", MessagingProfile: "m-1"},
		Created:    time.Date(2022, 7, 5, 10, 16, 32, 977e6, time.UTC),
	}, n)

	c = newCabinet(t, `{"uuid":"l-1","tn":{"tn":12025550143,"deleted_on":"2022-07-06T00:00:00Z"},"messaging_profile":"m-2"}`)
	list, err = vendortest.Collect(c.orderer(t).Owned(ctx, numbers.OwnedQuery{Numbers: []numbers.E164{one}}))
	require.NoError(t, err)
	assert.Empty(t, list)
	all, err := vendortest.Collect(c.orderer(t).Owned(ctx, numbers.OwnedQuery{States: []numbers.NumberState{numbers.NumberReleased}}))
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Nil(t, all[0].AutoRenew)
	assert.Nil(t, all[0].Expires)
	assert.Equal(t, numbers.Assignment{MessagingProfile: "m-2"}, all[0].Assignment)
}

func TestALeaseWithoutItsNumberIsReadWhole(t *testing.T) {
	srv := serve(t,
		ordered(`{"take":100,"skip":0,"total":2,"data":[{"uuid":"l-1","tn":{}},{"uuid":"l-2","tn":12025550144}]}`),
		ordered(aLease))
	all, err := vendortest.Collect(opentact.NewOrderer(srv.client(t), gen2021).Owned(ctx, numbers.OwnedQuery{}))
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Equal(t, one, all[0].E164)
	assert.Equal(t, two, all[1].E164)
	assert.Equal(t, "/rest/lease/tn/l-1", srv.Received()[1].Path)
}

func TestLeasesAreListedByWhatAGenerationHas(t *testing.T) {
	for _, c := range []struct {
		opts    *opentact.OrdererOptions
		request string
	}{
		{nil, "GET /rest/lease/tn"}, {gen2021, "POST /rest/lease/tn/search"}, {gen2024, "POST /rest/lease/tn/search"},
	} {
		srv := serve(t, ordered(`[`+aLease+`]`))
		all, err := vendortest.Collect(opentact.NewOrderer(srv.client(t), c.opts).Owned(ctx, numbers.OwnedQuery{Numbers: []numbers.E164{one}}))
		require.NoError(t, err)
		assert.Len(t, all, 1)
		require.Len(t, srv.Received(), 1)
		assert.Equal(t, c.request, srv.Received()[0].Method+" "+srv.Received()[0].Path)
	}
}

func owned(n numbers.E164) *numbers.Number {
	return &numbers.Number{Vendor: "opentact", ID: "l-1", E164: n, VendorNumber: n.Digits()}
}
