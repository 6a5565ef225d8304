package wire

// The methods below hide those of the embedded time.Time, which would write the time and
// lose the literal.

// MarshalText returns the literal; nothing when absent or null.
func (t Time) MarshalText() ([]byte, error) { return t.AppendText(nil) }

// AppendText appends the literal; nothing when absent or null.
func (t Time) AppendText(b []byte) ([]byte, error) {
	if err := t.check(); err != nil {
		return b, err
	}
	return t.append(b), nil
}

// UnmarshalText reads any literal, as TimeLiteral does. An empty literal is present,
// not absent.
func (t *Time) UnmarshalText(data []byte) error {
	*t = parseTime(data)
	return nil
}

// The first byte of a time that is present, which distinguishes "" from an absent time,
// and the only one of null.
const (
	binaryPresent = '='
	binaryNull    = '0'
)

// MarshalBinary returns bytes from which UnmarshalBinary restores the same Time.
func (t Time) MarshalBinary() ([]byte, error) { return t.AppendBinary(nil) }

// AppendBinary appends the bytes that MarshalBinary returns.
func (t Time) AppendBinary(b []byte) ([]byte, error) {
	switch {
	case t.IsZero():
		return b, nil
	case t.isNull():
		return append(b, binaryNull), nil
	}
	return t.AppendText(append(b, binaryPresent))
}

// UnmarshalBinary restores the Time from the bytes that MarshalBinary returned. Anything
// else is a *ValueError.
func (t *Time) UnmarshalBinary(data []byte) error {
	if len(data) == 0 {
		*t = Time{}
		return nil
	}
	if len(data) == 1 && data[0] == binaryNull {
		*t = Time{text: timeNull.text()}
		return nil
	}
	if data[0] != binaryPresent {
		return valueError("Time", "what MarshalBinary wrote", data)
	}
	return t.UnmarshalText(data[1:])
}

// GobEncode returns the bytes that MarshalBinary returns.
func (t Time) GobEncode() ([]byte, error) { return t.MarshalBinary() }

// GobDecode reads the bytes that GobEncode returned.
func (t *Time) GobDecode(data []byte) error { return t.UnmarshalBinary(data) }
