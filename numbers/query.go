package numbers

import (
	"slices"
	"time"
)

// OrderQuery selects orders of Orderer.Orders. The zero value selects all orders. An
// adapter sends the filters that the vendor has and applies the other filters itself,
// because a listing of orders is complete.
type OrderQuery struct {
	// Reference keeps orders with exactly this reference.
	Reference string
	// Numbers keeps orders that have at least one of these numbers.
	Numbers []E164
	// States keeps orders in one of these states.
	States []State
	// CreatedAfter keeps orders whose Created is after this time. CreatedBefore keeps
	// orders whose Created is before this time.
	CreatedAfter, CreatedBefore time.Time
	// Recent, if set, allows an adapter to leave out orders that the vendor created more
	// than ClockSlack before this time. An order whose age is not known must not be left
	// out. Match ignores Recent.
	Recent time.Time
	// ReadAhead is how many pages are read before they are needed, as [ReadAhead]
	// describes. 0 = one page, from the third page on. A negative number = no page.
	ReadAhead int
}

// Match reports whether o passes the query. An order without its numbers does not
// match a query by numbers: the adapter must read the order first.
func (q OrderQuery) Match(o *Order) bool {
	switch {
	case o == nil:
		return false
	case q.Reference != "" && o.Reference != q.Reference:
		return false
	case len(q.States) > 0 && !slices.Contains(q.States, o.State):
		return false
	case !q.CreatedAfter.IsZero() && !o.Created.After(q.CreatedAfter):
		return false
	case !q.CreatedBefore.IsZero() && !o.Created.Before(q.CreatedBefore):
		return false
	}
	return len(q.Numbers) == 0 || slices.ContainsFunc(o.Items, func(i Item) bool { return slices.Contains(q.Numbers, i.E164) })
}

// OwnedQuery selects numbers that [Inventory] lists. The zero value selects the whole
// inventory.
type OwnedQuery struct {
	// Numbers keeps these numbers.
	Numbers []E164
	// States keeps numbers in one of these states.
	States []NumberState
	// ReadAhead is how many pages are read before they are needed, as [ReadAhead]
	// describes. 0 = one page, from the third page on. A negative number = no page.
	ReadAhead int
}

// Match reports whether n passes the query.
func (q OwnedQuery) Match(n *Number) bool {
	switch {
	case n == nil:
		return false
	case len(q.States) > 0 && !slices.Contains(q.States, n.State):
		return false
	}
	return len(q.Numbers) == 0 || slices.Contains(q.Numbers, n.E164)
}

// NumberType is a kind of telephone number.
type NumberType string

// The types that vendors distinguish.
const (
	TypeLocal      NumberType = "local"
	TypeMobile     NumberType = "mobile"
	TypeNational   NumberType = "national"
	TypeTollFree   NumberType = "toll-free"
	TypeSharedCost NumberType = "shared-cost"
	TypeLandline   NumberType = "landline"
	TypeVirtual    NumberType = "virtual"
)

// Feature is something that a number can do.
type Feature string

// The features that vendors distinguish.
const (
	FeatureVoice            Feature = "voice"
	FeatureSMS              Feature = "sms"
	FeatureMMS              Feature = "mms"
	FeatureFax              Feature = "fax"
	FeatureEmergency        Feature = "emergency"
	FeatureHDVoice          Feature = "hd-voice"
	FeatureInternationalSMS Feature = "international-sms"
	FeatureLocalCalling     Feature = "local-calling"
)

// SearchQuery describes numbers to search for. A field that the vendor can't apply is
// refused. An adapter must not filter the answer itself, because the vendor limits
// its length: the filtered answer could be empty although the vendor has such
// numbers.
type SearchQuery struct {
	// Country is the ISO 3166-1 alpha-2 code: "US".
	Country string
	Type    NumberType
	// AreaCode is the national destination code: "212".
	AreaCode string
	// Locality is a city. Region is a state or province ("IL").
	Locality, Region string
	RateCenter       string
	// StartsWith, Contains and EndsWith are digits of the national number.
	StartsWith, Contains, EndsWith string
	// Features are the features that a number must have. It must have all of them.
	Features []Feature
	// Limit is the largest count of offers to return; 0 = the vendor's default.
	Limit int
}

// Fields returns the set of the fields that q sets.
func (q SearchQuery) Fields() SearchField {
	var set SearchField
	for _, f := range []struct {
		set bool
		bit SearchField
	}{
		{q.Country != "", SearchCountry},
		{q.Type != "", SearchType},
		{q.AreaCode != "", SearchAreaCode},
		{q.Locality != "", SearchLocality},
		{q.Region != "", SearchRegion},
		{q.RateCenter != "", SearchRateCenter},
		{q.StartsWith != "", SearchStartsWith},
		{q.Contains != "", SearchContains},
		{q.EndsWith != "", SearchEndsWith},
		{len(q.Features) > 0, SearchFeatures},
		{q.Limit != 0, SearchLimit},
	} {
		if f.set {
			set |= f.bit
		}
	}
	return set
}
