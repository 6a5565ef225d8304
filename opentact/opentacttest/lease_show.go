package opentacttest

import "encoding/json"

// tnJSON is a number as the 2020 and 2021 generations show it.
type tnJSON struct {
	TN          int64 `json:"tn"`
	Class4DIDID int64 `json:"class4_did_id"`
	Registered  bool  `json:"registered"`
}

// showTN is a number inside an order or a lease.
func (s *state) showTN(tn int64) tnJSON {
	return tnJSON{TN: tn, Class4DIDID: tn % 1_000_000, Registered: s.holder[tn] != nil}
}

// tn2024 is the number inside a lease of 2024.
type tn2024 struct {
	TN         int64   `json:"tn"`
	CreatedOn  string  `json:"created_on"`
	ModifiedOn string  `json:"modified_on"`
	DeletedOn  *string `json:"deleted_on"`
}

// leaseJSON is a lease as the 2020 and 2021 generations show it.
type leaseJSON struct {
	CreatedOn           string `json:"created_on"`
	ModifiedOn          string `json:"modified_on"`
	UUID                string `json:"uuid"`
	TN                  tnJSON `json:"tn"`
	Account             any    `json:"account"`
	TNOrder             any    `json:"tnorder"`
	ExpiredOn           string `json:"expired_on"`
	AutoRenew           bool   `json:"autorenew"`
	MessagingProfile    any    `json:"messaging_profile"`
	Class4ProductItemID int64  `json:"class4_product_item_id"`
	SIPConnection       any    `json:"sip_connection"`
	SIPControlApp       any    `json:"sip_control_app"`
	CreatedBy           any    `json:"created_by"`
	ModifiedBy          any    `json:"modified_by"`
}

// lease2024 is a lease as the 2024 generation shows it; the sample of a release has none of the relations.
type lease2024 struct {
	UUID          string          `json:"uuid"`
	CreatedOn     string          `json:"created_on"`
	ModifiedOn    string          `json:"modified_on"`
	ExpiredOn     string          `json:"expired_on"`
	AutoRenew     bool            `json:"autorenew"`
	TN            tn2024          `json:"tn"`
	TNOrder       json.RawMessage `json:"tnorder,omitempty"`
	SIPConnection json.RawMessage `json:"sip_connection,omitempty"`
	SIPControlApp json.RawMessage `json:"sip_control_app,omitempty"`
	Subscriptions []any           `json:"subscriptions"`
}

// listLease is a lease in a list: its relations are empty, but for what it is attached to.
func (s *state) listLease(l *lease) any {
	if s.is(Gen2024) {
		out := l.released2024()
		out.SIPConnection, out.SIPControlApp = encode(s.showPeer(l.connection)), encode(s.showPeer(l.app))
		return out
	}
	return leaseJSON{
		CreatedOn: stamp(l.created), ModifiedOn: stamp(l.modified), UUID: l.uuid, TN: s.showTN(l.tn), Account: empty{},
		TNOrder: empty{}, ExpiredOn: stamp(l.expires), AutoRenew: l.autorenew, MessagingProfile: empty{},
		Class4ProductItemID: l.tn % 1_000_000, SIPConnection: s.showPeer(l.connection), SIPControlApp: s.showPeer(l.app),
		CreatedBy: empty{}, ModifiedBy: empty{},
	}
}

// showLease is the extended form.
func (s *state) showLease(l *lease) any {
	order := json.RawMessage("null")
	if l.order != nil {
		order = s.listOrder(l.order)
	}
	switch out := s.listLease(l).(type) {
	case lease2024:
		out.TNOrder = order
		return out
	case leaseJSON:
		out.Account, out.TNOrder, out.MessagingProfile = l.account.show(), order, l.messaging.show()
		out.CreatedBy, out.ModifiedBy = l.account.user.show(), l.account.user.show()
		return out
	}
	return nil
}

// showReleased is what a release answers.
func (s *state) showReleased(l *lease) any {
	if s.is(Gen2024) {
		return l.released2024()
	}
	return s.showLease(l)
}

func (l *lease) released2024() lease2024 {
	return lease2024{
		UUID: l.uuid, CreatedOn: stamp(l.created), ModifiedOn: stamp(l.modified), ExpiredOn: stamp(l.expires),
		AutoRenew: l.autorenew, TN: tn2024{TN: l.tn, CreatedOn: stamp(l.created), ModifiedOn: stamp(l.modified)},
		Subscriptions: []any{},
	}
}

type messagingProfileJSON struct {
	CreatedOn  string `json:"created_on"`
	ModifiedOn string `json:"modified_on"`
	UUID       string `json:"uuid"`
	Name       string `json:"name"`
}

func (m *messagingProfile) show() any {
	if m == nil {
		return nil
	}
	return messagingProfileJSON{CreatedOn: stamp(m.created), ModifiedOn: stamp(m.created), UUID: m.uuid, Name: m.name}
}
