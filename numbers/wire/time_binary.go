package wire

// The methods below stand before those of the embedded time.Time, which would write the time and forget the literal.

// binaryPresent marks a time that is present, so that "" is told from absent.
const binaryPresent = '='

// MarshalBinary writes the literal, with a mark for "present".
func (t Time) MarshalBinary() ([]byte, error) { return t.AppendBinary(nil) }

// AppendBinary appends what MarshalBinary writes.
func (t Time) AppendBinary(b []byte) ([]byte, error) {
	if t.IsZero() {
		return b, nil
	}
	return t.AppendText(append(b, binaryPresent))
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (t *Time) UnmarshalBinary(data []byte) error {
	if len(data) == 0 {
		*t = Time{}
		return nil
	}
	if data[0] != binaryPresent {
		return valueError("Time", "what MarshalBinary wrote", data, "")
	}
	return t.UnmarshalText(data[1:])
}

// GobEncode is MarshalBinary.
func (t Time) GobEncode() ([]byte, error) { return t.MarshalBinary() }

// GobDecode is UnmarshalBinary.
func (t *Time) GobDecode(data []byte) error { return t.UnmarshalBinary(data) }
