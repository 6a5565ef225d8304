package telnyx_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// narrow is a list request with one field set, and the rows of the fake that
// it leaves.
type narrow[P any] struct {
	p    P
	want []string
}

// narrows checks that each field of a list request changes the fake's answer
// as it should, and that there is a case for every field but the exceptions. A
// case is named by the path of its field.
func narrows[P any](t *testing.T, all []string, list func(*P) ([]string, error), cases map[string]narrow[P], except ...string) {
	t.Helper()
	rows, err := list(new(P))
	require.NoError(t, err)
	require.Equal(t, all, rows)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, []string{name}, fields(c.p, func(v reflect.Value) bool { return !v.IsZero() }), "one field is set, the one that names the case")
			rows, err := list(&c.p)
			require.NoError(t, err)
			assert.Equal(t, c.want, rows)
			assert.NotEqual(t, all, rows, "the field changes nothing")
		})
	}
	for _, field := range fields(*new(P), func(reflect.Value) bool { return true }) {
		if !slices.Contains(except, field) {
			assert.Contains(t, cases, field, "there is no case")
		}
	}
}

// fields are the paths of the fields of a params struct that keep says.
func fields(p any, keep func(reflect.Value) bool) []string {
	var list []string
	leaves(reflect.ValueOf(p), "", func(name string, v reflect.Value) {
		if keep(v) {
			list = append(list, strings.TrimPrefix(name, "."))
		}
	})
	return list
}

// keys makes the name of each row.
func keys[T any](rows []T, err error, key func(T) string) ([]string, error) {
	list := []string{}
	for _, row := range rows {
		list = append(list, key(row))
	}
	return list, err
}

// ticking is a clock that goes on by a microsecond whenever it is asked.
func ticking() (now func() time.Time, start time.Time) {
	start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	at := start
	return func() time.Time { at = at.Add(time.Microsecond); return at }, start
}

func secondPage() telnyx.PageParams { return telnyx.PageParams{Number: 2} }

func TestFiltersOfNumberOrdersAtTheFake(t *testing.T) {
	srv := telnyxtest.NewServer(t)
	start := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	srv.AddOrder(
		numberstest.PastOrder{Numbers: []string{one}, Reference: "a", Created: start},
		numberstest.PastOrder{Numbers: []string{two, "+13125550103"}, Reference: "b", Created: start.Add(time.Microsecond)},
		numberstest.PastOrder{Numbers: []string{"+13125550104"}, Reference: "c", Created: start.Add(2 * time.Microsecond), State: "failure"},
	)
	c := srv.Client()
	waiting, err := c.NumberOrders.Create(ctx, &telnyx.CreateNumberOrderRequest{ // its requirements are not met
		PhoneNumbers:      []telnyx.CreateNumberOrderPhoneNumber{{PhoneNumber: "+4930555500101"}},
		CustomerReference: new("d"),
	})
	require.NoError(t, err)
	require.False(t, *waiting.RequirementsMet)
	type list = telnyx.ListNumberOrdersRequest
	type filter = telnyx.NumberOrdersFilter
	narrows(t, []string{"d", "c", "b", "a"}, func(p *list) ([]string, error) {
		pg, err := c.NumberOrders.List(ctx, p)
		if err != nil {
			return nil, err
		}
		return keys(pg.Data, nil, func(o telnyx.NumberOrder) string { return *o.CustomerReference })
	}, map[string]narrow[list]{
		"Page.Number":              {list{Page: secondPage()}, []string{}},
		"Page.Size":                {list{Page: telnyx.PageParams{Size: 2}}, []string{"d", "c"}},
		"Filter.Status":            {list{Filter: filter{Status: telnyx.OrderFailure}}, []string{"c"}},
		"Filter.CreatedAt.GT":      {list{Filter: filter{CreatedAt: telnyx.TimeRange{GT: microseconds(start, 1)}}}, []string{"d", "c"}},
		"Filter.CreatedAt.LT":      {list{Filter: filter{CreatedAt: telnyx.TimeRange{LT: microseconds(start, 1)}}}, []string{"a"}},
		"Filter.PhoneNumbersCount": {list{Filter: filter{PhoneNumbersCount: "2"}}, []string{"b"}},
		"Filter.CustomerReference": {list{Filter: filter{CustomerReference: "a"}}, []string{"a"}},
		"Filter.RequirementsMet":   {list{Filter: filter{RequirementsMet: new(false)}}, []string{"d"}},
	})
}

