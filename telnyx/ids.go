package telnyx

// An order, its sub orders, the numbers within it and the owned numbers that
// come of it have ids of their own, and one is not found under another. So
// those that are easily mixed up are types; a number order's id is a plain
// string.
type (
	// SubNumberOrderID identifies a [SubNumberOrder]. It is a UUID.
	SubNumberOrderID string
	// OrderPhoneNumberID identifies a number within orders. It is a UUID, and
	// no id of the owned number.
	OrderPhoneNumberID string
	// PhoneNumberID identifies an owned number. It is a 64-bit number in a
	// string, "1293384261075731499"; Telnyx also takes the number itself in
	// E.164, which no document promises.
	PhoneNumberID string
	// RequirementGroupID identifies a [RequirementGroup]. It is a UUID.
	RequirementGroupID string
)
