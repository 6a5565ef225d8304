package telnyx_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/telnyx"
)

// number is one number of an order, in the words of Telnyx.
type number struct {
	phone, status, requirements string
	met                         bool
}

// order is an order in its long form.
func order(status string, list ...number) string {
	o := telnyx.NumberOrder{ID: "order-1", RecordType: new("number_order"), PhoneNumbersCount: new(len(list)), Status: &status,
		CustomerReference: new("ref"), CreatedAt: wire.NewTime(at), UpdatedAt: wire.NewTime(at.Add(time.Second))}
	for i, n := range list {
		p := telnyx.OrderPhoneNumber{ID: new(telnyx.OrderPhoneNumberID(fmt.Sprintf("n-%d", i))), PhoneNumber: n.phone}
		if n.status != "" {
			p.Status, p.RequirementsMet = &n.status, &n.met
		}
		if n.requirements != "" {
			p.RequirementsStatus = &n.requirements
		}
		o.PhoneNumbers = append(o.PhoneNumbers, p)
	}
	data, _ := json.Marshal(o)
	return string(data)
}

const (
	one = "+13125550101"
	two = "+13125550102"
)

func TestOrderStates(t *testing.T) {
	const (
		pending = telnyx.OrderPending
		success = telnyx.OrderSuccess
		failure = telnyx.OrderFailure
	)
	ok := number{one, success, "", true}
	for _, c := range []struct {
		status string
		list   []number
		want   numbers.State
		items  []numbers.State
	}{
		{pending, []number{{one, pending, "", true}}, numbers.StatePending, []numbers.State{numbers.StatePending}},
		{pending, []number{{one, pending, "requirement-info-pending", false}}, numbers.StateActionRequired, []numbers.State{numbers.StateActionRequired}},
		{pending, []number{{one, pending, "requirement-info-exception", false}}, numbers.StateActionRequired, []numbers.State{numbers.StateActionRequired}},
		{pending, []number{{one, pending, "requirement-info-pending", true}}, numbers.StatePending, []numbers.State{numbers.StatePending}},
		{pending, []number{{one, pending, "requirement-info-under-review", false}}, numbers.StatePending, []numbers.State{numbers.StatePending}},
		{pending, []number{{one, pending, "pending", false}}, numbers.StatePending, []numbers.State{numbers.StatePending}},
		{pending, []number{ok, {two, pending, "requirement-info-pending", false}}, numbers.StateActionRequired, []numbers.State{numbers.StateComplete, numbers.StateActionRequired}},
		{success, []number{ok}, numbers.StateComplete, []numbers.State{numbers.StateComplete}},
		{success, []number{ok, {two, failure, "", true}}, numbers.StatePartial, []numbers.State{numbers.StateComplete, numbers.StateFailed}},
		{success, []number{ok, {two, failure, "cancelled", false}}, numbers.StatePartial, []numbers.State{numbers.StateComplete, numbers.StateCanceled}},
		{success, []number{ok, {two, pending, "", true}}, numbers.StatePending, []numbers.State{numbers.StateComplete, numbers.StatePending}},
		{failure, []number{{one, failure, "", true}}, numbers.StateFailed, []numbers.State{numbers.StateFailed}},
		{failure, []number{ok, {two, failure, "", true}}, numbers.StatePartial, []numbers.State{numbers.StateComplete, numbers.StateFailed}},
		{failure, []number{{one, failure, "cancelled", false}, {two, failure, "deleted", false}}, numbers.StateCanceled, []numbers.State{numbers.StateCanceled, numbers.StateCanceled}},
		{failure, []number{{one, failure, "", true}, {two, failure, "deleted", false}}, numbers.StateFailed, []numbers.State{numbers.StateFailed, numbers.StateCanceled}},
		{failure, []number{{one, failure, "cancelled", true}}, numbers.StateCanceled, []numbers.State{numbers.StateCanceled}},
		{pending, []number{{one, pending, "cancelled", false}}, numbers.StateCanceled, []numbers.State{numbers.StateCanceled}},
		{"never-seen", []number{{one, "never-seen", "never-seen", false}}, numbers.StatePending, []numbers.State{numbers.StatePending}},
		{"partial_success", []number{ok}, numbers.StateComplete, []numbers.State{numbers.StateComplete}},
		{"partial_success", []number{ok, {two, failure, "", true}}, numbers.StatePartial, []numbers.State{numbers.StateComplete, numbers.StateFailed}},
		{"partial_success", []number{{one, failure, "", true}, {two, failure, "deleted", false}}, numbers.StateFailed, []numbers.State{numbers.StateFailed, numbers.StateCanceled}},
		{"partial_success", []number{ok, {two, pending, "", true}}, numbers.StatePending, []numbers.State{numbers.StateComplete, numbers.StatePending}},
		{"partial_success", []number{ok, {two, pending, "requirement-info-pending", false}}, numbers.StateActionRequired, []numbers.State{numbers.StateComplete, numbers.StateActionRequired}},
		{pending, []number{ok}, numbers.StatePending, []numbers.State{numbers.StateComplete}},
	} {
		t.Run(fmt.Sprintf("%s %v", c.status, c.list), func(t *testing.T) {
			srv := serve(t, vendortest.Text(`{"data":`+order(c.status, c.list...)+`}`))
			o, err := telnyx.NewOrderer(srv.client(t), nil).Order(ctx, "order-1")
			require.NoError(t, err)
			assert.Equal(t, c.want, o.State)
			assert.Equal(t, c.status, o.VendorState)
			assert.False(t, o.Final)
			require.Len(t, o.Items, len(c.items))
			for i, item := range o.Items {
				assert.Equal(t, c.items[i], item.State)
				assert.Equal(t, c.list[i].status, item.VendorState)
				assert.Equal(t, numbers.E164(c.list[i].phone), item.E164)
			}
			assert.Equal(t, "telnyx", o.Vendor)
			assert.Equal(t, "ref", o.Reference)
			assert.Equal(t, len(c.list), o.Count)
			assert.True(t, o.Created.Equal(at.Truncate(time.Microsecond)))
			assert.Nil(t, o.Price, "an unknown price is no price")
			native, is := numbers.Native[*telnyx.NumberOrder](o)
			require.True(t, is)
			assert.Equal(t, c.status, *native.Status)
		})
	}
}

