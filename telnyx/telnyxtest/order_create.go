package telnyxtest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// createOrderJSON is the body of POST /number_orders.
type createOrderJSON struct {
	PhoneNumbers       []orderedJSON `json:"phone_numbers"`
	ConnectionID       *string       `json:"connection_id"`
	MessagingProfileID *string       `json:"messaging_profile_id"`
	BillingGroupID     *string       `json:"billing_group_id"`
	CustomerReference  *string       `json:"customer_reference"`
}

type orderedJSON struct {
	PhoneNumber        *string `json:"phone_number"`
	RequirementGroupID *string `json:"requirement_group_id"`
	BundleID           *string `json:"bundle_id"`
}

var (
	e164   = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)
	masked = regexp.MustCompile(`^\+\d+-+$`)
)

// createOrder is POST /number_orders. All its numbers are accepted, or none; a refusal names each of those that
// can't be had.
func (c *call) createOrder() (any, *problem) {
	var in createOrderJSON
	if p := c.body(&in); p != nil {
		return nil, p
	}
	if len(in.PhoneNumbers) == 0 {
		return nil, invalid(codeMissing, "/phone_numbers", "phone_numbers is required.")
	}
	if c.opts.Trial && len(c.orders) > 0 {
		return nil, refuse(http.StatusForbidden, codeAccountQuantity, "Only 1 order is allowed at your account level.")
	}
	now := c.fake.Now()
	o := &order{
		connection: in.ConnectionID, messaging: in.MessagingProfileID, billing: in.BillingGroupID,
		reference: in.CustomerReference, created: now, updated: now, visible: now.Add(c.opts.OrderVisibleAfter),
	}
	var refused *problem
	for i, n := range in.PhoneNumbers {
		l, p := c.newLine(n, fmt.Sprintf("/phone_numbers/%d", i))
		switch {
		case p != nil && refused != nil:
			refused.Errors = append(refused.Errors, p.Errors...)
			continue
		case p != nil:
			refused = p
			continue
		}
		if slices.ContainsFunc(o.lines, func(other *line) bool { return other.number == l.number }) {
			return nil, invalid(codeDuplicate, fmt.Sprintf("/phone_numbers/%d/phone_number", i), "The number [%s] is in the order twice.", l.number)
		}
		o.lines = append(o.lines, l)
	}
	if refused != nil {
		return nil, refused
	}
	c.place(o)
	return data{o.long()}, nil
}

// newLine checks one number of an order.
func (s *Server) newLine(in orderedJSON, pointer string) (*line, *problem) {
	at := pointer + "/phone_number"
	if in.PhoneNumber == nil || *in.PhoneNumber == "" {
		return nil, invalid(codeMissing, at, "phone_number is required.")
	}
	number := *in.PhoneNumber
	switch {
	case masked.MatchString(number):
		return nil, invalid(codeUnprocessable, at, "We don't recognize the number [%s].", number)
	case !e164.MatchString(number):
		return nil, invalid(codeNotE164, at, "The number [%s] must be in +E.164 format.", number)
	}
	if in.BundleID != nil && !uuid.MatchString(*in.BundleID) {
		return nil, invalid(codeInvalidType, pointer+"/bundle_id", "%q is not a UUID.", *in.BundleID)
	}
	if p := s.orderable(number, at); p != nil {
		return nil, p
	}
	l := &line{number: number, bundle: in.BundleID, status: statusPending}
	l.country, l.kind = s.kindOf(number)
	if row := s.stockOf[number]; row != nil {
		l.locality = row.Locality
	}
	if p := s.apply(l, in.RequirementGroupID, pointer+"/requirement_group_id"); p != nil {
		return nil, p
	}
	return l, nil
}

// orderable refuses a number that can't be had.
func (s *Server) orderable(number, pointer string) *problem {
	switch {
	case s.opts.RequireSearch && !s.searched[number]:
		return invalid(codeUnprocessable, pointer, "We don't recognize the number [%s].", number)
	case s.pending[number] != nil || s.owned[number] != nil || s.lost[number] || s.heldByOthers(number):
		return invalid(codeUnprocessable, pointer, "The number [%s] is not available.", number)
	}
	return nil
}

// place makes an order out of checked lines, and lets it settle as the faults will have it.
func (s *Server) place(o *order) {
	numbers := each(o.lines, func(l *line) string { return l.number })
	fails := s.chosen(numberstest.PartialOrder, numbers, false)
	stuck := s.chosen(numberstest.StuckPending, numbers, true)
	for _, n := range numbers {
		if f, ok := s.fake.Take(numberstest.LateListing, n); ok {
			o.visible = o.created.Add(f.Delay)
			break
		}
	}
	s.add(o)
	for _, l := range o.lines {
		s.pending[l.number] = l
		l.stuck = slices.Contains(stuck, l.number)
		switch {
		case l.stuck:
		case slices.Contains(fails, l.number):
			s.fake.After(s.opts.SettleAfter, func() { s.lose(l) })
		case l.met():
			s.settleLater(l)
		default:
			s.fill(l)
		}
	}
}

// add gives an order its ids and its parts.
func (s *Server) add(o *order) {
	o.id = s.fake.IDs().UUID()
	s.orders, s.orderID[o.id] = append(s.orders, o), o
	if o.block {
		s.blockOrders++
	}
	if o.visible.After(s.lastVisible) {
		s.lastVisible = o.visible
	}
	for _, l := range o.lines {
		l.id, l.order = s.fake.IDs().UUID(), o
		s.lines, s.lineID[l.id] = append(s.lines, l), l
		s.addToPart(l)
	}
}

// chosen asks for a fault that strikes an order: the numbers it names, or else the first one, or all.
func (s *Server) chosen(kind numberstest.FaultKind, numbers []string, all bool) []string {
	for _, n := range numbers {
		f, ok := s.fake.Take(kind, n)
		switch {
		case ok && len(f.Numbers) > 0:
			return each(f.Numbers, func(n string) string { return "+" + strings.TrimPrefix(n, "+") })
		case ok && all:
			return numbers
		case ok:
			return []string{n}
		}
	}
	return nil
}

// addToPart puts a line into the sub order of its country and type.
func (s *Server) addToPart(l *line) {
	o := l.order
	i := slices.IndexFunc(o.subs, func(sub *subOrder) bool { return sub.country == l.country && sub.kind == l.kind })
	if i < 0 {
		sub := &subOrder{
			id: s.fake.IDs().UUID(), order: o, country: l.country, kind: l.kind, block: l.block,
			created: o.created, updated: o.updated,
		}
		i, o.subs = len(o.subs), append(o.subs, sub)
		s.subs, s.subID[sub.id] = append(s.subs, sub), sub
	}
	l.sub = o.subs[i]
	l.sub.lines = append(l.sub.lines, l)
}
