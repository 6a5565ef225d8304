package opentact

import (
	"encoding/json"
	"slices"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
	"github.com/tnkit/tnkit/numbers/wire"
)

// order converts an order, as far as v shows it, and stores its numbers in the memo.
func (o *Orderer) order(v *Order) *numbers.Order {
	outcomes := readOutcomes(v, o.memo.bought(v.UUID))
	order := &numbers.Order{
		Vendor:      vendor,
		ID:          v.UUID,
		State:       stateOf(v, outcomes),
		VendorState: v.State,
		Count:       max(len(outcomes), driver.Count(v.Total), len(v.TNs), len(v.TNItems), len(v.TNLeases), 1),
		Price:       o.price(v.Price.Object),
		Native:      v,
	}
	order.Created, _ = v.CreatedOn.Known()
	order.Updated, _ = v.ModifiedOn.Known()
	for _, f := range outcomes {
		order.Items = append(order.Items, o.item(f))
	}
	if hasAllItems(v) {
		o.memo.putNumbers(v.UUID, order.Numbers())
	}
	if stateOfWord(v.State).Terminal() {
		o.memo.putBought(v.UUID, outcomes)
	}
	return order
}

func (o *Orderer) item(f *outcome) numbers.Item {
	item := numbers.Item{E164: e164(f.tn), VendorNumber: f.tn.Literal(), State: f.state, VendorState: f.word}
	if f.state == numbers.StateFailed && f.reason != "" {
		item.Err = &numbers.Error{
			Op: "Order", Vendor: vendor, Kind: numbers.ErrNumberUnavailable,
			Numbers: numbersOf(item.E164), Message: f.reason,
		}
	}
	return item
}

func numbersOf(n numbers.E164) []numbers.E164 {
	if n == "" {
		return nil
	}
	return []numbers.E164{n}
}

func e164(tn wire.TN) numbers.E164 { return driver.E164("+" + tn.Digits()) }

// price converts the price of an order or a quotation. It returns nil if the
// price is unknown. {"nrc":0,"mrc":0,"items":[]} is the documentation's empty
// price: no price list was applied, and the numbers are not free. The
// documentation's quotation has a price list, so the same is true for
// quotations. A total that is negative, or below the price of a number in one
// of its price lists, is also unknown.
func (o *Orderer) price(p *OrderPrice) *numbers.Price {
	if p == nil {
		return nil
	}
	price := &numbers.Price{Upfront: o.money(p.NRC), Monthly: o.money(p.MRC)}
	switch {
	case price.Upfront == nil && price.Monthly == nil,
		len(p.Items) == 0 && isFree(price.Upfront) && isFree(price.Monthly),
		!isTotal(price.Upfront, p.Items, func(i PriceItem) wire.Amount { return i.NRC }),
		!isTotal(price.Monthly, p.Items, func(i PriceItem) wire.Amount { return i.MRC }):
		return nil
	}
	return price
}

// isFree reports whether a part of a price is 0 or unknown.
func isFree(m *numbers.Money) bool { return m == nil || m.Amount.IsZero() }

// isTotal reports whether a part of a price can be the total of price lists. An
// unknown part can.
func isTotal(m *numbers.Money, items []PriceItem, of func(PriceItem) wire.Amount) bool {
	if m == nil {
		return true
	}
	for _, item := range items {
		if d, ok := of(item).Decimal(); ok && m.Amount.LessThan(d) {
			return false
		}
	}
	return !m.Amount.IsNegative()
}

func (o *Orderer) money(a wire.Amount) *numbers.Money {
	d, ok := a.Decimal()
	if !ok {
		return nil
	}
	return &numbers.Money{Amount: d, Currency: o.currency}
}

// outcome is what an order shows about one of its numbers.
type outcome struct {
	tn     wire.TN
	word   string // the vendor's own state, if it has one for this number
	reason string // why it failed
	bought bool   // it is among the accepted items or the leases
	state  numbers.State
}

// outcomes collects the outcomes of an order's numbers, in the order of the
// request.
type outcomes struct {
	list  []*outcome
	index map[string]*outcome
}

