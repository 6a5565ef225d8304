package exclusive

import (
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
	"github.com/tnkit/tnkit/numbers/wire"
)

// spellings maps the spellings of some numbers at this PBX to the numbers.
type spellings map[string]numbers.E164

func (o *Orderer) spellings(list []numbers.E164) spellings {
	s := make(spellings, len(list))
	for _, n := range list {
		if n != "" {
			s[o.spell(n)] = n
		}
	}
	return s
}

// order converts a row to the order that made it. asked has the requested numbers.
func (o *Orderer) order(n *Number, asked spellings) *numbers.Order {
	owned := o.number(n, asked)
	return &numbers.Order{
		Vendor: vendor, ID: n.ID,
		State: numbers.StateComplete,
		Final: true, // a row has no states
		Count: 1,
		Items: []numbers.Item{{
			E164: owned.E164, VendorNumber: n.Number,
			State: numbers.StateComplete, Owned: owned,
		}},
		Created: owned.Created,
		Native:  n,
	}
}

// number converts a row to the number.
func (o *Orderer) number(n *Number, asked spellings) *numbers.Number {
	return &numbers.Number{
		Vendor: vendor, ID: n.ID,
		E164: o.e164(n.Number, asked), VendorNumber: n.Number,
		State:   numberState(n.Enabled),
		Created: instant(n.CreatedAt),
		Native:  n,
	}
}

// e164 reads a row's spelling. If it is not in E.164, it is a requested number,
// or a likely one, only if that number has exactly this spelling.
func (o *Orderer) e164(spelling string, asked spellings) numbers.E164 {
	if n := driver.E164(spelling); n != "" {
		return n
	}
	if n := asked[spelling]; n != "" {
		return n
	}
	for _, likely := range []string{"+" + spelling, "+" + strings.TrimPrefix(spelling, "00")} {
		if n := driver.E164(likely); n != "" && o.spell(n) == spelling {
			return n
		}
	}
	return ""
}

func numberState(enabled *bool) numbers.NumberState {
	switch {
	case enabled == nil:
		return numbers.NumberUnknown
	case *enabled:
		return numbers.NumberActive
	}
	return numbers.NumberDisabled
}

func instant(t wire.Time) time.Time {
	known, _ := t.Known()
	return known
}
