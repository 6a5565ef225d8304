package telnyx

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Quote returns the prices of Telnyx's current offers. It searches for each number with
// one request, and with two for a +1 number, which may be Canadian. The prices are not
// binding. If Telnyx does not offer a number, its price and the total price are unknown.
func (o *Orderer) Quote(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
	const op = "Quote"
	if _, err := o.request(op, r); err != nil {
		return nil, driver.Error(err, op, r.Numbers...)
	}
	q := &numbers.Quotation{Vendor: vendor}
	var offers []*AvailablePhoneNumber
	for _, n := range r.Numbers {
		offer, err := o.offered(ctx, n)
		if err != nil {
			return nil, driver.Error(err, op, r.Numbers...)
		}
		item := numbers.QuotedItem{E164: n}
		if offer != nil {
			item.Price = price(offer.CostInformation)
			offers = append(offers, offer)
		}
		q.Items = append(q.Items, item)
	}
	q.Price, q.Native = sum(q.Items), offers
	return q, nil
}

// offered returns Telnyx's offer of one number, or nil if there is none.
func (o *Orderer) offered(ctx context.Context, n numbers.E164) (*AvailablePhoneNumber, error) {
	countries, national := splitNumber(n)
	for _, country := range countries {
		filter := AvailablePhoneNumbersFilter{CountryCode: country, PhoneNumber: NumberPattern{StartsWith: national}}
		if country == "" { // only the end of the number is certainly national
			filter.PhoneNumber = NumberPattern{EndsWith: national}
		}
		page, err := o.client.AvailablePhoneNumbers.List(ctx, &ListAvailablePhoneNumbersRequest{Filter: filter})
		if notCovered(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(page.Data, func(a AvailablePhoneNumber) bool { return a.PhoneNumber == string(n) })
		if i >= 0 {
			return &page.Data[i], nil
		}
	}
	return nil, nil
}

// notCovered reports whether Telnyx refused a search because it has no numbers of this
// kind. Telnyx uses this code for every bad request. If it has another meaning, the price
// is unknown, too.
func notCovered(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status < http.StatusInternalServerError && len(e.Errors) > 0 && e.Errors[0].Code.String() == "10015"
}

// callingCodes has the calling codes of the countries in Telnyx's coverage list.
const callingCodes = "1US 1CA 30GR 31NL 32BE 33FR 34ES 351PT 352LU 353IE 357CY 358FI 359BG 36HU 370LT 371LV 372EE 385HR 386SI " +
	"39IT 40RO 41CH 420CZ 421SK 43AT 44GB 45DK 46SE 47NO 48PL 49DE 52MX 61AU 64NZ 65SG 86CN"

// splitNumber returns the countries that a number may belong to, and its national part.
// If the country is unknown, it returns "" and the last seven digits.
func splitNumber(n numbers.E164) (countries []string, national string) {
	digits := n.Digits()
	for entry := range strings.FieldsSeq(callingCodes) {
		code, country := entry[:len(entry)-2], entry[len(entry)-2:]
		if rest, ok := strings.CutPrefix(digits, code); ok {
			countries, national = append(countries, country), rest
		}
	}
	if len(countries) == 0 {
		const subscriber = 7
		return []string{""}, digits[max(0, len(digits)-subscriber):]
	}
	return countries, national
}

// sum adds prices. A part is unknown if one number does not have it, or has it in another
// currency.
func sum(items []numbers.QuotedItem) *numbers.Price {
	total := &numbers.Price{}
	for i, item := range items {
		if item.Price == nil {
			return nil
		}
		if i == 0 {
			*total = *item.Price
			continue
		}
		total.Upfront = plus(total.Upfront, item.Price.Upfront)
		total.Monthly = plus(total.Monthly, item.Price.Monthly)
	}
	if total.Upfront == nil && total.Monthly == nil {
		return nil
	}
	return total
}

func plus(a, b *numbers.Money) *numbers.Money {
	if a == nil || b == nil {
		return nil
	}
	if s, ok := a.Add(*b); ok {
		return &s
	}
	return nil
}
