package opentact_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	dec "github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/opentact"
)

const (
	one = numbers.E164("+12025550143")
	two = numbers.E164("+12025550144")
)

func ordered(body string) answer { return vendortest.Text(`{"success":true,"payload":` + body + `}`) }

func TestTheStateOfAnOrderOf2020(t *testing.T) {
	const (
		asked  = `"request":{"tns":[12025550143,"12025550144"]}`
		tns    = `,"tns":[{"tn":12025550143},{"tn":12025550144}]`
		leaseA = `{"uuid":"a","tn":{"tn":12025550143}}`
		leaseB = `{"uuid":"b","tn":{"tn":1.2025550144e10}}`
	)
	const (
		pending, complete, failed, partial = numbers.StatePending, numbers.StateComplete, numbers.StateFailed, numbers.StatePartial
	)
	for name, c := range map[string]struct {
		state, rest string
		want        numbers.State
		items       []numbers.State
	}{
		"created":           {"created", "", pending, []numbers.State{pending, pending}},
		"verify":            {"verify", tns, pending, []numbers.State{pending, pending}},
		"processing":        {"processing", tns + `,"tnleases":[` + leaseA + `]`, pending, []numbers.State{pending, pending}},
		"a word of its own": {"paused", "", pending, []numbers.State{pending, pending}},
		"success":           {"success", tns + `,"tnleases":[` + leaseA + "," + leaseB + `]`, complete, []numbers.State{complete, complete}},
		"fewer leases":      {"success", tns + `,"tnleases":[` + leaseB + `]`, partial, []numbers.State{failed, complete}},
		"leases not told":   {"success", tns + `,"tnleases":[{},{}]`, complete, []numbers.State{complete, complete}},
		"fewer not told":    {"success", tns + `,"tnleases":[{}]`, partial, []numbers.State{pending, pending}},
		"no leases":         {"success", "", complete, []numbers.State{complete, complete}},
		"errors":            {"success", `,"errors":[{"item":{"tn":12025550143},"reason":"taken"}]`, partial, []numbers.State{failed, complete}},
		"failed":            {"failed", tns, failed, []numbers.State{failed, failed}},
		"failed with one":   {"failed", `,"tnleases":[` + leaseA + `]`, partial, []numbers.State{complete, failed}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, ordered(`{"uuid":"u","state":"`+c.state+`","created_on":"2021-03-04T05:06:07.080Z",`+asked+c.rest+`}`))
			o, err := opentact.NewOrderer(srv.client(t), nil).Order(ctx, "u")
			require.NoError(t, err)
			assert.Equal(t, c.want, o.State)
			assert.Equal(t, c.state, o.VendorState)
			assert.False(t, o.Final)
			assert.Equal(t, 2, o.Count)
			require.Len(t, o.Items, 2)
			for i, item := range o.Items {
				assert.Equal(t, c.items[i], item.State, item.E164)
			}
			assert.Equal(t, []numbers.E164{one, two}, o.Numbers())
			assert.Equal(t, "12025550143", o.Items[0].VendorNumber)
			assert.Equal(t, "opentact", o.Vendor)
			assert.Equal(t, time.Date(2021, 3, 4, 5, 6, 7, 80e6, time.UTC), o.Created)
			assert.Nil(t, o.Price)
		})
	}
}

// Leases end, and what an order has brought does not change by it.
func TestAnOrderOf2020StaysWhatItWasWhenItsLeasesEnd(t *testing.T) {
	const (
		asked  = `"request":{"tns":[12025550143,12025550144]}`
		leaseA = `{"uuid":"a","tn":{"tn":12025550143}}`
		leaseB = `{"uuid":"b","tn":{"tn":12025550144}}`
	)
	order := func(leases string) answer {
		return ordered(`{"uuid":"u","state":"success",` + asked + `,"tnleases":[` + leases + `]}`)
	}
	for name, c := range map[string]struct {
		leases []string
		want   numbers.State
		items  []numbers.State
	}{
		"complete": {[]string{leaseA + "," + leaseB, leaseB, ""}, numbers.StateComplete, []numbers.State{numbers.StateComplete, numbers.StateComplete}},
		"partial":  {[]string{leaseA, "", ""}, numbers.StatePartial, []numbers.State{numbers.StateComplete, numbers.StateFailed}},
	} {
		t.Run(name, func(t *testing.T) {
			var answers []answer
			for _, leases := range c.leases {
				answers = append(answers, order(leases))
			}
			o := opentact.NewOrderer(serve(t, answers...).client(t), nil)
			for range c.leases {
				read, err := o.Order(ctx, "u")
				require.NoError(t, err)
				assert.Equal(t, c.want, read.State)
				for i, item := range read.Items {
					assert.Equal(t, c.items[i], item.State)
				}
			}
		})
	}

	late := opentact.NewOrderer(serve(t, order(leaseA), order(leaseA+","+leaseB)).client(t), nil)
	_, err := late.Order(ctx, "u")
	require.NoError(t, err)
	read, err := late.Order(ctx, "u")
	require.NoError(t, err)
	assert.Equal(t, numbers.StateComplete, read.State, "a lease that shows later is bought all the same")
}

