package voipbin_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

// bought is a number at a fake of g, as found there.
func (g generation) bought(t *testing.T) (*voipbintest.Server, *voipbin.Orderer, *numbers.Number) {
	t.Helper()
	srv, o := g.fake(t)
	place(t, o, aNumber)
	return srv, o, find(t, o, aNumber)
}

func deletes(srv *voipbintest.Server) (n int) {
	for _, r := range srv.Requests() {
		if r.Method == http.MethodDelete {
			n++
		}
	}
	return n
}

func TestReleaseRefusesAnotherNumberUnderTheID(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		srv, o, found := g.bought(t)
		found.E164, found.VendorNumber = "+12025550199", "+12025550199"
		require.ErrorIs(t, o.Release(t.Context(), found), numbers.ErrConflict)
		assert.Zero(t, deletes(srv))
		assert.Len(t, srv.Books().Owned(), 1)
	})
}

// An id that nothing is under proves nothing about the number.
func TestReleaseRefusesANumberThatIsUnderAnotherID(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		srv, o, found := g.bought(t)
		found.ID = "0f4cb8a6-3f0b-4b5e-9a57-1f1d2c3b4a59"
		require.ErrorIs(t, o.Release(t.Context(), found), numbers.ErrConflict)
		assert.Zero(t, deletes(srv))
		assert.Len(t, srv.Books().Owned(), 1)
	})
}

func TestReleaseOfWhatNeverWas(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		srv, o := g.fake(t)
		err := o.Release(t.Context(), &numbers.Number{
			Vendor: "voipbin", ID: "0f4cb8a6-3f0b-4b5e-9a57-1f1d2c3b4a59", E164: aNumber, VendorNumber: string(aNumber),
		})
		require.NoError(t, err, "a complete listing shows that it is not there")
		assert.Zero(t, deletes(srv))
	})
}

func TestReleaseOfANumberThatTheCarrierKeeps(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		srv, o, found := g.bought(t)
		srv.RefuseRelease(string(aNumber))
		err := o.Release(t.Context(), found)
		require.ErrorIs(t, err, numbers.ErrVendor)
		e := asError(t, err)
		assert.Equal(t, "Release", e.Op)
		assert.Equal(t, []numbers.E164{aNumber}, e.Numbers)
		assert.Len(t, srv.Books().Owned(), 1)
	})
}

func TestReleaseWhoseAnswerIsLost(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		srv, o, found := g.bought(t)
		srv.Inject(numberstest.Fault{Kind: numberstest.LostReply, On: numberstest.Match{Method: http.MethodDelete, PathPrefix: "/"}})
		require.NoError(t, o.Release(t.Context(), found), "a reading shows that it is gone")
		assert.Empty(t, srv.Books().Owned())
		assert.Empty(t, srv.Unused())
	})
}

func TestReleaseThatDoesNotHoldIsNoSuccess(t *testing.T) {
	row := ok(vendortest.Fixture(t, "numbers.get.response.json"))
	n := &numbers.Number{Vendor: "voipbin", ID: anID, E164: aNumber, VendorNumber: string(aNumber)}
	for name, tt := range map[string]struct {
		answers []answer // to the reading, the delete, the reading
		kind    error
	}{
		"still there":                 {[]answer{row, ok(vendortest.Fixture(t, "numbers.delete.response.json")), row}, numbers.ErrVendor},
		"refused":                     {[]answer{row, {Status: 403, Body: vendortest.Fixture(t, "error.permission.response.json")}}, numbers.ErrForbidden},
		"not found, and there":        {[]answer{row, {Status: 404, Body: vendortest.Fixture(t, "error.deleted.response.json")}, row}, numbers.ErrVendor},
		"no such path, and no row":    {[]answer{row, {Status: 404, Body: vendortest.Fixture(t, "error.route.response.json")}}, numbers.ErrVendor},
		"the first reading fails":     {[]answer{{Status: 500}}, numbers.ErrVendor},
		"a page of a proxy":           {[]answer{{Status: 404, Body: "404 page not found"}}, numbers.ErrVendor},
		"deleted, the reading fails":  {[]answer{row, ok(vendortest.Fixture(t, "numbers.delete.response.json")), {Status: 500}}, numbers.ErrVendor},
		"the listing breaks off":      {[]answer{{Status: 404, Body: vendortest.Fixture(t, "error.number_not_found.response.json")}, {Status: 500}}, numbers.ErrVendor},
		"the listing is cut by a 429": {[]answer{{Status: 400}, {Status: 429}}, numbers.ErrRateLimited},
	} {
		t.Run(name, func(t *testing.T) {
			_, o := generation{}.fixed(t, tt.answers...)
			err := o.Release(t.Context(), n)
			require.ErrorIs(t, err, tt.kind)
			assert.Equal(t, "Release", asError(t, err).Op)
		})
	}
}

func TestReleaseIsDoneWhereAReadingShowsIt(t *testing.T) {
	row := ok(vendortest.Fixture(t, "numbers.get.response.json"))
	gone := answer{Status: 404, Body: vendortest.Fixture(t, "error.deleted.response.json")}
	empty := ok(vendortest.Fixture(t, "order_numbers.list_empty.response.json"))
	n := &numbers.Number{Vendor: "voipbin", ID: anID, E164: aNumber, VendorNumber: string(aNumber)}
	for name, answers := range map[string][]answer{
		"gone before":                       {gone, empty},
		"gone before, by its status":        {ok(vendortest.Fixture(t, "numbers.delete.response.json")), empty},
		"gone before, by a listing":         {{Status: 400}, empty},
		"deleted":                           {row, ok(vendortest.Fixture(t, "numbers.delete.response.json")), gone},
		"deleted meanwhile by somebody":     {row, gone, gone},
		"an old server's 400, then nothing": {row, {Status: 400}, {Status: 400}, empty},
		"a failure, and yet gone":           {row, {Status: 500}, gone},
	} {
		t.Run(name, func(t *testing.T) {
			_, o := generation{}.fixed(t, answers...)
			require.NoError(t, o.Release(t.Context(), n))
		})
	}
}
