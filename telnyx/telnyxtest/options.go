package telnyxtest

import "time"

// APIKey is the key that a Server accepts unless Options.APIKey names another.
const APIKey = "KEYtest0000000000000000000000000_fakeTelnyxAccount"

// Options choose how a Server behaves. The zero value is an account in good standing whose orders settle at
// once: an order is pending in the answer to its POST, and settled when anybody looks next.
type Options struct {
	// InMemory serves on a listener in memory, as a testing/synctest bubble needs it.
	InMemory bool
	// TLS serves https with a certificate that HTTPClient trusts.
	TLS bool
	// HTTP2 makes HTTPClient speak HTTP/2.
	HTTP2 bool
	// Lenient keeps strictness reports from failing the test; Reports has them all the same.
	Lenient bool
	// Now is the vendor's clock; nil means time.Now.
	Now func() time.Time
	// Seed starts with the one order that Telnyx's reference shows for GET /number_orders, served letter
	// for letter: as a row of every list, and as the whole documented answer for page[number]=2 and
	// page[size]=25 as long as it is the only row.
	Seed bool

	// APIKey is the only key accepted; "" means the constant APIKey.
	APIKey string
	// SettleAfter is how long a number of an order stays pending once its requirements are met.
	SettleAfter time.Duration
	// OrderVisibleAfter is how long an order that was just made is 404 and in no list.
	OrderVisibleAfter time.Duration
	// NumberVisibleAfter is how long a number that was just bought is missing from /phone_numbers.
	NumberVisibleAfter time.Duration
	// ActivateAfter is how long a number that was just bought is purchase-pending before it is active.
	ActivateAfter time.Duration
	// ReviewAfter is how long Telnyx looks at a requirement's value, or at a requirement group that was
	// submitted, before it approves it.
	ReviewAfter time.Duration
	// RequireSearch refuses to order numbers that no search has returned, as Telnyx's ordering guide says.
	// Without it any E.164 number can be ordered that is not owned, ordered or held by somebody else.
	RequireSearch bool
	// Trial makes it a trial account: searches answer masked numbers, reservations and regulatory
	// requirements are refused (10038), and so is a second order (10039).
	Trial bool
	// RateLimit is how many requests are answered per RateWindow before 429; 0 means no limit and no
	// rate limit headers.
	RateLimit int
	// RateWindow is the window of RateLimit; 0 means one second.
	RateWindow time.Duration
	// AdvancedArrays answers status and phone_number_type of advanced orders as arrays of one word, as the
	// SDKs' types have it; without it they are words, as the guide has it.
	AdvancedArrays bool
	// NoStock starts without the default stock of numbers and blocks to search.
	NoStock bool
}
