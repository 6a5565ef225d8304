package exclusive_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestQueriesAreAppliedHere(t *testing.T) {
	pbx, o := fresh(t, exclusivetest.Options{})
	day := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	pbx.AddRow(
		exclusivetest.Row{ID: "a", Number: string(berlin), CreatedAt: day},
		exclusivetest.Row{ID: "b", Number: string(munich), CreatedAt: day.Add(time.Hour), Disabled: true},
		exclusivetest.Row{ID: "c", Number: "anonymous", CreatedAt: day.Add(2 * time.Hour)},
		exclusivetest.Row{ID: "d", Number: string(berlin), CreatedAt: day.Add(3 * time.Hour)},
	)
	for _, c := range []struct {
		query numbers.OrderQuery
		want  []string
	}{
		{numbers.OrderQuery{}, []string{"a", "b", "c", "d"}},
		{numbers.OrderQuery{Numbers: []numbers.E164{berlin}}, []string{"a", "d"}},
		{numbers.OrderQuery{Reference: "ours"}, nil},
		{numbers.OrderQuery{States: []numbers.State{numbers.StateComplete}}, []string{"a", "b", "c", "d"}},
		{numbers.OrderQuery{States: []numbers.State{numbers.StatePending}}, nil},
		{numbers.OrderQuery{CreatedAfter: day, CreatedBefore: day.Add(3 * time.Hour)}, []string{"b", "c"}},
	} {
		var got []string
		for order, err := range o.Orders(ctx, c.query) {
			require.NoError(t, err)
			got = append(got, order.ID)
		}
		assert.Equal(t, c.want, got, "%+v", c.query)
	}
	all := owned(t, o, numbers.OwnedQuery{})
	require.Len(t, all, 4)
	assert.Empty(t, all[2].E164)
	assert.Equal(t, "anonymous", all[2].VendorNumber)
	assert.Len(t, owned(t, o, numbers.OwnedQuery{Numbers: []numbers.E164{berlin}}), 2, "it is registered twice")
	assert.Empty(t, owned(t, o, numbers.OwnedQuery{Numbers: []numbers.E164{"+12025550123"}}))
}

// narrowing are the two ways to ask a PBX for some numbers alone.
func narrowing() map[string]exclusive.Narrowing {
	return map[string]exclusive.Narrowing{"filter": exclusive.NarrowByFilter, "search": exclusive.NarrowBySearch}
}

// capped is a PBX with 250 numbers that lists at most 100 of them, and ignores skip.
func capped(t *testing.T, options exclusivetest.Options, own *exclusive.OrdererOptions) (*exclusivetest.Server, *exclusive.Orderer) {
	t.Helper()
	options.IgnoreSkip, options.MaxPage = true, 100
	pbx := exclusivetest.NewServer(t, options)
	for i := range 250 {
		pbx.AddNumber(numberstest.Owned{Number: fmt.Sprintf("+1312555%04d", i)})
	}
	c, err := pbx.NewClient(&numbers.ClientOptions{Retry: numbers.Retry{Attempts: 1}})
	require.NoError(t, err)
	return pbx, exclusive.NewOrderer(c, own)
}

func TestANarrowedListingIsCompleteWhereTheListIsNot(t *testing.T) {
	_, o := capped(t, exclusivetest.Options{}, nil)
	_, err := vendortest.Collect(o.Orders(ctx, numbers.OrderQuery{Numbers: []numbers.E164{berlin}}))
	require.ErrorIs(t, err, numbers.ErrIncomplete, "without Narrow")

	for name, narrow := range narrowing() {
		t.Run(name, func(t *testing.T) {
			pbx, o := capped(t, exclusivetest.Options{}, &exclusive.OrdererOptions{Narrow: narrow})
			acct, err := account.New("pbx", o, nil)
			require.NoError(t, err)
			defer acct.Close()

			purchase, err := acct.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{berlin}, Reference: "k"}, nil)
			require.NoError(t, err)
			assert.Equal(t, []numbers.E164{berlin}, purchase.Bought())
			assert.Equal(t, 1, pbx.Books().Bought(string(berlin)))

			_, err = acct.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+13125550249"}, Reference: "l"}, nil)
			require.ErrorIs(t, err, numbers.ErrAlreadyOwned, "it is on the third page")

			list := owned(t, o, numbers.OwnedQuery{Numbers: []numbers.E164{berlin, "+13125550007", "+13125550249", munich}})
			require.Len(t, list, 3)
			require.NoError(t, acct.Release(ctx, list[0]))
			assert.Empty(t, owned(t, o, numbers.OwnedQuery{Numbers: []numbers.E164{list[0].E164}}))

			_, err = vendortest.Collect(o.Orders(ctx, numbers.OrderQuery{}))
			require.ErrorIs(t, err, numbers.ErrIncomplete, "of all numbers")
		})
	}
}

