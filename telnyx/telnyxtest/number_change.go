package telnyxtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
)

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

func (c *call) changed(n *phoneNumber) {
	n.updated = c.fake.Now()
	c.sorted = nil
}

// deleteNumber is DELETE /phone_numbers/{id}: the number is released, and the answer shows it as deleted.
func (c *call) deleteNumber() (any, *problem) {
	c.noBody()
	n, p := c.findNumber()
	switch {
	case p != nil:
		return nil, p
	case n.locked:
		return nil, refuse(http.StatusUnprocessableEntity, codeUnprocessable, "The number [%s] has its deletion lock enabled.", n.number)
	}
	n.status, n.released = numberDeleted, true
	c.changed(n)
	c.forget(n)
	c.fake.Release(n.number)
	return data{c.showNumber(n)}, nil
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
