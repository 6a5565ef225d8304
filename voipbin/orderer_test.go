package voipbin_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

const aNumber = numbers.E164("+12025550142")

// generation is one of the two APIs, and the fake's era that has it.
type generation struct {
	voipbin.Generation
	era  voipbintest.Era
	path string
}

func generations(t *testing.T, f func(t *testing.T, g generation)) {
	for name, g := range map[string]generation{
		"numbers":       {voipbin.GenerationNumbers, voipbintest.EraToday, "/v1.0/numbers"},
		"order_numbers": {voipbin.GenerationOrderNumbers, voipbintest.EraSeed, "/v1.0/order_numbers"},
	} {
		t.Run(name, func(t *testing.T) { f(t, g) })
	}
}

// fakeOrderer is an Orderer at a fake of its era.
func (g generation) fake(t *testing.T) (*voipbintest.Server, *voipbin.Orderer) {
	t.Helper()
	srv := voipbintest.NewServer(t, voipbintest.Options{Era: g.era})
	c, err := srv.NewClient(vendortest.Options(""))
	require.NoError(t, err)
	return srv, voipbin.NewOrderer(c, &voipbin.OrdererOptions{Generation: g.Generation})
}

// fixed is an Orderer at a server with fixed answers.
func (g generation) fixed(t *testing.T, answers ...answer) (*vendortest.Server, *voipbin.Orderer) {
	t.Helper()
	srv := serve(t, answers...)
	return srv, voipbin.NewOrderer(client(t, srv.URL), &voipbin.OrdererOptions{Generation: g.Generation})
}

func place(t *testing.T, o numbers.Orderer, n numbers.E164) *numbers.Order {
	t.Helper()
	order, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{n}})
	require.NoError(t, err)
	return order
}

func orders(t *testing.T, o numbers.Orderer, q numbers.OrderQuery) []*numbers.Order {
	t.Helper()
	var list []*numbers.Order
	for order, err := range o.Orders(t.Context(), q) {
		require.NoError(t, err)
		list = append(list, order)
	}
	return list
}

func asError(t *testing.T, err error) *numbers.Error {
	t.Helper()
	e, ok := errors.AsType[*numbers.Error](err)
	require.True(t, ok, "%v", err)
	return e
}

func TestOrdererPlacesListsReadsAndReleases(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		srv, o := g.fake(t)
		placed := place(t, o, aNumber)
		assert.Equal(t, "voipbin", placed.Vendor)
		assert.Empty(t, placed.Account, "an adapter does not know it")
		assert.Equal(t, numbers.StateComplete, placed.State)
		assert.Equal(t, "active", placed.VendorState)
		assert.True(t, placed.Final)
		assert.Equal(t, 1, placed.Count)
		assert.Equal(t, []numbers.E164{aNumber}, placed.Numbers())
		assert.Nil(t, placed.Price)
		assert.False(t, placed.Created.IsZero())
		row, isRow := numbers.Native[*voipbin.Number](placed)
		require.True(t, isRow)
		assert.Equal(t, placed.ID, row.ID)

		listed := orders(t, o, numbers.OrderQuery{})
		require.Len(t, listed, 1)
		assert.Equal(t, placed.ID, listed[0].ID)

		read, err := o.Order(t.Context(), placed.ID)
		require.NoError(t, err)
		assert.Equal(t, placed.Items[0].E164, read.Items[0].E164)
		assert.Equal(t, placed.Created, read.Created)

		found := find(t, o, aNumber)
		assert.Equal(t, placed.ID, found.ID)
		assert.Equal(t, numbers.NumberActive, found.State)
		assert.Equal(t, found.ID, placed.Items[0].Owned.ID)

		require.NoError(t, o.Release(t.Context(), found))
		require.NoError(t, o.Release(t.Context(), found), "it is repeatable")
		assert.Empty(t, owned(t, o, numbers.OwnedQuery{}))
		assert.Empty(t, orders(t, o, numbers.OrderQuery{}))

		books := srv.Books()
		require.Len(t, books.Purchases, 1)
		assert.False(t, books.Purchases[0].Owns())
	})
}

