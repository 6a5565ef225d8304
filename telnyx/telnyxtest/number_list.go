package telnyxtest

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

var (
	// numberStatuses are the states that filter[status] knows: nine of the thirteen that a number can have.
	numberStatuses = []string{
		numberPending, "purchase-failed", "port-pending", "port-failed", numberActive, numberDeleted, "emergency-only", "ported-out",
		"port-out-pending",
	}
	paymentMethods = []string{"pay-per-minute", "channel"}
	numberTypes    = []string{"local", "national", "toll_free", "mobile", "shared_cost"}
	digits         = regexp.MustCompile(`^\d+$`)
)

// numberKeys are the query keys of both lists of owned numbers.
var numberKeys = slices.Concat(pageKeys, []string{
	"sort", "filter[tag]", "filter[phone_number]", "filter[status]", "filter[country_iso_alpha2][]", "filter[connection_id]",
	"filter[voice.connection_name][contains]", "filter[voice.connection_name][starts_with]", "filter[voice.connection_name][ends_with]",
	"filter[voice.connection_name][eq]", "filter[voice.usage_payment_method]", "filter[billing_group_id]", "filter[emergency_address_id]",
	"filter[customer_reference]", "filter[number_type][eq]", "filter[source]",
})

// listNumbers is GET /phone_numbers.
func (c *call) listNumbers() (any, *problem) {
	forgiving, _ := c.enum("handle_messaging_profile_error", "true", "false")
	rows, m := c.findNumbers(numberStatuses)
	switch {
	case c.wrong != nil:
		return nil, c.wrong
	case !c.messagingOut:
		return listing{each(rows, c.showNumber), m}, nil
	}
	p := refuse(http.StatusServiceUnavailable, codeUnexpected, "The messaging profiles could not be read.")
	if forgiving != "true" {
		return nil, p
	}
	return struct {
		listing
		Errors []apiError `json:"errors"`
	}{listing{each(rows, func(n *phoneNumber) numberJSON {
		j := c.showNumber(n)
		j.MessagingProfileID = nil
		return j
	}), m}, p.Errors}, nil
}

// slimJSON is a PhoneNumberSlim.
type slimJSON struct {
	ID                    string    `json:"id"`
	RecordType            string    `json:"record_type"`
	PhoneNumber           string    `json:"phone_number"`
	CountryISOAlpha2      string    `json:"country_iso_alpha2"`
	Status                string    `json:"status"`
	Tags                  *[]string `json:"tags,omitempty"`
	ExternalPIN           *string   `json:"external_pin"`
	ConnectionID          *string   `json:"connection_id,omitempty"`
	ConnectionName        *string   `json:"connection_name,omitempty"`
	CustomerReference     *string   `json:"customer_reference"`
	BillingGroupID        *string   `json:"billing_group_id"`
	EmergencyEnabled      bool      `json:"emergency_enabled"`
	EmergencyAddressID    *string   `json:"emergency_address_id"`
	EmergencyStatus       string    `json:"emergency_status"`
	CallForwardingEnabled bool      `json:"call_forwarding_enabled"`
	CnamListingEnabled    bool      `json:"cnam_listing_enabled"`
	CallerIDNameEnabled   bool      `json:"caller_id_name_enabled"`
	CallRecordingEnabled  bool      `json:"call_recording_enabled"`
	T38FaxGatewayEnabled  bool      `json:"t38_fax_gateway_enabled"`
	PhoneNumberType       string    `json:"phone_number_type"`
	InboundCallScreening  string    `json:"inbound_call_screening"`
	PurchasedAt           string    `json:"purchased_at"`
	CreatedAt             string    `json:"created_at"`
	UpdatedAt             string    `json:"updated_at"`
	HDVoiceEnabled        bool      `json:"hd_voice_enabled"`
}

