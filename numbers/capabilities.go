package numbers

import "time"

// Ability is a set of what an [Orderer] can do beside the interface itself.
type Ability uint32

// The abilities, each with its function and its optional interface.
const (
	CanSearch    Ability = 1 << iota // [Search], [Searcher]
	CanQuote                         // [Quote], [Quoter]
	CanReserve                       // [Reserve], [Reserver]
	CanResolve                       // [Resolver]; without it [Resolve] uses listings alone
	CanCancel                        // [Cancel], [Canceler]
	CanListOwned                     // [Owned] and [Find], [Inventory]
	CanRelease                       // [Release], [Releaser]
	CanAssign                        // [Assign], [Assigner]
)

// Has reports whether a has every ability of b.
func (a Ability) Has(b Ability) bool { return a&b == b }

// Billing says what an order means at a vendor.
type Billing uint8

const (
	// Buys: an order costs money.
	Buys Billing = iota
	// Registers: an order makes a row that costs nothing (PortSIP).
	Registers
)

// String returns "buys" or "registers".
func (s Billing) String() string {
	if s == Registers {
		return "registers"
	}
	return "buys"
}

// Recognition says by what an order is found again whose answer was lost.
type Recognition uint8

const (
	// ByNothing: not at all.
	ByNothing Recognition = iota
	// ByNumber: by its numbers.
	ByNumber
	// ByReference: by the caller's reference, and by its numbers.
	ByReference
)

// String returns "nothing", "number" or "reference".
func (r Recognition) String() string {
	switch r {
	case ByNumber:
		return "number"
	case ByReference:
		return "reference"
	}
	return "nothing"
}

// Capabilities say what an Orderer can do. They are true both ways: what is
// declared works on the wire, and what is not answers errors.ErrUnsupported
// with no request sent.
type Capabilities struct {
	// Vendor is the vendor's name, as in Order.Vendor and Error.Vendor.
	Vendor string
	// Account is the caller's name for the account, as in Order.Account and
	// Number.Account; "" where it has none.
	Account string
	// Can is the set of abilities.
	Can Ability
	// Billing says whether an order costs money.
	Billing Billing
	// SearchFields are the fields of SearchQuery that the vendor itself applies;
	// a query that sets another one is refused.
	SearchFields SearchField
	// Assigns are the fields of Assignment that an order can set at once.
	Assigns AssignField
	// AssignsOwned are the fields of Assignment that [Assign] can set on a
	// number that the account has.
	AssignsOwned AssignField
	// FoundBy says by what a lost order is found again.
	FoundBy Recognition
	// MaxNumbers is how many numbers one order can have; 0 = no limit known.
	MaxNumbers int
	// HoldFor is how long a reservation lasts; 0 without CanReserve.
	HoldFor time.Duration
	// ListingDelay is how long after an attempt a listing that does not show it
	// proves that it was not placed.
	ListingDelay time.Duration
	// DefiniteRefusals is true where a refusal of an order proves that nothing
	// was bought. Where it is false, a refusal may come back as
	// ErrOutcomeUnknown.
	DefiniteRefusals bool
	// Orphans is true where the vendor may buy a number and never list it, so
	// that an attempt can come out as PossiblyOrphaned.
	Orphans bool
	// Native is a nil pointer of the type that OrderRequest.Native must have, so
	// that another is refused before anything is read or sent; nil where only
	// Place can tell.
	Native any
	// Prices is true where the vendor states prices before an order, so that a
	// capped purchase is possible.
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

// Fields returns the set of fields that a sets.
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