func TestOrdererRefusesBadInputBeforeAnythingIsSent(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		srv, o := g.fixed(t, ok(`{}`))
		one := func(n numbers.E164) numbers.OrderRequest { return numbers.OrderRequest{Numbers: []numbers.E164{n}} }
		foreign, own, old := one(aNumber), one(aNumber), one(aNumber)
		foreign.Native = 7
		own.Native = &voipbin.CreateNumberRequest{Number: "+12025550199"}
		old.Native = &voipbin.CreateOrderNumberRequest{Number: "+12025550199"}
		for name, r := range map[string]numbers.OrderRequest{
			"none": {}, "two": {Numbers: []numbers.E164{"+12025550101", "+12025550102"}}, "no E.164": one("2025550142"),
			"twice": {Numbers: []numbers.E164{aNumber, aNumber}}, "foreign template": foreign, "template with a number": own, "the other one's template": old,
			"reserved virtual": one("+899000060801"), "short virtual": one("+8992040608"),
		} {
			order, err := o.Place(t.Context(), r)
			assert.Nil(t, order, name)
			require.ErrorIs(t, err, numbers.ErrInvalid, name)
			e := asError(t, err)
			assert.Equal(t, "Place", e.Op)
			assert.NotEmpty(t, e.Field)
		}
		for _, id := range []string{"", ".", ".."} {
			_, err := o.Order(t.Context(), id)
			require.ErrorIs(t, err, numbers.ErrInvalid)
		}
		good := numbers.Number{Vendor: "voipbin", ID: anID, E164: aNumber}
		vendor, id := good, good
		vendor.Vendor, id.ID = "telnyx", ""
		for _, n := range []*numbers.Number{nil, &vendor, &id} {
			require.ErrorIs(t, o.Release(t.Context(), n), numbers.ErrInvalid)
		}
		assert.Empty(t, srv.Received())
	})
}

func TestOrdererDoesNotChangeTheTemplate(t *testing.T) {
	srv, o := generation{}.fixed(t, ok(vendortest.Fixture(t, "numbers.create.response.json")))
	template := &voipbin.CreateNumberRequest{Name: new("Reception"), CallFlowID: new("c4a1e7d0-5b2f-4f6a-9d83-7e0c2b9a1f45")}
	_, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{aNumber}, Native: template, Assign: &numbers.Assignment{MessageFlow: "c4a1e7d0-5b2f-4f6a-9d83-7e0c2b9a1f45"}})
	require.ErrorIs(t, err, numbers.ErrInvalid, "the answer has no message flow")
	assert.Equal(t, &voipbin.CreateNumberRequest{Name: new("Reception"), CallFlowID: new("c4a1e7d0-5b2f-4f6a-9d83-7e0c2b9a1f45")}, template)
	assert.JSONEq(t, `{"number":"+12025550142","name":"Reception","call_flow_id":"c4a1e7d0-5b2f-4f6a-9d83-7e0c2b9a1f45","message_flow_id":"c4a1e7d0-5b2f-4f6a-9d83-7e0c2b9a1f45","detail":""}`, srv.Received()[0].Body)
}

// The description requires four fields that the server does without.
func TestOrdererSendsWhatTheDescriptionRequires(t *testing.T) {
	srv, o := generation{}.fixed(t, ok(vendortest.Fixture(t, "numbers.create.response.json")))
	place(t, o, aNumber)
	assert.JSONEq(t, `{"number":"+12025550142","call_flow_id":"`+voipbin.NoFlow+`","message_flow_id":"`+voipbin.NoFlow+`","name":"","detail":""}`, srv.Received()[0].Body)
}

func TestOrdererTellsOfAFlowThatWasNotTaken(t *testing.T) {
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}}) // it reports what the vendor takes for none
	o := voipbin.NewOrderer(srv.Client(), nil)
	order, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{aNumber}, Assign: &numbers.Assignment{CallFlow: "no UUID"}})
	require.ErrorIs(t, err, numbers.ErrInvalid)
	assert.Equal(t, "Assign.CallFlow", asError(t, err).Field)
	assert.Equal(t, http.StatusOK, asError(t, err).Status, "an ErrInvalid without a status says that nothing was sent")
	require.NotNil(t, order, "it is bought")
	assert.Equal(t, 1, srv.Books().Bought(string(aNumber)))
}

