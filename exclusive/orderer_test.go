package exclusive_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

const berlin, munich numbers.E164 = "+493012345678", "+498912345678"

// fresh is a PBX and its orderer.
func fresh(t testing.TB, options exclusivetest.Options, opts ...*exclusive.OrdererOptions) (*exclusivetest.Server, *exclusive.Orderer) {
	t.Helper()
	pbx := exclusivetest.NewServer(t, options)
	c, err := pbx.NewClient(&numbers.ClientOptions{Retry: numbers.Retry{MinWait: time.Nanosecond, MaxWait: time.Millisecond}})
	require.NoError(t, err)
	var own *exclusive.OrdererOptions
	if len(opts) > 0 {
		own = opts[0]
	}
	return pbx, exclusive.NewOrderer(c, own)
}

func order(n numbers.E164) numbers.OrderRequest {
	return numbers.OrderRequest{Numbers: []numbers.E164{n}, Reference: "ours"}
}

func TestTheCapabilities(t *testing.T) {
	_, o := fresh(t, exclusivetest.Options{})
	assert.Equal(t, numbers.Capabilities{
		Vendor: "exclusive", Can: numbers.CanResolve | numbers.CanListOwned | numbers.CanRelease,
		Billing: numbers.Registers, FoundBy: numbers.ByNumber, MaxNumbers: 1, OrdersAreOwned: true,
		ListingDelay: 5 * time.Second, DefiniteRefusals: true,
		Native: (*exclusive.CreateNumberRequest)(nil),
	}, o.Capabilities())
	_, o = fresh(t, exclusivetest.Options{}, &exclusive.OrdererOptions{ListingDelay: time.Minute})
	assert.Equal(t, time.Minute, o.Capabilities().ListingDelay)
}

func TestWhatAnOrderCanNotSetIsUnsupportedAndSendsNothing(t *testing.T) {
	pbx, o := fresh(t, exclusivetest.Options{})
	for _, a := range []numbers.Assignment{{Connection: "1"}, {Application: "1"}, {MessagingProfile: "1"}, {BillingGroup: "1"}, {CallFlow: "1"}, {MessageFlow: "1"}} {
		r := order(berlin)
		r.Assign = &a
		_, err := o.Place(ctx, r)
		require.ErrorIs(t, err, errors.ErrUnsupported)
	}
	assert.Empty(t, pbx.Requests())
}

func TestAnOrderRegistersANumber(t *testing.T) {
	pbx, o := fresh(t, exclusivetest.Options{})
	placed, err := o.Place(ctx, order(berlin))
	require.NoError(t, err)
	require.Len(t, pbx.Requests(), 1, "one request")
	assert.Equal(t, `{"number":"+493012345678","enabled":true}`, string(pbx.Requests()[0].Body))
	assert.Equal(t, []numberstest.Purchase{{
		Number: string(berlin), OrderID: placed.ID, At: pbx.Books().Purchases[0].At, Listed: true,
	}}, pbx.Books().Purchases)
	row := &exclusive.Number{ID: placed.ID, Number: string(berlin), Enabled: new(true)}
	assert.Equal(t, &numbers.Order{
		Vendor: "exclusive", ID: placed.ID, State: numbers.StateComplete, Final: true, Count: 1,
		Items: []numbers.Item{{E164: berlin, VendorNumber: string(berlin), State: numbers.StateComplete, Owned: &numbers.Number{
			Vendor: "exclusive", ID: placed.ID, E164: berlin, VendorNumber: string(berlin), State: numbers.NumberActive, Native: row,
		}}},
		Native: row,
	}, placed)

	read, err := o.Order(ctx, placed.ID)
	require.NoError(t, err)
	assert.Equal(t, placed.ID, read.ID)
	assert.Equal(t, []numbers.E164{berlin}, read.Numbers())
	assert.False(t, read.Created.IsZero())
	require.NotNil(t, read.Items[0].Owned)
	assert.Equal(t, numbers.NumberActive, read.Items[0].Owned.State)
	native, ok := numbers.Native[*exclusive.Number](read)
	require.True(t, ok)
	assert.Equal(t, placed.ID, native.ID)

	listed, err := vendortest.Collect(o.Orders(ctx, numbers.OrderQuery{}))
	require.NoError(t, err)
	assert.Equal(t, []*numbers.Order{read}, listed)
	assert.Equal(t, read.Items[0].Owned, find(t, o))
}

// limiter counts the requests that it lets pass.
type limiter struct{ passed int }

func (l *limiter) Wait(context.Context) error {
	l.passed++
	return nil
}

// Begin is the last thing before the registration is sent.
func TestPlaceBegins(t *testing.T) {
	pbx := exclusivetest.NewServer(t)
	limit := new(limiter)
	c, err := exclusive.New(pbx.URL(), exclusive.LoginAuth(exclusivetest.Domain, exclusivetest.Username, exclusivetest.Password),
		&numbers.ClientOptions{HTTPClient: pbx.HTTPClient(), Limiter: limit})
	require.NoError(t, err)
	began := 0
	r := order(berlin)
	r.Begin = func(context.Context) (time.Time, error) {
		began++
		assert.Equal(t, 2, limit.passed, "after the limiter")
		assert.Len(t, pbx.Requests(), 1, "after the login")
		assert.Empty(t, pbx.Books().Purchases)
		return time.Time{}, nil
	}
	_, err = exclusive.NewOrderer(c, nil).Place(ctx, r)
	require.NoError(t, err)
	assert.Equal(t, 1, began)
	assert.Len(t, pbx.Books().Purchases, 1)
}

