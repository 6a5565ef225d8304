package telnyx_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

func TestFiltersOfRegulatoryRequirementsAtTheFake(t *testing.T) {
	srv := telnyxtest.NewServer(t)
	c := srv.Client()
	group, err := c.RequirementGroups.Create(ctx, &telnyx.CreateRequirementGroupRequest{
		CountryCode: "CH", PhoneNumberType: telnyx.TypeLocal, Action: telnyx.ActionOrdering,
	})
	require.NoError(t, err)
	type filter = telnyx.RegulatoryRequirementsFilter
	rows := func(f filter) []string {
		all, err := c.RegulatoryRequirements.List(ctx, &telnyx.ListRegulatoryRequirementsRequest{Filter: f})
		require.NoError(t, err)
		list, _ := keys(all, nil, func(r telnyx.RegulatoryRequirements) string {
			return *r.CountryCode + " " + *r.PhoneNumberType + " " + *r.Action
		})
		return list
	}
	for name, f := range map[string]filter{
		"number":  {PhoneNumber: "+41445550100", Action: telnyx.ActionOrdering},
		"group":   {RequirementGroupID: group.ID},
		"country": {CountryCode: "CH", PhoneNumberType: telnyx.TypeLocal, Action: telnyx.ActionOrdering},
	} {
		assert.Equal(t, []string{"CH local ordering"}, rows(f), name)
	}
	for name, f := range map[string]filter{
		"number":  {PhoneNumber: "+4930555500101", Action: telnyx.ActionOrdering},
		"country": {CountryCode: "DE", PhoneNumberType: telnyx.TypeLocal, Action: telnyx.ActionOrdering},
		"type":    {CountryCode: "CH", PhoneNumberType: telnyx.TypeMobile, Action: telnyx.ActionOrdering},
		"action":  {CountryCode: "CH", PhoneNumberType: telnyx.TypeLocal, Action: telnyx.ActionPorting},
	} {
		assert.NotEqual(t, []string{"CH local ordering"}, rows(f), name)
	}
	each, err := c.RegulatoryRequirements.GetForNumbers(ctx, "+4930555500101", one)
	require.NoError(t, err)
	require.Len(t, each.Data, 2)
	assert.NotEmpty(t, each.Data[0].RegulatoryRequirements)
	assert.Empty(t, each.Data[1].RegulatoryRequirements)
	assertRefusals(t, c)
}

func assertRefusals(t *testing.T, c *telnyx.Client) {
	t.Helper()
	for _, list := range [][]string{nil, {""}, {"+1,+2"}} {
		_, err := c.RegulatoryRequirements.GetForNumbers(ctx, list...)
		assertInvalid(t, err, "phoneNumbers")
	}
}

