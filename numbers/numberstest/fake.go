package numberstest

import (
	"net/http"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// Server is the interface of the fake servers of all vendors: telnyxtest.Server,
// voipbintest.Server, opentacttest.Server and exclusivetest.Server. Each package has
// Start and NewServer, which start a fake. Each Server has Client and NewClient, which
// return a client of its vendor. A wrong argument of a method (a malformed number, an
// unknown id, a field that the vendor does not have) is in Reports and fails the test,
// also if the fake is Lenient.
type Server interface {
	// URL returns the base URL of the API. With InMemory its host is not a real one, and
	// each fake has another host.
	URL() string
	// HTTPClient returns a client that connects to the fake and trusts its
	// certificate.
	HTTPClient() *http.Client
	// Close closes all connections and waits for the fake's goroutines. It may be called more than once.
	Close()

	// AddNumber adds numbers to the account without an order, and returns their ids.
	// Books does not have them. The id of a number that was refused is "".
	AddNumber(numbers ...Owned) []string
	// AddOffer adds numbers for sale, or replaces those with the same number. The fake of
	// a vendor that sells nothing (exclusivetest) ignores AddOffer.
	AddOffer(offers ...Offer)
	// SetState sets the state of the order or number with this id, in the vendor's own
	// words. If the state ends a pending order, its numbers are then bought or not
	// bought.
	SetState(id, state string)
	// Settle executes all later events now, such as the end of pending orders.
	Settle()

	// Inject activates faults. Every fake has the transport faults and the answer faults.
	// It also has the semantic faults that its vendor can have.
	Inject(faults ...Fault)
	// Lift ends the active faults of these kinds, or all faults if no kind is given.
	Lift(kinds ...FaultKind)
	// Unused returns the active faults that have not struck as often as Fault.Times
	// requires.
	Unused() []Fault
	// Requests returns every request, in the order of arrival.
	Requests() []Request
	// Books returns what was really bought.
	Books() Books
	// Reports returns descriptions of what clients sent that the vendor would silently
	// ignore, and of wrong uses of the fake.
	Reports() []string
}

// ServerOptions are the options that all fake servers have. The zero value means a strict
// server on a socket.
type ServerOptions struct {
	// InMemory serves without a socket. A testing/synctest bubble needs it. Only
	// HTTPClient can connect to the fake.
	InMemory bool
	// TLS serves https, with a certificate that HTTPClient trusts.
	TLS bool
	// HTTP2 serves HTTP/2 in addition to HTTP/1, and makes HTTPClient use it.
	HTTP2 bool
	// Lenient allows the test to pass if a client sends something that the vendor would
	// silently ignore. Reports has an entry for it in any case.
	Lenient bool
	// Now is the vendor's clock; nil means time.Now, which is virtual inside a testing/synctest bubble.
	Now func() time.Time
	// Seed makes the fake start with the rows of the vendor's documentation. It returns
	// them unchanged.
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
	// Number is in E.164. If the vendor writes numbers without "+", the "+" may be left
	// out. At PortSIP it is any text.
	Number string
	// Country is the ISO 3166-1 alpha-2 code, and Type the vendor's word; "" = derived
	// from the number.
	Country, Type string
	// State is the vendor's word; "" = the number is in use.
	State string
	// Reference is the customer's reference. Name and Description are the customer's own
	// texts.
	Reference, Name, Description string
	// Assignment describes what the number is connected to.
	Assignment numbers.Assignment
	// Created is the time of creation of the row; zero = the vendor's current time, or a
	// little earlier.
	Created time.Time
	// Locked blocks the release of the number.
	Locked bool
}

// Offer is a number for sale, the argument of AddOffer. Number is required. A field
// that the vendor's offers do not have must be empty.
type Offer struct {
	// Number is in E.164. If the vendor writes numbers without "+", the "+" may be left
	// out.
	Number string
	// Country is the ISO 3166-1 alpha-2 code, and Type the vendor's word; "" = derived
	// from the number.
	Country, Type string
	// AreaCode is the national destination code; "" = derived from the number.
	AreaCode string
	// Region (a state or province), Locality, RateCenter and PostalCode are the place of
	// the number.
	Region, Locality, RateCenter, PostalCode string
	// Features are the vendor's words; nil = the features that most numbers have.
	Features []string
	// UpfrontCost and MonthlyCost are decimals; "" = the vendor's usual price. Currency
	// "" means the vendor's usual currency.
	UpfrontCost, MonthlyCost, Currency string
	// Profile is the name of the price list, if the vendor has price lists.
	Profile string
	// Vanity is the number spelled with letters.
	Vanity string
	// Quickship is true if the number can be used at once. Unreservable is true if the
	// number can be ordered, but not reserved.
	Quickship, Unreservable bool
}

// PastOrder is an order that has ended. It is the argument of AddOrder, at vendors that
// have orders. Numbers is required.
type PastOrder struct {
	// Numbers are in E.164. If the vendor writes numbers without "+", the "+" may be left
	// out.
	Numbers []string
	// Reference is the customer's reference, if the vendor keeps references.
	Reference string
	// State is the state of the order and of its numbers, in the vendor's words; "" =
	// success.
	State string
	// Created is the time of creation; zero = the vendor's current time.
	Created time.Time
}