func TestOrdererOrdersVirtualNumbers(t *testing.T) {
	srv, o := generation{era: voipbintest.EraToday}.fake(t)
	order := place(t, o, "+899204060801")
	row, _ := numbers.Native[*voipbin.Number](order)
	assert.Equal(t, voipbin.TypeVirtual, *row.Type)
	assert.Len(t, srv.Requests(), 1)
}

func TestOrderThatIsNotThere(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		_, o := g.fake(t)
		for _, id := range []string{"0f4cb8a6-3f0b-4b5e-9a57-1f1d2c3b4a59", "no UUID"} {
			_, err := o.Order(t.Context(), id)
			require.ErrorIs(t, err, numbers.ErrNotFound, id)
			assert.Equal(t, "Order", asError(t, err).Op)
		}
	})
}

// In 2021 the answer 400 stood for everything: only a complete listing shows
// that a number is not there.
func TestOrderBehindAnAnswerThatSaysNothing(t *testing.T) {
	list := ok(vendortest.Fixture(t, "order_numbers.list.response.json"))
	empty := answer{Status: http.StatusBadRequest}
	g := generation{Generation: voipbin.GenerationOrderNumbers}

	_, o := g.fixed(t, empty, list, ok(vendortest.Fixture(t, "order_numbers.list_empty.response.json")))
	order, err := o.Order(t.Context(), "d5532488-0b2d-11eb-b18c-172ab8f2d3d8")
	require.NoError(t, err)
	assert.Equal(t, "+16195734778", order.Items[0].VendorNumber)

	_, o = g.fixed(t, empty, list, empty)
	_, err = o.Order(t.Context(), "0f4cb8a6-3f0b-4b5e-9a57-1f1d2c3b4a59")
	require.ErrorIs(t, err, numbers.ErrVendor, "a listing that broke off shows nothing")
	assert.NotErrorIs(t, err, numbers.ErrNotFound)
}

func TestPlaceOfUnknownOutcome(t *testing.T) {
	for name, tt := range map[string]struct {
		generation generation
		answer     answer
	}{
		"zero object":  {generation{Generation: voipbin.GenerationOrderNumbers}, ok(vendortest.Fixture(t, "order_numbers.create_zero.response.json"))},
		"old 400":      {generation{Generation: voipbin.GenerationOrderNumbers}, answer{Status: 400}},
		"old 401":      {generation{Generation: voipbin.GenerationOrderNumbers}, answer{Status: 401}},
		"old 500":      {generation{Generation: voipbin.GenerationOrderNumbers}, answer{Status: 500}},
		"today's 500":  {generation{}, answer{Status: 500, Body: vendortest.Fixture(t, "error.internal.response.json")}},
		"today's 503":  {generation{}, answer{Status: 503, Body: vendortest.Fixture(t, "error.timeout.response.json")}},
		"zero object,": {generation{}, ok(vendortest.Fixture(t, "order_numbers.create_zero.response.json"))},
	} {
		t.Run(name, func(t *testing.T) {
			srv, o := tt.generation.fixed(t, tt.answer)
			began := time.Now()
			order, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{aNumber}, Reference: "mine"})
			assert.Nil(t, order)
			require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
			e := asError(t, err)
			assert.Equal(t, "Place", e.Op)
			require.NotNil(t, e.Attempt)
			assert.Equal(t, "voipbin", e.Attempt.Vendor)
			assert.Equal(t, "mine", e.Attempt.Reference)
			assert.Equal(t, []numbers.E164{aNumber}, e.Attempt.Numbers)
			assert.Equal(t, tt.answer.Status, e.Attempt.Status)
			assert.WithinRange(t, e.Attempt.Started, began, time.Now())
			assert.WithinRange(t, e.Attempt.Ended, e.Attempt.Started, time.Now())
			assert.Len(t, srv.Received(), 1)
		})
	}
}

