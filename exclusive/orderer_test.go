package exclusive_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
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
		Billing: numbers.Registers, FoundBy: numbers.ByNumber, MaxNumbers: 1, ListingDelay: 5 * time.Second, DefiniteRefusals: true,
		Native: (*exclusive.CreateNumberRequest)(nil),
	}, o.Capabilities())
	_, o = fresh(t, exclusivetest.Options{}, &exclusive.OrdererOptions{ListingDelay: time.Minute})
	assert.Equal(t, time.Minute, o.Capabilities().ListingDelay)
}

func TestWhatIsNotDeclaredIsUnsupportedAndSendsNothing(t *testing.T) {
	pbx, o := fresh(t, exclusivetest.Options{})
	number := &numbers.Number{Vendor: "exclusive", ID: "1", E164: berlin}
	_, quote := numbers.Quote(ctx, o, order(berlin))
	_, reserve := numbers.Reserve(ctx, o, numbers.ReserveRequest{})
	_, cancel := numbers.Cancel(ctx, o, &numbers.Order{Vendor: "exclusive", ID: "1"})
	_, assign := numbers.Assign(ctx, o, number, numbers.Assignment{Connection: "1"})
	_, search := vendortest.Collect(numbers.Search(ctx, o, numbers.SearchQuery{}))
	_, inOrder := o.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{berlin}, Assign: &numbers.Assignment{Connection: "1"}})
	for _, err := range []error{quote, reserve, cancel, assign, search, inOrder} {
		assert.ErrorIs(t, err, errors.ErrUnsupported)
	}
	for _, err := range []error{quote, reserve, search} {
		assert.ErrorContains(t, err, "registered, not sold")
	}
	assert.NotContains(t, cancel.Error(), "sold")
	assert.Empty(t, pbx.Requests())
}