func TestFiltersOfSubNumberOrdersAtTheFake(t *testing.T) {
	srv := telnyxtest.NewServer(t)
	c := srv.Client()
	us, err := c.NumberOrders.Create(ctx, &telnyx.CreateNumberOrderRequest{PhoneNumbers: []telnyx.CreateNumberOrderPhoneNumber{
		{PhoneNumber: one}, {PhoneNumber: two}, {PhoneNumber: "+18005550101"},
	}})
	require.NoError(t, err)
	_, err = c.NumberOrders.Create(ctx, &telnyx.CreateNumberOrderRequest{PhoneNumbers: []telnyx.CreateNumberOrderPhoneNumber{
		{PhoneNumber: "+4930555500101"},
	}})
	require.NoError(t, err)
	require.Len(t, us.SubNumberOrdersIDs, 2)
	type list = telnyx.ListSubNumberOrdersRequest
	type filter = telnyx.SubNumberOrdersFilter
	rows := func(p *list) ([]string, error) {
		pg, err := c.SubNumberOrders.List(ctx, p)
		if err != nil {
			return nil, err
		}
		list, err := keys(pg.Data, nil, func(o telnyx.SubNumberOrder) string { return *o.CountryCode + " " + *o.PhoneNumberType })
		slices.Sort(list)
		return list, err
	}
	narrows(t, []string{"DE local", "US local", "US toll_free"}, rows, map[string]narrow[list]{
		"Filter.Status":            {list{Filter: filter{Status: telnyx.OrderPending}}, []string{"DE local"}},
		"Filter.OrderRequestID":    {list{Filter: filter{OrderRequestID: us.ID}}, []string{"US local", "US toll_free"}},
		"Filter.CountryCode":       {list{Filter: filter{CountryCode: "DE"}}, []string{"DE local"}},
		"Filter.PhoneNumberType":   {list{Filter: filter{PhoneNumberType: telnyx.TypeTollFree}}, []string{"US toll_free"}},
		"Filter.PhoneNumbersCount": {list{Filter: filter{PhoneNumbersCount: new(2)}}, []string{"US local"}},
	}, append([]string{"Filter.IncludePhoneNumbers"}, undocumentedPages...)...)
	pg, err := c.SubNumberOrders.List(ctx, &list{Filter: filter{CountryCode: "DE", IncludePhoneNumbers: new(true)}})
	require.NoError(t, err)
	require.Len(t, pg.Data[0].PhoneNumbers, 1)
	assert.Equal(t, telnyx.RequirementsInfoPending, *pg.Data[0].PhoneNumbers[0].RequirementsStatus)

	for include, want := range map[bool]int{true: 2, false: 0} {
		for _, id := range us.SubNumberOrdersIDs {
			sub, err := c.SubNumberOrders.Get(ctx, id, &telnyx.GetSubNumberOrderRequest{Filter: telnyx.GetSubNumberOrderFilter{IncludePhoneNumbers: &include}})
			require.NoError(t, err)
			if *sub.PhoneNumberType == telnyx.TypeLocal {
				assert.Len(t, sub.PhoneNumbers, want)
			}
		}
	}
	numbers, err := c.NumberOrderPhoneNumbers.List(ctx, &telnyx.ListNumberOrderPhoneNumbersRequest{Filter: telnyx.NumberOrderPhoneNumbersFilter{CountryCode: "DE"}})
	require.NoError(t, err)
	assert.Len(t, numbers.Data, 1)
	numbers, err = c.NumberOrderPhoneNumbers.List(ctx, nil)
	require.NoError(t, err)
	assert.Len(t, numbers.Data, 4)
}

