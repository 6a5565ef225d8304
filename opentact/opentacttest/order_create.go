package opentacttest

import (
	"encoding/json"
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// readOrder reads an order in the generation's own form; another generation's is refused.
func (c *call) readOrder() (*order, *refusal) {
	b, no := c.readBody(false)
	if no != nil {
		return nil, no
	}
	switch c.generation() {
	case Gen2021:
		return c.readItems(b, readItem2021)
	case Gen2024:
		return c.readItems(b, readItem2024)
	case Gen2020:
	}
	return c.readOrder2020(b)
}

// readOrder2020 reads {voice,fax,sms,mms,emergency,tns,autorenew,profile,sip_connection,sip_control_app}.
func (c *call) readOrder2020(b *body) (*order, *refusal) {
	w := readWish(b)
	b.require("tns")
	var tns []int64
	for i, raw := range b.list("tns", 1) {
		tn, ok := b.integer("tns"+element(i), raw)
		switch {
		case !ok:
		case slices.Contains(tns, tn):
			b.fail("tns"+element(i), "should be unique", raw)
		default:
			tns = append(tns, tn)
		}
	}
	name := b.text("profile", 1, 255)
	connection, app := c.peerUUID(b, sipConnection), c.peerUUID(b, sipApp)
	if no := b.check(); no != nil {
		return nil, no
	}
	p := c.profileNamed(or(name, "US"))
	if p == nil {
		return nil, errNotFound
	}
	o := &order{account: c.account, state: stateCreated}
	for _, tn := range tns {
		o.items = append(o.items, newItem(tn, w, name, p))
	}
	var no *refusal
	if o.connection, no = c.peerFor(connection, sipConnection); no != nil {
		return nil, no
	}
	if o.app, no = c.peerFor(app, sipApp); no != nil {
		return nil, no
	}
	return o, nil
}

// readItems reads {items:[...]}.
func (c *call) readItems(b *body, read func(*call, *body) *item) (*order, *refusal) {
	b.require("items")
	o := &order{account: c.account, state: stateCreated}
	for _, ib := range b.objects("items", 1) {
		it := read(c, ib)
		if slices.ContainsFunc(o.items, func(other *item) bool { return other.tn == it.tn }) {
			c.report("%s: the number %d is in the order twice, and would be charged twice", ib.path, it.tn)
		}
		o.items = append(o.items, it)
	}
	if no := b.check(); no != nil {
		return nil, no
	}
	for _, it := range o.items {
		if it.profile == nil {
			return nil, errNotFound
		}
	}
	return o, nil
}

func readItem2021(c *call, b *body) *item {
	b.require("tn")
	tn, name := b.number("tn", 0, maxTN), b.text("profile", 1, 255)
	return newItem(or(tn, 0), readWish(b), name, c.profileNamed(or(name, "US")))
}

func readItem2024(c *call, b *body) *item {
	b.require("tn")
	tn := or(b.number("tn", 0, maxTN), 0)
	w := wish{autorenew: b.flag("autorenew")}
	if list := b.list("features", 0); list != nil {
		w.features2024(b, list)
	}
	// This generation names no profile: the number has one.
	name := "US"
	if offer := c.offerOf[tn]; offer != nil {
		name = offer.Profile
	}
	return newItem(tn, w, nil, c.profileNamed(name))
}

// features2024 turns a list of features into flags; what is not in it is off.
func (w *wish) features2024(b *body, list []json.RawMessage) {
	var on features
	for i, raw := range list {
		name, ok := decode[string](raw)
		switch path := b.at("features") + element(i); {
		case !ok:
			b.mistyped(path, "string", raw)
		case !slices.Contains(featureNames, name):
			b.fail(path, "should be one of the following; ['voice','fax','sms','mms','emergency']", raw)
		default:
			*on.named(name) = true
		}
	}
	w.voice, w.fax, w.sms, w.mms, w.emergency = &on.voice, &on.fax, &on.sms, &on.mms, &on.emergency
}

// maxTN is the greatest number that fifteen digits can say.
const maxTN = 999_999_999_999_999

func newItem(tn int64, w wish, named *string, p *profile) *item {
	return &item{
		tn: tn, wish: w, features: w.features(), autorenew: or(w.autorenew, true), profile: p, named: named,
		state: stateProcessing,
	}
}

// features are what a number can do.
type features struct {
	voice, fax, sms, mms, emergency bool
}

// featureNames are the features as the vendor spells them.
var featureNames = []string{"voice", "fax", "sms", "mms", "emergency"}

func (f *features) named(name string) *bool {
	switch name {
	case "voice":
		return &f.voice
	case "fax":
		return &f.fax
	case "sms":
		return &f.sms
	case "mms":
		return &f.mms
	case "emergency":
		return &f.emergency
	}
	return nil
}

// all yields every feature by name, in the vendor's order.
func (f features) all() iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		for _, name := range featureNames {
			if !yield(name, *f.named(name)) {
				return
			}
		}
	}
}