// The row may be spelled as the PBX spells it, or in E.164.
func TestANarrowedListingNamesEachSpelling(t *testing.T) {
	for name, c := range map[string]struct {
		narrow exclusive.Narrowing
		query  string
	}{
		"filter": {exclusive.NarrowByFilter, "filter=number eq '493012345' or number eq '+493012345' or number eq '4989999' or number eq '+4989999'"},
		"search": {exclusive.NarrowBySearch, "search=493012345 or +493012345 or 4989999 or +4989999"},
	} {
		t.Run(name, func(t *testing.T) {
			pbx, _ := fresh(t, exclusivetest.Options{})
			pbx.AddRow(exclusivetest.Row{ID: "a", Number: "493012345"}, exclusivetest.Row{ID: "b", Number: "+493012345"}, exclusivetest.Row{ID: "c", Number: "1493012345"})
			o := exclusive.NewOrderer(pbx.Client(), &exclusive.OrdererOptions{Narrow: c.narrow, Spell: numbers.E164.Digits})
			var ids []string
			for order, err := range o.Orders(ctx, numbers.OrderQuery{Numbers: []numbers.E164{"+493012345", "+4989999", "+493012345"}}) {
				require.NoError(t, err)
				ids = append(ids, order.ID)
			}
			assert.Equal(t, []string{"a", "b"}, ids)
			query, err := url.QueryUnescape(pbx.Requests()[0].RawQuery)
			require.NoError(t, err)
			assert.Equal(t, c.query, query)
		})
	}
}

func TestANarrowedListingOfManyNumbers(t *testing.T) {
	for name, narrow := range narrowing() {
		t.Run(name, func(t *testing.T) {
			pbx, o := capped(t, exclusivetest.Options{}, &exclusive.OrdererOptions{Narrow: narrow})
			var list []numbers.E164
			for i := range 50 {
				list = append(list, numbers.E164(fmt.Sprintf("+1312555%04d", 5*i)))
			}
			assert.Len(t, owned(t, o, numbers.OwnedQuery{Numbers: list}), 50)
			for _, r := range pbx.Requests() {
				assert.Less(t, len(r.RawQuery), 1500)
			}
		})
	}
}

// What a PBX makes of the parameters is not documented: none of it may make a number
// that is there look absent.
func TestANarrowedListingIsNotTrustedBlindly(t *testing.T) {
	for name, narrow := range narrowing() {
		own := &exclusive.OrdererOptions{Narrow: narrow}
		query := numbers.OrderQuery{Numbers: []numbers.E164{munich}}
		t.Run(name+" is ignored", func(t *testing.T) {
			lenient := exclusivetest.Options{Params: exclusivetest.ParamsIgnored, ServerOptions: numberstest.ServerOptions{Lenient: true}}
			pbx, _ := fresh(t, lenient)
			pbx.AddNumber(numberstest.Owned{Number: string(berlin)}, numberstest.Owned{Number: string(munich)})
			all, err := vendortest.Collect(exclusive.NewOrderer(pbx.Client(), own).Orders(ctx, query))
			require.NoError(t, err)
			assert.Len(t, all, 1)

			pbx, o := capped(t, lenient, own)
			_, err = vendortest.Collect(o.Orders(ctx, numbers.OrderQuery{Numbers: []numbers.E164{berlin, munich}}))
			require.ErrorIs(t, err, numbers.ErrIncomplete, "the list is cut off")
			assert.LessOrEqual(t, len(pbx.Requests()), 9)
		})
		t.Run(name+" is refused", func(t *testing.T) {
			pbx, _ := fresh(t, exclusivetest.Options{Params: exclusivetest.ParamsRefused, ServerOptions: numberstest.ServerOptions{Lenient: true}})
			_, err := vendortest.Collect(exclusive.NewOrderer(pbx.Client(), own).Orders(ctx, query))
			require.ErrorIs(t, err, numbers.ErrIncomplete)
			require.NotErrorIs(t, err, numbers.ErrInvalid, "the query is not at fault")
		})
		t.Run(name+" finds nothing", func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body := `{"count":2,"items":[{"id":"a","number":"+4930123456","enabled":true},{"id":"b","number":"+4989123456","enabled":true}]}`
				if r.URL.RawQuery != "" {
					body = `{"count":0,"items":[]}`
				}
				_, _ = io.WriteString(w, body)
			}))
			defer s.Close()
			_, err := vendortest.Collect(exclusive.NewOrderer(clientAt(t, s.URL), own).Orders(ctx, query))
			require.ErrorIs(t, err, numbers.ErrIncomplete)
		})
		t.Run(name+" at an empty PBX", func(t *testing.T) {
			pbx, _ := fresh(t, exclusivetest.Options{})
			o := exclusive.NewOrderer(pbx.Client(), own)
			all, err := vendortest.Collect(o.Orders(ctx, query))
			require.NoError(t, err)
			assert.Empty(t, all)

			pbx.AddNumber(numberstest.Owned{Number: string(berlin)})
			for _, requests := range []int{3, 1, 1} { // the first asks for berlin, too
				sent := len(pbx.Requests())
				all, err = vendortest.Collect(o.Orders(ctx, query))
				require.NoError(t, err)
				assert.Empty(t, all)
				assert.Equal(t, requests, len(pbx.Requests())-sent)
			}
		})
	}
}
