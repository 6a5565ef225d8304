package numberstest

import (
	"fmt"
	"time"
)

// faultsOf are the faults that damage the answer to an order, each in every
// form that it has.
func faultsOf(p *probe) []Fault {
	var list []Fault
	for _, kind := range p.Faults {
		if kind.Semantic() && kind != ZeroObject && kind != MisleadingStatus && kind != OrphanPurchase && kind != LostOrphan {
			continue // they change orders and lists, not answers
		}
		list = append(list, Fault{Kind: kind, Delay: delayOf(kind)})
		if kind == StatusBefore || kind == StatusAfter {
			list = append(list, statuses(kind)...)
		}
		if early := (Fault{Kind: kind, BeforeCommit: true}); early.Validate() == nil {
			list = append(list, early)
		}
	}
	return list
}

// statuses are answers that don't tell whether an order was placed: most vendors
// give no such answer on purpose, and anything before them does. Of the 2xx, the
// body says nothing.
func statuses(kind FaultKind) []Fault {
	list := []Fault{{Kind: kind, RetryAfter: "1"}}
	for _, status := range []int{302, 303, 304, 307, 308, 408, 409, 425, 500, 501, 502, 504, 505, 520} {
		list = append(list, Fault{Kind: kind, Status: status})
	}
	for _, status := range []int{200, 201, 202, 204} {
		list = append(list, Fault{Kind: kind, Status: status, NoBody: true})
	}
	for _, body := range []string{"{}", "[]", "null", `{"data":{}}`, `{"error":"internal"}`} {
		list = append(list, Fault{Kind: kind, Status: 200, Body: body})
	}
	return list
}

// everyFault places an order under each fault, at a fresh account, and lets
// the vendor finish what it is about.
func everyFault(p *probe, verify func(outcome)) {
	for _, f := range faultsOf(p) {
		p.fresh()
		p.Inject(f)
		o := outcome{fault: nameOf(f)}
		o.buys = p.buys(func() { o.order, o.err = p.Orderer.Place(p.Context(), p.request(0)) })
		time.Sleep(p.caps.ListingDelay + p.SettleWithin + faultDelay)
		if o.err == nil && o.order != nil { // some vendors buy when the order settles
			_, _ = p.Orderer.Order(p.Context(), o.order.ID)
		}
		verify(o)
	}
}

// nameOf names a fault in the form that it has.
func nameOf(f Fault) string {
	name := string(f.Kind)
	if f.BeforeCommit {
		name += " before the commit"
	}
	if f.Status != 0 {
		name += fmt.Sprintf(", HTTP %d", f.Status)
	}
	if f.Body != "" {
		name += " with " + f.Body
	}
	if f.RetryAfter != "" {
		name += ", Retry-After"
	}
	return name
}
