package numbers

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Validate checks r against what an Orderer can do, before anything is sent:
// there are numbers, each is E.164 and in the list once, there are at most
// c.MaxNumbers, the reference is UTF-8, the template has the vendor's type, and
// the order can set what r.Assign asks for. Otherwise the error is ErrInvalid or
// errors.ErrUnsupported. Adapters call it first in Place and Quote; op names the
// operation in the error.
func (r OrderRequest) Validate(op string, c Capabilities) error {
	refuse := func(field, format string, args ...any) error {
		return &Error{Op: op, Vendor: c.Vendor, Kind: ErrInvalid, Field: field, Numbers: r.Numbers, Message: fmt.Sprintf(format, args...)}
	}
	if len(r.Numbers) == 0 {
		return refuse("Numbers", "the list is empty")
	}
	if c.MaxNumbers > 0 && len(r.Numbers) > c.MaxNumbers {
		return refuse("Numbers", "there are %d, and the vendor takes at most %d in one order", len(r.Numbers), c.MaxNumbers)
	}
	seen := make(map[E164]int, len(r.Numbers))
	for i, n := range r.Numbers {
		if reason := notE164(string(n)); reason != "" {
			return refuse(fmt.Sprintf("Numbers[%d]", i), "%s is not an E.164 number: %s", quote(string(n)), reason)
		}
		if first, twice := seen[n]; twice {
			return refuse(fmt.Sprintf("Numbers[%d]", i), "%s is in the list twice, first at %d", n, first)
		}
		seen[n] = i
	}
	if !utf8.ValidString(r.Reference) {
		return refuse("Reference", "it is not valid UTF-8")
	}
	if r.Native != nil && c.Native != nil {
		if given, wanted := reflect.TypeOf(r.Native), reflect.TypeOf(c.Native); given != wanted {
			return refuse("Native", "it is a %s, and must be a %s", given, wanted)
		}
		if reflect.ValueOf(r.Native).IsNil() {
			return refuse("Native", "it is a nil %T", r.Native)
		}
	}
	if r.Assign != nil {
		if not := r.Assign.Fields() &^ c.Assigns; not != 0 {
			return &Error{
				Op: op, Vendor: c.Vendor, Kind: errors.ErrUnsupported, Field: "Assign." + not.String(), Numbers: r.Numbers,
				Message: "an order at this vendor can't set it",
			}
		}
	}
	return nil
}

// String names the fields of the set: "Country|Limit".
func (f SearchField) String() string {
	return names(uint32(f), "Country", "Type", "AreaCode", "Locality", "Region", "RateCenter",
		"StartsWith", "Contains", "EndsWith", "Features", "Limit")
}

// String names the fields of the set: "Connection|BillingGroup".
func (f AssignField) String() string {
	return names(uint32(f), "Connection", "Application", "MessagingProfile", "BillingGroup", "CallFlow", "MessageFlow")
}

// String names the abilities of the set: "search|quote".
func (a Ability) String() string {
	return names(uint32(a), "search", "quote", "reserve", "resolve", "cancel", "list owned", "release", "assign")
}

func names(set uint32, all ...string) string {
	var list []string
	for i, name := range all {
		if set&(1<<i) != 0 {
			list = append(list, name)
		}
	}
	if rest := set >> len(all) << len(all); rest != 0 {
		list = append(list, fmt.Sprintf("%#x", rest))
	}
	return strings.Join(list, "|")
}