// of returns the outcome of a number, and adds it if it is new.
func (t *outcomes) of(tn wire.TN) *outcome {
	name := tn.Digits()
	if name == "" {
		name = "literally " + tn.Literal()
	}
	f, ok := t.index[name]
	switch {
	case ok:
	case tn.IsZero():
		f = new(outcome) // the outcome of an item without a number
	default:
		f = &outcome{tn: tn}
		t.index[name] = f
		t.list = append(t.list, f)
	}
	return f
}

// readOutcomes returns the outcome of each number that an order shows, in the
// form of any generation. A list may show none. had are the digits of the
// numbers that an earlier reading showed as bought.
func readOutcomes(v *Order, had []string) []*outcome {
	t := &outcomes{index: make(map[string]*outcome)}
	if v.Request != nil {
		for _, tn := range v.Request.TNs {
			t.of(tn)
		}
		for _, item := range v.Request.Items {
			t.of(item.TN)
		}
	}
	for _, item := range v.TNItems {
		f := t.of(item.TN)
		f.word, f.state = item.State, stateOfWord(item.State)
		if item.Reason != nil {
			f.reason = *item.Reason
		}
	}
	for _, e := range v.Errors {
		f := t.of(e.Item.TN)
		f.state, f.reason = numbers.StateFailed, e.Reason
		if e.Description != nil && *e.Description != "" {
			f.reason += ": " + *e.Description
		}
	}
	for _, item := range v.Items {
		t.of(item.TN).bought = true
	}
	for _, lease := range v.TNLeases {
		if lease.Object != nil {
			t.of(numberOf(lease.Object.TN)).bought = true
		}
	}
	for _, tn := range v.TNs {
		t.of(numberOf(tn))
	}
	for _, digits := range had {
		if f, ok := t.index[digits]; ok {
			f.bought = true
		}
	}
	settle(v, t.list)
	return t.list
}

// numberOf returns the number of a TN inside another object.
func numberOf(tn Related[TN]) wire.TN {
	if tn.Object != nil {
		return tn.Object.TN
	}
	return tn.Ref
}

// settle sets the state of the numbers whose state the order does not show.
func settle(v *Order, list []*outcome) {
	rest := restState(v, list)
	for _, f := range list {
		switch {
		case f.state != "":
		case stateOfWord(v.State) == numbers.StatePending:
			f.state = numbers.StatePending
		case f.bought:
			f.state = numbers.StateComplete
		default:
			f.state = rest
		}
	}
}

// restState returns the state of the numbers of a settled order whose state it
// does not show. It follows from the order's counters, or from its other
// numbers, or from its own state. Pending means that some of them were bought,
// and the order does not show which.
func restState(v *Order, list []*outcome) numbers.State {
	bought, rest := 0, 0
	for _, f := range list {
		switch {
		case f.state == numbers.StateComplete, f.state == "" && f.bought:
			bought++
		case f.state == "":
			rest++
		}
	}
	if least, most, ok := counted(v, len(list)); ok {
		switch {
		case least-bought >= rest:
			return numbers.StateComplete
		case most-bought <= 0:
			return numbers.StateFailed
		}
		return numbers.StatePending
	}
	switch leases := len(v.TNLeases); {
	case bought > 0:
		return numbers.StateFailed // others were bought, and these were not
	case leases > 0 && leases < len(list):
		return numbers.StatePending
	}
	return stateOfWord(v.State)
}

// counted returns how many numbers a settled order has bought, from its
// counters, or from items that have a state and no number.
func counted(v *Order, asked int) (least, most int, ok bool) {
	least, lost := driver.Count(v.Success), driver.Count(v.Failed)
	if least == 0 && lost == 0 && slices.ContainsFunc(v.TNItems, func(i OrderTNItem) bool { return i.TN.IsZero() }) {
		for _, item := range v.TNItems {
			switch stateOfWord(item.State) {
			case numbers.StateComplete:
				least++
			case numbers.StateFailed:
				lost++
			default:
			}
		}
	}
	if most = max(asked, driver.Count(v.Total), len(v.TNItems)) - lost; least > 0 {
		most = least // the order is settled, so no more numbers are bought
	}
	return least, most, least > 0 || lost > 0
}