func TestBlocksAtTheFake(t *testing.T) {
	now, _ := ticking()
	srv := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{NoOffers: true, Now: now}})
	srv.AddBlock(
		telnyxtest.Block{Offer: numberstest.Offer{Number: "+13125550100", Locality: "Chicago"}, Range: 10},
		telnyxtest.Block{Offer: numberstest.Offer{Number: "+442079460100", AreaCode: "20", Locality: "London", Type: "national"}, Range: 100},
	)
	c := srv.Client()
	type list = telnyx.ListAvailablePhoneNumberBlocksRequest
	type filter = telnyx.AvailablePhoneNumberBlocksFilter
	chicago, london := "+13125550100 10", "+442079460100 100"
	narrows(t, []string{chicago, london}, func(p *list) ([]string, error) {
		pg, err := c.AvailablePhoneNumberBlocks.List(ctx, p)
		if err != nil {
			return nil, err
		}
		return keys(pg.Data, nil, func(b telnyx.AvailablePhoneNumberBlock) string { return fmt.Sprint(b.First(), " ", *b.Range) })
	}, map[string]narrow[list]{
		"Filter.Locality":                {list{Filter: filter{Locality: "London"}}, []string{london}},
		"Filter.CountryCode":             {list{Filter: filter{CountryCode: "US"}}, []string{chicago}},
		"Filter.NationalDestinationCode": {list{Filter: filter{NationalDestinationCode: "312"}}, []string{chicago}},
		"Filter.PhoneNumberType":         {list{Filter: filter{PhoneNumberType: "national"}}, []string{london}},
	})

	first, err := c.NumberBlockOrders.Create(ctx, &telnyx.CreateNumberBlockOrderRequest{StartingNumber: "+13125550100", Range: 10, CustomerReference: new("a")})
	require.NoError(t, err)
	srv.Settle()
	read, err := c.NumberBlockOrders.Get(ctx, first.ID)
	require.NoError(t, err)
	assert.Equal(t, telnyx.OrderSuccess, *read.Status)
	_, err = c.NumberBlockOrders.Create(ctx, &telnyx.CreateNumberBlockOrderRequest{StartingNumber: "+13125550100", Range: 10})
	require.Error(t, err)
	all, err := vendortest.Collect(c.NumberBlockOrders.All(ctx, &telnyx.ListNumberBlockOrdersRequest{Filter: telnyx.NumberBlockOrdersFilter{StartingNumber: "+13125550100", Status: telnyx.OrderSuccess}}))
	require.NoError(t, err)
	assert.Len(t, all, 1)
	none, err := vendortest.Collect(c.NumberBlockOrders.All(ctx, &telnyx.ListNumberBlockOrdersRequest{Filter: telnyx.NumberBlockOrdersFilter{CreatedAt: telnyx.TimeRange{GT: read.CreatedAt}}}))
	require.NoError(t, err)
	assert.Empty(t, none)
	assert.Equal(t, 1, srv.Books().Bought("+13125550109"))
}

func TestInexplicitOrdersAtTheFake(t *testing.T) {
	srv := telnyxtest.NewServer(t)
	c := srv.Client()
	for i := range 3 {
		_, err := c.InexplicitNumberOrders.Create(ctx, &telnyx.CreateInexplicitNumberOrderRequest{
			OrderingGroups: []telnyx.CreateOrderingGroup{{
				CountryISO: "US", CountRequested: "2", PhoneNumberType: telnyx.TypeLocal, NationalDestinationCode: new("312"),
			}},
			CustomerReference: new(fmt.Sprint("bulk ", i)),
		})
		require.NoError(t, err)
	}
	srv.Settle()
	pg, err := c.InexplicitNumberOrders.List(ctx, &telnyx.ListInexplicitNumberOrdersRequest{Page: telnyx.FlatPageParams{Number: 2, Size: 2}})
	require.NoError(t, err)
	assert.Len(t, pg.Data, 1)
	all, err := vendortest.Collect(c.InexplicitNumberOrders.All(ctx, &telnyx.ListInexplicitNumberOrdersRequest{Page: telnyx.FlatPageParams{Size: 1}}))
	require.NoError(t, err)
	require.Len(t, all, 3)
	read, err := c.InexplicitNumberOrders.Get(ctx, all[0].ID)
	require.NoError(t, err)
	assert.Equal(t, 2, *read.OrderingGroups[0].CountAllocated)
	order, err := c.NumberOrders.Get(ctx, *read.OrderingGroups[0].Orders[0].NumberOrderID)
	require.NoError(t, err)
	assert.Len(t, order.PhoneNumbers, 2)
	assert.Len(t, srv.Books().Owned(), 6)
}