// undocumentedPages are the page parameters of lists that document none;
// TestListsWithoutPageParameters has them.
var undocumentedPages = []string{"Page.Number", "Page.Size"}

// A list without page parameters is asked for its later pages only where there
// are some.
func TestListsWithoutPageParameters(t *testing.T) {
	srv := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}})
	for i := range 45 {
		srv.AddOrder(numberstest.PastOrder{Numbers: []string{fmt.Sprintf("+1312555%04d", i)}})
	}
	c := srv.Client()
	first := len(srv.Requests())
	subs, err := vendortest.Collect(c.SubNumberOrders.All(ctx, nil))
	require.NoError(t, err)
	assert.Len(t, subs, 45)
	phones, err := vendortest.Collect(c.NumberOrderPhoneNumbers.All(ctx, nil))
	require.NoError(t, err)
	assert.Len(t, phones, 45)
	var queries []string
	for _, r := range srv.Requests()[first:] {
		queries = append(queries, r.RawQuery)
	}
	assert.Equal(t, []string{"", "page%5Bnumber%5D=2", "page%5Bnumber%5D=3", "", "page%5Bnumber%5D=2", "page%5Bnumber%5D=3"}, queries)
}

func TestFiltersOfTheSearchAtTheFake(t *testing.T) {
	srv := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{NoOffers: true}})
	srv.AddOffer(
		numberstest.Offer{Number: "+13125550101", RateCenter: "CHICAGO", Region: "IL", Locality: "Chicago", Features: []string{"sms", "voice"}},
		numberstest.Offer{Number: "+12125557702", RateCenter: "NEW YORK", Region: "NY", Locality: "New York", Features: []string{"voice"}, Unreservable: true},
		numberstest.Offer{Number: "+18005550103", Quickship: true},
		numberstest.Offer{Number: "+442079460104", AreaCode: "20", Locality: "London"},
	)
	c := srv.Client()
	_, err := c.NumberReservations.Create(ctx, &telnyx.CreateNumberReservationRequest{PhoneNumbers: []telnyx.ReservePhoneNumber{{PhoneNumber: "+18005550103"}}})
	require.NoError(t, err)
	type list = telnyx.ListAvailablePhoneNumbersRequest
	type filter = telnyx.AvailablePhoneNumbersFilter
	const chicago, newYork, free, london = "+13125550101", "+12125557702", "+18005550103", "+442079460104"
	search := func(p *list) ([]string, error) {
		pg, err := c.AvailablePhoneNumbers.List(ctx, p)
		if err != nil {
			return nil, err
		}
		return keys(pg.Data, nil, func(n telnyx.AvailablePhoneNumber) string { return n.PhoneNumber })
	}
	narrows(t, []string{chicago, newYork, free, london}, search, map[string]narrow[list]{
		"Filter.PhoneNumber.StartsWith":  {list{Filter: filter{PhoneNumber: telnyx.NumberPattern{StartsWith: "312"}}}, []string{chicago}},
		"Filter.PhoneNumber.EndsWith":    {list{Filter: filter{PhoneNumber: telnyx.NumberPattern{EndsWith: "03"}}}, []string{free}},
		"Filter.PhoneNumber.Contains":    {list{Filter: filter{PhoneNumber: telnyx.NumberPattern{Contains: "577"}}}, []string{newYork}},
		"Filter.Locality":                {list{Filter: filter{Locality: "London"}}, []string{london}},
		"Filter.AdministrativeArea":      {list{Filter: filter{AdministrativeArea: "NY"}}, []string{newYork}},
		"Filter.CountryCode":             {list{Filter: filter{CountryCode: "GB"}}, []string{london}},
		"Filter.NationalDestinationCode": {list{Filter: filter{NationalDestinationCode: "312"}}, []string{chicago}},
		"Filter.RateCenter":              {list{Filter: filter{RateCenter: "CHICAGO"}}, []string{chicago}},
		"Filter.PhoneNumberType":         {list{Filter: filter{PhoneNumberType: telnyx.TypeTollFree}}, []string{free}},
		"Filter.Features":                {list{Filter: filter{Features: []string{"sms", "voice"}}}, []string{chicago, free, london}},
		"Filter.Limit":                   {list{Filter: filter{Limit: new(1)}}, []string{chicago}},
		"Filter.Reservable":              {list{Filter: filter{Reservable: new(true)}}, []string{chicago, free, london}},
		"Filter.ExcludeHeldNumbers":      {list{Filter: filter{ExcludeHeldNumbers: new(true)}}, []string{chicago, newYork, london}},
	}, "Filter.Quickship", "Filter.BestEffort") // which Telnyx takes beside others only

	toll := filter{CountryCode: "US", PhoneNumberType: telnyx.TypeTollFree}
	srv.AddOffer(numberstest.Offer{Number: "+18885550105"})
	for quickship, want := range map[*bool][]string{nil: {free, "+18885550105"}, new(true): {free}} {
		toll.Quickship = quickship
		rows, err := search(&list{Filter: toll})
		require.NoError(t, err)
		assert.Equal(t, want, rows)
	}
	near := filter{CountryCode: "US", NationalDestinationCode: "312", PhoneNumberType: telnyx.TypeLocal}
	plain, err := search(&list{Filter: near})
	require.NoError(t, err)
	near.BestEffort = new(true)
	more, err := search(&list{Filter: near})
	require.NoError(t, err)
	assert.Greater(t, len(more), len(plain))
}