// listSlim is GET /phone_numbers/slim: cheaper, with the connection and the tags only where they are asked
// for. Its status filter says port_pending where everything else says port-pending.
func (c *call) listSlim() (any, *problem) {
	connection, _ := c.boolean("include_connection")
	tags, _ := c.boolean("include_tags")
	c.q.Del("filter[without_tags]") // of the other list
	c.needs(tags, "include_tags", "filter[tag]")
	c.needs(connection, "include_connection", connectionKeys()...)
	statuses := slices.Clone(numberStatuses)
	statuses[slices.Index(statuses, "port-pending")] = "port_pending"
	rows, m := c.findNumbers(statuses)
	if c.wrong != nil {
		return nil, c.wrong
	}
	return listing{each(rows, func(n *phoneNumber) slimJSON {
		j := c.showNumber(n)
		slim := slimJSON{
			j.ID, "phone_number_slim", j.PhoneNumber, j.CountryISOAlpha2, j.Status, nil, j.ExternalPIN, nil, nil, j.CustomerReference,
			j.BillingGroupID, j.EmergencyEnabled, j.EmergencyAddressID, j.EmergencyStatus, j.CallForwardingEnabled, j.CnamListingEnabled,
			j.CallerIDNameEnabled, j.CallRecordingEnabled, j.T38FaxGatewayEnabled, j.PhoneNumberType, j.InboundCallScreening,
			j.PurchasedAt, j.CreatedAt, j.UpdatedAt, j.HDVoiceEnabled,
		}
		if connection {
			slim.ConnectionID, slim.ConnectionName = j.ConnectionID, j.ConnectionName
		}
		if tags {
			slim.Tags = &j.Tags
		}
		return slim
	}), m}, nil
}

// needs drops filters that Telnyx ignores unless what they look at is included.
func (c *call) needs(included bool, by string, keys ...string) {
	for _, key := range keys {
		if _, given := c.text(key); given && !included {
			c.fake.Report("%s %s: the vendor ignores %s without %s", c.r.Method, c.r.URL.Path, key, by)
			c.q.Del(key)
		}
	}
}

// connectionKeys are the filters by the name of the connection.
func connectionKeys() []string {
	var keys []string
	for _, op := range []string{"contains", "starts_with", "ends_with", "eq"} {
		keys = append(keys, "filter[voice.connection_name]["+op+"]")
	}
	return keys
}

// findNumbers reads the filters and the page.
func (c *call) findNumbers(statuses []string) ([]*phoneNumber, meta) {
	w := c.page()
	f := c.numberFilter(statuses)
	sort, _ := c.text("sort")
	if sort != "" && numberSorts[sort] == nil {
		c.fail(refuse(http.StatusBadRequest, codeInvalidSort, "%q is no field to sort by.", sort).in("sort"))
	}
	if c.wrong != nil {
		return nil, meta{}
	}
	rows, m := take(c.sortedNumbers(sort), w, f)
	if w.number < m.TotalPages {
		if _, ok := c.fake.Take(numberstest.InsertWhileListing, ""); ok {
			c.insertNumber()
		}
	}
	return rows, m
}

// numberFilter reads all filters.
func (c *call) numberFilter(statuses []string) filter[*phoneNumber] {
	var f filter[*phoneNumber]
	now := c.fake.Now()
	f.add(c.deleted > 0 || c.lastVisible.After(now), func(n *phoneNumber) bool { return n.shown(now) })
	before := c.wrong
	status, byStatus := c.enum("filter[status]", statuses...)
	if before == nil && c.wrong != nil {
		c.wrong.status = http.StatusUnprocessableEntity
	}
	status = strings.ReplaceAll(status, "_", "-") // slim says port_pending
	f.add(byStatus, func(n *phoneNumber) bool { return n.status == status })
	c.digits(&f, "filter[phone_number]")
	tag, byTag := c.text("filter[tag]")
	f.add(byTag, func(n *phoneNumber) bool { return slices.Contains(n.tags, tag) })
	untagged, _ := c.enum("filter[without_tags]", "true", "false")
	f.add(untagged == "true", func(n *phoneNumber) bool { return len(n.tags) == 0 })
	countries, byCountry := c.list("filter[country_iso_alpha2]")
	f.add(byCountry, func(n *phoneNumber) bool { return slices.Contains(countries, n.country) })
	source, bySource := c.enum("filter[source]", "ported", "purchased")
	f.add(bySource, func(n *phoneNumber) bool { return (deref(n.source) == "number_order") == (source == "purchased") })
	f.text(c, "filter[connection_id]", func(n *phoneNumber) string { return deref(n.connection) })
	f.text(c, "filter[customer_reference]", func(n *phoneNumber) string { return deref(n.reference) })
	f.word(c, "filter[voice.usage_payment_method]", paymentMethods, func(n *phoneNumber) string { return n.voice.UsagePaymentMethod })
	f.word(c, "filter[number_type][eq]", numberTypes, func(n *phoneNumber) string { return n.kind })
	c.orNone(&f, "filter[billing_group_id]", func(n *phoneNumber) *string { return n.billing })
	c.orNone(&f, "filter[emergency_address_id]", func(n *phoneNumber) *string { return n.emergencyAddress })
	c.connectionPattern(&f)
	return f
}