func TestPlaceSendsNothingWithoutABeginning(t *testing.T) {
	full := errors.New("the book is full")
	pbx, o := fresh(t, exclusivetest.Options{})
	for name, begin := range map[string]func(context.Context) (time.Time, error){
		"refused": func(context.Context) (time.Time, error) { return time.Now().Add(time.Hour), full },
		"late":    func(context.Context) (time.Time, error) { return time.Now().Add(-time.Nanosecond), nil },
	} {
		r := order(berlin)
		r.Begin = begin
		placed, err := o.Place(ctx, r)
		assert.Nil(t, placed, name)
		require.Error(t, err, name)
		assert.NotErrorIs(t, err, numbers.ErrOutcomeUnknown, name)
		assert.Equal(t, name == "refused", errors.Is(err, full))
		e, _ := errors.AsType[*numbers.Error](err)
		require.NotNil(t, e)
		assert.Equal(t, "Place", e.Op)
		assert.Equal(t, []numbers.E164{berlin}, e.Numbers)
	}
	assert.Empty(t, pbx.Requests())
}

func TestANativeTemplateSetsTheDescriptionAndWhetherItIsEnabled(t *testing.T) {
	pbx, o := fresh(t, exclusivetest.Options{})
	r := order(berlin)
	template := &exclusive.CreateNumberRequest{Enabled: new(false), Description: new("front desk")}
	r.Native = template
	placed, err := o.Place(ctx, r)
	require.NoError(t, err)
	assert.Equal(t, &exclusive.CreateNumberRequest{Enabled: new(false), Description: new("front desk")}, template, "it is not changed")
	number := pbx.Rows()[0]
	assert.True(t, number.Disabled)
	assert.Equal(t, "front desk", number.Description)
	native, _ := numbers.Native[*exclusive.Number](placed)
	assert.Equal(t, &exclusive.Number{ID: placed.ID, Number: string(berlin), Enabled: new(false), Description: new("front desk")}, native)
	owned, err := vendortest.Collect(o.Owned(ctx, numbers.OwnedQuery{States: []numbers.NumberState{numbers.NumberDisabled}}))
	require.NoError(t, err)
	require.Len(t, owned, 1)
	assert.Equal(t, berlin, owned[0].E164)
}

func TestOrdersThatCanNotBeAreRefused(t *testing.T) {
	pbx, o := fresh(t, exclusivetest.Options{}, &exclusive.OrdererOptions{Spell: func(numbers.E164) string { return "" }})
	for field, r := range map[string]numbers.OrderRequest{
		"Numbers":    {Numbers: []numbers.E164{berlin, munich}},
		"Numbers[0]": {Numbers: []numbers.E164{"030 123"}},
		"Number":     order(berlin), // as it is spelled
	} {
		_, err := o.Place(ctx, r)
		assertInvalid(t, err, field)
	}
	_, err := o.Place(ctx, numbers.OrderRequest{})
	assertInvalid(t, err, "Numbers")
	for _, native := range []any{"text", exclusive.CreateNumberRequest{}, (*exclusive.CreateNumberRequest)(nil), &exclusive.CreateNumberRequest{Number: "1"}} {
		r := order(berlin)
		r.Native = native
		_, err := o.Place(ctx, r)
		assertInvalid(t, err, "Native")
	}
	assert.Empty(t, pbx.Requests())
}

func TestEveryErrorNamesTheOperationAndTheNumber(t *testing.T) {
	pbx, o := fresh(t, exclusivetest.Options{})
	number := &numbers.Number{Vendor: "exclusive", ID: "1", E164: berlin, VendorNumber: string(berlin)}
	for op, call := range map[string]func() error{
		"Place":   func() error { _, err := o.Place(ctx, order(berlin)); return err },
		"Order":   func() error { _, err := o.Order(ctx, "1"); return err },
		"Orders":  func() error { _, err := vendortest.Collect(o.Orders(ctx, numbers.OrderQuery{})); return err },
		"Owned":   func() error { _, err := vendortest.Collect(o.Owned(ctx, numbers.OwnedQuery{})); return err },
		"Release": func() error { return o.Release(ctx, number) },
		"Resolve": func() error {
			_, err := resolveOne(o, numbers.Attempt{Vendor: "exclusive", Numbers: []numbers.E164{berlin}})
			return err
		},
	} {
		pbx.SetGatewayDown(true)
		err := call()
		e, ok := any(err).(*numbers.Error) // it must be this type itself
		require.True(t, ok, "%s: %v", op, err)
		assert.Equal(t, op, e.Op)
		assert.Empty(t, e.Account)
		assert.Equal(t, "exclusive", e.Vendor)
		if op == "Place" || op == "Release" || op == "Resolve" {
			assert.Equal(t, []numbers.E164{berlin}, e.Numbers, op)
		}
		if op == "Place" {
			require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
			assert.Equal(t, []numbers.E164{berlin}, e.Attempt.Numbers)
			assert.Equal(t, "ours", e.Attempt.Reference)
		}
	}
}

func TestCanceledContextsSendNothing(t *testing.T) {
	pbx, o := fresh(t, exclusivetest.Options{})
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	_, err := o.Place(stopped, order(berlin))
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, numbers.ErrUnreachable)
	assert.NotErrorIs(t, err, numbers.ErrOutcomeUnknown)
	assert.Empty(t, pbx.Requests())
}
