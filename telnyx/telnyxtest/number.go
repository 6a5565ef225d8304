package telnyxtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// Words of owned numbers.
const (
	numberPending = "purchase-pending"
	numberActive  = "active"
	numberDeleted = "deleted"
)

// phoneNumber is an owned number.
type phoneNumber struct {
	id, number, country, kind, status                  string
	tags                                               []string
	pin, connection, reference, messaging, billing     *string
	emergencyAddress, address                          *string
	hdVoice, locked, released                          bool
	source                                             *string
	voice                                              voiceSettings
	messagingProduct                                   string
	purchased, created, updated, activated, visibility time.Time
}

// shown reports whether a number is in lists and look-ups.
func (n *phoneNumber) shown(now time.Time) bool {
	return !n.released && !n.visibility.After(now)
}

// wireKind is the type as shown: a number that was just bought has one of the old words.
func (n *phoneNumber) wireKind() string {
	switch {
	case n.status != numberPending:
		return n.kind
	case n.kind == "toll_free":
		return "tollfree"
	}
	return "longcode"
}

// buy makes the number of a line that succeeded the account's own.
func (s *Server) buy(l *line) {
	o, now := l.order, s.fake.Now()
	n := &phoneNumber{
		number: l.number, country: l.country, kind: l.kind, status: numberPending,
		connection: o.connection, reference: o.reference, messaging: o.messaging, billing: o.billing,
		source: new("number_order"), purchased: now, visibility: now.Add(s.opts.NumberVisibleAfter),
	}
	if o.visible.After(n.visibility) {
		n.visibility = o.visible
	}
	if n.visibility.After(s.lastVisible) {
		s.lastVisible = n.visibility
	}
	s.own(n)
	s.charge(l.number)
	if row := s.stockOf[l.number]; row != nil {
		row.sold = true
	}
	delete(s.held, l.number)
	s.fake.After(s.opts.ActivateAfter, func() {
		if n.status == numberPending {
			now := s.fake.Now()
			n.status, n.activated, n.updated = numberActive, now, now
		}
	})
	s.fake.Buy(numberstest.Purchase{Number: l.number, OrderID: o.id, Reference: deref(o.reference), Listed: true})
}

// own puts a number into the account.
func (s *Server) own(n *phoneNumber) {
	now := s.fake.Now()
	if n.id == "" {
		n.id = s.fake.IDs().Decimal()
	}
	n.created, n.updated = now, now
	n.voice, n.messagingProduct = defaultVoice(), "A2P"
	if n.tags == nil {
		n.tags = []string{}
	}
	s.numbers, s.numberID[n.id], s.owned[n.number] = append(s.numbers, n), n, n
	s.sorted = nil
}

// numberJSON is a PhoneNumber.
type numberJSON struct {
	ID                    string   `json:"id"`
	RecordType            string   `json:"record_type"`
	PhoneNumber           string   `json:"phone_number"`
	CountryISOAlpha2      string   `json:"country_iso_alpha2"`
	Status                string   `json:"status"`
	Tags                  []string `json:"tags"`
	ExternalPIN           *string  `json:"external_pin"`
	ConnectionID          *string  `json:"connection_id"`
	ConnectionName        *string  `json:"connection_name"`
	CustomerReference     *string  `json:"customer_reference"`
	MessagingProfileID    *string  `json:"messaging_profile_id"`
	MessagingProfileName  *string  `json:"messaging_profile_name"`
	BillingGroupID        *string  `json:"billing_group_id"`
	EmergencyEnabled      bool     `json:"emergency_enabled"`
	EmergencyAddressID    *string  `json:"emergency_address_id"`
	EmergencyStatus       string   `json:"emergency_status"`
	CallForwardingEnabled bool     `json:"call_forwarding_enabled"`
	CnamListingEnabled    bool     `json:"cnam_listing_enabled"`
	CallerIDNameEnabled   bool     `json:"caller_id_name_enabled"`
	CallRecordingEnabled  bool     `json:"call_recording_enabled"`
	T38FaxGatewayEnabled  bool     `json:"t38_fax_gateway_enabled"`
	HDVoiceEnabled        bool     `json:"hd_voice_enabled"`
	InboundCallScreening  string   `json:"inbound_call_screening"`
	PhoneNumberType       string   `json:"phone_number_type"`
	PurchasedAt           string   `json:"purchased_at"`
	CreatedAt             string   `json:"created_at"`
	UpdatedAt             string   `json:"updated_at"`
	ActivatedAt           *string  `json:"activated_at"`
	SourceType            *string  `json:"source_type"`
	DeletionLockEnabled   bool     `json:"deletion_lock_enabled"`
}