func TestFiltersOfReservationsAtTheFake(t *testing.T) {
	now, start := ticking()
	srv := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{Now: now}})
	c := srv.Client()
	srv.Hold("+13125550102")
	var made []telnyx.NumberReservation
	for i, reference := range []string{"a", "b", "c"} {
		r, err := c.NumberReservations.Create(ctx, &telnyx.CreateNumberReservationRequest{
			PhoneNumbers:      []telnyx.ReservePhoneNumber{{PhoneNumber: fmt.Sprintf("+1312555010%d", i)}},
			CustomerReference: &reference,
		})
		require.NoError(t, err)
		made = append(made, *r)
	}
	between := made[1].CreatedAt
	require.True(t, between.After(start))
	type list = telnyx.ListNumberReservationsRequest
	type filter = telnyx.NumberReservationsFilter
	narrows(t, []string{"c", "b", "a"}, func(p *list) ([]string, error) {
		pg, err := c.NumberReservations.List(ctx, p)
		if err != nil {
			return nil, err
		}
		return keys(pg.Data, nil, func(r telnyx.NumberReservation) string { return *r.CustomerReference })
	}, map[string]narrow[list]{
		"Page.Number":              {list{Page: secondPage()}, []string{}},
		"Page.Size":                {list{Page: telnyx.PageParams{Size: 1}}, []string{"c"}},
		"Filter.Status":            {list{Filter: filter{Status: telnyx.ReservationSuccess}}, []string{"b", "a"}},
		"Filter.CreatedAt.GT":      {list{Filter: filter{CreatedAt: telnyx.TimeRange{GT: between}}}, []string{"c"}},
		"Filter.CreatedAt.LT":      {list{Filter: filter{CreatedAt: telnyx.TimeRange{LT: between}}}, []string{"a"}},
		"Filter.PhoneNumber":       {list{Filter: filter{PhoneNumber: "+13125550101"}}, []string{"b"}},
		"Filter.CustomerReference": {list{Filter: filter{CustomerReference: "a"}}, []string{"a"}},
	})
}

