package telnyx_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// ownedRows are two numbers that differ in everything that can be filtered by.
func ownedRows(t *testing.T) *telnyxtest.Server {
	t.Helper()
	srv := telnyxtest.NewServer(t)
	srv.AddRow(
		telnyxtest.Row{Owned: numberstest.Owned{Number: "+13125550101", Reference: "a", Assignment: numbers.Assignment{Connection: "7", BillingGroup: "bg"}}, EmergencyAddressID: "1", Tags: []string{"main"}},
		telnyxtest.Row{Owned: numberstest.Owned{Number: "+498005550102", Country: "DE", Type: "toll_free", State: "port-pending", Reference: "b", Assignment: numbers.Assignment{Connection: "8"}}, Ported: true},
	)
	srv.NameConnection("7", "lobby")
	srv.NameConnection("8", "attic")
	c := srv.Client()
	for phone, method := range map[string]string{"+13125550101": "channel", "+498005550102": "pay-per-minute"} {
		_, err := c.PhoneNumbers.UpdateVoice(ctx, telnyx.PhoneNumberID(phone), &telnyx.UpdateVoiceSettingsRequest{UsagePaymentMethod: &method})
		require.NoError(t, err)
	}
	return srv
}

const us, de = "+13125550101", "+498005550102"

// ownedCases are the fields of the filter, by the row that is left.
func ownedCases() map[string]struct {
	filter telnyx.PhoneNumbersFilter
	want   string
} {
	type filter = telnyx.PhoneNumbersFilter
	return map[string]struct {
		filter filter
		want   string
	}{
		"Filter.Tag":                       {filter{Tag: "main"}, us},
		"Filter.PhoneNumber":               {filter{PhoneNumber: "498005"}, de},
		"Filter.CountryISOAlpha2":          {filter{CountryISOAlpha2: telnyx.OneOrMore{"DE"}}, de},
		"Filter.ConnectionID":              {filter{ConnectionID: "7"}, us},
		"Filter.ConnectionName.Contains":   {filter{ConnectionName: telnyx.TextFilter{Contains: "obb"}}, us},
		"Filter.ConnectionName.StartsWith": {filter{ConnectionName: telnyx.TextFilter{StartsWith: "att"}}, de},
		"Filter.ConnectionName.EndsWith":   {filter{ConnectionName: telnyx.TextFilter{EndsWith: "bby"}}, us},
		"Filter.ConnectionName.Eq":         {filter{ConnectionName: telnyx.TextFilter{Eq: "attic"}}, de},
		"Filter.UsagePaymentMethod":        {filter{UsagePaymentMethod: "channel"}, us},
		"Filter.BillingGroupID":            {filter{BillingGroupID: "null"}, de},
		"Filter.EmergencyAddressID":        {filter{EmergencyAddressID: "null"}, de},
		"Filter.CustomerReference":         {filter{CustomerReference: "b"}, de},
		"Filter.NumberType.Eq":             {filter{NumberType: telnyx.NumberTypeFilter{Eq: telnyx.TypeTollFree}}, de},
		"Filter.Source":                    {filter{Source: "ported"}, de},
		"Filter.WithoutTags":               {filter{WithoutTags: "true"}, de},
	}
}

func TestFiltersOfOwnedNumbersAtTheFake(t *testing.T) {
	srv := ownedRows(t)
	c := srv.Client()
	type list = telnyx.ListPhoneNumbersRequest
	cases := map[string]narrow[list]{
		"Page.Number":   {list{Page: secondPage()}, []string{}},
		"Page.Size":     {list{Page: telnyx.PageParams{Size: 1}}, []string{de}},
		"Sort":          {list{Sort: "phone_number"}, []string{us, de}},
		"Filter.Status": {list{Filter: telnyx.PhoneNumbersFilter{Status: telnyx.NumberPortPending}}, []string{de}},
	}
	for name, one := range ownedCases() {
		cases[name] = narrow[list]{list{Filter: one.filter}, []string{one.want}}
	}
	rows := func(p *list) ([]string, error) {
		pg, err := c.PhoneNumbers.List(ctx, p)
		if err != nil {
			return nil, err
		}
		return keys(pg.Data, nil, func(n telnyx.PhoneNumber) string { return n.PhoneNumber })
	}
	narrows(t, []string{de, us}, rows, cases, "HandleMessagingProfileError")

	srv.SetMessagingOutage(true)
	once, err := srv.NewClient(&numbers.ClientOptions{Retry: numbers.Retry{Attempts: 1}})
	require.NoError(t, err)
	_, err = once.PhoneNumbers.List(ctx, nil)
	require.ErrorIs(t, err, numbers.ErrVendor)
	page, err := once.PhoneNumbers.List(ctx, &list{HandleMessagingProfileError: "true"})
	require.NoError(t, err)
	assert.Len(t, page.Data, 2)
	assert.NotEmpty(t, page.Errors)
}

func TestFiltersOfTheSlimListAtTheFake(t *testing.T) {
	c := ownedRows(t).Client()
	type list = telnyx.ListSlimPhoneNumbersRequest
	cases := map[string]narrow[list]{
		"Page.Number":       {list{Page: secondPage()}, []string{}},
		"Page.Size":         {list{Page: telnyx.PageParams{Size: 1}}, []string{de}},
		"Sort":              {list{Sort: "phone_number"}, []string{us, de}},
		"Filter.Status":     {list{Filter: telnyx.SlimPhoneNumbersFilter{Status: telnyx.NumberPortPendingSlim}}, []string{de}},
		"IncludeTags":       {list{IncludeTags: new(true)}, []string{de, us + " main"}},
		"IncludeConnection": {list{IncludeConnection: new(true)}, []string{de + " attic", us + " lobby"}},
	}
	for name, one := range ownedCases() {
		if name != "Filter.WithoutTags" { // the slim list has no such filter
			cases[name] = narrow[list]{list{Filter: slim(one.filter)}, []string{one.want}}
		}
	}
	narrows(t, []string{de, us}, func(p *list) ([]string, error) {
		// The slim list ignores filters that look at what is not included.
		tagged, connected := p.Filter.Tag != "", p.Filter.ConnectionName != telnyx.TextFilter{}
		if tagged {
			p.IncludeTags = new(true)
		}
		if connected {
			p.IncludeConnection = new(true)
		}
		pg, err := c.PhoneNumbers.ListSlim(ctx, p)
		if err != nil {
			return nil, err
		}
		return keys(pg.Data, nil, func(n telnyx.PhoneNumber) string {
			if tagged || connected {
				return n.PhoneNumber
			}
			key := strings.Join(append([]string{n.PhoneNumber}, n.Tags...), " ")
			if n.ConnectionName != nil {
				key += " " + *n.ConnectionName
			}
			return key
		})
	}, cases)
}
