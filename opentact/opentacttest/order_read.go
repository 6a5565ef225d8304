package opentacttest

import (
	"encoding/json"
	"slices"
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
		o.items = append(o.items, read(c, ib))
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
