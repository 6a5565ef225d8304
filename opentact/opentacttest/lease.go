package opentacttest

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// lease is a number that an account owns.
type lease struct {
	uuid              string
	tn                int64
	account           *account
	order             *order // nil where no order of ours bought it
	created, modified time.Time
	expires           time.Time
	autorenew         bool
	features          features
	profile           *profile
	connection, app   *peer
	messaging         *messagingProfile
	hidden            time.Time // shown only from then on
	released          bool
}

func (s *state) addLease(l *lease) *lease {
	l.uuid, l.created = s.fake.IDs().UUID(), s.fake.Now()
	l.modified, l.expires = l.created, l.created.AddDate(0, 1, 0)
	s.leases = append(s.leases, l)
	s.leaseOf[l.uuid] = l
	s.leasesOf[l.tn] = append(s.leasesOf[l.tn], l)
	s.holder[l.tn] = l.account
	if s.expiry.IsZero() || l.expires.Before(s.expiry) {
		s.expiry = l.expires
	}
	s.version++
	return l
}

// end takes a lease away from its owner.
func (s *state) end(l *lease) {
	l.released, l.modified = true, s.fake.Now()
	s.letGo(l.tn)
	s.fake.Release(e164(l.tn))
	s.version++
}

// letGo puts a number back into the stock, unless somebody still owns it.
func (s *state) letGo(tn int64) {
	for _, l := range s.leasesOf[tn] {
		if !l.released {
			return
		}
	}
	delete(s.holder, tn)
	s.version++
}

// expireLeases renews or releases the leases whose month is over. It is not scheduled work, so that Settle
// does not run through all months to come.
func (s *state) expireLeases() {
	now := s.fake.Now()
	if s.expiry.IsZero() || now.Before(s.expiry) {
		return
	}
	s.expiry = time.Time{}
	for _, l := range s.leases {
		for !l.released && !now.Before(l.expires) {
			if !l.autorenew {
				s.end(l)
				break
			}
			_, mrc := l.profile.cost(l.features)
			l.account.balance = l.account.balance.Sub(mrc)
			l.expires = l.expires.AddDate(0, 1, 0)
			s.version++
		}
		if !l.released && (s.expiry.IsZero() || l.expires.Before(s.expiry)) {
			s.expiry = l.expires
		}
	}
}

func leaseCreated(l *lease) time.Time  { return l.created }
func leaseModified(l *lease) time.Time { return l.modified }

var leaseSorts = map[string]func(a, b *lease) int{
	"tn": byNumber, "created_on": byTime(leaseCreated), "modified_on": byTime(leaseModified),
}

// searchLeases is POST /lease/tn/search, which the documentation of 2020 does not have.
func (c *call) searchLeases() (any, *refusal) {
	b, no := c.readBody(true)
	if no != nil {
		return nil, no
	}
	q := readSearch(c, b, leaseSorts, leaseCreated, leaseModified)
	if pattern := b.text("tn", 1, 255); pattern != nil {
		q.where(func(l *lease) bool { return mask(*pattern, strconv.FormatInt(l.tn, 10)) })
	}
	if autorenew := b.flag("autorenew"); autorenew != nil {
		q.where(func(l *lease) bool { return l.autorenew == *autorenew })
	}
	for _, kind := range []peerKind{sipConnection, sipApp} {
		if uuid := c.peerUUID(b, kind); uuid != nil {
			q.where(func(l *lease) bool { return (*l.at(kind)).is(*uuid) })
		}
	}
	if skip := c.leaseUUIDs(b, "sip_connections_skip"); skip != nil {
		q.where(func(l *lease) bool { return !slices.ContainsFunc(skip, l.connection.is) })
	}
	if no := b.check(); no != nil {
		return nil, no
	}
	if q.skip > 0 {
		if _, ok := c.fake.Take(numberstest.InsertWhileListing, ""); ok {
			c.insertLease(c.account)
		}
	}
	rows := c.leaseView.get(c.state, q.key, func() []*lease {
		return q.sorted(c.leases, func(l *lease) bool { return l.account == c.account && c.shown(l) })
	})
	q.uncounted = c.opts.Leases == ListUncounted
	return q.answer(c, rows, func(l *lease) []byte { return encode(c.listLease(l)) }), nil
}

// is reports whether this is the connection or app with the uuid.
func (p *peer) is(uuid string) bool { return p != nil && p.uuid == uuid }

// insertLease is a number that somebody else bought in the same account, shown before all others. The books have
// nothing of it.
func (s *state) insertLease(a *account) {
	s.own(a, s.freshTN())
	last := s.leases[len(s.leases)-1]
	s.leases = slices.Insert(s.leases[:len(s.leases)-1], 0, last)
}

// own gives an account a number that no order bought.
func (s *state) own(a *account, tn int64) *lease {
	return s.addLease(&lease{
		tn: tn, account: a, autorenew: true, features: wish{}.features(), profile: s.profileNamed("US"),
	})
}

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
