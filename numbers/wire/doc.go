// Package wire has types for JSON values that vendors write in several ways. Each type
// writes a value with the same characters with which it was read.
//
// For example, one vendor sends a price as the number 0.5 in one place and as the string
// "0.50000" in another. A flag can be true or "true". An unset time can be "", null or a
// date in the year 9999. A telephone number can be 12029822917 or "+12029822917". The
// usual Go types read these values and lose how they were written: time.Time drops
// trailing zeros, json.Number drops quotes and turns null into 0, a decimal turns null
// into a price of nothing. The types of this package keep the vendor's literal and its
// quotes, and have methods for the meaning:
//
//   - [Time] embeds time.Time; Known reports whether it is a real time.
//   - [Amount] is money; Decimal distinguishes a price of 0 from an unknown price.
//   - [Bool] is true, false, "true" or "false".
//   - [Count] is a whole number, bare or quoted, that may be too large for an int.
//   - [TN] is a telephone number, bare or quoted.
//   - [Null] distinguishes null from absent, for a PATCH body.
//   - [Secret] can be read only by Reveal, and prints as "[redacted]" everywhere
//     else.
//   - [Raw] is JSON of an undocumented shape.
//
// # Use in structs
//
// All are plain values, not pointers. Their fields have omitzero:
//
//	type Order struct {
//		Price   wire.Amount `json:"price,omitzero"`
//		Created wire.Time   `json:"created_on,omitzero"`
//	}
//
// The zero value of each means that the field is absent. All types except Null and Time
// also read JSON null as absent; these two write null again. A value that is present and empty ("", 0, false) is not zero, and
// is written again. Without omitzero an absent value is written as null.
//
// In a query string, each type writes its literal, and an absent value writes
// nothing. (github.com/google/go-querystring calls the EncodeValues method.) A Secret
// in a query is an error.
//
// # Errors
//
// A value of the wrong JSON type, or a value that is not valid for the type, fails the
// decode with a [*ValueError]. It never becomes a zero value. Only Time accepts every
// string, because an order must not be lost for a date in an unexpected form: it keeps
// the string, and Known returns false.
package wire
