package telnyxtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// inexplicitRoutes are the orders of numbers by their properties. Their pages have keys of their own.
func inexplicitRoutes() []route {
	return []route{
		{"POST", "/inexplicit_number_orders", "create inexplicit order", true, nil, (*call).createInexplicit},
		{"GET", "/inexplicit_number_orders", "list inexplicit orders", false, []string{"page_number", "page_size"}, (*call).listInexplicit},
		{"GET", "/inexplicit_number_orders/{id}", "get inexplicit order", false, nil, (*call).getInexplicit},
	}
}

// maxInexplicit is how many numbers a group may ask for.
const maxInexplicit = 10_000

// inexplicit is an inexplicit number order.
type inexplicit struct {
	id                             string
	connection, messaging, billing *string
	reference                      *string
	groups                         []*orderingGroup
	created, updated               time.Time
}

// orderingGroup is one kind of number that an inexplicit order wants.
type orderingGroup struct {
	in            orderingGroupJSON
	count         int
	allocated     int
	status, error string
	orders        []*order
	updated       time.Time
}

// orderingGroupJSON is a group as the request has it, where the count is text.
type orderingGroupJSON struct {
	CountryISO              string   `json:"country_iso"`
	CountRequested          string   `json:"count_requested"`
	PhoneNumberType         string   `json:"phone_number_type"`
	NationalDestinationCode *string  `json:"national_destination_code"`
	AdministrativeArea      *string  `json:"administrative_area"`
	Locality                *string  `json:"locality"`
	Features                []string `json:"features"`
	PhoneNumber             struct {
		StartsWith *string `json:"starts_with"`
		EndsWith   *string `json:"ends_with"`
		Contains   *string `json:"contains"`
	} `json:"phone_number"`
	Quickship          *bool   `json:"quickship"`
	ExcludeHeldNumbers *bool   `json:"exclude_held_numbers"`
	Strategy           *string `json:"strategy"`
}

// createInexplicitJSON is the body of POST /inexplicit_number_orders.
type createInexplicitJSON struct {
	OrderingGroups     []orderingGroupJSON `json:"ordering_groups"`
	ConnectionID       *string             `json:"connection_id"`
	MessagingProfileID *string             `json:"messaging_profile_id"`
	BillingGroupID     *string             `json:"billing_group_id"`
	CustomerReference  *string             `json:"customer_reference"`
}

// inexplicitJSON is an InexplicitNumberOrderResponse.
type inexplicitJSON struct {
	ID                 string          `json:"id"`
	ConnectionID       *string         `json:"connection_id"`
	MessagingProfileID *string         `json:"messaging_profile_id"`
	CustomerReference  *string         `json:"customer_reference"`
	BillingGroupID     *string         `json:"billing_group_id"`
	OrderingGroups     []allocatedJSON `json:"ordering_groups"`
	CreatedAt          string          `json:"created_at"`
	UpdatedAt          string          `json:"updated_at"`
}

// allocatedJSON is a group as the answer has it: the count is a number, and the patterns have brackets in
// their names.
type allocatedJSON struct {
	CountryISO              string          `json:"country_iso"`
	PhoneNumberType         string          `json:"phone_number_type"`
	CountRequested          int             `json:"count_requested"`
	CountAllocated          int             `json:"count_allocated"`
	Status                  string          `json:"status"`
	NationalDestinationCode *string         `json:"national_destination_code"`
	StartsWith              *string         `json:"phone_number[starts_with]"`
	EndsWith                *string         `json:"phone_number[ends_with]"`
	Contains                *string         `json:"phone_number[contains]"`
	AdministrativeArea      *string         `json:"administrative_area"`
	Strategy                string          `json:"strategy"`
	Quickship               bool            `json:"quickship"`
	ExcludeHeldNumbers      bool            `json:"exclude_held_numbers"`
	ErrorReason             *string         `json:"error_reason"`
	Orders                  []madeOrderJSON `json:"orders"`
	CreatedAt               string          `json:"created_at"`
	UpdatedAt               string          `json:"updated_at"`
}

type madeOrderJSON struct {
	NumberOrderID     string   `json:"number_order_id"`
	SubNumberOrderIDs []string `json:"sub_number_order_ids"`
}

func (x *inexplicit) json() inexplicitJSON {
	return inexplicitJSON{
		x.id, x.connection, x.messaging, x.reference, x.billing,
		each(x.groups, func(g *orderingGroup) allocatedJSON { return g.json(x.created) }), stamp(x.created), stamp(x.updated),
	}
}

func (g *orderingGroup) json(created time.Time) allocatedJSON {
	return allocatedJSON{
		g.in.CountryISO, g.in.PhoneNumberType, g.count, g.allocated, g.status, g.in.NationalDestinationCode,
		g.in.PhoneNumber.StartsWith, g.in.PhoneNumber.EndsWith, g.in.PhoneNumber.Contains, g.in.AdministrativeArea, g.strategy(),
		yes(g.in.Quickship), yes(g.in.ExcludeHeldNumbers), orNil(g.error), each(g.orders, func(o *order) madeOrderJSON {
			return madeOrderJSON{o.id, each(o.subs, func(sub *subOrder) string { return sub.id })}
		}), stamp(created), stamp(g.updated),
	}
}

func yes(b *bool) bool { return b != nil && *b }

// strategy is always (order what there is) unless the request says never (order all or nothing).
func (g *orderingGroup) strategy() string {
	if g.in.Strategy == nil {
		return "always"
	}
	return *g.in.Strategy
}

