package opentacttest

import "time"

// Generation names one of the three forms that the order API has had.
type Generation string

const (
	// Gen2020 is the form of the 2020 documentation: POST /order/tn takes tns, orders show tnleases.
	Gen2020 Generation = "2020"
	// Gen2021 is the form of the server's own description of October 2021: POST /order/tn takes items with
	// flags, orders show items and errors.
	Gen2021 Generation = "2021"
	// Gen2024 is the form of the documentation of 2022 to 2024: POST /order takes items with features, orders
	// show counters and tn_items.
	Gen2024 Generation = "2024"
)

// ListShape says how GET /order writes its payload; the vendor's sources contradict each other. ListObject and
// ListUncounted can't show that an order does not exist.
type ListShape string

const (
	// ListArray is an array of orders, as the server's own description has it.
	ListArray ListShape = "array"
	// ListObject is one order, as in the 2020 sample: the oldest, however many there are; null without orders.
	ListObject ListShape = "object"
	// ListPaged is {take, skip, total, data}, as the searches answer.
	ListPaged ListShape = "paged"
	// ListUncounted is {take, skip, data}, with the ten oldest orders, and without saying how many there are. POST
	// /order/search leaves out its total, too.
	ListUncounted ListShape = "uncounted"
)

// Credentials that every server accepts.
const (
	// Email and Password log in at GET /auth, by Basic authentication.
	Email    = "owner@opentact.example"
	Password = "correct horse battery staple"
	// Token is a token of the same account that never expires.
	Token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.b3BlbnRhY3R0ZXN0IG93bmVy.c2lnbmF0dXJlIG9mIHRoZSBvd25lcg"
	// OtherToken belongs to another account, for objects that are not one's own.
	OtherToken = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.b3BlbnRhY3R0ZXN0IG90aGVy.c2lnbmF0dXJlIG9mIHRoZSBvdGhlcg"
)

// What the vendor sends in every user object, and what no client may ever show.
const (
	LeakedPassword = "$2b$10$opentacttest.leaked.password.hash"
	LeakedToken    = "opentacttest.leaked.user.token"
)

// Options is how a server behaves. The zero value is a server of the 2020 generation with a stock of numbers
// and money in the account, whose orders complete as soon as anybody looks again.
type Options struct {
	// InMemory serves on a listener without sockets, as a testing/synctest bubble needs it.
	InMemory bool
	// TLS serves https with a certificate that HTTPClient trusts.
	TLS bool
	// HTTP2 serves HTTP/2, too, and makes HTTPClient use it.
	HTTP2 bool
	// Lenient keeps reports of what the vendor would silently ignore from failing the test.
	Lenient bool
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Seed starts from the rows of the 2020 sample answers and serves those letter for letter: the order, the
	// profile, the SIP connection and the SIP control app with the uuid "string", and the number 0. The first
	// order placed gets the sample's uuid and times. List is ListObject then, unless set.
	Seed bool

	// Generation is the form of the order API; empty means Gen2020.
	Generation Generation
	// List is the shape of GET /order; empty means ListArray.
	List ListShape
	// StepAfter is how long an order stays in each of created, verify and processing. Zero: all three are over
	// by the next request. Negative: orders move only by Complete, Fail and SetState.
	StepAfter time.Duration
	// Immediate completes an order before its create is answered, as in the sample of 2024.
	Immediate bool
	// CreateStatus is the HTTP status of a successful create; zero means 200, and 201 for Gen2024.
	CreateStatus int
	// ValidationStatus is the HTTP status of a body that fails validation; zero means 400. The sample of 2024
	// has 500.
	ValidationStatus int
	// OmitStatus leaves the optional status out of error bodies.
	OmitStatus bool
	// Balance of each account, a decimal; empty means "1000".
	Balance string
	// Stock is what can be found and ordered; nil means DefaultStock.
	Stock []Offer
	// SellsAnything lets every number be ordered that nobody else owns, in stock or not.
	SellsAnything bool
}

func (o Options) withDefaults() Options {
	if o.Generation == "" {
		o.Generation = Gen2020
	}
	if o.List == "" {
		o.List = ListArray
		if o.Seed {
			o.List = ListObject
		}
	}
	if o.ValidationStatus == 0 {
		o.ValidationStatus = 400
	}
	if o.Balance == "" {
		o.Balance = "1000"
	}
	if o.Stock == nil {
		o.Stock = DefaultStock()
	}
	return o
}