func stateOfWord(word string) numbers.State {
	switch word {
	case OrderSuccess:
		return numbers.StateComplete
	case OrderFailed:
		return numbers.StateFailed
	}
	return numbers.StatePending
}

// stateOf returns the state of an order. An order with the vendor's state
// success may have numbers that failed.
func stateOf(v *Order, list []*outcome) numbers.State {
	word := stateOfWord(v.State)
	if word == numbers.StatePending {
		return word
	}
	bought, not := 0, 0
	if least, most, ok := counted(v, 0); ok && len(list) == 0 {
		bought, not = least, max(driver.Count(v.Total), len(v.TNItems), driver.Count(v.Failed))-most
	}
	for _, f := range list {
		if f.state == numbers.StateComplete {
			bought++
		} else {
			not++
		}
	}
	switch {
	case bought > 0 && not > 0:
		return numbers.StatePartial
	case bought > 0:
		return numbers.StateComplete
	case not > 0 && !slices.ContainsFunc(list, func(f *outcome) bool { return f.state == numbers.StatePending }):
		return numbers.StateFailed
	case not > 0, len(v.Errors) > 0:
		return numbers.StatePartial
	}
	return word
}

// hasAllItems reports whether an order shows all requested numbers. The numbers
// that were accepted, refused or bought so far may be fewer.
func hasAllItems(v *Order) bool {
	if r := v.Request; r != nil && len(r.TNs)+len(r.Items) > 0 {
		return true
	}
	return len(v.TNItems) > 0 && v.Total != nil && len(v.TNItems) >= *v.Total
}

// hasState reports whether an order shows the state of all its numbers, or its
// counters. A list of 2020 does not: a success may be partial.
func hasState(v *Order, list []*outcome) bool {
	if stateOfWord(v.State) == numbers.StatePending || v.Success != nil && v.Failed != nil {
		return true
	}
	return len(list) > 0 && (len(v.TNItems) > 0 || len(v.Items)+len(v.Errors) > 0 ||
		slices.ContainsFunc(list, func(f *outcome) bool { return f.bought }))
}

func (o *Orderer) number(l *Lease) *numbers.Number {
	tn := numberOf(l.TN)
	n := &numbers.Number{
		Vendor: vendor,
		ID:     l.UUID, E164: e164(tn), VendorNumber: tn.Literal(),
		State: numbers.NumberActive,
		Assignment: numbers.Assignment{
			Connection:       uuidOf(l.SIPConnection, func(c *SIPConnection) *string { return c.UUID }),
			Application:      uuidOf(l.SIPControlApp, func(a *SIPControlApp) *string { return a.UUID }),
			MessagingProfile: profileOf(l.MessagingProfile),
		},
		Native: l,
	}
	if object := l.TN.Object; object != nil {
		if _, gone := object.DeletedOn.Known(); gone {
			n.State = numbers.NumberReleased
		}
	}
	if renew, ok := l.AutoRenew.Bool(); ok {
		n.AutoRenew = &renew
	}
	if expires, ok := l.ExpiredOn.Known(); ok {
		n.Expires = &expires
	}
	n.Created, _ = l.CreatedOn.Known()
	return n
}

// uuidOf returns the UUID of a related object, or "".
func uuidOf[T any](r Related[T], uuid func(*T) *string) string {
	if r.Object != nil {
		if id := uuid(r.Object); id != nil {
			return *id
		}
	}
	return r.Ref.Literal()
}

// profileOf returns the UUID of a messaging profile. No source documents its
// form: it is a UUID, or an object that has one.
func profileOf(profile Opaque) string {
	if profile.IsZero() {
		return ""
	}
	var id string
	if json.Unmarshal(profile.JSON(), &id) == nil {
		return id
	}
	var object struct {
		UUID string `json:"uuid"`
	}
	_ = json.Unmarshal(profile.JSON(), &object) // any other form has no UUID
	return object.UUID
}

func (o *Orderer) offer(row *TN) *numbers.Offer {
	offer := &numbers.Offer{
		Vendor: vendor, E164: e164(row.TN), VendorNumber: row.TN.Literal(), Native: row,
	}
	if p := row.Profile.Object; p != nil {
		if free, _ := p.TollFree.Bool(); free {
			offer.Type = numbers.TypeTollFree
		}
	}
	return offer
}
