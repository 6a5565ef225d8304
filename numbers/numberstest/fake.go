package numberstest

import (
	"net/http"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// Server is the interface of the fake servers of all vendors: telnyxtest.Server,
// voipbintest.Server, opentacttest.Server and exclusivetest.Server. Each has Start
// and NewServer, which make one, and Client and NewClient, which make a client of its
// vendor. A mistake in the use of a method (a number that can't be one, an id that is
// not there, a field that the vendor has no room for) is in Reports and fails the
// test, whether or not the fake is lenient.
type Server interface {
	// URL returns the base URL of the API. In memory its host is not a real one, and differs between fakes.
	URL() string
	// HTTPClient returns a client that connects to the fake and trusts its
	// certificate.
	HTTPClient() *http.Client
	// Close closes all connections and waits for the fake's goroutines. It may be called more than once.
	Close()

	// AddNumber gives the account numbers that nobody ordered here, and returns their ids: no order has
	// them, and Books has nothing of them. The id of a number that was refused is "".
	AddNumber(numbers ...Owned) []string
	// AddOffer adds numbers to those for sale, or replaces them there. The fake of a vendor that sells nothing
	// (exclusivetest) takes any number anyway, and ignores it.
	AddOffer(offers ...Offer)
	// SetState puts what has this id (an order or a number) into a state, in the vendor's own words. A state
	// that ends an order that is under way has its effect: the numbers are bought, or not.
	SetState(id, state string)
	// Settle executes now what is due later, such as the end of pending orders.
	Settle()

	// Inject arms faults: every transport fault, and the semantic ones that the vendor can show.
	Inject(faults ...Fault)
	// Lift ends the faults of these kinds that are armed, or all if no kind is given.
	Lift(kinds ...FaultKind)
	// Unused returns the faults that have not struck as often as they should.
	Unused() []Fault
	// Requests returns every request, in the order of arrival.
	Requests() []Request
	// Books returns what was really bought.
	Books() Books
	// Reports returns what clients sent that the vendor would silently ignore, and mistakes in the use of the fake.
	Reports() []string
}

// ServerOptions are the options that all fake servers have. Their zero value is a strict server on a socket.
type ServerOptions struct {
	// InMemory serves without a socket, as a testing/synctest bubble needs it. Only HTTPClient reaches the fake.
	InMemory bool
	// TLS serves https, with a certificate that HTTPClient trusts.
	TLS bool
	// HTTP2 serves HTTP/2 in addition to HTTP/1, and makes HTTPClient use it.
	HTTP2 bool
	// Lenient lets the test pass if a client sends what the vendor would silently
	// ignore. Reports has it in any case.
	Lenient bool
	// Now is the vendor's clock; nil means time.Now, which is virtual inside a testing/synctest bubble.
	Now func() time.Time
	// Seed makes the fake start with the rows of the vendor's documentation, and
	// serve them unchanged.
	Seed bool
	// NoOffers makes the fake start without numbers for sale. Otherwise it starts
	// with some.
	NoOffers bool
}

// Owned is a number that an account owns, the argument of AddNumber. Number is
// required. A field that the vendor's rows do not have must be empty.
type Owned struct {
	// ID is the vendor's id of the row; "" means a new one.
	ID string
	// Number in E.164; if the vendor writes numbers without "+", the "+" may be left
	// out. At PortSIP it is any text.
	Number string
	// Country (ISO 3166-1 alpha-2) and Type, in the vendor's words; "" means what the number says.
	Country, Type string
	// State in the vendor's words; "" means that the number is in use.
	State string
	// Reference is the customer's reference, Name and Description what the customer calls the number.
	Reference, Name, Description string
	// Assignment is what the number is connected to.
	Assignment numbers.Assignment
	// Created is when the row was made; zero means the vendor's clock, or a little earlier.
	Created time.Time
	// Locked blocks the release of the number.
	Locked bool
}

// Offer is a number for sale, the argument of AddOffer. Number is required. A field
// that the vendor's offers do not have must be empty.
type Offer struct {
	// Number in E.164; if the vendor writes numbers without "+", the "+" may be left
	// out.
	Number string
	// Country is the ISO 3166-1 alpha-2 code, Type the vendor's word; "" means what the number says.
	Country, Type string
	// AreaCode is the national destination code; "" means what the number says.
	AreaCode string
	// Region (a state or province), Locality, RateCenter and PostalCode are where the number is.
	Region, Locality, RateCenter, PostalCode string
	// Features in the vendor's words; nil means what most numbers can do.
	Features []string
	// UpfrontCost and MonthlyCost are decimals; "" means the vendor's usual price. Currency "" means the usual one.
	UpfrontCost, MonthlyCost, Currency string
	// Profile names the price list, where the vendor has price lists.
	Profile string
	// Vanity is the number spelled with letters.
	Vanity string
	// Quickship numbers can be used at once. Unreservable ones can be ordered, but not reserved.
	Quickship, Unreservable bool
}

// PastOrder is an order that has ended, the argument of AddOrder if the vendor has
// orders. Numbers are required.
type PastOrder struct {
	// Numbers in E.164; if the vendor writes numbers without "+", the "+" may be left
	// out.
	Numbers []string
	// Reference is the customer's reference, if the vendor keeps references.
	Reference string
	// State of the order and of its numbers, in the vendor's words; "" means success.
	State string
	// Created is when it was made; zero means the vendor's clock.
	Created time.Time
}