func TestWhatIsNoE164StaysAsTheVendorSpellsIt(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"data":`+order(telnyx.OrderPending, number{"+17792------", telnyx.OrderPending, "", true})+`}`))
	o, err := telnyx.NewOrderer(srv.client(t), nil).Order(ctx, "order-1")
	require.NoError(t, err)
	assert.Empty(t, o.Items[0].E164)
	assert.Equal(t, "+17792------", o.Items[0].VendorNumber)
	assert.Empty(t, o.Numbers())
}

func TestANumberWithoutAnIDHasNoDeadline(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"data":{"id":"order-1","phone_numbers":[
		{"phone_number":"+13125550101","status":"pending","requirements_status":"requirement-info-pending"}]}}`))
	o, err := telnyx.NewOrderer(srv.client(t), nil).Order(ctx, "order-1")
	require.NoError(t, err)
	assert.Equal(t, numbers.StateActionRequired, o.State)
	assert.Equal(t, 1, o.Count)
	assert.True(t, o.Items[0].Deadline.IsZero())
	assert.Len(t, srv.Received(), 1)
}

func TestPlaceSendsOneOrder(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"data":`+order(telnyx.OrderPending, number{one, telnyx.OrderPending, "", true}, number{two, telnyx.OrderPending, "", true})+`}`))
	template := &telnyx.CreateNumberOrderRequest{
		PhoneNumbers:      []telnyx.CreateNumberOrderPhoneNumber{{RequirementGroupID: new(telnyx.RequirementGroupID("group")), BundleID: new("bundle")}},
		ConnectionID:      new("replaced"),
		BillingGroupID:    new("billing"),
		CustomerReference: new("replaced"),
	}
	before := vendortest.Encode(t, template)
	o, err := telnyx.NewOrderer(srv.client(t), nil).Place(ctx, numbers.OrderRequest{
		Numbers: []numbers.E164{one, two}, Reference: "ref-1", Native: template,
		Assign: &numbers.Assignment{Connection: "connection", MessagingProfile: "profile"},
	})
	require.NoError(t, err)
	assert.Equal(t, numbers.StatePending, o.State)
	require.Len(t, srv.Received(), 1)
	assert.JSONEq(t, `{
		"phone_numbers": [
			{"phone_number": "+13125550101", "requirement_group_id": "group", "bundle_id": "bundle"},
			{"phone_number": "+13125550102", "requirement_group_id": "group", "bundle_id": "bundle"}
		],
		"connection_id": "connection", "messaging_profile_id": "profile", "billing_group_id": "billing",
		"customer_reference": "ref-1"
	}`, srv.Received()[0].Body)
	assert.Equal(t, before, vendortest.Encode(t, template), "the template is not changed")
}

func TestPlaceRefusesWhatCantBeMeant(t *testing.T) {
	srv := serve(t, vendortest.Text("{}"))
	orderer := telnyx.NewOrderer(srv.client(t), nil)
	good := []numbers.E164{one}
	var none *telnyx.CreateNumberOrderRequest
	for name, c := range map[string]struct {
		r     numbers.OrderRequest
		kind  error
		field string
	}{
		"no numbers":       {numbers.OrderRequest{}, numbers.ErrInvalid, "Numbers"},
		"no E.164":         {numbers.OrderRequest{Numbers: []numbers.E164{"3125550101"}}, numbers.ErrInvalid, "Numbers[0]"},
		"twice":            {numbers.OrderRequest{Numbers: []numbers.E164{one, two, one}}, numbers.ErrInvalid, "Numbers[2]"},
		"foreign template": {numbers.OrderRequest{Numbers: good, Native: &telnyx.UpdateNumberOrderRequest{}}, numbers.ErrInvalid, "Native"},
		"no pointer":       {numbers.OrderRequest{Numbers: good, Native: telnyx.CreateNumberOrderRequest{}}, numbers.ErrInvalid, "Native"},
		"nil template":     {numbers.OrderRequest{Numbers: good, Native: none}, numbers.ErrInvalid, "Native"},
		"template with a number": {numbers.OrderRequest{Numbers: good, Native: &telnyx.CreateNumberOrderRequest{
			PhoneNumbers: []telnyx.CreateNumberOrderPhoneNumber{{PhoneNumber: two}},
		}}, numbers.ErrInvalid, "Native"},
		"template with two entries": {numbers.OrderRequest{Numbers: good, Native: &telnyx.CreateNumberOrderRequest{
			PhoneNumbers: make([]telnyx.CreateNumberOrderPhoneNumber, 2),
		}}, numbers.ErrInvalid, "Native"},
		"call flow": {numbers.OrderRequest{Numbers: good, Assign: &numbers.Assignment{CallFlow: "x"}}, errors.ErrUnsupported, "Assign.CallFlow"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := orderer.Place(ctx, c.r)
			require.ErrorIs(t, err, c.kind)
			e, ok := errors.AsType[*numbers.Error](err)
			require.True(t, ok)
			assert.Equal(t, c.field, e.Field)
			assert.Equal(t, "Place", e.Op)
		})
	}
	assert.Empty(t, srv.Received())
}

func TestAnUnclearAnswerToPlaceHasAnAttempt(t *testing.T) {
	srv := serve(t, vendortest.Failing(504, "<html>"))
	_, err := telnyx.NewOrderer(srv.client(t), nil).Place(ctx, numbers.OrderRequest{
		Numbers: []numbers.E164{one, two}, Reference: "ref-1",
	})
	require.ErrorIs(t, err, numbers.ErrOutcomeUnknown)
	e, _ := errors.AsType[*numbers.Error](err)
	require.NotNil(t, e.Attempt)
	assert.Equal(t, "ref-1", e.Attempt.Reference)
	assert.Equal(t, []numbers.E164{one, two}, e.Attempt.Numbers)
	assert.False(t, e.Attempt.Started.IsZero())
	assert.Len(t, srv.Received(), 1)
}

// Numbers that Telnyx leaves out may be in any state.
func TestAnUndocumentedStateOfAnOrderWithoutAllItsNumbers(t *testing.T) {
	srv := serve(t, vendortest.Text(`{"data":{"id":"order-1","status":"partial_success","phone_numbers_count":2,"phone_numbers":[
		{"phone_number":"+13125550101","status":"success"}]}}`))
	o, err := telnyx.NewOrderer(srv.client(t), nil).Order(ctx, "order-1")
	require.NoError(t, err)
	assert.Equal(t, numbers.StatePending, o.State)
	assert.False(t, o.Settled())
}

// An order always has numbers. One that has neither them nor their count is not
// taken for a success.
func TestASuccessOfNoNumbersIsNone(t *testing.T) {
	srv := vendortest.NewScript(t, vendortest.Text(`{"data":{"id":"o","status":"success"}}`))
	o, err := telnyx.NewOrderer(without(t, srv), nil).Order(ctx, "o")
	require.NoError(t, err)
	assert.Equal(t, numbers.StatePending, o.State)
	assert.Equal(t, "success", o.VendorState)
}

// There is no client that could read anything.
func TestForeignTemplateIsFoundBeforeAnythingIsRead(t *testing.T) {
	type foreign struct{}
	o := telnyx.NewOrderer(nil, nil)
	_, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{"+12025550100"}, Native: &foreign{}})
	require.ErrorIs(t, err, numbers.ErrInvalid)
	var e *numbers.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "Native", e.Field)
}

func TestCapabilities(t *testing.T) {
	_, o := orderer(t)
	caps := o.Capabilities()
	assert.Equal(t, time.Minute, caps.ListingDelay)
	assert.Equal(t, 30*time.Minute, caps.HoldFor)
	assert.True(t, caps.Prices)
	assert.True(t, caps.DefiniteRefusals)
	assert.Equal(t, numbers.ByReference, caps.FoundBy)
	assert.Equal(t, time.Second, telnyx.NewOrderer(nil, &telnyx.OrdererOptions{ListingDelay: time.Second}).Capabilities().ListingDelay)
}