func TestANumberThatFailedSaysWhy(t *testing.T) {
	srv := serve(t, ordered(`{"uuid":"u","state":"success","request":{"tns":[12025550143]},"errors":[{"item":{"tn":12025550143},"reason":"taken","description":"by another"}]}`))
	o, err := opentact.NewOrderer(srv.client(t), nil).Order(ctx, "u")
	require.NoError(t, err)
	assert.Equal(t, numbers.StateFailed, o.State)
	require.ErrorIs(t, o.Items[0].Err, numbers.ErrNumberUnavailable)
	assert.ErrorContains(t, o.Items[0].Err, "taken: by another")
}

func TestWhatIsNoE164StaysAsTheVendorSpellsIt(t *testing.T) {
	srv := serve(t, answer{Body: vendortest.Fixture(t, "order.create.response.json")})
	o, err := opentact.NewOrderer(srv.client(t), nil).Order(ctx, "e7fad289-f977-45bb-bc42-448d1290555c")
	require.NoError(t, err)
	require.Len(t, o.Items, 1)
	assert.Empty(t, o.Items[0].E164)
	assert.Equal(t, "0", o.Items[0].VendorNumber)
}

func TestPlaceSendsOneOrder(t *testing.T) {
	srv := serve(t, ordered(`{"uuid":"u","state":"created","request":{"tns":[12025550143,12025550144]}}`))
	template := &opentact.CreateTNOrderRequest{Voice: new(false), AutoRenew: new(false), Profile: new("US"), SIPConnection: new("replaced")}
	before := vendortest.Encode(t, template)
	o, err := opentact.NewOrderer(srv.client(t), nil).Place(ctx, numbers.OrderRequest{
		Numbers: []numbers.E164{one, two}, Reference: "ref-1", Native: template,
		Assign: &numbers.Assignment{Connection: "connection", Application: "app"},
	})
	require.NoError(t, err)
	assert.Equal(t, numbers.StatePending, o.State)
	assert.Empty(t, o.Reference, "the vendor keeps none")
	require.Len(t, srv.Received(), 1)
	assert.Equal(t, `{"voice":false,"tns":[12025550143,12025550144],"autorenew":false,"profile":"US","sip_connection":"connection","sip_control_app":"app"}`, srv.Received()[0].Body)
	assert.Equal(t, before, vendortest.Encode(t, template), "the template is not changed")
}

func TestPlaceRefusesWhatCantBeMeant(t *testing.T) {
	srv := serve(t, vendortest.Text("{}"))
	orderer := opentact.NewOrderer(srv.client(t), nil)
	good := []numbers.E164{one}
	var none *opentact.CreateTNOrderRequest
	for name, c := range map[string]struct {
		r     numbers.OrderRequest
		kind  error
		field string
	}{
		"no numbers":        {numbers.OrderRequest{}, numbers.ErrInvalid, "Numbers"},
		"no E.164":          {numbers.OrderRequest{Numbers: []numbers.E164{"12025550143"}}, numbers.ErrInvalid, "Numbers[0]"},
		"twice":             {numbers.OrderRequest{Numbers: []numbers.E164{one, one}}, numbers.ErrInvalid, "Numbers[1]"},
		"foreign":           {numbers.OrderRequest{Numbers: good, Native: "x"}, numbers.ErrInvalid, "Native"},
		"nil template":      {numbers.OrderRequest{Numbers: good, Native: none}, numbers.ErrInvalid, "Native"},
		"own numbers":       {numbers.OrderRequest{Numbers: good, Native: &opentact.CreateTNOrderRequest{TNs: []int64{1}}}, numbers.ErrInvalid, "Native"},
		"a bad template":    {numbers.OrderRequest{Numbers: good, Native: &opentact.CreateTNOrderRequest{Profile: new("")}}, numbers.ErrInvalid, "Profile"},
		"what can't be set": {numbers.OrderRequest{Numbers: good, Assign: &numbers.Assignment{CallFlow: "f"}}, errors.ErrUnsupported, "Assign.CallFlow"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, do := range []func() error{
				func() error { _, err := orderer.Place(ctx, c.r); return err },
				func() error { _, err := orderer.Quote(ctx, c.r); return err },
			} {
				err := do()
				require.ErrorIs(t, err, c.kind)
				e, _ := errors.AsType[*numbers.Error](err)
				require.NotNil(t, e)
				assert.Equal(t, c.field, e.Field)
				assert.Zero(t, e.Status)
			}
		})
	}
	assert.Empty(t, srv.Received())
}