// names are those that are on.
func (f features) names() []string {
	out := []string{}
	for name, on := range f.all() {
		if on {
			out = append(out, name)
		}
	}
	return out
}

// wish is what a request said about features and renewal; nil is what it did not say.
type wish struct {
	voice, fax, sms, mms, emergency, autorenew *bool
}

// readWish reads the flags that the 2020 and 2021 generations share.
func readWish(b *body) wish {
	return wish{
		b.flag("voice"), b.flag("fax"), b.flag("sms"), b.flag("mms"), b.flag("emergency"), b.flag("autorenew"),
	}
}

// features are those of an order: voice and sms are on by default, at the vendor.
func (w wish) features() features {
	return features{or(w.voice, true), or(w.fax, false), or(w.sms, true), or(w.mms, false), or(w.emergency, false)}
}

func or[T any](v *T, otherwise T) T {
	if v == nil {
		return otherwise
	}
	return *v
}

// schedule lets the order move on the fake's clock.
func (s *state) schedule(o *order) {
	if s.opts.StepAfter < 0 || s.opts.Immediate {
		return
	}
	for i := range 3 {
		s.fake.After(time.Duration(i+1)*s.opts.StepAfter, func() { s.step(o) })
	}
}

// step moves an order to its next state.
func (s *state) step(o *order) {
	if o.held {
		return
	}
	switch o.state {
	case stateCreated:
		s.setState(o, stateVerify)
	case stateVerify:
		s.setState(o, stateProcessing)
	case stateProcessing:
		s.finish(o)
	}
}

func (s *state) setState(o *order, state string) {
	o.state, o.modified, o.listed = state, s.fake.Now(), nil
	s.version++
}

// over reports whether the order has reached its end.
func (o *order) over() bool { return o.state == stateSuccess || o.state == stateFailed }

// finish buys what can be bought and ends the order. One number bought makes it a success.
func (s *state) finish(o *order) {
	if o.over() {
		return
	}
	end := stateFailed
	for _, it := range o.items {
		switch it.state {
		case stateFailed:
			o.account.balance = o.account.balance.Add(it.paid)
			s.letGo(it.tn)
		case stateProcessing:
			s.buy(o, it)
			end = stateSuccess
		}
	}
	s.setState(o, end)
}

func (s *state) buy(o *order, it *item) {
	it.state = stateSuccess
	s.fake.Buy(numberstest.Purchase{Number: e164(it.tn), OrderID: o.uuid, Listed: true})
	it.lease = s.addLease(&lease{
		tn: it.tn, account: o.account, order: o, autorenew: it.autorenew, features: it.features,
		profile: it.profile, connection: o.connection, app: o.app, hidden: o.hidden,
	})
}

// take asks for a fault that strikes an order: for any of its numbers.
func (s *state) take(kind numberstest.FaultKind, o *order) (numberstest.Fault, bool) {
	for _, it := range o.items {
		if f, ok := s.fake.Take(kind, e164(it.tn)); ok {
			return f, true
		}
	}
	return numberstest.Fault{}, false
}

// strike lets the faults work that change how an order goes.
func (s *state) strike(o *order) {
	if f, ok := s.take(numberstest.PartialOrder, o); ok {
		for i, it := range o.items {
			if namesNumber(f, it.tn) || len(f.Numbers) == 0 && i == 0 {
				it.fail(reasonRejected)
			}
		}
	}
	if _, ok := s.take(numberstest.StuckPending, o); ok {
		o.held = true
	}
}

func namesNumber(f numberstest.Fault, tn int64) bool {
	return slices.ContainsFunc(f.Numbers, func(n string) bool {
		return strings.TrimPrefix(n, "+") == strings.TrimPrefix(e164(tn), "+")
	})
}

// hide keeps an order and its numbers out of sight for a while.
func (s *state) hide(o *order, d time.Duration) {
	o.hidden = s.fake.Now().Add(d)
	for _, it := range o.items {
		if it.lease != nil {
			it.lease.hidden = o.hidden
		}
	}
	s.hidden++
}

// lie answers an order that is placed all the same with an error.
func (c *call) lie(o *order) *refusal {
	if f, ok := c.take(numberstest.MisleadingStatus, o); ok {
		o.held = true
		c.hide(o, f.Delay)
		c.fake.After(f.Delay, func() { c.finish(o) })
		return failure(f)
	}
	return nil
}

func failure(f numberstest.Fault) *refusal {
	status := f.Status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	return refuse(status, http.StatusText(status))
}
