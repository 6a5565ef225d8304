package telnyx

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// Meta says where a page stands in its list. A count that Telnyx leaves out is
// 0; one that it writes as a text is read all the same, since its description
// has such examples. Meta is written again as it was read.
type Meta struct {
	// PageNumber counts from 1.
	PageNumber   int
	PageSize     int
	TotalPages   int
	TotalResults int

	// forms are those of the counts, in their order.
	forms [4]countForm
}

// countForm is how a count stood in the JSON text.
type countForm uint8

const (
	asNumber countForm = iota
	leftOut
	asText
)

var metaKeys = [4]string{"page_number", "page_size", "total_pages", "total_results"}

func (m *Meta) counts() [4]*int {
	return [4]*int{&m.PageNumber, &m.PageSize, &m.TotalPages, &m.TotalResults}
}

// UnmarshalJSON reads the counts, each a whole number, or one in a text.
func (m *Meta) UnmarshalJSON(data []byte) error {
	var sent map[string]json.RawMessage
	if err := json.Unmarshal(data, &sent); err != nil {
		return err
	}
	*m = Meta{}
	for i, into := range m.counts() {
		lit := sent[metaKeys[i]]
		if len(lit) == 0 || string(lit) == "null" {
			m.forms[i] = leftOut
			continue
		}
		if lit[0] == '"' {
			m.forms[i] = asText
			lit = bytes.Trim(lit, `"`)
		}
		n, err := strconv.Atoi(string(lit))
		if err != nil {
			return fmt.Errorf("telnyx.Meta: %s is no whole number", metaKeys[i])
		}
		*into = n
	}
	return nil
}

// MarshalJSON writes the counts as they were read, and all of them as numbers
// where they were not read.
func (m Meta) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, n := range m.counts() {
		form := m.forms[i]
		if form == leftOut && *n == 0 {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(strconv.AppendQuote(out, metaKeys[i]), ':')
		if lit := strconv.Itoa(*n); form == asText {
			out = strconv.AppendQuote(out, lit)
		} else {
			out = append(out, lit...)
		}
	}
	return append(out, '}'), nil
}