// millis writes a time as the phone number configuration service does.
func millis(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (s *Server) showNumber(n *phoneNumber) numberJSON {
	j := numberJSON{
		ID: n.id, RecordType: "phone_number", PhoneNumber: n.number, CountryISOAlpha2: n.country, Status: n.status,
		Tags: n.tags, ExternalPIN: n.pin, ConnectionID: n.connection, ConnectionName: s.connectionName(n),
		CustomerReference: n.reference, MessagingProfileID: n.messaging, BillingGroupID: n.billing,
		EmergencyEnabled: n.emergencyAddress != nil, EmergencyAddressID: n.emergencyAddress, EmergencyStatus: n.emergencyStatus(),
		CallForwardingEnabled: n.voice.CallForwarding.CallForwardingEnabled, CnamListingEnabled: n.voice.CnamListing.CnamListingEnabled,
		CallerIDNameEnabled: n.voice.CallerIDNameEnabled, CallRecordingEnabled: n.voice.CallRecording.InboundCallRecordingEnabled,
		T38FaxGatewayEnabled: n.voice.MediaFeatures.T38FaxGatewayEnabled, HDVoiceEnabled: n.hdVoice,
		InboundCallScreening: n.voice.InboundCallScreening, PhoneNumberType: n.wireKind(),
		PurchasedAt: millis(n.purchased), CreatedAt: millis(n.created), UpdatedAt: millis(n.updated),
		SourceType: n.source, DeletionLockEnabled: n.locked,
	}
	if !n.activated.IsZero() {
		j.ActivatedAt = new(millis(n.activated))
	}
	return j
}

func (n *phoneNumber) emergencyStatus() string {
	if n.emergencyAddress != nil {
		return "active"
	}
	return "disabled"
}

// connectionName is the name that NameConnection gave.
func (s *Server) connectionName(n *phoneNumber) *string {
	if name, ok := s.connections[deref(n.connection)]; ok && n.connection != nil {
		return &name
	}
	return nil
}

func numberRoutes() []route {
	return []route{
		{"GET", "/phone_numbers", "list numbers", false, slices.Concat(numberKeys, []string{"filter[without_tags]", "handle_messaging_profile_error"}), (*call).listNumbers},
		{"GET", "/phone_numbers/slim", "list slim numbers", false, slices.Concat(numberKeys, []string{"include_connection", "include_tags"}), (*call).listSlim},
		{"GET", "/phone_numbers/{id}", "get number", false, nil, (*call).getNumber},
		{"PATCH", "/phone_numbers/{id}", "update number", false, nil, (*call).updateNumber},
		{"DELETE", "/phone_numbers/{id}", "delete number", false, nil, (*call).deleteNumber},
		{"GET", "/phone_numbers/{id}/voice", "get voice settings", false, nil, (*call).getVoice},
		{"PATCH", "/phone_numbers/{id}/voice", "update voice settings", false, nil, (*call).updateVoice},
		{"GET", "/phone_numbers/{id}/messaging", "get messaging settings", false, nil, (*call).getMessaging},
		{"PATCH", "/phone_numbers/{id}/messaging", "update messaging settings", false, nil, (*call).updateMessaging},
	}
}

// findNumber looks up the owned number that the path names by its own id or in E.164; the id of a number in
// an order is another one.
func (c *call) findNumber() (*phoneNumber, *problem) {
	id := c.r.PathValue("id")
	n := c.numberID[id]
	if n == nil {
		n = c.owned[id]
	}
	if n == nil || !n.shown(c.fake.Now()) {
		return nil, notFound()
	}
	return n, nil
}

// getNumber is GET /phone_numbers/{id}.
func (c *call) getNumber() (any, *problem) {
	n, p := c.findNumber()
	if p != nil {
		return nil, p
	}
	return data{c.showNumber(n)}, nil
}

// optional is a member of a PATCH: absent, null or a value.
type optional struct {
	set   bool
	value *string
}

// UnmarshalJSON notes that the member was there.
func (o *optional) UnmarshalJSON(b []byte) error {
	o.set = true
	return json.Unmarshal(b, &o.value)
}

// into changes a field if the member was there.
func (o optional) into(field **string) {
	if o.set {
		*field = o.value
	}
}

// updateNumberJSON is the body of PATCH /phone_numbers/{id}; id is read-only.
type updateNumberJSON struct {
	ID                *string   `json:"id"`
	Tags              *[]string `json:"tags"`
	ExternalPIN       *string   `json:"external_pin"`
	HDVoiceEnabled    *bool     `json:"hd_voice_enabled"`
	CustomerReference optional  `json:"customer_reference" null:"allowed"`
	ConnectionID      optional  `json:"connection_id" null:"allowed"`
	BillingGroupID    optional  `json:"billing_group_id" null:"allowed"`
	AddressID         *string   `json:"address_id"`
}

// updateNumber is PATCH /phone_numbers/{id}.
func (c *call) updateNumber() (any, *problem) {
	n, p := c.findNumber()
	if p != nil {
		return nil, p
	}
	var in updateNumberJSON
	if p := c.body(&in); p != nil {
		return nil, p
	}
	if in.ID != nil && *in.ID != n.id {
		c.fake.Report("%s %s: id is read-only; the vendor ignores it", c.r.Method, c.r.URL.Path)
	}
	if in.Tags != nil {
		n.tags = append([]string{}, *in.Tags...)
	}
	if in.HDVoiceEnabled != nil {
		n.hdVoice = *in.HDVoiceEnabled
	}
	if in.ExternalPIN != nil {
		n.pin = in.ExternalPIN
	}
	if in.AddressID != nil {
		n.address = in.AddressID
	}
	in.CustomerReference.into(&n.reference)
	in.ConnectionID.into(&n.connection)
	in.BillingGroupID.into(&n.billing)
	c.changed(n)
	return data{c.showNumber(n)}, nil
}

func (s *Server) changed(n *phoneNumber) {
	n.updated = s.fake.Now()
	s.sorted = nil
}

// deleteNumber is DELETE /phone_numbers/{id}: the number is released, and the answer shows it as deleted.
func (c *call) deleteNumber() (any, *problem) {
	c.noBody()
	n, p := c.findNumber()
	if p == nil {
		p = c.release(n)
	}
	if p != nil {
		return nil, p
	}
	return data{c.showNumber(n)}, nil
}

// release gives a number back, unless it is locked.
func (s *Server) release(n *phoneNumber) *problem {
	if n.locked {
		return refuse(http.StatusUnprocessableEntity, codeUnprocessable, "The number [%s] has its deletion lock enabled.", n.number)
	}
	n.status, n.released = numberDeleted, true
	s.changed(n)
	s.forget(n)
	s.fake.Release(n.number)
	return nil
}

// forget takes a number out of the account. It leaves the list when there are enough of its kind.
func (s *Server) forget(n *phoneNumber) {
	delete(s.owned, n.number)
	delete(s.numberID, n.id)
	if s.deleted++; s.deleted > len(s.numbers)/2 {
		s.numbers = slices.DeleteFunc(s.numbers, func(n *phoneNumber) bool { return n.released })
		s.deleted = 0
	}
}

// insertNumber is the row of InsertWhileListing: a number that somebody ported in, so that nothing was bought.
func (s *Server) insertNumber() {
	now := s.fake.Now()
	for i := len(s.numbers); ; i++ {
		number := fmt.Sprintf("+1312556%04d", i%10000)
		if s.owned[number] == nil {
			s.own(&phoneNumber{
				number: number, country: "US", kind: "local", status: numberActive,
				source: new("port_request"), purchased: now, activated: now,
			})
			return
		}
	}
}
