package house_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rooms are the files that every vendor package may have. A vendor that has no
// use for a room has no such file.
func rooms() []string {
	return []string{
		"doc", "client", "auth", "error", "page",
		"orderer", "orderer_convert", "orderer_list", "orderer_search", "orderer_quote", "orderer_reserve",
		"orderer_cancel", "orderer_owned", "orderer_release", "orderer_assign", "orderer_resolve",
		"webhook", "tls",
	}
}

// resources are the other files of each vendor package: one for each of the
// vendor's resources.
func resources() map[string][]string {
	return map[string][]string{
		"voipbin":  {"available_numbers", "numbers", "numbers_update", "order_numbers"},
		"opentact": {"leases", "orders", "orders_create", "related", "sip", "tns", "tokens"},
		"telnyx": {
			"addresses", "advanced_orders", "available_phone_number_blocks", "available_phone_numbers", "balance", "comments",
			"country_coverage", "documents", "inexplicit_number_orders", "inventory_coverage", "number_block_orders",
			"number_order_phone_numbers", "number_orders", "number_reservations", "numbers_features",
			"phone_number_jobs", "phone_number_messaging", "phone_number_voice", "phone_numbers", "regulatory_requirements",
			"requirement_groups", "requirement_types", "requirements", "sub_number_orders",
		},
		"exclusive": {"call_queues", "numbers"},
	}
}

// topics are the tests of a vendor package that are not about one room.
func topics() []string {
	return []string{
		"conformance", "description", "example", "fake", "fault", "fixture", "fuzz", "helper", "input", "operation", "param", "secret",
	}
}

func TestEveryVendorPackageHasTheSameFiles(t *testing.T) {
	for _, vendor := range vendors() {
		others, ok := resources()[vendor]
		require.True(t, ok, vendor)
		allowed := slices.Concat(rooms(), others)
		names := files(t, vendor)
		for _, resource := range others {
			assert.Contains(t, names, resource+".go", "the list for %s names a file that does not exist", vendor)
		}
		for _, name := range names {
			if base, isTest := strings.CutSuffix(name, "_test.go"); isTest {
				assert.True(t, namesOneOf(base, slices.Concat(allowed, topics())),
					"%s/%s is not named after a file of the package or a topic", vendor, name)
				continue
			}
			assert.True(t, slices.Contains(allowed, strings.TrimSuffix(name, ".go")),
				"%s/%s is not a file that a vendor package may have", vendor, name)
		}
	}
}

// A room that only one package has would be a resource.
func TestEveryRoomIsUsed(t *testing.T) {
	used := make(map[string]bool)
	for _, vendor := range vendors() {
		for _, name := range files(t, vendor) {
			used[strings.TrimSuffix(name, ".go")] = true
		}
	}
	for _, room := range rooms() {
		assert.True(t, used[room], "no vendor package has %s.go", room)
	}
}

// namesOneOf reports whether base is one of the names, or one of them with a
// suffix: "orderer_place" is a test of "orderer".
func namesOneOf(base string, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return base == name || strings.HasPrefix(base, name+"_")
	})
}