// createInexplicit is POST /inexplicit_number_orders. The groups are pending in this answer; numbers are
// allocated, and number orders made, before anybody looks next.
func (c *call) createInexplicit() (any, *problem) {
	var in createInexplicitJSON
	if p := c.body(&in); p != nil {
		return nil, p
	}
	if len(in.OrderingGroups) == 0 {
		return nil, invalid(codeMissing, "/ordering_groups", "ordering_groups is required.")
	}
	now := c.fake.Now()
	x := &inexplicit{
		connection: in.ConnectionID, messaging: in.MessagingProfileID, billing: in.BillingGroupID,
		reference: in.CustomerReference, created: now, updated: now,
	}
	for i, one := range in.OrderingGroups {
		g := &orderingGroup{in: one, status: statusPending, updated: now}
		if p := g.check(fmt.Sprintf("/ordering_groups/%d", i)); p != nil {
			return nil, p
		}
		x.groups = append(x.groups, g)
	}
	x.id = c.fake.IDs().UUID()
	c.inexplicit, c.inexplicitID[x.id] = append(c.inexplicit, x), x
	s := c.Server
	c.fake.After(0, func() {
		for _, g := range x.groups {
			s.allocate(x, g)
		}
		x.updated = s.fake.Now()
	})
	return data{x.json()}, nil
}

// check refuses a group that makes no sense.
func (g *orderingGroup) check(pointer string) *problem {
	count, err := strconv.Atoi(g.in.CountRequested)
	switch {
	case g.in.CountryISO == "":
		return invalid(codeMissing, pointer+"/country_iso", "country_iso is required.")
	case g.in.CountryISO != "US" && g.in.CountryISO != "CA":
		return invalid(codeInvalidEnum, pointer+"/country_iso", "%q is not one of US, CA.", g.in.CountryISO)
	case g.in.PhoneNumberType == "":
		return invalid(codeMissing, pointer+"/phone_number_type", "phone_number_type is required.")
	case !slices.Contains(lineTypes, g.in.PhoneNumberType):
		return invalid(codeInvalidEnum, pointer+"/phone_number_type", "%q is no phone_number_type.", g.in.PhoneNumberType)
	case slices.ContainsFunc(g.in.Features, func(f string) bool { return !slices.Contains(searchFeatures, f) }):
		return invalid(codeInvalidEnum, pointer+"/features", "%q has a word that is no feature.", g.in.Features)
	case g.in.CountRequested == "":
		return invalid(codeMissing, pointer+"/count_requested", "count_requested is required.")
	case err != nil:
		return invalid(codeInvalidType, pointer+"/count_requested", "%q is not an integer.", g.in.CountRequested)
	case count < 1 || count > maxInexplicit:
		return invalid(codeOutOfRange, pointer+"/count_requested", "%d is not between 1 and %d.", count, maxInexplicit)
	case g.strategy() != "always" && g.strategy() != "never":
		return invalid(codeInvalidEnum, pointer+"/strategy", "%q is not one of always, never.", g.strategy())
	}
	g.count = count
	return nil
}

// wants reports whether a number of the stock is of the group's kind.
func (g *orderingGroup) wants(row *stockRow) bool {
	is := func(want *string, have string) bool { return want == nil || strings.EqualFold(*want, have) }
	number := row.national(deref(g.in.NationalDestinationCode))
	return row.Country == g.in.CountryISO && row.Type == g.in.PhoneNumberType && is(g.in.NationalDestinationCode, row.AreaCode) &&
		is(g.in.AdministrativeArea, row.Region) && is(g.in.Locality, row.Locality) && (g.in.Quickship == nil || row.Quickship == *g.in.Quickship) &&
		strings.HasPrefix(number, deref(g.in.PhoneNumber.StartsWith)) && strings.HasSuffix(number, deref(g.in.PhoneNumber.EndsWith)) &&
		strings.Contains(number, deref(g.in.PhoneNumber.Contains)) &&
		!slices.ContainsFunc(g.in.Features, func(f string) bool { return !slices.Contains(row.Features, f) })
}

// allocate takes numbers out of the stock, and orders them.
func (s *Server) allocate(x *inexplicit, g *orderingGroup) {
	now := s.fake.Now()
	o := &order{
		connection: x.connection, messaging: x.messaging, billing: x.billing, reference: x.reference,
		created: now, updated: now, visible: now.Add(s.opts.OrderVisibleAfter),
	}
	for _, row := range s.stock {
		if len(o.lines) == g.count {
			break
		}
		if s.free(row) && g.wants(row) && !(yes(g.in.ExcludeHeldNumbers) && s.isHeld(row.Number)) {
			o.lines = append(o.lines, &line{
				number: row.Number, country: row.Country, kind: row.Type, locality: row.Locality,
				status: statusPending, requirementsStatus: requirementsApproved,
			})
		}
	}
	g.updated = now
	switch {
	case len(o.lines) == 0, len(o.lines) < g.count && g.strategy() == "never":
		g.status, g.error = statusFailed, "There are not enough phone numbers."
		return
	case len(o.lines) < g.count:
		g.status, g.error = statusPartialSuccess, "There are not enough phone numbers."
	default:
		g.status = statusSuccess
	}
	s.place(o)
	g.allocated, g.orders = len(o.lines), []*order{o}
}

// listInexplicit is GET /inexplicit_number_orders.
func (c *call) listInexplicit() (any, *problem) {
	w := c.pageNamed("page_number", "page_size")
	if c.wrong != nil {
		return nil, c.wrong
	}
	rows, m := take(c.inexplicit, w, nil)
	return listing{each(rows, (*inexplicit).json), m}, nil
}

// getInexplicit is GET /inexplicit_number_orders/{id}.
func (c *call) getInexplicit() (any, *problem) {
	x := c.inexplicitID[c.r.PathValue("id")]
	if x == nil {
		return nil, notFound()
	}
	return data{x.json()}, nil
}