// limiter counts the requests that it lets pass.
type limiter struct{ passed int }

func (l *limiter) Wait(context.Context) error {
	l.passed++
	return nil
}

// Begin is the last thing before the order is sent.
func TestPlaceBegins(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		srv := voipbintest.NewServer(t, voipbintest.Options{Era: g.era})
		limit := new(limiter)
		c := clientWith(t, voipbin.LoginAuth(voipbintest.Username, voipbintest.Password), vendortest.Options(srv.URL(), func(o *numbers.ClientOptions) { o.Limiter = limit }))
		o := voipbin.NewOrderer(c, &voipbin.OrdererOptions{Generation: g.Generation})
		began := 0
		r := numbers.OrderRequest{Numbers: []numbers.E164{aNumber}, Begin: func(context.Context) (time.Time, error) {
			began++
			assert.Equal(t, 2, limit.passed, "after the limiter")
			assert.Len(t, srv.Requests(), 1, "after the login")
			assert.Empty(t, srv.Books().Purchases)
			return time.Time{}, nil
		}}
		_, err := o.Place(t.Context(), r)
		require.NoError(t, err)
		assert.Equal(t, 1, began)
		assert.Equal(t, 1, srv.Books().Bought(string(aNumber)))
	})
}

func TestPlaceSendsNothingWithoutABeginning(t *testing.T) {
	full := errors.New("the book is full")
	generations(t, func(t *testing.T, g generation) {
		srv, o := g.fake(t)
		for name, begin := range map[string]func(context.Context) (time.Time, error){
			"refused": func(context.Context) (time.Time, error) { return time.Now().Add(time.Hour), full },
			"late":    func(context.Context) (time.Time, error) { return time.Now().Add(-time.Nanosecond), nil },
		} {
			order, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{aNumber}, Reference: "mine", Begin: begin})
			assert.Nil(t, order, name)
			require.Error(t, err, name)
			assert.NotErrorIs(t, err, numbers.ErrOutcomeUnknown, name)
			assert.Equal(t, "Place", asError(t, err).Op)
			assert.Equal(t, []numbers.E164{aNumber}, asError(t, err).Numbers)
			assert.Equal(t, name == "refused", errors.Is(err, full))
		}
		assert.Empty(t, srv.Requests())
	})
}

func TestCapabilities(t *testing.T) {
	generations(t, func(t *testing.T, g generation) {
		srv, o := g.fixed(t, answer{Status: 500})
		caps := o.Capabilities()
		assert.Equal(t, "voipbin", caps.Vendor)
		assert.Equal(t, numbers.Buys, caps.Billing)
		assert.Equal(t, numbers.ByNumber, caps.FoundBy)
		assert.Equal(t, 1, caps.MaxNumbers)
		assert.Equal(t, 120*time.Second, caps.ListingDelay)
		assert.True(t, caps.OrdersAreOwned)
		assert.True(t, caps.Orphans)
		assert.False(t, caps.DefiniteRefusals)
		assert.False(t, caps.Prices)
		assert.False(t, caps.Can.Has(numbers.CanQuote) || caps.Can.Has(numbers.CanCancel) || caps.Can.Has(numbers.CanReserve))
		for _, a := range []numbers.Assignment{{Connection: "c"}, {Application: "a"}, {MessagingProfile: "m"}, {BillingGroup: "b"}} {
			_, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{aNumber}, Assign: &a})
			require.ErrorIs(t, err, errors.ErrUnsupported)
		}
		assert.Empty(t, srv.Received())
	})
	o := voipbin.NewOrderer(client(t, "http://localhost"), &voipbin.OrdererOptions{ListingDelay: time.Minute})
	assert.Equal(t, time.Minute, o.Capabilities().ListingDelay)
	assert.Equal(t, 120*time.Second, voipbin.NewOrderer(client(t, "http://localhost"), nil).Capabilities().ListingDelay)
}
