package numbers

import (
	"fmt"
	"strings"
)

// String returns the fields of the set: "Country|Limit".
func (f SearchField) String() string {
	return names(uint32(f), "Country", "Type", "AreaCode", "Locality", "Region", "RateCenter",
		"StartsWith", "Contains", "EndsWith", "Features", "Limit")
}

// String returns the fields of the set: "Connection|BillingGroup".
func (f AssignField) String() string {
	return names(uint32(f), "Connection", "Application", "MessagingProfile", "BillingGroup", "CallFlow", "MessageFlow")
}

// String returns the abilities of the set: "search|quote".
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