func TestFiltersOfRegulationAtTheFake(t *testing.T) {
	srv := telnyxtest.NewServer(t)
	c := srv.Client()
	group := func(reference, country, kind, action string) *telnyx.RequirementGroup {
		g, err := c.RequirementGroups.Create(ctx, &telnyx.CreateRequirementGroupRequest{
			CountryCode: country, PhoneNumberType: kind, Action: action, CustomerReference: &reference,
		})
		require.NoError(t, err)
		return g
	}
	group("a", "CH", telnyx.TypeLocal, telnyx.ActionOrdering)
	b := group("b", "DE", telnyx.TypeLocal, telnyx.ActionPorting)
	group("c", "CH", telnyx.TypeMobile, telnyx.ActionOrdering)
	var values telnyx.UpdateRequirementGroupRequest
	for _, r := range b.RegulatoryRequirements {
		values.RegulatoryRequirements = append(values.RegulatoryRequirements, telnyx.RequirementValue{RequirementID: *r.RequirementID, FieldValue: document})
	}
	_, err := c.RequirementGroups.Update(ctx, b.ID, &values)
	require.NoError(t, err)
	_, err = c.RequirementGroups.SubmitForApproval(ctx, b.ID)
	require.NoError(t, err)
	read, err := c.RequirementGroups.Get(ctx, b.ID)
	require.NoError(t, err)
	type list = telnyx.ListRequirementGroupsRequest
	type filter = telnyx.RequirementGroupsFilter
	narrows(t, []string{"a", "b", "c"}, func(p *list) ([]string, error) {
		groups, err := c.RequirementGroups.List(ctx, p)
		rows, err := keys(groups, err, func(g telnyx.RequirementGroup) string { return *g.CustomerReference })
		slices.Sort(rows)
		return rows, err
	}, map[string]narrow[list]{
		"Filter.CountryCode":       {list{Filter: filter{CountryCode: "CH"}}, []string{"a", "c"}},
		"Filter.PhoneNumberType":   {list{Filter: filter{PhoneNumberType: telnyx.TypeMobile}}, []string{"c"}},
		"Filter.Action":            {list{Filter: filter{Action: telnyx.ActionPorting}}, []string{"b"}},
		"Filter.Status":            {list{Filter: filter{Status: *read.Status}}, []string{"b"}},
		"Filter.CustomerReference": {list{Filter: filter{CustomerReference: "a"}}, []string{"a"}},
	})
}

func TestFiltersOfCommentsAtTheFake(t *testing.T) {
	c := telnyxtest.NewServer(t).Client()
	order, err := c.NumberOrders.Create(ctx, &telnyx.CreateNumberOrderRequest{
		PhoneNumbers: []telnyx.CreateNumberOrderPhoneNumber{{PhoneNumber: "+4930555500101"}},
	})
	require.NoError(t, err)
	group, err := c.RequirementGroups.Create(ctx, &telnyx.CreateRequirementGroupRequest{
		CountryCode: "DE", PhoneNumberType: telnyx.TypeLocal, Action: telnyx.ActionOrdering,
	})
	require.NoError(t, err)
	about := map[string]string{
		telnyx.CommentOnSubNumberOrder: string(order.SubNumberOrdersIDs[0]), telnyx.CommentOnRequirementGroup: string(group.ID),
	}
	newest := ""
	for kind, id := range about {
		made, err := c.Comments.Create(ctx, &telnyx.CreateCommentRequest{CommentRecordType: kind, CommentRecordID: id, Body: kind})
		require.NoError(t, err)
		_, err = c.Comments.MarkRead(ctx, made.ID)
		require.NoError(t, err)
		newest = kind
	}
	type list = telnyx.ListCommentsRequest
	type filter = telnyx.CommentsFilter
	narrows(t, []string{telnyx.CommentOnRequirementGroup, telnyx.CommentOnSubNumberOrder}, func(p *list) ([]string, error) {
		pg, err := c.Comments.List(ctx, p)
		if err != nil {
			return nil, err
		}
		rows, err := keys(pg.Data, nil, func(c telnyx.Comment) string { return *c.Body })
		slices.Sort(rows)
		return rows, err
	}, map[string]narrow[list]{
		"Page.Number":              {list{Page: secondPage()}, []string{}},
		"Page.Size":                {list{Page: telnyx.PageParams{Size: 1}}, []string{newest}},
		"Filter.CommentRecordType": {list{Filter: filter{CommentRecordType: telnyx.CommentOnSubNumberOrder}}, []string{telnyx.CommentOnSubNumberOrder}},
		"Filter.CommentRecordID":   {list{Filter: filter{CommentRecordID: string(group.ID)}}, []string{telnyx.CommentOnRequirementGroup}},
	})
}