func TestAnOrderRegistersANumber(t *testing.T) {
	pbx, o := fresh(t, exclusivetest.Options{}, &exclusive.OrdererOptions{Account: "office"})
	placed, err := o.Place(ctx, order(berlin))
	require.NoError(t, err)
	require.Len(t, pbx.Requests(), 1, "one request")
	assert.Equal(t, `{"number":"+493012345678","enabled":true}`, string(pbx.Requests()[0].Body))
	assert.Equal(t, []numberstest.Purchase{{
		Number: string(berlin), OrderID: placed.ID, At: pbx.Books().Purchases[0].At, Listed: true,
	}}, pbx.Books().Purchases)
	assert.Equal(t, &numbers.Order{
		Vendor: "exclusive", Account: "office", ID: placed.ID, State: numbers.StateComplete, Final: true, Count: 1,
		Items:  []numbers.Item{{E164: berlin, VendorNumber: string(berlin), State: numbers.StateComplete}},
		Native: &exclusive.Number{ID: placed.ID, Number: string(berlin), Enabled: new(true)},
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
	owned, err := numbers.Find(ctx, o, berlin)
	require.NoError(t, err)
	assert.Equal(t, read.Items[0].Owned, owned)
}

func TestANativeTemplateSetsTheDescriptionAndWhetherItIsEnabled(t *testing.T) {
	pbx, o := fresh(t, exclusivetest.Options{})
	r := order(berlin)
	template := &exclusive.CreateNumberRequest{Enabled: new(false), Description: new("front desk")}
	r.Native = template
	placed, err := o.Place(ctx, r)
	require.NoError(t, err)
	assert.Equal(t, &exclusive.CreateNumberRequest{Enabled: new(false), Description: new("front desk")}, template, "it is not changed")
	number := pbx.Numbers("")[0]
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

func TestEveryErrorNamesTheAccountAndTheNumber(t *testing.T) {
	pbx, o := fresh(t, exclusivetest.Options{}, &exclusive.OrdererOptions{Account: "office"})
	number := &numbers.Number{Vendor: "exclusive", Account: "office", ID: "1", E164: berlin, VendorNumber: string(berlin)}
	for op, call := range map[string]func() error{
		"Place":   func() error { _, err := o.Place(ctx, order(berlin)); return err },
		"Order":   func() error { _, err := o.Order(ctx, "1"); return err },
		"Orders":  func() error { _, err := vendortest.Collect(o.Orders(ctx, numbers.OrderQuery{})); return err },
		"Owned":   func() error { _, err := vendortest.Collect(o.Owned(ctx, numbers.OwnedQuery{})); return err },
		"Release": func() error { return o.Release(ctx, number) },
		"Resolve": func() error {
			_, err := numbers.Resolve(ctx, o, numbers.Attempt{Vendor: "exclusive", Account: "office", Numbers: []numbers.E164{berlin}})
			return err
		},
	} {
		pbx.SetGatewayDown(true)
		err := call()
		e, ok := err.(*numbers.Error) //nolint:errorlint // it must be this type itself
		require.True(t, ok, "%s: %v", op, err)
		assert.Equal(t, op, e.Op)
		assert.Equal(t, "office", e.Account)
		assert.Equal(t, "exclusive", e.Vendor)
		if op == "Place" || op == "Release" || op == "Resolve" {
			assert.Equal(t, []numbers.E164{berlin}, e.Numbers, op)
		}
		if op == "Place" {
			require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
			assert.Equal(t, "office", e.Attempt.Account)
			assert.Equal(t, []numbers.E164{berlin}, e.Attempt.Numbers)
			assert.Equal(t, "ours", e.Attempt.Reference)
		}
	}
}

func TestQueriesAreAppliedHere(t *testing.T) {
	pbx, o := fresh(t, exclusivetest.Options{})
	day := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	pbx.AddOwned("",
		exclusivetest.Number{ID: "a", Number: string(berlin), CreatedAt: day},
		exclusivetest.Number{ID: "b", Number: string(munich), CreatedAt: day.Add(time.Hour), Disabled: true},
		exclusivetest.Number{ID: "c", Number: "anonymous", CreatedAt: day.Add(2 * time.Hour)},
		exclusivetest.Number{ID: "d", Number: string(berlin), CreatedAt: day.Add(3 * time.Hour)},
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
	owned, err := vendortest.Collect(o.Owned(ctx, numbers.OwnedQuery{}))
	require.NoError(t, err)
	require.Len(t, owned, 4)
	assert.Empty(t, owned[2].E164)
	assert.Equal(t, "anonymous", owned[2].VendorNumber)

	_, err = numbers.Find(ctx, o, berlin)
	require.ErrorIs(t, err, numbers.ErrConflict, "it is registered twice")
	_, err = numbers.Find(ctx, o, "+12025550123")
	require.ErrorIs(t, err, numbers.ErrNotFound)
}

func TestSpellings(t *testing.T) {
	for _, c := range []struct {
		name  string
		spell func(numbers.E164) string
		row   string
		want  numbers.E164 // without being asked for
		found bool         // by its number
	}{
		{"E.164", nil, "+493012345678", berlin, true},
		{"no plus, by default", nil, "493012345678", "", false},
		{"no plus", numbers.E164.Digits, "493012345678", berlin, true},
		{"E.164 all the same", numbers.E164.Digits, "+493012345678", berlin, true},
		{"00", func(n numbers.E164) string { return "00" + n.Digits() }, "00493012345678", berlin, true},
		{"00, and a row without", func(n numbers.E164) string { return "00" + n.Digits() }, "493012345678", "", false},
		{"national", func(n numbers.E164) string { return "0" + n.Digits()[2:] }, "03012345678", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			pbx, o := fresh(t, exclusivetest.Options{}, &exclusive.OrdererOptions{Spell: c.spell})
			pbx.AddOwned("", exclusivetest.Number{ID: "a", Number: c.row})
			read, err := o.Order(ctx, "a")
			require.NoError(t, err)
			assert.Equal(t, c.want, read.Items[0].E164)
			assert.Equal(t, c.row, read.Items[0].VendorNumber)
			found, err := numbers.Find(ctx, o, berlin)
			if !c.found {
				require.ErrorIs(t, err, numbers.ErrNotFound)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, berlin, found.E164)
			require.NoError(t, numbers.Release(ctx, o, found))
			assert.Empty(t, pbx.Numbers(""))
		})
	}
	pbx, o := fresh(t, exclusivetest.Options{}, &exclusive.OrdererOptions{Spell: numbers.E164.Digits})
	placed, err := o.Place(ctx, order(berlin))
	require.NoError(t, err)
	assert.Equal(t, berlin, placed.Items[0].E164)
	assert.Equal(t, "493012345678", placed.Items[0].VendorNumber)
	assert.Equal(t, "493012345678", pbx.Numbers("")[0].Number)
}

// A spelling from which the number can't be read is no reason to leave it out of
// what was bought: there is one row, and one number.
func TestASpellingOfOnesOwnIsDeliveredTwice(t *testing.T) {
	own := &exclusive.OrdererOptions{Spell: func(n numbers.E164) string { return "0" + n.Digits()[2:] }}
	pbx, inner := fresh(t, exclusivetest.Options{}, own)
	o := numbers.Journaled(inner, "main", &numberstest.MemoryJournal{})
	for range 2 {
		p, err := numbers.Buy(ctx, o, order(berlin), nil)
		require.NoError(t, err)
		assert.Equal(t, []numbers.E164{berlin}, p.Bought())
	}
	assert.Len(t, pbx.Books().Purchases, 1)
}

// inBubble runs a test in virtual time, with a PBX that lives in it.
func inBubble(t *testing.T, options exclusivetest.Options, test func(t *testing.T, pbx *exclusivetest.Server, o *exclusive.Orderer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		options.InMemory = true
		pbx, o := fresh(t, options)
		test(t, pbx, o)
	})
}

func TestALostOrderIsFoundAgainOrProvedNotPlaced(t *testing.T) {
	for _, c := range []struct {
		fault   numberstest.Fault
		outcome numbers.Outcome
	}{
		{numberstest.Fault{Kind: numberstest.LostReply}, numbers.Placed},
		{numberstest.Fault{Kind: numberstest.StatusAfter}, numbers.Placed},
		{numberstest.Fault{Kind: numberstest.HTMLBody}, numbers.Placed},
		{numberstest.Fault{Kind: numberstest.EmptyBody}, numbers.Placed},
		{numberstest.Fault{Kind: numberstest.ZeroObject}, numbers.Placed},
		{numberstest.Fault{Kind: numberstest.LateCommit, Delay: 3 * time.Second}, numbers.Placed},
		{numberstest.Fault{Kind: numberstest.DroppedRequest}, numbers.NotPlaced},
		{numberstest.Fault{Kind: numberstest.StatusBefore}, numbers.NotPlaced},
	} {
		t.Run(string(c.fault.Kind), func(t *testing.T) {
			inBubble(t, exclusivetest.Options{}, func(t *testing.T, pbx *exclusivetest.Server, o *exclusive.Orderer) {
				pbx.AddOwned("", exclusivetest.Number{ID: "old", Number: string(berlin)}, exclusivetest.Number{ID: "other", Number: string(munich)})
				before, err := o.Before(ctx, []numbers.E164{berlin})
				require.NoError(t, err)
				assert.Equal(t, []string{"old"}, before)

				pbx.Inject(c.fault)
				placed, err := o.Place(ctx, order(berlin))
				require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
				assert.Nil(t, placed)
				e, _ := errors.AsType[*numbers.Error](err)
				require.NotNil(t, e.Attempt)
				attempt := *e.Attempt
				attempt.Before, attempt.Ended = before, time.Now()

				creates := len(pbx.Requests())
				resolution, err := numbers.Resolve(ctx, o, attempt)
				require.NoError(t, err)
				assert.Equal(t, c.outcome, resolution.Outcome)
				if c.outcome == numbers.Placed {
					require.NotNil(t, resolution.Order)
					assert.Equal(t, pbx.Books().Owned()[0].OrderID, resolution.Order.ID)
				} else {
					assert.Nil(t, resolution.Order)
					assert.Empty(t, pbx.Books().Purchases)
				}
				for _, r := range pbx.Requests()[creates:] {
					assert.Equal(t, "list exclusive numbers", r.Op, "resolving reads, and reads the list alone")
				}
				assert.Empty(t, pbx.Unused())
			})
		})
	}
}

func TestManyAttemptsAreResolvedByFewListings(t *testing.T) {
	inBubble(t, exclusivetest.Options{}, func(t *testing.T, pbx *exclusivetest.Server, o *exclusive.Orderer) {
		pbx.AddOwned("", exclusivetest.Number{ID: "a", Number: string(berlin)})
		attempt := func(n numbers.E164) numbers.Attempt {
			return numbers.Attempt{Vendor: "exclusive", Numbers: []numbers.E164{n}, Started: time.Now(), Ended: time.Now()}
		}
		resolutions, errs := numbers.ResolveAll(ctx, o, []numbers.Attempt{attempt(berlin), attempt(munich), attempt("+12025550123")})
		assert.Equal(t, []error{nil, nil, nil}, errs)
		assert.Equal(t, numbers.Placed, resolutions[0].Outcome)
		assert.Equal(t, numbers.NotPlaced, resolutions[1].Outcome)
		assert.Equal(t, numbers.NotPlaced, resolutions[2].Outcome)
		assert.Len(t, pbx.Requests(), 2)
	})
}

func TestAListThatIsNotCompleteResolvesNothing(t *testing.T) {
	inBubble(t, exclusivetest.Options{Count: func(n int) int { return n + 1 }, Lenient: true}, func(t *testing.T, _ *exclusivetest.Server, o *exclusive.Orderer) {
		_, err := numbers.Resolve(ctx, o, numbers.Attempt{Vendor: "exclusive", Numbers: []numbers.E164{berlin}, Started: time.Now(), Ended: time.Now()})
		require.ErrorIs(t, err, numbers.ErrIncomplete)
		_, err = o.Before(ctx, []numbers.E164{berlin})
		require.ErrorIs(t, err, numbers.ErrIncomplete)
	})
}

func TestBuyIsSafeToRepeat(t *testing.T) {
	inBubble(t, exclusivetest.Options{}, func(t *testing.T, pbx *exclusivetest.Server, o *exclusive.Orderer) {
		pbx.Inject(numberstest.Fault{Kind: numberstest.LostReply})
		purchase, err := numbers.Buy(ctx, o, numbers.OrderRequest{Numbers: []numbers.E164{berlin, munich}}, nil)
		require.NoError(t, err)
		assert.Len(t, purchase.Orders, 2)
		_, err = numbers.Buy(ctx, o, numbers.OrderRequest{Numbers: []numbers.E164{berlin, munich}}, nil)
		require.ErrorIs(t, err, numbers.ErrAlreadyOwned)
		assert.Empty(t, pbx.Books().Duplicates())
		assert.Len(t, pbx.Books().Owned(), 2)
	})
}

func TestCancelledContextsSendNothing(t *testing.T) {
	pbx, o := fresh(t, exclusivetest.Options{})
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	_, err := o.Place(stopped, order(berlin))
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, numbers.ErrUnreachable)
	assert.NotErrorIs(t, err, numbers.ErrOutcomeUnknown)
	assert.Empty(t, pbx.Requests())
}
