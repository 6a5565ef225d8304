package opentacttest

import (
	"encoding/json"

	"github.com/shopspring/decimal"

	"github.com/tnkit/tnkit/internal/fake"
)

// showCreated is what a create answers.
func (c *call) showCreated(o *order) any {
	switch c.generation() {
	case Gen2021:
		return c.order2021(o)
	case Gen2024:
		return counters2024(o)
	default:
	}
	it := o.items[0]
	return created2020{
		Voice: it.features.voice, Fax: it.features.fax, SMS: it.features.sms, MMS: it.features.mms,
		Emergency: it.features.emergency, AutoRenew: it.autorenew, State: o.state, Request: o.request2020(false),
		UUID: o.uuid, CreatedOn: stamp(o.created), ModifiedOn: stamp(o.modified),
	}
}

// showOrder is the extended form.
func (s *state) showOrder(o *order) any {
	switch s.generation() {
	case Gen2021:
		return s.order2021(o)
	case Gen2024:
		return s.order2024(o)
	default:
	}
	return s.order2020(o)
}

// listOrder is the shallow form: relations are empty.
func (s *state) listOrder(o *order) []byte {
	if o.listed == nil {
		switch s.generation() {
		case Gen2021:
			o.listed = encode(shallow2021(o))
		case Gen2024:
			o.listed = encode(counters2024(o))
		default:
			o.listed = encode(shallow2020(o))
		}
	}
	return o.listed
}

type created2020 struct {
	Voice      bool        `json:"voice"`
	Fax        bool        `json:"fax"`
	SMS        bool        `json:"sms"`
	MMS        bool        `json:"mms"`
	Emergency  bool        `json:"emergency"`
	AutoRenew  bool        `json:"autorenew"`
	State      string      `json:"state"`
	Request    request2020 `json:"request"`
	UUID       string      `json:"uuid"`
	Price      *priceJSON  `json:"price"`
	CreatedOn  string      `json:"created_on"`
	ModifiedOn string      `json:"modified_on"`
}

// request2020 is the echo of the request, with the defaults filled in.
type request2020 struct {
	Voice         any     `json:"voice"`
	Fax           *bool   `json:"fax,omitempty"`
	SMS           any     `json:"sms"`
	MMS           *bool   `json:"mms,omitempty"`
	Emergency     *bool   `json:"emergency,omitempty"`
	TNs           []int64 `json:"tns"`
	AutoRenew     bool    `json:"autorenew"`
	Profile       string  `json:"profile"`
	SIPConnection string  `json:"sip_connection,omitempty"`
	SIPControlApp string  `json:"sip_control_app,omitempty"`
}

// request2020 echoes the request. A look-up writes voice and sms as strings, as the 2020 sample does.
func (o *order) request2020(lookup bool) request2020 {
	it := o.items[0]
	r := request2020{
		Voice: it.features.voice, Fax: it.wish.fax, SMS: it.features.sms, MMS: it.wish.mms, Emergency: it.wish.emergency,
		AutoRenew: it.autorenew, Profile: it.profile.Name,
	}
	if lookup {
		r.Voice, r.SMS = text(it.features.voice), text(it.features.sms)
	}
	for _, it := range o.items {
		r.TNs = append(r.TNs, it.tn)
	}
	if o.connection != nil {
		r.SIPConnection = o.connection.uuid
	}
	if o.app != nil {
		r.SIPControlApp = o.app.uuid
	}
	return r
}