func TestA404MeansTheNumbersWhereItCanMeanNothingElse(t *testing.T) {
	srv := serve(t, vendortest.Failing(404, `{"success":false,"message":"Not found","status":404}`))
	orderer := opentact.NewOrderer(srv.client(t), nil)
	r := numbers.OrderRequest{Numbers: []numbers.E164{one}}
	_, err := orderer.Place(ctx, r)
	require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
	_, err = orderer.Quote(ctx, r)
	require.ErrorIs(t, err, numbers.ErrNumberUnavailable)
	r.Assign = &numbers.Assignment{Connection: "c"}
	_, err = orderer.Place(ctx, r)
	require.ErrorIs(t, err, numbers.ErrVendor)
	r = numbers.OrderRequest{Numbers: r.Numbers, Native: &opentact.CreateTNOrderRequest{Profile: new("EU")}}
	_, err = orderer.Place(ctx, r)
	require.ErrorIs(t, err, numbers.ErrVendor)

	srv = serve(t, vendortest.Failing(404, "<html>404 page not found</html>"))
	_, err = opentact.NewOrderer(srv.client(t), nil).Place(ctx, numbers.OrderRequest{Numbers: r.Numbers})
	require.ErrorIs(t, err, numbers.ErrVendor, "a gateway knows nothing of numbers")
	require.NotErrorIs(t, err, numbers.ErrNumberUnavailable)
	require.NotErrorIs(t, err, numbers.ErrNotFound)
}

// In an order it is the documentation's empty price, and not a free number.
func TestAnEmptyPriceOfAnOrderIsUnknown(t *testing.T) {
	for price, want := range map[string]string{
		`{"nrc":0,"mrc":0,"items":[]}`: "unknown",
		`{}`:                           "unknown",
		`null`:                         "unknown",
		`{"nrc":3,"mrc":1,"items":[{"nrc":"4","mrc":"1"}]}`: "unknown",
		`{"nrc":3,"mrc":1,"items":[{"nrc":"3","mrc":"1"}]}`: "3 upfront, 1 monthly",
	} {
		srv := serve(t, ordered(`{"uuid":"u","state":"success","request":{"tns":[12025550143]},"price":`+price+`}`))
		o, err := opentact.NewOrderer(srv.client(t), nil).Order(ctx, "u")
		require.NoError(t, err)
		assert.Equal(t, want, o.Price.String(), price)
	}
}

// mailbox is a transport that reads the body of a request and answers it.
type mailbox struct {
	answer string
	sent   []string // bodies that could be read
}

func (m *mailbox) RoundTrip(r *http.Request) (*http.Response, error) {
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	m.sent = append(m.sent, string(body))
	return &http.Response{StatusCode: http.StatusOK, Request: r, Body: io.NopCloser(strings.NewReader(m.answer))}, nil
}

