package telnyxtest

// phoneNumber is an owned number.
type phoneNumber struct {
	number string
}