func text(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

type order2020 struct {
	CreatedOn     string `json:"created_on"`
	ModifiedOn    string `json:"modified_on"`
	UUID          string `json:"uuid"`
	State         string `json:"state"`
	TNs           []any  `json:"tns"`
	Account       any    `json:"account"`
	Profile       any    `json:"profile"`
	SIPConnection any    `json:"sip_connection"`
	SIPControlApp any    `json:"sip_control_app"`
	CreatedBy     any    `json:"created_by"`
	ModifiedBy    any    `json:"modified_by"`
	Request       any    `json:"request"`
	Price         any    `json:"price"`
	AutoRenew     bool   `json:"autorenew"`
	TNLeases      []any  `json:"tnleases"`
}

func (s *state) order2020(o *order) order2020 {
	out := shallow2020(o)
	out.Account, out.Profile = o.account.show(), o.items[0].profile.show()
	out.SIPConnection, out.SIPControlApp = s.showPeer(o.connection), s.showPeer(o.app)
	out.CreatedBy, out.ModifiedBy = o.account.user.show(), o.account.user.show()
	out.Request, out.Price = o.request2020(true), s.priceOf(o)
	for _, it := range o.items {
		out.TNs = append(out.TNs, s.showTN(it.tn))
		if it.lease != nil {
			out.TNLeases = append(out.TNLeases, s.listLease(it.lease))
		}
	}
	return out
}

func shallow2020(o *order) order2020 {
	return order2020{
		CreatedOn: stamp(o.created), ModifiedOn: stamp(o.modified), UUID: o.uuid, State: o.state, TNs: []any{},
		Account: empty{}, Profile: empty{}, SIPConnection: empty{}, SIPControlApp: empty{}, CreatedBy: empty{},
		ModifiedBy: empty{}, Request: empty{}, Price: empty{}, AutoRenew: o.items[0].autorenew, TNLeases: []any{},
	}
}

// priceOf is null until the order was verified.
func (s *state) priceOf(o *order) *priceJSON {
	if o.state == stateCreated {
		return nil
	}
	if s.opts.ZeroPrices {
		zero := json.RawMessage(`0`)
		return &priceJSON{zero, zero, []any{}}
	}
	p := s.price(o.items)
	return &p
}

type item2021 struct {
	Voice     *bool   `json:"voice,omitempty"`
	Fax       *bool   `json:"fax,omitempty"`
	SMS       *bool   `json:"sms,omitempty"`
	MMS       *bool   `json:"mms,omitempty"`
	Emergency *bool   `json:"emergency,omitempty"`
	TN        int64   `json:"tn"`
	Profile   *string `json:"profile,omitempty"`
	AutoRenew *bool   `json:"autorenew,omitempty"`
}

// asked is the item as it was requested.
func (it *item) asked() item2021 {
	w := it.wish
	return item2021{w.voice, w.fax, w.sms, w.mms, w.emergency, it.tn, it.named, w.autorenew}
}

// accepted is the item with the vendor's defaults.
func (it *item) accepted() item2021 {
	f := it.features
	return item2021{&f.voice, &f.fax, &f.sms, &f.mms, &f.emergency, it.tn, &it.profile.Name, &it.autorenew}
}

type error2021 struct {
	Item        item2021 `json:"item"`
	Reason      string   `json:"reason"`
	Description string   `json:"description,omitempty"`
}

type items2021 struct {
	Items []item2021 `json:"items"`
}

type order2021 struct {
	CreatedOn  string      `json:"created_on"`
	ModifiedOn string      `json:"modified_on"`
	UUID       string      `json:"uuid"`
	State      string      `json:"state"`
	Request    any         `json:"request"`
	Items      []item2021  `json:"items"`
	Errors     []error2021 `json:"errors"`
	TNs        []any       `json:"tns"`
	TNLeases   []any       `json:"tnleases"`
	Account    any         `json:"account"`
	CreatedBy  any         `json:"created_by"`
}

func shallow2021(o *order) order2021 {
	return order2021{
		CreatedOn: stamp(o.created), ModifiedOn: stamp(o.modified), UUID: o.uuid, State: o.state, Request: empty{},
		Items: []item2021{}, Errors: []error2021{}, TNs: []any{}, TNLeases: []any{}, Account: empty{}, CreatedBy: empty{},
	}
}

func (s *state) order2021(o *order) order2021 {
	out := shallow2021(o)
	out.Account, out.CreatedBy = o.account.show(), o.account.user.show()
	var asked items2021
	for _, it := range o.items {
		asked.Items = append(asked.Items, it.asked())
		if it.state == stateFailed {
			out.Errors = append(out.Errors, error2021{it.asked(), it.reason, "The number can not be ordered"})
			continue
		}
		out.Items = append(out.Items, it.accepted())
		out.TNs = append(out.TNs, s.showTN(it.tn))
		if it.lease != nil {
			out.TNLeases = append(out.TNLeases, s.listLease(it.lease))
		}
	}
	out.Request = asked
	return out
}

type order2024 struct {
	UUID       string       `json:"uuid"`
	State      string       `json:"state"`
	CreatedOn  string       `json:"created_on"`
	ModifiedOn string       `json:"modified_on"`
	Total      int          `json:"total"`
	Success    int          `json:"success"` // a counter, beside the envelope's boolean of the same name
	Processing int          `json:"processing"`
	Failed     int          `json:"failed"`
	Request    *items2024   `json:"request,omitempty"`
	TNItems    []tnItem2024 `json:"tn_items,omitempty"`
}

type items2024 struct {
	Items []item2024 `json:"items"`
}

type item2024 struct {
	TN        int64    `json:"tn"`
	Features  []string `json:"features"`
	AutoRenew bool     `json:"autorenew"`
}

type tnItem2024 struct {
	TN     int64  `json:"tn"`
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
}

// counters2024 is the short form, which creates and searches answer.
func counters2024(o *order) order2024 {
	out := order2024{
		UUID: o.uuid, State: o.state, CreatedOn: stamp(o.created), ModifiedOn: stamp(o.modified), Total: len(o.items),
	}
	for _, it := range o.items {
		switch it.state {
		case stateSuccess:
			out.Success++
		case stateFailed:
			out.Failed++
		default:
			out.Processing++
		}
	}
	return out
}

func (s *state) order2024(o *order) order2024 {
	out := counters2024(o)
	out.Request = &items2024{}
	for _, it := range o.items {
		out.Request.Items = append(out.Request.Items, item2024{it.tn, it.features.names(), it.autorenew})
		out.TNItems = append(out.TNItems, tnItem2024{it.tn, it.state, it.reason})
	}
	return out
}

// priceJSON is the price of an order: nrc once, mrc every month.
type priceJSON struct {
	NRC   json.RawMessage `json:"nrc"`
	MRC   json.RawMessage `json:"mrc"`
	Items []any           `json:"items"`
}

// priceOrder is POST /order/price: the same body as a create, and nothing happens.
func (c *call) priceOrder() (any, *refusal) {
	c.query()
	o, no := c.readOrder()
	if no != nil {
		return nil, no
	}
	return c.price(o.items), nil
}

// price adds up an order, with one price list a number. The 2020 sample writes the lists' amounts as strings
// and the totals as numbers; the server's description of 2021 has numbers everywhere.
func (s *state) price(items []*item) priceJSON {
	write := amount
	if s.is(Gen2020) {
		write = quoted
	}
	var nrc, mrc decimal.Decimal
	out := priceJSON{Items: []any{}}
	for _, it := range items {
		n, m := it.profile.cost(it.features)
		nrc, mrc = nrc.Add(n), mrc.Add(m)
		list := fake.Object{}
		for _, key := range priceKeys {
			list = append(list, fake.Member{Key: key, Value: write(it.profile.costs[key])})
		}
		out.Items = append(out.Items, append(list,
			fake.Member{Key: "id", Value: it.profile.UUID},
			fake.Member{Key: "name", Value: it.profile.Name},
			fake.Member{Key: "description", Value: it.profile.Description},
		))
	}
	out.NRC, out.MRC = amount(nrc), amount(mrc)
	return out
}