func TestAdvancedOrdersAtTheFake(t *testing.T) {
	for _, arrays := range []bool{false, true} {
		srv := telnyxtest.NewServer(t, telnyxtest.Options{AdvancedArrays: arrays})
		c := srv.Client()
		made, err := c.AdvancedOrders.Create(ctx, &telnyx.CreateAdvancedOrderRequest{CountryCode: new("DE"), Quantity: new(2), AreaCode: new("30")})
		require.NoError(t, err)
		assert.Equal(t, telnyx.AdvancedOrderPending, made.Status.First())
		assert.Equal(t, []string{telnyx.TypeLocal}, made.PhoneNumberType.Values())
		srv.SetAdvancedOrder(made.ID, telnyx.AdvancedOrderOrdered)
		read, err := c.AdvancedOrders.Get(ctx, made.ID)
		require.NoError(t, err)
		assert.Equal(t, telnyx.AdvancedOrderOrdered, read.Status.First())
		all, err := c.AdvancedOrders.List(ctx)
		require.NoError(t, err)
		assert.Len(t, all, 1)
	}
}

func TestLimitsOfAdvancedOrders(t *testing.T) {
	srv := serve(t, vendortest.Text("{}"))
	c := srv.client(t)
	for field, bad := range map[string][]telnyx.CreateAdvancedOrderRequest{
		"Quantity": {{Quantity: new(0)}, {Quantity: new(10001)}},
		"AreaCode": {{AreaCode: new("1234")}},
		"Comments": {{Comments: new(strings.Repeat("ä", 256))}},
	} {
		for _, r := range bad {
			_, err := c.AdvancedOrders.Create(ctx, &r)
			assertInvalid(t, err, field)
			_, err = c.AdvancedOrders.SetRequirementGroup(ctx, "1", &r)
			assertInvalid(t, err, field)
		}
	}
	for field, bad := range map[string]telnyx.CreateNumberBlockOrderRequest{"StartingNumber": {Range: 10}, "Range": {StartingNumber: one}} {
		_, err := c.NumberBlockOrders.Create(ctx, &bad)
		assertInvalid(t, err, field)
	}
	_, err := c.InexplicitNumberOrders.Create(ctx, &telnyx.CreateInexplicitNumberOrderRequest{})
	assertInvalid(t, err, "OrderingGroups")
	_, err = c.NumberReservations.Create(ctx, &telnyx.CreateNumberReservationRequest{})
	assertInvalid(t, err, "PhoneNumbers")
	_, err = c.NumbersFeatures.Get(ctx, &telnyx.GetNumbersFeaturesRequest{})
	assertInvalid(t, err, "PhoneNumbers")
	_, err = c.SubNumberOrders.SetRequirementGroup(ctx, "1", &telnyx.SetRequirementGroupRequest{})
	assertInvalid(t, err, "RequirementGroupID")
	assert.Empty(t, srv.Received())
	good := serve(t, vendortest.Text(`{"id":"1"}`))
	_, err = good.client(t).AdvancedOrders.Create(ctx, &telnyx.CreateAdvancedOrderRequest{Comments: new(strings.Repeat("ä", 255)), Quantity: new(10000), AreaCode: new("123")})
	require.NoError(t, err)
}

