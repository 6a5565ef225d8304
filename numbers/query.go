package numbers

import (
	"slices"
	"time"
)

// OrderQuery narrows Orderer.Orders. The zero value asks for all orders.
// Adapters send what the vendor can filter by and apply the rest themselves,
// since a listing of orders is complete.
type OrderQuery struct {
	// Reference keeps orders with exactly this reference.
	Reference string
	// Numbers keeps orders that have at least one of these numbers.
	Numbers []E164
	// States keeps orders in one of these states.
	States []State
	// CreatedAfter and CreatedBefore keep orders that the vendor's clock dates
	// strictly after, and strictly before.
	CreatedAfter, CreatedBefore time.Time
	// Recent, where set, lets an adapter leave out orders that the vendor created
	// more than ClockSlack before this time. Where an order's age is not known, it
	// is not left out. Match ignores it.
	Recent time.Time
	// ReadAhead is how many pages are read before they are needed, as
	// [ReadAhead] describes. 0 means one from the third page on, a negative
	// number none.
	ReadAhead int
}

// Match reports whether o passes the query. An order whose numbers the vendor
// does not list does not match a query by numbers: an adapter reads it first.
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

// OwnedQuery narrows [Inventory]. The zero value asks for the whole inventory.
type OwnedQuery struct {
	// Numbers keeps these numbers.
	Numbers []E164
	// States keeps numbers in one of these states.
	States []NumberState
	// ReadAhead is how many pages are read before they are needed, as
	// [ReadAhead] describes. 0 means one from the third page on, a negative
	// number none.
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

// SearchQuery says which numbers to look for. A field that the vendor can't
// honour is refused: a search is capped by the vendor, so that filtering its
// answer would say "none" falsely.
type SearchQuery struct {
	// Country is the ISO 3166-1 alpha-2 code: "US".
	Country string
	Type    NumberType
	// AreaCode is the national destination code: "212".
	AreaCode string
	// Locality is a city; Region a state or province ("IL").
	Locality, Region string
	RateCenter       string
	// StartsWith, Contains and EndsWith are digits of the national number.
	StartsWith, Contains, EndsWith string
	// Features: a number must have all of them.
	Features []Feature
	// Limit is how many offers are wanted; 0 = the vendor's default.
	Limit int
}

// Fields returns the set of fields that q sets.
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
