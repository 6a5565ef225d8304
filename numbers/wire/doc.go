// Package wire holds the JSON values that vendors write in several ways, so that what was read is written again to the
// letter.
//
// One vendor sends a price as the number 0.5 in one place and as the string "0.50000" in another, a flag as true or as
// "true", an unset time as "", as null or as a date in the year 9999, a telephone number as 12029822917 or as
// "+12029822917". The usual Go types read these and forget how they were written: time.Time drops trailing zeros,
// json.Number drops quotes and turns null into 0, a decimal turns null into a price of nothing. The types of this package
// keep the vendor's literal and its quoting, and give the meaning on demand:
//
//   - [Time] embeds time.Time; Known tells a real time from the many ways to say "none".
//   - [Amount] is money; Decimal tells a price of 0 from an unknown price.
//   - [Bool] is true, false, "true" or "false".
//   - [Count] is a whole number, bare or quoted, that may be too large for an int.
//   - [TN] is a telephone number, bare or quoted.
//   - [Null] tells null from absent, where a PATCH distinguishes them.
//   - [Secret] can be read by Reveal alone, and prints as "[redacted]" everywhere else.
//   - [Raw] is JSON of a shape that nobody documents.
//
// # Use in structs
//
// All are plain values, never pointers, and their fields carry omitzero:
//
//	type Order struct {
//		Price   wire.Amount `json:"price,omitzero"`
//		Created wire.Time   `json:"created_on,omitzero"`
//	}
//
// The zero value of each means that the field is absent. JSON null is read as absent too, except by Null. What is present
// and empty ("", 0, false) is not zero, and is written again. Without omitzero an absent value is written as null.
//
// In a query string, through the EncodeValues method that github.com/google/go-querystring calls, each writes its literal,
// and nothing at all when it is absent. A Secret refuses.
//
// # Errors
//
// A value of the wrong JSON type, or one that can't be what the type stands for, fails the decode with a [*ValueError]. It
// never becomes a zero value. Only Time takes any string, since a date in an unforeseen form is no reason to lose an order:
// it keeps the string, and Known reports false.
package wire