func TestCoverageAndFeaturesAtTheFake(t *testing.T) {
	srv := telnyxtest.NewServer(t)
	c := srv.Client()
	all, err := c.CountryCoverage.Get(ctx)
	require.NoError(t, err)
	require.NotEmpty(t, all)
	us, err := c.CountryCoverage.GetCountry(ctx, "US")
	require.NoError(t, err)
	assert.Equal(t, "US", *us.Code)
	assert.Contains(t, us.PhoneNumberType, telnyx.TypeLocal)
	_, err = c.CountryCoverage.GetCountry(ctx, "XX")
	require.ErrorIs(t, err, numbers.ErrNotFound)

	found, err := c.NumbersFeatures.Get(ctx, &telnyx.GetNumbersFeaturesRequest{PhoneNumbers: []string{"+13125550100"}})
	require.NoError(t, err)
	assert.Contains(t, found[0].Features, telnyx.FeatureSMS)

	type filter = telnyx.InventoryCoverageFilter
	coverage := func(f filter) []telnyx.InventoryCoverage {
		pg, err := c.InventoryCoverage.List(ctx, &telnyx.ListInventoryCoverageRequest{Filter: f})
		require.NoError(t, err)
		return pg.Data
	}
	groups := func(f filter) []string {
		list, _ := keys(coverage(f), nil, func(i telnyx.InventoryCoverage) string { return *i.Group })
		slices.Sort(list)
		return list
	}
	local := filter{CountryCode: "US", PhoneNumberType: telnyx.TypeLocal, GroupBy: telnyx.GroupByNPA}
	require.Equal(t, []string{"212", "312", "415", "970"}, groups(local))
	for name, change := range map[string]func(*filter){
		"npa":      func(f *filter) { f.NPA = new(312) },
		"nxx":      func(f *filter) { f.NPA, f.NXX = new(312), new(555) },
		"area":     func(f *filter) { f.AdministrativeArea = "IL" },
		"type":     func(f *filter) { f.PhoneNumberType = telnyx.TypeTollFree },
		"country":  func(f *filter) { f.CountryCode = "CA" },
		"features": func(f *filter) { f.Features = []string{telnyx.FeatureSMS, telnyx.FeatureMMS} },
		"group by": func(f *filter) { f.GroupBy = telnyx.GroupByLocality },
	} {
		f := local
		change(&f)
		assert.NotEqual(t, groups(local), groups(f), name)
	}
	assert.Nil(t, coverage(local)[0].Count)
	local.Count = new(true)
	assert.Equal(t, 20, *coverage(local)[0].Count)
}

func TestTheReportAtTheFake(t *testing.T) {
	srv := telnyxtest.NewServer(t)
	c := srv.Client()
	order, err := c.NumberOrders.Create(ctx, &telnyx.CreateNumberOrderRequest{PhoneNumbers: []telnyx.CreateNumberOrderPhoneNumber{{PhoneNumber: one}}})
	require.NoError(t, err)
	report, err := c.SubNumberOrders.CreateReport(ctx, &telnyx.SubNumberOrdersReportFilters{OrderRequestID: &order.ID})
	require.NoError(t, err)
	srv.Settle()
	report, err = c.SubNumberOrders.GetReport(ctx, report.ID)
	require.NoError(t, err)
	require.Equal(t, telnyx.ReportSuccess, *report.Status)
	d, err := c.SubNumberOrders.DownloadReport(ctx, report.ID)
	require.NoError(t, err)
	defer d.Body.Close()
	assert.Contains(t, d.ContentType, "text/csv")
	csv, err := io.ReadAll(d.Body)
	require.NoError(t, err)
	assert.Contains(t, string(csv), string(order.SubNumberOrdersIDs[0]))
}

func TestRequirementsAtTheFake(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	srv := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{Now: func() time.Time { return now }}})
	c := srv.Client()
	order, err := c.NumberOrders.Create(ctx, &telnyx.CreateNumberOrderRequest{PhoneNumbers: []telnyx.CreateNumberOrderPhoneNumber{{PhoneNumber: "+4930555500101"}}})
	require.NoError(t, err)
	number, err := c.NumberOrderPhoneNumbers.Get(ctx, *order.PhoneNumbers[0].ID)
	require.NoError(t, err)
	assert.Equal(t, telnyx.RequirementsInfoPending, *number.RequirementsStatus)
	assert.True(t, number.Deadline.After(now))
	var values []telnyx.RequirementValue
	for _, r := range number.RegulatoryRequirements {
		values = append(values, telnyx.RequirementValue{RequirementID: *r.RequirementID, FieldValue: document})
	}
	require.NotEmpty(t, values)
	_, err = c.NumberOrderPhoneNumbers.Update(ctx, number.ID, &telnyx.UpdateNumberOrderPhoneNumberRequest{RegulatoryRequirements: values})
	require.NoError(t, err)
	now = now.Add(time.Hour)
	order, err = c.NumberOrders.Get(ctx, order.ID)
	require.NoError(t, err)
	assert.Equal(t, telnyx.OrderSuccess, *order.Status)
}
