package numbers

import "time"

// Ability is a set of the optional interfaces that an [Orderer] implements.
type Ability uint32

// The abilities, each with its interface.
const (
	CanSearch    Ability = 1 << iota // [Searcher]
	CanQuote                         // [Quoter]
	CanReserve                       // [Reserver]
	CanResolve                       // [Resolver]; without it, Account resolves attempts by listing orders
	CanCancel                        // [Canceler]
	CanListOwned                     // [Inventory]
	CanRelease                       // [Releaser]
	CanAssign                        // [Assigner]
)

// Has reports whether a has every ability of b.
func (a Ability) Has(b Ability) bool { return a&b == b }

// Billing reports whether an order costs money.
type Billing uint8

const (
	// Buys: an order costs money.
	Buys Billing = iota
	// Registers: an order creates a row and costs nothing.
	Registers
)

// String returns "buys" or "registers".
func (b Billing) String() string {
	if b == Registers {
		return "registers"
	}
	return "buys"
}

// Recognition is the way to find an order if the answer to it was lost.
type Recognition uint8

const (
	// ByNothing: the order can't be found.
	ByNothing Recognition = iota
	// ByNumber: the order is found by its numbers.
	ByNumber
	// ByReference: the order is found by the caller's reference and by its numbers.
	ByReference
)

// String returns "nothing", "number" or "reference".
func (r Recognition) String() string {
	switch r {
	case ByNumber:
		return "number"
	case ByReference:
		return "reference"
	default:
	}
	return "nothing"
}

// Capabilities describes what an Orderer can do. Everything that it declares works at the
// vendor. A call for anything else returns errors.ErrUnsupported and sends no request.
type Capabilities struct {
	// Vendor is the vendor's name, as in Order.Vendor and Error.Vendor.
	Vendor string
	// Can is the set of abilities.
	Can Ability
	// Billing reports whether an order costs money.
	Billing Billing
	// SearchFields are the fields of SearchQuery that the vendor itself applies. A
	// query with another field is refused.
	SearchFields SearchField
	// Assigns are the fields of Assignment that an order can set.
	Assigns AssignField
	// AssignsOwned are the fields of Assignment that [Assigner] can set on an owned
	// number.
	AssignsOwned AssignField
	// FoundBy is the way to find an order if the answer to it was lost.
	FoundBy Recognition
	// MaxNumbers is the largest count of numbers in one order; 0 = no known limit.
	MaxNumbers int
	// HoldFor is how long a reservation lasts; 0 without CanReserve.
	HoldFor time.Duration
	// OrdersAreOwned is true if orders and owned numbers are the same rows of one
	// list. Item.Owned is then the number, and one reading shows both.
	OrdersAreOwned bool
	// ListingDelay is how long a new order can be missing from the vendor's listings.
	// After this delay, an order that is missing from a listing was not placed.
	ListingDelay time.Duration
	// DefiniteRefusals is true if a refusal of an order proves that nothing was
	// bought. If it is false, a refusal may be returned as ErrOutcomeUnknown.
	DefiniteRefusals bool
	// Orphans is true if the vendor can sell a number and never list it. An attempt
	// can then be PossiblyOrphaned or Repeatable.
	Orphans bool
	// Native is a nil pointer of the type that OrderRequest.Native must have. Another
	// type is then refused before anything is read or sent. The field is nil if only
	// Place can check the type.
	Native any
	// Prices is true if the vendor states prices before an order. If it is false, a
	// purchase with a cap is refused.
	Prices bool
}

// SearchField is a set of fields of [SearchQuery].
type SearchField uint32

// The fields of SearchQuery.
const (
	SearchCountry SearchField = 1 << iota
	SearchType
	SearchAreaCode
	SearchLocality
	SearchRegion
	SearchRateCenter
	SearchStartsWith
	SearchContains
	SearchEndsWith
	SearchFeatures
	SearchLimit
)

// AssignField is a set of fields of [Assignment].
type AssignField uint32

// The fields of Assignment.
const (
	AssignConnection AssignField = 1 << iota
	AssignApplication
	AssignMessagingProfile
	AssignBillingGroup
	AssignCallFlow
	AssignMessageFlow
)

// Fields returns the set of the fields of a that are not "".
func (a Assignment) Fields() AssignField {
	var set AssignField
	for _, f := range []struct {
		value string
		bit   AssignField
	}{
		{a.Connection, AssignConnection},
		{a.Application, AssignApplication},
		{a.MessagingProfile, AssignMessagingProfile},
		{a.BillingGroup, AssignBillingGroup},
		{a.CallFlow, AssignCallFlow},
		{a.MessageFlow, AssignMessageFlow},
	} {
		if f.value != "" {
			set |= f.bit
		}
	}
	return set
}
