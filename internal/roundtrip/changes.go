package roundtrip

import (
	"encoding/json"
	"regexp"
	"strings"
)

// change is one change to try with a leaf: the first of the alternatives that the struct's field takes. The first is
// always the one that says most.
type change []any

// changesOf returns the changes to try with a value: none with a null, which does not tell what else would stand there, and
// none with an object that has members, which are changed one by one.
func changesOf(v any) []change {
	switch v := v.(type) {
	case bool:
		return []change{{!v}}
	case json.Number:
		return numberChanges(v)
	case string:
		return stringChanges(v)
	case []any:
		if len(v) > 0 {
			return []change{{[]any{}}}
		}
		return []change{{nil}}
	case map[string]any:
		if len(v) == 0 {
			return []change{{nil}}
		}
	}
	return nil
}

// numberChanges keeps a whole number whole, since a count takes no other. Where it can, it takes one that a float64 would
// change; trailing zeros are lost by every type that does not keep the literal.
func numberChanges(n json.Number) []change {
	other := change{json.Number("9007199254740993"), json.Number("77"), json.Number("1")}
	if strings.ContainsAny(n.String(), ".eE") {
		other = change{json.Number("27.10500"), json.Number("12029822918.00")}
	}
	changes := []change{without(other, n)}
	if n != "0" {
		changes = append(changes, change{json.Number("0")})
	}
	return changes
}

var (
	timeShape   = regexp.MustCompile(`^\d{4}-\d\d-\d\d([T ])\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$`)
	numberShape = regexp.MustCompile(`^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$`)
)

// stringChanges tries any text, which open enums and identifiers must take, then texts of the kinds that a typed field may
// insist on. A text that looks like a time or a number is also changed to another of its kind, with trailing zeros, since a
// field may keep any text as it is and yet rewrite these.
func stringChanges(s string) []change {
	const aTime, aNumber = "2031-05-06T07:08:09.120000Z", "27.10500"
	kinds := change{aTime, aNumber, "true", "false"}
	free := append(change{"x" + s}, without(kinds, s)...)
	empty := change{""}
	if s == "true" || s == "false" {
		empty = append(empty, without(kinds, s)...) // a quoted bool has no blank form
	}

	var same change
	if m := timeShape.FindStringSubmatch(s); m != nil {
		same = change{"2031-05-06" + m[1] + "07:08:09.120000" + m[2]}
	} else if numberShape.MatchString(s) {
		same = change{aNumber, "12029822918"}
	}

	changes := []change{free}
	if same = without(same, s); len(same) > 0 {
		changes = append(changes, same)
	}
	if s != "" {
		changes = append(changes, empty)
	}
	return changes
}

func without(c change, v any) change {
	var kept change
	for _, alternative := range c {
		if alternative != v {
			kept = append(kept, alternative)
		}
	}
	return kept
}