func TestPlaceBeginsBeforeItSends(t *testing.T) {
	refused := errors.New("somebody else has it")
	for name, c := range map[string]struct {
		sendBy time.Time
		err    error
		sent   int
	}{
		"in time":  {sendBy: time.Now().Add(time.Hour), sent: 1},
		"no limit": {sent: 1},
		"late":     {sendBy: time.Now().Add(-time.Second)},
		"refused":  {err: refused},
	} {
		t.Run(name, func(t *testing.T) {
			for _, opts := range []*opentact.OrdererOptions{nil, gen2021, gen2024} {
				vendor := &mailbox{answer: `{"success":true,"payload":{"uuid":"u","state":"created","total":1}}`}
				client, err := opentact.New(opentact.TokenAuth(token), &numbers.ClientOptions{HTTPClient: &http.Client{Transport: vendor}})
				require.NoError(t, err)
				begun := 0
				order, err := opentact.NewOrderer(client, opts).Place(ctx, numbers.OrderRequest{
					Numbers: []numbers.E164{one},
					Begin: func(context.Context) (time.Time, error) {
						begun++
						assert.Empty(t, vendor.sent)
						return c.sendBy, c.err
					},
				})
				assert.Equal(t, 1, begun)
				assert.Len(t, vendor.sent, c.sent)
				if c.sent > 0 {
					require.NoError(t, err)
					assert.Equal(t, "u", order.ID)
					continue
				}
				require.Error(t, err)
				assert.Nil(t, order)
				assert.NotErrorIs(t, err, numbers.ErrOutcomeUnknown)
				if c.err != nil {
					require.ErrorIs(t, err, refused)
				}
			}
		})
	}
}

func TestQuoteKeepsUnknownPricesUnknown(t *testing.T) {
	for body, want := range map[string]string{
		`{"nrc":2,"mrc":"3.70","items":[]}`:  "2 EUR upfront, 3.70 EUR monthly",
		`{"nrc":"","mrc":"1","items":[]}`:    "unknown upfront, 1 EUR monthly",
		`{"nrc":null,"mrc":null,"items":[]}`: "unknown",
		// No price list was applied.
		`{"nrc":0,"mrc":0,"items":[]}`:                      "unknown",
		`{"nrc":0,"mrc":0}`:                                 "unknown",
		`{"nrc":null,"mrc":0,"items":[]}`:                   "unknown",
		`{"nrc":0,"mrc":5,"items":[]}`:                      "0 EUR upfront, 5 EUR monthly",
		`{"nrc":0,"mrc":0,"items":[{"nrc":"0","mrc":"0"}]}`: "0 EUR upfront, 0 EUR monthly",
		// Totals that can't be.
		`{"nrc":1,"mrc":1,"items":[{"nrc":"1.01","mrc":"1"}]}`:                       "unknown",
		`{"nrc":1,"mrc":0,"items":[{"nrc":"1","mrc":"0"},{"mrc":"0.5"}]}`:            "unknown",
		`{"nrc":-1,"mrc":0,"items":[{"nrc":"-2","mrc":"0"}]}`:                        "unknown",
		`{"nrc":2,"mrc":1.5,"items":[{"nrc":"1","mrc":"1.5"},{"nrc":1,"mrc":null}]}`: "2 EUR upfront, 1.5 EUR monthly",
	} {
		srv := serve(t, ordered(body))
		q, err := opentact.NewOrderer(srv.client(t), &opentact.OrdererOptions{Currency: "EUR"}).
			Quote(ctx, numbers.OrderRequest{Numbers: []numbers.E164{one}})
		require.NoError(t, err)
		assert.Equal(t, want, q.Price.String())
		assert.False(t, q.Binding)
		_, ok := numbers.Native[*opentact.OrderPrice](q)
		require.True(t, ok)
		assert.Equal(t, `{"tns":[12025550143]}`, srv.Received()[0].Body)
		assert.Equal(t, "/rest/order/price", srv.Received()[0].Path)
	}
	srv := serve(t, ordered(`{"nrc":2,"mrc":3,"items":[]}`))
	q, err := opentact.NewOrderer(srv.client(t), nil).Quote(ctx, numbers.OrderRequest{Numbers: []numbers.E164{one}})
	require.NoError(t, err)
	assert.Empty(t, q.Price.Upfront.Currency, "no currency is invented")
}

func decimal(t *testing.T, s string) (d dec.Decimal) {
	t.Helper()
	d, err := dec.NewFromString(s)
	require.NoError(t, err)
	return d
}

// There is no client that could read anything.
func TestForeignTemplateIsFoundBeforeAnythingIsRead(t *testing.T) {
	type foreign struct{}
	for _, g := range []opentact.Generation{opentact.Generation2020, opentact.Generation2021, opentact.Generation2024} {
		o := opentact.NewOrderer(nil, &opentact.OrdererOptions{Generation: g})
		_, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{"+12025550100"}, Native: &foreign{}})
		require.ErrorIs(t, err, numbers.ErrInvalid)
		var e *numbers.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "Native", e.Field)
	}
}