// orNone reads a filter whose word "null" means none.
func (c *call) orNone(f *filter[*phoneNumber], key string, of func(*phoneNumber) *string) {
	want, ok := c.text(key)
	f.add(ok, func(n *phoneNumber) bool {
		have := of(n)
		return (want == "null" && have == nil) || (have != nil && *have == want)
	})
}

// digits reads the number filter: at least three digits, somewhere in the number. With anything but
// digits, a plus sign included, it finds nothing.
func (c *call) digits(f *filter[*phoneNumber], key string) {
	want, ok := c.text(key)
	switch {
	case !ok:
	case !digits.MatchString(want):
		c.fake.Report("%s %s: %s is not only digits; the vendor finds nothing", c.r.Method, c.r.URL.Path, key)
		f.add(true, func(*phoneNumber) bool { return false })
	case len(want) < 3:
		c.fail(refuse(http.StatusBadRequest, codeBadRequest, "At least three digits are required.").in(key))
	default:
		f.add(true, func(n *phoneNumber) bool { return strings.Contains(n.number, want) })
	}
}

// connectionPattern reads the filters by the name of the connection; a part of it has at least three characters.
func (c *call) connectionPattern(f *filter[*phoneNumber]) {
	const contains = "filter[voice.connection_name][contains]"
	if part, ok := c.text(contains); ok && utf8.RuneCountInString(part) < 3 {
		c.fail(refuse(http.StatusBadRequest, codeOutOfRange, "At least three characters are required.").in(contains))
	}
	for op, match := range map[string]func(name, want string) bool{
		"contains": strings.Contains, "starts_with": strings.HasPrefix, "ends_with": strings.HasSuffix,
		"eq": func(name, want string) bool { return name == want },
	} {
		want, ok := c.text("filter[voice.connection_name][" + op + "]")
		f.add(ok, func(n *phoneNumber) bool { return match(deref(c.connectionName(n)), want) })
	}
}

// numberSorts are the fields to sort by, ascending.
var numberSorts = map[string]func(*Server, *phoneNumber, *phoneNumber) int{
	"purchased_at": func(_ *Server, a, b *phoneNumber) int { return a.purchased.Compare(b.purchased) },
	"phone_number": func(_ *Server, a, b *phoneNumber) int { return strings.Compare(a.number, b.number) },
	"connection_name": func(s *Server, a, b *phoneNumber) int {
		return strings.Compare(deref(s.connectionName(a)), deref(s.connectionName(b)))
	},
	"usage_payment_method": func(_ *Server, a, b *phoneNumber) int {
		return cmp.Compare(a.voice.UsagePaymentMethod, b.voice.UsagePaymentMethod)
	},
}

// sortedNumbers returns the numbers in an order that take walks from its end: without a field, newest
// first. Sorted once, it is kept until a number changes.
func (s *Server) sortedNumbers(field string) []*phoneNumber {
	if field == "" {
		return s.numbers
	}
	if rows, ok := s.sorted[field]; ok {
		return rows
	}
	rows := slices.Clone(s.numbers)
	slices.SortStableFunc(rows, func(a, b *phoneNumber) int { return numberSorts[field](s, b, a) })
	if s.sorted == nil {
		s.sorted = map[string][]*phoneNumber{}
	}
	s.sorted[field] = rows
	return rows
}
