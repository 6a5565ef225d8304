package telnyx

import (
	"encoding/json"
	"fmt"
)

// TextOrList is a value that Telnyx sends as a text or as a list of texts. It
// is written again as it was read. The zero value is absent.
type TextOrList struct {
	list   []string
	single bool
}

// NewText returns a value that is a text.
func NewText(s string) TextOrList { return TextOrList{list: []string{s}, single: true} }

// NewTextList returns a value that is a list.
func NewTextList(list ...string) TextOrList {
	return TextOrList{list: append([]string{}, list...)}
}

// Values are the texts.
func (t TextOrList) Values() []string { return append([]string(nil), t.list...) }

// First is the first text; "" where there is none.
func (t TextOrList) First() string {
	if len(t.list) == 0 {
		return ""
	}
	return t.list[0]
}

// IsZero reports whether the value is absent or null.
func (t TextOrList) IsZero() bool { return t.list == nil }

// MarshalJSON writes the value as it was read, and null when absent.
func (t TextOrList) MarshalJSON() ([]byte, error) {
	if t.single {
		return json.Marshal(t.list[0])
	}
	return json.Marshal(t.list)
}

// UnmarshalJSON reads a text, a list of texts, or null.
func (t *TextOrList) UnmarshalJSON(data []byte) error {
	var text *string
	if json.Unmarshal(data, &text) == nil {
		*t = TextOrList{}
		if text != nil {
			*t = NewText(*text)
		}
		return nil
	}
	var list []string
	if err := json.Unmarshal(data, &list); err != nil {
		return fmt.Errorf("telnyx.TextOrList: want a text or a list of texts: %w", err)
	}
	*t = TextOrList{list: list}
	return nil
}
