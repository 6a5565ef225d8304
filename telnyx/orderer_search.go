package telnyx

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Search finds numbers by GET /available_phone_numbers, one request. Telnyx applies every
// field of q. Region and RateCenter work only for the US and Canada. With an AreaCode,
// Contains and EndsWith match the digits after it. Search leaves out numbers that Telnyx
// offers although they match only a part of q. Trial accounts get masked numbers, which
// have no E164 and can't be ordered.
func (o *Orderer) Search(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
	req, err := o.search(q)
	if err != nil {
		return driver.Failed[numbers.Offer](err)
	}
	rows := driver.OnePage(func() ([]AvailablePhoneNumber, error) {
		page, err := o.client.AvailablePhoneNumbers.List(ctx, req)
		if err != nil {
			return nil, err
		}
		return page.Data, nil
	})
	return driver.Offers(rows, q.Limit, func(n *AvailablePhoneNumber) *numbers.Offer {
		if n.BestEffort != nil && *n.BestEffort {
			return nil
		}
		return o.offer(n)
	})
}

// search converts q to the vendor's request.
func (o *Orderer) search(q numbers.SearchQuery) (*ListAvailablePhoneNumbersRequest, error) {
	if err := driver.CheckSearch(o.caps, q); err != nil {
		return nil, err
	}
	refuse := func(kind error, field, message string) error {
		return driver.Refused(vendor, "Search", kind, field, message)
	}
	northAmerica := q.Country == "" || q.Country == "US" || q.Country == "CA"
	switch {
	case q.Region != "" && !northAmerica:
		return nil, refuse(errors.ErrUnsupported, "Region", "Telnyx has only states of the US and provinces of Canada")
	case q.RateCenter != "" && !northAmerica:
		return nil, refuse(errors.ErrUnsupported, "RateCenter", "Telnyx has only rate centers of the US and Canada")
	}
	f := &AvailablePhoneNumbersFilter{
		PhoneNumber: NumberPattern{StartsWith: q.StartsWith, Contains: q.Contains, EndsWith: q.EndsWith},
		Locality:    q.Locality, AdministrativeArea: q.Region, CountryCode: q.Country,
		NationalDestinationCode: q.AreaCode, RateCenter: q.RateCenter,
	}
	if q.AreaCode != "" && q.StartsWith != "" { // Telnyx's pattern begins after the area code
		after, within := strings.CutPrefix(q.StartsWith, q.AreaCode)
		if !within && !strings.HasPrefix(q.AreaCode, q.StartsWith) {
			return nil, refuse(numbers.ErrInvalid, "StartsWith", "it contradicts AreaCode")
		}
		f.PhoneNumber.StartsWith = ""
		if within {
			f.PhoneNumber.StartsWith = after
		}
	}
	if q.Type != "" {
		if f.PhoneNumberType = wordFor(types, q.Type); f.PhoneNumberType == "" {
			return nil, refuse(errors.ErrUnsupported, "Type", "Telnyx can't search for it")
		}
	}
	for _, feature := range q.Features {
		word := wordFor(features, feature)
		if word == "" {
			return nil, refuse(errors.ErrUnsupported, "Features", "Telnyx can't search for it")
		}
		f.Features = append(f.Features, word)
	}
	if q.Limit > 0 {
		f.Limit = &q.Limit
	}
	return &ListAvailablePhoneNumbersRequest{Filter: *f}, nil
}

// word is a value of this module and Telnyx's word for it.
type word[T ~string] struct {
	name   T
	vendor string
}

// Only answers have landline. A search can't use it.
func types() []word[numbers.NumberType] {
	return []word[numbers.NumberType]{
		{numbers.TypeLocal, TypeLocal},
		{numbers.TypeTollFree, TypeTollFree},
		{numbers.TypeMobile, TypeMobile},
		{numbers.TypeNational, TypeNational},
		{numbers.TypeSharedCost, TypeSharedCost},
	}
}

func features() []word[numbers.Feature] {
	return []word[numbers.Feature]{
		{numbers.FeatureVoice, FeatureVoice},
		{numbers.FeatureSMS, FeatureSMS},
		{numbers.FeatureMMS, FeatureMMS},
		{numbers.FeatureFax, FeatureFax},
		{numbers.FeatureEmergency, FeatureEmergency},
		{numbers.FeatureHDVoice, FeatureHDVoice},
		{numbers.FeatureInternationalSMS, FeatureInternationalSMS},
		{numbers.FeatureLocalCalling, FeatureLocalCalling},
	}
}

// wordFor returns Telnyx's word for a name; "" = none.
func wordFor[T ~string](words func() []word[T], name T) string {
	list := words()
	if i := slices.IndexFunc(list, func(w word[T]) bool { return w.name == name }); i >= 0 {
		return list[i].vendor
	}
	return ""
}

// nameFor returns the name for Telnyx's word, or the word itself with hyphens.
func nameFor[T ~string](words func() []word[T], vendor string) T {
	list := words()
	if i := slices.IndexFunc(list, func(w word[T]) bool { return w.vendor == vendor }); i >= 0 {
		return list[i].name
	}
	return T(strings.ReplaceAll(vendor, "_", "-"))
}
